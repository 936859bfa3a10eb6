"""GIF animations of photos: one palette for all frames, a dither that stands still, only what changes is stored.

An error-diffusing dither crawls from frame to frame and makes every pixel change; an ordered one is a function of
the place, so that a pixel whose colour rests keeps its index and costs nothing.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facelab.core.progress import Progress, Steps
from facelab.core.values import F32, U8

COLOURS = 255  # the last index means "as before"
KEEP = 255
LEVEL_BITS = 6  # of the table from colours to indices
STILL = 3  # levels by which a pixel may drift before it is drawn anew
# how much a difference in R, G, B is seen (roots of the luma weights, evened out so that blue does not vanish)
SEEN = np.array([0.6, 0.8, 0.42], np.float32)
ROUNDS = 8
SAMPLE = 120_000
TILE, VOID = 32, 1.5  # of the dither: its side, and how far a pixel keeps others away


class Palette:
    """Colours u8 [255, 3] and the index of the nearest one for every colour."""

    def __init__(self, ends: Sequence[U8]) -> None:
        """Fitted to the first and the last frame: what lies between is a mix of both."""
        bins, counts = _histogram(ends)
        centres, error = _clusters(bins, counts, _first_guess(ends))
        self.colours = np.asarray(np.rint(centres).clip(0, 255), np.uint8)
        self._spread = error
        self._table = np.full(1 << 3 * LEVEL_BITS, KEEP, np.uint8)  # filled where a colour is met

    def indices(self, part: U8, top: int, left: int) -> U8:
        """u8 [h, w] of a part u8 [h, w, 3] of a frame, dithered by a pattern that depends on the place only."""
        height, width = part.shape[:2]
        offset = (_pattern(height, width, top, left) * self._spread)[..., None]
        wanted = np.clip(part + offset, 0, 255).astype(np.uint32) >> (8 - LEVEL_BITS)
        cells = (wanted[..., 0] << 2 * LEVEL_BITS) | (wanted[..., 1] << LEVEL_BITS) | wanted[..., 2]
        found = self._table[cells]
        if (found == KEEP).any():
            new = np.unique(cells[found == KEEP])
            self._table[new] = _nearest(_cell_colours(new), self.colours.astype(np.float32))
            found = self._table[cells]
        return np.asarray(found, np.uint8)


def write_gif(frames: Sequence[U8], order: Sequence[int], centiseconds: Sequence[int]) -> Steps[bytes]:
    """The file: frames u8 [H, W, 3] of one size, shown in `order`, looping for ever. Yields once per entry."""
    height, width = frames[0].shape[:2]
    palette = Palette([frames[0], frames[-1]])
    parts = [_header(width, height, palette.colours)]
    shown = frames[0].copy()  # the colours for which the indices on the screen were chosen
    screen: U8 = np.full((height, width), KEEP, np.uint8)
    for step, (number, ticks) in enumerate(zip(order, centiseconds, strict=True), 1):
        drift = np.asarray(cv2.absdiff(frames[number], shown), np.uint8)
        moved = np.maximum(np.maximum(drift[..., 0], drift[..., 1]), drift[..., 2])
        moved = moved > (0 if number in (0, len(frames) - 1) else STILL)
        rows, columns = _box(moved) if step > 1 else (slice(0, height), slice(0, width))
        part, fresh = frames[number][rows, columns], moved[rows, columns] | (step == 1)
        shown[rows, columns][fresh] = part[fresh]
        before = screen[rows, columns].copy()
        after = np.where(fresh, palette.indices(part, rows.start, columns.start), before).astype(np.uint8)
        screen[rows, columns] = after
        parts.append(_frame(np.where(after != before, after, KEEP).astype(np.uint8), rows, columns, ticks))
        yield Progress("export", step, len(order))
    parts.append(b";")
    return b"".join(parts)


def _box(moved: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Rows and columns that hold every True; one pixel where there is none."""
    rows, columns = np.flatnonzero(moved.any(axis=1)), np.flatnonzero(moved.any(axis=0))
    if not len(rows):
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


# --- palette ----------------------------------------------------------------------------------


def _histogram(ends: Sequence[U8]) -> tuple[F32, F32]:
    """Mean colours [K, 3] and weights [K] of the occupied cells of a 32 x 32 x 32 grid."""
    pixels = np.concatenate([_sample(end) for end in ends])
    cells = (pixels.astype(np.int64) >> 3) @ (1024, 32, 1)
    _, inverse, counts = np.unique(cells, return_inverse=True, return_counts=True)
    sums = [np.bincount(inverse.ravel(), weights=pixels[:, i]) for i in range(3)]
    # the root lets small regions, such as eyes and lips, have colours of their own
    return (np.stack(sums, 1) / counts[:, None]).astype(np.float32), np.sqrt(counts).astype(np.float32)


def _sample(frame: U8) -> U8:
    pixels = frame.reshape(-1, 3)
    return pixels[:: max(1, len(pixels) // SAMPLE)]


def _first_guess(ends: Sequence[U8]) -> F32:
    """Median cut, by Pillow: f32 [K, 3], K at most 255."""
    pixels = np.concatenate([_sample(end)[::4] for end in ends])
    cut = Image.fromarray(pixels[None]).quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
    return np.asarray(cut.getpalette() or [], np.float32).reshape(-1, 3)[:COLOURS]


def _clusters(bins: F32, weights: F32, centres: F32) -> tuple[F32, float]:
    """Lloyd's algorithm on the weighted cells; returns the centres and the root mean square error in levels."""
    nearest = _nearest(bins, centres)
    for _ in range(ROUNDS):
        total = np.bincount(nearest, weights, len(centres))
        for channel in range(3):
            mean = np.bincount(nearest, weights * bins[:, channel], len(centres)) / np.maximum(total, 1e-9)
            centres[:, channel] = np.where(total > 0, mean, centres[:, channel])
        nearest = _nearest(bins, centres)
    square = ((bins - centres[nearest]) ** 2).mean(axis=1)
    return centres, float(np.sqrt((square * weights).sum() / weights.sum()))


def _nearest(colours: F32, centres: F32) -> NDArray[np.intp]:
    """Index of the centre nearest to each colour, in the metric of `SEEN`."""
    a, b = colours * SEEN, centres * SEEN
    return np.asarray(((b**2).sum(1) - 2 * a @ b.T).argmin(axis=1), np.intp)


def _cell_colours(cells: NDArray[np.uint32]) -> F32:
    """The colours [K, 3] in the middle of table cells [K]."""
    mask = (1 << LEVEL_BITS) - 1
    levels = np.stack([cells >> 2 * LEVEL_BITS, (cells >> LEVEL_BITS) & mask, cells & mask], axis=1)
    return np.asarray((levels + 0.5) * (256 >> LEVEL_BITS) - 0.5, np.float32)


def _pattern(height: int, width: int, top: int, left: int) -> F32:
    """Thresholds in [-1, 1] [H, W] of the part that begins at (top, left): the tile, repeated."""
    rows, columns = np.arange(top, top + height) % TILE, np.arange(left, left + width) % TILE
    return _blue_noise()[rows[:, None], columns]


@cache
def _blue_noise() -> F32:
    """A tile [32, 32] of thresholds in [-1, 1] in which no rank lies near a similar one (Ulichney 1993, void filling).

    Each next rank goes to the largest void: where the sum of Gaussians around the pixels taken so far is smallest.
    """
    away = np.minimum(np.arange(TILE), TILE - np.arange(TILE)).astype(np.float64)
    bump = np.exp(-(away[:, None] ** 2 + away**2) / (2 * VOID**2))
    crowd = np.random.default_rng(0).random((TILE, TILE)) * 1e-3  # breaks the first ties
    ranks = np.empty((TILE, TILE), np.float32)
    for rank in range(TILE * TILE):
        y, x = divmod(int(crowd.argmin()), TILE)
        ranks[y, x] = rank
        crowd += np.roll(bump, (y, x), (0, 1))
        crowd[y, x] = np.inf
    return np.asarray(2 * (ranks + 0.5) / (TILE * TILE) - 1, np.float32)


# --- container --------------------------------------------------------------------------------


def _header(width: int, height: int, colours: U8) -> bytes:
    """GIF89a with a global table of 256 colours and the extension that makes it loop."""
    table = np.zeros((256, 3), np.uint8)
    table[: len(colours)] = colours
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0)
    return screen + table.tobytes() + b"!\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", 0, 0)


def _frame(indices: U8, rows: slice, columns: slice, ticks: int) -> bytes:
    """One part of the picture: KEEP is transparent, and what was drawn before stays."""
    control = b"!\xf9\x04" + struct.pack("<BHBB", 0b00000101, ticks, KEEP, 0)
    place = struct.pack("<HHHHB", columns.start, rows.start, indices.shape[1], indices.shape[0], 0)
    return control + b"," + place + _packed(indices)


def _packed(indices: U8) -> bytes:
    """LZW data of indices u8 [H, W]: Pillow packs a file of its own, of which only these blocks are taken."""
    image = Image.frombytes("P", (indices.shape[1], indices.shape[0]), indices.tobytes())
    image.putpalette(bytes(range(256)) * 3)
    buffer = io.BytesIO()
    image.save(buffer, "GIF", optimize=False, interlace=0)
    data = buffer.getvalue()
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while data[at] == 0x21:  # extensions: introducer, label, sub-blocks
        at += 2
        while data[at]:
            at += data[at] + 1
        at += 1
    flags = data[at + 9]
    return data[at + 10 + (3 << (flags & 7) + 1 if flags & 0x80 else 0) : -1]
