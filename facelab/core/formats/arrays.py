"""Plain numpy arrays from files that others made (.npy, .npz): directions, latents, noise maps."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facelab.core.errors import BrokenCheckpoint, UnsupportedCheckpoint

MAX_BYTES = 256 << 20
NPY = b"\x93NUMPY"
ZIP = b"PK\x03\x04"
LABEL = "NumPy arrays of numbers (.npy, .npz)"


def load_arrays(path: Path | str) -> dict[str, NDArray[np.generic]]:
    """All arrays of an .npz by name, or of an .npy under its stem. Arrays of objects (pickles) are refused unread.

    Every array's header is checked before anything of its size is allocated. Raises UnsupportedCheckpoint,
    BrokenCheckpoint.
    """
    path = Path(path)
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise BrokenCheckpoint(path=path, reason="it is not a regular file")
    try:
        with path.open("rb") as file:
            head = file.read(6)
        if head == NPY:
            return {path.stem: _from_npy(path)}
        if head[:4] == ZIP:
            return _from_npz(path)
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise BrokenCheckpoint(path=path, reason=f"not an array file that can be trusted: {error}") from error
    except OSError as error:
        raise BrokenCheckpoint(path=path, reason=error.strerror or "it cannot be read") from error
    raise UnsupportedCheckpoint(path=path, reason="its content is no NumPy file", tried=LABEL)


def _from_npy(path: Path) -> NDArray[np.generic]:
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(f"{size >> 20} MiB are too many")
    with path.open("rb") as file:
        return _array(file.read())


def _from_npz(path: Path) -> dict[str, NDArray[np.generic]]:
    arrays: dict[str, NDArray[np.generic]] = {}
    left = MAX_BYTES
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.filename.endswith(".npy"):
                raise ValueError("a member is no array")
            if entry.file_size > left:
                raise ValueError("its arrays are too large")
            with archive.open(entry) as member:
                data = member.read(entry.file_size + 1)  # one byte more than declared shows a lie
            left -= len(data)
            if len(data) > entry.file_size:
                raise ValueError("its arrays are larger than it says")
            arrays[entry.filename[: -len(".npy")]] = _array(data)
    return arrays


def _array(data: bytes) -> NDArray[np.generic]:
    file = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(file, max_header_size=4096)
    except Exception as error:  # numpy parses it as Python text and lets through what the parser raises
        raise ValueError("its header cannot be read") from error
    if dtype.hasobject or dtype.kind not in "fiub":
        raise ValueError("it holds objects, not numbers")
    count = 1
    for side in shape:
        count *= int(side)
    body = data[file.tell() :]
    if count < 0 or count * dtype.itemsize != len(body):
        raise ValueError("its shape does not fit its bytes")
    return np.frombuffer(body, dtype).reshape(shape, order="F" if fortran else "C").copy()
