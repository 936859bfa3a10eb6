"""Quality against seconds of tuning plans on real photos: how `fast` and `balanced` were chosen.

    FACELAB_MEASURE_DIR=.../measure python tests/benchmark/presets.py PHOTO ... [--threads 1]

One line per plan and photo: seconds of search and tuning, PSNR in dB, perceptual distance and, with a measuring net,
identity of the tuned, unedited crop. Measured on one AVX2 core, base model of 112,624 images, MobileFaceNet:

| plan | astronaut | london 002 | lisa | seconds |
| --- | --- | --- | --- | --- |
| 50 steps, rate .0015 | 27.9 dB .80 | 29.3 .87 | 31.7 .92 | 15-17 |
| 50 steps, rate .0025 | 28.4 .82 | 29.7 .90 | 32.4 .93 | 14-16 |
| 140 steps, rate .0015 | 30.2 .90 | 31.6 .95 | 34.3 .96 | 36-38 |
| 140 steps, rate .0025 | 30.9 .92 | 32.2 .96 | 35.0 .97 | 40-42 |
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import torch

from facelab.core.photo import read_photo
from facelab.core.tuning import Tuning, plans
from facelab.engine.fitting import keep_inversion, problem_of
from facelab.engine.session import Session
from facelab.engine.toolkit import Toolkit, load_toolkit

STEPS = (48, 140)
RATES = (1.5e-3, 2.5e-3, 4e-3)


def measure(toolkit: Toolkit, photo: Path, preset: plans.Preset) -> str:
    """Tune to the largest face of a photo; one line of figures."""
    from facelab.core.image import to_tensor
    from facelab.core.inversion import invert_for

    session = Session(toolkit)
    slot = session.add_photo(read_photo(photo), photo.name)
    for _ in session.prepare(slot, 0, None, aligned=False):
        pass
    face = session.faces[0]
    started = time.perf_counter()
    for _ in keep_inversion(session, face, invert_for(preset, problem_of(session, face))):
        pass
    assert face.pivot is not None
    target = to_tensor(face.crop.pixels, toolkit.device)
    tuning = Tuning(toolkit.generator, target, [face.pivot], toolkit.perceptual())
    for _ in tuning.steps(preset.plan(toolkit.perceptual().name)):
        pass
    seconds = time.perf_counter() - started
    session.weights.generator = tuning.generator
    found = session.quality(face)
    identity = f" identity {found.identity.value:.3f}" if found.identity else ""
    return f"{seconds:6.1f} s {found.psnr:6.2f} dB {found.perceptual.name} {found.perceptual.value:.3f}{identity}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="+", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    toolkit = load_toolkit(None, "cpu")
    for steps in STEPS:
        base = plans.PRESETS["fast" if steps < 100 else "balanced"]
        for rate in RATES:
            plan = replace(base.tuning, steps=steps, learning_rate=rate)
            preset = replace(base, tuning=plan, lpips=plan)
            for photo in args.photos:
                print(
                    f"{steps:4d} steps rate {rate:.4f} {photo.name:24s} {measure(toolkit, photo, preset)}", flush=True
                )


if __name__ == "__main__":
    main()
