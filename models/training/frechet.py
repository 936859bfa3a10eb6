"""The Fréchet distance of pooled SqueezeNet features: how far samples are from photographs, as distributions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor

from facelab.core.values import F64
from models.training.losses import SqueezeNet

LAYER = 12
"""fire9; its means over the picture are 512 numbers."""


@torch.no_grad()
def pooled(squeeze: SqueezeNet, batches: Iterable[Tensor]) -> F64:
    """Means of the activations of LAYER over the picture, f64 [N, 512]. batches: f32 [n, 3, R, R] in [-1, 1]."""
    parts = [squeeze(batch.clamp(-1, 1), (LAYER,))[0].mean((2, 3)).double().cpu().numpy() for batch in batches]
    return np.concatenate(parts)


def distance(a: F64, b: F64) -> float:
    """|mean difference|^2 + tr(A + B - 2 (A B)^1/2) for two sets of vectors [N, D] (arXiv 1706.08500)."""
    cov_a, cov_b = np.cov(a.T), np.cov(b.T)
    values, vectors = np.linalg.eigh(cov_a)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ cov_b @ root).clip(0)).sum()
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(cov_a) + np.trace(cov_b) - 2 * cross)


def sampled(
    render: Callable[[Tensor], Tensor], mapping: Callable[[Tensor], Tensor], count: int, width: int,
    device: torch.device, seed: int = 5, batch: int = 32,
) -> Iterable[Tensor]:  # fmt: skip
    """`count` pictures of mapped z ~ N(0, I), in batches."""
    z = torch.randn(count, width, generator=torch.Generator().manual_seed(seed))
    for part in z.split(batch):
        with torch.no_grad():
            yield render(mapping(part.to(device)))
