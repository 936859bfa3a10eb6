"""A tuned generator as the difference to its base: int8 per output channel.

The rounding error of a weight is at most 1/254 of the largest change in its output channel. Tensors
that did not change are left out, so only the tuned layers take room.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

SCALE = ".scale"
LEVELS = 127.0


def encode(base: Mapping[str, Tensor], tuned: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Changed tensors by name: int8 with NAME.scale f32 [out] for matrices and filters, else the f32 difference."""
    stored: dict[str, Tensor] = {}
    for name, new in tuned.items():
        change = (new.detach().float() - base[name].detach().float()).cpu()
        if not torch.any(change):
            continue
        if change.ndim < 2:
            stored[name] = change
            continue
        largest = change.flatten(1).abs().amax(dim=1)  # [out]
        step = torch.where(largest > 0, largest / LEVELS, torch.ones_like(largest))
        stored[name] = (change / _along(step, change)).round().clamp(-LEVELS, LEVELS).to(torch.int8)
        stored[name + SCALE] = step
    return stored


def apply(base: Mapping[str, Tensor], stored: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tuned tensors. Raises ValueError with the reason when `stored` does not belong to such a base."""
    result = {name: tensor.detach().float().cpu().clone() for name, tensor in base.items()}
    for name, change in stored.items():
        if name.endswith(SCALE) and name[: -len(SCALE)] in stored:
            continue
        if name not in result or result[name].shape != change.shape:
            raise ValueError(f"{name} does not fit the base generator")
        if change.dtype == torch.int8:
            step = stored.get(name + SCALE)
            if step is None or step.shape != change.shape[:1] or not _finite(step):
                raise ValueError(f"{name} has no usable scale")
            result[name] += change.float() * _along(step.float(), change)
        elif _finite(change):
            result[name] += change.float()
        else:
            raise ValueError(f"{name} holds numbers that are not finite")
    return result


def _along(step: Tensor, like: Tensor) -> Tensor:
    return step.reshape(-1, *[1] * (like.ndim - 1))  # [out] -> [out, 1, ...]


def _finite(tensor: Tensor) -> bool:
    return tensor.is_floating_point() and bool(torch.isfinite(tensor).all())
