"""The recently opened files: private to the user, deleted with "clear history"."""

from __future__ import annotations

import json
from pathlib import Path

from facelab.core.errors import CannotWrite
from facelab.core.files import write_atomic

LIMIT = 12


class Recents:
    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "recent.json"

    def read(self) -> list[str]:
        """Paths that still exist, newest first; a damaged list counts as empty."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return []
        return [path for path in found if isinstance(path, str) and Path(path).is_file()][:LIMIT]

    def add(self, path: Path) -> None:
        paths = [str(path), *(old for old in self.read() if old != str(path))]
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomic(self._path, json.dumps(paths[:LIMIT]).encode(), private=True)
        except (OSError, CannotWrite):  # a read-only home costs the list, not the work
            return

    def clear(self) -> None:
        self._path.unlink(missing_ok=True)
