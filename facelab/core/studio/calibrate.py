"""What a slider does when it is moved: does it raise its attribute, keep the person, and how far can it go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from facelab.core.editing.directions import Direction, levels
from facelab.core.progress import Progress, Steps
from facelab.core.recipe import LayerRange
from facelab.core.studio.boundary import wilson
from facelab.core.studio.measure import Judge, Render
from facelab.core.values import F32, U8

Score = Callable[[U8], F32]
"""Pictures u8 [N, R, R, 3] -> the judged attribute f32 [N]."""
Identity = Callable[[U8, U8], F32]
"""(unedited, edited) pictures u8 [N, R, R, 3] -> similarity f32 [N], 1 = the same person."""
MIN_IDENTITY = 0.7
MAX_QUALITY_LOSS = 1.5
"""In standard deviations of the quality score over the unedited faces."""
MIN_GAIN = 0.2
"""Of the movement per step in the middle; below it a further step does nothing any more."""
LIMIT = 4.0
STEP = 0.5
BATCH = 8


@dataclass(frozen=True, slots=True)
class Effect:
    """One step of `reach` sigma on sampled faces.

    raised: share of faces whose judged attribute rises, with its 95 % interval. moved: mean movement, in standard
    deviations over the unedited faces. identity: mean similarity to the unedited face (NaN = no net).
    low_before, low_after: mean score of the lowest quarter, standardised: what the step makes of the worst samples.
    leaks: how far other attributes move, by key, as shares of the slider's own movement.
    """

    reach: float
    raised: float
    interval: tuple[float, float]
    moved: float
    identity: float
    low_before: float
    low_after: float
    faces: int
    leaks: Mapping[str, float] = field(default_factory=dict)


def effect(
    direction: Direction,
    codes: F32,
    render: Render,
    score: Score,
    identity: Identity | None,
    *,
    others: Judge,
    reach: float = 2.0,
) -> Steps[Effect]:
    """Measure +reach sigma on w_plus codes f32 [N, num_ws, w_dim]; others: judges what should not move."""
    offset = direction.step(codes.shape[1]) * np.float32(reach)
    before: list[F32] = []
    after: list[F32] = []
    same: list[F32] = []
    sides: tuple[list[Mapping[str, F32]], list[Mapping[str, F32]]] = ([], [])
    for first in range(0, len(codes), BATCH):
        part = codes[first : first + BATCH]
        unedited, edited = render(part), render(part + offset)
        before.append(score(unedited))
        after.append(score(edited))
        sides[0].append(others(unedited))
        sides[1].append(others(edited))
        same.append(np.full(len(part), np.nan, np.float32) if identity is None else identity(unedited, edited))
        yield Progress("effect", min(first + BATCH, len(codes)), len(codes))
    a, b = np.concatenate(before), np.concatenate(after)
    spread, mean = max(float(a.std()), 1e-6), float(a.mean())
    low = np.argsort(a)[: max(1, len(a) // 4)]
    raised = float((b > a).mean())
    return Effect(
        reach,
        raised,
        wilson(raised, len(a)),
        float((b - a).mean()) / spread,
        float(np.concatenate(same).mean()),
        float(a[low].mean() - mean) / spread,
        float(b[low].mean() - mean) / spread,
        len(a),
        _leaks(sides, float((b - a).mean()) / spread),
    )


def _leaks(sides: tuple[list[Mapping[str, F32]], list[Mapping[str, F32]]], own: float) -> dict[str, float]:
    """Mean movement of every attribute in its own deviation, over the slider's own movement."""
    found = {}
    for key in sides[0][0]:
        before, after = (np.concatenate([part[key] for part in side]) for side in sides)
        found[key] = float((after - before).mean()) / max(float(before.std()), 1e-6) / (own or float("nan"))
    return found


@dataclass(frozen=True, slots=True)
class Range:
    """low, high: usable, in sigma. levels, and at each: the judged attribute (deviations from the unedited mean),
    identity (NaN = no net) and quality (deviations)."""

    low: float
    high: float
    levels: tuple[float, ...]
    attribute: tuple[float, ...] = field(default=())
    identity: tuple[float, ...] = field(default=())
    quality: tuple[float, ...] = field(default=())


def usable_range(
    direction: Direction, codes: F32, render: Render, score: Score, quality: Score, identity: Identity | None
) -> Steps[Range]:
    """How far to each side the person and the picture quality hold and the attribute still moves.

    codes: w_plus of real (encoded) or sampled faces f32 [N, num_ws, w_dim]. At least one sigma each way.
    """
    levels = [float(level) for level in np.arange(-LIMIT, LIMIT + STEP / 2, STEP)]
    step = direction.step(codes.shape[1])
    unedited = _pictures(codes, render)
    base, base_quality = score(unedited), quality(unedited)
    spread, quality_spread = max(float(base.std()), 1e-6), max(float(base_quality.std()), 1e-6)
    moved, same, good = [], [], []
    for done, level in enumerate(levels, 1):
        edited = unedited if level == 0 else _pictures(codes + step * np.float32(level), render)
        moved.append(float((score(edited) - base).mean()) / spread)
        good.append(float((quality(edited) - base_quality).mean()) / quality_spread)
        same.append(float("nan") if identity is None else float(identity(unedited, edited).mean()))
        yield Progress("range", done, len(levels))
    low = -_reach(levels[::-1], moved[::-1], same[::-1], good[::-1])
    high = _reach(levels, moved, same, good)
    rounded = [tuple(round(value, 3) for value in row) for row in (moved, same, good)]
    return Range(low, high, tuple(levels), *rounded)


def _pictures(codes: F32, render: Render) -> U8:
    return np.concatenate([render(codes[i : i + BATCH]) for i in range(0, len(codes), BATCH)])


def _reach(levels: Sequence[float], moved: Sequence[float], same: Sequence[float], good: Sequence[float]) -> float:
    """The last usable level going from the middle to the end of the lists."""
    middle = len(levels) // 2
    gain = max(abs(moved[middle + 1] - moved[middle - 1]) / 2, 1e-6)
    reached = 2  # one sigma is always offered
    for i in range(middle + 1, len(levels)):
        lost_person = not np.isnan(same[i]) and same[i] < MIN_IDENTITY
        stuck = abs(moved[i] - moved[i - 1]) < MIN_GAIN * gain
        if lost_person or stuck or good[i] < -MAX_QUALITY_LOSS:
            break
        reached = max(reached, i - middle)
    return float(reached * STEP)


def spread_of(direction: Direction, encoded_w_plus: F32) -> tuple[float, float]:
    """5 % and 95 % quantile of the slider's coordinate over encoded real faces f32 [N, num_ws, w_dim], in sigma."""
    found = levels(direction, encoded_w_plus)
    return float(np.quantile(found, 0.05)), float(np.quantile(found, 0.95))


def effect_of_random(
    codes: F32,
    render: Render,
    sigma: Callable[[F32], float],
    *,
    layers: LayerRange | None = None,
    count: int = 8,
    seed: int = 0,
) -> float:
    """Mean absolute change of a picture (levels of 255) when random unit directions are moved by one sigma."""
    random = np.random.RandomState(seed)
    changes = []
    for _ in range(count):
        vector = random.randn(codes.shape[-1]).astype(np.float32)
        vector /= np.linalg.norm(vector)
        step = Direction("random", vector, sigma(vector), "", layers=layers).step(codes.shape[1])
        changes.append(picture_change(codes, step, render))
    return float(np.mean(changes))


def picture_change(codes: F32, step: F32, render: Render) -> float:
    """Mean absolute difference (levels of 255) between pictures of codes - step and codes + step, over 2.

    step: f32 [w_dim] or [num_ws, w_dim].
    """
    total = 0.0
    for first in range(0, len(codes), BATCH):
        part = codes[first : first + BATCH]
        difference = render(part + step).astype(np.float32) - render(part - step)
        total += float(np.abs(difference).mean(axis=(1, 2, 3)).sum())
    return total / len(codes) / 2
