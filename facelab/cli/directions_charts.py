"""`facelab directions ladder|matrix|pca|sefa`: what sliders and components do, as tables and pictures."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.cli.directions_files import check_files, open_studio, write_picture
from facelab.cli.report import Console
from facelab.cli.work import model_report
from facelab.core.errors import UsageError

if TYPE_CHECKING:
    from facelab.core.editing.directions import Direction
    from facelab.core.recipe import LayerRange
    from facelab.engine.studio import Studio


def draw_ladder(
    studio: Studio, direction: Direction, samples: int, rungs: int, out: Path, first: int = 0
) -> list[float]:
    """Write the picture; lowest, middle and highest distance in sigma."""
    import numpy as np

    from facelab.engine.studio_existing import ladder_of

    picture, distances = ladder_of(studio, direction, samples, rungs, first)
    write_picture(out, picture)
    return [float(distances.min()), float(np.median(distances)), float(distances.max())]


def run_ladder(options: argparse.Namespace, console: Console) -> int:
    check_files([options.out], [], options)
    studio = open_studio(options, console)
    direction = studio.toolkit.direction(options.key)
    low, middle, high = draw_ladder(studio, direction, options.samples, options.rungs, options.out, options.seed)
    console.result(f"{options.out}: {options.samples} samples from {low:+.1f} to {high:+.1f} sigma")
    report = {"key": options.key, "out": str(options.out), "distance": [low, middle, high]}
    console.report({**model_report(studio.toolkit), **report})
    return 0


def run_matrix(options: argparse.Namespace, console: Console) -> int:
    import numpy as np

    from facelab.core.studio.charts import heat_map
    from facelab.engine.studio_values import MeasureMatrix

    second = options.out.with_stem(options.out.stem + "-locked") if options.out else None
    check_files([options.out, second], [], options)
    studio = open_studio(options, console)
    found = console.drive(studio.matrix(MeasureMatrix(tuple(options.keys), options.faces, options.seed)))
    for title, leakage in (("before locking", found.before), ("each locked against all others", found.after)):
        console.result(f"\n{title}: share of the slider's own movement")
        console.result(" " * 14 + " ".join(f"{key[:7]:>7s}" for key in leakage.keys))
        for key, row in zip(leakage.keys, leakage.share, strict=True):
            console.result(f"{key:14s}" + " ".join(f"{value:+7.2f}" for value in row))
    means = [(leakage.mean_moved, leakage.mean_share) for leakage in (found.before, found.after)]
    for title, (moved, share) in zip(("before locking", "locked"), means, strict=True):
        console.result(f"{title}: one sigma moves another attribute by {moved:.3f} deviations, {share:.3f} of its own")
    if options.out is not None and second is not None:
        write_picture(options.out, heat_map(found.before, title="Leakage per sigma, before locking"))
        write_picture(second, heat_map(found.after, title="Leakage per sigma, locked"))
    finite = [np.nan_to_num(leakage.share).round(4).tolist() for leakage in (found.before, found.after)]
    report = {"keys": list(found.before.keys), "share": finite[0], "locked": finite[1]}
    report["mean"] = [{"moved": round(moved, 4), "share": round(share, 4)} for moved, share in means]
    report["own"] = [np.diag(leakage.moved).round(4).tolist() for leakage in (found.before, found.after)]
    console.report({**model_report(studio.toolkit), **report, "faces": options.faces})
    return 0


# --- components -------------------------------------------------------------------------------


def _layers(text: str | None, num_ws: int) -> LayerRange | None:
    from facelab.core.recipe import layer_range

    if text is None:
        return None
    try:
        return layer_range(text, num_ws)
    except ValueError as error:
        raise UsageError(detail=f"--layers {error}") from error


def run_components(options: argparse.Namespace, console: Console) -> int:
    import numpy as np

    from facelab.core.files import write_atomic
    from facelab.core.studio.charts import sheet
    from facelab.engine.own_directions import save_own
    from facelab.engine.studio_values import FindComponents

    kept = _wanted_components(options.keep)
    if options.sheet and options.out is None:
        raise UsageError(detail="--sheet needs --out DIR")
    targets = [options.out / "components.npz", options.out / "sheet.png"] if options.out else []
    check_files(targets[: 2 if options.sheet else 1], [], options)
    studio = open_studio(options, console)
    layers = _layers(options.layers, studio.toolkit.generator.info.num_ws)
    samples = getattr(options, "samples", 0)
    task = FindComponents(options.action, options.components, samples, layers, options.seed)
    found = console.drive(studio.find_components(task))
    directions = [studio.component(found, i, f"{options.action}_{i}", {}) for i in range(len(found.vectors))]
    product = found.vectors.astype(np.float64) @ found.vectors.T.astype(np.float64)
    error = float(np.abs(product - np.eye(len(product))).max())
    report: dict[str, object] = {
        "kind": options.action, "layers": list(found.layers) if found.layers else None, "samples": samples,
        "strengths": [round(float(x), 5) for x in found.strengths], "sigmas": [round(d.sigma, 5) for d in directions],
        "orthonormal_to": error,
    }  # fmt: skip
    for i, direction in enumerate(directions):
        console.result(f"{i:3d}  strength {found.strengths[i]:10.4f}  sigma {direction.sigma:.4f}")
    if options.faces:
        report["change"] = _change(console, studio, directions, options.faces)
    if options.out is not None:
        buffer = io.BytesIO()
        np.savez(buffer, lat_comp=found.vectors, lat_mean=found.mean, lat_stdev=found.strengths)
        write_atomic(targets[0], buffer.getvalue())
        if options.sheet:
            codes = studio.test_codes(3)
            rows = [(f"{i}", d.step(codes.shape[1])) for i, d in enumerate(directions)]
            title = f"{options.action.upper()}: -2, 0 and +2 sigma"
            write_picture(targets[1], sheet(rows, codes, studio.gallery.eyes.render, title=title))
        console.result(f"written to {options.out}")
    for index, key in kept.items():
        path = save_own(studio.component(found, index, key, dict(options.name)), replace=options.force)
        console.result(f"kept component {index} as {key} in {path}")
    console.report({**model_report(studio.toolkit), **report, "seconds": console.take_seconds()})
    return 0


def _wanted_components(texts: list[str]) -> dict[int, str]:
    from facelab.engine.own_directions import check_key

    wanted = {}
    for text in texts:
        number, equals, key = text.partition("=")
        if not equals or not number.isdigit():
            raise UsageError(detail=f"--keep {text}: write N=KEY, for example 0=light")
        check_key(key)
        wanted[int(number)] = key
    return wanted


def _change(console: Console, studio: Studio, directions: list[Direction], faces: int) -> dict[str, float]:
    """Mean change of the picture (levels of 255 per sigma): the first, the last, and random directions."""
    from facelab.core.studio.calibrate import effect_of_random, picture_change
    from facelab.core.studio.measure import sigma_of

    codes, render = studio.test_codes(faces), studio.gallery.eyes.render
    of = {f"component_{i}": picture_change(codes, directions[i].step(codes.shape[1]), render)
          for i in sorted({0, 1, 2, len(directions) - 1} & set(range(len(directions))))}  # fmt: skip
    layers = directions[0].layers
    of["random"] = effect_of_random(codes, render, lambda vector: sigma_of(vector, studio.sampled_w), layers=layers)
    for name, value in of.items():
        console.result(f"{name:14s} changes the picture by {value:.2f} levels per sigma")
    return {name: round(value, 3) for name, value in of.items()}
