"""The studio's tasks on sliders that exist: a conditioned copy, the distance ladder, measuring again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from facelab.core.editing.directions import Direction, levels
from facelab.core.errors import UsageError
from facelab.core.progress import Progress, Steps
from facelab.core.studio.boundary import wilson
from facelab.core.studio.calibrate import spread_of
from facelab.core.studio.charts import ladder
from facelab.core.studio.measure import sigma_of
from facelab.core.studio.sampling import draw
from facelab.core.values import F32, F64, U8
from facelab.engine import studio_values as v
from facelab.engine.own_directions import load_scorer, own_folder, save_own
from facelab.engine.studio_faces import TEST_SEED
from facelab.engine.studio_tools import conditioned, names_of
from facelab.engine.toolkit import pick_direction

if TYPE_CHECKING:
    from facelab.engine.studio import Studio

CALIBRATION_FACES = 48


def condition_slider(studio: Studio, task: v.ConditionSlider) -> Steps[v.DirectionKept]:
    """A copy of a slider without its part along others, by one least squares. Raises SpannedDirection."""
    studio.may_keep(task.key, keep=True, replace_it=task.replace)
    toolkit = studio.toolkit
    primal = pick_direction(toolkit.directions, task.primal, toolkit.name)
    others = [pick_direction(toolkit.directions, key, toolkit.name) for key in task.conditions]
    yield Progress("fit", 0, 1)
    made, kept = conditioned(primal, others)
    made = replace(
        made, key=task.key, labels=names_of(task.key, task.names), group="custom", accuracy=None, leakage={},
        source=f"{primal.key} conditioned on {', '.join(task.conditions)}",
    )  # fmt: skip
    strip = yield from studio.strip(made)
    path = save_own(made, replace=task.replace)
    studio.take_in(made)
    return v.DirectionKept(made, path, f"{kept:.3f}", strip)


def draw_ladder(studio: Studio, task: v.DrawLadder) -> Steps[v.LadderDrawn]:
    """Samples ordered by their distance to the boundary."""
    direction = pick_direction(studio.toolkit.directions, task.key, studio.toolkit.name)
    yield Progress("preview", 0, 1)
    picture, distances = ladder_of(studio, direction, task.samples, task.rungs)
    return v.LadderDrawn(task.key, picture, (float(distances.min()), float(distances.max())))


def ladder_of(studio: Studio, direction: Direction, samples: int, rungs: int, first: int = 0) -> tuple[U8, np.ndarray]:
    """(picture u8 [H, W, 3], distances in sigma) of the samples from seed `first` on."""
    w_plus = draw(studio.toolkit.generator, range(first, first + samples)).w_plus
    distances = levels(direction, w_plus).astype(np.float32)
    return ladder(direction, w_plus, distances, studio.gallery.eyes.render, rungs=rungs), distances


def calibrate_and_keep(studio: Studio, task: v.Calibrate) -> Steps[v.FitResult]:
    """Measure again; the figures of the user's own sliders are kept."""
    direction, result = yield from calibrate(studio, task.key, [f"photo:{path}" for path in task.photos])
    keep_figures(studio, direction)
    return result


def keep_figures(studio: Studio, direction: Direction) -> bool:
    """Write what was measured to a slider of the user; False for those of the model."""
    if not (own_folder(direction.generator_sha256) / direction.key / "direction.toml").is_file():
        return False
    scorer = load_scorer(direction, studio.gallery.eyes.net.hidden.out_features)
    save_own(direction, replace=True, scorer=scorer)
    studio.take_in(direction)
    return True


def calibrate(
    studio: Studio, key: str, photos: list[str], *, faces: int = CALIBRATION_FACES
) -> Steps[tuple[Direction, v.FitResult]]:
    """Measure a slider that exists again: sigma, spread over encoded photos, effect, range."""
    direction = pick_direction(studio.toolkit.directions, key, studio.toolkit.name)
    judge = studio.judges.judge_of(key)
    if judge is None:
        raise UsageError(
            detail=f"nothing judges {key!r}: calibrate sliders fitted on scores or labels, or {studio.judges.judged}"
        )
    direction = replace(direction, sigma=max(sigma_of(direction.vector, studio.sampled_w), 1e-6))
    looked = yield from studio.gallery.look([f"seed:{TEST_SEED + i}" for i in range(200)])
    scorer = None if key in studio.judges.judged else load_scorer(direction, looked.seen.features.shape[1])
    scores = looked.seen.scores[key] if scorer is None else looked.seen.features @ scorer[:-1] + scorer[-1]
    attribute = key if scorer is None else scorer
    direction = yield from studio.with_normal(direction, attribute, looked.w_plus, scores)
    if photos:
        known = yield from studio.gallery.look(photos)
        if len(known.ids):
            direction = replace(direction, spread=spread_of(direction, known.w_plus))
    along, count = accuracy_of(levels(direction, looked.w_plus), scores)
    direction, moved, reach, name = yield from studio.measure(direction, judge, faces=faces)
    accuracy = direction.accuracy if direction.accuracy is not None else float("nan")
    nan = (float("nan"), float("nan"))
    return direction, v.FitResult(
        direction, accuracy, nan, along, wilson(along, count), 0, count, 0, float("nan"), moved, reach, name
    )


def accuracy_of(level: F64, scores: F32) -> tuple[float, int]:
    """How well levels [N] divide the lowest from the highest fifth of the scores: (balanced accuracy, codes)."""
    order = np.argsort(scores)
    low, high = level[order[: len(order) // 5]], level[order[-(len(order) // 5) :]]
    middle = (low.mean() + high.mean()) / 2
    return float(((low < middle).mean() + (high > middle).mean()) / 2), len(low) + len(high)
