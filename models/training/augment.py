"""Differentiable augmentation whose strength follows the discriminator (adaptive augmentation, arXiv 2006.06676)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

TARGET = 0.6
"""Wanted mean sign of the logits of photographs; above it the discriminator knows them by heart."""
IMAGES_TO_FULL = 100_000.0
MOST = 0.85
SHIFT = 16
"""Largest integer shift in px; also the border that random shifts before the feature heads use half of."""
LUMA = (0.299, 0.587, 0.114)


def adapted(strength: float, sign: float, images: int) -> float:
    """The strength after `images` more photographs with this mean sign of their logits."""
    change = images / IMAGES_TO_FULL * (1.0 if sign > TARGET else -1.0)
    return min(MOST, max(0.0, strength + change))


def _uniform(shape: tuple[int, ...], source: torch.Generator, like: Tensor) -> Tensor:
    return torch.rand(shape, generator=source).to(like)


def augmented(images: Tensor, strength: float, source: torch.Generator) -> Tensor:
    """Each change with probability `strength`: mirror, integer shift, zoom and turn, brightness, contrast, saturation.

    images f32 [N, 3, R, R]; differentiable, as often as wanted.
    """
    n = len(images)
    images = images.float()

    def chosen(values: Tensor, otherwise: float) -> Tensor:
        take = (_uniform((n,), source, images) < strength).view(n, *[1] * (values.ndim - 1))
        return torch.where(take, values, torch.full_like(values, otherwise))

    mirror = 1.0 - 2.0 * chosen((_uniform((n,), source, images) < 0.5).float(), 0.0)
    zoom = torch.exp2(chosen(torch.randn(n, generator=source).to(images) * 0.2, 0.0))
    angle = chosen((_uniform((n,), source, images) - 0.5) * 0.5, 0.0)
    pixels = 2.0 / images.shape[-1]
    shift = chosen(((_uniform((n, 2), source, images) * 2 - 1) * SHIFT).round() * pixels, 0.0)
    cos, sin = torch.cos(angle) / zoom, torch.sin(angle) / zoom
    theta = torch.stack([cos * mirror, -sin, shift[:, 0], sin * mirror, cos, shift[:, 1]], 1).view(n, 2, 3)
    grid = F.affine_grid(theta, list(images.shape), align_corners=False)
    images = sample(images, grid)
    brightness = chosen(torch.randn(n, generator=source).to(images) * 0.2, 0.0).view(n, 1, 1, 1)
    contrast = torch.exp2(chosen(torch.randn(n, generator=source).to(images) * 0.5, 0.0)).view(n, 1, 1, 1)
    saturation = torch.exp2(chosen(torch.randn(n, generator=source).to(images), 0.0)).view(n, 1, 1, 1)
    images = (images + brightness) * contrast
    luma = (images * images.new_tensor(LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)
    return luma + (images - luma) * saturation


def sample(images: Tensor, grid: Tensor) -> Tensor:
    """Bilinear grid sampling with a mirrored border, written so that it can be differentiated twice (for R1).

    images [N, 3, R, R], grid [N, R, R, 2] in [-1, 1], pixel centres as in align_corners=False.
    """
    n, c, height, width = images.shape
    x = (grid[..., 0] + 1) * width / 2 - 0.5
    y = (grid[..., 1] + 1) * height / 2 - 0.5
    left, top = x.detach().floor(), y.detach().floor()
    flat = images.flatten(2)  # [N, C, R R]
    found = images.new_zeros(images.shape)
    for dx in (0, 1):
        for dy in (0, 1):
            weight = (1 - (x - left - dx).abs()) * (1 - (y - top - dy).abs())
            index = mirrored(top + dy, height) * width + mirrored(left + dx, width)
            picked = flat.gather(2, index.view(n, 1, -1).expand(-1, c, -1)).view(n, c, *index.shape[1:])
            found = found + picked * weight[:, None]
    return found


def mirrored(index: Tensor, size: int) -> Tensor:
    """Integer coordinates reflected at the border into 0 .. size - 1."""
    period = 2 * size
    folded = index.long() % period
    return torch.where(folded < size, folded, period - 1 - folded)


def moved(images: Tensor, most: int, source: torch.Generator) -> Tensor:
    """The batch shifted together by 0 .. most px with a mirrored border: hides the grid of strided features."""
    if most == 0:
        return images
    dx, dy = (int(v) for v in torch.randint(0, most + 1, (2,), generator=source))
    padded = F.pad(images, (most, most, most, most), mode="reflect")
    size = images.shape[-1]
    return padded[:, :, most + dy : most + dy + size, most + dx : most + dx + size]
