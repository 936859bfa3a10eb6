"""`facelab bench inversion DIR`: how well a preset shows the faces of a folder, and how long it takes.

DIR holds photos, or aligned crops of the model's own size (as `facelab align` writes them). Of each photo the largest
face is searched, tuned with `--preset` and compared, unedited, with its crop; `psnr_search` is that of the code alone,
drawn by the untuned generator.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from facelab.core.errors import FacelabError, UsageError
from facelab.core.image import to_pixels
from facelab.core.photo import read_photo
from facelab.core.photo.encode import FORMAT_OF_SUFFIX
from facelab.core.progress import run as finish
from facelab.engine.fitting import tune
from facelab.engine.quality import MEASURE_VARIABLE, psnr, recognition_net
from facelab.engine.session import Session
from facelab.engine.toolkit import EMBEDDED, Toolkit, load_toolkit

SUFFIXES = (*FORMAT_OF_SUFFIX, ".bmp", ".avif", ".heic", ".heif")
LESS_IS_BETTER = ("seconds", "perceptual")

Figures = Mapping[str, float | None]


def run(options: argparse.Namespace) -> dict[str, object]:
    """Figures per model, photo by photo and as medians. Raises UsageError."""
    if options.path is None:
        raise UsageError(detail="bench inversion needs a folder of photos: facelab bench inversion DIR")
    paths = photos(options.path)
    if not options.quiet and recognition_net() is None:
        print(f"facelab: identity is not measured: {MEASURE_VARIABLE} names no recognition net", file=sys.stderr)
    models: dict[str, object] = {}
    for name in options.models or [EMBEDDED]:
        models[name] = measure(load_toolkit(name, options.device), paths, options)
    return {"preset": options.preset, "seed": options.seed, "models": models}


def photos(folder: Path) -> list[Path]:
    """The pictures of a folder, or a single one. Raises UsageError when there is none."""
    paths = [folder] if folder.is_file() else sorted(folder.glob("*"))
    found = [path for path in paths if path.is_file() and path.suffix.lower() in SUFFIXES]
    if not found:
        raise UsageError(detail=f"{folder}: no photo in this folder")
    return found


def measure(toolkit: Toolkit, paths: Sequence[Path], options: argparse.Namespace) -> dict[str, object]:
    """One model on all photos; a photo that cannot be used is named with the reason."""
    rows: dict[str, dict[str, float | None]] = {}
    skipped: dict[str, str] = {}
    toolkit.perceptual()  # loading it belongs to no photo's seconds
    for path in paths:
        try:
            rows[path.name] = fit(toolkit, path, options.preset, options.seed)
        except FacelabError as error:
            skipped[path.name] = str(error)
        if not options.quiet:
            print(f"{path.name}: {rows.get(path.name) or skipped[path.name]}", file=sys.stderr, flush=True)
    return {
        "generator": toolkit.generator.info.sha256,
        "device": str(toolkit.device),
        "perceptual": toolkit.perceptual().name,
        "photos": rows,
        "skipped": skipped,
        "summary": summary(list(rows.values())),
    }


def fit(toolkit: Toolkit, path: Path, preset: str, seed: int) -> dict[str, float | None]:
    """Tune to the largest face of one photo: seconds of each stage, and figures of the unedited crop."""
    session = Session(toolkit, seed=seed)
    slot = session.add_photo(read_photo(path), path.name)
    side = toolkit.generator.info.resolution
    finish(session.prepare(slot, 0, None, aligned=slot.srgb.shape[:2] == (side, side)))
    finish(tune(session, preset))
    work = session.faces[0]
    found, latent = session.quality(work), work.latent
    searched = to_pixels(toolkit.generator.render(latent.w_plus, latent.noise or None))
    assert session.tuning is not None
    return {
        **{f"seconds_{stage}": round(seconds, 2) for stage, seconds in session.seconds.items()},
        "seconds": round(sum(session.seconds.values()), 2),
        "steps": session.tuning.done,
        "psnr_search": round(psnr(searched, work.crop.pixels), 2),
        "psnr": round(found.psnr, 2),
        "ssim": round(found.ssim, 4),
        "perceptual": round(found.perceptual.value, 4),
        "identity": None if found.identity is None else round(found.identity.value, 4),
    }


def summary(rows: Sequence[Figures]) -> dict[str, dict[str, float]]:
    """Median and worst of each figure over the photos; what was not measured is left out."""
    report = {}
    for key in rows[0] if rows else ():
        values = [value for row in rows if (value := row[key]) is not None]
        if values:
            worst = max if key.startswith(LESS_IS_BETTER) or key == "steps" else min
            report[key] = {"median": round(statistics.median(values), 4), "worst": worst(values)}
    return report
