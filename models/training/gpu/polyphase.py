"""Enlarging layers by phases: a candidate for CUDA that `speed` times beside what the program does.

A transposed 3x3 convolution and the 4x4 blur after it are one 6x6 filter on every second pixel. Its four phases are
3x3 convolutions of the small picture: four times the products, no depthwise filter on the large one. The doubling of
the image is bilinear interpolation with zeros around it. The numbers are those of `StyledConv` and `Upsample`.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor
from torch.nn import functional as F

from facelab.core.networks.ops import TAPS, Upsample
from facelab.core.networks.stylegan2 import StyledConv


@cache
def phases(device: torch.device) -> Tensor:
    """[9, 36]: from a 3x3 filter (rows u, columns v) to the four 3x3 filters of the phases (a, b, then rows, columns).

    Along one axis y[2p + a] = sum over q of x[p + q - 1] K[2 (1 - q) + a], K[k] = sum over u of taps[u - k + 1] W[u].
    """
    share = 2 / sum(TAPS)  # gain 4 over both axes
    axis = torch.zeros(3, 2, 3)
    for u in range(3):
        for a in range(2):
            for q in range(3):
                tap = u - (2 * (1 - q) + a) + 1
                axis[u, a, q] = TAPS[tap] * share if 0 <= tap < len(TAPS) else 0.0
    return torch.einsum("uaq,vbr->uvabqr", axis, axis).reshape(9, 36).to(device)


def enlarged(layer: StyledConv, x: Tensor, weight: Tensor) -> Tensor:
    """As `StyledConv._enlarged`."""
    outputs, inputs = weight.shape[:2]
    filters = weight.reshape(outputs, inputs, 9) @ phases(x.device).to(weight.dtype)  # [O, I, 36]
    filters = filters.view(outputs, inputs, 4, 3, 3).transpose(1, 2).reshape(4 * outputs, inputs, 3, 3)
    filters = filters.contiguous(memory_format=torch.channels_last)
    return F.pixel_shuffle(F.conv2d(x, filters, padding=1), 2).contiguous(memory_format=torch.channels_last)


def upsampled(layer: Upsample, x: Tensor) -> Tensor:
    """As `Upsample.forward`."""
    around = F.pad(x, (1, 1, 1, 1))
    return F.interpolate(around, scale_factor=2, mode="bilinear", align_corners=False)[..., 2:-2, 2:-2]
