"""A change laid on a photo, or on a reduced copy of a part of it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from facelab.core.paste.change import Change
from facelab.core.paste.frame import FRAME, MARGIN, UNITS, centred, lum
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
    touched = np.hypot(change.motion[..., 0], change.motion[..., 1]) * canvas.scale >= STILL / 2
    boxes = [_extent(touched, -MARGIN, 1.0)]
    boxes.append(_extent(change.added[..., 3] > 0, 0.0, UNITS / change.added.shape[0]))
    corners = [corner for box in boxes if box is not None for corner in box]
    if not corners:
        return None
    px = np.array(corners) @ canvas.to_px[:, :2].T + canvas.to_px[:, 2]
    height, width = canvas.pixels.shape[:2]
    low = np.floor(px.min(0) - 2).clip(0, [width, height]).astype(int)
    high = np.ceil(px.max(0) + 2).clip(0, [width, height]).astype(int)
    return None if (high <= low).any() else (int(low[0]), int(low[1]), int(high[0]), int(high[1]))


def _extent(where: NDArray[np.bool_], start: float, step: float) -> list[tuple[float, float]] | None:
    """The corners, in u, of the bounding box of a map's true px, one px wider."""
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    if not rows.size:
        return None
    x0, x1 = (columns[0] - 1) * step + start, (columns[-1] + 2) * step + start
    y0, y1 = (rows[0] - 1) * step + start, (rows[-1] + 2) * step + start
    return [(x0, y0), (x1, y0), (x0, y1), (x1, y1)]


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A changed part. pixels u8 [h, w, 3]; mask bool [h, w]: the exact px that may differ."""

    box: Box
    pixels: U8
    mask: NDArray[np.bool_]


def compose(
    canvas: Canvas, change: Change, *, window: Box | None = None, exact: bool = True, grain: F32 | None = None
) -> Patch | None:
    """Lay a change on a canvas, in a window of it (None = all). None where nothing can change.

    exact: sampled in float and rounded once; else in 8 bit, half a level coarser and several times faster.
    grain: noise f32 [n, n] for what is redrawn, repeated over the canvas.
    """
    box = _common(active_box(canvas, change), window)
    if box is None:
        return None
    x0, y0, x1, y1 = box
    pixels = np.empty((y1 - y0, x1 - x0, 3), np.uint8)
    mask = np.empty(pixels.shape[:2], np.bool_)
    rows = max(16, STRIP // (x1 - x0))
    for top in range(y0, y1, rows):  # strips: their arrays stay in the cache, and memory is bounded
        bottom = min(y1, top + rows)
        part = slice(top - y0, bottom - y0)
        pixels[part], mask[part] = _strip(canvas, change, (x0, top, x1, bottom), exact, grain)
    return Patch(box, pixels, mask)


def _common(a: Box | None, b: Box | None) -> Box | None:
    if a is None or b is None:
        return a
    box = (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
    return box if box[0] < box[2] and box[1] < box[3] else None


def _strip(canvas: Canvas, change: Change, box: Box, exact: bool, grain: F32 | None) -> tuple[U8, NDArray[np.bool_]]:
    x0, y0, x1, y1 = box
    motion = _motion(canvas, change, box)
    still = np.hypot(motion[..., 0], motion[..., 1]) < STILL
    motion[still] = 0
    out = _sampled(canvas.pixels, motion, box, exact)
    added = _laid(change.added, canvas, box)
    inside = added[..., 3] >= 0.001
    added[~inside] = 0  # cubics reach a little beyond the mask
    if change.redrawn is not None:
        _redraw(out, change.redrawn, canvas, box, grain)
    out += added[..., :3]
    pixels = np.rint(out.clip(0, 255)).astype(np.uint8)
    may = inside | ~still
    np.copyto(pixels, canvas.pixels[y0:y1, x0:x1], where=~may[..., None])
    return pixels, may


def _motion(canvas: Canvas, change: Change, box: Box) -> F32:
    """The field in canvas px over a box: f32 [h, w, 2]."""
    matrix = np.array(canvas.to_px)
    matrix[:, 2] += matrix[:, :2] @ (-MARGIN, -MARGIN) - box[:2]
    size = (box[2] - box[0], box[3] - box[1])
    laid = cv2.warpAffine(change.motion, centred(matrix), size, flags=cv2.INTER_LINEAR)
    return np.asarray(laid @ canvas.to_px[:, :2].T.astype(np.float32), np.float32)


def _sampled(pixels: U8, motion: F32, box: Box, exact: bool) -> F32:
    """The canvas at each px of a box moved by `motion`: f32 [h, w, 3]."""
    height = pixels.shape[0]
    low = max(0, int(np.floor(box[1] + min(0.0, float(motion[..., 1].min())))) - 3)
    high = min(height, int(np.ceil(box[3] + max(0.0, float(motion[..., 1].max())))) + 3)
    source = pixels[low:high].astype(np.float32) if exact else pixels[low:high]
    x = np.arange(box[0], box[2], dtype=np.float32)[None] + motion[..., 0]
    y = np.arange(box[1] - low, box[3] - low, dtype=np.float32)[:, None] + motion[..., 1]
    moved = cv2.remap(source, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(moved, np.float32)


def _laid(picture: F32, canvas: Canvas, box: Box) -> F32:
    """A picture of the paint grid [P, P, C] in the px of a box. Finer than the canvas: reduced by area first."""
    side = picture.shape[0]
    coarse = max(8, int(np.ceil(UNITS * canvas.scale)))
    if coarse < side:
        picture = np.asarray(cv2.resize(picture, (coarse, coarse), interpolation=cv2.INTER_AREA), np.float32)
        side = coarse
    matrix = np.array(canvas.to_px)
    matrix[:, :2] *= UNITS / side
    matrix[:, 2] -= box[:2]
    size = (box[2] - box[0], box[3] - box[1])
    flags = cv2.INTER_CUBIC
    return np.asarray(
        cv2.warpAffine(picture, centred(matrix), size, flags=flags, borderMode=cv2.BORDER_CONSTANT), np.float32
    )


def _redraw(out: F32, redrawn: F32, canvas: Canvas, box: Box, grain: F32 | None) -> None:
    """Where the photo's detail does not survive, put the generator's in its place, with the photo's grain."""
    laid = _laid(redrawn, canvas, box)
    share = laid[..., 3:].clip(0, 1)
    goal = laid[..., :3]
    if grain is not None:
        rows, columns = np.arange(box[1], box[3]) % grain.shape[0], np.arange(box[0], box[2]) % grain.shape[1]
        goal = goal + grain[rows[:, None], columns, None]
    out += share * (goal - out)


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
