"""Pictures of an edited face: what the window shows, what is exported.

A screen picture never touches the full photo: a reduced copy of the part shown is kept, so a 24 megapixel photo feels
like a small one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from facelab.core.paste import Box, Canvas, Place, compose, frame_box, grain_of, placed, sketch
from facelab.core.photo import merge_edit, to_srgb
from facelab.core.recipe import EditRecipe
from facelab.core.values import F32, U8
from facelab.engine.changing import cache_of, change_of, code_of, picture, place_of
from facelab.engine.messages import Region
from facelab.engine.session import FaceWork, Session

KEPT_CANVASES = 4
REACH = 20.0  # u of photo kept around the part shown: motion brings it in from there
DIFFERENCE_FULL = 64.0  # levels of difference that are painted in the strongest colour


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


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """A canvas with a margin. window: the part asked for; grain: for what is redrawn."""

    canvas: Canvas
    window: Box
    grain: F32

    @property
    def shown(self) -> U8:
        x0, y0, x1, y1 = self.window
        return self.canvas.pixels[y0:y1, x0:x1]


def mask_box(session: Session, work: FaceWork) -> Region:
    """Where pixels may change, whatever the sliders say: x, y, w, h in photo px."""
    height, width = work.slot.srgb.shape[:2]
    x0, y0, x1, y1 = frame_box(place_of(work).to_photo, width, height)
    return Region(x0, y0, x1 - x0, y1 - y0)


def draw(
    session: Session, work: FaceWork, recipe: EditRecipe, region: Region, *, view: str = "after", draft: bool = False
) -> Drawn:
    """Draw a part of the photo.

    view: "after", "model" (the generator's own picture in its place) or "difference" (what the model cannot explain of
    the photo, as a heat map). draft: faster; motions measured a moment ago under nearly the same weights may be used.
    Raises UnknownDirection.
    """
    match view:
        case "after":
            return _draw_after(session, work, recipe, region, draft)
        case "model":
            return _draw_model(session, work, recipe, region, draft)
        case "difference":
            return _draw_difference(session, work, recipe, region, draft)
    raise ValueError(f"no such view: {view}")


def _draw_after(session: Session, work: FaceWork, recipe: EditRecipe, region: Region, draft: bool) -> Drawn:
    seen = _view(work, region)
    change, code = change_of(session, work, recipe, draft=draft)
    pixels = seen.shown.copy()
    lay = sketch if draft else compose
    patch = lay(seen.canvas, change, window=seen.window, grain=seen.grain)
    if patch is not None:
        x0, y0, x1, y1 = patch.box
        left, top, _, _ = seen.window
        pixels[y0 - top : y1 - top, x0 - left : x1 - left] = patch.pixels
    return Drawn(region, pixels, draft, code)


def _draw_model(session: Session, work: FaceWork, recipe: EditRecipe, region: Region, draft: bool) -> Drawn:
    seen = _view(work, region)
    code = code_of(session, work, recipe)
    drawn = picture(session, work, code)
    return Drawn(region, _over(seen, drawn.clip(0, 255)), draft, code)


def _draw_difference(session: Session, work: FaceWork, recipe: EditRecipe, region: Region, draft: bool) -> Drawn:
    """|photo's crop - reconstruction|, mean of the channels, from dark violet over red to yellow."""
    seen = _view(work, region)
    still = cache_of(session, work, draft=draft).still.picture
    error = np.abs(work.crop.pixels - still).mean(axis=2) / DIFFERENCE_FULL
    heat = cv2.applyColorMap((error.clip(0, 1) * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)
    colours = np.asarray(cv2.cvtColor(heat, cv2.COLOR_BGR2RGB), np.float32)
    return Drawn(region, _over(seen, colours), draft, code_of(session, work, recipe))


def _over(seen: _View, crop: F32) -> U8:
    """A crop's picture f32 [N, N, 3] laid over the photo."""
    side = crop.shape[0]
    to_px = seen.canvas.to_px.copy()
    to_px[:, :2] *= 128 / side
    to_px[:, 2] -= seen.window[:2]
    to_px[:, 2] += to_px[:, :2] @ (0.5, 0.5) - 0.5
    size = (seen.window[2] - seen.window[0], seen.window[3] - seen.window[1])
    inside = cv2.warpAffine(np.ones((side, side), np.float32), to_px, size, flags=cv2.INTER_LINEAR)
    laid = cv2.warpAffine(crop.astype(np.uint8), to_px, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.where(inside[..., None] > 0.5, laid, seen.shown)


def paste_full(session: Session, works: Sequence[FaceWork], recipe: EditRecipe) -> Pasted:
    """All faces of one photo, edited alike, one after the other. Raises UnknownDirection.

    The edit is computed in sRGB; its difference goes into the photo's own colour space. The identity recipe gives the
    photo's own pixels and an empty mask.
    """
    if recipe.is_identity:
        own = works[0].slot.photo.pixels
        return Pasted(own, np.zeros(own.shape[:2], np.uint8))
    return paste_computed(session, works, recipe)


def paste_computed(session: Session, works: Sequence[FaceWork], recipe: EditRecipe) -> Pasted:
    """`paste_full` without its shortcut: a recipe that changes nothing still gives the same pixels, bit by bit."""
    photo = works[0].slot.photo
    height, width = photo.pixels.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    for work in works:
        place = place_of(work)
        x0, y0, x1, y1 = frame_box(place.to_photo, width, height)
        part = to_srgb(replace(photo, pixels=photo.pixels[y0:y1, x0:x1]))
        canvas = Canvas(part, placed(place.to_photo, (x0, y0), (1.0, 1.0)))
        change, _ = change_of(session, work, recipe)
        patch = compose(canvas, change, grain=_grain(canvas, place))
        if patch is None:
            continue
        left, top, right, bottom = patch.box
        box = (x0 + left, y0 + top, right - left, bottom - top)
        photo = merge_edit(photo, box, patch.pixels, patch.mask)
        mask[y0 + top : y0 + bottom, x0 + left : x0 + right][patch.mask] = 255
    return Pasted(photo.pixels, mask)


def scaled(session: Session, works: Sequence[FaceWork], recipe: EditRecipe, width: int, height: int) -> U8:
    """The whole edited photo at the wanted size, u8 [height, width, 3] sRGB."""
    shown = _reduced(works[0], width, height)
    rows, columns = works[0].slot.srgb.shape[:2]
    pixels = shown.copy()
    for work in works:
        place = place_of(work)
        to_px = placed(place.to_photo, (0, 0), (width / columns, height / rows))
        canvas, grain = Canvas(pixels, to_px), _kept_grain(work, Canvas(shown, to_px), place)
        change, _ = change_of(session, work, recipe)
        patch = sketch(canvas, change, grain=grain)
        if patch is not None:
            x0, y0, x1, y1 = patch.box
            pixels = pixels.copy()
            pixels[y0:y1, x0:x1] = patch.pixels
    return pixels


def _grain(canvas: Canvas, place: Place) -> F32:
    return grain_of(canvas, place.crop.mask)


def _kept_grain(work: FaceWork, canvas: Canvas, place: Place) -> F32:
    """The grain of the whole photo at the size of a canvas: the same in every frame."""
    key = ("grain", canvas.pixels.shape)
    kept = work.caches.get(key)
    if not isinstance(kept, np.ndarray):
        kept = _grain(canvas, place)
        work.caches[key] = kept
    return kept


def _reduced(work: FaceWork, width: int, height: int) -> U8:
    key = ("reduced", width, height)
    kept = work.caches.get(key)
    if not isinstance(kept, np.ndarray):
        kept = _resized(work.slot.srgb, width, height)
        work.caches[key] = kept
    return kept


def _resized(pixels: U8, width: int, height: int) -> U8:
    if pixels.shape[:2] == (height, width):
        return pixels
    smaller = width < pixels.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)


class _Views(OrderedDict[Region, _View]):
    """The newest canvases of a face."""


def _view(work: FaceWork, region: Region) -> _View:
    """The canvas of a region, kept for the newest few."""
    views = work.caches.setdefault("views", _Views())
    assert isinstance(views, _Views)
    found = views.get(region)
    if found is None:
        found = _new_view(work, region)
        views[region] = found
    views.move_to_end(region)
    while len(views) > KEPT_CANVASES:
        views.popitem(last=False)
    return found


def _new_view(work: FaceWork, region: Region) -> _View:
    """The part shown is reduced exactly as asked; the margin around it at the same scale."""
    place = place_of(work)
    height, width = work.slot.srgb.shape[:2]
    out = (max(1, round(region.width * region.scale)), max(1, round(region.height * region.scale)))
    step = (region.width / out[0], region.height / out[1])  # photo px per canvas px
    reach = REACH * float(np.sqrt(abs(np.linalg.det(place.to_photo[:, :2]))))
    # whole canvas px of margin, so that the part shown keeps its own grid
    left = int(min(region.x, reach) / step[0])
    top = int(min(region.y, reach) / step[1])
    right = int(min(width - region.x - region.width, reach) / step[0])
    bottom = int(min(height - region.y - region.height, reach) / step[1])
    size = (left + out[0] + right, top + out[1] + bottom)
    origin = (region.x - left * step[0], region.y - top * step[1])
    pixels = _cut(work.slot.srgb, origin, step, size)
    canvas = Canvas(pixels, placed(place.to_photo, origin, (1 / step[0], 1 / step[1])))
    return _View(canvas, (left, top, left + out[0], top + out[1]), _grain(canvas, place))


def _cut(srgb: U8, origin: tuple[float, float], step: tuple[float, float], size: tuple[int, int]) -> U8:
    """A part of the photo from `origin`, one px per `step` photo px."""
    x0, y0 = round(origin[0]), round(origin[1])
    x1, y1 = round(origin[0] + size[0] * step[0]), round(origin[1] + size[1] * step[1])
    return _resized(srgb[y0:y1, x0:x1], *size)
