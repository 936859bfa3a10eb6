"""The segments in front of a JPEG's pixels, read by us so that Pillow's slow loops never see millions of them.

Fill bytes (0xFF, ITU T.81 B.1.1.2) and segments without use are left out of what the decoder gets; the file itself
is kept as it is.
"""

from __future__ import annotations

import re
import struct

_MARKER_ONLY = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})
_SOS, _EOI, _COMMENT = 0xDA, 0xD9, 0xFE
_SEGMENTS, _FILL = 2000, 16
_FILLED = re.compile(rb"\xff+")


class TooManySegments(ValueError):
    """More segments than any camera writes: not worth the time to read them."""


def slim_jpeg(data: bytes) -> bytes:
    """The same picture without long fills and comments; `data` itself where there are none.

    What is no proper segment ends the search, so that the decoder judges it. Raises TooManySegments.
    """
    kept: list[bytes] = []
    place, copied = 0, 0
    for _ in range(_SEGMENTS):
        if place + 4 > len(data) or data[place] != 0xFF:
            break
        filled = _FILLED.match(data, place)
        start = place if filled is None else filled.end() - 1  # the last 0xFF begins the marker
        if start + 4 > len(data):
            break
        marker = data[start + 1]
        if marker in (_SOS, _EOI):
            place = start
            break
        end = start + 2
        if marker not in _MARKER_ONLY:
            end += struct.unpack_from(">H", data, start + 2)[0]
        if start - place > _FILL or marker == _COMMENT:
            kept.append(data[copied:place])
            copied = end if marker == _COMMENT else start
        place = end
    else:
        raise TooManySegments("too many segments")
    return b"".join([*kept, data[copied:]]) if kept else data
