"""What an edit does to a face, in the crop's own units: how it moves, what is added, what is redrawn.

A `Change` knows no photo resolution; `facelab.core.paste.compose` lays it on the full photo or on a screen copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from facelab.core.alignment import extract
from facelab.core.paste.confidence import balance, confidence_of_motion, confidence_of_object
from facelab.core.paste.field import TURN_STIFFNESS, belief, smooth_field
from facelab.core.paste.flow import Stretch, moved, step_flow
from facelab.core.paste.frame import (
    FRAME,
    MARGIN,
    UNITS,
    Zone,
    blur,
    colour,
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
OBJECT = (0.15, 0.45)  # of the strongest change of an object: below, a change is none of its own
EDGE, EDGE_GAIN = 2.5, 0.8  # u, and how much firmer the edges of an object are drawn
REACHED = 7  # px of the paint grid
WARMTH = 0.7  # share of the skin's own colour that what appears on it keeps at the least
LIP_COLOUR = 0.65  # share of a colour change that expressions do not make


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A face in its photo. to_photo: u to photo px. photo, small: the photo's crop on the paint grid, f32 [P, P, 3],
    and on the crop grid. calm: levels a difference may reach, small near the face's outline, f32 [P, P].

    gray: the photo has no colour here, and gets none.
    """

    to_photo: F64
    crop: Zone
    paint: Zone
    trust: F32
    photo: F32
    small: F32
    calm: F32
    gray: bool

    @classmethod
    def of(cls, srgb: U8, alignment: Alignment, points: F32) -> Place:
        """srgb: the whole photo u8 [H, W, 3]; points: f32 [5, 2] photo px."""
        side = paint_side(alignment.size)
        inside = points_in_units(points, alignment)
        crop = extract(srgb, Alignment(alignment.quad, side)).pixels
        photo, paint = crop.astype(np.float32), zone(inside, side)
        calm = PERIPHERY / np.maximum(smoothstep(0.55, 0.95, paint.rho), 1e-6)
        spread = crop.max(axis=2).astype(np.int16) - crop.min(axis=2)
        return cls(
            units_to_photo(alignment),
            zone(inside, UNITS),
            paint,
            trusted(inside),
            photo,
            resized(photo, UNITS),
            calm.astype(np.float32),
            bool(np.percentile(spread, 99) <= 2),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """The unedited reconstruction. picture: f32 [R, R, 3] as drawn. offset: f32 [P, P, 2], px of the paint grid, from a
    place in the photo to where the generator draws it. small, paint: the picture in the photo's place, on the crop and
    paint grids. slow: light and colour of photo - reconstruction, f32 [128, 128, 3]."""

    picture: F32
    offset: F32
    small: F32
    paint: F32
    slow: F32
    stretch: Stretch

    @classmethod
    def of(cls, place: Place, picture: F32) -> Still:
        """picture: f32 [R, R, 3] in 0..255, as the generator drew it."""
        side = place.photo.shape[0]
        offset = resized(_misplacement(place, resized(picture, UNITS)), side) * np.float32(side / UNITS)
        paint = moved(resized(picture, side), offset)
        small = resized(paint, UNITS)
        rest = resized(place.photo - paint, UNITS)
        return cls(picture, offset, small, paint, blur(rest, SLOW), Stretch.of(small, place.trust))

    def put(self, picture: F32) -> F32:
        """A picture of the generator in the photo's place: f32 [P, P, 3]."""
        if picture is self.picture:
            return self.paint
        return moved(resized(picture, self.paint.shape[0]), self.offset)


def _misplacement(place: Place, small: F32) -> F32:
    """From a place in the photo to where the generator draws what is there, f32 [128, 128, 2] in u.

    The encoder's face has its lips and lids some px beside the photo's; edits measured there would be laid beside
    them. All pictures of the generator are put right by this smooth field; tuned, it is close to 0.
    """
    photo = place.small
    flow = step_flow(Stretch.of(small, place.trust).bits(small), Stretch.of(photo, place.trust).bits(photo))
    weight = belief(small, photo - blur(photo - small, SLOW), flow, place.trust)
    return smooth_field(flow, weight, TURN_STIFFNESS)[MARGIN : MARGIN + UNITS, MARGIN : MARGIN + UNITS]


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
class Layer:
    """A picture f32 [P, P, 3] over the crop and a weight f32 [P, P]."""

    picture: F32
    weight: F32


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """motion: the field, f32 [256, 256, 2] in u. added: what is added, masked already; weight: the mask.
    redrawn: the picture that replaces the photo's; weight: how much; or None."""

    motion: F32
    added: Layer
    redrawn: Layer | None


def make_change(place: Place, still: Still, face: F32, edit: F32, motion: Motion, nature: Nature) -> Change:
    """The change from the reconstruction to an edit, all pictures f32 [R, R, 3] in 0..255.

    face: the generator's picture with all edits that move the face (`still.picture` when there are none); edit: with
    what appears or goes too, glasses or a beard (the same array when nothing does).
    """
    side = place.photo.shape[0]
    inner = np.ascontiguousarray(motion.field[MARGIN : MARGIN + UNITS, MARGIN : MARGIN + UNITS])
    fine = np.asarray(cv2.resize(inner, (side, side), interpolation=cv2.INTER_LINEAR), np.float32) * (side / UNITS)
    warped, drawn = moved(still.paint, fine), still.put(face)
    photo = moved(place.small, inner)
    lost = _lost_by_motion(place, still, inner, resized(drawn, UNITS), motion, nature)
    difference = _keep_skin(drawn - warped, place, lost, nature.free)
    difference = _calm_periphery(difference, place.calm)
    difference = _no_new_saturation(difference, photo)
    added, support = difference * place.paint.mask[..., None], place.paint.mask
    if edit is not face:
        final = still.put(edit)
        seen = confidence_of_object(resized(drawn, UNITS), resized(final, UNITS), photo, place.crop.temples)
        gone = (1 - seen) * place.crop.temples
        firm = _no_new_saturation(_no_stain(_object(final - drawn, place, gone), photo), photo)
        # in the photo's own light: what it may become at the most
        like = final + resized(moved(still.slow, inner), side)
        added, support = added + _within_reach(firm, moved(place.photo, fine) + added, like), place.paint.temples
        lost = 1 - (1 - lost) * (1 - gone)
        drawn = final
    picture = warped + resized(moved(still.slow, inner), side)
    if place.gray:
        added, drawn, picture = _without_colour(added), _without_colour(drawn), _without_colour(picture)
    return Change(motion.field, Layer(added, support), _redrawn(picture, drawn, lost * nature.strength))


def _object(difference: F32, place: Place, gone: F32) -> F32:
    """What an object that appears or goes adds, f32 [P, P, 3]: its own part of the difference, with firmer edges.

    The generator changes skin and light everywhere when it draws glasses or a beard. An object is where the change is
    strong, and it darkens (or lightens) what it covers: far and opposite changes are left out, which would be seen as
    stains. All is measured against the strongest change, so that a small edit is a small part of a large one. gone:
    where the photo's own object is redrawn, f32 [128, 128]; there the whole difference belongs to it.
    """
    small = resized(difference, UNITS) * place.crop.temples[..., None]
    light = lum(small)
    strength = blur(np.abs(light), 2)
    most = float(np.percentile(strength[place.crop.temples > 0.5], 98)) + 1e-3
    side = balance(light)
    against = smoothstep(-0.15, 0.1, -np.sign(side) * blur(light, 1) / most)
    own = smoothstep(*OBJECT, strength / most) * (1 - against * smoothstep(0.1, 0.4, abs(side)))
    share = np.maximum(blur(np.asarray(own, np.float32), 1), gone)
    edges = difference - blur(difference, EDGE * difference.shape[0] / UNITS)
    firm = difference + EDGE_GAIN * edges * (1 - resized(gone, difference.shape[0]))[..., None]
    return np.asarray(firm * (resized(share, difference.shape[0]) * place.paint.temples)[..., None], np.float32)


def _within_reach(difference: F32, photo: F32, goal: F32) -> F32:
    """Firmer edges make nothing much darker than the object is near by, nor lighter, all f32 [P, P, 3]: dark skin and
    the photo's own lashes have less room than the generator's soft picture."""
    near = np.ones((REACHED, REACHED), np.uint8)
    own, change, wanted = lum(photo), lum(difference), lum(goal)
    low = np.minimum(0.9 * cv2.erode(wanted, near), own)
    high = np.maximum(255 - 0.9 * (255 - cv2.dilate(wanted, near)), own)
    return np.asarray(difference + (np.clip(own + change, low, high) - own - change)[..., None], np.float32)


def _no_stain(difference: F32, photo: F32) -> F32:
    """Nothing that appears is cold against the skin: hair and frames keep a share of the colour that the skin has at
    their brightness. A neutral gray looks blue there.

    photo: moved, on the crop grid f32 [128, 128, 3].
    """
    own, small = colour(photo), resized(difference, UNITS)
    hue = own / np.maximum(np.linalg.norm(own, axis=2, keepdims=True), 1.0)
    light = lum(small)
    # what lightens uncovers skin, and whatever colour that has
    share = np.clip(1 + light / np.maximum(lum(photo), 1.0), 0, 1) * np.clip(-light / 10, 0, 1)
    kept = own * (1 - WARMTH * share[..., None]) + colour(small)
    beyond = np.minimum((kept * hue).sum(axis=2, keepdims=True), 0)
    return np.asarray(difference - resized(np.asarray(beyond * hue, np.float32), difference.shape[0]), np.float32)


def _without_colour(picture: F32) -> F32:
    return np.repeat(lum(picture)[..., None], 3, axis=2)


def _lost_by_motion(place: Place, still: Still, inner: F32, face: F32, motion: Motion, nature: Nature) -> F32:
    """How much of the photo's detail does not survive expressions, pose and looks, f32 [128, 128]."""
    keep = confidence_of_motion(moved(still.small, inner), face, motion.disagreement, nature.free)
    return np.asarray((1 - keep) * (1 - smoothstep(0.70, 0.95, place.crop.rho)) * place.crop.mask, np.float32)


def _redrawn(picture: F32, drawn: F32, lost: F32) -> Layer | None:
    """The generator's own detail, a little sharpened, on the photo's slow light and colour."""
    side = drawn.shape[0]
    share = np.clip(resized(np.where(lost < 0.004, 0, lost).astype(np.float32), side), 0, 1)
    if not share.any():
        return None
    return Layer(picture + (drawn - blur(drawn, side / UNITS)), share)


def _keep_skin(difference: F32, place: Place, lost: F32, free: float) -> F32:
    """Expressions and pose do not change the colour of skin and lips, only what appears has its own (teeth).

    The slow part of the colour change is taken back nearly everywhere, the rest where the photo's detail is kept.
    """
    if free == 0:
        return difference
    side = difference.shape[0]
    mask = place.crop.mask
    small = resized(difference, UNITS)
    slow = blur(small * mask[..., None], 10) / (blur(mask, 10) + 0.02)[..., None]
    difference = difference - np.float32(0.8 * free) * resized(colour(slow), side)
    kept = np.clip(1 - resized(lost, side), 0, 1) * np.float32(LIP_COLOUR * free)
    return np.asarray(difference - colour(difference) * kept[..., None], np.float32)


def _calm_periphery(difference: F32, limit: F32) -> F32:
    """The generator paints hair and background near the outline: its differences are limited there, softly."""
    red, green, blue = cv2.split(np.abs(difference))
    largest = np.maximum(np.maximum(red, green), blue)
    return np.asarray(difference * (limit / (limit + largest))[..., None], np.float32)


def _no_new_saturation(difference: F32, photo: F32) -> F32:
    """Nothing becomes more colourful than the photo is near by: lips do not redden.

    photo: moved, on the crop grid f32 [128, 128, 3]; excess colour is as smooth as that. Colour counts in proportion to
    brightness: lips that only darken look painted as well.
    """
    after = photo + resized(difference, UNITS)
    goal = colour(after)
    own, size = (_colourfulness(picture) for picture in (photo, after))
    near = cv2.dilate(blur(own, 1), np.ones((3, 3), np.uint8))
    room = np.maximum(blur(np.asarray(near, np.float32), 1.7) * 1.02 + 0.01, own)
    excess = (np.maximum(size - room, 0) / np.maximum(size, 1e-6)).astype(np.float32)
    if not excess.any():
        return difference
    return difference - resized(goal * excess[..., None], difference.shape[0])


def _colourfulness(picture: F32) -> F32:
    """Distance from gray in proportion to brightness, f32 [N, N]."""
    return np.asarray(np.linalg.norm(colour(picture), axis=2) / (np.maximum(lum(picture), 0) + 16), np.float32)
