"""A change laid on a photo, or on a reduced copy of a part of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from facelab.core.paste.change import Change, Layer
from facelab.core.paste.frame import FRAME, MARGIN, UNITS, centred, lum, resized
from facelab.core.values import F32, F64, U8

STRIP = 1 << 17  # px worked on at once
GRAIN_TILE, GRAIN_REACH = 512, 400  # px: side of the noise, and how far from the face's middle the photo's is measured
STILL = 1 / 64  # px; motion below this cannot be seen, nor does remap see it
Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in px of a canvas, the end not included."""


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """A picture to paint on: u8 [h, w, 3] sRGB; to_px: affine f64 [2, 3] from u to its px (corner based)."""

    pixels: U8
    to_px: F64

    @property
    def scale(self) -> float:
        """Canvas px per u."""
        return float(np.sqrt(abs(np.linalg.det(self.to_px[:, :2]))))


def placed(to_photo: F64, origin: tuple[float, float], scale: tuple[float, float]) -> F64:
    """u to the px of a canvas that shows the photo from `origin` (photo px) at `scale` (canvas px per photo px)."""
    matrix = np.array(to_photo, np.float64)
    matrix[:, 2] -= origin
    return np.asarray(matrix * np.array(scale, np.float64)[:, None])


def active_box(canvas: Canvas, change: Change) -> Box | None:
    """The part of the canvas that the change touches, or None."""
    touched = cv2.magnitude(change.motion[..., 0], change.motion[..., 1]) * canvas.scale >= STILL / 2
    moving = _box_of(canvas, touched, -MARGIN, 1.0)
    painted = _layer_box(canvas, change.added)
    if moving is None or painted is None:
        return moving or painted
    (a, b, c, d), (e, f, g, h) = moving, painted
    return min(a, e), min(b, f), max(c, g), max(d, h)


def _layer_box(canvas: Canvas, layer: Layer) -> Box | None:
    return _box_of(canvas, layer.weight > 0, 0.0, UNITS / layer.weight.shape[0])


def _box_of(canvas: Canvas, where: NDArray[np.bool_], start: float, step: float) -> Box | None:
    """The canvas box around a map's true px, two px wider. start, step: where its px lie, in u."""
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    if not rows.size:
        return None
    x0, x1 = (columns[0] - 1) * step + start, (columns[-1] + 2) * step + start
    y0, y1 = (rows[0] - 1) * step + start, (rows[-1] + 2) * step + start
    corners = np.array([(x0, y0), (x1, y0), (x0, y1), (x1, y1)], np.float64)
    px = corners @ canvas.to_px[:, :2].T + canvas.to_px[:, 2]
    height, width = canvas.pixels.shape[:2]
    low = np.floor(px.min(0) - 2).clip(0, [width, height]).astype(int)
    high = np.ceil(px.max(0) + 2).clip(0, [width, height]).astype(int)
    return None if (high <= low).any() else (int(low[0]), int(low[1]), int(high[0]), int(high[1]))


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A changed part. pixels u8 [h, w, 3]; mask bool [h, w]: the exact px that may differ (of a sketch: all)."""

    box: Box
    pixels: U8
    mask: NDArray[np.bool_]


def compose(canvas: Canvas, change: Change, *, window: Box | None = None, grain: F32 | None = None) -> Patch | None:
    """Lay a change on a canvas, in a window of it (None = all). None where nothing can change.

    Sampled in float and rounded once. grain: noise f32 [n, n] for what is redrawn, repeated over the canvas.
    """
    box = _common(active_box(canvas, change), window)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    pixels = np.empty((y1 - y0, x1 - x0, 3), np.uint8)
    mask = np.empty(pixels.shape[:2], np.bool_)
    laying = _Laying.of(canvas, change, grain)
    for strip in _strips(box):
        part = slice(strip[1] - y0, strip[3] - y0)
        motion = _motion(canvas, change, strip)
        still = cv2.magnitude(motion[..., 0], motion[..., 1]) < STILL
        motion[still] = 0
        sampled = _sampled(canvas.pixels, motion, strip, np.float32)
        inside = laying.on(sampled, strip, pixels[part])
        mask[part] = inside | ~still
        np.copyto(pixels[part], canvas.pixels[strip[1] : strip[3], x0:x1], where=~mask[part][..., None])
    return Patch(box, pixels, mask)


def sketch(canvas: Canvas, change: Change, *, window: Box | None = None, grain: F32 | None = None) -> Patch | None:
    """`compose` several times faster, for pictures that a hand on a slider waits for: sampled in 8 bit, a level coarser
    (some more where a cubic overshoots black or white), and without the exact mask."""
    box = _common(active_box(canvas, change), window)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    pixels = np.empty((y1 - y0, x1 - x0, 3), np.uint8)
    laying = _Laying.of(canvas, change, grain)
    for strip in _strips(box):
        sampled = _sampled(canvas.pixels, _motion(canvas, change, strip), strip, np.uint8)
        laying.on(sampled, strip, pixels[strip[1] - y0 : strip[3] - y0])
    return Patch(box, pixels, np.ones(pixels.shape[:2], np.bool_))


def _strips(box: Box) -> Iterator[Box]:
    """Parts of a box whose arrays stay in the processor's cache and bound the memory."""
    x0, y0, x1, y1 = box
    rows = max(16, STRIP // (x1 - x0))
    for top in range(y0, y1, rows):
        yield x0, top, x1, min(y1, top + rows)


def _common(a: Box | None, b: Box | None) -> Box | None:
    """The part two boxes share; all of the first where there is no second."""
    if a is None or b is None:
        return a
    box = (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
    return box if box[0] < box[2] and box[1] < box[3] else None


@dataclass(frozen=True, slots=True, eq=False)
class _Laying:
    """The layers of a change with the boxes they cover on a canvas."""

    canvas: Canvas
    added: Layer
    added_box: Box | None
    redrawn: Layer | None
    redrawn_box: Box | None
    grain: F32 | None

    @classmethod
    def of(cls, canvas: Canvas, change: Change, grain: F32 | None) -> _Laying:
        """Layers finer than the canvas are reduced by area first."""
        added = _coarsened(change.added, canvas)
        redrawn = None if change.redrawn is None else _coarsened(change.redrawn, canvas)
        redrawn_box = None if redrawn is None else _layer_box(canvas, redrawn)
        return cls(canvas, added, _layer_box(canvas, added), redrawn, redrawn_box, grain)

    def on(self, sampled: NDArray[np.uint8] | F32, strip: Box, out: U8) -> NDArray[np.bool_]:
        """Paint over the sampled photo [h, w, 3] of a strip into `out`; where something was added, bool [h, w]."""
        out[...] = sampled if sampled.dtype == np.uint8 else np.rint(sampled.clip(0, 255))
        inside = np.zeros(out.shape[:2], np.bool_)
        box = _common(self.added_box, strip)
        if self.added_box is None or box is None:
            return inside
        rows, columns = _within(strip, box)
        picture = np.ascontiguousarray(sampled[rows, columns], np.float32)
        weight = _laid(self.added.weight, self.canvas, box)
        there = weight >= 0.001
        change = _laid(self.added.picture, self.canvas, box)
        change[~there] = 0  # cubics reach a little beyond the mask
        again = _common(self.redrawn_box, box)
        if self.redrawn is not None and self.redrawn_box is not None and again is not None:
            self._redraw(picture[_within(box, again)], self.redrawn, again)
        out[rows, columns] = cv2.add(picture, change, dtype=cv2.CV_8U)  # rounds and clips
        inside[rows, columns] = there
        return inside

    def _redraw(self, picture: F32, layer: Layer, box: Box) -> None:
        """Where the photo's detail does not survive, put the generator's in its place, with the photo's grain."""
        share = _laid(layer.weight, self.canvas, box).clip(0, 1)[..., None]
        goal = _laid(layer.picture, self.canvas, box)
        if self.grain is not None:
            rows = np.arange(box[1], box[3]) % self.grain.shape[0]
            columns = np.arange(box[0], box[2]) % self.grain.shape[1]
            goal += self.grain[rows[:, None], columns, None]
        picture += share * (goal - picture)


def _within(outer: Box, inner: Box) -> tuple[slice, slice]:
    """Rows and columns of a box in the array of another."""
    return slice(inner[1] - outer[1], inner[3] - outer[1]), slice(inner[0] - outer[0], inner[2] - outer[0])


def _motion(canvas: Canvas, change: Change, box: Box) -> F32:
    """The field in canvas px over a box: f32 [h, w, 2]."""
    matrix = np.array(canvas.to_px)
    matrix[:, 2] += matrix[:, :2] @ (-MARGIN, -MARGIN) - box[:2]
    size = (box[2] - box[0], box[3] - box[1])
    laid = cv2.warpAffine(change.motion, centred(matrix), size, flags=cv2.INTER_LINEAR)
    return np.asarray(laid @ canvas.to_px[:, :2].T.astype(np.float32), np.float32)


def _sampled(pixels: U8, motion: F32, box: Box, kind: type[np.uint8] | type[np.float32]) -> U8 | F32:
    """The canvas at each px of a box moved by `motion`, sampled as `kind`: [h, w, 3]."""
    height = pixels.shape[0]
    low = max(0, int(np.floor(box[1] + min(0.0, float(motion[..., 1].min())))) - 3)
    high = min(height, int(np.ceil(box[3] + max(0.0, float(motion[..., 1].max())))) + 3)
    x = np.arange(box[0], box[2], dtype=np.float32)[None] + motion[..., 0]
    y = np.arange(box[1] - low, box[3] - low, dtype=np.float32)[:, None] + motion[..., 1]
    source: U8 | F32 = pixels[low:high]
    if kind is np.float32:
        source = source.astype(np.float32)
    moved = cv2.remap(source, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved, np.uint8) if kind is np.uint8 else np.asarray(moved, np.float32)


def _coarsened(layer: Layer, canvas: Canvas) -> Layer:
    coarse = max(8, int(np.ceil(UNITS * canvas.scale)))
    if coarse >= layer.weight.shape[0]:
        return layer
    return Layer(resized(layer.picture, coarse), resized(layer.weight, coarse))


def _laid(picture: F32, canvas: Canvas, box: Box) -> F32:
    """A picture of the paint grid [P, P, C] or [P, P] in the px of a box."""
    matrix = np.array(canvas.to_px)
    matrix[:, :2] *= UNITS / picture.shape[0]
    matrix[:, 2] -= box[:2]
    size = (box[2] - box[0], box[3] - box[1])
    return np.asarray(cv2.warpAffine(picture, centred(matrix), size, flags=cv2.INTER_CUBIC), np.float32)


def grain_of(canvas: Canvas, mask: F32, seed: int = 0) -> F32:
    """Noise like the photo's own: two bands, each as strong as in the face's smooth parts.

    mask: f32 [128, 128], the face on the crop grid. Returns a tile f32 [GRAIN_TILE, GRAIN_TILE] that is repeated.
    """
    fine, coarse = _grain_levels(canvas, mask)
    noise = np.random.default_rng(seed).standard_normal((GRAIN_TILE, GRAIN_TILE), np.float32)
    soft = {sigma: _blurred_round(noise, sigma) for sigma in (1.0, 2.2)}
    grain = np.zeros_like(noise)
    for level, made in ((fine, noise - soft[1.0]), (coarse, soft[1.0] - soft[2.2])):
        grain += made * (level / max(float(made.std()), 1e-6))
    return grain


def _grain_levels(canvas: Canvas, mask: F32) -> tuple[float, float]:
    """Deviation of the photo's two finest bands where the face is smooth, measured on its middle."""
    height, width = canvas.pixels.shape[:2]
    x, y = canvas.to_px[:, :2] @ (UNITS / 2, UNITS / 2) + canvas.to_px[:, 2]
    # as much of the face as is needed, and of a canvas that shows a part of it only, what is nearest to its middle
    x0, y0 = (max(0, int(min(at - GRAIN_REACH, end - 2 * GRAIN_REACH))) for at, end in ((x, width), (y, height)))
    x1, y1 = min(width, x0 + 2 * GRAIN_REACH), min(height, y0 + 2 * GRAIN_REACH)
    bright = lum(canvas.pixels[y0:y1, x0:x1].astype(np.float32))
    matrix = np.array(canvas.to_px)
    matrix[:, 2] -= (x0, y0)
    face = cv2.warpAffine(mask, centred(matrix), (x1 - x0, y1 - y0), flags=cv2.INTER_LINEAR) > 0.9
    blurs = {sigma: np.asarray(cv2.GaussianBlur(bright, (0, 0), sigma), np.float32) for sigma in (1.0, 2.2, 6.0)}
    smooth = face & (np.abs(blurs[2.2] - blurs[6.0]) < 3)
    if smooth.sum() <= 50:
        return 0.0, 0.0
    bands = (bright - blurs[1.0], blurs[1.0] - blurs[2.2])
    fine, coarse = (1.4826 * float(np.median(np.abs(own[smooth] - np.median(own[smooth])))) for own in bands)
    return fine, coarse


def _blurred_round(tile: F32, sigma: float) -> F32:
    """A tile blurred as if it went on for ever."""
    wide = np.pad(tile, 16, mode="wrap")
    return np.asarray(cv2.GaussianBlur(wide, (0, 0), sigma)[16:-16, 16:-16], np.float32)


def frame_box(to_photo: F64, width: int, height: int) -> Box:
    """The box in the photo outside which nothing ever changes, whatever the edit."""
    far = FRAME - MARGIN
    corners = np.array([(-MARGIN, -MARGIN), (far, -MARGIN), (far, far), (-MARGIN, far)], np.float64)
    px = corners @ to_photo[:, :2].T + to_photo[:, 2]
    low = np.floor(px.min(0)).clip(0, [width - 1, height - 1]).astype(int)
    high = np.ceil(px.max(0)).clip(low + 1, [width, height]).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
