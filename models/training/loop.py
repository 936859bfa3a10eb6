"""The loop all stages share: time box, safe stop, lock, checkpoints, metrics log and sample sheets."""

from __future__ import annotations

import argparse
import contextlib
import csv
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from facelab.core.values import U8
from models.training.state import Counters, State, save_state

LOCK = Path(tempfile.gettempdir()) / "facelab-training.lock"
StepFunction = Callable[[State], dict[str, float]]
EvaluateFunction = Callable[[State], tuple[dict[str, float], U8]]


MEASURED_SECONDS = 60.0
"""After this long (or a tenth of the time box) a stage of unknown length is planned from its speed."""
FOR_STEPS = 0.95
"""Share of the time that is left for steps; the rest is for reports and checkpoints."""
WARM_STEPS = 20
"""Steps that its speed is not measured from: kernels are loaded and chosen in them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """When to stop and what to write. minutes: wall clock of this call.

    images: end of this stage, counted since its start; 0 = as many as fit into `calls` calls of `minutes`, measured at
    the beginning of the first and kept in the checkpoint.
    """

    folder: Path
    images: int
    minutes: float
    batch: int
    seed: int = 0
    checkpoint_minutes: float = 10.0
    report_minutes: float = 4.0
    margin_seconds: float = 60.0
    calls: int = 1

    @property
    def measured_seconds(self) -> float:
        """When the stage is planned."""
        return min(MEASURED_SECONDS, 6.0 * self.minutes)

    def length(self, counters: Counters) -> int:
        """Images of the whole stage; 0 while it is not known yet."""
        return self.images or counters.planned_images

    def fraction(self, counters: Counters) -> float:
        """How far the stage is, 0..1; in the middle of the warm-up while its length is unknown."""
        length = self.length(counters)
        return min(1.0, counters.stage_images / length) if length else 0.01

    def measure(self, counters: Counters, seconds: float, images: int, measured: float) -> None:
        """Fix the length of a stage of unknown length, once it ran for `seconds`.

        images, measured: how many in how many of these seconds, without the first steps.
        """
        if self.length(counters) or seconds < self.measured_seconds or images == 0:
            return
        left = 60 * self.minutes * self.calls - self.margin_seconds * self.calls - seconds
        speed = images / measured
        counters.planned_images = round(counters.stage_images + max(0.0, FOR_STEPS * speed * left))
        print(f"{speed:.1f} images per second: {counters.planned_images} images planned", flush=True)


def batch_for(device: torch.device, wanted: int, image_bytes: float) -> int:
    """`wanted`, halved until the activations of a batch fit into the free memory of a CUDA device."""
    if device.type == "cuda":
        free = 0.8 * torch.cuda.mem_get_info(device)[0]
        while wanted > 8 and wanted * image_bytes > free:
            wanted //= 2
    return wanted


def prepare(device: torch.device, threads: int) -> None:
    """Settings of the process: threads; on CUDA TensorFloat32 products.

    Not cuDNN's search for kernels: with it the first step of stage c took 88 and 98 s (one H200, batch 256 and 128).
    """
    torch.set_num_threads(threads)
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options every stage has."""
    parser.add_argument("--data", type=Path, required=True, help="packed faces (python -m models.training.data)")
    parser.add_argument("--measure", type=Path, required=True, help="folder with squeezenet11_features.safetensors")
    parser.add_argument("--run", type=Path, required=True, help="folder for checkpoint, metrics.csv and sheets")
    parser.add_argument("--start", type=Path, help="models/base to start from when the run has no checkpoint yet")
    parser.add_argument(
        "--images", type=int, default=100_000, help="length of the stage; 0 = what fits into --calls x --minutes"
    )
    parser.add_argument("--minutes", type=float, default=1e9, help="stop (with a checkpoint) within this time")
    parser.add_argument(
        "--calls", type=int, default=1, help="with --images 0: how many calls of --minutes there will be"
    )
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--float32", action="store_true", help="no bfloat16")
    parser.add_argument("--compile", action="store_true", help="torch.compile the generator")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--report-minutes", type=float, default=4.0)
    parser.add_argument("--checkpoint-minutes", type=float, default=10.0)


def plan_from(args: argparse.Namespace) -> Plan:
    """The plan of the parsed options; a short time box keeps a short margin."""
    return Plan(
        args.run, args.images, args.minutes, args.batch, args.seed, args.checkpoint_minutes, args.report_minutes,
        margin_seconds=min(60.0, 6.0 * args.minutes), calls=args.calls,
    )  # fmt: skip


@contextlib.contextmanager
def training_lock() -> Iterator[None]:
    """Write this process's number to LOCK while training runs, so that `facelab bench` can warn."""
    LOCK.write_text(str(os.getpid()))
    try:
        yield
    finally:
        with contextlib.suppress(FileNotFoundError):
            if LOCK.read_text() == str(os.getpid()):
                LOCK.unlink()


class StopFlag:
    """True once SIGTERM or SIGINT came; the running step is finished first."""

    def __init__(self) -> None:
        self.requested = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._request)

    def _request(self, *_: object) -> None:
        self.requested = True


def random_source(seed: int, step: int) -> tuple[np.random.Generator, torch.Generator]:
    """Random numbers of one step: a function of seed and step only, so that resuming needs no stored state."""
    rng = np.random.default_rng([seed, step])
    return rng, torch.Generator().manual_seed(int(rng.integers(2**62)))


def falling(fraction: float, *, warm: float = 0.02, end: float = 0.02) -> float:
    """Learning-rate factor: linear warm-up, then half a cosine down to `end`."""
    if fraction < warm:
        return max(fraction / warm, 0.05)
    progress = min(1.0, (fraction - warm) / (1.0 - warm))
    return float(end + (1.0 - end) * 0.5 * (1.0 + np.cos(np.pi * progress)))


def sheet(rows: list[Tensor]) -> U8:
    """Rows of images [N, 3, R, R] in [-1, 1] as one picture u8 [H, W, 3]."""
    lines = [torch.cat(list(row.detach().float().cpu()), dim=2) for row in rows]
    picture = torch.cat(lines, dim=1).clamp(-1, 1).add(1).mul(127.5).round().byte()
    return picture.permute(1, 2, 0).contiguous().numpy()


def stacked(sheets: list[U8]) -> U8:
    """Sheets below each other, as wide as the widest, u8 [H, W, 3]."""
    width = max(sheet.shape[1] for sheet in sheets)
    return np.concatenate([np.pad(s, ((0, 0), (0, width - s.shape[1]), (0, 0))) for s in sheets])


def write_row(path: Path, row: dict[str, float]) -> None:
    """Append one row to a CSV; new columns start a new header line."""
    header = None
    if path.exists():
        with path.open() as lines:
            header = [line for line in lines if line.startswith("stage_images")][-1].strip().split(",")
    with path.open("a", newline="") as lines:
        writer = csv.DictWriter(lines, list(row))
        if header != list(row):
            writer.writeheader()
        writer.writerow({key: round(float(value), 5) for key, value in row.items()})


def run(state: State, plan: Plan, step: StepFunction, evaluate: EvaluateFunction) -> None:
    """Train until the plan's images or minutes are used up, or the process is told to end; then save."""
    flag, counters = StopFlag(), state.counters
    plan.folder.mkdir(parents=True, exist_ok=True)
    started = reported = saved = time.monotonic()
    sums: dict[str, float] = {}
    count, longest, taken = 0, 0.0, 0
    warm: tuple[float, int] | None = None
    clock = time.monotonic if torch.cuda.is_initialized() else time.process_time

    def report() -> None:
        metrics, picture = evaluate(state)
        row: dict[str, float] = {
            "stage_images": counters.stage_images,
            "images": counters.images,
            "samples": counters.samples,
        }
        row |= (
            {"minutes": counters.seconds / 60} | metrics | {key: value / max(count, 1) for key, value in sums.items()}
        )
        write_row(plan.folder / "metrics.csv", row)
        Image.fromarray(picture).save(plan.folder / f"sheet-{counters.stage_images:07d}.png")
        print(" ".join(f"{key} {value:.4g}" for key, value in row.items()), flush=True)

    with training_lock():
        while (not plan.length(counters) or plan.fraction(counters) < 1) and not flag.requested:
            began = time.monotonic()
            if began - started > 60 * plan.minutes - plan.margin_seconds - longest:
                break
            worked = clock()
            for key, value in step(state).items():
                sums[key] = sums.get(key, 0.0) + value
            count += 1
            counters.step += 1
            taken += 1
            now = time.monotonic()
            counters.seconds += clock() - worked
            if warm is None:
                if taken >= WARM_STEPS or now - started > 0.5 * plan.measured_seconds:
                    warm = now, counters.stage_images
            else:
                longest = max(longest, now - began)
                plan.measure(counters, now - started, counters.stage_images - warm[1], now - warm[0])
            if now - saved > 60 * plan.checkpoint_minutes:
                save_state(state, plan.folder / "checkpoint")
                saved = time.monotonic()
            if now - reported > 60 * plan.report_minutes:
                report()
                sums, count, reported = {}, 0, time.monotonic()
        save_state(state, plan.folder / "checkpoint")
        if not flag.requested:
            report()
