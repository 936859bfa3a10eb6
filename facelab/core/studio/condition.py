"""Conditional manipulation: a direction that leaves other attributes alone (InterFaceGAN, eq. 7, for k conditions)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facelab.core.errors import SpannedDirection
from facelab.core.values import F64

MIN_REST = 1e-3  # share of the primal's length below which nothing of it is left


def condition(primal: NDArray[np.floating], conditions: Sequence[NDArray[np.floating]]) -> F64:
    """Unit direction nearest to `primal` that is orthogonal to every condition.

    primal: [D] or [1, D] or [L, D], conditions of the same shape. The projection goes onto the *span* of the
    conditions, by least squares: subtracting one projection after the other leaves some of the first.
    Raises SpannedDirection when the conditions span the primal, ValueError for shapes that differ.
    """
    shape = np.shape(primal)
    flat = np.asarray(primal, np.float64).reshape(-1)
    length = float(np.linalg.norm(flat))
    for other in conditions:
        if np.size(other) != flat.size:
            raise ValueError(f"the condition has {np.size(other)} numbers, the direction {flat.size}")
    rest = flat
    if conditions:
        basis = np.stack([np.asarray(c, np.float64).reshape(-1) for c in conditions], axis=1)  # [D, k]
        weights = np.linalg.lstsq(basis, flat, rcond=1e-10)[0]
        rest = flat - basis @ weights
        # a second pass removes what rounding left
        rest = rest - basis @ np.linalg.lstsq(basis, rest, rcond=1e-10)[0]
    left = float(np.linalg.norm(rest))
    if length == 0.0 or left < MIN_REST * length:
        raise SpannedDirection(left=f"{left / max(length, 1e-30):.1e}")
    return np.asarray(rest / left).reshape(shape)


def cosine(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Cosine of the angle between two arrays of equal size."""
    x, y = np.asarray(a, np.float64).reshape(-1), np.asarray(b, np.float64).reshape(-1)
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))
