"""The StyleGAN2 discriminator (resnet architecture), with the state-dict names of the official files."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from facelab.core.networks.ops import SQRT2, Conv, Dense, activate

SQRT_HALF = math.sqrt(0.5)


@dataclass(frozen=True, slots=True)
class DiscriminatorConfig:
    """channels: of the blocks img_resolution, ... 8, 4 (the last is the epilogue's input)."""

    img_resolution: int
    channels: tuple[int, ...]
    img_channels: int = 3
    conv_clamp: float | None = None
    group_size: int = 4
    deviation_channels: int = 1

    def __post_init__(self) -> None:
        if self.img_resolution < 8 or self.img_resolution & (self.img_resolution - 1):
            raise ValueError(f"resolution {self.img_resolution} is not a power of two from 8 upwards")
        if len(self.channels) != len(self.resolutions) + 1:
            raise ValueError(f"{len(self.resolutions) + 1} channel counts are needed, not {self.channels}")

    @property
    def resolutions(self) -> tuple[int, ...]:
        """img_resolution, ... 8."""
        return tuple(2**i for i in range(self.img_resolution.bit_length() - 1, 2, -1))


class Block(nn.Module):
    """Two convolutions beside a skip; halves the size."""

    def __init__(self, config: DiscriminatorConfig, index: int) -> None:
        super().__init__()
        inputs, outputs = config.channels[index], config.channels[index + 1]
        if index == 0:
            self.fromrgb = Conv(config.img_channels, inputs, 1, clamp=config.conv_clamp)
        self.conv0 = Conv(inputs, inputs, 3, clamp=config.conv_clamp)
        self.conv1 = Conv(inputs, outputs, 3, down=True, clamp=config.conv_clamp)
        self.skip = Conv(inputs, outputs, 1, bias=False, linear=True, down=True)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, R, R] -> [N, C', R/2, R/2]."""
        side: Tensor = self.skip(x, SQRT_HALF)
        main: Tensor = self.conv1(self.conv0(x), SQRT_HALF)
        return side + main


class Epilogue(nn.Module):
    """Minibatch standard deviation, one convolution, two dense layers."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        width = config.channels[-1]
        self.config = config
        self.conv = Conv(width + config.deviation_channels, width, 3, clamp=config.conv_clamp)
        self.fc = Dense(width * 16, width)
        self.out = Dense(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, 4, 4] -> logits [N, 1]."""
        x = self.conv(minibatch_deviation(x, self.config.group_size, self.config.deviation_channels))
        return self.out(activate(self.fc(x.flatten(1)), SQRT2, None))  # type: ignore[no-any-return]


def minibatch_deviation(x: Tensor, group_size: int, channels: int) -> Tensor:
    """Append the mean standard deviation over groups of samples (Karras et al. 2018): [N, C + channels, H, W].

    N must be a multiple of min(group_size, N).
    """
    n, c, h, w = x.shape
    group = min(group_size, n)
    if n % group:
        raise ValueError(f"a batch of {n} cannot be split into groups of {group}")
    y = x.reshape(group, n // group, channels, c // channels, h, w)
    y = (y - y.mean(dim=0)).square().mean(dim=0).add(1e-8).sqrt()
    y = y.mean(dim=(2, 3, 4))  # [N / group, channels]
    y = y.reshape(-1, channels, 1, 1).repeat(group, 1, h, w)
    return torch.cat([x, y], dim=1)


class Discriminator(nn.Module):
    """Image to logit; `features` gives what a perceptual loss needs."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        for index, resolution in enumerate(config.resolutions):
            self.add_module(f"b{resolution}", Block(config, index))
        self.b4 = Epilogue(config)

    def features(self, image: Tensor) -> dict[str, Tensor]:
        """image [N, 3, R, R] in [-1, 1] -> activations by name: fromrgb at full size, then each block's output."""
        maps: dict[str, Tensor] = {}
        x = image
        for resolution in self.config.resolutions:
            block = self.get_submodule(f"b{resolution}")
            if hasattr(block, "fromrgb"):
                x = maps["fromrgb"] = block.get_submodule("fromrgb")(x)
            x = maps[f"b{resolution}"] = block(x)
        return maps

    def forward(self, image: Tensor) -> Tensor:
        """image [N, 3, R, R] -> logits [N, 1]."""
        return self.b4(self.features(image)[f"b{self.config.resolutions[-1]}"])  # type: ignore[no-any-return]
