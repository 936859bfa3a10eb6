"""The two doors between pictures (u8 [H, W, 3] RGB) and network images (f32 [1, 3, H, W] in [-1, 1])."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from facelab.core.values import U8


def to_tensor(pixels: U8, device: torch.device | str = "cpu") -> Tensor:
    """u8 [H, W, 3] -> f32 [1, 3, H, W]: 0 becomes -1, 255 becomes 1."""
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"pixels must be u8 [H, W, 3], not {pixels.dtype} {pixels.shape}")
    tensor = torch.from_numpy(np.ascontiguousarray(pixels).copy()).to(device)
    return tensor.permute(2, 0, 1).unsqueeze(0).float() / 127.5 - 1  # [H, W, 3] -> [1, 3, H, W]


def to_pixels(image: Tensor) -> U8:
    """f32 [1, 3, H, W] or [3, H, W] -> u8 [H, W, 3], rounded and clipped: the inverse of `to_tensor`."""
    return _quantise((image.detach() * 127.5 + 127.5).round())


def to_pixels_truncated(image: Tensor) -> U8:
    """clip(127.5 x + 128) cut to u8, as the public generators write their samples (`facelab generate`)."""
    return _quantise(image.detach() * 127.5 + 128)


def _quantise(levels: Tensor) -> U8:
    if levels.ndim == 4:
        if len(levels) != 1:
            raise ValueError(f"one image at a time, not {len(levels)}")
        levels = levels[0]
    # nan_to_num: a broken network must not make the cast undefined
    bytes_ = levels.nan_to_num(0.0).clamp(0, 255).to(torch.uint8).permute(1, 2, 0)  # [3, H, W] -> [H, W, 3]
    return np.ascontiguousarray(bytes_.cpu().numpy())
