"""Arrays from a `torch.save` file that others made (.pt): a tensor, a list or a dict of tensors; nothing is run."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facelab.core.errors import BrokenCheckpoint, UnsupportedCheckpoint
from facelab.core.formats.pickle_machine import AllowList, BadPickle, Budget, ForeignPickle, Record
from facelab.core.formats.rosinality import read_torch
from facelab.core.formats.torch_records import STORAGE_NAMES, TENSOR_CALLS, View, materialise

LABEL = "torch tensors (.pt)"
MAX_NUMBERS = 64 << 20
MAX_FOUND = 1000


def load_torch_arrays(path: Path | str) -> dict[str, NDArray[np.generic]]:
    """All tensors of floating point numbers by name ("" for a bare tensor, "0", "1" in a list, "a.b" in dicts).

    Raises UnsupportedCheckpoint, BrokenCheckpoint.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            if path.stat().st_size == 0:
                raise BadPickle("the file is empty")
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        content = read_torch(data, _allowed, Budget())
        views: dict[str, View] = {}
        _collect(content, "", views)
        if sum(found.size for found in views.values()) > MAX_NUMBERS:
            raise BadPickle("its tensors are too large for directions")
        tensors = materialise(views)
    except ForeignPickle as error:
        raise UnsupportedCheckpoint(path=path, reason=str(error), tried=LABEL) from error
    except BadPickle as error:
        raise BrokenCheckpoint(path=path, reason=str(error)) from error
    except OSError as error:
        raise BrokenCheckpoint(path=path, reason=error.strerror or "it cannot be read") from error
    return {name: t.float().numpy() for name, t in tensors.items() if t.is_floating_point()}


def _allowed(refer: Callable[[object], object]) -> AllowList:
    news = frozenset({("collections", "OrderedDict")})
    return AllowList(TENSOR_CALLS, news=news, bare=STORAGE_NAMES | news, persistent=refer)


def _collect(value: object, name: str, found: dict[str, View], depth: int = 0) -> None:
    if len(found) >= MAX_FOUND or depth > 4:
        raise BadPickle("it holds more than directions")
    if isinstance(value, View):
        found[name] = value
    elif isinstance(value, dict | Record):
        for key, item in value.items():
            _collect(item, f"{name}.{key}" if name else str(key), found, depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _collect(item, f"{name}.{index}" if name else str(index), found, depth + 1)
