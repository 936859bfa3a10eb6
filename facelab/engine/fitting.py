"""The long jobs of a session: finding codes, and tuning one generator to all of its faces."""

from __future__ import annotations

import time
from dataclasses import replace

import torch

from facelab.core.image import to_tensor
from facelab.core.inversion import Inversion, InversionProblem, invert_for
from facelab.core.progress import Progress, Steps
from facelab.core.tuning import PRESETS, TunedGenerator, Tuning
from facelab.core.values import Pivot
from facelab.engine.session import FaceWork, Session


def problem_of(session: Session, work: FaceWork) -> InversionProblem:
    """The base generator is searched, never the tuned one."""
    toolkit = session.toolkit
    target = to_tensor(work.crop.pixels, toolkit.device)
    eyes = toolkit.eyes()
    matters = eyes.matters if eyes is not None else None
    return InversionProblem(toolkit.generator, target, toolkit.perceptual(), toolkit.encoder, session.seed, matters)


def keep_inversion(session: Session, work: FaceWork, steps: Steps[Inversion]) -> Steps[Inversion]:
    """Search the code of one face; the session keeps it."""
    found = yield from steps
    session.notices += found.notices
    work.pivot = found.pivot
    work.caches.clear()
    return found


def tune(session: Session, preset_key: str, *, more: bool = False) -> Steps[None]:
    """Fit the session's generator to all of its faces with a preset.

    The live weights are the session's from the first step on: `weights.step` counts their changes. On
    close() what was reached stays. more: go on from there, with the codes found before.
    """
    preset = PRESETS[preset_key]
    toolkit = session.toolkit
    tuning = session.tuning if more else None
    if tuning is None:
        if not more:
            for work in session.faces:
                search = invert_for(preset, problem_of(session, work))
                yield from timed(session, "invert", keep_inversion(session, work, search))
        targets = torch.cat([to_tensor(work.crop.pixels, toolkit.device) for work in session.faces])
        pivots = [replace(pivot_of(work), generator_sha256=toolkit.generator.info.sha256) for work in session.faces]
        tuning = Tuning(
            toolkit.generator, targets, pivots, toolkit.perceptual(), seed=session.seed, start=session.started_from
        )
        session.tuning = tuning
    weights = session.weights
    weights.generator, weights.preset = tuning.generator, preset_key
    weights.step += 1
    try:
        steps = tuning.steps(preset.plan(toolkit.perceptual().name))
        yield from timed(session, "tune", _counted(session, steps))
    finally:
        weights.step += 1
        weights.tuned = weights.tuned or tuning.done > 0
        session.notices += tuning.result.notices


def _counted(session: Session, steps: Steps[TunedGenerator]) -> Steps[None]:
    """Pass the steps on; each change of the weights is counted."""
    try:
        for progress in steps:
            if progress.fresh_weights:
                session.weights.step += 1
                session.weights.tuned = True
            yield progress
    finally:
        steps.close()


def pivot_of(work: FaceWork) -> Pivot:
    """The code of an encoded face."""
    assert work.pivot is not None, "the face has not been encoded yet"
    return work.pivot


def timed(session: Session, stage: str, steps: Steps[object]) -> Steps[None]:
    """Run steps and add their own seconds (not those of whoever draws between them) to the session's."""
    try:
        while True:
            started = time.perf_counter()
            try:
                progress: Progress = next(steps)
            except StopIteration:
                return
            finally:
                session.add_seconds(stage, time.perf_counter() - started)
            yield progress
    finally:
        steps.close()
