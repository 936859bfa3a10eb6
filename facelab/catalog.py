"""The models: embedded, added by the user, and known to exist elsewhere. Values in, values out; no network.

torch is imported only where a checkpoint is really opened, so that listing is instant.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from facelab.core.errors import (
    BrokenCheckpoint,
    CannotWrite,
    ChecksumMismatch,
    ModelNotFound,
    OutputExists,
    UsageError,
)
from facelab.core.values import Notice
from facelab.paths import models_dir, torch_checkpoints_dir, user_models_dir

EMBEDDED = "base"
CHECKPOINT_SUFFIXES = (".safetensors", ".pkl", ".pt", ".pth")
MODEL_FILE = "model.toml"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class CatalogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One known file. sha256: whole, or the digits that begin it, or empty. bytes: 0 = unknown."""

    key: str
    kind: Literal["generator", "perceptual", "landmarks"]
    title: str
    file: str
    folder: Literal["embedded", "models", "torch"]
    licence: str
    improves: str
    address: str = ""
    source: str = ""
    bytes: int = 0
    sha256: str = ""
    commercial: bool = True

    @property
    def path(self) -> Path:
        """Where the file is, or will be."""
        match self.folder:
            case "embedded":
                return models_dir() / self.file
            case "models":
                return user_models_dir() / self.key / self.file
            case "torch":
                return torch_checkpoints_dir() / self.file


class _Catalog(msgspec.Struct):
    entry: list[CatalogEntry]


def load_catalog() -> tuple[CatalogEntry, ...]:
    """The known entries of models/catalog.toml."""
    return tuple(msgspec.toml.decode((models_dir() / "catalog.toml").read_bytes(), type=_Catalog).entry)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A line of `models list`. size in bytes (0 = unknown); present: on this computer."""

    name: str
    title: str
    kind: str
    licence: str
    size: int
    present: bool
    path: Path
    improves: str = ""
    address: str = ""


def list_models() -> tuple[ListedModel, ...]:
    """Known entries in the catalogue's order, then what the user added."""
    entries = load_catalog()
    listed = [_listed(entry) for entry in entries]
    known = {entry.key for entry in entries}
    root = user_models_dir()
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        files = checkpoints_in(folder) if folder.name not in known else []
        if files:
            about = _own_file(folder)
            size = files[0].stat().st_size
            title = about.title or folder.name
            listed.append(ListedModel(folder.name, title, "generator", about.licence, size, True, files[0]))
    return tuple(listed)


def _listed(entry: CatalogEntry) -> ListedModel:
    path = entry.path
    present = path.is_file()
    size = path.stat().st_size if present else entry.bytes
    return ListedModel(
        entry.key, entry.title, entry.kind, entry.licence, size, present, path, entry.improves, entry.address
    )


def checkpoints_in(folder: Path) -> list[Path]:
    """Checkpoint files of a model's folder, `generator.*` first."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if path.suffix in CHECKPOINT_SUFFIXES and path.is_file()]
    return sorted(found, key=lambda path: (path.stem != "generator", path.name))


def model_dir(name: str = EMBEDDED) -> Path:
    """The folder of an embedded or added model. Raises ModelNotFound."""
    if NAME.fullmatch(name):
        for folder in (user_models_dir() / name, models_dir() / name):
            if checkpoints_in(folder):
                return folder
    raise ModelNotFound(name=name)


def find_model(name: str | None) -> Path:
    """The checkpoint of a model given by name or by any path; None = the embedded one. Raises ModelNotFound."""
    if name is not None and Path(name).is_file():
        return Path(name)
    return checkpoints_in(model_dir(name or EMBEDDED))[0]


# --- info -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelReport:
    """What `models info` says of a checkpoint. convention: (crop_scale, crop_shift)."""

    path: Path
    name: str
    format: str
    size: int
    sha256: str
    resolution: int
    num_ws: int
    z_dim: int
    w_dim: int
    c_dim: int
    channels: tuple[int, ...]
    architecture: str
    parameters: int
    discriminator: bool
    convention: tuple[float, float]
    licence: str
    training_data: str
    source: str
    notices: tuple[Notice, ...]


def inspect_model(name: str | None) -> ModelReport:
    """Open a model by name or path. Raises ModelNotFound, UnsupportedCheckpoint, BrokenCheckpoint."""
    from facelab.core.formats import load_checkpoint, tensor_sha256

    path = find_model(name)
    checkpoint = load_checkpoint(path)
    config, about = checkpoint.config, checkpoint.metadata
    weights = (t for key, t in checkpoint.tensors.items() if not key.endswith(("noise_const", "w_avg")))
    entry = next((e for e in load_catalog() if e.path == path), None)
    return ModelReport(
        path=path,
        name=about.name or path.stem,
        format=checkpoint.format,
        size=path.stat().st_size,
        sha256=tensor_sha256(checkpoint.tensors),
        resolution=config.img_resolution,
        num_ws=config.num_ws,
        z_dim=config.z_dim,
        w_dim=config.w_dim,
        c_dim=config.c_dim,
        channels=config.channels,
        architecture=config.architecture,
        parameters=sum(tensor.numel() for tensor in weights),
        discriminator=checkpoint.discriminator is not None,
        convention=(about.crop.scale, about.crop.shift),
        licence=about.licence if about.licence != "unknown" or entry is None else entry.licence,
        training_data=about.training_data,
        source=about.source or (entry.source if entry else ""),
        notices=checkpoint.notices,
    )


# --- verify -----------------------------------------------------------------------------------


class OwnModelFile(msgspec.Struct):
    """The part of a model.toml that facelab reads. files: sha256 of each file's bytes, by name."""

    title: str = ""
    licence: str = "unknown"
    source: str = ""
    files: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Verified:
    """One checked file. state: ok, wrong, missing, unknown (no hash to compare with)."""

    path: Path
    state: Literal["ok", "wrong", "missing", "unknown"]
    expected: str
    actual: str


def _own_file(folder: Path) -> OwnModelFile:
    path = folder / MODEL_FILE
    if not path.is_file():
        return OwnModelFile()
    try:
        return msgspec.toml.decode(path.read_bytes(), type=OwnModelFile)
    except (ValueError, RecursionError) as error:  # msgspec's and tomllib's errors are ValueErrors
        raise BrokenCheckpoint(path=path, reason=f"it cannot be read: {error}") from error


def file_sha256(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe_files(folder: Path) -> dict[str, str]:
    """The `files` table of a model.toml: sha256 of every file beneath `folder` by its relative name."""
    found = sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in (MODEL_FILE, "MODEL_CARD.md"))
    return {path.relative_to(folder).as_posix(): file_sha256(path) for path in found}


def verify_model(name: str | None = None) -> tuple[Verified, ...]:
    """Compare all files of a model (or one file given by path) with the hashes known of them.

    A native checkpoint given by path is compared with the tensor hash inside it. Raises ModelNotFound.
    """
    entries = {entry.key: entry for entry in load_catalog()}
    known = entries.get(name) if name else None
    if known is not None and known.folder != "embedded":
        return (_compare(known.path, known.sha256 or _recorded(known.path)),)
    if name is not None and Path(name).is_file():
        return (_verify_path(Path(name)),)
    folder = model_dir(name or EMBEDDED)
    hashes = _own_file(folder).files
    if not hashes:
        return (_verify_path(checkpoints_in(folder)[0]),)
    return tuple(_compare(folder / file, digest) for file, digest in sorted(hashes.items()))


def _recorded(path: Path) -> str:
    """The hash written down at the first download, or empty."""
    note = path.with_name(path.name + ".sha256")
    return note.read_text(encoding="ascii").split()[0] if note.is_file() else ""


def _compare(path: Path, expected: str) -> Verified:
    if not path.is_file():
        return Verified(path, "missing", expected, "")
    actual = file_sha256(path)
    if not expected:
        return Verified(path, "unknown", "", actual)
    return Verified(path, "ok" if actual.startswith(expected.lower()) else "wrong", expected, actual)


def _verify_path(path: Path) -> Verified:
    """A file of which nothing is written down: its own tensor hash, if it has one."""
    from facelab.core.formats import load_checkpoint, tensor_sha256

    entry = next((e for e in load_catalog() if e.file == path.name and e.sha256), None)
    if entry is not None:
        return _compare(path, entry.sha256)
    checkpoint = load_checkpoint(path)  # raises when a stored hash does not fit
    digest = tensor_sha256(checkpoint.tensors)
    stored = checkpoint.format == "safetensors" and not any(n.code == "no_hash" for n in checkpoint.notices)
    return Verified(path, "ok" if stored else "unknown", digest if stored else "", digest)


# --- add --------------------------------------------------------------------------------------


def add_model(path: Path, name: str | None = None, licence: str | None = None) -> ListedModel:
    """Copy a checkpoint into the user's models after it was opened and checked; all of it or nothing.

    Adding the same file again under its name changes nothing. Raises UnsupportedCheckpoint, BrokenCheckpoint,
    OutputExists (another model has the name), UsageError (the name), CannotWrite.
    """
    from facelab.core.formats import load_checkpoint

    path = Path(path)
    checkpoint = load_checkpoint(path)
    name = name or re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-.") or "model"
    if not NAME.fullmatch(name) or (models_dir() / name).exists():
        raise UsageError(detail=f"{name!r} cannot be the name of an added model. Use letters, digits, dots and dashes.")
    folder, digest = user_models_dir() / name, file_sha256(path)
    about = OwnModelFile(
        title=checkpoint.metadata.name or name,
        licence=licence or checkpoint.metadata.licence,
        source=str(path.name),
        files={path.name: digest},
    )
    if folder.exists():
        same = folder / path.name
        if not same.is_file() or file_sha256(same) != digest:
            raise OutputExists(path=folder)
    else:
        _copy_folder(path, folder, about)
    return next(model for model in list_models() if model.path.parent == folder)


def _copy_folder(source: Path, folder: Path, about: OwnModelFile) -> None:
    import tomli_w

    half = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    try:
        half.mkdir(parents=True)
        shutil.copyfile(source, half / source.name)
        if file_sha256(half / source.name) != about.files[source.name]:
            raise ChecksumMismatch(path=half, actual="of the copy", expected=about.files[source.name])
        (half / MODEL_FILE).write_bytes(tomli_w.dumps(msgspec.to_builtins(about)).encode())
        half.rename(folder)
    except OSError as error:
        raise CannotWrite(path=folder, reason=error.strerror or str(error)) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
