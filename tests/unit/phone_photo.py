"""A JPEG as phones and photo programs leave it: the face is in it nine times, and only one of them is the picture."""

from __future__ import annotations

import io
import struct
from pathlib import Path

from PIL import Image, ImageCms

XMP_HEAD, EXTENSION_HEAD = b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0"
GUID = b"0123456789ABCDEF0123456789ABCDEF"
MARKS = (
    b"MPF\0", b"JFXX", b"hdrgm", b"GContainer", b"xmp/extension", b"GDepth", b"ftypmp42", b"SEFH", b"jumb", b"c2pa",
    b"MAKERNOTE", b"GPSLatitude", b"Shibuya", b"PREVIEW", b"a comment",
)  # fmt: skip
"""Words beside the hidden pictures; none of them may be in an edited copy."""
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" '
    'xmlns:GContainer="http://ns.google.com/photos/1.0/container/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    'xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" xmp:CreateDate="2025-12-31T23:59:59" '
    f'xmpNote:HasExtendedXMP="{GUID.decode()}" hdrgm:Version="1.0" GCamera:MotionPhoto="1" '
    'exif:GPSLatitude="35,39.5N"><dc:creator><rdf:Seq><rdf:li>Ada Lovelace</rdf:li></rdf:Seq></dc:creator>'
    '<GContainer:Directory><rdf:Seq><rdf:li rdf:parseType="Resource"><GContainer:Semantic>GainMap'
    "</GContainer:Semantic></rdf:li></rdf:Seq></GContainer:Directory></rdf:Description></rdf:RDF></x:xmpmeta>"
).encode()


def _jpeg(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", **options)
    return buffer.getvalue()


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _exif(note: bytes) -> bytes:
    """Camera, author, dates, position, a maker note; Pillow gives back the block with its prefix."""
    exif = Image.Exif()
    exif.update({271: "Maker", 272: "Phone 9", 274: 1, 306: "2026:01:02 03:04:05", 315: "Ada", 33432: "(c) Ada"})
    exif.get_ifd(34665).update({36867: "2025:12:31 23:59:59", 33437: 1.8, 37500: note})
    exif.get_ifd(34853).update({1: "N", 2: (35.0, 39.0, 30.0), 3: "E", 4: (139.0, 42.0, 0.0)})
    return exif.tobytes()


def _with_thumbnail(exif: bytes, thumbnail: bytes) -> bytes:
    """The block with a second directory that holds a JPEG (EXIF 4.5.4)."""
    body = bytearray(exif[6:])
    order = "<" if body[:2] == b"II" else ">"
    (first,) = struct.unpack_from(order + "L", body, 4)
    (count,) = struct.unpack_from(order + "H", body, first)
    struct.pack_into(order + "L", body, first + 2 + 12 * count, len(body))
    data = len(body) + 2 + 3 * 12 + 4
    body += struct.pack(order + "H", 3)
    body += struct.pack(order + "HHLHxx", 259, 3, 1, 6)
    body += struct.pack(order + "HHLL", 513, 4, 1, data)
    body += struct.pack(order + "HHLL", 514, 4, 1, len(thumbnail))
    return exif[:6] + bytes(body + b"\0\0\0\0" + thumbnail)


def _multi_picture(first: int, second: int) -> bytes:
    """The index of CIPA DC-007 for two pictures of these sizes; the second one follows the first."""
    head = b"MPF\0II*\0" + struct.pack("<L", 8)
    table = struct.pack("<H", 3) + struct.pack("<HHL4s", 0xB000, 7, 4, b"0100")
    table += struct.pack("<HHLL", 0xB001, 4, 1, 2) + struct.pack("<HHLL", 0xB002, 7, 32, 50) + struct.pack("<L", 0)
    entries = struct.pack("<LLLHH", 0x030000, first, 0, 0, 0) + struct.pack("<LLLHH", 0, second, first, 0, 0)
    return head + table + entries


def phone_jpeg(picture: Path) -> tuple[bytes, tuple[bytes, ...]]:
    """(the file, the pictures hidden in it). Each hidden picture is a JPEG of the same face in its own size."""
    with Image.open(picture) as opened:
        face = opened.convert("RGB")
    hidden = tuple(_jpeg(face.resize((side, side)), quality=60) for side in (64, 72, 80, 88, 96, 104, 112, 120))
    thumb, note, jfxx, resource, gain, preview, depth, motion = hidden
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain = _jpeg(face, quality=92, dpi=(300, 300), icc_profile=profile)
    extended = b'<x:xmpmeta xmlns:GDepth="http://ns.google.com/photos/1.0/depthmap/">' + depth
    photoshop = b"8BIM\x04\x0c\0\0" + struct.pack(">L", 28 + len(resource)) + b"\0" * 28 + resource
    photoshop += b"\0" * (len(photoshop) % 2) + b"8BIM\x04\x04\0\0\0\0\0\x0c\x1c\x02\x5a\0\x07Shibuya"
    segments = b"".join(
        [
            _segment(0xE0, b"JFXX\0\x10" + jfxx),
            _segment(0xE1, _with_thumbnail(_exif(b"MAKERNOTE" + note), thumb)),
            _segment(0xE1, XMP_HEAD + XMP),
            _segment(0xE1, EXTENSION_HEAD + GUID + struct.pack(">LL", len(extended), 0) + extended),
            _segment(0xEB, b"JP\0\x01\0\0\0\x01\0\0\0\x10jumb\0\0\0\x08c2pa"),
            _segment(0xED, b"Photoshop 3.0\0" + photoshop),
            _segment(0xE4, b"PREVIEW\0" + preview),
            _segment(0xFE, b"a comment"),
        ]
    )
    end = 2 + 18  # behind SOI and JFIF
    index = len(_segment(0xE2, _multi_picture(0, 0)))
    segments += _segment(0xE2, _multi_picture(len(plain) + len(segments) + index, len(gain)))
    film = struct.pack(">L", 24) + b"ftypmp42\0\0\0\0mp42isom" + struct.pack(">L", 8 + len(motion)) + b"mdat" + motion
    trailer = b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + film + b"SEFH" + b"\0" * 20 + b"SEFT"
    return plain[:end] + segments + plain[end:] + gain + trailer, hidden
