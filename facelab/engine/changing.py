"""From a recipe to the change of a face: pictures from the generator, motions of sliders, all kept per face."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import numpy as np

from facelab.core.editing import Movement, edited_code, movements
from facelab.core.paste import Change, Draw, Motion, Nature, Place, SliderMotion, Still, coarse, make_change, mixed
from facelab.core.paste.field import STIFFNESS, TURN_STIFFNESS
from facelab.core.paste.frame import UNITS
from facelab.core.paste.knots import SPACING
from facelab.core.recipe import Edit, EditRecipe
from facelab.core.values import F32
from facelab.engine.session import FaceWork, Session

KEPT_CHANGES = 4
KEPT_PICTURES = 3
KEPT_SIDES = 64  # about 0.3 MB per half sigma measured
DRAFT_STEPS = 3  # changes of the weights over which a draft may keep the reconstruction
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(slots=True, eq=False)
class FaceCache:
    """What is known of a face under the weights of `step`.

    rough: place and still as drafts use them.
    sliders: motions by slider and side, the newest last. former: those of earlier weights, for drafts.
    pictures: what the generator drew last, by step of the weights and code.
    changes: the newest, with their codes, by recipe, step of the weights and whether they are drafts.
    """

    step: int
    generator: object
    place: Place
    still: Still
    rough: tuple[Place, Still]
    sliders: OrderedDict[object, SliderMotion] = field(default_factory=OrderedDict)
    former: OrderedDict[object, SliderMotion] = field(default_factory=OrderedDict)
    pictures: OrderedDict[tuple[int, bytes], F32] = field(default_factory=OrderedDict)
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

    draft: while the weights change, the reconstruction of a moment ago serves as well.
    """
    weights, cache = session.weights, work.caches.get("face")
    if isinstance(cache, FaceCache) and cache.generator is weights.generator:
        age = weights.step - cache.step
        if age <= (DRAFT_STEPS if draft else 0):
            return cache
    return _new_cache(session, work)


def renew(session: Session, work: FaceWork) -> None:
    """Before a draft has to: look at the reconstruction again when it will soon be too old for one."""
    cache = work.caches.get("face")
    if isinstance(cache, FaceCache) and session.weights.step - cache.step >= DRAFT_STEPS - 1:
        _new_cache(session, work)


def _new_cache(session: Session, work: FaceWork) -> FaceCache:
    """Of the present weights."""
    weights, before, place = session.weights, work.caches.get("face"), place_of(work)
    still = Still.of(place, picture(session, work, work.latent.w_plus))
    fine = still.picture.shape[0] > UNITS
    rough = (place, still) if fine else coarse(place, still)
    fresh = FaceCache(weights.step, weights.generator, place, still, rough)
    if isinstance(before, FaceCache):
        fresh.former = before.former
        for key, slider in before.sliders.items():
            if slider.measured:
                fresh.former[key] = slider
                _keep_newest(fresh.former, key, KEPT_SIDES)
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
    edit = _picture(session, work, code, cache) if moves else cache.still.picture
    face = edit
    if objects:
        face = _picture(session, work, _moved(work, faces), cache) if faces else cache.still.picture
    sliders = Sliders(session, work, cache, recipe.locks)
    motion = mixed([sliders.motion(move, draft=draft) for move in faces])
    place, still = cache.rough if draft else (cache.place, cache.still)
    return make_change(place, still, face, edit, motion, _nature(session, faces, moves)), code


def _picture(session: Session, work: FaceWork, code: F32, cache: FaceCache) -> F32:
    """`picture`, not drawn twice: one of two sliders stands still, and a draft's is the full picture's."""
    key = (session.weights.step, code.tobytes())
    found = cache.pictures.get(key)
    if found is None:
        found = cache.pictures[key] = picture(session, work, code)
    _keep_newest(cache.pictures, key, KEPT_PICTURES)
    return found


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
        """How a slider moves the face, with the knots it needs.

        draft: with those that are known, where they reach, and be it under earlier weights: what such a motion misses
        is added as a difference.
        """
        slider, draw = self.of(move)
        amount = move.edit.amount
        if not draft:
            return slider.at(amount, draw)
        former = self.cache.former.get(self._key(move.edit))
        if former is not None and former.reaches(amount) and not slider.reaches(amount):
            slider = former
        return slider.sketched(amount, draw)

    def of(self, move: Movement) -> tuple[SliderMotion, Draw]:
        """What is known of a slider, and how to draw it alone."""
        kept, key = self.cache.sliders, self._key(move.edit)
        slider = kept.get(key)
        if slider is None:
            slider = SliderMotion(self.cache.still, self.cache.place.trust, _stiffness(self.session, move.edit))
            kept[key] = slider
        _keep_newest(kept, key, KEPT_SIDES)
        return slider, partial(self._alone, move)

    def _key(self, edit: Edit) -> object:
        return edit.technique, edit.key, edit.layers, self.locks, edit.amount > 0

    def _alone(self, move: Movement, amount: float) -> F32:
        code = self.work.latent.w_plus.astype(np.float64) + amount * move.step
        return picture(self.session, self.work, code.astype(np.float32))


def _nature(session: Session, faces: list[Movement], moves: list[Movement]) -> Nature:
    free = sum(abs(move.edit.amount) for move in faces if klass_of(session, move.edit) == "free")
    moving = sum(abs(move.edit.amount) for move in faces)
    every = sum(abs(move.edit.amount) for move in moves)
    return Nature(free / moving if moving else 0.0, min(1.0, every / SPACING))
