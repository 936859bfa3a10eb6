"""The zip container of a .facelab file: few known members, each bounded, nothing ever extracted by name."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from facelab.core.errors import BrokenProject
from facelab.core.files import replacing

MANIFEST = "manifest.json"
GENERATOR = "generator.safetensors"
DELTA = "delta.safetensors"
LATENTS = "latents.safetensors"
DIRECTIONS = "directions.safetensors"
PHOTO = re.compile(r"photos/\d{1,4}\.bin")

MB = 1 << 20
LIMITS = {MANIFEST: 4 * MB, GENERATOR: 64 * MB, DELTA: 512 * MB, LATENTS: 256 * MB, DIRECTIONS: 64 * MB}
PHOTO_LIMIT = 256 * MB
ALL_PHOTOS_LIMIT = 1024 * MB
MAX_MEMBERS = 1024
MAX_RATIO = 200  # deflate reaches about 1000 on zeros; real members stay below 20
MAX_DIRECTORY = 512 * MAX_MEMBERS  # bytes; zipfile would read millions of entries before we see one
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # equal content gives equal files; says nothing about when

ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError,
    KeyError, OverflowError,
)  # fmt: skip


class ProjectReader:
    """An open .facelab file whose directory has been checked. Every reading method raises BrokenProject."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        self._members = self._checked_members()

    def _checked_members(self) -> dict[str, zipfile.ZipInfo]:
        members: dict[str, zipfile.ZipInfo] = {}
        photos = 0
        for info in self._archive.infolist():
            name = info.filename
            limit = LIMITS.get(name, PHOTO_LIMIT if PHOTO.fullmatch(name) else None)
            if limit is None:
                raise self.broken(f"it holds {name[:60]!r}, which does not belong there")
            if name in members:
                raise self.broken(f"it holds {name} twice")
            if info.file_size > limit:
                raise self.broken(f"{name} claims {info.file_size >> 20} MB")
            if info.file_size > MAX_RATIO * info.compress_size + MB:
                raise self.broken(f"{name} is a decompression bomb")
            if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self.broken(f"{name} is encrypted or packed in an unknown way")
            photos += info.file_size if PHOTO.fullmatch(name) else 0
            members[name] = info
        if len(members) > MAX_MEMBERS or photos > ALL_PHOTOS_LIMIT:
            raise self.broken("it holds too much")
        return members

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """A whole member, whose checksum holds."""
        if name not in self._members:
            raise self.broken(f"{name} is missing")
        info = self._members[name]
        try:
            with self._archive.open(info) as file:
                data = file.read(info.file_size + 1)
        except ZIP_ERRORS as error:
            raise self.broken(f"{name} cannot be read: {type(error).__name__}") from error
        if len(data) != info.file_size:
            raise self.broken(f"{name} is not as long as it says")
        return data

    def broken(self, reason: str) -> BrokenProject:
        return BrokenProject(path=self._path, reason=reason)


@contextmanager
def open_project(path: Path) -> Iterator[ProjectReader]:
    """Open a .facelab file for reading. Raises BrokenProject."""
    if not path.exists():
        raise BrokenProject(path=path, reason="there is no such file")
    if not path.is_file():  # a pipe would be waited for
        raise BrokenProject(path=path, reason="it is not a regular file")
    try:
        _check_end(path)
        archive = zipfile.ZipFile(path)
    except ZIP_ERRORS as error:
        raise BrokenProject(path=path, reason="it is no zip container, or it is cut off") from error
    with archive:
        yield ProjectReader(path, archive)


def _check_end(path: Path) -> None:
    """Look at the end record before zipfile believes it. Raises BrokenProject, OSError, struct.error."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - (22 + 65535)))  # the record and the longest comment
        tail = file.read()
    at = tail.rfind(END)
    if at < 0:
        raise zipfile.BadZipFile
    count, directory = struct.unpack_from("<HL", tail, at + 10)
    # no file of ours is large enough for a 64-bit directory
    if count > MAX_MEMBERS or directory > MAX_DIRECTORY or tail[max(0, at - 20) : at].startswith(END_64):
        raise BrokenProject(path=path, reason="it holds too much")


def write_project(path: Path, members: Mapping[str, bytes]) -> None:
    """Write all members or nothing, readable by the user only: the file can recreate a face. Raises CannotWrite."""
    with replacing(path, private=True) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, FIXED_TIME)
            # photos are compressed already; the rest is numbers, where level 1 gives nearly all there is
            info.compress_type = zipfile.ZIP_STORED if PHOTO.fullmatch(name) else zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, data, compresslevel=1)
