"""What an edit does to a face, in the crop's own units: how it moves, what is added, what is redrawn.

A `Change` knows no photo resolution; `facelab.core.paste.compose` lays it on the full photo or on a screen copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from facelab.core.alignment import extract
from facelab.core.paste.confidence import confidence_of_motion, confidence_of_object
from facelab.core.paste.flow import Stretch, moved
from facelab.core.paste.frame import (
    FRAME,
    MARGIN,
    UNITS,
    Zone,
    blur,
    lum,
    paint_side,
    points_in_units,
    resized,
    smoothstep,
    trusted,
    units_to_photo,
    zone,
)
from facelab.core.values import F32, F64, U8, Alignment

SLOW = 4.0  # u; what is slower than this in photo - reconstruction is light and colour, not detail
PERIPHERY = 6.0  # levels


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A face in its photo. to_photo: u to photo px. photo: the photo's crop on the paint grid, f32 [P, P, 3].

    gray: the photo has no colour here, and gets none.
    """

    to_photo: F64
    crop: Zone
    paint: Zone
    trust: F32
    photo: F32
    gray: bool

    @classmethod
    def of(cls, srgb: U8, alignment: Alignment, points: F32) -> Place:
        """srgb: the whole photo u8 [H, W, 3]; points: f32 [5, 2] photo px."""
        side = paint_side(alignment.size)
        inside = points_in_units(points, alignment)
        crop = extract(srgb, Alignment(alignment.quad, side)).pixels
        spread = crop.max(axis=2).astype(np.int16) - crop.min(axis=2)
        return cls(
            units_to_photo(alignment),
            zone(inside, UNITS),
            zone(inside, side),
            trusted(inside),
            crop.astype(np.float32),
            bool(np.percentile(spread, 99) <= 2),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """The unedited reconstruction: as drawn [R, R, 3], on the crop grid, on the paint grid, and the slow part of
    photo - reconstruction on the crop grid."""

    picture: F32
    small: F32
    paint: F32
    slow: F32
    stretch: Stretch

    @classmethod
    def of(cls, place: Place, picture: F32) -> Still:
        """picture: f32 [R, R, 3] in 0..255, as the generator drew it."""
        small, paint = resized(picture, UNITS), resized(picture, place.photo.shape[0])
        rest = resized(place.photo - paint, UNITS)
        return cls(picture, small, paint, blur(rest, SLOW), Stretch.of(small, place.trust))


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How an edit moves the face: field f32 [256, 256, 2] on the frame; disagreement f32 [128, 128], both in u."""

    field: F32
    disagreement: F32


NO_MOTION = Motion(np.zeros((FRAME, FRAME, 2), np.float32), np.zeros((UNITS, UNITS), np.float32))


@dataclass(frozen=True, slots=True)
class Nature:
    """Of a mixed edit. free: share of expressions and pose among what moves, 0..1. strength: 0..1, 1 from half a
    sigma on: what is redrawn grows linearly up to there."""

    free: float
    strength: float


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """motion: the field, f32 [256, 256, 2] in u. added: what is added, times the mask, and where the mask is above 0,
    f32 [P, P, 4]. redrawn: the picture that replaces the photo's and how much, f32 [P, P, 4], or None."""

    motion: F32
    added: F32
    redrawn: F32 | None


def make_change(place: Place, still: Still, face: F32, edit: F32, motion: Motion, nature: Nature) -> Change:
    """The change from the reconstruction to an edit, all pictures f32 [R, R, 3] in 0..255.

    face: the generator's picture with all edits that move the face (`still.picture` when there are none); edit: with
    what appears or goes too, glasses or a beard (the same array when nothing does).
    """
    side = place.photo.shape[0]
    inner = motion.field[MARGIN : MARGIN + UNITS, MARGIN : MARGIN + UNITS]
    fine = np.asarray(cv2.resize(inner, (side, side), interpolation=cv2.INTER_LINEAR), np.float32) * (side / UNITS)
    warped, drawn, photo = moved(still.paint, fine), resized(face, side), moved(place.photo, fine)
    difference = _keep_skin(drawn - warped, place, nature.free)
    difference = _calm_periphery(difference, place.paint.rho)
    difference = _no_new_saturation(difference, photo)
    added, support = difference * place.paint.mask[..., None], place.paint.mask
    lost = _lost_by_motion(place, still, inner, face, motion, nature)
    if edit is not face:
        final = resized(edit, side)
        added, support = added + (final - drawn) * place.paint.temples[..., None], place.paint.temples
        seen = confidence_of_object(resized(face, UNITS), resized(edit, UNITS), resized(photo, UNITS))
        lost = 1 - (1 - lost) * (1 - (1 - seen) * place.crop.temples)
        drawn = final
    if place.gray:
        added, drawn = _without_colour(added), _without_colour(drawn)
    picture = warped + resized(moved(still.slow, inner), side)
    return Change(
        motion.field,
        np.concatenate([added, support[..., None]], axis=2),
        _redrawn(picture, drawn, lost * nature.strength),
    )


def _without_colour(picture: F32) -> F32:
    return np.repeat(lum(picture)[..., None], 3, axis=2)


def _lost_by_motion(place: Place, still: Still, inner: F32, face: F32, motion: Motion, nature: Nature) -> F32:
    """How much of the photo's detail does not survive expressions, pose and looks, f32 [128, 128]."""
    keep = confidence_of_motion(moved(still.small, inner), resized(face, UNITS), motion.disagreement, nature.free)
    return np.asarray((1 - keep) * (1 - smoothstep(0.70, 0.95, place.crop.rho)) * place.crop.mask, np.float32)


def _redrawn(picture: F32, drawn: F32, lost: F32) -> F32 | None:
    """The generator's own detail, a little sharpened, on the photo's slow light and colour."""
    side = drawn.shape[0]
    share = np.clip(resized(np.where(lost < 0.004, 0, lost).astype(np.float32), side), 0, 1)
    if not share.any():
        return None
    return np.concatenate([picture + (drawn - blur(drawn, side / UNITS)), share[..., None]], axis=2)


def _keep_skin(difference: F32, place: Place, free: float) -> F32:
    """Expressions and pose do not change the colour of the skin: take the slow part of the colour change back."""
    if free == 0:
        return difference
    mask = place.crop.mask
    small = resized(difference, UNITS) * mask[..., None]
    slow = blur(small, 10) / (blur(mask, 10) + 0.02)[..., None]
    colour = slow - lum(slow)[..., None]
    return difference - np.float32(0.8 * free) * resized(colour, difference.shape[0])


def _calm_periphery(difference: F32, rho: F32) -> F32:
    """The generator paints hair and background near the outline: its differences are limited there."""
    limit = PERIPHERY / np.maximum(smoothstep(0.55, 0.95, rho), 1e-6)
    largest = np.abs(difference).max(axis=2)
    return np.asarray(difference * (limit / (limit + largest))[..., None], np.float32)


def _no_new_saturation(difference: F32, photo: F32) -> F32:
    """Nothing becomes more colourful than the photo is near by: lips do not redden. photo: moved, [P, P, 3]."""
    step = difference.shape[0] / UNITS
    goal = photo + difference
    colour = goal - lum(goal)[..., None]
    own = np.linalg.norm(photo - lum(photo)[..., None], axis=2)
    reach = round(5 * step) | 1
    near = cv2.dilate(blur(own, step), np.ones((reach, reach), np.uint8))
    room = np.maximum(blur(np.asarray(near, np.float32), reach / 3) * 1.05 + 2, own)
    size = np.linalg.norm(colour, axis=2)
    excess = np.maximum(size - room, 0) / np.maximum(size, 1e-6)
    return np.asarray(difference - colour * excess[..., None], np.float32)
