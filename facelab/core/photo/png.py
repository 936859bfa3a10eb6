"""PNG chunks read by us, so that Pillow sees only the picture.

Text and profile bombs, odd animation chunks and a missing end chunk are no reason to refuse a photo. What Pillow
gets is IHDR, PLTE, tRNS, IDAT and IEND with their own checksums. PNG, third edition (W3C 2025).
"""

from __future__ import annotations

import binascii
import struct
import zlib
from dataclasses import dataclass, field

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PICTURE = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_END = b"\0\0\0\0IEND\xaeB`\x82"
_TEXT_LIMIT, _ICC_LIMIT, _CHUNKS = 1 << 20, 4 << 20, 100_000
_TEXTS = frozenset({"Author", "Copyright", "Description", "Creation Time", "Title", "Source"})
_KEY = 80
_XMP = "XML:com.adobe.xmp"
_RAW_EXIF = frozenset({"raw profile type exif", "raw profile type app1"})


@dataclass(slots=True)
class PngParts:
    """picture: a PNG without metadata; the rest: its metadata. seen: keys of the texts met so far; lost: what could
    not be read, in words.
    """

    picture: bytes = b""
    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    text: dict[str, str] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    animated: bool = False
    cut: bool = False
    lost: list[str] = field(default_factory=list)


def split_png(data: bytes) -> PngParts:
    """Take a PNG apart. Never raises; a broken picture is for the decoder to refuse."""
    parts = PngParts()
    kept: list[bytes | memoryview] = [SIGNATURE]
    place, ended, view = len(SIGNATURE), False, memoryview(data)
    for _ in range(_CHUNKS):
        if place + 12 > len(data):
            break
        (length,) = struct.unpack_from(">L", data, place)
        kind, end = data[place + 4 : place + 8], place + 12 + length
        if end > len(data):
            break
        if kind in _PICTURE:
            kept.append(view[place:end])
        else:
            _metadata(parts, kind, data[place + 8 : end - 4])
        place = end
        if kind == b"IEND":
            ended = True
            break
    if not ended:
        # a cut IDAT stays in, so that the decoder can tell whether the pixels are complete
        if data[place + 4 : place + 8] == b"IDAT":
            kept.append(_mended(data[place + 8 :]))
        kept.append(_END)
        parts.cut = True
    parts.picture = b"".join(kept)
    return parts


def _mended(body: bytes) -> bytes:
    """A cut IDAT chunk with a length and checksum that fit what is left."""
    chunk = b"IDAT" + body
    return struct.pack(">L", len(body)) + chunk + struct.pack(">L", binascii.crc32(chunk))


def _metadata(parts: PngParts, kind: bytes, body: bytes) -> None:
    if kind == b"eXIf":
        parts.exif = body
    elif kind == b"pHYs" and len(body) == 9:
        x, y, unit = struct.unpack(">LLB", body)
        if unit == 1 and x and y:
            parts.dpi = (x * 0.0254, y * 0.0254)
    elif kind == b"iCCP" and parts.icc is None and "colour profile" not in parts.lost:
        _, _, packed = body.partition(b"\0")
        parts.icc = _inflated(packed[1:], _ICC_LIMIT)
        if parts.icc is None:
            parts.lost.append("colour profile")
    elif kind in (b"tEXt", b"zTXt", b"iTXt"):
        _text(parts, kind, body)
    elif kind == b"acTL":
        parts.animated = True


def _inflated(packed: bytes, limit: int) -> bytes | None:
    """Unpacked bytes; None where they are broken or more than `limit`."""
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(packed, limit)
    except zlib.error:
        return None
    return data if stream.eof else None


def _text(parts: PngParts, kind: bytes, body: bytes) -> None:
    """Only texts that are used, each once: a file can hold thousands that unpack to a megabyte."""
    name = body[:_KEY].partition(b"\0")[0].decode("latin-1")
    raw_exif = name.lower() in _RAW_EXIF
    if name in parts.seen or not (name in _TEXTS or name == _XMP or raw_exif):
        return
    parts.seen.add(name)
    value = _value(kind, body[len(name) + 1 :])
    if value is None or len(value) > _TEXT_LIMIT:
        if "text" not in parts.lost:
            parts.lost.append("text")
    elif name == _XMP:
        parts.xmp = value
    elif raw_exif:
        parts.exif = parts.exif or _raw_profile(value)
    else:
        parts.text[name] = value.decode("utf-8" if kind == b"iTXt" else "latin-1", "replace")


def _value(kind: bytes, rest: bytes) -> bytes | None:
    """The bytes of a text behind its key; None where they cannot be unpacked."""
    if kind == b"tEXt":
        return rest
    if kind == b"zTXt":
        return _inflated(rest[1:], _TEXT_LIMIT)
    tail = rest[2:].split(b"\0", 2)  # language, translated key, text
    packed = tail[2] if len(tail) == 3 else b""
    return _inflated(packed, _TEXT_LIMIT) if rest[:1] == b"\1" else packed


def _raw_profile(value: bytes) -> bytes | None:
    """ImageMagick's hex form: newline, name, newline, length, newline, hex lines."""
    lines = value.strip().split(b"\n")
    try:
        raw = binascii.unhexlify(b"".join(b"".join(line.split()) for line in lines[2:]))
    except (binascii.Error, ValueError):
        return None
    return raw if raw[:6] == b"Exif\0\0" else None
