"""The styled convolution of one sample as one differentiable step, for the CPU.

Same arithmetic as `StyledConv.forward` (StyleGAN2, equations 1-3), with three savings that autograd cannot find:
where the picture has more numbers than the weight, styles and demodulation are multiplied into the weight; bias,
noise and activation work in place; and the weight's gradient is a few matrix products over unfolded rows, which
takes 0.4 to 0.8 of the time of oneDNN's kernel with AVX2. It can be differentiated once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

SLOPE = 0.2
UNFOLDED = 512
"""Positions whose neighbourhoods are unfolded at a time: they should stay in the second-level cache."""


class Layer(NamedTuple):
    """What of a layer no gradient is asked for.

    kernel: the blur's [O, 1, 4, 4] of an up convolution, else None. energy: sum of squares of the weight over its
    3x3, [O, I], where it is known already.
    """

    kernel: Tensor | None
    gain: float
    clamp: float | None
    energy: Tensor | None


class Pass(NamedTuple):
    """What a forward pass leaves for the backward pass. used, x_used: weight and input that were convolved."""

    out: Tensor
    x_used: Tensor
    used: Tensor
    energy: Tensor
    square: Tensor
    z: Tensor | None


def styled_conv(
    x: Tensor, weight: Tensor, styles: Tensor, noise: Tensor | None, strength: Tensor, bias: Tensor, layer: Layer
) -> Tensor:
    """x [1, I, H, W], weight [O, I, 3, 3], styles [1, I], noise [R, R], strength [], bias [O] -> [1, O, R, R].

    Constant noise has no gradient here; where only codes are sought autograd does as well (measured).
    """
    if torch.is_grad_enabled() and weight.requires_grad:
        arguments = (x, weight, styles, noise, strength, bias, layer)
        out: Tensor = _Styled.apply(*arguments)  # type: ignore[no-untyped-call]  # torch leaves it untyped
        return out
    return _forward(x, weight, styles, noise, strength, bias, layer).out


def _larger_than(x: Tensor, weight: Tensor, layer: Layer) -> bool:
    """Whether multiplying the weight by styles and demodulation costs less than multiplying the pictures."""
    side = x.shape[-1] * (1 if layer.kernel is None else 2)
    return 2 * len(weight) * side**2 > weight.numel()


def _forward(
    x: Tensor,
    weight: Tensor,
    styles: Tensor,
    noise: Tensor | None,
    strength: Tensor,
    bias: Tensor,
    layer: Layer,
) -> Pass:
    s = styles[0]
    up = layer.kernel is not None
    energy = over_kernel(weight.square(), up=up) if layer.energy is None else layer.energy  # [O, I]
    square = torch.mv(energy, s.square()) + 1e-8
    demod = layer.gain * square.rsqrt()
    shift = bias * layer.gain
    if _larger_than(x, weight, layer):
        z, x_used, used = None, x, weight * outer(demod, s, up=up)
        out = convolve(x, used, layer.kernel, shift)
        if noise is not None:
            out += noise * (strength * layer.gain)
    else:
        x_used, used = x * s[:, None, None], weight
        z = convolve(x_used, weight, layer.kernel)
        out = z * demod[:, None, None]
        out += shift[:, None, None]
        if noise is not None:
            out += noise * (strength * layer.gain)
    F.leaky_relu_(out, SLOPE)
    if layer.clamp is not None:
        out.clamp_(-layer.clamp, layer.clamp)
    return Pass(out, x_used, used, energy, square, z)


class _Styled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, *arguments: Any) -> Tensor:
        x, weight, styles, noise, *_, layer = arguments
        kept = _forward(*arguments)
        ctx.save_for_backward(x, weight, styles[0], noise, *kept)
        ctx.layer = layer
        return kept.out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, s, noise, out, x_used, used, energy, square, z = ctx.saved_tensors
        layer: Layer = ctx.layer
        grad = torch.ops.aten.leaky_relu_backward(grad, out, SLOPE, True)
        if layer.clamp is not None:
            grad *= out.abs() < layer.clamp
        d_bias = rows(grad).sum(dim=0) * layer.gain
        d_strength = None
        if noise is not None:
            per_pixel = torch.mv(rows(grad), grad.new_full((grad.shape[1],), layer.gain))  # sum over channels
            d_strength = torch.dot(per_pixel, noise.reshape(-1))
        demod = layer.gain * square.rsqrt()
        if z is not None:
            d_demod = (rows(grad) * rows(z)).sum(dim=0)
            grad = grad * demod[:, None, None]
        up = layer.kernel is not None
        if layer.kernel is not None:
            grad = blur(grad, layer.kernel, 2)
        d_used = weight_gradient(grad, x_used, up=up)
        d_x_used = input_gradient(grad, x_used, used, up=up)
        if z is None:  # used = weight * styles * demod
            both = over_kernel(d_used * weight, up=up)  # [O, I]
            d_demod, d_styles, d_x = torch.mv(both, s), torch.mv(both.t(), demod), d_x_used
            d_used *= outer(demod, s, up=up)
        else:  # x_used = x * styles
            d_styles, d_x = (rows(d_x_used) * rows(x)).sum(dim=0), d_x_used * s[:, None, None]
        d_square = -0.5 * d_demod * demod / square
        d_styles = d_styles + 2 * s * torch.mv(energy.t(), d_square)
        d_used.addcmul_(weight, outer(2 * d_square, s.square(), up=up))
        return d_x, d_used, d_styles[None], None, d_strength, d_bias, None


def convolve(x: Tensor, weight: Tensor, kernel: Tensor | None, bias: Tensor | None = None) -> Tensor:
    """3x3 convolution with zero padding, or with a kernel doubled size and blur; `bias` [O] is added to the result."""
    if kernel is None:
        return F.conv2d(x, weight, bias, padding=1)
    x = F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
    return F.conv2d(x, kernel, bias, padding=1, groups=len(kernel))


def over_kernel(weight: Tensor, *, up: bool) -> Tensor:
    """Sum of [O, I, 3, 3] over its 3x3, [O, I], read in the order of memory (a tenth of the time)."""
    return weight.permute(1, 2, 3, 0).sum(dim=(1, 2)).t() if up else weight.permute(0, 2, 3, 1).sum(dim=(1, 2))


def outer(outputs: Tensor, inputs: Tensor, *, up: bool) -> Tensor:
    """Products [O, I, 1, 1] of a number per output and one per input channel, in memory as the weights are."""
    product = torch.outer(inputs, outputs).t() if up else torch.outer(outputs, inputs)
    return product[:, :, None, None]


def blur(grad: Tensor, kernel: Tensor, padding: int) -> Tensor:
    """The (symmetric) filter on [1, C, H, W], padded beforehand: small ones torch would compute channel by channel."""
    return F.conv2d(F.pad(grad, (padding,) * 4), kernel, groups=len(kernel))


def rows(x: Tensor) -> Tensor:
    """[1, C, H, W] -> [H W, C]; no copy when the channels are last in memory."""
    return x.permute(0, 2, 3, 1).reshape(-1, x.shape[1])


def input_gradient(grad: Tensor, x: Tensor, weight: Tensor, *, up: bool) -> Tensor:
    """Of the convolution before the blur, as torch computes it."""
    w, stride, padding = (weight.transpose(0, 1), [2, 2], [0, 0]) if up else (weight, [1, 1], [1, 1])
    mask = [True, False, False]
    result: Tensor = torch.ops.aten.convolution_backward(
        grad, x, w, None, stride, padding, [1, 1], up, [0, 0], 1, mask
    )[0]
    return result


def weight_gradient(grad: Tensor, x: Tensor, *, up: bool) -> Tensor:
    """[O, I, 3, 3], in memory as `Generator.arrange` lays the weights out.

    One side of the product is unfolded: sum over positions p of side[p] x neighbourhood[p + 3x3]. Without `up` the
    neighbourhood is the input's; a transposed convolution spreads each input over 3x3 outputs, two apart.
    """
    if up:
        side, around, step = rows(x), grad.permute(0, 2, 3, 1).contiguous()[0], 2
    else:
        side, around, step = rows(grad), F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1)).contiguous()[0], 1
    height, wide = (x if up else grad).shape[2:]
    channels = around.shape[-1]
    down, right, _ = around.stride()
    count = min(height, max(1, UNFOLDED // wide))
    product = x.new_empty(side.shape[1], 9 * channels)
    unfolded = x.new_empty(count, wide, 3, 3 * channels)
    for top in range(0, height, count):  # heights are powers of two, and so is count
        strides = (step * down, step * right, down, 1)
        unfolded.copy_(around.as_strided(unfolded.shape, strides, around.storage_offset() + step * top * down))
        product.addmm_(side[top * wide : (top + count) * wide].t(), unfolded.view(-1, 9 * channels), beta=min(top, 1))
    kernels = product.view(-1, 3, 3, channels)  # [I, 3, 3, O] with up, else [O, 3, 3, I]
    return kernels.permute(3, 0, 1, 2) if up else kernels.permute(0, 3, 1, 2)
