"""Unsupervised directions: GANSpace (Haerkoenen et al. 2020) and SeFa (Shen and Zhou 2021)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from facelab.core.progress import Progress, Steps
from facelab.core.values import F32, F64


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """vectors: f32 [K, D], orthonormal rows, strongest first. strengths: f32 [K] (sigma, or eigenvalue).

    mean: f32 [D] of the sampled w (GANSpace), zeros for SeFa. layers: the latents a component acts on.
    """

    vectors: F32
    strengths: F32
    mean: F32
    layers: tuple[int, int] | None = None


class StreamingCovariance:
    """Mean and covariance of vectors seen batch by batch, in memory D x D (Chan et al. 1979)."""

    def __init__(self, dimension: int) -> None:
        self.count = 0
        self.mean: F64 = np.zeros(dimension)
        self._scatter: F64 = np.zeros((dimension, dimension))

    def update(self, batch: F32) -> None:
        """batch: [n, D]."""
        x = np.asarray(batch, np.float64)
        mean = x.mean(0)
        shift = mean - self.mean
        total = self.count + len(x)
        centred = x - mean
        self._scatter += centred.T @ centred + np.outer(shift, shift) * (self.count * len(x) / total)
        self.mean += shift * (len(x) / total)
        self.count = total

    @property
    def covariance(self) -> F64:
        return self._scatter / max(self.count - 1, 1)


def _strongest(symmetric: F64, count: int) -> tuple[F64, F64]:
    """Eigenvalues and row eigenvectors, largest first; signs fixed so that the largest entry is positive."""
    values, columns = np.linalg.eigh(symmetric)
    order = np.argsort(values)[::-1][:count]
    rows = columns.T[order]
    signs = np.sign(rows[np.arange(len(rows)), np.abs(rows).argmax(1)])
    return values[order], rows * signs[:, None]


def ganspace(
    sample: Callable[[int, int], F32], *, count: int = 100_000, components: int = 20, batch: int = 4096
) -> Steps[Components]:
    """PCA of `count` sampled w. sample(first, n) -> w f32 [n, D]: codes first .. first + n - 1 of a seeded stream.

    Memory: two batches and D x D numbers, whatever the count.
    """
    statistics: StreamingCovariance | None = None
    done = 0
    while done < count:
        w = sample(done, min(batch, count - done))
        statistics = statistics or StreamingCovariance(w.shape[1])
        statistics.update(w)
        done += len(w)
        yield Progress("components", done, count)
    assert statistics is not None
    values, rows = _strongest(statistics.covariance, components)
    return Components(
        rows.astype(np.float32),
        np.sqrt(np.maximum(values, 0.0)).astype(np.float32),
        statistics.mean.astype(np.float32),
    )


def sefa(affine_weights: Sequence[F32], *, layers: tuple[int, int] | None = None, components: int = 20) -> Components:
    """Eigenvectors of A^T A, A = the style-affine weights [channels, w_dim] of the chosen layers, one above the other.

    affine_weights: one matrix per latent 0 .. num_ws - 1; each row is normalised as the closed form asks.
    layers: first and last latent, both inclusive; None = all.
    """
    first, last = layers or (0, len(affine_weights) - 1)
    stacked = np.concatenate([np.asarray(w, np.float64) for w in affine_weights[first : last + 1]])
    stacked = stacked / np.linalg.norm(stacked, axis=1, keepdims=True).clip(1e-12)
    values, rows = _strongest(stacked.T @ stacked, components)
    return Components(
        rows.astype(np.float32), values.astype(np.float32), np.zeros(stacked.shape[1], np.float32), (first, last)
    )
