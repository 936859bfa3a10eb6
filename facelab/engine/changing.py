"""From a recipe to the change of a face: pictures from the generator, motions of sliders, all kept per face."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from facelab.core.editing import Movement, edited_code, movements
from facelab.core.paste import Change, Motion, Nature, Place, SliderMotion, Still, make_change, mixed
from facelab.core.paste.field import STIFFNESS, TURN_STIFFNESS
from facelab.core.paste.knots import SPACING
from facelab.core.recipe import Edit, EditRecipe
from facelab.core.values import F32
from facelab.engine.session import FaceWork, Session

KEPT_CHANGES = 4
DRAFT_STEPS = 12  # changes of the weights over which a picture that is being dragged may keep what it measured
ALIKE = 2.0  # levels rms; weights whose reconstructions differ less share motions while a picture is drafted


@dataclass(slots=True, eq=False)
class FaceCache:
    """What is known of a face under the weights of `step`. changes: the newest by recipe, with their codes."""

    step: int
    generator: object
    place: Place
    still: Still
    sliders: dict[object, SliderMotion] = field(default_factory=dict)
    changes: OrderedDict[EditRecipe, tuple[Change, F32]] = field(default_factory=OrderedDict)


def picture(session: Session, work: FaceWork, code: F32) -> F32:
    """The generator's picture of a code, f32 [R, R, 3] in 0..255."""
    return np.ascontiguousarray(session.crop_picture(work, code).transpose(1, 2, 0))  # [3, R, R] -> [R, R, 3]


def code_of(session: Session, work: FaceWork, recipe: EditRecipe) -> F32:
    """The edited code [num_ws, w_dim] of a face."""
    return edited_code(work.latent.w_plus, recipe, session.directions, session.weights.generator.w_avg)


def place_of(work: FaceWork) -> Place:
    """Where the face lies; made once."""
    place = work.caches.get("place")
    if not isinstance(place, Place):
        place = Place.of(work.slot.srgb, work.alignment, work.points)
        work.caches["place"] = place
    return place


def cache_of(session: Session, work: FaceWork, *, draft: bool = False) -> FaceCache:
    """The face under the present weights. draft: what was measured a few steps of tuning ago serves as well, and
    later the motions of weights that draw nearly the same."""
    weights, age = session.weights, DRAFT_STEPS if draft else 0
    cache = work.caches.get("face")
    if isinstance(cache, FaceCache) and cache.generator is weights.generator and weights.step - cache.step <= age:
        return cache
    place = place_of(work)
    still = Still.of(place, picture(session, work, work.latent.w_plus))
    fresh = FaceCache(weights.step, weights.generator, place, still)
    if draft and isinstance(cache, FaceCache):
        fresh.sliders = {key: slider for key, slider in cache.sliders.items() if _alike(slider.still, still)}
    work.caches["face"] = fresh
    return fresh


def _alike(a: Still, b: Still) -> bool:
    return float(np.sqrt(np.mean((a.small - b.small) ** 2))) < ALIKE


def change_of(session: Session, work: FaceWork, recipe: EditRecipe, *, draft: bool = False) -> tuple[Change, F32]:
    """What a recipe does to a face, and the edited code [num_ws, w_dim]. Raises UnknownDirection."""
    cache = cache_of(session, work, draft=draft)
    known = cache.changes.get(recipe)
    if known is None:
        known = _change(session, work, recipe, cache)
        cache.changes[recipe] = known
    cache.changes.move_to_end(recipe)
    while len(cache.changes) > KEPT_CHANGES:
        cache.changes.popitem(last=False)
    return known


def _change(session: Session, work: FaceWork, recipe: EditRecipe, cache: FaceCache) -> tuple[Change, F32]:
    code = code_of(session, work, recipe)
    moves = [move for move in movements(recipe, session.directions, len(code)) if move.edit.amount]
    if recipe.truncation_psi != 1.0:
        moves.append(_towards_mean(session, work, recipe.truncation_psi))
    objects = [move for move in moves if _klass(session, move.edit) == "none"]
    faces = [move for move in moves if _klass(session, move.edit) != "none"]
    edit = picture(session, work, code) if moves else cache.still.picture
    face = edit
    if objects:
        face = picture(session, work, _moved(work, faces)) if faces else cache.still.picture
    motion = mixed([_motion(session, work, recipe, cache, move) for move in faces])
    return make_change(cache.place, cache.still, face, edit, motion, _nature(session, faces, moves)), code


def _moved(work: FaceWork, moves: list[Movement]) -> F32:
    """The face's code with some of the movements only."""
    offsets = [move.edit.amount * move.step.astype(np.float64) for move in moves]
    return np.asarray(work.latent.w_plus + np.sum(offsets, axis=0), np.float32)


def _towards_mean(session: Session, work: FaceWork, psi: float) -> Movement:
    """Truncation as one more slider: 1 - psi of the way to the mean face."""
    edit = Edit("truncation", "truncation", 1.0 - psi)
    return Movement(edit, session.weights.generator.w_avg - work.latent.w_plus)


def _klass(session: Session, edit: Edit) -> str:
    direction = session.directions.get(edit.key)
    return direction.klass if direction is not None else "stiff"


def _stiffness(session: Session, edit: Edit) -> float:
    direction = session.directions.get(edit.key)
    if direction is not None and direction.klass == "free" and direction.group == "pose":
        return TURN_STIFFNESS
    return STIFFNESS[_klass(session, edit)]


def _motion(session: Session, work: FaceWork, recipe: EditRecipe, cache: FaceCache, move: Movement) -> Motion:
    key = (move.edit.technique, move.edit.key, move.edit.layers, recipe.locks)
    slider = cache.sliders.get(key)
    if slider is None:
        slider = SliderMotion(cache.still, cache.place.trust, _stiffness(session, move.edit))
        cache.sliders[key] = slider
    alone = work.latent.w_plus.astype(np.float64)
    return slider.at(
        move.edit.amount, lambda amount: picture(session, work, np.asarray(alone + amount * move.step, np.float32))
    )


def _nature(session: Session, faces: list[Movement], moves: list[Movement]) -> Nature:
    free = sum(abs(move.edit.amount) for move in faces if _klass(session, move.edit) == "free")
    moving = sum(abs(move.edit.amount) for move in faces)
    every = sum(abs(move.edit.amount) for move in moves)
    return Nature(free / moving if moving else 0.0, min(1.0, every / SPACING))
