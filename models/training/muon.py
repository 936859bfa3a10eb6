"""Muon: momentum whose matrix is made orthogonal before the step (Jordan et al. 2024), with Adam for the rest.

A convolution weight [out, in, k, k] counts as the matrix [out, in k k]. The step is scaled so that its
root mean square is the learning rate, about the size of an early Adam step: one rate serves both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

COEFFICIENTS = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5


def orthogonal(matrix: Tensor) -> Tensor:
    """The nearest matrix with singular values near 1 [A, B], by Newton-Schulz iteration.

    Each iteration is X <- (a + b G + c G^2) X with G = X X^T. All its factors are polynomials of the first G, so only
    they are iterated, [S, S] for the shorter side S, and X is multiplied once: less than half the work.
    """
    a, b, c = COEFFICIENTS
    tall = matrix.shape[0] > matrix.shape[1]
    x = (matrix.T if tall else matrix).float()
    x = x / (x.norm() + 1e-7)
    gram = x @ x.T
    product: Tensor | None = None
    for i in range(ITERATIONS):
        factor = torch.addmm(gram, gram, gram, beta=b, alpha=c)  # b G + c G^2
        factor.diagonal().add_(a)
        product = factor if product is None else factor @ product
        if i < ITERATIONS - 1:
            gram = factor @ gram @ factor
    assert product is not None
    x = product @ x
    found: Tensor = (x.T if tall else x).to(matrix.dtype)
    return found


class Muon(torch.optim.Optimizer):
    """Groups with `muon=True` take orthogonal steps, the others Adam steps; each group has its own `lr`."""

    def __init__(
        self, groups: Iterable[dict[str, Any]], *, momentum: float = 0.95, betas: tuple[float, float] = (0.9, 0.99)
    ) -> None:
        super().__init__(groups, {"lr": 1e-3, "muon": False, "momentum": momentum, "betas": betas})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]  # no closure here
        for group in self.param_groups:
            parameters = [p for p in group["params"] if p.grad is not None]
            if group["muon"]:
                for p in parameters:
                    self._orthogonal_step(p, group)
            elif parameters:
                self._adam_step(parameters, group)

    def _orthogonal_step(self, p: Tensor, group: dict[str, Any]) -> None:
        state = self.state[p]
        if not state:
            state["momentum"] = torch.zeros_like(p)
        assert p.grad is not None
        state["momentum"].mul_(group["momentum"]).add_(p.grad)
        matrix = p.grad.add(state["momentum"], alpha=group["momentum"]).reshape(p.shape[0], -1)
        scale = max(matrix.shape) ** 0.5
        p.add_(orthogonal(matrix).reshape(p.shape), alpha=-group["lr"] * scale)

    def _adam_step(self, parameters: list[Tensor], group: dict[str, Any]) -> None:
        slow, fast = group["betas"]
        for p in parameters:
            if not self.state[p]:
                self.state[p] = {"m": torch.zeros_like(p), "v": torch.zeros_like(p), "t": torch.zeros(())}
        states = [self.state[p] for p in parameters]
        grads = [p.grad for p in parameters if p.grad is not None]
        m, v = [s["m"] for s in states], [s["v"] for s in states]
        torch._foreach_lerp_(m, grads, 1.0 - slow)
        torch._foreach_mul_(v, fast)
        torch._foreach_addcmul_(v, grads, grads, value=1.0 - fast)
        for s in states:
            s["t"] += 1
        t = float(states[0]["t"])
        size = torch._foreach_sqrt(v)
        torch._foreach_div_(size, (1.0 - fast**t) ** 0.5)
        torch._foreach_add_(size, 1e-8)
        torch._foreach_addcdiv_(parameters, m, size, value=-group["lr"] / (1.0 - slow**t))
