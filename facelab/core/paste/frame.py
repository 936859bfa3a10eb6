"""Where in a face something may change: grids, the mask and how far inside a point lies.

Paste back counts in units u: a crop is 128 u wide whatever the generator's resolution, so constants mean the same
for every model. Three grids are used. `crop`: [128, 128], one px per u. `frame`: [256, 256], one px per u, the crop
with 64 u around it. `paint`: [P, P] over the crop, at least two px per u, fine enough to show the generator's picture
without loss. Points are corner based, as everywhere: the centre of the first px is 0.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike

from facelab.core.alignment import crop_to_photo, map_points, photo_to_crop
from facelab.core.values import F32, F64, Alignment

UNITS = 128
MARGIN = 64
FRAME = UNITS + 2 * MARGIN
LUM = np.array([0.25, 0.55, 0.2], np.float32)


def smoothstep(low: float, high: float, x: ArrayLike) -> F32:
    """0 below low, 1 above high, smooth between (3 t^2 - 2 t^3)."""
    t = np.clip((np.asarray(x, np.float32) - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def lum(picture: F32) -> F32:
    """Brightness [H, W] of a picture [H, W, 3]."""
    return np.asarray(cv2.transform(picture, LUM[None]), np.float32).reshape(picture.shape[:2])


def colour(picture: F32) -> F32:
    """A picture [H, W, 3] without its brightness."""
    return np.asarray(cv2.transform(picture, np.eye(3, dtype=np.float32) - LUM[None]), np.float32)


def blur(picture: F32, sigma: float) -> F32:
    """Gaussian blur, sigma in px."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)


def resized(picture: F32, side: int) -> F32:
    """A square picture at another side: cubics up, area down; the same array where nothing is to do."""
    if picture.shape[0] == side:
        return picture
    how = cv2.INTER_CUBIC if side > picture.shape[0] else cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, (side, side), interpolation=how), np.float32)


def paint_side(resolution: int) -> int:
    """Px of the paint grid for a generator of this resolution."""
    return max(2 * UNITS, resolution)


def units_to_photo(alignment: Alignment) -> F64:
    """Affine f64 [2, 3] that takes u to photo px."""
    matrix = crop_to_photo(alignment)
    matrix[:, :2] *= alignment.size / UNITS
    return matrix


def points_in_units(points: F32, alignment: Alignment) -> F64:
    """Photo px [N, 2] to u."""
    return map_points(photo_to_crop(alignment), points) * (UNITS / alignment.size)


def centred(matrix: F64) -> F64:
    """An affine between corner based points as cv2 wants it, between px centres."""
    moved = np.array(matrix, np.float64)
    moved[:, 2] += moved[:, :2] @ (0.5, 0.5) - 0.5
    return moved


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """Maps of one face on one grid, all f32 [N, N].

    rho: elliptic distance from the face's middle, 1 on the outline of the face. mask: how much of a difference may
    be added. temples: the same with room for the arms of glasses.
    """

    rho: F32
    mask: F32
    temples: F32


def zone(points: F64, side: int, low: float = 0.0, high: float = UNITS) -> Zone:
    """Maps over [low, high) u in both axes with `side` px. points: f64 [5, 2] in u.

    The ellipse stands in the middle of eyes and mouth, 1.10 m across and 1.38 m along, m the way from the middle of
    the eyes to the mouth. A strongly turned face has its eyes close together, not its eyes close to its mouth, so m
    measures it better than their distance.
    """
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    length = max(float(np.hypot(*(mouth - eyes))), 1.0)
    down = (mouth - eyes) / length
    right = np.array([down[1], -down[0]])
    axis = (np.arange(side) + 0.5) * ((high - low) / side) + low
    x, y = np.meshgrid(axis, axis)
    place = np.stack([x, y], axis=-1)  # [side, side, 2]
    border = np.minimum(np.minimum(x, UNITS - x), np.minimum(y, UNITS - y))
    inside = smoothstep(0, 14, border)

    def ellipse(centre: F64, across: float, along: float) -> F32:
        away = place - centre
        return np.asarray(np.hypot(away @ right / (across * length), away @ down / (along * length)), np.float32)

    rho = ellipse((eyes + mouth) / 2, 1.10, 1.38)
    mask = _solid((1 - smoothstep(0.80, 1.08, rho)) * inside)
    arms = _solid((1 - smoothstep(0.80, 1.08, ellipse(eyes + 0.1 * length * down, 1.5, 0.5))) * inside)
    return Zone(rho, mask, np.maximum(mask, arms))


def trusted(points: F64) -> F32:
    """Where flow is believed, f32 [128, 128]: the face up to the crop's border."""
    here = zone(points, UNITS)
    axis = np.arange(UNITS) + 0.5
    border = np.minimum(axis, UNITS - axis)
    edge = smoothstep(1, 6, np.minimum(border[:, None], border[None]))
    return np.asarray((1 - smoothstep(0.95, 1.15, here.rho)) * edge, np.float32)


def _solid(mask: F32) -> F32:
    """Cut the endless tail off, so that the mask has an edge."""
    return np.asarray(np.where(mask < 0.001, 0, mask), np.float32)
