"""`facelab personalize`: one generator for all photos, of one person or of several, in one .facelab file."""

from __future__ import annotations

import argparse
from pathlib import Path

from facelab.cli.edit import figures_of
from facelab.cli.main import require
from facelab.cli.outputs import PROJECT_SUFFIX, check_targets, report_targets
from facelab.cli.report import Console, failures
from facelab.cli.work import (
    box_of,
    each_photo,
    hand_points,
    load,
    model_report,
    open_slot,
    save_project,
    split_notices,
    tune_faces,
)
from facelab.core.errors import NoFaceFound


def run(options: argparse.Namespace) -> int:
    """Photos that cannot be used are told and left out; the file holds no photos unless --with-photos."""
    console = Console(options)
    require(
        options.out.suffix.lower() == PROJECT_SUFFIX, f"--out {options.out}: give a name that ends in {PROJECT_SUFFIX}"
    )
    require(not (options.aligned and options.eyes), "--aligned takes the whole photo: no --eyes and --mouth")
    check_targets([options.out, *report_targets(options)], options.photos, force=options.force)
    for path in options.photos:
        hand_points(options, path)
    toolkit = load(options, console)
    from facelab.core.recipe import EditRecipe
    from facelab.engine.session import Session

    session = Session(toolkit, seed=options.seed)
    files: list[Path] = []  # of each face

    def work(index: int, path: Path) -> None:
        console.say_progress(index, len(options.photos), path)
        slot = open_slot(session, path, console)
        console.drive(session.prepare(slot, options.face, hand_points(options, path), aligned=options.aligned))
        files.extend([path] * (len(session.faces) - len(files)))

    code = each_photo(options.photos, console, work)
    if not session.faces:
        raise NoFaceFound(path=", ".join(path.name for path in options.photos))
    tune_faces(console, session, options.preset)
    console.notices((*toolkit.notices, *session.notices))
    figures = [figures_of(session, each) if options.json is not None else {} for each in session.faces]
    save_project(console, session, options.out, EditRecipe(), with_photos=options.with_photos)
    seconds, (fallbacks, remarks) = console.take_seconds(), split_notices((*toolkit.notices, *session.notices))
    photos = [
        {
            "file": str(path),
            "face": each.index,
            "box": box_of(each),
            "seconds": seconds,
            **figure,
            "fallbacks": fallbacks,
            "notices": remarks,
            "out": [str(options.out)],
        }
        for path, each, figure in zip(files, session.faces, figures, strict=True)
    ]
    console.report({**model_report(toolkit), "with_photos": options.with_photos, "photos": photos, **failures(console)})
    return code
