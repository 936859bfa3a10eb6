"""What `edit` and `render` share: checking the options, planning the files of each photo, writing them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.cli.main import require
from facelab.cli.options import MOVIE_SUFFIXES, PHOTO_SUFFIXES
from facelab.cli.outputs import Output, check_targets, plan_files, plan_outputs, report_targets
from facelab.cli.report import Console

if TYPE_CHECKING:
    from facelab.core.recipe import Edit, EditRecipe
    from facelab.core.values import Notice
    from facelab.engine.messages import ExportOptions, Region
    from facelab.engine.session import FaceWork, Session

MOST_FRAMES, LONGEST, FASTEST = 1000, 4096, 60.0


@dataclass(frozen=True, slots=True)
class Files:
    """Where the results of one photo go."""

    outs: tuple[Output, ...]
    mask: Path | None = None
    project: Path | None = None

    def paths(self) -> list[Path]:
        """All of them."""
        return [out.path for out in self.outs] + [path for path in (self.mask, self.project) if path is not None]


def check_options(options: argparse.Namespace) -> None:
    """What argparse cannot know. Raises UsageError."""
    wanted = options.out or options.mask_out or options.project or options.json
    require(bool(wanted), "nothing to write: give --out OUT, for example --out smile.png or --out smile.gif")
    require(2 <= options.frames <= MOST_FRAMES, f"--frames {options.frames}: between 2 and {MOST_FRAMES}")
    require(16 <= options.size <= LONGEST, f"--size {options.size}: between 16 and {LONGEST}")
    require(0.1 <= options.fps <= FASTEST, f"--fps {options.fps}: between 0.1 and {FASTEST:.0f}")
    require(1 <= options.quality <= 100, f"--quality {options.quality}: between 1 and 100")
    require(not (options.mask_out and options.crop_only), "--crop-only pastes nothing: there is no --mask-out")
    mask = options.mask_out.suffix.lower() if options.mask_out else ""
    require(mask not in {*PHOTO_SUFFIXES, *MOVIE_SUFFIXES} - {".png"}, f"--mask-out {options.mask_out}: write a .png")


def plan(options: argparse.Namespace, photos: Sequence[Path]) -> list[Files]:
    """The files of each photo, by the names of the photos. Raises UsageError."""
    outs = plan_outputs(options.out, photos, animate=options.animate)
    masks = plan_files(options.mask_out, photos, ".png")
    return [Files(tuple(files), mask) for files, mask in zip(outs, masks, strict=True)]


def check_files(options: argparse.Namespace, files: Iterable[Files], inputs: Sequence[Path]) -> None:
    """Refuse what would overwrite something, before the first second is spent."""
    targets = [path for each in files for path in each.paths()]
    check_targets([*targets, *report_targets(options)], inputs, force=options.force)


def strip_edits(options: argparse.Namespace, recipe: EditRecipe, num_ws: int) -> tuple[Edit, ...]:
    """The sliders a strip shows: those of --set, else those of the stored recipe; none without --strip."""
    from facelab.core.recipe import Edit, layer_range

    if not options.strip:
        return ()
    given = {
        setting.key: Edit(
            "direction", setting.key, setting.value, layer_range(setting.layers, num_ws) if setting.layers else None
        )
        for setting in options.settings
    }
    edits = tuple(given.values()) or recipe.edits
    require(bool(edits), "--strip shows the sliders of --set: give at least one, for example --set smile=1")
    return edits


def export_options(options: argparse.Namespace, path: Path) -> ExportOptions:
    """The options as the engine takes them."""
    from facelab.engine.messages import ExportOptions

    return ExportOptions(
        path,
        quality=options.quality,
        strip_metadata=options.strip_metadata,
        keep_gps=options.keep_gps,
        edit_mark=not options.no_edit_mark,
        crop_only=options.crop_only,
        animate=options.animate,
        size=options.size,
        frames=options.frames,
        fps=options.fps,
        replace=options.force,
    )


def extra_files(options: argparse.Namespace, files: Files, works: Sequence[FaceWork]) -> list[Files]:
    """One entry per face for --crop-only, which has a picture per face: NAME.png, NAME-face1.png ...; else one."""
    if not options.crop_only or len(works) == 1 or options.strip:
        return [files]
    more = [Files(tuple(Output(of_face(out.path, work, works), out.kind) for out in files.outs)) for work in works[1:]]
    check_targets([path for each in more for path in each.paths()], [], force=options.force)
    return [files, *more]


def of_face(path: Path, work: FaceWork, works: Sequence[FaceWork]) -> Path:
    """The file of one of several faces: the first keeps the name, the others add their number."""
    return path if work is works[0] else path.with_name(f"{path.stem}-face{work.index}{path.suffix}")


def write_files(
    console: Console,
    session: Session,
    works: Sequence[FaceWork],
    recipe: EditRecipe,
    options: argparse.Namespace,
    files: Files,
) -> tuple[list[Path], list[Notice]]:
    """Draw and write the pictures of one photo; tells each file and what should be known of it."""
    from facelab.engine.exporting import Exporter

    edits = strip_edits(options, recipe, session.toolkit.generator.info.num_ws)
    written: list[Path] = []
    notices: list[Notice] = []
    every = extra_files(options, files, works)
    groups = [[work] for work in works] if len(every) > 1 else [list(works)]
    for faces, each in zip(groups, every, strict=True):
        exporter = Exporter(session, faces, recipe)
        for out in each.outs:
            told = console.drive(exporter.write(export_options(options, out.path), edits))
            notices += told
            console.notices(told, out.path.name)
            written.append(out.path)
        if each.mask is not None:
            console.drive(exporter.write_mask(each.mask, replace_file=options.force))
            written.append(each.mask)
    for path in written:
        console.result(str(path))
    return written, notices


def box_list(region: Region) -> list[int]:
    """x, y, width, height for a report."""
    return [region.x, region.y, region.width, region.height]
