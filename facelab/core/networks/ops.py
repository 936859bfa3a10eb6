"""The few numeric pieces that the StyleGAN2 generator and discriminator are made of.

Activations are [N, C, H, W]. The resampling filter is always outer([1, 3, 3, 1]) / 64, as in all
published checkpoints (`facelab.core.formats` refuses another one).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SLOPE = 0.2
SQRT2 = math.sqrt(2)
TAPS = (1.0, 3.0, 3.0, 1.0)


def normal(*shape: int) -> Tensor:
    """Standard normal numbers; on the meta device, shapes only.

    Arithmetic and random numbers there would load torch's compiler and sympy: over a second at every start.
    """
    blank = torch.empty(shape)
    return blank if blank.is_meta else blank.normal_()


def blur_kernel(channels: int, gain: float) -> Tensor:
    """Depthwise weights [channels, 1, 4, 4] of the separable [1, 3, 3, 1] filter; they sum to `gain`."""
    # plain numbers: see `normal`
    share = gain / sum(TAPS) ** 2
    rows = [[share * a * b for b in TAPS] for a in TAPS]
    return torch.tensor(rows).expand(channels, 1, 4, 4).contiguous()


class Blur(nn.Module):
    """The filter with weights [channels, 1, 4, 4] kept as a constant that no state dict holds."""

    kernel: Tensor

    def __init__(self, channels: int, gain: float) -> None:
        super().__init__()
        self.channels, self.gain = channels, gain
        self.register_buffer("kernel", blur_kernel(channels, gain), persistent=False)

    def forward(self, x: Tensor, padding: int, stride: int = 1) -> Tensor:
        """[N, C, H, W] -> [N, C, (H + 2 padding - 4) / stride + 1, ...]."""
        return F.conv2d(x, self.kernel.to(x.dtype), padding=padding, stride=stride, groups=self.channels)


def restore_constants(network: nn.Module) -> None:
    """Give a network that was built on the meta device its filters, on the device of its parameters."""
    device = next(network.parameters()).device
    for module in network.modules():
        if isinstance(module, Blur | Upsample):
            module.kernel = blur_kernel(module.channels, module.gain).to(device)


def normalise(x: Tensor) -> Tensor:
    """[N, D] divided by the root mean square of each row (StyleGAN2, mapping network)."""
    return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-8)


def activate(x: Tensor, gain: float, clamp: float | None) -> Tensor:
    """Leaky ReLU (0.2) of `gain * x` for gain > 0, then the clamp of mixed-precision training.

    The gain goes in first, because lrelu(g x) = g lrelu(x): callers fold it into what they multiply anyway.
    """
    if gain != 1.0:
        x = x * gain
    x = F.leaky_relu(x, SLOPE)
    return x if clamp is None else x.clamp(-clamp, clamp)


class Upsample(nn.Module):
    """Twice the size: zeros between the pixels, then the filter with gain 4 (zero outside the image)."""

    kernel: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels, self.gain = channels, 4.0
        self.register_buffer("kernel", blur_kernel(channels, self.gain), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] -> [N, C, 2H, 2W]."""
        return F.conv_transpose2d(x, self.kernel.to(x.dtype), stride=2, padding=1, groups=self.channels)


class Dense(nn.Module):
    """Linear layer with equalised learning rate: stored weights are divided by `rate`."""

    def __init__(self, inputs: int, outputs: int, *, bias: float = 0.0, rate: float = 1.0) -> None:
        super().__init__()
        weight = normal(outputs, inputs)
        self.weight = nn.Parameter(weight if weight.is_meta else weight / rate)  # meta: see `normal`
        self.bias = nn.Parameter(torch.full((outputs,), bias / rate))
        self.gain = rate / math.sqrt(inputs)
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        """[N, inputs] -> [N, outputs], without activation."""
        bias = self.bias if self.rate == 1.0 else self.bias * self.rate
        return torch.addmm(bias, x, self.weight.t(), alpha=self.gain)


class Conv(nn.Module):
    """Plain convolution with equalised learning rate; down = 2 blurs first. linear: no activation."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        size: int,
        *,
        bias: bool = True,
        linear: bool = False,
        down: bool = False,
        clamp: float | None = None,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(normal(outputs, inputs, size, size))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None
        self.gain = 1 / math.sqrt(inputs * size * size)
        self.size, self.linear, self.down, self.clamp = size, linear, down, clamp
        if down:
            self.blur = Blur(inputs, 1.0)

    def forward(self, x: Tensor, gain: float = 1.0) -> Tensor:
        """[N, inputs, H, W] -> [N, outputs, H, W], or half the size with `down`."""
        act_gain = gain if self.linear else gain * SQRT2
        weight = (self.weight * (self.gain * act_gain)).to(x.dtype)
        bias = None if self.bias is None else (self.bias * act_gain).to(x.dtype)
        if self.down:
            # filter and convolution together keep the image centred: 1x1 pads 1, 3x3 pads 2 before the filter
            x = self.blur(x, self.size // 2 + 1, 2 if self.size == 1 else 1)
            x = F.conv2d(x, weight, bias, stride=1 if self.size == 1 else 2)
        else:
            x = F.conv2d(x, weight, bias, padding=self.size // 2)
        clamp = None if self.clamp is None else self.clamp * gain
        if self.linear:
            return x if clamp is None else x.clamp(-clamp, clamp)
        return activate(x, 1.0, clamp)
