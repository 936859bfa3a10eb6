"""`facelab edit`: photos in, each with its own generator, edited photos and animations out."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.cli.drawing import Files, box_list, check_files, check_options, extra_files, plan, strip_edits, write_files
from facelab.cli.main import require
from facelab.cli.outputs import PROJECT_SUFFIX, plan_files
from facelab.cli.report import Console, failures
from facelab.cli.work import (
    box_of,
    build_recipe,
    each_photo,
    hand_points,
    load,
    model_report,
    open_slot,
    save_project,
    split_notices,
    tune_faces,
)

if TYPE_CHECKING:
    from facelab.core.recipe import EditRecipe
    from facelab.core.values import Notice
    from facelab.engine.session import FaceWork, Session
    from facelab.engine.toolkit import Toolkit


def run(options: argparse.Namespace) -> int:
    """Everything that can be refused is refused before the model is loaded."""
    console = Console(options)
    check_options(options)
    require(not (options.aligned and options.eyes), "--aligned takes the whole photo: no --eyes and --mouth")
    files = plan(options, options.photos)
    projects = plan_files(options.project, options.photos, PROJECT_SUFFIX)
    files = [replace(each, project=project) for each, project in zip(files, projects, strict=True)]
    check_files(options, files, options.photos)
    for path in options.photos:
        hand_points(options, path)
    toolkit = load(options, console)
    from facelab.engine.session import Session  # torch: only now

    recipe = build_recipe(options, Session(toolkit))
    strip_edits(options, recipe, toolkit.generator.info.num_ws)
    entries: list[dict[str, object]] = []

    def work(index: int, path: Path) -> None:
        console.say_progress(index, len(options.photos), path)
        entries.extend(_edit(console, toolkit, recipe, options, path, files[index]))

    code = each_photo(options.photos, console, work)
    console.report({**model_report(toolkit), "photos": entries, **failures(console)})
    return code


def _edit(
    console: Console, toolkit: Toolkit, recipe: EditRecipe, options: argparse.Namespace, path: Path, files: Files
) -> list[dict[str, object]]:
    """One photo, from reading to the last file; the report's entry of each of its faces."""
    from facelab.engine.projects import draw_as_stored
    from facelab.engine.session import Session

    session = Session(toolkit, seed=options.seed)
    slot = open_slot(session, path, console)
    points = hand_points(options, path)
    console.drive(session.prepare(slot, options.face, points, aligned=options.aligned))
    extra_files(options, files, session.faces)
    tune_faces(console, session, options.preset)
    console.notices((*toolkit.notices, *session.notices), path.name)
    began = time.monotonic()
    figures = [figures_of(session, work) for work in session.faces] if options.json is not None else []
    console.add_seconds("measure", time.monotonic() - began)
    if files.project is not None:
        save_project(console, session, files.project, recipe, with_photos=True)
        draw_as_stored(session, files.project)
    written, notices = write_files(console, session, session.faces, recipe, options, files)
    written += [files.project] if files.project is not None else []
    return _entries(session, console.take_seconds(), figures, notices, path, written)


def figures_of(session: Session, work: FaceWork) -> dict[str, object]:
    """Of the tuned, unedited crop against the photo's crop."""
    quality = session.quality(work)
    identity = quality.identity
    return {
        "psnr": round(quality.psnr, 3),
        "ssim": round(quality.ssim, 5),
        "perceptual": {"name": quality.perceptual.name, "value": round(quality.perceptual.value, 6)},
        "identity": None if identity is None else {"net": identity.name, "value": round(identity.value, 5)},
    }


def _entries(
    session: Session,
    seconds: dict[str, float],
    figures: Sequence[dict[str, object]],
    notices: list[Notice],
    path: Path,
    written: Sequence[Path],
) -> list[dict[str, object]]:
    from facelab.engine.painter import mask_box

    fallbacks, remarks = split_notices((*session.toolkit.notices, *session.notices, *notices))
    return [
        {
            "file": str(path),
            "face": work.index,
            "box": box_of(work),
            "seconds": seconds,
            **figure,
            "fallbacks": fallbacks,
            "notices": remarks,
            "mask_box": box_list(mask_box(session, work)),
            "out": [str(each) for each in written],
        }
        for work, figure in zip(session.faces, figures, strict=False)
    ]
