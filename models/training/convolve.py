"""Convolutions with a hand-written gradient, for training in float32 on a CPU.

Two things make them faster than what autograd derives (one core, AVX2): the weight gradient of small maps as matrix
products over shifted channels-last pixels, and fewer passes over the activations (sums over pixels are products with
a vector, the activation before the leaky ReLU is never kept). Both are differentiable once only.
"""

from __future__ import annotations

from typing import Any, Literal

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from facelab.core.networks.ops import SLOPE

Kind = Literal["same", "half", "twice"]
"""3x3 convolution with padding 1; the same with stride 2; transposed, stride 2, without padding (R -> 2 R + 1)."""
LARGEST_MAP = 32
"""Side of the output up to which matrix products beat the library's weight gradient."""


def forward_of(x: Tensor, weight: Tensor, kind: Kind, bias: Tensor | None = None) -> Tensor:
    """x [N, I, H, W], weight [O, I, 3, 3] -> [N, O, H', W']."""
    if kind == "twice":
        return F.conv_transpose2d(x, weight.transpose(0, 1), bias, stride=2)
    return F.conv2d(x, weight, bias, stride=2 if kind == "half" else 1, padding=1)


def input_gradient(x: Tensor, weight: Tensor, g: Tensor, kind: Kind) -> Tensor:
    """Gradient [N, I, H, W] of the input x for the gradient g [N, O, H', W'] of the output."""
    if kind == "twice":
        return F.conv2d(g, weight.transpose(0, 1), stride=2)
    return _library_gradients(x, weight, g, kind, (True, False, False))[0]


def weight_gradient(x: Tensor, weight: Tensor, g: Tensor, kind: Kind) -> Tensor:
    """Gradient [O, I, 3, 3] of the weight."""
    if kind == "twice":
        return _shifted_products(g, x, 2, x.shape[-2:])
    if g.shape[-1] > LARGEST_MAP:
        return _library_gradients(x, weight, g, kind, (False, True, False))[1]
    padded = F.pad(x, (1, 1, 1, 1))
    return _shifted_products(padded, g, 2 if kind == "half" else 1, g.shape[-2:]).transpose(0, 1)


def _library_gradients(
    x: Tensor, weight: Tensor, g: Tensor, kind: Kind, wanted: tuple[bool, bool, bool]
) -> tuple[Tensor, ...]:
    stride = 2 if kind == "half" else 1
    found: tuple[Tensor, ...] = torch.ops.aten.convolution_backward(
        g, x, weight, None, [stride, stride], [1, 1], [1, 1], False, [0, 0], 1, list(wanted)
    )
    return found


def _shifted_products(large: Tensor, small: Tensor, stride: int, size: torch.Size) -> Tensor:
    """sum over n, y, x of large[n, a, s y + i, s x + j] small[n, b, y, x]: [A, B, 3, 3] for i, j in 0..2."""
    height, width = size
    rows = small.permute(0, 2, 3, 1).reshape(-1, small.shape[1])  # [N H W, B]
    pixels = large.permute(0, 2, 3, 1)
    found = large.new_empty(3, 3, large.shape[1], small.shape[1])
    for i in range(3):
        for j in range(3):
            window = pixels[:, i : i + stride * (height - 1) + 1 : stride, j : j + stride * (width - 1) + 1 : stride]
            torch.mm(window.reshape(-1, large.shape[1]).t(), rows, out=found[i, j])
    return found.permute(2, 3, 0, 1)


def pixel_sums(x: Tensor, probes: Tensor) -> Tensor:
    """Sums over the pixels of x [N, C, H, W] weighted with probes [P, H W]: [N, P, C]."""
    n, c, h, w = x.shape
    rows = x.permute(0, 2, 3, 1).reshape(n, h * w, c)  # a view when the channels are last
    return torch.bmm(probes.expand(n, -1, -1), rows)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    """sum over the pixels of a b: [N, C]."""
    return pixel_sums(a * b, a.new_ones(1, a.shape[2] * a.shape[3]))[:, 0]


class Activated(torch.autograd.Function):
    """lrelu(conv(x, weight) + bias)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, kind: Kind) -> Tensor:
        y = F.leaky_relu_(forward_of(x, weight, kind, bias), SLOPE)
        ctx.save_for_backward(x, weight, y)
        ctx.kind = kind
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor, Tensor, None]:
        x, weight, y = ctx.saved_tensors
        g = gradient.contiguous(memory_format=torch.channels_last)
        g = torch.ops.aten.leaky_relu_backward(g, y, SLOPE, True)
        for_bias = pixel_sums(g, g.new_ones(1, g.shape[2] * g.shape[3])).sum((0, 1))
        for_weight = weight_gradient(x, weight, g, ctx.kind)
        return input_gradient(x, weight, g, ctx.kind) if ctx.needs_input_grad[0] else None, for_weight, for_bias, None


class Styled(torch.autograd.Function):
    """lrelu(demod conv(x styles, weight) + bias + gain noise), with the blur after a transposed convolution.

    x [N, I, H, W], styles [N, I], demod [N, O], bias [O], gain [], noise [R, R], kernel [O, 1, 4, 4] or None.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, styles: Tensor, weight: Tensor, demod: Tensor, bias: Tensor, gain: Tensor, noise: Tensor,
        kernel: Tensor | None,
    ) -> Tensor:  # fmt: skip
        scaled = x * styles[:, :, None, None]
        y = forward_of(scaled, weight, "same" if kernel is None else "twice")
        if kernel is not None:
            y = F.conv2d(y, kernel, padding=1, groups=len(kernel))
        shift = (noise[:, :, None] * gain + bias).permute(2, 0, 1)[None]  # [1, O, R, R], channels last
        torch.addcmul(shift, y, demod[:, :, None, None], out=y)
        F.leaky_relu_(y, SLOPE)
        ctx.save_for_backward(x, styles, weight, demod, bias, gain, noise, kernel, scaled, y)
        return y

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, styles, weight, demod, bias, gain, noise, kernel, scaled, y = ctx.saved_tensors
        kind: Kind = "same" if kernel is None else "twice"
        gradient = gradient.contiguous(memory_format=torch.channels_last)
        g = torch.ops.aten.leaky_relu_backward(gradient, y, SLOPE, True)  # of what goes into the leaky ReLU, p
        probes = torch.stack([torch.ones_like(noise).flatten(), noise.flatten()])
        sums = pixel_sums(g, probes)  # [N, 2, O]
        # p g = y gradient, because y = slope p and g = slope gradient; and demod conv = p - bias - gain noise
        for_demod = (_dot(y, gradient) - bias * sums[:, 0] - gain * sums[:, 1]) / demod
        g.mul_(demod[:, :, None, None])
        if kernel is not None:
            g = F.conv2d(g, kernel, padding=2, groups=len(kernel))  # the filter is symmetric
        for_weight = weight_gradient(scaled, weight, g, kind)
        for_scaled = input_gradient(scaled, weight, g, kind)
        for_styles = _dot(for_scaled, x)
        for_x = for_scaled.mul_(styles[:, :, None, None])
        return for_x, for_styles, for_weight, for_demod, sums[:, 0].sum(0), sums[:, 1].sum(), None, None


def activated(x: Tensor, weight: Tensor, bias: Tensor, kind: Kind) -> Tensor:
    """lrelu(conv(x, weight) + bias): [N, O, H', W']."""
    return Activated.apply(x, weight, bias, kind)  # type: ignore[no-any-return, no-untyped-call]  # torch has no types


def styled(
    x: Tensor, styles: Tensor, weight: Tensor, demod: Tensor, bias: Tensor, gain: Tensor, noise: Tensor,
    kernel: Tensor | None,
) -> Tensor:  # fmt: skip
    """See Styled; all gradients but those of noise and kernel."""
    return Styled.apply(x, styles, weight, demod, bias, gain, noise, kernel)  # type: ignore[no-any-return, no-untyped-call]
