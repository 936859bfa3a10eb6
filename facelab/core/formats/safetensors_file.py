"""Reading and writing safetensors with our own header check: nothing is allocated before all of it holds."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from torch import Tensor

from facelab.core.errors import BrokenCheckpoint
from facelab.core.files import write_atomic

MAX_HEADER = 8 << 20  # a generator of 1024 px needs 30 kB
MAX_DATA = 800 << 20  # a 1024 px generator and discriminator have 240 MB
DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One tensor as the header describes it."""

    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class SafeFile:
    """The content of a safetensors file."""

    tensors: Mapping[str, Tensor]
    metadata: Mapping[str, str]


def looks_like(head: bytes) -> bool:
    """Whether a file's first 9 bytes may begin a safetensors file: a length, then a JSON object."""
    return len(head) >= 9 and head[8:9] == b"{"


def read_file(path: Path) -> SafeFile:
    """All tensors (their own memory, stored types) and the metadata; BrokenCheckpoint if anything is off."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(8)
        if len(head) < 8:
            raise _broken(path, "the file is incomplete")
        (length,) = struct.unpack("<Q", head)
        if length > min(MAX_HEADER, size - 8):
            raise _broken(path, f"its header claims {length} bytes, the file has {size}")
        entries, metadata = _parse(path, file.read(length))
        start = 8 + length
        if size - start > MAX_DATA:
            raise _broken(path, f"{(size - start) >> 20} MiB are more than any StyleGAN2 has")
        _check_layout(path, entries, size - start)
        if not entries or size == start:
            return SafeFile({name: _empty(entry) for name, entry in entries.items()}, metadata)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return SafeFile({name: _tensor(entry, data, start) for name, entry in entries.items()}, metadata)


def _parse(path: Path, text: bytes) -> tuple[dict[str, Entry], dict[str, str]]:
    try:
        raw = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
        about = raw.pop("__metadata__", None)
        metadata = {} if about is None else msgspec.json.decode(about, type=dict[str, str])
        return {name: msgspec.json.decode(part, type=Entry) for name, part in raw.items()}, metadata
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise _broken(path, f"its header cannot be read: {type(error).__name__}") from error


def _check_layout(path: Path, entries: Mapping[str, Entry], size: int) -> None:
    """Types known, shapes fit their bytes, and the tensors cover the data without overlap or hole."""
    position = 0
    for name, entry in sorted(entries.items(), key=lambda item: item[1].data_offsets):
        begin, end = entry.data_offsets
        if entry.dtype not in DTYPES:
            raise _broken(path, f"{name} has the unknown type {entry.dtype[:20]}")
        if end > size:
            raise _broken(path, f"the file is incomplete: {name} ends at byte {end} of {size}")
        if begin != position or end < begin:
            raise _broken(path, f"{name} lies at bytes {begin} to {end}, where it cannot be")
        count = 1
        for side in entry.shape:
            if side < 0:
                raise _broken(path, f"{name} has a negative side")
            count *= side  # Python integers do not overflow
        if len(entry.shape) > 8 or count * DTYPES[entry.dtype].itemsize != end - begin:
            raise _broken(path, f"{name}: its shape does not fit its {end - begin} bytes")
        position = end
    if position != size:
        raise _broken(path, f"{size - position} bytes belong to no tensor")


def _empty(entry: Entry) -> Tensor:
    return torch.empty(entry.shape, dtype=DTYPES[entry.dtype])


def _tensor(entry: Entry, data: mmap.mmap, start: int) -> Tensor:
    begin, end = entry.data_offsets
    if begin == end:
        return _empty(entry)
    raw = bytearray(data[start + begin : start + end])
    return torch.frombuffer(raw, dtype=DTYPES[entry.dtype]).reshape(entry.shape)


def write_file(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write atomically: a crash leaves the old file or the new one. CannotWrite if the folder refuses."""
    write_atomic(path, packed(tensors, metadata))


def packed(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> bytes:
    """The bytes of a safetensors file; equal content gives equal bytes.

    Large types first, as the format wants it, so that every tensor is aligned; the header is filled up to 8 bytes.
    """
    ready = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    header: dict[str, object] = {"__metadata__": dict(sorted(metadata.items()))} if metadata else {}
    place, body = 0, []
    for name in sorted(ready, key=lambda name: (-ready[name].element_size(), name)):
        tensor = ready[name]
        body.append(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
        end = place + len(body[-1])
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [place, end]}
        place = end
    text = msgspec.json.encode(header)
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *body])


def _broken(path: Path, reason: str) -> BrokenCheckpoint:
    return BrokenCheckpoint(path=path, reason=reason)
