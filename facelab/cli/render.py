"""`facelab render`: edit a .facelab file again. The generator in it is personal already, so nothing is tuned."""

from __future__ import annotations

import argparse
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.cli.drawing import Files, box_list, check_files, check_options, extra_files, plan, strip_edits, write_files
from facelab.cli.main import require
from facelab.cli.outputs import PROJECT_SUFFIX, is_folder, plan_files
from facelab.cli.report import Console
from facelab.cli.work import build_recipe, load, model_report, save_project, split_notices
from facelab.core.errors import PhotoNotInside

if TYPE_CHECKING:
    from facelab.core.recipe import EditRecipe
    from facelab.core.values import Notice
    from facelab.engine.projects import Reopened
    from facelab.engine.session import FaceWork


def run(options: argparse.Namespace) -> int:
    """Draw the chosen faces of the file with the stored edit, changed by --set, --lock and --psi."""
    console = Console(options)
    check_options(options)
    require(not (options.photo and options.crop_only), "--crop-only pastes into no photo: leave out --photo")
    inputs = [options.file] + ([options.photo] if options.photo else [])
    check_files(options, _early(options), inputs)
    toolkit = load(options, console)
    from facelab.engine.projects import reopen  # torch: only now

    began = time.monotonic()
    found = reopen(options.file, toolkit)
    console.add_seconds("open", time.monotonic() - began)
    recipe = build_recipe(options, found.session, found.project.recipe)
    strip_edits(options, recipe, found.session.toolkit.generator.info.num_ws)
    chosen = choose(found, options)
    files = _planned(options, chosen)
    check_files(options, files, inputs)
    placed = [_place(found, works, options, console) for works in chosen]
    console.notices(found.session.notices, options.file.name)
    entries: list[dict[str, object]] = []
    for (works, moved), each in zip(placed, files, strict=True):
        entries += _draw(console, found, works, recipe, options, each, moved)
    console.report({**model_report(found.session.toolkit), "project": str(options.file), "photos": entries})
    return 0


def choose(found: Reopened, options: argparse.Namespace) -> list[list[FaceWork]]:
    """The faces to draw, by photo: --pivot N alone; else all photos into a folder; else the first photo's.

    Raises UsageError.
    """
    faces = found.session.faces
    if options.pivot is not None:
        count = len(faces)
        require(0 <= options.pivot < count, f"--pivot {options.pivot}: the file holds {count}, numbered from 0")
        return [[faces[options.pivot]]]
    groups: dict[int, list[FaceWork]] = {}
    for work in faces:
        groups.setdefault(id(work.slot), []).append(work)
    photos = list(groups.values())
    all_of_them = options.photo is None and any(is_folder(out) for out in options.out)
    return photos if all_of_them else photos[:1]


def _early(options: argparse.Namespace) -> list[Files]:
    """The files whose names do not depend on what the .facelab file says."""
    plain = [out for out in options.out if not is_folder(out)]
    early = argparse.Namespace(**{**vars(options), "out": plain})
    early.mask_out = options.mask_out if options.mask_out and options.mask_out.suffix.lower() == ".png" else None
    return [replace(plan(early, [options.file])[0], project=_project(options))]


def _planned(options: argparse.Namespace, chosen: list[list[FaceWork]]) -> list[Files]:
    """Named after the photos; a file name found inside a .facelab file is data and chooses no folder."""
    names = [Path(options.photo.name)] if options.photo else [Path(safe_name(w[0].slot.name)) for w in chosen]
    files = plan(options, names)
    return [replace(files[0], project=_project(options)), *files[1:]]


def _project(options: argparse.Namespace) -> Path | None:
    return plan_files(options.project, [options.file], PROJECT_SUFFIX)[0]


def safe_name(name: str) -> str:
    """A name for a file in the user's folder: letters, digits and harmless signs of its last part."""
    last = re.split(r"[\\/]", name)[-1]
    stem = re.sub(r"[^\w \-().]+", "_", last.rpartition(".")[0] or last).strip(" .")[:100]
    return f"{stem or 'face'}.png"


def _place(
    found: Reopened, works: list[FaceWork], options: argparse.Namespace, console: Console
) -> tuple[list[FaceWork], tuple[Notice, ...]]:
    """Put the faces into --photo, or make sure that their own photo is there. Raises PhotoNotInside, NoFaceFound."""
    from facelab.core.photo import read_photo
    from facelab.engine.projects import use_photo

    if options.crop_only:
        return works, ()
    if options.photo is not None:
        photo = read_photo(options.photo)
        console.notices(photo.notices, options.photo.name)
        return use_photo(found, works, photo, options.photo.name)
    if not all(found.has_photo[found.session.faces.index(work)] for work in works):
        raise PhotoNotInside(path=options.file)
    return works, ()


def _draw(
    console: Console,
    found: Reopened,
    works: list[FaceWork],
    recipe: EditRecipe,
    options: argparse.Namespace,
    files: Files,
    moved: tuple[Notice, ...],
) -> list[dict[str, object]]:
    from facelab.engine.painter import mask_box

    session = found.session
    console.notices(moved)
    extra_files(options, files, works)
    written, notices = write_files(console, session, works, recipe, options, files)
    if files.project is not None:
        save_project(console, session, files.project, recipe, with_photos=True, variants=found.project.variants)
        written.append(files.project)
    fallbacks, remarks = split_notices((*session.notices, *moved, *notices))
    seconds = console.take_seconds()
    return [
        {
            "file": work.slot.name,
            "face": work.index,
            "pivot": session.faces.index(work),
            "seconds": seconds,
            "fallbacks": fallbacks,
            "notices": remarks,
            "mask_box": None if options.crop_only else box_list(mask_box(session, work)),
            "out": [str(path) for path in written],
        }
        for work in works
    ]
