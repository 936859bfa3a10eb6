"""IPTC-IIM records inside a JPEG's Photoshop segment: authorship is kept, previews and places are not.

IIM version 4.2: records are 0x1C, record number, dataset number, 16-bit length. Photoshop resources are
`8BIM`, id, a Pascal string, 32-bit length.
"""

from __future__ import annotations

import struct

IIM_RESOURCE = 0x0404
# record 2: version, title, urgency, keywords, dates, byline(s), headline, credit, source, copyright, contact, caption
_KEPT = frozenset({0, 5, 10, 15, 20, 25, 40, 55, 60, 62, 63, 80, 85, 105, 110, 115, 116, 118, 120, 122})
_PLACES = frozenset({26, 27, 90, 92, 95, 100, 101})


def cleaned_iim(data: bytes, *, keep_gps: bool) -> bytes:
    """The kept datasets of IIM bytes, unchanged; reading stops at the first broken record."""
    kept, place = [], 0
    tags = _KEPT | _PLACES if keep_gps else _KEPT
    while place + 5 <= len(data) and data[place] == 0x1C:
        record, dataset = data[place + 1], data[place + 2]
        (length,) = struct.unpack_from(">H", data, place + 3)
        end = place + 5 + length
        if length & 0x8000 or end > len(data):
            break
        # 1:90 names the character set of the texts
        if (record == 2 and dataset in tags) or (record, dataset) == (1, 90):
            kept.append(data[place:end])
        place = end
    return b"".join(kept)


def app13_segment(iim: bytes) -> bytes:
    """A JPEG APP13 segment that holds only these IIM bytes; empty when there are none or too many."""
    if not iim or len(iim) > 60_000:
        return b""
    resource = b"8BIM" + struct.pack(">HHL", IIM_RESOURCE, 0, len(iim)) + iim + b"\0" * (len(iim) % 2)
    body = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + struct.pack(">H", len(body) + 2) + body
