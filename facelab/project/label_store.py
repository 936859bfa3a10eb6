"""The user's labels: one small private file per question, so that labelling can go on another day."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import msgspec

from facelab.core.errors import CannotWrite
from facelab.core.files import write_atomic

log = logging.getLogger(__name__)
MAX_BYTES = 8 << 20


class LabelSet(msgspec.Struct, forbid_unknown_fields=True):
    """key: the slider's; name: what was asked, as typed. marks: (face, yes / no / None = skipped), oldest first.

    faces: those put forward so far, in order: "seed:12" or "photo:PATH".
    """

    key: str
    name: str
    generator_sha256: str
    marks: list[tuple[str, bool | None]] = []
    faces: list[str] = []

    @property
    def labels(self) -> dict[str, bool]:
        """The latest yes or no of every face; skipped ones are left out."""
        latest = dict(self.marks)
        return {face: yes for face, yes in latest.items() if yes is not None}

    @property
    def counts(self) -> tuple[int, int]:
        """(yes, no)."""
        labels = self.labels
        yes = sum(labels.values())
        return yes, len(labels) - yes

    def mark(self, face: str, yes: bool | None) -> None:
        """Label a face (again), or skip it."""
        self.marks.append((face, yes))

    def undo(self) -> str | None:
        """Take the last mark back; the face it was on, or None when there is none."""
        return self.marks.pop()[0] if self.marks else None

    def state(self, face: str) -> bool | str | None:
        """True, False, "skipped" or None = not yet."""
        latest = dict(self.marks)
        if face not in latest:
            return None
        yes = latest[face]
        return "skipped" if yes is None else yes


def _folder(state: Path, generator_sha256: str) -> Path:
    return state / "studio" / generator_sha256[:16]


def save_labels(state: Path, labels: LabelSet) -> None:
    """Write it below the user's state folder, for this user alone. Raises CannotWrite."""
    if not re.fullmatch(r"[a-z0-9_]+", labels.key):
        raise ValueError(f"{labels.key!r} cannot be a file's name")
    folder = _folder(state, labels.generator_sha256)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CannotWrite(path=folder, reason=error.strerror or str(error)) from error
    write_atomic(folder / f"{labels.key}.json", msgspec.json.encode(labels), private=True)


def load_labels(state: Path, generator_sha256: str) -> dict[str, LabelSet]:
    """All sets of a generator by key; files that cannot be read are left out."""
    found: dict[str, LabelSet] = {}
    folder = _folder(state, generator_sha256)
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            if path.stat().st_size > MAX_BYTES:
                raise ValueError("it is too large")
            labels = msgspec.json.decode(path.read_bytes(), type=LabelSet)
        except (OSError, ValueError) as error:
            log.warning("labels left out: %s", type(error).__name__)
            continue
        if labels.generator_sha256 == generator_sha256 and labels.key == path.stem:
            found[labels.key] = labels
    return found


def delete_labels(state: Path, generator_sha256: str, key: str) -> None:
    """Forget one set."""
    (_folder(state, generator_sha256) / f"{key}.json").unlink(missing_ok=True)
