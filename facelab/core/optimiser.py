"""Adam as torch computes it, without torch's compiler.

The first step of `torch.optim.Adam` imports all of torch._dynamo, only to say that nothing is to be compiled: that
takes as long as importing torch itself, 70 MB, and in the window the sliders would stand still meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

EPSILON = 1e-8


class Adam:
    """Kingma and Ba 2014, algorithm 1, by torch's own fused kernel (CPU and CUDA) or its formulas.

    param_groups: one dict with "params", "lr" and "betas", which may be changed between steps, as in torch.
    """

    def __init__(self, params: Iterable[Tensor], lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self.param_groups: list[dict[str, Any]] = [{"params": list(params), "lr": lr, "betas": betas}]
        self._state: dict[Tensor, tuple[Tensor, Tensor, Tensor]] = {}  # mean, mean square, steps

    def zero_grad(self) -> None:
        """Forget the gradients. On CUDA they become zeros where they are: recorded steps add to them there."""
        parameters = self.param_groups[0]["params"]
        if parameters and parameters[0].device.type == "cuda":
            zero_in_place(parameters)
            return
        for parameter in parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient."""
        group = self.param_groups[0]
        moving = [parameter for parameter in group["params"] if parameter.grad is not None]
        if not moving:
            return
        states = [self._state_of(parameter) for parameter in moving]
        means, squares, counts = (list(each) for each in zip(*states, strict=True))
        gradients = [parameter.grad for parameter in moving]
        torch._foreach_add_(counts, 1)
        if moving[0].device.type in ("cpu", "cuda"):
            beta1, beta2 = group["betas"]
            torch._fused_adam_(
                moving, gradients, means, squares, [], counts, lr=group["lr"], beta1=beta1, beta2=beta2,
                weight_decay=0.0, eps=EPSILON, amsgrad=False, maximize=False,
            )  # fmt: skip
            return
        for parameter, gradient, (mean, square, count) in zip(moving, gradients, states, strict=True):
            _move(parameter, gradient, mean, square, float(count), group["lr"], group["betas"])

    def _state_of(self, parameter: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        if parameter not in self._state:
            count = torch.zeros((), dtype=torch.float32, device=parameter.device)
            self._state[parameter] = torch.zeros_like(parameter), torch.zeros_like(parameter), count
        return self._state[parameter]


@torch.no_grad()
def zero_in_place(parameters: list[Tensor]) -> None:
    """Set the gradients to zero, and make those that are not there yet."""
    gradients = []
    for parameter in parameters:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
        gradients.append(parameter.grad)
    torch._foreach_zero_(gradients)


def _move(
    parameter: Tensor, gradient: Tensor, mean: Tensor, square: Tensor, count: float, lr: float,
    betas: tuple[float, float],
) -> None:  # fmt: skip
    """One step for devices without the fused kernel."""
    mean.lerp_(gradient, 1 - betas[0])
    square.mul_(betas[1]).addcmul_(gradient, gradient, value=1 - betas[1])
    spread = (square / (1 - betas[1] ** count)).sqrt_().add_(EPSILON)
    parameter.addcdiv_(mean, spread, value=-lr / (1 - betas[0] ** count))
