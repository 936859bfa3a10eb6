"""Between a photo's own colour space and sRGB, in which faces are found, edited and shown.

sRGB and missing profiles cost nothing: the pixels themselves are returned. An edit goes back as a difference, so a
pixel that was not edited stays bit-identical whatever the profile, and colours outside sRGB are not clipped.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from facelab.core.values import U8, Photo

GRAY_MODES = frozenset({"1", "L", "LA", "La", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_STRIP_PIXELS = 1 << 20
_ICC_LIMIT = 8 << 20
_BLACK_POINT = 0x2000  # cmsFLAGS_BLACKPOINTCOMPENSATION
# Rec. 601 luma, as Pillow converts to gray
_LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, slots=True, eq=False)
class _Space:
    """A usable profile. to, back: lcms transforms (None: it is sRGB); gray: u8 [256] of own value -> sRGB."""

    kind: str
    to: ImageCms.ImageCmsTransform | None = None
    back: ImageCms.ImageCmsTransform | None = None
    gray: U8 | None = None


def profile_kind(icc: bytes) -> str | None:
    """ "RGB", "GRAY", "CMYK", "LAB" ... of a profile; None where it cannot be read."""
    profile = _open(icc)
    try:
        return None if profile is None else str(profile.profile.xcolor_space).strip().upper()
    except ValueError:  # the name is not made of letters
        return None


def usable(icc: bytes, mode: str) -> bool:
    """Whether a photo of this Pillow mode can be shown through the profile."""
    kind = _space(icc)
    return kind is not None and (kind.kind == "RGB" or mode in GRAY_MODES)


def to_srgb(photo: Photo) -> U8:
    """The photo in sRGB, u8 [H, W, 3]. Without a profile, or with sRGB, these are `photo.pixels` themselves."""
    return _shown(photo, photo.pixels)


def merge_edit(
    photo: Photo, box: tuple[int, int, int, int], edited_srgb: U8, mask: NDArray[np.bool_] | None = None
) -> Photo:
    """The photo with an edited part, in the photo's own colour space.

    box: x, y, width, height in photo px; edited_srgb: u8 [height, width, 3]; mask: bool [height, width], where the
    edit may count. A pixel whose edited colour equals its sRGB colour stays bit-identical. A gray photo stays gray.
    Returns the same photo when nothing differs. Raises ValueError for a box outside the photo or another shape.
    """
    x, y, width, height = box
    rows, columns = photo.pixels.shape[:2]
    if min(x, y, width, height) < 0 or x + width > columns or y + height > rows:
        raise ValueError(f"box {box} is outside the photo of {columns} x {rows} px")
    if edited_srgb.shape != (height, width, 3):
        raise ValueError(f"edited part has shape {edited_srgb.shape}, expected {(height, width, 3)}")
    own = photo.pixels[y : y + height, x : x + width]
    before = _shown(photo, own)
    changed = (edited_srgb != before).any(axis=2)
    if mask is not None:
        changed &= mask
    if not changed.any():
        return photo
    pixels = photo.pixels.copy()
    part = pixels[y : y + height, x : x + width]
    part[changed] = _edited(photo, own[changed], before[changed], edited_srgb[changed])
    return replace(photo, pixels=pixels)


def _edited(photo: Photo, own: U8, before: U8, after: U8) -> U8:
    """Own colours [N, 3] moved by the difference between two sRGB colours [N, 3]."""
    space = _space(photo.icc) if photo.icc is not None else None
    if photo.mode in GRAY_MODES:
        table = np.arange(256)
        if space is not None and space.gray is not None:
            table = np.rint(np.interp(np.arange(256), np.maximum.accumulate(space.gray), np.arange(256))).astype(int)
        moved = own[:, 0].astype(int) + table[_luma(after)] - table[_luma(before)]
        return np.repeat(moved.clip(0, 255).astype(np.uint8)[:, None], 3, axis=1)
    if space is None or space.back is None:
        return after
    both = _applied(np.stack([before, after]), space.back).astype(int)
    return np.asarray((own + both[1] - both[0]).clip(0, 255), np.uint8)


def _luma(colours: U8) -> NDArray[np.intp]:
    return np.asarray(np.rint(colours @ _LUMA), np.intp)


def _shown(photo: Photo, pixels: U8) -> U8:
    space = _space(photo.icc) if photo.icc is not None else None
    if space is None:
        return pixels
    if space.gray is not None:
        return space.gray[pixels]
    return pixels if space.to is None else _applied(pixels, space.to)


def convert_to_srgb(picture: Image.Image, icc: bytes | None) -> Image.Image | None:
    """A CMYK or LAB picture as sRGB through its profile (LAB: the standard one); None where that is impossible."""
    source = ImageCms.createProfile("LAB") if picture.mode == "LAB" else _open(icc or b"")
    if source is None:
        return None
    try:
        transform = _transform(source, ImageCms.createProfile("sRGB"), picture.mode, "RGB")
        return ImageCms.applyTransform(picture, transform)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _open(icc: bytes) -> ImageCms.ImageCmsProfile | None:
    # lcms trusts the length in the header, so a profile that is shorter or absurdly long is left alone
    if not 128 <= len(icc) <= _ICC_LIMIT:
        return None
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(icc))
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None


def _transform(source: object, target: object, mode: str, out: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        source,  # type: ignore[arg-type]  # createProfile returns the C profile, which buildTransform accepts
        target,  # type: ignore[arg-type]
        mode,
        out,
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags(_BLACK_POINT),
    )


@lru_cache(maxsize=8)
def _space(icc: bytes) -> _Space | None:
    """Transforms of an RGB or gray profile; None where it cannot be used."""
    profile, kind = _open(icc), profile_kind(icc)
    if profile is None or kind not in ("RGB", "GRAY"):
        return None
    srgb = ImageCms.createProfile("sRGB")
    try:
        if kind == "GRAY":
            ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
            shown = ImageCms.applyTransform(ramp, _transform(profile, srgb, "L", "RGB"))
            assert shown is not None  # only None when asked to work in place
            return _Space(kind, gray=np.asarray(shown)[0, :, 1].copy())
        to, back = _transform(profile, srgb, "RGB", "RGB"), _transform(srgb, profile, "RGB", "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    steps = np.linspace(0, 255, 18).astype(np.uint8)
    probe = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    off = np.abs(_applied(probe, to).astype(int) - probe).max()
    return _Space(kind) if off <= 1 else _Space(kind, to, back)


def _applied(pixels: U8, transform: ImageCms.ImageCmsTransform) -> U8:
    """Colours [..., 3] through a transform, strip by strip so that no second full copy exists."""
    rows = np.ascontiguousarray(pixels).reshape(-1, pixels.shape[-2], 3)
    out = np.empty_like(rows)
    for low, high in strips(rows.shape[0], rows.shape[1]):
        done = ImageCms.applyTransform(Image.fromarray(rows[low:high]), transform)
        assert done is not None  # only None when asked to work in place
        out[low:high] = np.asarray(done)
    return out.reshape(pixels.shape)


def strips(height: int, width: int) -> Iterator[tuple[int, int]]:
    """Row ranges of about a million pixels."""
    step = max(1, _STRIP_PIXELS // max(1, width))
    for low in range(0, height, step):
        yield low, min(height, low + step)
