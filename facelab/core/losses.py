"""Losses on images f32 [N, 3, R, R] in [-1, 1] and on noise maps. All return one number per image, or a scalar.

The perceptual losses all speak one protocol: the target's features are computed once, the picture's in each step.
Which one is used is decided by `facelab.core.perceptual.choose_perceptual`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PERCEPTUAL_SIDE = 256
"""Images above it are area-resized to it for a perceptual loss (StyleGAN2, projector)."""

SMALLEST_NOISE = 8
"""Side of the smallest noise pyramid level (StyleGAN2, appendix D)."""

Features = tuple[Tensor, ...]


class PerceptualLoss(Protocol):
    """name: what is reported to the user, e.g. "lpips-alex" or "discriminator"."""

    @property
    def name(self) -> str: ...

    def features(self, image: Tensor) -> Features:
        """What `distance` compares, of images [N, 3, R, R]; differentiable."""
        ...

    def distance(self, a: Features, b: Features) -> Tensor:
        """[N], 0 for equal images; about 1 between two people's faces (LPIPS: as published)."""
        ...


def mse(a: Tensor, b: Tensor) -> Tensor:
    """Mean squared difference of each image, [N]."""
    return (a - b).square().mean(dim=(1, 2, 3))


def l1(a: Tensor, b: Tensor) -> Tensor:
    """Mean absolute difference of each image, [N]."""
    return (a - b).abs().mean(dim=(1, 2, 3))


def area_resize(image: Tensor, side: int) -> Tensor:
    """Reduce [N, C, R, R] to `side` by area averaging; smaller images are returned as they are."""
    return F.adaptive_avg_pool2d(image, side) if image.shape[-1] > side else image


def pyramid(image: Tensor, smallest: int = 8) -> list[Tensor]:
    """The image and its 2x2 means down to `smallest` px."""
    levels = [image]
    while levels[-1].shape[-1] >= 2 * smallest:
        levels.append(F.avg_pool2d(levels[-1], 2))
    return levels


def multi_scale_l1(a: Tensor, b: Tensor, smallest: int = 16) -> Tensor:
    """Mean over the pyramid's levels of the mean absolute difference, [N]."""
    levels = pyramid(a - b, smallest)
    return torch.stack([level.abs().mean(dim=(1, 2, 3)) for level in levels]).mean(dim=0)


def peak_signal_to_noise(a: Tensor, b: Tensor) -> Tensor:
    """PSNR in dB of each image [N], for images in [-1, 1] (peak to peak 2), clipped to that range first."""
    return 10 * torch.log10(4 / mse(a.clamp(-1, 1), b.clamp(-1, 1)).clamp_min(1e-12))


# --- noise ------------------------------------------------------------------------------------


def noise_regularisation(maps: Iterable[Tensor]) -> Tensor:
    """Scalar: correlation of each map [R, R] with itself shifted by one pixel, on all pyramid levels down to 8 px.

    StyleGAN2, appendix D: sum of mean(n roll_x n)^2 + mean(n roll_y n)^2. Near 0 for white noise.
    Each level is the 2x2 mean times 2, so that white noise keeps its variance.
    """
    total: Tensor | None = None
    for noise in maps:
        level = noise.reshape(1, 1, *noise.shape[-2:])
        while True:
            term = (level * level.roll(1, dims=3)).mean().square() + (level * level.roll(1, dims=2)).mean().square()
            total = term if total is None else total + term
            if level.shape[-1] <= SMALLEST_NOISE:
                break
            level = F.avg_pool2d(level, 2) * 2
    return torch.zeros(()) if total is None else total


@torch.no_grad()
def renormalise(maps: Iterable[Tensor]) -> None:
    """Give each map mean 0 and variance 1, in place."""
    for noise in maps:
        noise -= noise.mean()
        noise *= noise.square().mean().clamp_min(1e-20).rsqrt()
        noise -= noise.mean()  # what rounding left of it


# --- perceptual losses that need no download --------------------------------------------------


def gradients(image: Tensor) -> tuple[Tensor, Tensor]:
    """Forward differences to the right and downwards: [N, C, R, R-1], [N, C, R-1, R]."""
    return image[..., 1:] - image[..., :-1], image[..., 1:, :] - image[..., :-1, :]


class GradientPyramid:
    """L1 of the brightness steps on all scales, and of the smallest picture itself. Needs no network."""

    name = "gradient-pyramid"

    def __init__(self, smallest: int = 8) -> None:
        self.smallest = smallest

    def features(self, image: Tensor) -> Features:
        """Differences of each level, then the smallest level."""
        levels = pyramid(area_resize(image, PERCEPTUAL_SIDE), self.smallest)
        return (*(step for level in levels for step in gradients(level)), levels[-1])

    def distance(self, a: Features, b: Features) -> Tensor:
        """[N]"""
        return torch.stack([l1(x, y) for x, y in zip(a, b, strict=True)]).sum(dim=0)


def unit_channels(features: Tensor) -> Tensor:
    """Divide the channel vector at each position of [N, C, H, W] by its length."""
    return features * torch.rsqrt(features.square().sum(dim=1, keepdim=True) + 1e-10)


def layer_distance(a: Tensor, b: Tensor) -> Tensor:
    """[N]: squared difference summed over channels, mean over positions."""
    return (a - b).square().sum(dim=1).mean(dim=(1, 2))


class FeatureLoss:
    """Distance of unit-normalised activations of a network that is at hand anyway (DGP, arXiv 2003.13659).

    trunk: image [N, 3, side, side] -> activations. scales: weight of each layer, see `face_scales`.
    """

    def __init__(
        self, name: str, trunk: Callable[[Tensor], Sequence[Tensor]], side: int, scales: Sequence[float]
    ) -> None:
        self.name, self.trunk, self.side, self.scales = name, trunk, side, tuple(scales)

    def features(self, image: Tensor) -> Features:
        """Unit-normalised activations of the image at the network's own resolution."""
        if image.shape[-1] < self.side:
            image = F.interpolate(image, size=(self.side, self.side), mode="bilinear", align_corners=False)
        return tuple(unit_channels(layer) for layer in self.trunk(area_resize(image, self.side)))

    def distance(self, a: Features, b: Features) -> Tensor:
        """[N], about 1 between two different faces."""
        terms = [scale * layer_distance(x, y) for scale, x, y in zip(self.scales, a, b, strict=True)]
        return torch.stack(terms).sum(dim=0)


@torch.no_grad()
def face_scales(trunk: Callable[[Tensor], Sequence[Tensor]], faces: Tensor, batch: int = 8) -> tuple[float, ...]:
    """Weights that give each layer of `trunk` the same mean share over pairs of neighbouring faces [N, 3, R, R]."""
    sums: list[float] = []
    for start in range(0, len(faces) - 1, batch):
        layers = [unit_channels(x) for x in trunk(faces[start : start + batch + 1])]
        parts = [float(layer_distance(x[1:], x[:-1]).sum()) for x in layers]
        sums = parts if not sums else [s + p for s, p in zip(sums, parts, strict=True)]
    pairs = max(len(faces) - 1, 1)
    return tuple(1.0 / (len(sums) * max(total / pairs, 1e-8)) for total in sums)


def discriminator_trunk(network: nn.Module) -> Callable[[Tensor], Sequence[Tensor]]:
    """Activations of all blocks of a `facelab.core.networks.discriminator.Discriminator`."""
    features: Callable[[Tensor], Mapping[str, Tensor]] = network.features  # type: ignore[assignment]  # nn.Module attribute
    return lambda image: list(features(image).values())


def encoder_trunk(network: nn.Module) -> Callable[[Tensor], Sequence[Tensor]]:
    """Activations after the stem and each stage of a `facelab.core.networks.encoder.Encoder`."""

    def trunk(image: Tensor) -> Sequence[Tensor]:
        x: Tensor = F.leaky_relu(network.stem(F.pixel_unshuffle(image, 2)), 0.2)  # type: ignore[operator]
        layers = [x]
        for stage in network.st:  # type: ignore[union-attr]  # an nn.ModuleList
            x = stage(x)
            layers.append(x)
        return layers

    return trunk


def attribute_trunk(network: nn.Module) -> Callable[[Tensor], Sequence[Tensor]]:
    """Activations after each stage of a `facelab.core.networks.attributes.AttributeNet`."""

    def trunk(image: Tensor) -> Sequence[Tensor]:
        x = F.pixel_unshuffle(image, 2)
        layers = []
        for stage in network.stages:  # type: ignore[union-attr]  # an nn.Sequential
            x = stage(x)
            layers.append(x)
        return layers

    return trunk
