"""Sampled faces by seed: sample `s` is the face that `facelab generate --seeds s` writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from facelab.core.generator import FaceGenerator
from facelab.core.values import F32, F64

SPACES = ("z", "w", "w+")
PARTNER = 0x9E3779B9
"""Added to a seed (mod 2^32) for the second face of a mixed sample."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """z: f32 [N, z_dim]; w_plus: f32 [N, num_ws, w_dim]."""

    seeds: tuple[int, ...]
    z: F32
    w_plus: F32


def seeded_z(seeds: Sequence[int], z_dim: int) -> F32:
    """z = RandomState(seed).randn(1, z_dim) per seed, as the public generators draw it: f32 [N, z_dim]."""
    return np.concatenate([np.random.RandomState(seed).randn(1, z_dim) for seed in seeds]).astype(np.float32)


def draw(generator: FaceGenerator, seeds: Sequence[int], psi: float = 1.0, *, mixed: bool = False) -> Samples:
    """The samples of these seeds. mixed: from a random layer on, the latents are another face's (style mixing,
    StyleGAN section 3.1), so that the layers of a code differ; needed for boundaries in W+."""
    z = seeded_z(seeds, generator.info.z_dim)
    w_plus = generator.map(z, psi)
    if mixed:
        others = generator.map(seeded_z([(seed + PARTNER) % 2**32 for seed in seeds], generator.info.z_dim), psi)
        layers = np.arange(generator.info.num_ws)
        cut = np.array([np.random.RandomState(seed).randint(1, generator.info.num_ws) for seed in seeds])
        w_plus = np.where((layers >= cut[:, None])[:, :, None], others, w_plus)
    return Samples(tuple(seeds), z, w_plus.astype(np.float32))


def w_stream(generator: FaceGenerator, seed: int, psi: float = 1.0) -> Callable[[int, int], F32]:
    """sample(first, n) for `ganspace`: the w of one seeded stream of z, in order; first is only counted."""
    random = np.random.RandomState(seed)

    def sample(first: int, count: int) -> F32:
        z = random.randn(count, generator.info.z_dim).astype(np.float32)
        return generator.map(z, psi)[:, 0]

    return sample


def whitening(codes: F32) -> tuple[F64, F64]:
    """(S^1/2, S^-1/2) of the covariance of codes [N, D]; axes with hardly any variance are lifted a little."""
    values, vectors = np.linalg.eigh(np.cov(codes.T.astype(np.float64)))
    values = np.maximum(values, max(float(values[-1]), 1e-12) * 1e-4)
    return (vectors * np.sqrt(values)) @ vectors.T, (vectors / np.sqrt(values)) @ vectors.T


def mean_step(generator: FaceGenerator, z: F32, normal: F32, reach: float = 1.0) -> F32:
    """What moving z along a boundary's normal does in W, on average: f32 [w_dim].

    W is curved in z, so a direction of Z has no one equal in W: this is its linear part over the samples z [N, z_dim].
    """
    offset = np.float32(reach) * normal[None]
    moved = generator.map(z + offset)[:, 0] - generator.map(z - offset)[:, 0]
    return np.asarray(moved.mean(axis=0) / (2 * reach), np.float32)
