"""What several verbs share: reading photos, taking faces, saving projects."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.cli.report import Console
from facelab.core.errors import FacelabError, UsageError

if TYPE_CHECKING:
    from facelab.core.recipe import EditRecipe
    from facelab.core.values import F32, F64, Landmarks, Notice
    from facelab.engine.session import FaceWork, Session, Slot
    from facelab.engine.toolkit import Toolkit

BAD_INPUT = 3


def load(options: argparse.Namespace, console: Console) -> Toolkit:
    """The generator of --model on --device, with its time counted and its remarks told."""
    began = time.monotonic()
    from facelab.engine.toolkit import load_toolkit

    toolkit = load_toolkit(options.model, options.device)
    console.add_seconds("load", time.monotonic() - began)
    console.notices(toolkit.notices)
    return toolkit


def points_of(points: F32 | F64) -> list[list[float]]:
    """Points [N, 2] for a report, in photo px."""
    return [[round(float(x), 2), round(float(y), 2)] for x, y in points]


def hand_points(options: argparse.Namespace, photo: Path) -> Landmarks | None:
    """The five points from --eyes and --mouth; the nose is put where faces have it. Raises UsageError, BadLandmarks."""
    if (options.eyes is None) != (options.mouth is None):
        raise UsageError(detail="--eyes and --mouth belong together")
    if options.eyes is None:
        return None
    from facelab.core.handpoints import landmarks_by_hand

    return landmarks_by_hand(options.eyes, options.mouth, str(photo))


def open_slot(session: Session, path: Path, console: Console) -> Slot:
    """Read one photo into a session and tell what is special about it. Raises UnreadablePhoto or PhotoTooLarge."""
    from facelab.core.photo import read_photo

    began = time.monotonic()
    slot = session.add_photo(read_photo(path), path.name)
    console.add_seconds("read", time.monotonic() - began)
    console.notices(slot.photo.notices, path.name)
    return slot


def box_of(work: FaceWork) -> list[float]:
    """x, y, width, height of a face in photo px: as found, else what its crop covers."""
    faces = work.slot.faces or ()
    if work.index < len(faces) and not work.aligned:
        return [round(float(value), 2) for value in faces[work.index].box]
    low, high = work.alignment.quad.min(axis=0), work.alignment.quad.max(axis=0)
    return [round(float(value), 2) for value in (*low, *(high - low))]


def save_project(
    console: Console,
    session: Session,
    path: Path,
    recipe: EditRecipe,
    *,
    with_photos: bool,
    variants: tuple[tuple[str, EditRecipe], ...] = (),
) -> None:
    """Write a .facelab file and say what it can do. with_photos: embed the original files. Raises CannotWrite."""
    from facelab.engine.projects import save
    from facelab.project.store import CONSENT

    began = time.monotonic()
    save(session, path, recipe, with_photos=with_photos, variants=variants)
    console.add_seconds("save", time.monotonic() - began)
    console.result(str(path))
    console.notice_once(CONSENT)


# what is told of a file that came out as wanted; everything else is a fallback
REMARKS = frozenset({"copied_unchanged", "metadata_removed", "codec_h264", "codec_vp9"})


def split_notices(notices: Iterable[Notice]) -> tuple[list[str], list[str]]:
    """Fallbacks and other remarks for a report, each once, as "code: text"."""
    fallbacks: dict[str, None] = {}
    remarks: dict[str, None] = {}
    for notice in notices:
        (remarks if notice.code in REMARKS else fallbacks)[f"{notice.code}: {notice.text}"] = None
    return list(fallbacks), list(remarks)


def build_recipe(options: argparse.Namespace, session: Session, start: EditRecipe | None = None) -> EditRecipe:
    """The recipe of --set, --lock and --psi on top of `start`. Raises UnknownDirection or UsageError."""
    from dataclasses import replace

    from facelab.core.recipe import Edit, EditRecipe, layer_range
    from facelab.engine.toolkit import pick_direction

    recipe = start or EditRecipe()
    named = {setting.key for setting in options.settings}
    recipe = replace(recipe, edits=tuple(edit for edit in recipe.edits if edit.key not in named))
    model = session.toolkit.name
    for setting in options.settings:
        pick_direction(session.directions, setting.key, model)
        try:
            layers = layer_range(setting.layers, session.toolkit.generator.info.num_ws) if setting.layers else None
        except ValueError as error:
            raise UsageError(detail=f"--set {setting.key}: {error}") from error
        recipe = recipe.with_edit(Edit("direction", setting.key, setting.value, layers))
    locks = {key for group in options.lock for key in group}
    for key in locks:
        pick_direction(session.directions, key, model)
    psi = recipe.truncation_psi if options.psi is None else options.psi
    if not -1 <= psi <= 2:
        raise UsageError(detail=f"--psi {psi}: between -1 and 2")
    return replace(recipe, locks=recipe.locks | locks, truncation_psi=psi)


def each_photo(photos: Iterable[Path], console: Console, work: Callable[[int, Path], None]) -> int:
    """Do `work` for every photo; a photo that cannot be used is told, and the others go on. Returns the exit code."""
    paths = list(photos)
    code = 0
    for i, path in enumerate(paths):
        try:
            work(i, path)
        except FacelabError as error:
            if len(paths) == 1 or error.exit_code != BAD_INPUT:
                raise
            console.fail(path, error)
            code = BAD_INPUT
    return code


def tune_faces(console: Console, session: Session, preset: str) -> None:
    """Say how long it will take here, then fit the generator to the session's faces."""
    from facelab.engine.expected import learn, seconds_for
    from facelab.engine.fitting import tune

    began = time.monotonic()
    faces = len(session.faces)
    if not console.quiet:
        seconds = seconds_for(session.toolkit, preset, faces)
        console.say(f"{preset}: about {max(1, round(seconds))} s of computing on {session.toolkit.device}")
    console.add_seconds("probe", time.monotonic() - began)
    console.drive(tune(session, preset))
    if not console.quiet:
        learn(session.toolkit, preset, faces, session.seconds.get("invert", 0.0) + session.seconds.get("tune", 0.0))


def model_report(toolkit: Toolkit) -> dict[str, object]:
    """The head of every JSON report."""
    from facelab import __version__

    info = toolkit.generator.info
    return {
        "schema": 1,
        "facelab": __version__,
        "device": str(toolkit.device),
        "model": {"name": info.name, "sha256": info.sha256},
    }
