"""Likeness against seconds of tuning plans: where the figures of `fast`, `balanced` and `faithful` come from.

    python tests/benchmark/curve.py SHARED/data PHOTO ... [--plan NAME ...]    adds to tests/benchmark/curve.json
    python tests/benchmark/curve.py --table                                     prints what is kept there

A curve holds, every few steps, the CPU seconds of one core since the search of the code began, PSNR of the unedited
crop in dB, the loss, and MobileFaceNet's identity; at its end also how far the tuned generator agrees with the base
near the pivot (PSNR on the ball of the locality samples). `try-...` are `balanced` with 96 steps and one thing changed.

How `fast` and `balanced` were chosen: one AVX2 core, base model of 112,624 images, features of the encoder as the
perceptual loss, unedited crop, MobileFaceNet.

| plan | astronaut | london 002 | lisa | seconds |
| --- | --- | --- | --- | --- |
| 50 steps, rate .0015 | 27.9 dB .80 | 29.3 .87 | 31.7 .92 | 15-17 |
| 50 steps, rate .0025 | 28.4 .82 | 29.7 .90 | 32.4 .93 | 14-16 |
| 140 steps, rate .0015 | 30.2 .90 | 31.6 .95 | 34.3 .96 | 36-38 |
| 140 steps, rate .0025 | 30.9 .92 | 32.2 .96 | 35.0 .97 | 40-42 |

`balanced` on nine photos of eight people (`facelab bench inversion`): median 32.8 dB and identity .958, least 30.9 and
.921; eight of them against the code alone: +9.6 dB, least +8.5.
With the base model of 130,224 images, the attribute net's features and one photo, curve.json holds all presets.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import torch

from facelab.core.alignment import map_points, photo_to_crop
from facelab.core.image import to_pixels, to_tensor
from facelab.core.inversion import invert_for
from facelab.core.losses import peak_signal_to_noise
from facelab.core.photo import read_photo
from facelab.core.progress import run
from facelab.core.tuning import PRESETS, Preset, Tuning
from facelab.core.values import Pivot
from facelab.engine.fitting import keep_inversion, problem_of
from facelab.engine.quality import MEASURE_VARIABLE, identity, psnr
from facelab.engine.session import FaceWork, Session
from facelab.engine.toolkit import Toolkit, load_toolkit

HERE = Path(__file__).resolve().parent
POINTS = 24  # on a curve, at most
BALL = 12  # codes near the pivot
COLUMNS = ("seconds", "step", "loss", "psnr", "identity")


def plans() -> Mapping[str, Preset]:
    """The presets, and variations of `balanced`."""
    balanced = PRESETS["balanced"]

    def varied(**changes: float | int) -> Preset:
        plan = replace(balanced.tuning, steps=96, **changes)  # type: ignore[arg-type]  # numbers of the plan
        return replace(balanced, tuning=plan, lpips=plan)

    return {
        **PRESETS,
        "try-as-it-is": varied(),
        "try-rate-0.0015": varied(learning_rate=1.5e-3),
        "try-rate-0.004": varied(learning_rate=4e-3),
        "try-locality-every-step": varied(locality_every=1),
        "try-no-locality": varied(locality_every=0),
        "try-layers-from-16-px": varied(first_resolution=16),
    }


class Clock:
    """CPU seconds of this process, without those of measuring."""

    def __init__(self) -> None:
        self.start = time.process_time()

    def read(self) -> float:
        return time.process_time() - self.start

    def skip(self, since: float) -> None:
        """Forget what was spent since a reading."""
        self.start += self.read() - since


def opened(toolkit: Toolkit, photo: Path) -> tuple[Session, FaceWork]:
    """The largest face of a photo, or an aligned crop."""
    session = Session(toolkit)
    slot = session.add_photo(read_photo(photo), photo.name)
    side = toolkit.generator.info.resolution
    run(session.prepare(slot, 0, None, aligned=slot.srgb.shape[:2] == (side, side)))
    return session, session.faces[0]


def curve(toolkit: Toolkit, photo: Path, preset: Preset) -> Iterator[dict[str, object]]:
    """One tuning, looked at every few steps: what is known so far, again and again."""
    session, work = opened(toolkit, photo)
    clock = Clock()
    run(keep_inversion(session, work, invert_for(preset, problem_of(session, work))))
    assert work.pivot is not None
    pivot = work.pivot
    tuning = Tuning(toolkit.generator, to_tensor(work.crop.pixels), [pivot], toolkit.perceptual())
    plan = preset.plan(toolkit.perceptual().name)
    points = [looked_at(tuning, work, pivot, clock, 0, None)]
    every = max(1, plan.steps // POINTS)
    for progress in tuning.steps(plan):
        if progress.fresh_weights and progress.step % every == 0:
            points.append(looked_at(tuning, work, pivot, clock, progress.step, progress.loss))
            yield {"columns": COLUMNS, "points": points, "finished": False}
    points.append(looked_at(tuning, work, pivot, clock, tuning.done, tuning.result.losses[0]))
    near = round(agreement(tuning, pivot, plan.alpha), 2)
    yield {"columns": COLUMNS, "points": points, "finished": True, "near_pivot_db": near}


def looked_at(
    tuning: Tuning, work: FaceWork, pivot: Pivot, clock: Clock, step: int, loss: float | None
) -> list[float | None]:
    """One point; measuring it costs no seconds."""
    seconds = clock.read()
    shown = to_pixels(tuning.generator.render(pivot.latent.w_plus, pivot.latent.noise or None))
    who = identity(shown, work.crop.pixels, map_points(photo_to_crop(work.alignment), work.points))
    figures = [
        round(seconds, 2),
        step,
        None if loss is None else round(loss, 4),
        round(psnr(shown, work.crop.pixels), 2),
        None if who is None else round(who.value, 4),
    ]
    clock.skip(seconds)
    return figures


def agreement(tuning: Tuning, pivot: Pivot, alpha: float) -> float:
    """Mean PSNR between tuned and base generator near the pivot, in dB."""
    code = torch.tensor(pivot.latent.w_plus)[None]
    noise = pivot.latent.noise or None
    found = []
    for _ in range(BALL):
        near = tuning.locality_code(code, alpha)
        pair = (network.render(near, noise) for network in (tuning.base, tuning.generator))
        found.append(float(peak_signal_to_noise(*pair)))
    return sum(found) / len(found)


def table(kept: Mapping[str, Mapping[str, Mapping[str, list[list[float]]]]]) -> Iterator[str]:
    """The end of each curve, as lines of Markdown."""
    yield "| plan | photo | steps | seconds | dB | identity | dB near the pivot |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name, photos in kept.items():
        for photo, found in photos.items():
            seconds, step, _, decibels, who = found["points"][-1]
            near = found.get("near_pivot_db", "-")
            yield f"| {name} | {photo} | {step} | {seconds:.0f} | {decibels} | {who} | {near} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, help="the folder with photos and measure")
    parser.add_argument("photos", nargs="*", type=Path)
    parser.add_argument("--plan", action="append", choices=list(plans()), help="default: all but faithful")
    parser.add_argument("--out", type=Path, default=HERE / "curve.json")
    parser.add_argument("--table", action="store_true")
    args = parser.parse_args()
    kept = json.loads(args.out.read_text()) if args.out.is_file() else {}
    if args.data is not None:
        torch.set_num_threads(1)
        os.environ[MEASURE_VARIABLE] = str(args.data / "measure")
        toolkit = load_toolkit(None, "cpu")
        toolkit.perceptual()  # loading it belongs to no curve
        for photo in args.photos:
            for name in args.plan or [name for name in plans() if name != "faithful"]:
                for known in curve(toolkit, photo, plans()[name]):
                    kept.setdefault(name, {})[photo.name] = known
                    args.out.write_text(json.dumps(kept, indent=1).replace("\n     ", " ") + "\n")
    if args.table:
        print("\n".join(table(kept)))


if __name__ == "__main__":
    main()
