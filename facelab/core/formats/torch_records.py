"""Tensors of torch's pickles, as bounds-checked views of the file: the storages, inside and nested.

Nothing is copied until a tensor was asked for by name; a file cannot make us allocate more than it has bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from facelab.core.formats.pickle_machine import (
    AllowList,
    BadPickle,
    Budget,
    Handler,
    Inert,
    Record,
    Symbol,
    read_pickle,
)

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LEGACY_HEAD = b"\x80\x02\x8a\n" + LEGACY_MAGIC.to_bytes(10, "little")
LEGACY_VERSION = 1001
MAX_BYTES = 800 << 20  # of all tensors taken from one file; a 1024 px generator and discriminator need 240 MB

STORAGES: Mapping[str, torch.dtype] = {
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "DoubleStorage": torch.float64,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
STORAGE_NAMES = frozenset(("torch", name) for name in STORAGES)
INTEGERS = {8: np.int64, 4: np.int32, 2: np.int16, 1: np.uint8}  # raw views by item size: numpy has no bfloat16


@dataclass(slots=True, eq=False)
class Storage:
    """`count` items; `data` is None until a legacy file's data section was reached."""

    dtype: torch.dtype
    count: int
    data: memoryview | None = None

    def attach(self, data: memoryview) -> None:
        """Give it its bytes; BadPickle when they are not what it declared."""
        if len(data) != self.count * self.dtype.itemsize:
            raise BadPickle(f"a storage of {self.count} numbers has {len(data)} bytes")
        self.data = data


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A tensor inside a storage, in items; checked by `view`."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    @property
    def size(self) -> int:
        """Items."""
        count = 1
        for side in self.shape:
            count *= side
        return count


def view(args: tuple[object, ...]) -> View:
    """`_rebuild_tensor_v2(storage, offset, shape, stride, ...)` with every bound checked."""
    if len(args) < 4 or not isinstance(args[0], Storage):
        raise BadPickle("a tensor in it has no storage")
    storage, offset = args[0], args[1]
    shape, stride = _counts(args[2]), _counts(args[3])
    if not isinstance(offset, int) or offset < 0 or len(shape) != len(stride):
        raise BadPickle("a tensor in it has an impossible shape")
    # the step along a side of one item means nothing, and may be any number
    stride = tuple(step if side > 1 else 0 for side, step in zip(shape, stride, strict=True))
    found = View(storage, offset, shape, stride)
    reach = sum((side - 1) * step for side, step in zip(shape, stride, strict=True))
    if found.size and offset + reach >= storage.count:
        raise BadPickle("a tensor in it reaches beyond its storage")
    if found.size > storage.count:
        raise BadPickle("a tensor in it is larger than its storage")
    return found


def _counts(value: object) -> tuple[int, ...]:
    if type(value) is not tuple or len(value) > 8 or not all(type(v) is int and v >= 0 for v in value):
        raise BadPickle("a tensor in it has an impossible shape")
    return value


def parameter(args: tuple[object, ...]) -> View:
    """`_rebuild_parameter(tensor, ...)` is the tensor."""
    if not args or not isinstance(args[0], View):
        raise BadPickle("a parameter in it is no tensor")
    return args[0]


def materialise(views: Mapping[str, View]) -> dict[str, Tensor]:
    """Tensors with their own memory and the stored types; BadPickle when they are too large together."""
    if sum(v.size * max(v.storage.dtype.itemsize, 4) for v in views.values()) > MAX_BYTES:
        raise BadPickle("its tensors are larger than any StyleGAN2")
    return {name: _materialise(v) for name, v in views.items()}


def _materialise(v: View) -> Tensor:
    if v.storage.data is None or not v.size:
        raise BadPickle("the data of a tensor is missing")
    raw = INTEGERS[v.storage.dtype.itemsize]
    items = np.frombuffer(v.storage.data, raw, v.storage.count)
    steps = tuple(step * items.itemsize for step in v.stride)
    strided = np.lib.stride_tricks.as_strided(items[v.offset :], v.shape, steps)
    return torch.from_numpy(np.array(strided, order="C")).view(v.storage.dtype)


def storage_id(value: object) -> tuple[torch.dtype, str, int]:
    """A persistent id ('storage', type, key, device, count[, None]) -> dtype, key, count. The device is ignored."""
    if type(value) is not tuple or len(value) not in (5, 6) or value[0] != "storage" or value[5:] not in ((), (None,)):
        raise BadPickle("it refers to data of an unknown kind")
    kind, key, count = value[1], value[2], value[4]
    if not isinstance(kind, Symbol) or (kind.module, kind.name) not in STORAGE_NAMES:
        raise BadPickle("a storage in it is of an unknown type")
    if not isinstance(key, str) or not isinstance(count, int) or count < 0:
        raise BadPickle("a storage in it has an impossible size")
    return STORAGES[kind.name], key, count


def read_legacy(data: memoryview, allowed: Callable[[Callable[[object], object]], AllowList], budget: Budget) -> object:
    """The torch.save format before 1.6: five pickles, then for each storage an int64 count and the raw data."""
    storages: dict[str, Storage] = {}

    def refer(value: object) -> Storage:
        dtype, key, count = storage_id(value)
        known = storages.setdefault(key, Storage(dtype, count))
        if known.dtype != dtype or known.count != count:
            raise BadPickle("a storage in it has two sizes")
        return known

    plain = AllowList({})
    magic, at = read_pickle(data, plain, budget)
    version, at = read_pickle(data, plain, budget, at)
    system, at = read_pickle(data, plain, budget, at)
    little = isinstance(system, dict) and system.get("little_endian") is True
    if magic != LEGACY_MAGIC or version != LEGACY_VERSION or not little:
        raise BadPickle("the head of its torch data is damaged")
    value, at = read_pickle(data, allowed(refer), budget, at)
    keys, at = read_pickle(data, plain, budget, at)
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise BadPickle("its list of storages is damaged")
    for key in keys:
        if key not in storages or storages[key].data is not None or len(data) - at < 8:
            raise BadPickle("its list of storages does not fit its data")
        (count,) = struct.unpack("<q", data[at : at + 8])
        storage, at = storages[key], at + 8
        end = at + storage.count * storage.dtype.itemsize
        if count != storage.count or end > len(data):
            raise BadPickle("its data is cut short")
        storage.attach(data[at:end])
        at = end
    return value


def nested_storage(budget: Budget) -> Handler:
    """`_load_from_bytes(bytes)`: a second torch file, whose value is one storage. Read with its own, smaller list."""

    def load(args: tuple[object, ...]) -> Storage:
        if len(args) != 1 or not isinstance(args[0], memoryview):
            raise BadPickle("a nested storage in it is damaged")
        found = read_legacy(args[0], lambda refer: AllowList({}, bare=STORAGE_NAMES, persistent=refer), budget)
        if not isinstance(found, Storage):
            raise BadPickle("a nested storage in it is something else")
        return found

    return load


def empty_record(args: tuple[object, ...]) -> Record:
    """A dict-like object without arguments; its items follow."""
    if args != ():
        raise BadPickle("it fills a dict in an unknown way")
    return Record()


TENSOR_CALLS: Mapping[tuple[str, str], Handler] = {
    ("torch._utils", "_rebuild_tensor_v2"): view,
    ("torch._utils", "_rebuild_parameter"): parameter,
    ("collections", "OrderedDict"): empty_record,
}


def numpy_type(args: tuple[object, ...]) -> Inert:
    """`numpy.dtype('f8', ...)`; only what a scalar needs."""
    if not args or args[0] not in ("f8", "f4", "i8", "i4"):
        raise BadPickle("a number in it is of an unknown type")
    return Inert(str(args[0]))


def numpy_scalar(args: tuple[object, ...]) -> float | int:
    """`scalar(dtype, bytes)`, little-endian."""
    forms = {"f8": "<d", "f4": "<f", "i8": "<q", "i4": "<i"}
    if len(args) != 2 or not isinstance(args[0], Inert) or not isinstance(args[1], memoryview):
        raise BadPickle("a number in it is damaged")
    form = forms[args[0].value]
    if len(args[1]) != struct.calcsize(form):
        raise BadPickle("a number in it is damaged")
    number: float | int = struct.unpack(form, args[1])[0]
    return number
