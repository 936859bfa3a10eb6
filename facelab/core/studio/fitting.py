"""From codes and scores to a slider: InterFaceGAN's boundary, the step that crosses it, and its unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from facelab.core.editing.directions import Direction
from facelab.core.studio.boundary import Boundary, fit_boundary, split_sides, wilson
from facelab.core.studio.measure import sigma_of
from facelab.core.studio.sampling import whitening
from facelab.core.values import F32, F64


@dataclass(frozen=True, slots=True)
class FitOptions:
    """share: of the scored codes on each side; split: part that is fitted; penalty: C of the SVM.

    plain: the boundary's own normal is the slider, as in the paper. Else the codes are whitened and the slider is
    the likeliest step across the boundary (the normal times the codes' covariance): it moves the attribute by more
    and other things by less, because few real faces lie along a plain normal.
    """

    share: float = 0.2
    split: float = 0.7
    seed: int = 0
    plain: bool = False
    penalty: float = 1e-2


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """normal: unit f32, the boundary's, in the space of the codes. step: unit f32 [w_dim] or [L, w_dim].

    boundary: its held-out figures. along: balanced accuracy of the slider's own coordinate on the same held-out
    share of the codes, with its 95 % interval. bias, sigma: as in `Direction`.
    """

    normal: F32
    step: F32
    boundary: Boundary
    along: float
    along_interval: tuple[float, float]
    bias: float
    sigma: float
    coordinates: F32 = field(repr=False)


def fit_step(codes: F32, scores: F32, sampled_w: F32, options: FitOptions) -> Fitted:
    """Fit in W (codes f32 [N, w_dim]) or W+ ([N, L, w_dim]); scores f32 [N], NaN = skip.

    sampled_w: f32 [M, w_dim] at psi 1, seed 0, for sigma. Raises BadScores.
    """
    shape = codes.shape[1:]
    flat = codes.reshape(-1, shape[-1]) if codes.ndim == 3 else codes
    centre = codes.mean(0, dtype=np.float64)
    root: F64 | None = None
    if options.plain:
        x = (codes - centre).reshape(len(codes), -1).astype(np.float32)
    else:
        root, inverse = whitening(flat if len(flat) > 4 * shape[-1] else np.concatenate([flat, sampled_w]))
        x = ((codes - centre) @ inverse).reshape(len(codes), -1).astype(np.float32)
    penalty = 1.0 if options.plain else options.penalty
    boundary = fit_boundary(
        x, scores, share=options.share, split=options.split, seed=options.seed, penalty=penalty
    )  # fmt: skip
    step = _unit(
        boundary.normal.reshape(shape).astype(np.float64) if root is None else boundary.normal.reshape(shape) @ root
    )
    normal = boundary.normal.reshape(shape) if root is None else _unit(boundary.normal.reshape(shape) @ inverse)
    coordinates = np.tensordot(codes.astype(np.float64), step, axes=step.ndim)
    bias, along, count = _divide(coordinates, scores, options)
    return Fitted(
        normal.astype(np.float32),
        step.astype(np.float32),
        boundary,
        along,
        wilson(along, count),
        bias,
        max(sigma_of(step.astype(np.float32), sampled_w), 1e-6),
        coordinates.astype(np.float32),
    )


def _unit(vector: np.ndarray) -> F64:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-30), np.float64)


def _divide(coordinates: F64, scores: F32, options: FitOptions) -> tuple[float, float, int]:
    """bias half way between the two sides, chosen on the fitted part; accuracy and count on the held-out part."""
    (fit_low, test_low), (fit_high, test_high) = split_sides(scores, options.share, options.split, options.seed)
    middle = float((coordinates[fit_low].mean() + coordinates[fit_high].mean()) / 2)
    rates = float((coordinates[test_low] < middle).mean()), float((coordinates[test_high] > middle).mean())
    return -middle, sum(rates) / 2, len(test_low) + len(test_high)


def to_direction(
    fitted: Fitted, key: str, generator_sha256: str, labels: Mapping[str, str], *, source: str, klass: str = "stiff"
) -> Direction:
    """The fitted step as a slider of the group "custom", range -3..3 until it is calibrated."""
    return Direction(
        key=key,
        vector=fitted.step,
        sigma=fitted.sigma,
        generator_sha256=generator_sha256,
        bias=fitted.bias,
        space="w" if fitted.step.ndim == 1 else "w+",
        labels=dict(labels),
        klass=klass,
        accuracy=round(fitted.boundary.accuracy, 4),
        source=source,
        licence="",
    )
