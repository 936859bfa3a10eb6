"""EXIF as a list of raw TIFF entries: read with limits, cleaned, written again byte for byte.

Only three directories are followed (the image's, the photo's and the GPS one), so that a directory which
points at itself ends. What is not on a list of harmless tags is dropped: maker notes, thumbnails, previews
and unknown tags can hold the unedited face. TIFF 6.0 and EXIF 2.32 (CIPA DC-008).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Literal

Order = Literal["<", ">"]

ORIENTATION, SOFTWARE, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 274, 305, 282, 283, 296
ARTIST, COPYRIGHT, DESCRIPTION, DATE_TIME = 315, 33432, 270, 306
PHOTO_IFD, GPS_IFD = 34665, 34853
XMP, IPTC, ICC = 700, 33723, 34675
PIXEL_X, PIXEL_Y = 40962, 40963
SHORT, LONG, ASCII, RATIONAL, UNDEFINED, BYTE = 3, 4, 2, 5, 7, 1

# bytes of one value by TIFF type
_TYPE_SIZE = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
# description, make, model, resolution, software, date, artist, host, ratings, copyright, XP title to subject
_IMAGE_TAGS = frozenset({270, 271, 272, 282, 283, 296, 305, 306, 315, 316, 18246, 18249, 33432, *range(40091, 40096)})
_MAKER_NOTE, _INTEROP_IFD = 37500, 40965
_PHOTO_TAGS = frozenset(range(33434, 42241)) - {
    *range(34000, 34850), PHOTO_IFD, GPS_IFD, _MAKER_NOTE, _INTEROP_IFD, *range(40091, 40096), *range(50000, 60000),
}  # fmt: skip
_MAX_ENTRIES, _MAX_VALUE, _MAX_CARRIED = 512, 8192, 4 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag. kind: TIFF type; data: the values in the block's byte order."""

    tag: int
    kind: int
    count: int
    data: bytes


@dataclass(frozen=True, slots=True)
class ExifBlock:
    """order: byte order; image, photo, gps: entries of the three directories; damaged: something was unreadable.

    extra: the entries that hold XMP, IPTC or ICC in a TIFF file. thumbnail: a second directory was there.
    """

    order: Order = "<"
    image: tuple[Entry, ...] = ()
    photo: tuple[Entry, ...] = ()
    gps: tuple[Entry, ...] = ()
    extra: tuple[Entry, ...] = ()
    thumbnail: bool = False
    damaged: bool = False

    def number(self, tag: int) -> int | None:
        """The first value of an integer tag of the image directory."""
        for entry in self.image:
            if entry.tag == tag and entry.kind in (SHORT, LONG) and entry.count >= 1:
                return int(struct.unpack_from(self.order + ("H" if entry.kind == SHORT else "L"), entry.data)[0])
        return None

    def text(self, tag: int) -> str | None:
        """A text tag of the image directory without its closing zero; None if missing or empty."""
        for entry in self.image:
            if entry.tag == tag and entry.kind == ASCII:
                return entry.data.split(b"\0")[0].decode("utf-8", "replace").strip() or None
        return None

    def rational(self, tag: int) -> float | None:
        """The first value of a rational tag of the image directory."""
        for entry in self.image:
            if entry.tag == tag and entry.kind == RATIONAL and entry.count >= 1:
                top, bottom = struct.unpack_from(self.order + "LL", entry.data)
                return top / bottom if bottom else None
        return None

    def carried(self, tag: int) -> bytes | None:
        """The bytes of XMP, IPTC or ICC inside a TIFF file."""
        return next((entry.data for entry in self.extra if entry.tag == tag), None)


def read_exif(data: bytes) -> ExifBlock:
    """Parse an EXIF block (with or without its `Exif` prefix) or the first page of a TIFF file.

    Never raises: what cannot be read is left out and `damaged` is set.
    """
    if data[:6] == b"Exif\0\0":
        data = data[6:]
    order: Order = "<" if data[:2] == b"II" else ">"
    if data[:4] not in (b"II*\0", b"MM\0*") or len(data) < 8:
        return ExifBlock(damaged=True)
    (start,) = struct.unpack_from(order + "L", data, 4)
    image, follows, bad = _directory(data, start, order)
    photo, _, bad_photo = _child(data, image, PHOTO_IFD, order)
    gps, _, bad_gps = _child(data, image, GPS_IFD, order)
    return ExifBlock(
        order=order,
        image=tuple(e for e in image if e.tag not in (XMP, IPTC, ICC)),
        photo=photo,
        gps=gps,
        extra=tuple(e for e in image if e.tag in (XMP, IPTC, ICC)),
        thumbnail=follows,
        damaged=bad or bad_photo or bad_gps,
    )


def _child(data: bytes, parent: tuple[Entry, ...], tag: int, order: Order) -> tuple[tuple[Entry, ...], bool, bool]:
    pointer = next((e for e in parent if e.tag == tag and e.kind == LONG and e.count == 1), None)
    if pointer is None:
        return (), False, False
    return _directory(data, struct.unpack(order + "L", pointer.data)[0], order)


def _directory(data: bytes, start: int, order: Order) -> tuple[tuple[Entry, ...], bool, bool]:
    """Entries of one directory, whether another follows it, whether something was unreadable."""
    if not 8 <= start <= len(data) - 2:
        return (), False, True
    (count,) = struct.unpack_from(order + "H", data, start)
    entries: list[Entry] = []
    damaged = count > _MAX_ENTRIES
    for index in range(min(count, _MAX_ENTRIES)):
        place = start + 2 + 12 * index
        if place + 12 > len(data):
            return tuple(entries), False, True
        tag, kind, values = struct.unpack_from(order + "HHL", data, place)
        entry = _entry(data, place + 8, (tag, kind, values), order)
        if entry is None:
            damaged = True
        else:
            entries.append(entry)
    end = start + 2 + 12 * count
    follows = end + 4 <= len(data) and struct.unpack_from(order + "L", data, end)[0] != 0
    return tuple(entries), follows, damaged


def _entry(data: bytes, place: int, head: tuple[int, int, int], order: Order) -> Entry | None:
    """One entry with its values copied; an empty value where it is longer than we carry; None if broken."""
    tag, kind, count = head
    if kind not in _TYPE_SIZE:
        return None
    size = _TYPE_SIZE[kind] * count
    at = place if size <= 4 else int(struct.unpack_from(order + "L", data, place)[0])
    if at + size > len(data):
        return None
    limit = _MAX_CARRIED if tag in (XMP, IPTC, ICC) else _MAX_VALUE
    if size > limit:
        return Entry(tag, kind, 0, b"")
    return Entry(tag, kind, count, data[at : at + size])


def cleaned(block: ExifBlock, *, keep_gps: bool) -> ExifBlock:
    """Only harmless tags: no thumbnail, preview, maker note or unknown tag; GPS only on request."""

    def known(entries: tuple[Entry, ...], tags: frozenset[int]) -> tuple[Entry, ...]:
        return tuple(e for e in entries if e.tag in tags and e.count > 0)

    return ExifBlock(
        order=block.order,
        image=known(block.image, _IMAGE_TAGS),
        photo=known(block.photo, _PHOTO_TAGS),
        gps=tuple(e for e in block.gps if e.count > 0 and e.tag <= 31) if keep_gps else (),
    )


def removed(block: ExifBlock) -> tuple[str, ...]:
    """What `cleaned` takes away that its owner may care about, in words."""
    words = []
    if block.thumbnail or any(e.tag == 330 for e in block.image):
        words.append("embedded thumbnails")
    if any(e.tag == _MAKER_NOTE for e in block.photo):
        words.append("maker notes")
    return tuple(words)


def with_text(block: ExifBlock, tag: int, text: str) -> ExifBlock:
    """Set an ASCII tag of the image directory."""
    raw = text.encode("utf-8") + b"\0"
    return _with_image(block, Entry(tag, ASCII, len(raw), raw))


def with_short(block: ExifBlock, tag: int, value: int) -> ExifBlock:
    """Set a SHORT tag of the image directory."""
    return _with_image(block, Entry(tag, SHORT, 1, struct.pack(block.order + "H", value)))


def with_rational(block: ExifBlock, tag: int, value: float) -> ExifBlock:
    """Set a RATIONAL tag of the image directory, to 1/10000."""
    return _with_image(block, Entry(tag, RATIONAL, 1, struct.pack(block.order + "LL", round(value * 10000), 10000)))


def with_bytes(block: ExifBlock, tag: int, kind: int, data: bytes) -> ExifBlock:
    """Set a tag of any kind (values in the block's byte order) of the image directory."""
    return _with_image(block, Entry(tag, kind, len(data) // _TYPE_SIZE[kind], data))


def with_longs(block: ExifBlock, tag: int, values: tuple[int, ...]) -> ExifBlock:
    """Set a LONG tag of the image directory."""
    return _with_image(block, Entry(tag, LONG, len(values), struct.pack(f"{block.order}{len(values)}L", *values)))


def with_size(block: ExifBlock, width: int, height: int) -> ExifBlock:
    """Correct the pixel size of the photo directory where it is given."""
    photo = tuple(e for e in block.photo if e.tag not in (PIXEL_X, PIXEL_Y))
    if len(photo) != len(block.photo):
        pair = ((PIXEL_X, width), (PIXEL_Y, height))
        photo += tuple(Entry(tag, LONG, 1, struct.pack(block.order + "L", value)) for tag, value in pair)
    return replace(block, photo=photo)


def _with_image(block: ExifBlock, entry: Entry) -> ExifBlock:
    return replace(block, image=(*(e for e in block.image if e.tag != entry.tag), entry))


def write_exif(block: ExifBlock) -> bytes:
    """The block as TIFF bytes without prefix; directories sorted by tag, as TIFF 6.0 demands."""
    return b"".join(write_exif_at(block, 8))


def write_exif_at(block: ExifBlock, start: int) -> tuple[bytes, bytes]:
    """The 8-byte TIFF header, and the directories for offset `start` of the same file."""
    header = (b"II*\0" if block.order == "<" else b"MM\0*") + struct.pack(block.order + "L", start)
    children = [(tag, part) for tag, part in ((PHOTO_IFD, block.photo), (GPS_IFD, block.gps)) if part]
    pointers = tuple(Entry(tag, LONG, 1, b"\0\0\0\0") for tag, _ in children)
    # the pointers have a fixed size, so one layout pass with zeros gives the offsets of the children
    place = start + len(_packed(block.image + pointers, start, block.order))
    body, targets = b"", []
    for tag, part in children:
        targets.append(Entry(tag, LONG, 1, struct.pack(block.order + "L", place + len(body))))
        body += _packed(part, place + len(body), block.order)
    return header, _packed(block.image + tuple(targets), start, block.order) + body


def _packed(entries: tuple[Entry, ...], start: int, order: Order) -> bytes:
    """One directory at offset `start`, its long values behind it, no next directory; even length."""
    entries = tuple(sorted(entries, key=lambda e: e.tag))
    free = start + 2 + 12 * len(entries) + 4
    table, values = struct.pack(order + "H", len(entries)), b""
    for entry in entries:
        table += struct.pack(order + "HHL", entry.tag, entry.kind, entry.count)
        if len(entry.data) <= 4:
            table += entry.data.ljust(4, b"\0")
        else:
            table += struct.pack(order + "L", free + len(values))
            values += entry.data + b"\0" * (len(entry.data) % 2)
    return table + b"\0\0\0\0" + values
