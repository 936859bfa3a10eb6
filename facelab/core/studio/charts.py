"""Pictures that explain directions: the distance ladder, the leakage heat map, sheets of components."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from facelab.core.editing.directions import Direction
from facelab.core.studio.measure import Leakage, Render
from facelab.core.values import F32, U8

PAPER, INK, QUIET = (250, 250, 250), (28, 28, 28), (110, 110, 110)
GAP = 6


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def ladder(
    direction: Direction, codes: F32, distances: F32, render: Render, *, rungs: int = 7, per_rung: int = 6
) -> U8:
    """The picture of the paper: sampled faces ordered by their distance to the boundary, farthest positive on top.

    codes: w_plus f32 [N, num_ws, w_dim]; distances f32 [N], in sigma. Every rung shows `per_rung` neighbours in that
    order, with their mean distance. Returns u8 [H, W, 3].
    """
    order = np.argsort(distances)[::-1]
    per_rung = min(per_rung, len(order))
    starts = np.linspace(0, len(order) - per_rung, rungs).round().astype(int)
    chosen = [order[start : start + per_rung] for start in starts]
    rows = [(f"{distances[part].mean():+.1f}", render(codes[part])) for part in chosen]
    return grid(rows, title=f"{direction.label}: distance to the boundary, in sigma")


def sheet(rows: Sequence[tuple[str, F32]], codes: F32, render: Render, *, title: str, reach: float = 2.0) -> U8:
    """Per named step (f32 [w_dim] or [num_ws, w_dim], one sigma) one row: -reach, 0 and +reach on each face."""
    middle = render(codes)
    shown = []
    for name, step in rows:
        low, high = render(codes - np.float32(reach) * step), render(codes + np.float32(reach) * step)
        shown.append((name, np.stack([p for three in zip(low, middle, high, strict=True) for p in three])))
    return grid(shown, title=title, group=3)


def grid(rows: Sequence[tuple[str, U8]], *, title: str = "", group: int = 1, margin: int = 120) -> U8:
    """Rows of pictures u8 [N, S, S, 3] with a name before each; group: pictures that touch."""
    side = rows[0][1].shape[1]
    count = max(len(pictures) for _, pictures in rows)
    top = 36 if title else GAP
    width = margin + count * side + (count // group) * GAP + GAP
    canvas = Image.new("RGB", (width, top + len(rows) * (side + GAP)), PAPER)
    pen = ImageDraw.Draw(canvas)
    if title:
        pen.text((GAP * 2, 10), title, INK, _font(15))
    for row, (name, pictures) in enumerate(rows):
        y = top + row * (side + GAP)
        pen.text((GAP * 2, y + side / 2), name, INK, _font(15), anchor="lm")
        for column, picture in enumerate(pictures):
            canvas.paste(Image.fromarray(picture), (margin + column * side + column // group * GAP, y))
    return np.asarray(canvas)


def heat_map(leakage: Leakage, *, cell: int = 64, title: str = "") -> U8:
    """The share matrix as a picture: red = moves along, blue = moves against, white = stays. u8 [H, W, 3]."""
    keys, share = leakage.keys, leakage.share
    left, top = 112, 94 + (32 if title else 0)
    canvas = Image.new("RGB", (left + cell * len(keys) + GAP, top + cell * len(keys) + GAP), PAPER)
    pen = ImageDraw.Draw(canvas)
    if title:
        pen.text((GAP * 2, 10), title, INK, _font(15))
    pen.text((GAP * 2, top - 24), "slider", QUIET, _font(12))
    for row, key in enumerate(keys):
        y = top + row * cell
        pen.text((left - 10, y + cell / 2), key, INK, _font(14), anchor="rm")
        _upright(canvas, key, left + row * cell + cell // 2, top - 8)
        for column in range(len(keys)):
            value = float(share[row, column])
            x = left + column * cell
            pen.rectangle((x, y, x + cell - 2, y + cell - 2), fill=heat_colour(value))
            text = f"{value:+.2f}" if np.isfinite(value) else "-"
            ink = INK if not abs(value) > 0.75 else (255, 255, 255)
            pen.text((x + cell / 2 - 1, y + cell / 2), text, ink, _font(14), anchor="mm")
    return np.asarray(canvas)


def heat_colour(value: float) -> tuple[int, int, int]:
    """-1 blue, 0 white, +1 red; what cannot be told is grey."""
    if not np.isfinite(value):
        return (225, 225, 225)
    strength = min(abs(value), 1.0)
    end = (186, 49, 38) if value > 0 else (36, 96, 167)
    return (
        round(255 + (end[0] - 255) * strength),
        round(255 + (end[1] - 255) * strength),
        round(255 + (end[2] - 255) * strength),
    )


def _upright(canvas: Image.Image, text: str, x: int, bottom: int) -> None:
    """Text that reads upwards, its end at (x, bottom)."""
    font = _font(14)
    card = Image.new("RGB", (84, 20), PAPER)
    ImageDraw.Draw(card).text((2, 10), text, INK, font, anchor="lm")
    turned = card.rotate(90, expand=True)
    canvas.paste(turned, (x - 10, bottom - 84))
