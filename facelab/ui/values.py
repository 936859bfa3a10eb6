"""Small values of the window."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Compare(Enum):
    """How the picture is set against the photo."""

    AFTER = "after"
    SPLIT = "split"
    BEFORE = "before"
    SIDE = "side"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the photo or project came from; enough to open it again."""

    path: Path | None = None
    data: bytes | None = None

    @property
    def is_project(self) -> bool:
        return self.path is not None and self.path.suffix.lower() == ".facelab"


@dataclass(slots=True)
class JobState:
    """kind: tune, add, export, drag, save, open. path: what an export or save writes."""

    number: int
    kind: str
    path: Path | None = None
    paused: bool = False
