"""The user's own sliders: folders below the user's models, by the generator they belong to."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np

from facelab.core.editing.directions import Direction, check_generator, load_direction, save_direction
from facelab.core.errors import CannotWrite, FacelabError, OutputExists, UsageError
from facelab.core.files import write_atomic
from facelab.core.studio.importing import read_array
from facelab.core.studio.names import KEY
from facelab.core.values import F32, Notice
from facelab.paths import user_models_dir

SCORER = "scorer.npy"


def own_folder(generator_sha256: str) -> Path:
    """Where the sliders of this generator lie; it need not exist."""
    return user_models_dir() / "directions" / generator_sha256[:16]


def load_own(generator_sha256: str) -> tuple[dict[str, Direction], tuple[Notice, ...]]:
    """The user's sliders of a generator by key. One that cannot be used is left out, and a notice says so."""
    found: dict[str, Direction] = {}
    notices: list[Notice] = []
    folder = own_folder(generator_sha256)
    for entry in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not (entry / "direction.toml").is_file():
            continue
        try:
            direction = load_direction(entry)
            check_generator(direction, generator_sha256)
            found[direction.key] = direction
        except FacelabError as error:
            notices.append(Notice("own_direction", f"A slider of yours was left out: {error}"))
    return found, tuple(notices)


def save_own(direction: Direction, *, replace: bool = False, scorer: F32 | None = None) -> Path:
    """Keep a slider; returns its folder. scorer: f32 [F + 1], weights and bias of what its labels taught.

    Raises OutputExists, UsageError, CannotWrite.
    """
    check_key(direction.key)
    folder = own_folder(direction.generator_sha256) / direction.key
    if folder.exists() and not replace:
        raise OutputExists(path=folder)
    try:
        save_direction(direction, folder)
        if scorer is not None:
            buffer = io.BytesIO()
            np.save(buffer, np.asarray(scorer, np.float32), allow_pickle=False)
            write_atomic(folder / SCORER, buffer.getvalue())
        else:
            (folder / SCORER).unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(path=folder, reason=error.strerror or str(error)) from error
    return folder


def load_scorer(direction: Direction, features: int) -> F32 | None:
    """Weights and bias f32 [features + 1] that judge this slider's attribute; None when there are none that fit."""
    path = own_folder(direction.generator_sha256) / direction.key / SCORER
    if not path.is_file():
        return None
    try:
        _, array = read_array(path)
    except FacelabError:
        return None
    return array if array.shape == (features + 1,) else None


def remove_own(key: str, generator_sha256: str) -> bool:
    """Delete a slider of the user; False when there is none."""
    check_key(key)
    folder = own_folder(generator_sha256) / key
    if not (folder / "direction.toml").is_file():
        return False
    shutil.rmtree(folder, ignore_errors=True)
    return True


def check_key(key: str) -> None:
    """Raises UsageError unless the key can stand in `--set KEY=VALUE` and be a folder's name."""
    if not KEY.fullmatch(key):
        raise UsageError(
            detail=f"{key!r} is not a name for a slider: a-z, 0-9 and _, beginning with a letter, up to 40"
        )
