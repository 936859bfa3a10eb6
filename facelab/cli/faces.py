"""`facelab faces` lists the faces of photos; `facelab align` writes an aligned face, as the generator sees it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.cli.main import require
from facelab.cli.options import PHOTO_SUFFIXES
from facelab.cli.outputs import check_targets, report_targets
from facelab.cli.report import Console
from facelab.cli.work import each_photo, hand_points, load, open_slot, points_of

if TYPE_CHECKING:
    from facelab.core.values import Face


def run(options: argparse.Namespace) -> int:
    """Both verbs live here: they do everything before the generator's part."""
    return _align(options) if options.verb == "align" else _faces(options)


def _faces(options: argparse.Namespace) -> int:
    """A photo without faces is a result, not an error."""
    from facelab.core.finder import find_faces
    from facelab.core.photo import read_photo, to_srgb

    console = Console(options)
    check_targets(report_targets(options), options.photos, force=options.force)
    entries: list[object] = []

    def work(index: int, path: Path) -> None:
        del index
        photo = read_photo(path)
        console.notices(photo.notices, path.name)
        faces = find_faces(to_srgb(photo))
        entries.append({"file": str(path), "faces": [_entry(face) for face in faces]})
        for number, face in enumerate(faces):
            x, y, width, height = face.box
            console.result(f"{path}: {number}: {width:.0f} x {height:.0f} at {x:.0f}, {y:.0f}; score {face.score:.2f}")
        if not faces:
            console.say(f"{path}: no face found")

    code = each_photo(options.photos, console, work)
    console.report(entries)
    return code


def _entry(face: Face) -> dict[str, object]:
    return {
        "box": [round(float(value), 2) for value in face.box],
        "points": points_of(face.landmarks.points),
        "score": round(float(face.score), 4),
    }


def _align(options: argparse.Namespace) -> int:
    """The crop at the model's resolution, in sRGB, ready for `--aligned`."""
    console = Console(options)
    require(options.face is not None, "align writes one face: give its number as --face")
    require(options.out.suffix.lower() in PHOTO_SUFFIXES, f"{options.out}: --out is one of {' '.join(PHOTO_SUFFIXES)}")
    points = hand_points(options, options.photo)
    check_targets([options.out, *report_targets(options)], [options.photo], force=options.force)
    toolkit = load(options, console)
    from facelab.core.photo.writer import write_picture
    from facelab.engine.session import Session

    session = Session(toolkit, seed=options.seed)
    slot = open_slot(session, options.photo, console)
    if points is None:
        (face,) = session.pick(slot, options.face)
        points = face.landmarks
    taken = session.take(slot, points, options.face)
    write_picture(taken.crop.pixels, options.out, edit_mark=False, replace=options.force)
    console.result(str(options.out))
    console.report(
        {
            "schema": 1,
            "file": str(options.photo),
            "out": str(options.out),
            "size": taken.alignment.size,
            "quad": points_of(taken.alignment.quad),
            "points": points_of(taken.points),
        }
    )
    return 0
