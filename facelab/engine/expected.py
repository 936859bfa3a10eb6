"""How long the presets take on this machine: measured once, kept until the machine or torch changes."""

from __future__ import annotations

import json
import platform
import time

import torch

from facelab.core.errors import CannotWrite
from facelab.core.files import write_atomic
from facelab.core.tuning import PRESETS, expected_seconds
from facelab.core.tuning.estimate import StepSeconds, probe
from facelab.engine.messages import PresetInfo
from facelab.engine.toolkit import Toolkit
from facelab.paths import cache_dir

FILE = "step-seconds.json"


def step_seconds(toolkit: Toolkit, preset_key: str) -> StepSeconds:
    """Seconds per step of a preset: from memory, from the cache of this machine, or measured (under 1 s at 128 px)."""
    known = toolkit.step_seconds.get(preset_key) or _cached(toolkit, preset_key)
    if known is None:
        perceptual = toolkit.perceptual()
        plan = PRESETS[preset_key].plan(perceptual.name)
        known = probe(toolkit.generator, perceptual, plan, time.perf_counter)
        _remember(toolkit, preset_key, known)
    toolkit.step_seconds[preset_key] = known
    return known


def seconds_for(toolkit: Toolkit, preset_key: str, photos: int = 1) -> float:
    """Expected seconds of a preset on this device, for so many faces."""
    times = step_seconds(toolkit, preset_key)
    name, encoder = toolkit.perceptual().name, toolkit.encoder is not None
    return expected_seconds(PRESETS[preset_key], times, name, max(1, photos), encoder=encoder)


def learn(toolkit: Toolkit, preset_key: str, photos: int, seconds: float) -> None:
    """Correct what is expected by what a whole tuning really took: a probe is short and the machine may be busy.

    Only presets with a fixed number of steps teach something.
    """
    plan = PRESETS[preset_key].plan(toolkit.perceptual().name)
    expected = seconds_for(toolkit, preset_key, photos)
    if plan.plateau is not None or plan.stop_lpips is not None or min(seconds, expected) <= 0:
        return
    factor = seconds / expected
    old = step_seconds(toolkit, preset_key)
    new = StepSeconds(old.render * factor, old.photo * factor, old.locality * factor)
    toolkit.step_seconds[preset_key] = new
    _remember(toolkit, preset_key, new)


def preset_infos(toolkit: Toolkit) -> tuple[PresetInfo, ...]:
    """All presets; seconds only where they are known already, since measuring would delay the start."""
    infos = []
    for key in PRESETS:
        cached = _cached(toolkit, key)
        if cached is not None:
            toolkit.step_seconds[key] = cached
        infos.append(PresetInfo(key, seconds_for(toolkit, key) if cached is not None else None))
    return tuple(infos)


def measure_missing(toolkit: Toolkit) -> tuple[PresetInfo, ...]:
    """Measure what is not known yet and give all presets with their seconds."""
    return tuple(PresetInfo(key, seconds_for(toolkit, key)) for key in PRESETS)


def _key(toolkit: Toolkit, preset_key: str) -> str:
    """What the speed depends on."""
    device = toolkit.device
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor() or platform.machine()
    threads = torch.get_num_threads()
    return f"{preset_key} {toolkit.generator.info.sha256[:12]} {device} {name} {threads} torch {torch.__version__}"


def _table() -> dict[str, list[float]]:
    try:
        table = json.loads((cache_dir() / FILE).read_text())
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, dict) else {}


def _cached(toolkit: Toolkit, preset_key: str) -> StepSeconds | None:
    values = _table().get(_key(toolkit, preset_key))
    if not isinstance(values, list) or len(values) != 3 or not all(isinstance(v, int | float) for v in values):
        return None
    return StepSeconds(*map(float, values))


def _remember(toolkit: Toolkit, preset_key: str, times: StepSeconds) -> None:
    """A cache that cannot be written costs a measurement at the next start, nothing else."""
    table = _table() | {_key(toolkit, preset_key): [times.render, times.photo, times.locality]}
    try:
        cache_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(cache_dir() / FILE, json.dumps(table).encode(), private=True)
    except (OSError, CannotWrite):
        return
