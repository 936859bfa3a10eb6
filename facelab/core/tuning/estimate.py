"""How long a preset will take on this machine, from a probe of a few steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from facelab.core.generator import FaceGenerator
from facelab.core.losses import PerceptualLoss
from facelab.core.recorded import WARM_CALLS
from facelab.core.tuning.job import Tuning
from facelab.core.tuning.plans import Preset, TuningPlan
from facelab.core.values import Latent, Pivot

TIMED = 2
"""Steps that a probe times."""
SEARCH_STEPS = 450
"""Of a search that begins at the mean code (`InversionPlan.steps`)."""
PLATEAU_STEPS = 1474
"""Steps after which a tuning with a plateau stop ended (`faithful` in tests/benchmark/curve.json, one photo)."""


@dataclass(frozen=True, slots=True)
class StepSeconds:
    """Seconds of one render, of one step on the photo, and of one locality step, in the preset's arithmetic."""

    render: float
    photo: float
    locality: float


def probe(
    generator: FaceGenerator, perceptual: PerceptualLoss, plan: TuningPlan, clock: Callable[[], float]
) -> StepSeconds:
    """Time a few steps on a throw-away copy (well under 1 s at 128 px). clock: e.g. time.perf_counter."""
    info = generator.info
    code = np.broadcast_to(generator.w_avg, (info.num_ws, info.w_dim)).astype(np.float32)
    warm = WARM_CALLS + 1 if generator.device.type == "cuda" else 1  # until everything is recorded there
    target = generator.render(code)
    for _ in range(warm - 1):
        target = generator.render(code)
    float(target.mean())  # waits for the device
    start = clock()
    float(generator.render(code).mean())
    render = clock() - start
    job = Tuning(generator, target, [Pivot(Latent(code), info.sha256, "w", 0)], perceptual)
    times = []
    for every in (0, 1):
        ends = []
        for progress in job.steps(_short(plan, every, warm + TIMED)):
            if progress.fresh_weights:
                ends.append(clock())
        times.append((ends[-1] - ends[-1 - TIMED]) / TIMED)
    return StepSeconds(max(render, 0.0), max(times[0], 0.0), max(times[1] - times[0], 0.0))


def _short(plan: TuningPlan, every: int, steps: int) -> TuningPlan:
    return replace(plan, steps=steps, locality_every=every, plateau=None, stop_lpips=None)


def expected_seconds(
    preset: Preset, times: StepSeconds, perceptual_name: str, photos: int = 1, *, encoder: bool = True
) -> float:
    """Seconds of inversion and tuning. A plan with a plateau stop is expected to run its usual number of steps.

    encoder: whether the model has one; without it every search takes the paper's number of steps.
    """
    plan = preset.plan(perceptual_name)
    searched = preset.inversion_steps if encoder else max(preset.inversion_steps, SEARCH_STEPS)
    steps = min(plan.steps, PLATEAU_STEPS) if plan.plateau is not None else plan.steps
    locality = steps / plan.locality_every * times.locality if plan.locality_every else 0.0
    # a step of the inversion has no weight gradients: about 0.9 of a tuning step without the optimiser
    return photos * (searched * 0.9 * times.photo + steps * times.photo) + locality
