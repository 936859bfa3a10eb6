"""What a crash must not lose: a folder per open session with its photo, journal and tuned weights.

Everything is written atomically with modes 0700 and 0600, and deleted when the session is discarded or
closed cleanly. A folder whose program no longer runs is offered back at the next start.

    folder = begin(state_dir())                     when a photo is opened
    keep_photo(folder, data)
    write_journal(folder, journal)                  after every undo entry
    SaveProject(path=weights_path(folder), ...)     every few seconds of tuning, and when it ends
    end(folder)                                     on discard and clean close
"""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path

import msgspec

from facelab.core.files import write_atomic
from facelab.core.processes import alive
from facelab.core.recipe import EditRecipe

FOLDER = "recovery"
JOURNAL, PHOTO, WEIGHTS, OWNER = "journal.json", "photo.bin", "work.facelab", "owner.json"
MAX_JOURNAL = 4 << 20


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a session that is cheap to write. points: five (x, y) in photo px, when set by hand.

    photo_name: for showing; project: the .facelab file the session was opened from or saved to.
    history: recipes of the undo list with their readable names; position: the current one.
    """

    photo_name: str = ""
    project: str = ""
    face: int = 0
    points: tuple[tuple[float, float], ...] = ()
    recipe: EditRecipe = msgspec.field(default_factory=EditRecipe)
    history: tuple[tuple[str, EditRecipe], ...] = ()
    position: int = 0
    variants: tuple[tuple[str, EditRecipe], ...] = ()
    preset: str = ""


class _Owner(msgspec.Struct, frozen=True):
    pid: int
    started: str


@dataclass(frozen=True, slots=True)
class Recoverable:
    """A session of a program that ended without saying goodbye. photo, weights: None if not there."""

    folder: Path
    journal: Journal
    photo: Path | None
    weights: Path | None
    modified: float


def begin(state_dir: Path) -> Path:
    """Make an empty session folder that belongs to this process. Raises CannotWrite or OSError."""
    parent = state_dir / FOLDER
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    parent.chmod(0o700)
    folder = parent / uuid.uuid4().hex
    folder.mkdir(mode=0o700)
    _own(folder)
    return folder


def keep_photo(folder: Path, data: bytes) -> None:
    """Keep the original photo's bytes. Raises CannotWrite."""
    write_atomic(folder / PHOTO, data, private=True)


def write_journal(folder: Path, journal: Journal) -> None:
    """Replace the journal. Raises CannotWrite."""
    write_atomic(folder / JOURNAL, msgspec.json.encode(journal), private=True)


def weights_path(folder: Path) -> Path:
    """Where the engine saves generator, pivots and photo of this session."""
    return folder / WEIGHTS


def end(folder: Path) -> None:
    """Delete a session's folder; missing parts are no error."""
    shutil.rmtree(folder, ignore_errors=True)


def clear(state_dir: Path) -> None:
    """Forget every session that no running program owns."""
    for entry in _folders(state_dir):
        if not _owned(entry):
            end(entry)


def find_recoverable(state_dir: Path) -> tuple[Recoverable, ...]:
    """Sessions left by programs that no longer run, newest first; useless leftovers are deleted."""
    found = []
    for folder in _folders(state_dir):
        if _owned(folder):
            continue
        journal = _read_journal(folder)
        photo, weights = _existing(folder / PHOTO), _existing(folder / WEIGHTS)
        if photo is None and weights is None:
            end(folder)
            continue
        modified = max(path.stat().st_mtime for path in (folder, photo, weights) if path is not None)
        found.append(Recoverable(folder, journal, photo, weights, modified))
    return tuple(sorted(found, key=lambda item: -item.modified))


def adopt(recoverable: Recoverable) -> Path:
    """Take a recovered session over: its folder belongs to this process from now on."""
    _own(recoverable.folder)
    return recoverable.folder


def _folders(state_dir: Path) -> list[Path]:
    parent = state_dir / FOLDER
    return sorted(entry for entry in parent.iterdir() if entry.is_dir()) if parent.is_dir() else []


def _existing(path: Path) -> Path | None:
    return path if path.is_file() else None


def _read_journal(folder: Path) -> Journal:
    """The journal; an empty one when it is missing or damaged (writing is atomic, disks are not)."""
    path = folder / JOURNAL
    try:
        if path.stat().st_size > MAX_JOURNAL:
            return Journal()
        return msgspec.json.decode(path.read_bytes(), type=Journal)
    except (OSError, ValueError):
        return Journal()


def _own(folder: Path) -> None:
    owner = _Owner(os.getpid(), _started(os.getpid()))
    write_atomic(folder / OWNER, msgspec.json.encode(owner), private=True)


def _owned(folder: Path) -> bool:
    """Whether the process that made the folder still runs (and is not another one with its number)."""
    try:
        owner = msgspec.json.decode((folder / OWNER).read_bytes(), type=_Owner)
    except (OSError, ValueError):
        return False
    return alive(owner.pid) and _started(owner.pid) == owner.started


def _started(pid: int) -> str:
    """Start time as the kernel counts it, where it can be had cheaply; tells two holders of one pid apart."""
    with contextlib.suppress(OSError, IndexError):
        text = Path(f"/proc/{pid}/stat").read_text()
        return text.rpartition(")")[2].split()[19]
    return ""
