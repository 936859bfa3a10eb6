"""Checkpoint formats. A new one is one file with `key`, `label`, `detect`, `load`, and one line in FORMATS."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from facelab.core.errors import BrokenCheckpoint, UnsupportedCheckpoint
from facelab.core.formats.checkpoint import Checkpoint, ModelMetadata, tensor_sha256
from facelab.core.formats.native import NativeFormat, save_native
from facelab.core.formats.nvlabs import NvlabsFormat
from facelab.core.formats.rosinality import RosinalityFormat

__all__ = [
    "FORMATS",
    "Checkpoint",
    "CheckpointFormat",
    "ModelMetadata",
    "load_checkpoint",
    "save_native",
    "tensor_sha256",
]


class CheckpointFormat(Protocol):
    """`detect` decides by content alone; `load` raises BrokenCheckpoint for what it detected but cannot trust."""

    key: str
    label: str

    def detect(self, path: Path) -> bool: ...

    def load(self, path: Path) -> Checkpoint: ...


FORMATS: tuple[CheckpointFormat, ...] = (NativeFormat(), NvlabsFormat(), RosinalityFormat())


def load_checkpoint(path: Path | str) -> Checkpoint:
    """Read a generator of any known format.

    Raises UnsupportedCheckpoint ("not mine": no format recognises it) or BrokenCheckpoint ("mine but broken").
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise UnsupportedCheckpoint(path=path, reason="there is no such file", tried=_tried())
        if path.stat().st_size == 0:
            raise BrokenCheckpoint(path=path, reason="the file is empty")
        for known in FORMATS:
            if known.detect(path):
                return known.load(path)
    except OSError as error:
        raise BrokenCheckpoint(path=path, reason=error.strerror or "it cannot be read") from error
    raise UnsupportedCheckpoint(path=path, reason="its content is of no known kind", tried=_tried())


def _tried() -> str:
    return ", ".join(known.label for known in FORMATS)
