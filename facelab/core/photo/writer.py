"""An edited photo to a file: the original's size, profile, resolution and authorship; no trace of the unedited face."""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image, JpegImagePlugin

from facelab import __version__
from facelab.core.errors import CannotWrite, OutputExists, OutputIsInput, UsageError
from facelab.core.files import write_atomic
from facelab.core.photo.colour import GRAY_MODES, profile_kind, to_srgb
from facelab.core.photo.encode import FORMAT_OF_SUFFIX, LONGEST_SIDE, JpegTables, Picture, encode
from facelab.core.photo.exif import ORIENTATION, read_exif
from facelab.core.photo.jpeg import slim_jpeg
from facelab.core.photo.metadata import Metadata, for_picture, gather, marked
from facelab.core.photo.xmp import edit_mark as mark_properties
from facelab.core.photo.xmp import xmp_packet
from facelab.core.values import U8, Notice, Photo

TOOL = f"facelab {__version__}"


def check_output(path: Path, *, replace: bool, inputs: tuple[Path, ...] = ()) -> None:
    """Raise OutputIsInput when `path` is one of the inputs (links followed), OutputExists without `replace`."""
    for given in inputs:
        with suppress(OSError):
            if path.exists() and path.samefile(given):
                raise OutputIsInput(path=path)
    if path.is_dir():
        raise CannotWrite(path=path, reason="this is a folder")
    if not replace and (path.exists() or path.is_symlink()):
        raise OutputExists(path=path)


def write_photo(
    edited: Photo,
    original: Photo,
    path: Path,
    *,
    quality: int = 95,
    strip_metadata: bool = False,
    keep_gps: bool = False,
    edit_mark: bool = True,
    replace: bool = False,
) -> tuple[Notice, ...]:
    """Write `edited` to .png, .jpg, .webp or .tif; returns what was left out or changed.

    When no pixel differs from the original and the format is the same, the original's bytes are copied. Else
    metadata is taken from the original: dates, camera, author, copyright, resolution and profile stay; thumbnails,
    previews, maker notes, trailers and (without keep_gps) the position go. strip_metadata keeps the profile only.
    Quality 95 and more keeps a JPEG source's own tables and a lossless WebP lossless; 100 makes any WebP so.
    Raises UsageError, OutputExists, OutputIsInput, CannotWrite; the file is complete or untouched.
    """
    kind = FORMAT_OF_SUFFIX.get(path.suffix.lower())
    if kind is None:
        raise UsageError(detail=f"{path}: unknown suffix. Photos are written as {', '.join(FORMAT_OF_SUFFIX)}.")
    check_output(path, replace=replace, inputs=(Path(original.source),) if original.source else ())
    changed = not same_pixels(edited, original)
    if not changed and kind == original.format and original.data is not None and not strip_metadata:
        write_atomic(path, original.data)
        text = "Nothing was edited: the original file is copied as it is, with all its metadata."
        return (Notice("copied_unchanged", text),)
    if max(edited.pixels.shape[:2]) > LONGEST_SIDE[kind]:
        raise CannotWrite(path=path, reason=f"{kind} holds at most {LONGEST_SIDE[kind]} px; take .png or .tif")
    metadata = Metadata() if strip_metadata else gather(original, keep_gps=keep_gps)
    pixels, icc, notices = _pixels(edited, kind)
    picture = _picture(pixels, icc, metadata, mark=edit_mark and changed)
    source = _jpeg_tables(original) if kind == "JPEG" else None
    if kind == "WEBP" and quality >= 95 and original.format == "WEBP" and b"VP8L" in (original.data or b"")[:64]:
        quality = 100
    write_atomic(path, _encoded(picture, kind, path, quality=quality, source=source))
    return (*metadata.notices, *notices)


def write_picture(pixels: U8, path: Path, *, quality: int = 95, edit_mark: bool = True, replace: bool = False) -> None:
    """Write a picture of its own, u8 [H, W, 3] sRGB (a crop, a strip), with the mark alone. Errors as `write_photo`."""
    kind = FORMAT_OF_SUFFIX.get(path.suffix.lower())
    if kind is None:
        raise UsageError(detail=f"{path}: unknown suffix. Pictures are written as {', '.join(FORMAT_OF_SUFFIX)}.")
    check_output(path, replace=replace)
    picture = _picture(np.ascontiguousarray(pixels), None, Metadata(), mark=edit_mark)
    write_atomic(path, _encoded(picture, kind, path, quality=quality, source=None))


def same_pixels(one: Photo, other: Photo) -> bool:
    """Whether two photos have equal decoded pixels and transparency."""
    if one.pixels is not other.pixels and not np.array_equal(one.pixels, other.pixels):
        return False
    if one.alpha is other.alpha:
        return True
    return one.alpha is not None and other.alpha is not None and np.array_equal(one.alpha, other.alpha)


def _encoded(picture: Picture, kind: str, path: Path, *, quality: int, source: JpegTables | None) -> bytes:
    try:
        return encode(picture, kind, quality=max(1, min(100, quality)), source=source)
    except (OSError, ValueError, SystemError) as error:
        raise CannotWrite(path=path, reason=str(error)) from error


def _picture(pixels: U8, icc: bytes | None, metadata: Metadata, *, mark: bool) -> Picture:
    properties = mark_properties(TOOL) if mark else ()
    if mark:
        metadata = marked(metadata, TOOL)
    return Picture(
        pixels=pixels,
        icc=icc,
        exif=for_picture(metadata, pixels.shape[1], pixels.shape[0]),
        xmp=xmp_packet(metadata.xmp, properties),
        iptc=metadata.iptc,
        text=metadata.text,
        dpi=metadata.dpi,
    )


def _pixels(photo: Photo, kind: str) -> tuple[U8, bytes | None, tuple[Notice, ...]]:
    """Channels as the format takes them, the profile that fits them, and what was changed."""
    colours, icc, alpha = photo.pixels, photo.icc, photo.alpha
    notices: tuple[Notice, ...] = ()
    gray = photo.mode in GRAY_MODES and bool((colours == colours[..., :1]).all())
    if icc is not None and profile_kind(icc) == "GRAY" and (not gray or kind == "WEBP"):
        # a gray profile does not fit colours, and WebP has no gray
        colours, icc, gray = to_srgb(photo), None, False
    if alpha is not None and kind == "JPEG":
        if int(alpha.min()) < 255:
            colours = _on_white(colours, alpha)
            notices = (Notice("transparency_lost", "JPEG has no transparency: transparent parts are white now."),)
        alpha = None
    if gray:
        colours = colours[..., :1]
    if alpha is not None:
        colours = np.concatenate([colours, alpha[..., None]], axis=2)
    elif gray:
        colours = colours[..., 0]
    return np.ascontiguousarray(colours), icc, notices


def _on_white(colours: U8, alpha: U8) -> U8:
    part = alpha.astype(np.uint16)[..., None]
    return np.asarray((colours * part + 255 * (255 - part) + 127) // 255, np.uint8)


def _jpeg_tables(original: Photo) -> JpegTables | None:
    """How the original JPEG was packed; None for other formats and for pictures that change their channels."""
    if original.format != "JPEG" or original.data is None or original.mode not in ("L", "RGB"):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's warnings were heard in reading
            image = Image.open(io.BytesIO(slim_jpeg(original.data)), formats=("JPEG",))
        tables: dict[int, list[int]] = getattr(image, "quantization", {})
        turned = (read_exif(image.info.get("exif") or b"").number(ORIENTATION) or 1) in (5, 6, 7, 8)
        subsampling = JpegImagePlugin.get_sampling(image) if original.mode == "RGB" else 0
    except Exception:  # any decoder error: the usual quality serves
        return None
    # a picture turned by 90 degrees has its frequencies turned as well
    order = np.arange(64).reshape(8, 8).T.ravel() if turned else np.arange(64)
    packed = tuple(tuple(int(tables[key][at]) for at in order) for key in sorted(tables))
    if not packed or subsampling not in (0, 1, 2):
        return None
    return JpegTables(packed, int(subsampling), "progressive" in image.info)
