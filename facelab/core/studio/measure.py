"""What a direction does to others, measured in pictures: sigma, leakage, locking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from facelab.core.editing import movements
from facelab.core.editing.directions import Direction
from facelab.core.errors import SpannedDirection
from facelab.core.progress import Progress, Steps
from facelab.core.recipe import Edit, EditRecipe
from facelab.core.studio.condition import MIN_REST
from facelab.core.values import F32, U8

Render = Callable[[F32], U8]
"""w_plus f32 [N, num_ws, w_dim] -> pictures u8 [N, R, R, 3]."""
Judge = Callable[[U8], Mapping[str, F32]]
"""Pictures u8 [N, R, R, 3] -> score f32 [N] by attribute."""


def sigma_of(vector: F32, sampled_w: F32) -> float:
    """Standard deviation of vector . w over sampled w f32 [N, w_dim].

    A W+ vector [num_ws, w_dim] meets the same w in every layer, so its rows add up: one sigma of a W direction
    repeated over the layers moves the code as far as one sigma of the direction itself.
    """
    flat = vector if vector.ndim == 1 else vector.sum(axis=0)
    return float((sampled_w.astype(np.float64) @ flat.astype(np.float64)).std())


@dataclass(frozen=True, slots=True, eq=False)
class Leakage:
    """keys: sliders (rows) and attributes (columns) in the same order.

    moved: f64 [K, K], change of attribute j when slider i moves by one sigma, in units of attribute j's own
    standard deviation over the unedited pictures. share: moved[i, j] / moved[i, i].
    """

    keys: tuple[str, ...]
    moved: np.ndarray

    @property
    def share(self) -> np.ndarray:
        own = np.diag(self.moved)[:, None]
        return np.asarray(self.moved / np.where(np.abs(own) < 1e-9, np.nan, own))

    @property
    def mean_moved(self) -> float:
        """How far one sigma moves another attribute on average, in its standard deviations."""
        return float(np.abs(self.moved[~np.eye(len(self.keys), dtype=bool)]).mean())

    @property
    def mean_share(self) -> float:
        """The same as a share of the slider's own movement."""
        return float(np.nanmean(np.abs(self.share[~np.eye(len(self.keys), dtype=bool)])))

    def of(self, key: str) -> dict[str, float]:
        """Leakage of one slider into the others."""
        row = self.keys.index(key)
        return {other: float(self.share[row, j]) for j, other in enumerate(self.keys) if j != row}


def leakage_matrix(
    directions: Mapping[str, Direction],
    codes: F32,
    render: Render,
    judge: Judge,
    *,
    reach: float = 1.0,
    batch: int = 16,
) -> Steps[Leakage]:
    """Move each slider by -reach and +reach sigma on w_plus codes [N, num_ws, w_dim] and judge the pictures."""
    keys = tuple(directions)
    base = yield from _judged(codes, render, judge, keys, batch, 0, 2 * len(keys) + 1)
    spread = {key: max(float(base[key].std()), 1e-6) for key in keys}
    moved = np.zeros((len(keys), len(keys)))
    for row, key in enumerate(keys):
        offset = directions[key].step(codes.shape[1]) * np.float32(reach)
        high = yield from _judged(codes + offset, render, judge, keys, batch, 2 * row + 1, 2 * len(keys) + 1)
        low = yield from _judged(codes - offset, render, judge, keys, batch, 2 * row + 2, 2 * len(keys) + 1)
        for column, other in enumerate(keys):
            moved[row, column] = float((high[other] - low[other]).mean()) / (2 * reach) / spread[other]
    return Leakage(keys, moved)


def _judged(
    codes: F32, render: Render, judge: Judge, keys: Sequence[str], batch: int, step: int, total: int
) -> Steps[dict[str, F32]]:
    parts: list[Mapping[str, F32]] = []
    for first in range(0, len(codes), batch):
        parts.append(judge(render(codes[first : first + batch])))
        yield Progress("matrix", step, total)
    return {key: np.concatenate([np.asarray(part[key], np.float32) for part in parts]) for key in keys}


def locked(directions: Mapping[str, Direction], key: str, locks: Sequence[str], num_ws: int) -> Direction:
    """What the slider `key` does while others are locked, exactly as a recipe does it: a direction in W+.

    Raises SpannedDirection when nothing is left.
    """
    direction = directions[key]
    recipe = EditRecipe((Edit("direction", key, 1.0),), frozenset(lock for lock in locks if lock != key))
    step = movements(recipe, directions, num_ws)[0].step
    length = float(np.linalg.norm(step))
    before = float(np.linalg.norm(direction.step(num_ws)))
    if length < MIN_REST * before:
        raise SpannedDirection(left=f"{length / max(before, 1e-30):.1e}")
    return replace(direction, vector=(step / length).astype(np.float32), space="w+", sigma=length, layers=None)
