"""Strips: what a slider does, from -3 to +3, side by side and labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from facelab.core.editing import edited_code
from facelab.core.progress import Progress, Steps
from facelab.core.recipe import Edit, EditRecipe
from facelab.core.values import U8
from facelab.engine.messages import Region
from facelab.engine.painter import draw, mask_box
from facelab.engine.session import FaceWork, Session

VALUES = (-3, -2, -1, 0, 1, 2, 3)
TILE, GAP, MARGIN, LINE, TEXT = 208, 4, 16, 30, 17
AROUND = 1.12  # of the part that may change, so that the seam is seen, too
PAPER, INK, FAINT = (255, 255, 255), (32, 32, 32), (120, 120, 120)


def strip(
    session: Session, works: Sequence[FaceWork], recipe: EditRecipe, edits: Sequence[Edit], *, crop_only: bool
) -> Steps[U8]:
    """One row per face and edit, u8 [H, W, 3] sRGB: its amount goes through VALUES, the rest of the recipe stays.

    crop_only: the generator's own pictures instead of the pasted face. Yields once per tile.
    """
    side = works[0].alignment.size if crop_only else TILE
    rows = [(work, edit) for work in works for edit in edits]
    sheet = _Sheet(len(rows), side)
    for number, (work, edit) in enumerate(rows):
        sheet.title(number, _title(session, edit, work, several=len(works) > 1))
        for column, value in enumerate(VALUES):
            moved = with_amount(recipe, edit, value)
            tile = crop_of(session, work, moved) if crop_only else _face_tile(session, work, moved)
            sheet.tile(number, column, value, tile)
            yield Progress("paste", number * len(VALUES) + column + 1, len(rows) * len(VALUES))
    return sheet.pixels


def with_amount(recipe: EditRecipe, edit: Edit, amount: float) -> EditRecipe:
    """The recipe with all edits of this key replaced by one."""
    others = tuple(old for old in recipe.edits if old.key != edit.key)
    return replace(recipe, edits=others).with_edit(replace(edit, amount=float(amount)))


def _title(session: Session, edit: Edit, work: FaceWork, *, several: bool) -> str:
    layers = "" if edit.layers is None else f", layers {edit.layers.first}-{edit.layers.last}"
    face = f", face {work.index}" if several else ""
    direction = session.directions.get(edit.key)
    name = edit.key if direction is None else direction.label
    return f"{name}{layers}{face}"


def crop_of(session: Session, work: FaceWork, recipe: EditRecipe) -> U8:
    """The generator's own picture of the edited face, u8 [R, R, 3]."""
    code = edited_code(work.latent.w_plus, recipe, session.directions, session.weights.generator.w_avg)
    picture = session.crop_picture(work, code)
    return np.ascontiguousarray(np.rint(picture).astype(np.uint8).transpose(1, 2, 0))  # [3, R, R] -> [R, R, 3]


def _face_tile(session: Session, work: FaceWork, recipe: EditRecipe) -> U8:
    """The face with a little of what is around it, never enlarged before it is drawn."""
    box = mask_box(session, work)
    height, width = work.slot.srgb.shape[:2]
    side = min(round(max(box.width, box.height) * AROUND), height, width)
    x = int(np.clip(box.x + (box.width - side) // 2, 0, width - side))
    y = int(np.clip(box.y + (box.height - side) // 2, 0, height - side))
    drawn = draw(session, work, recipe, Region(x, y, side, side, min(1.0, TILE / side))).pixels
    if drawn.shape[:2] != (TILE, TILE):
        drawn = np.asarray(cv2.resize(drawn, (TILE, TILE), interpolation=cv2.INTER_CUBIC), np.uint8)
    return drawn


class _Sheet:
    """White paper with rows of tiles, a title above each row and a value below each tile."""

    def __init__(self, rows: int, side: int) -> None:
        self._side = side
        self._row = side + 2 * LINE + MARGIN
        size = (2 * MARGIN + len(VALUES) * side + (len(VALUES) - 1) * GAP, MARGIN + rows * self._row)
        self._image = Image.new("RGB", size, PAPER)
        self._draw = ImageDraw.Draw(self._image)
        self._font = ImageFont.load_default(TEXT)

    @property
    def pixels(self) -> U8:
        return np.array(self._image)

    def title(self, row: int, text: str) -> None:
        self._draw.text((MARGIN, MARGIN + row * self._row), text, INK, self._font)

    def tile(self, row: int, column: int, value: int, pixels: U8) -> None:
        x = MARGIN + column * (self._side + GAP)
        y = MARGIN + row * self._row + LINE
        self._image.paste(Image.fromarray(pixels), (x, y))
        text = f"{value:+d}" if value else "0"
        self._draw.text((x + self._side // 2, y + self._side + 5), text, INK if value else FAINT, self._font, "ma")
