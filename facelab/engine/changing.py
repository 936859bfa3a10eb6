"""From a recipe to the change of a face: pictures from the generator, motions of sliders, all kept per face."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import numpy as np

from facelab.core.editing import Movement, edited_code, movements
from facelab.core.paste import Change, Draw, Motion, Nature, Place, SliderMotion, Still, make_change, mixed
from facelab.core.paste.field import STIFFNESS, TURN_STIFFNESS
from facelab.core.paste.knots import SPACING
from facelab.core.recipe import Edit, EditRecipe
from facelab.core.values import F32
from facelab.engine.session import FaceWork, Session

KEPT_CHANGES = 4
KEPT_SLIDERS = 32  # about 0.3 MB per half sigma measured
DRAFT_STEPS = 3  # changes of the weights over which a draft may keep the reconstruction
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(slots=True, eq=False)
class FaceCache:
    """What is known of a face under the weights of `step`.

    sliders: motions by slider, the newest last; of a draft they may come from earlier weights: then `borrowed`.
    changes: the newest, with their codes, by recipe, step of the weights and whether they are drafts.
    """

    step: int
    generator: object
    place: Place
    still: Still
    sliders: OrderedDict[object, SliderMotion] = field(default_factory=OrderedDict)
    borrowed: bool = False
    changes: OrderedDict[tuple[EditRecipe, int, bool], tuple[Change, F32]] = field(default_factory=OrderedDict)


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
    """The face under the present weights.

    draft: while the weights change, the reconstruction of a moment ago serves as well, and motions stay as they were
    measured: what they miss is added as a difference.
    """
    weights, cache = session.weights, work.caches.get("face")
    if isinstance(cache, FaceCache) and cache.generator is weights.generator:
        age = weights.step - cache.step
        if age <= DRAFT_STEPS if draft else age == 0 and not cache.borrowed:
            return cache
    return _new_cache(session, work, borrow=draft)


def renew(session: Session, work: FaceWork) -> None:
    """Before a draft has to: look at the reconstruction again when it will soon be too old for one."""
    cache = work.caches.get("face")
    if isinstance(cache, FaceCache) and session.weights.step - cache.step >= DRAFT_STEPS - 1:
        _new_cache(session, work, borrow=True)


def _new_cache(session: Session, work: FaceWork, *, borrow: bool) -> FaceCache:
    """Of the present weights. borrow: the motions from the one before."""
    weights, before, place = session.weights, work.caches.get("face"), place_of(work)
    still = Still.of(place, picture(session, work, work.latent.w_plus))
    fresh = FaceCache(weights.step, weights.generator, place, still)
    if borrow and isinstance(before, FaceCache):
        fresh.sliders, fresh.borrowed = before.sliders, True
    work.caches["face"] = fresh
    return fresh


def change_of(session: Session, work: FaceWork, recipe: EditRecipe, *, draft: bool = False) -> tuple[Change, F32]:
    """What a recipe does to a face, and the edited code [num_ws, w_dim]. draft: with the motions known, where they
    reach. Raises UnknownDirection."""
    cache = cache_of(session, work, draft=draft)
    key = (recipe, session.weights.step, draft)
    known = cache.changes.get(key)
    if known is None:
        known = _change(session, work, recipe, cache, draft=draft)
        cache.changes[key] = known
    _keep_newest(cache.changes, key, KEPT_CHANGES)
    return known


def _keep_newest(kept: OrderedDict[Key, Value], key: Key, count: int) -> None:
    kept.move_to_end(key)
    while len(kept) > count:
        kept.popitem(last=False)


def _change(
    session: Session, work: FaceWork, recipe: EditRecipe, cache: FaceCache, *, draft: bool
) -> tuple[Change, F32]:
    code = code_of(session, work, recipe)
    moves = [move for move in movements(recipe, session.directions, len(code)) if move.edit.amount]
    if recipe.truncation_psi != 1.0:
        moves.append(_towards_mean(session, work, recipe.truncation_psi))
    objects = [move for move in moves if klass_of(session, move.edit) == "none"]
    faces = [move for move in moves if klass_of(session, move.edit) != "none"]
    edit = picture(session, work, code) if moves else cache.still.picture
    face = edit
    if objects:
        face = picture(session, work, _moved(work, faces)) if faces else cache.still.picture
    sliders = Sliders(session, work, cache, recipe.locks)
    motion = mixed([sliders.motion(move, draft=draft) for move in faces])
    return make_change(cache.place, cache.still, face, edit, motion, _nature(session, faces, moves)), code


def _moved(work: FaceWork, moves: list[Movement]) -> F32:
    """The face's code with some of the movements only."""
    offsets = [move.edit.amount * move.step.astype(np.float64) for move in moves]
    return np.asarray(work.latent.w_plus + np.sum(offsets, axis=0), np.float32)


def _towards_mean(session: Session, work: FaceWork, psi: float) -> Movement:
    """Truncation as one more slider: 1 - psi of the way to the mean face."""
    edit = Edit("truncation", "truncation", 1.0 - psi)
    return Movement(edit, session.weights.generator.w_avg - work.latent.w_plus)


def klass_of(session: Session, edit: Edit) -> str:
    direction = session.directions.get(edit.key)
    return direction.klass if direction is not None else "stiff"


def _stiffness(session: Session, edit: Edit) -> float:
    direction = session.directions.get(edit.key)
    if direction is not None and direction.klass == "free" and direction.group == "pose":
        return TURN_STIFFNESS
    return STIFFNESS[klass_of(session, edit)]


@dataclass(frozen=True, slots=True, eq=False)
class Sliders:
    """The motions of a face's sliders under one set of locks."""

    session: Session
    work: FaceWork
    cache: FaceCache
    locks: frozenset[str]

    def motion(self, move: Movement, *, draft: bool) -> Motion:
        """How a slider moves the face, with the knots it needs; draft: with those that are known, where they reach."""
        slider, draw = self.of(move)
        return slider.sketched(move.edit.amount, draw) if draft else slider.at(move.edit.amount, draw)

    def of(self, move: Movement) -> tuple[SliderMotion, Draw]:
        """What is known of a slider, and how to draw it alone."""
        edit, kept = move.edit, self.cache.sliders
        key = (edit.technique, edit.key, edit.layers, self.locks)
        slider = kept.get(key)
        # knots of one slider all come from the same weights
        if slider is None or (slider.still is not self.cache.still and not slider.reaches(edit.amount)):
            slider = SliderMotion(self.cache.still, self.cache.place.trust, _stiffness(self.session, edit))
            kept[key] = slider
        _keep_newest(kept, key, KEPT_SLIDERS)
        return slider, partial(self._alone, move)

    def _alone(self, move: Movement, amount: float) -> F32:
        code = self.work.latent.w_plus.astype(np.float64) + amount * move.step
        return picture(self.session, self.work, code.astype(np.float32))


def _nature(session: Session, faces: list[Movement], moves: list[Movement]) -> Nature:
    free = sum(abs(move.edit.amount) for move in faces if klass_of(session, move.edit) == "free")
    moving = sum(abs(move.edit.amount) for move in faces)
    every = sum(abs(move.edit.amount) for move in moves)
    return Nature(free / moving if moving else 0.0, min(1.0, every / SPACING))
