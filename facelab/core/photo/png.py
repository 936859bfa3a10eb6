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


@dataclass(slots=True)
class PngParts:
    """picture: a PNG without metadata; the rest: its metadata. lost: what could not be read, in words."""

    picture: bytes = b""
    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    text: dict[str, str] = field(default_factory=dict)
    sixteen_bit: bool = False
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
        if kind == b"IHDR" and length == 13:
            parts.sixteen_bit = data[place + 16] == 16
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
    elif kind == b"iCCP":
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
    key, _, rest = body.partition(b"\0")
    name = key.decode("latin-1")
    value: bytes | None
    if kind == b"tEXt":
        value, encoding = rest, "latin-1"
    elif kind == b"zTXt":
        value, encoding = _inflated(rest[1:], _TEXT_LIMIT), "latin-1"
    else:
        flag, tail = rest[:1], rest[2:].split(b"\0", 2)
        packed = tail[2] if len(tail) == 3 else b""
        value, encoding = (_inflated(packed, _TEXT_LIMIT) if flag == b"\1" else packed), "utf-8"
    if value is None or len(value) > _TEXT_LIMIT:
        if "text" not in parts.lost:
            parts.lost.append("text")
    elif name == "XML:com.adobe.xmp":
        parts.xmp = value
    elif name.lower() in ("raw profile type exif", "raw profile type app1"):
        parts.exif = parts.exif or _raw_profile(value)
    elif len(parts.text) < 64:
        parts.text[name] = value.decode(encoding, "replace")


def _raw_profile(value: bytes) -> bytes | None:
    """ImageMagick's hex form: newline, name, newline, length, newline, hex lines."""
    lines = value.strip().split(b"\n")
    try:
        raw = binascii.unhexlify(b"".join(b"".join(line.split()) for line in lines[2:]))
    except (binascii.Error, ValueError):
        return None
    return raw if raw[:6] == b"Exif\0\0" else None
