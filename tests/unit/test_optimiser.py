"""Our Adam is torch's, and does not load torch's compiler."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from facelab.core import optimiser
from facelab.core.optimiser import Adam


def walk(make: object, steps: int = 12) -> list[torch.Tensor]:
    """Parameters after some steps with changing rates; one of them has a gradient only now and then."""
    torch.manual_seed(0)
    first, second = torch.randn(5, 7, requires_grad=True), torch.randn(3, requires_grad=True)
    adam = make([first, second])  # type: ignore[operator]  # one of the two classes
    for step in range(steps):
        adam.param_groups[0]["lr"] = 0.1 / (1 + step)
        adam.param_groups[0]["betas"] = (0.9, 0.99 if step < 6 else 0.999)
        adam.zero_grad()
        loss = (first.square() * torch.arange(7)).sum() + (second.sum().square() if step % 3 else 0)
        loss.backward()
        adam.step()
    return [first.detach(), second.detach()]


def test_it_walks_where_torchs_adam_walks() -> None:
    for ours, theirs in zip(walk(Adam), walk(lambda p: torch.optim.Adam(p, fused=True)), strict=True):
        assert torch.equal(ours, theirs)


def test_the_formulas_for_other_devices_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = walk(Adam)

    def by_formulas(moving, gradients, means, squares, _, counts, **options):  # type: ignore[no-untyped-def]
        for p, g, m, s, c in zip(moving, gradients, means, squares, counts, strict=True):
            optimiser._move(p, g, m, s, float(c), options["lr"], (options["beta1"], options["beta2"]))

    monkeypatch.setattr(torch, "_fused_adam_", by_formulas)
    for ours, fused in zip(walk(Adam), expected, strict=True):
        assert torch.allclose(ours, fused, atol=1e-6)


CODE = """
import sys, torch
from facelab.core.optimiser import Adam
p = torch.tensor([3.0], requires_grad=True)
adam = Adam([p])
adam.zero_grad(); p.square().sum().backward(); adam.step()
sys.exit("the compiler was loaded" if "torch._dynamo" in sys.modules else 0)
"""


def test_the_compiler_is_not_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
