"""`facelab bench`: how fast this computer draws and tunes, as ratios measured in one run.

Milliseconds depend on the machine and on what else runs on it; ratios of things measured in turn hardly do. They
compare our forward pass with the straightforward formulation (`_grouped`) and with nothing but its convolutions,
a step of `--preset`'s tuning with a forward pass, and one thread with two.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from facelab.bench._grouped import Grouped
from facelab.core.device import thread_count
from facelab.core.generator import FaceGenerator, sample_w
from facelab.core.image import to_pixels
from facelab.core.networks.ops import Conv
from facelab.core.networks.stylegan2 import StyledConv, ToRGB
from facelab.core.tuning import PRESETS, Tuning, TuningPlan
from facelab.core.values import F32, Latent, Pivot
from facelab.engine.toolkit import EMBEDDED, Toolkit, load_toolkit

SECONDS = 6.0
"""Of each comparison, at most one round more."""
LEAST, MOST = 3, 60
"""Rounds."""
STEPS = 6

Call = Callable[[], object]


def run(options: argparse.Namespace) -> dict[str, object]:
    """Figures per model."""
    models: dict[str, object] = {}
    for name in options.models or [EMBEDDED]:
        models[name] = measure(load_toolkit(name, options.device), options.preset, options.seed)
    return {"preset": options.preset, "torch": torch.__version__, "models": models}


def measure(toolkit: Toolkit, preset: str, seed: int = 0, seconds: float = SECONDS) -> dict[str, object]:
    """All figures of one model; times are medians in ms, ratios medians of each round's quotient."""
    generator, device = toolkit.generator, toolkit.device
    w = sample_w(generator, 1, seed)
    code: F32 = np.repeat(w[:, None], generator.info.num_ws, axis=1)  # [1, num_ws, w_dim]
    ws = torch.from_numpy(code).to(device)
    grouped = Grouped(generator.network.synthesis)
    calls: dict[str, Call] = {
        "forward": lambda: generator.render(ws),
        "grouped": lambda: grouped(ws),
        "convolutions": bare_convolutions(generator, ws),
        "w_to_crop": lambda: to_pixels(generator.render(code)),
    }
    times = in_turn(calls, seconds, device)
    steps = tuning_steps(toolkit, code, preset, seed)
    forward = statistics.median(times["forward"])
    return {
        "generator": generator.info.sha256,
        "resolution": generator.info.resolution,
        "device": str(device),
        "threads": torch.get_num_threads(),
        "rounds": len(times["forward"]),
        "forward_ms": milliseconds(times["forward"]),
        "w_to_crop_ms": milliseconds(times["w_to_crop"]),
        "forward_to_grouped": ratio(times["forward"], times["grouped"]),
        "forward_to_convolutions": ratio(times["forward"], times["convolutions"]),
        "tuning_step_ms": milliseconds(steps["photo"]),
        "tuning_step_to_forward": round(statistics.median(steps["photo"]) / forward, 2),
        "locality_step_to_forward": round(statistics.median(steps["locality"]) / forward, 2),
        "threads_1_to_2": thread_ratio(calls["forward"], seconds / 2, device),
    }


def in_turn(calls: Mapping[str, Call], seconds: float, device: torch.device) -> dict[str, list[float]]:
    """Seconds of each call in each round. What disturbs the machine disturbs all of them alike."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():  # what is done once only: choosing kernels, packing weights
        call()
    end = time.perf_counter() + seconds
    for done in range(MOST):
        if done >= LEAST and time.perf_counter() > end:
            break
        for name, call in calls.items():
            wait_for(device)
            start = time.perf_counter()
            call()
            wait_for(device)
            times[name].append(time.perf_counter() - start)
    return times


def wait_for(device: torch.device) -> None:
    """Until the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def bare_convolutions(generator: FaceGenerator, ws: Tensor) -> Call:
    """One forward pass's learnt convolutions alone: the same shapes, types and memory layout, nothing between them."""
    jobs: list[Call] = []

    def note(layer: torch.nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(layer, StyledConv | ToRGB | Conv)
        x = inputs[0].detach().clone()  # keeps the memory layout
        weight = layer.weight.detach().to(x.dtype)
        if isinstance(layer, StyledConv) and layer.up:
            jobs.append(lambda: F.conv_transpose2d(x, weight.transpose(0, 1), stride=2))
        else:
            jobs.append(lambda: F.conv2d(x, weight, padding=weight.shape[-1] // 2))

    layers = [m for m in generator.network.synthesis.modules() if isinstance(m, StyledConv | ToRGB | Conv)]
    hooks = [layer.register_forward_pre_hook(note) for layer in layers]
    try:
        generator.render(ws)
    finally:
        for hook in hooks:
            hook.remove()

    @torch.no_grad()
    def convolve() -> None:
        for job in jobs:
            job()

    return convolve


def tuning_steps(toolkit: Toolkit, code: F32, preset: str, seed: int) -> dict[str, list[float]]:
    """Seconds of steps of a preset's tuning on a throw-away copy, without and with the locality term."""
    generator, loss = toolkit.generator, toolkit.perceptual()
    pivot = Pivot(Latent(code[0]), generator.info.sha256, "w", seed)
    job = Tuning(generator, generator.render(code).roll(1, dims=3), [pivot], loss, seed=seed)
    plan = replace(PRESETS[preset].plan(loss.name), steps=STEPS, plateau=None, stop_lpips=None)
    return {
        "photo": _seconds_of_steps(job, replace(plan, locality_every=0), toolkit.device),
        "locality": _seconds_of_steps(job, replace(plan, locality_every=1), toolkit.device),
    }


def _seconds_of_steps(job: Tuning, plan: TuningPlan, device: torch.device) -> list[float]:
    """From one change of the weights to the next; the first step, which sets the optimiser up, is left out."""
    times: list[float] = []
    start = None
    for progress in job.steps(plan):
        if progress.fresh_weights:
            wait_for(device)
            now = time.perf_counter()
            times += [] if start is None else [now - start]
            start = now
    return times


@contextmanager
def threads(count: int) -> Iterator[None]:
    """torch's threads for a while."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def thread_ratio(forward: Call, seconds: float, device: torch.device) -> float | None:
    """Time of one thread over that of two; None where there is nothing to compare."""
    if device.type != "cpu" or thread_count() < 2:
        return None

    def with_threads(count: int) -> Call:
        def call() -> None:
            torch.set_num_threads(count)
            forward()

        return call

    with threads(1):
        times = in_turn({"1": with_threads(1), "2": with_threads(2)}, seconds, device)
    return ratio(times["1"], times["2"])


def milliseconds(times: list[float]) -> float:
    """The median."""
    return round(1000 * statistics.median(times), 2)


def ratio(times: list[float], others: list[float]) -> float:
    """Median of the quotients of each round."""
    return round(statistics.median(a / b for a, b in zip(times, others, strict=True)), 3)
