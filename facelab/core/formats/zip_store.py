"""The zip files that torch writes: members stored as they are, so a member is a slice of the file.

Only the central directory is believed, and only after every offset and size was compared with the file.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from facelab.core.formats.pickle_machine import BadPickle

END = b"PK\x05\x06"
LOCAL = b"PK\x03\x04"
MAX_MEMBERS = 20_000
ALL_ONES_32 = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of the central directory. start: of its local header."""

    name: str
    method: int
    flags: int
    crc: int
    packed: int
    size: int
    start: int


def first_name(head: bytes) -> str:
    """Name of the first member, from the first bytes of the file; empty when it is no zip."""
    if len(head) < 30 or head[:4] != LOCAL:
        return ""
    (length,) = struct.unpack("<H", head[26:28])
    return head[30 : 30 + length].decode("utf-8", "replace")


def read_directory(data: memoryview) -> dict[str, Member]:
    """All members by name; BadPickle when the directory is missing, damaged or ambiguous."""
    position, count = _directory_place(data)
    members: dict[str, Member] = {}
    for _ in range(count):
        member, position = _member(data, position)
        if member.name in members:
            raise BadPickle("two members of the archive have the same name")
        members[member.name] = member
    return members


def _directory_place(data: memoryview) -> tuple[int, int]:
    """Where the central directory begins and how many members it has."""
    tail_start = max(0, len(data) - 65557)  # the end record and the longest comment
    tail = bytes(data[tail_start:])
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < 22:
        raise BadPickle("the archive is incomplete")
    count, size, start = struct.unpack("<HII", tail[at + 10 : at + 20])
    if count == 0xFFFF or ALL_ONES_32 in (size, start):
        count, size, start = _directory_place_64(data, tail_start + at)
    if count > MAX_MEMBERS or start + size > len(data):
        raise BadPickle("the directory of the archive is damaged")
    return start, count


def _directory_place_64(data: memoryview, end: int) -> tuple[int, int, int]:
    locator = bytes(data[max(0, end - 20) : end])
    if locator[:4] != b"PK\x06\x07":
        raise BadPickle("the directory of the archive is damaged")
    (at,) = struct.unpack("<Q", locator[8:16])
    record = bytes(data[at : at + 56]) if at < len(data) else b""
    if len(record) < 56 or record[:4] != b"PK\x06\x06":
        raise BadPickle("the directory of the archive is damaged")
    count, size, start = struct.unpack("<QQQ", record[32:56])
    return count, size, start


def _member(data: memoryview, position: int) -> tuple[Member, int]:
    head = bytes(data[position : position + 46])
    if len(head) < 46 or head[:4] != b"PK\x01\x02":
        raise BadPickle("the directory of the archive is damaged")
    flags, method = struct.unpack("<HH", head[8:12])
    crc, packed, size, name_length, extra_length, comment_length = struct.unpack("<IIIHHH", head[16:34])
    (start,) = struct.unpack("<I", head[42:46])
    end = position + 46 + name_length + extra_length + comment_length
    if end > len(data):
        raise BadPickle("the directory of the archive is damaged")
    name = str(data[position + 46 : position + 46 + name_length], "utf-8", "replace")
    extra = bytes(data[position + 46 + name_length : position + 46 + name_length + extra_length])
    size, packed, start = _large_sizes(extra, size, packed, start)
    return Member(name, method, flags, crc, packed, size, start), end


def _large_sizes(extra: bytes, size: int, packed: int, start: int) -> tuple[int, int, int]:
    """Replace the values that did not fit into 32 bits by those of the zip64 field."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack("<HH", extra[at : at + 4])
        field = extra[at + 4 : at + 4 + length]
        at += 4 + length
        if kind != 1:
            continue
        large = [value for (value,) in struct.iter_unpack("<Q", field[: len(field) // 8 * 8])]
        values = []
        for value in (size, packed, start):
            values.append(large.pop(0) if value == ALL_ONES_32 and large else value)
        return values[0], values[1], values[2]
    return size, packed, start


def member_bytes(data: memoryview, member: Member) -> memoryview:
    """A member's content as a slice of the file; refuses compression, encryption, lies and damage."""
    if member.method != 0 or member.flags & 1 or member.size != member.packed:
        raise BadPickle("a member of the archive is compressed, which torch never does")
    local = bytes(data[member.start : member.start + 30]) if member.start < len(data) else b""
    if len(local) < 30 or local[:4] != LOCAL:
        raise BadPickle("a member of the archive is not where it should be")
    name_length, extra_length = struct.unpack("<HH", local[26:30])
    begin = member.start + 30 + name_length + extra_length
    if begin + member.size > len(data):
        raise BadPickle(f"a member of the archive declares {member.size} bytes, which the file does not have")
    content = data[begin : begin + member.size]
    if zlib.crc32(content) != member.crc:
        raise BadPickle("a member of the archive is damaged: its checksum does not fit")
    return content
