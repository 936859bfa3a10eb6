"""Where results go: every path is decided and checked before the first second is spent."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from facelab.cli.options import MOVIE_SUFFIXES, PHOTO_SUFFIXES
from facelab.core.errors import CannotWrite, OutputExists, OutputIsInput, UsageError

PROJECT_SUFFIX = ".facelab"
READ_ONLY_SUFFIXES = (".bmp", ".heic", ".heif", ".avif")


@dataclass(frozen=True, slots=True)
class Output:
    """One file to write. kind: "photo" or "movie"."""

    path: Path
    kind: str


def unique_names(paths: Sequence[Path]) -> list[str]:
    """The stems, equal ones (on any file system: case folded) numbered -2, -3."""
    names: list[str] = []
    taken: set[str] = set()
    for path in paths:
        name, count = path.stem, 1
        while name.casefold() in taken:
            count += 1
            name = f"{path.stem}-{count}"
        taken.add(name.casefold())
        names.append(name)
    return names


def is_folder(path: Path) -> bool:
    """An existing folder, or a name without a suffix that facelab writes."""
    suffix = path.suffix.lower()
    if suffix in READ_ONLY_SUFFIXES:
        raise UsageError(
            detail=f"{path}: facelab reads {suffix} but writes {' '.join(PHOTO_SUFFIXES + MOVIE_SUFFIXES)}"
        )
    return path.is_dir() or suffix not in (*PHOTO_SUFFIXES, *MOVIE_SUFFIXES)


def plan_outputs(outs: Sequence[Path], photos: Sequence[Path], *, animate: bool) -> list[list[Output]]:
    """The files of each photo. A single file as OUT of several photos is a usage error."""
    names = unique_names(photos)
    plan: list[list[Output]] = [[] for _ in photos]
    for out in outs:
        if is_folder(out):
            for files, name in zip(plan, names, strict=True):
                files.append(Output(out / f"{name}.png", "photo"))
            continue
        if len(photos) > 1:
            raise UsageError(detail=f"{out} is one file for {len(photos)} photos. Give a folder as --out")
        movie = out.suffix.lower() in MOVIE_SUFFIXES or (animate and out.suffix.lower() == ".webp")
        plan[0].append(Output(out, "movie" if movie else "photo"))
    return plan


def plan_files(target: Path | None, photos: Sequence[Path], suffix: str) -> list[Path | None]:
    """`target` itself for one photo, else NAME + suffix in the folder `target`, one per photo."""
    if target is None:
        return [None] * len(photos)
    if len(photos) == 1 and not target.is_dir() and target.suffix.lower() == suffix:
        return [target]
    if target.suffix.lower() in (*PHOTO_SUFFIXES, *MOVIE_SUFFIXES, PROJECT_SUFFIX) and not target.is_dir():
        if target.suffix.lower() != suffix:
            raise UsageError(detail=f"{target}: give a name that ends in {suffix}, or a folder")
        raise UsageError(detail=f"{target} is one file for {len(photos)} photos. Give a folder")
    return [target / f"{name}{suffix}" for name in unique_names(photos)]


def check_targets(targets: Iterable[Path], inputs: Sequence[Path], *, force: bool) -> None:
    """Refuse outputs that are inputs, exist (without --force), or are written twice; make the folders last.

    Raises OutputIsInput, OutputExists, UsageError, CannotWrite.
    """
    chosen = list(targets)
    sources = {_identity(path) for path in inputs}
    seen: set[object] = set()
    for path in chosen:
        identity = _identity(path)
        if identity in sources:
            raise OutputIsInput(path=path)
        if identity in seen:
            raise UsageError(detail=f"{path} would be written twice")
        seen.add(identity)
        if path.is_dir():
            raise CannotWrite(path=path, reason="it is a folder")
        if path.exists() and not force:
            raise OutputExists(path=path)
    for folder in {path.parent for path in chosen}:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotWrite(path=folder, reason=error.strerror or str(error)) from error
        if not os.access(folder, os.W_OK):  # said now, not after a minute of computing
            raise CannotWrite(path=folder, reason="the folder is not yours to write in")


def report_targets(options: argparse.Namespace) -> list[Path]:
    """The file of `--json`, if it is one: an output like any other."""
    return [] if options.json in (None, "-") else [Path(options.json)]


def _identity(path: Path) -> object:
    """The same for two names of one file, hard links and other spellings included."""
    try:
        found = path.stat()
    except OSError:
        return str(path.resolve()).casefold()
    # some Windows file systems number no files
    return (found.st_dev, found.st_ino) if found.st_ino else str(path.resolve()).casefold()
