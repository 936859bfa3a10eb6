"""The studio's verbs on the command line: they drive the same steps as the window's dialog."""

from __future__ import annotations

import argparse
import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.cli.directions import figures
from facelab.cli.directions_charts import draw_ladder, run_components, run_ladder, run_matrix
from facelab.cli.directions_condition import run_condition
from facelab.cli.directions_files import check_files, check_folder, open_studio
from facelab.cli.report import Console
from facelab.cli.work import model_report
from facelab.core.errors import BadScores, UsageError

if TYPE_CHECKING:
    from facelab.engine.studio_values import FitResult

PHOTO_KINDS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".avif", ".heic", ".heif")


def run(options: argparse.Namespace) -> int:
    """Do one of the verbs."""
    verbs = {
        "fit": _fit, "condition": run_condition, "ladder": run_ladder, "matrix": run_matrix, "pca": run_components,
        "sefa": run_components, "calibrate": _calibrate, "import": _import, "export": _export, "remove": _remove,
    }  # fmt: skip
    return verbs[options.action](options, Console(options))


# --- fit --------------------------------------------------------------------------------------


def read_scores(path: Path) -> tuple[tuple[str, float], ...]:
    """(face, score) rows of a CSV with the columns seed or photo, and score; empty scores are left out.

    Raises BadScores, which names the line.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadScores(reason=f"{path} cannot be read ({error})") from error
    columns = set(rows[0]) if rows else set()
    if "score" not in columns or not columns & {"seed", "photo"}:
        raise BadScores(reason=f"{path} needs the columns seed or photo, and score")
    found: dict[str, float] = {}
    for number, row in enumerate(rows, 2):
        face, text = _face(row, path.parent), (row.get("score") or "").strip()
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if face is None or not math.isfinite(value):
            raise BadScores(reason=f"{path}, line {number}: a seed or photo and a number are needed")
        found[face] = value
    return tuple(found.items())


def _face(row: dict[str, str | None], folder: Path) -> str | None:
    photo, seed = (row.get("photo") or "").strip(), (row.get("seed") or "").strip()
    if photo:
        return f"photo:{folder / photo}"
    return f"seed:{int(seed)}" if seed.isdigit() and int(seed) < 2**32 else None


def _fit(options: argparse.Namespace, console: Console) -> int:
    from facelab.core.editing.directions import save_direction
    from facelab.engine.studio_values import FitPlan

    scores = read_scores(options.scores) if options.scores else ()
    check_files([options.ladder], [], options)
    check_folder(options.out, options)
    studio = open_studio(options, console)
    plan = FitPlan(
        options.key, dict(options.name), options.attribute or "", scores, options.space, options.samples, options.seed,
        options.share, options.plain, tuple(key for group in options.on for key in group), options.force,
    )  # fmt: skip
    result = console.drive(studio.fit(plan, keep=options.out is None))
    console.notices(studio.gallery.notices)
    if options.out is not None:
        save_direction(result.direction, options.out)
    if options.ladder is not None:
        draw_ladder(studio, result.direction, 2000, 7, options.ladder)
    _tell_fit(console, result)
    where = options.out or result.path
    console.result(f"kept as {options.key} in {where}")
    report = fit_report(result) | {"out": str(where), "seconds": console.take_seconds()}
    console.report({**model_report(studio.toolkit), **report})
    return 0


def _tell_fit(console: Console, result: FitResult) -> None:
    low, high = result.interval
    if result.held_out and not math.isnan(result.accuracy):
        console.result(
            f"boundary: accuracy {result.accuracy:.3f} ({low:.2f}..{high:.2f}) on {result.held_out} held-out faces"
        )
    low, high = result.along_interval
    console.result(f"slider:   accuracy {result.along:.3f} ({low:.2f}..{high:.2f}) along its own coordinate")
    if result.labels:
        console.result(f"labels:   {result.labels}, learnt to {result.learnt:.3f} on held-out ones")
    if result.kept < 1:
        console.result(f"conditioned: {result.kept:.2f} of the step's length is left")
    effect, reach = result.effect, result.range
    console.result(
        f"+{effect.reach:.0f} sigma raises it in {effect.raised:.0%} of {effect.faces} faces, "
        f"by {effect.moved:.2f} deviations"
    )
    if result.identity:
        console.result(f"identity: {effect.identity:.3f} to the unedited face ({result.identity})")
    console.result(
        f"lowest quarter: {effect.low_before:+.2f} before, {effect.low_after:+.2f} after +{effect.reach:.0f} sigma"
    )
    console.result(f"sigma {result.direction.sigma:.4f}, usable {reach.low:+.1f}..{reach.high:+.1f} sigma")


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def fit_report(result: FitResult) -> dict[str, object]:
    """The figures of a fit or calibration for JSON."""
    effect, reach = result.effect, result.range
    return {
        "direction": figures(result.direction),
        "boundary": {
            "accuracy": _number(result.accuracy), "interval": [_number(x) for x in result.interval],
            "train": result.train, "held_out": result.held_out,
        },
        "slider": {"accuracy": _number(result.along), "interval": [_number(x) for x in result.along_interval]},
        "labels": {"count": result.labels, "held_out_accuracy": _number(result.learnt)},
        "kept_after_conditions": _number(result.kept),
        "effect": {
            "reach": effect.reach, "faces": effect.faces, "raised": _number(effect.raised),
            "interval": [_number(x) for x in effect.interval], "moved": _number(effect.moved),
            "identity": {"net": result.identity, "value": _number(effect.identity)} if result.identity else None,
            "lowest_quarter": [_number(effect.low_before), _number(effect.low_after)],
        },
        "range": {
            "low": reach.low, "high": reach.high, "levels": list(reach.levels), "attribute": list(reach.attribute),
            "identity": [_number(x) for x in reach.identity], "quality": list(reach.quality),
        },
    }  # fmt: skip


# --- calibrate, import, export ----------------------------------------------------------------


def _calibrate(options: argparse.Namespace, console: Console) -> int:
    from facelab.engine.studio_existing import calibrate, keep_figures

    photos: list[str] = []
    if options.photos is not None:
        if not options.photos.is_dir():
            raise UsageError(detail=f"--photos {options.photos} is not a folder")
        found = sorted(p for p in options.photos.rglob("*") if p.suffix.lower() in PHOTO_KINDS)
        photos = [f"photo:{path}" for path in found]
    studio = open_studio(options, console)
    for key in options.keys:
        studio.toolkit.direction(key)
    reports = []
    for key in options.keys:
        console.result(f"{key}:")
        direction, result = console.drive(calibrate(studio, key, photos, faces=options.faces))
        _tell_fit(console, result)
        if direction.spread is not None:
            console.result(f"real faces lie between {direction.spread[0]:+.2f} and {direction.spread[1]:+.2f} sigma")
        reports.append(fit_report(result))
        if keep_figures(studio, direction):
            console.result("updated")
    console.notices(studio.gallery.notices)
    console.report({**model_report(studio.toolkit), "directions": reports, "photos": len(photos)})
    return 0


def _import(options: argparse.Namespace, console: Console) -> int:
    from facelab.core.errors import BadDirection
    from facelab.core.studio.names import key_of
    from facelab.engine.own_directions import check_key
    from facelab.engine.studio_values import ImportArray

    if not options.path.exists():
        raise BadDirection(path=options.path, reason="there is no such file")
    key = options.key or ("" if options.path.is_dir() else key_of(options.path.stem))
    if key:
        check_key(key)
    studio = open_studio(options, console)
    task = ImportArray(
        options.path, key, dict(options.name), options.component, options.space, options.source, options.licence,
        options.force,
    )  # fmt: skip
    kept = console.drive(studio.import_array(task))
    console.result(f"{options.path}: {kept.note}; kept as {kept.direction.key} in {kept.path}")
    console.report({**model_report(studio.toolkit), "layout": kept.note, "direction": figures(kept.direction)})
    return 0


def _export(options: argparse.Namespace, console: Console) -> int:
    from facelab.engine.studio_values import ExportDirection

    studio = open_studio(options, console)
    kept = console.drive(studio.export(ExportDirection(options.key, options.out, options.force)))
    console.result(f"{kept.path}: direction.npy, direction.toml")
    console.report({**model_report(studio.toolkit), "direction": figures(kept.direction), "out": str(kept.path)})
    return 0


def _remove(options: argparse.Namespace, console: Console) -> int:
    from facelab.engine.studio_values import RemoveDirection

    studio = open_studio(options, console)
    gone = console.drive(studio.remove(RemoveDirection(options.key)))
    console.result(f"removed {gone.key}")
    console.report({**model_report(studio.toolkit), "removed": gone.key})
    return 0
