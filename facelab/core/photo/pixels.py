"""From what Pillow decodes to u8 RGB and alpha: every mode, without clipping, inverting or a second full copy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from facelab.core.photo.colour import GRAY_MODES, convert_to_srgb, profile_kind, strips, usable
from facelab.core.values import U8, Notice

_DIRECT = {"1": "L", "La": "LA", "RGBa": "RGBA", "PA": "RGBA", "YCbCr": "RGB", "HSV": "RGB", "RGBX": "RGB"}
_MODES = frozenset({"1", "L", "LA", "RGB", "RGBA", "P", "CMYK", "LAB", "I", "F", *_DIRECT, *GRAY_MODES})


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """pixels u8 [H, W, 3] and alpha u8 [H, W] upright; icc: usable profile of `pixels`; mode: Pillow's."""

    pixels: U8
    alpha: U8 | None
    icc: bytes | None
    mode: str
    notices: tuple[Notice, ...]


def decode(image: Image.Image, icc: bytes | None, orientation: int) -> Decoded:
    """Pixels of an opened Pillow image, turned upright by EXIF `orientation` (1-8, else 1).

    Raises whatever Pillow raises for broken data, and ValueError for a mode that holds no picture.
    """
    deep = ";16" in str(getattr(image, "tile", ""))
    inverted = _white_is_zero(image)
    image.load()
    if image.mode not in _MODES:
        raise ValueError(f"pixels of type {image.mode}")
    mode, notices = image.mode, []
    level, words = _levels(image)
    if deep or words:
        notices.append(Notice("reduced_to_8_bit", f"The photo {words or 'has 16 bits per channel'}: edited with 8."))
    icc, profile_notice = _profile(icc, mode)
    if profile_notice is not None:
        notices.append(profile_notice)
    keyed = mode in ("P", "L", "RGB") and "transparency" in image.info
    has_alpha = keyed or mode in ("LA", "La", "RGBA", "RGBa", "PA")
    turned = orientation in (5, 6, 7, 8)
    width, height = image.size
    shape = (width, height) if turned else (height, width)
    pixels = np.empty((*shape, 3), np.uint8)
    alpha = np.empty(shape, np.uint8) if has_alpha else None
    stored = _stored(pixels, orientation)
    stored_alpha = None if alpha is None else _stored(alpha, orientation)
    for low, high in strips(height, width):
        strip = image.crop((0, low, width, high))
        colours, opacity = _strip(strip, icc, level, keyed, inverted)
        stored[low:high] = colours
        if stored_alpha is not None:
            stored_alpha[low:high] = 255 if opacity is None else opacity
    if mode in ("CMYK", "LAB"):
        notices.append(Notice("converted_to_srgb", f"The photo has {mode} colours: it is edited and written as sRGB."))
        icc = None
    if alpha is not None and int(alpha.min()) < 255:
        text = "Parts of the photo are transparent: the colours under them are shown, and kept with their transparency."
        notices.append(Notice("transparent", text))
    return Decoded(pixels, alpha, icc, mode, tuple(notices))


def _stored(upright: U8, orientation: int) -> U8:
    """A view of the upright array in the file's own order, so that writing into it turns the picture."""
    match orientation:
        case 2:
            return upright[:, ::-1]
        case 3:
            return upright[::-1, ::-1]
        case 4:
            return upright[::-1]
        case 5:
            return upright.swapaxes(0, 1)
        case 6:
            return np.rot90(upright, 1)
        case 7:
            return upright[::-1, ::-1].swapaxes(0, 1)
        case 8:
            return np.rot90(upright, -1)
        case _:
            return upright


def _profile(icc: bytes | None, mode: str) -> tuple[bytes | None, Notice | None]:
    """The profile if it fits the picture, else none and what was lost."""
    if icc is None or mode == "LAB":
        return None, None
    if mode == "CMYK":
        fits = profile_kind(icc) == "CMYK" and convert_to_srgb(Image.new("CMYK", (1, 1)), icc) is not None
    else:
        fits = usable(icc, mode)
    if fits:
        return icc, None
    return None, Notice("profile_lost", "The colour profile cannot be used: the colours are taken as sRGB.")


def _strip(strip: Image.Image, icc: bytes | None, level: float, keyed: bool, inverted: bool) -> tuple[U8, U8 | None]:
    """Colours [h, w, 3] (or [h, w, 1], gray) and alpha [h, w] of one strip."""
    mode = strip.mode
    if mode in ("F", "I") or mode.startswith("I;16"):
        gray = _to_8_bit(np.asarray(strip), level)
        return (255 - gray if inverted else gray)[..., None], None
    if mode in ("CMYK", "LAB"):
        converted = convert_to_srgb(strip, icc) if mode == "LAB" or icc is not None else None
        strip = converted if converted is not None else strip.convert("RGB")
    elif keyed:
        strip = strip.convert("LA" if mode == "L" else "RGBA")
    elif mode == "P":
        strip = strip.convert("RGB")
    elif mode in _DIRECT:
        strip = strip.convert(_DIRECT[mode])
    values = np.asarray(strip)
    if strip.mode == "L":
        return values[..., None], None
    if strip.mode == "LA":
        return values[..., :1], values[..., 1]
    return values[..., :3], values[..., 3] if strip.mode == "RGBA" else None


def _white_is_zero(image: Image.Image) -> bool:
    """Pillow inverts such 1 to 8 bit TIFF pictures itself, 16 bit ones not."""
    tags = getattr(image, "tag_v2", None)
    return tags is not None and tags.get(262) == 0 and image.mode.startswith("I;16")


def _levels(image: Image.Image) -> tuple[float, str]:
    """The value that is white in a deep gray picture, and what it is in words ("" for 8-bit modes).

    The file does not say which value is white, so the smallest usual range that holds all finite values is taken.
    """
    mode = image.mode
    if mode not in ("F", "I") and not mode.startswith("I;16"):
        return 255.0, ""
    if mode.startswith("I;16") and image.format == "PNG":
        return 65535.0, "has 16 bits per channel"
    top, strange = 0.0, False
    for low, high in strips(image.height, image.width):
        values = np.asarray(image.crop((0, low, image.width, high)))
        finite = np.isfinite(values)
        strange |= not bool(finite.all())
        top = max(top, float(values.max(where=finite, initial=0)))
    if mode == "F" and top <= 1.0:
        level = 1.0
    else:
        level = next((white for white in (255.0, 4095.0, 65535.0) if top <= white), top)
    words = "has floating-point pixels" if mode == "F" else "has 16 bits per channel"
    if strange:
        words += ", some of which hold no number and are shown black or white"
    return level, f"{words} (white is {level:g})"


def _to_8_bit(values: NDArray[np.generic], level: float) -> U8:
    """Rounded, not cut: level -> 255. NaN and minus infinity are black, infinity is white."""
    scaled = values.astype(np.float32)
    np.nan_to_num(scaled, copy=False, nan=0.0, posinf=level, neginf=0.0)
    return np.asarray(np.rint(scaled.clip(0, level) * np.float32(255.0 / level)), np.uint8)
