"""Time and memory of the 1024 px path: random weights of the official size are enough.

`python -m models.training.gpu.speed --device cuda --out $OUT/speed.json` (about two minutes on a data-centre card)

Every way of computing beside the straightforward formulation (one weight per sample, grouped convolution, as in the
public code) in the same run: latency of a picture, seconds per step of a projection into W (with noise maps) and of a
tuning, peak memory; then the three presets from start to end as the program runs them. LPIPS, where the package is
there, has a random backbone: the same time. `--resolution 32 --channels 256 --repeat 2 --steps 6` tries it on a CPU.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from facelab.core import recorded
from facelab.core.generator import FaceGenerator, sample_w
from facelab.core.inversion import InversionProblem, invert_for, problem
from facelab.core.losses import PerceptualLoss
from facelab.core.lpips_adapter import Lpips
from facelab.core.networks.ops import SLOPE, SQRT2, Upsample
from facelab.core.networks.stylegan2 import Generator, GeneratorConfig, StyledConv, Synthesis, channel_table
from facelab.core.perceptual import choose_perceptual
from facelab.core.progress import Steps
from facelab.core.tuning import PRESETS, Preset, Tuning, TuningPlan
from facelab.core.values import CropConvention, GeneratorInfo, Latent, Pivot
from models.training.gpu import polyphase

Figures = dict[str, object]
WARM = 4
"""Calls or steps that are not counted: choosing kernels, recording."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of computing. half: bfloat16 activations in searches and tunings; for a picture, float16 in the four
    largest blocks as in the official files. graph: recorded, as the program does it. phases: see `polyphase`.
    """

    name: str
    straightforward: bool = False
    half: bool = False
    graph: bool = False
    compiled: bool = False
    phases: bool = False


WAYS = (
    Way("straightforward, float32", straightforward=True),
    Way("straightforward, half", straightforward=True, half=True),
    Way("ours, float32"),
    Way("ours, half", half=True),
    Way("ours, float32, recorded", graph=True),
    Way("ours, half, recorded", half=True, graph=True),
    Way("ours, half, recorded, by phases", half=True, graph=True, phases=True),
)
COMPILED = Way("ours, half, compiled", half=True, compiled=True)


def random_generator(resolution: int, channel_base: int, device: torch.device, half_layers: int) -> FaceGenerator:
    """A generator of config-f's size (channel_base 32768 at 1024 px) with seeded weights."""
    torch.manual_seed(0)
    config = GeneratorConfig(
        512, 512, resolution, channel_table(resolution, channel_base, 512),
        conv_clamp=256.0 if half_layers else None, num_fp16_res=half_layers,
    )  # fmt: skip
    network = Generator(config).eval().requires_grad_(False).arrange().to(device)
    z = torch.randn(1000, 512, device=device)
    network.mapping.w_avg.copy_(network.mapping.w(z).mean(0))
    info = GeneratorInfo(
        "random", "0" * 64, "native", resolution, config.num_ws, 512, 512, 0, CropConvention(1.0, 0.1), "none", "",
        sum(p.numel() for p in network.parameters()),
    )  # fmt: skip
    return FaceGenerator(network, info)


def fused_layer(layer: StyledConv, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
    """StyledConv by its definition: demodulated weights of each sample, one grouped convolution."""
    n, inputs, height, width = x.shape
    weight = layer.weight[None] * layer.affine(w)[:, None, :, None, None]  # [N, O, I, 3, 3]
    weight = weight * torch.rsqrt(weight.square().sum((2, 3, 4), keepdim=True) + 1e-8)
    x = x.reshape(1, n * inputs, height, width)
    if layer.up:
        grouped = weight.transpose(1, 2).reshape(n * inputs, -1, 3, 3)
        x = F.conv_transpose2d(x, grouped.to(x.dtype), stride=2, groups=n)
        x = layer.blur(x.reshape(n, -1, *x.shape[2:]), 1)
    else:
        x = F.conv2d(x, weight.reshape(-1, inputs, 3, 3).to(x.dtype), padding=1, groups=n)
    x = x.reshape(n, -1, *x.shape[2:]) + (noise * layer.noise_strength).to(x.dtype)
    return F.leaky_relu(x + layer.bias[:, None, None].to(x.dtype), SLOPE) * SQRT2


class Fused:
    """The synthesis network in the straightforward formulation, on the same weights."""

    def __init__(self, network: Synthesis) -> None:
        self.network = network

    def __call__(
        self, ws: Tensor, noise_mode: str = "const", noise: Mapping[str, Tensor] | None = None,
        dtype: torch.dtype | None = None,
    ) -> Tensor:  # fmt: skip
        """As `Synthesis.forward`."""
        x: Tensor | None = None
        image: Tensor | None = None
        latents = list(ws.unbind(1))
        for block in self.network.blocks:
            kind = block.dtype(ws.device) if dtype is None else dtype
            for name in ("conv0", "conv1"):
                if not hasattr(block, name):
                    continue
                layer: StyledConv = block.get_submodule(name)  # type: ignore[assignment]  # nn.Module
                if x is None:
                    x = block.const.expand(len(ws), -1, -1, -1)
                maps = (noise or {}).get(f"b{block.resolution}.{name}", layer.noise_const)
                x = fused_layer(layer, x.to(kind), latents.pop(0), maps)
            y = block.torgb(x, latents[0])
            image = y if image is None else block.image_up(image) + y
        assert image is not None
        return image


@contextmanager
def computing(way: Way, generator: FaceGenerator) -> Iterator[FaceGenerator]:
    """The generator, computing in this way."""
    network = generator.network
    failure, dtype = recorded._failure, problem.search_dtype
    enlarged, upsampled = StyledConv._enlarged, Upsample.forward
    if way.phases:
        StyledConv._enlarged = polyphase.enlarged  # type: ignore[assignment,method-assign]
        Upsample.forward = polyphase.upsampled  # type: ignore[assignment,method-assign]
    generator._live = None  # a recording of another way
    if way.straightforward:
        network.synthesis.forward = Fused(network.synthesis)  # type: ignore[method-assign]
    elif way.compiled:
        network.synthesis.forward = torch.compile(network.synthesis.forward)  # type: ignore[method-assign]
    recorded._failure = None if way.graph else "switched off for this measurement"
    if generator.device.type == "cuda":
        problem.search_dtype = lambda device: torch.bfloat16 if way.half else torch.float32
    try:
        yield generator
    finally:
        network.synthesis.__dict__.pop("forward", None)
        recorded._failure, problem.search_dtype = failure, dtype
        StyledConv._enlarged, Upsample.forward = enlarged, upsampled  # type: ignore[method-assign]


def summary(seconds: list[float], device: torch.device) -> Figures:
    """Milliseconds: median and 95th percentile; peak memory in MiB since the last reset."""
    taken = 1000 * np.asarray(seconds[WARM:] or seconds)
    peak = torch.cuda.max_memory_allocated() / 2**20 if device.type == "cuda" else None
    return {"median_ms": float(np.median(taken)), "p95_ms": float(np.quantile(taken, 0.95)), "peak_mib": peak}


def wait(device: torch.device) -> None:
    """Until the device has done all its work."""
    if device.type == "cuda":
        torch.cuda.synchronize()


def fresh(device: torch.device) -> None:
    """Give back what is kept, and count memory anew."""
    if device.type == "cuda":
        torch.cuda.synchronize()
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def pictures(generator: FaceGenerator, repeat: int) -> list[float]:
    """Seconds of each of `repeat` pictures of other codes, from numbers in memory to numbers on the device."""
    device, num_ws = generator.device, generator.info.num_ws
    codes = [np.repeat(w[None, None], num_ws, 1) for w in sample_w(generator, 8, 0)]
    seconds = []
    for i in range(WARM + repeat):
        wait(device)
        start = time.perf_counter()
        generator.render(codes[i % len(codes)])
        wait(device)
        seconds.append(time.perf_counter() - start)
    return seconds


def stepped(steps: Steps[object], count: int, device: torch.device) -> list[float]:
    """Seconds of each of the first `count` steps of a job."""
    seconds: list[float] = []
    start = time.perf_counter()
    for progress in steps:
        if progress.stage == "tune" and not progress.fresh_weights:
            continue
        wait(device)
        now = time.perf_counter()
        seconds.append(now - start)
        start = now
        if len(seconds) >= count:
            break
    steps.close()
    return seconds


def projection(generator: FaceGenerator, perceptual: PerceptualLoss, count: int) -> list[float]:
    """Seconds per step of the search of `faithful`: w and all noise maps."""
    job = invert_for(PRESETS["faithful"], InversionProblem(generator, target_of(generator), perceptual))
    return stepped(job, count, generator.device)


def tuning(generator: FaceGenerator, perceptual: PerceptualLoss, count: int, plan: TuningPlan) -> list[float]:
    """Seconds per step of a tuning."""
    code = np.repeat(sample_w(generator, 1, 0), generator.info.num_ws, 0)
    pivot = Pivot(Latent(code), generator.info.sha256, "w", 0)
    job = Tuning(generator, target_of(generator), [pivot], perceptual)
    return stepped(job.steps(replace(plan, stop_lpips=None, plateau=None)), count, generator.device)


def target_of(generator: FaceGenerator) -> Tensor:
    """A picture of another code."""
    code = np.repeat(sample_w(generator, 1, 9)[:, None], generator.info.num_ws, 1)
    return generator.render(code).clamp(-1, 1).clone()


def perceptual_of(generator: FaceGenerator) -> PerceptualLoss:
    """LPIPS with random weights where the package is installed, else what the program takes without a model folder."""
    try:
        import lpips  # type: ignore[import-untyped]  # no stubs exist
    except (ImportError, RuntimeError):  # RuntimeError: a torchvision that does not belong to this torch
        return choose_perceptual(None, generator)[0]
    network = lpips.LPIPS(net="alex", pnet_rand=True, verbose=False)
    return Lpips(network.requires_grad_(False).eval().to(generator.device), "alex")


def ways_of(
    ways: tuple[Way, ...],
    plain: FaceGenerator,
    half: FaceGenerator,
    perceptual: PerceptualLoss,
    repeat: int,
    steps: int,
) -> Figures:
    """Picture, projection step, tuning step without and with locality, in every way.

    plain: float32 throughout; half: float16 in its largest blocks, for pictures.
    """
    found: Figures = {}
    device = plain.device
    for way in ways:
        plan = replace(PRESETS["faithful"].lpips, half=way.half)
        alone = replace(plan, locality_every=0)
        drawing = half if way.half else plain
        jobs: dict[str, Callable[[], list[float]]] = {"picture": lambda: pictures(drawing, repeat)}  # noqa: B023
        if not way.compiled:
            jobs["projection step"] = lambda: projection(plain, perceptual, steps)
            jobs["tuning step"] = lambda: tuning(plain, perceptual, steps, alone)  # noqa: B023
            jobs["tuning step with locality"] = lambda: tuning(plain, perceptual, steps, plan)  # noqa: B023
        figures: Figures = {}
        for name, job in jobs.items():
            fresh(device)
            with computing(way, drawing if name == "picture" else plain):
                figures[name] = summary(job(), device)
                figures["recorded"] = recorded._failure is None
            print(way.name, name, figures[name], recorded._failure, flush=True)
        found[way.name] = figures
    return found


def whole(preset: Preset, generator: FaceGenerator, perceptual: PerceptualLoss, most: int | None) -> Figures:
    """Seconds of the search and of the tuning; `most` cuts the number of steps, for trying."""
    device = generator.device
    fresh(device)
    target = target_of(generator)
    wait(device)
    start = time.perf_counter()
    inversion, searched = drive(invert_for(preset, InversionProblem(generator, target, perceptual)), most)
    wait(device)
    middle = time.perf_counter()
    pivot = Pivot(Latent(np.repeat(sample_w(generator, 1, 0), generator.info.num_ws, 0)), "0" * 64, "w", 0)
    pivot = pivot if inversion is None else inversion.pivot  # type: ignore[attr-defined]  # the job's result
    plan = replace(preset.plan(perceptual.name), stop_lpips=None)
    _, tuned = drive(Tuning(generator, target, [pivot], perceptual).steps(plan), most)
    wait(device)
    peak = torch.cuda.max_memory_allocated() / 2**20 if device.type == "cuda" else None
    return {
        "search_seconds": middle - start, "search_steps": searched, "tuning_seconds": time.perf_counter() - middle,
        "tuning_steps": tuned, "peak_mib": peak,
    }  # fmt: skip


def drive(steps: Steps[object], most: int | None = None) -> tuple[object, int]:
    """The result of a job (None when it was ended after `most` steps) and the number of its steps."""
    done = 0
    while True:
        try:
            progress = next(steps)
        except StopIteration as end:
            return end.value, done
        done += progress.stage != "tune" or progress.fresh_weights
        if most is not None and done >= most:
            steps.close()
            return None, done


def profile(generator: FaceGenerator, perceptual: PerceptualLoss) -> str:
    """Where a projection step and a tuning step spend the card's time, without recordings."""
    from torch.profiler import ProfilerActivity
    from torch.profiler import profile as profiled

    lines = []
    plan = replace(PRESETS["faithful"].lpips, half=True)
    jobs: tuple[Callable[[], object], ...] = (
        lambda: projection(generator, perceptual, 3),
        lambda: tuning(generator, perceptual, 3, plan),
    )
    for job in jobs:
        job()
        with profiled(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as record:
            job()
        lines.append(
            record.key_averages().table(sort_by="self_cuda_time_total", row_limit=22, max_name_column_width=70)
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--resolution", type=int, default=1024)
    parser.add_argument("--channels", type=int, default=32768, help="channel base; 32768 = config-f")
    parser.add_argument("--repeat", type=int, default=60, help="pictures")
    parser.add_argument("--steps", type=int, default=16, help="steps of each search and tuning that is timed")
    parser.add_argument("--most", type=int, help="end the presets after so many steps of each stage")
    parser.add_argument("--compiled", action="store_true", help="only the compiled picture (a minute to compile)")
    parser.add_argument("--profile", type=Path, help="only write where the time goes to this file")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    device = torch.device(args.device)
    about = torch.cuda.get_device_name() if device.type == "cuda" else "CPU"
    plain, half = (random_generator(args.resolution, args.channels, device, layers) for layers in (0, 4))
    perceptual = perceptual_of(plain)
    if args.profile is not None:
        with computing(Way("profile", half=True), plain):
            args.profile.write_text(profile(plain, perceptual))
        return
    found: Figures = {
        "device": about, "torch": torch.__version__, "resolution": args.resolution, "perceptual": perceptual.name,
    }  # fmt: skip
    if not args.compiled:
        faithful = PRESETS["faithful"]
        in_half = replace(
            faithful, tuning=replace(faithful.tuning, half=True), lpips=replace(faithful.lpips, half=True)
        )
        whole_jobs: Figures = {}
        for key, preset in {**PRESETS, "faithful, tuned in bfloat16": in_half}.items():
            whole_jobs[key] = whole(preset, half, perceptual, args.most)
            print(key, whole_jobs[key], flush=True)
        found["presets"] = whole_jobs
        args.out.write_text(json.dumps(found, indent=1) + "\n")
    found["ways"] = ways_of((COMPILED,) if args.compiled else WAYS, plain, half, perceptual, args.repeat, args.steps)
    found["recording_failed"] = recorded._failure
    args.out.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
