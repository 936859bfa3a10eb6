"""What a photo says beside its pixels, gathered from the original's bytes and cleaned for an edited copy."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image

from facelab.core.photo import exif, xmp
from facelab.core.photo.exif import ExifBlock
from facelab.core.photo.heif import HeifParts
from facelab.core.photo.iptc import IIM_RESOURCE, cleaned_iim
from facelab.core.photo.png import split_png
from facelab.core.photo.reader import open_container, sniff
from facelab.core.values import Notice, Photo

# PNG's own texts and the EXIF tags that say the same
_TEXT_TAGS = {
    "Author": exif.ARTIST,
    "Copyright": exif.COPYRIGHT,
    "Description": exif.DESCRIPTION,
    "Creation Time": exif.DATE_TIME,
}
_CENTIMETRE = 3


@dataclass(frozen=True, slots=True)
class Metadata:
    """Harmless metadata of one photo. xmp: property snippets; iptc: IIM bytes; text: PNG texts; dpi: x, y.

    notices: what is left out and why.
    """

    exif: ExifBlock = field(default_factory=ExifBlock)
    xmp: tuple[str, ...] = ()
    iptc: bytes = b""
    text: tuple[tuple[str, str], ...] = ()
    dpi: tuple[float, float] | None = None
    notices: tuple[Notice, ...] = ()


def gather(original: Photo, *, keep_gps: bool) -> Metadata:
    """The metadata of the original file that an edited copy may carry. Never raises."""
    data = original.data
    kind = sniff(data) if data else None
    if data is None or kind is None:
        return Metadata()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's warnings were heard in reading
            image, container = open_container(data, kind)
    except Exception:  # it was readable once; a decoder may still raise anything on damaged bytes
        return Metadata(notices=(Notice("metadata_lost", "The photo's metadata cannot be read and is left out."),))
    info: dict[Any, Any] = {} if isinstance(image, HeifParts) else dict(image.info)
    block = exif.read_exif(data) if kind == "TIFF" else exif.read_exif(container.exif or b"II*\0\x08\0\0\0\0\0")
    iim = block.carried(exif.IPTC) or _photoshop_iim(info.get("photoshop"))
    packet = block.carried(exif.XMP) or container.xmp
    words = list(exif.removed(block))
    if kind == "JPEG" and isinstance(image, Image.Image):
        words += _jpeg_extras(image, data)
    if block.gps and not keep_gps:
        words.append("the GPS position (--keep-gps keeps it)")
    properties = xmp.cleaned_xmp(packet, keep_gps=keep_gps) if packet else ()
    notices = []
    if properties is None or (block.damaged and kind != "TIFF"):
        notices.append(Notice("metadata_lost", "Damaged metadata of the photo is left out."))
    if words:
        notices.append(Notice("metadata_removed", f"Left out of the copy: {', '.join(words)}."))
    png = split_png(data) if kind == "PNG" else None
    return Metadata(
        exif=exif.cleaned(block, keep_gps=keep_gps),
        xmp=properties or (),
        iptc=cleaned_iim(iim, keep_gps=keep_gps) if iim else b"",
        text=() if png is None else tuple((key, value[:2000]) for key, value in png.text.items()),
        dpi=_dpi(info.get("dpi") if png is None else png.dpi, block),
        notices=tuple(notices),
    )


def _photoshop_iim(resources: object) -> bytes | None:
    value = resources.get(IIM_RESOURCE) if isinstance(resources, dict) else None
    return value if isinstance(value, bytes) else None


def _jpeg_extras(image: Image.Image, data: bytes) -> list[str]:
    """Further pictures inside a JPEG that show the unedited face, in words."""
    words = []
    segments: list[tuple[str, bytes]] = getattr(image, "applist", [])
    if any(name == "APP2" and body[:4] == b"MPF\0" for name, body in segments):
        words.append("further pictures in the file")
    elif data.rfind(b"\xff\xd9") not in (-1, len(data) - 2):
        words.append("data behind the picture")
    if any(name == "APP11" for name, _ in segments):
        words.append("content credentials, which no longer fit")
    return words


def _dpi(value: Any, block: ExifBlock) -> tuple[float, float] | None:
    """Resolution in dots per inch, from the container or else from EXIF; None where it makes no sense."""
    try:
        x, y = value  # a broken file may give anything
        pair = (float(x), float(y))
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        x_res, y_res = block.rational(exif.X_RESOLUTION), block.rational(exif.Y_RESOLUTION)
        if x_res is None or y_res is None:
            return None
        unit = 2.54 if block.number(exif.RESOLUTION_UNIT) == _CENTIMETRE else 1.0
        pair = (x_res * unit, y_res * unit)
    return pair if all(math.isfinite(v) and 1 <= v <= 50_000 for v in pair) else None


def marked(metadata: Metadata, tool: str) -> Metadata:
    """The same with `edited with <tool>` in EXIF and in the PNG texts (XMP: see `xmp_bytes`)."""
    text = tuple((k, v) for k, v in metadata.text if k not in ("Software", "Comment"))
    return replace(
        metadata,
        exif=exif.with_text(metadata.exif, exif.SOFTWARE, f"edited with {tool}"),
        text=(*text, ("Software", tool), ("Comment", f"edited with {tool}")),
    )


def for_picture(metadata: Metadata, width: int, height: int) -> ExifBlock:
    """EXIF for an upright picture of this size: orientation 1, resolution, PNG texts where EXIF is silent."""
    block = metadata.exif
    for key, value in metadata.text:
        tag = _TEXT_TAGS.get(key)
        if tag is not None and block.text(tag) is None:
            block = exif.with_text(block, tag, value)
    if metadata.dpi is not None:
        block = exif.with_rational(block, exif.X_RESOLUTION, metadata.dpi[0])
        block = exif.with_rational(block, exif.Y_RESOLUTION, metadata.dpi[1])
        block = exif.with_short(block, exif.RESOLUTION_UNIT, 2)
    if block.image or block.photo or block.gps:
        block = exif.with_short(block, exif.ORIENTATION, 1)
    return exif.with_size(block, width, height)
