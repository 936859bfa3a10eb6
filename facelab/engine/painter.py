"""Pictures of an edited face: what the window shows, what is exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from facelab.core.alignment import crop_to_photo, map_points
from facelab.core.editing import edited_code
from facelab.core.photo import merge_edit
from facelab.core.recipe import EditRecipe
from facelab.core.values import F32, F64, U8
from facelab.engine.messages import Region
from facelab.engine.session import FaceWork, Session


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A picture of `region`, u8 [h, w, 3] sRGB at region.scale. w_plus: the edited code [num_ws, w_dim]."""

    region: Region
    pixels: U8
    draft: bool
    w_plus: F32


@dataclass(frozen=True, slots=True, eq=False)
class Pasted:
    """The whole photo in its own colour space, u8 [H, W, 3]; mask: u8 [H, W], 255 where pixels may differ."""

    pixels: U8
    mask: U8


def mask_box(session: Session, work: FaceWork) -> Region:
    """Where pixels may change, whatever the sliders say: x, y, w, h in photo px."""
    height, width = work.slot.srgb.shape[:2]
    low = np.floor(work.alignment.quad.min(0)).clip(0, [width - 1, height - 1]).astype(int)
    high = np.ceil(work.alignment.quad.max(0)).clip(low + 1, [width, height]).astype(int)
    return Region(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))


def code_of(session: Session, work: FaceWork, recipe: EditRecipe) -> F32:
    """The edited code [num_ws, w_dim] of a face."""
    return edited_code(work.latent.w_plus, recipe, session.directions, session.weights.generator.w_avg)


def draw(
    session: Session, work: FaceWork, recipe: EditRecipe, region: Region, *, view: str = "after", draft: bool = False
) -> Drawn:
    """Draw a part of the photo. view: "after", "model" (the generator's crop) or "difference"."""
    code = code_of(session, work, recipe)
    canvas, matrix = _canvas(work, region)
    edit = session.crop_picture(work, code).transpose(1, 2, 0)  # [3, R, R] -> [R, R, 3]
    size = (canvas.shape[1], canvas.shape[0])
    if view == "model":
        inside = cv2.warpAffine(np.ones(edit.shape[:2], np.float32), matrix, size, flags=cv2.INTER_NEAREST)
        shown = np.where(inside[..., None] > 0, _up(edit, matrix, size), canvas)
    elif view == "difference":
        error = np.abs(work.crop.pixels - edit).astype(np.float32)
        shown = _up(error * 3, matrix, size)
    else:
        shown = canvas + _change(session, work, edit, matrix, size)
    return Drawn(region, np.rint(shown.clip(0, 255)).astype(np.uint8), draft, code)


def paste_full(session: Session, works: Sequence[FaceWork], recipe: EditRecipe) -> Pasted:
    """All faces of one photo, edited alike, one after the other."""
    photo = works[0].slot.photo
    mask = np.zeros(photo.pixels.shape[:2], np.uint8)
    for work in works:
        box = mask_box(session, work)
        drawn = draw(session, work, recipe, box)
        photo = merge_edit(photo, (box.x, box.y, box.width, box.height), drawn.pixels)
    mask[(photo.pixels != works[0].slot.photo.pixels).any(axis=2)] = 255
    return Pasted(photo.pixels, mask)


def scaled(session: Session, works: Sequence[FaceWork], recipe: EditRecipe, width: int, height: int) -> U8:
    """The whole edited photo at the wanted size, u8 [height, width, 3] sRGB."""
    rows, columns = works[0].slot.srgb.shape[:2]
    shown = cv2.resize(works[0].slot.srgb, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    for work in works:
        edit = session.crop_picture(work, code_of(session, work, recipe)).transpose(1, 2, 0)  # [3, R, R] -> [R, R, 3]
        matrix = _centres(crop_to_photo(work.alignment), np.array([width / columns, height / rows]))
        shown += _change(session, work, edit, matrix, (width, height))
    return np.asarray(np.rint(shown.clip(0, 255)), np.uint8)


def _canvas(work: FaceWork, region: Region) -> tuple[U8, F64]:
    part = work.slot.srgb[region.y : region.y + region.height, region.x : region.x + region.width]
    size = (max(1, round(region.width * region.scale)), max(1, round(region.height * region.scale)))
    moved = crop_to_photo(work.alignment)
    moved[:, 2] -= (region.x, region.y)
    scale = np.array([size[0] / region.width, size[1] / region.height])
    small = part if scale.min() == 1 else np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    return small, _centres(moved, scale)


def _centres(matrix: F64, scale: F64) -> F64:
    """An affine between corners as cv2 wants it: between pixel centres, then scaled."""
    moved = matrix * scale[:, None]
    moved[:, 2] += moved[:, :2] @ (0.5, 0.5) - 0.5
    return moved


def _up(picture: F32, matrix: F64, size: tuple[int, int]) -> F32:
    return np.asarray(cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_CUBIC), np.float32)


def _change(session: Session, work: FaceWork, edit: F32, matrix: F64, size: tuple[int, int]) -> F32:
    side = edit.shape[0]
    still = session.crop_picture(work, work.latent.w_plus).transpose(1, 2, 0)  # [3, R, R] -> [R, R, 3]
    return _up((edit - still) * _mask(work, side)[..., None], matrix, size)


def _mask(work: FaceWork, side: int) -> F32:
    inverse = cv2.invertAffineTransform(crop_to_photo(work.alignment))
    points = map_points(np.asarray(inverse), work.points)
    eyes, mouth = points[:2].mean(0), points[3:].mean(0)
    down = mouth - eyes
    length = float(np.hypot(*down))
    grid = np.stack(np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5), -1) - (eyes + mouth) / 2
    along, across = grid @ down / length, grid @ (down[1], -down[0]) / length
    rho = np.hypot(along / (1.38 * length), across / (1.10 * length))
    step = ((rho - 0.8) / 0.28).clip(0, 1)
    return np.asarray(1 - step * step * (3 - 2 * step), np.float32)
