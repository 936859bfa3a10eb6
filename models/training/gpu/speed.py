"""Time and memory of the 1024 px path: random weights of the official size are enough.

`python -m models.training.gpu.speed --device cuda --out $OUT/speed.json` (about four minutes on a data-centre card)

Render latency of every way of computing beside the straightforward formulation (one weight per sample, grouped
convolution, as in the public code) in the same run; seconds per step of projection and of tuning; the three presets
from start to end; peak memory. `--resolution 32 --channels 256 --repeat 2 --steps 2` tries it on a CPU.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from facelab.core.generator import FaceGenerator, sample_w
from facelab.core.inversion import InversionProblem, invert_for
from facelab.core.networks.ops import SLOPE, SQRT2
from facelab.core.networks.stylegan2 import Generator, GeneratorConfig, StyledConv, channel_table
from facelab.core.perceptual import choose_perceptual
from facelab.core.progress import Steps
from facelab.core.tuning import PRESETS, Tuning
from facelab.core.values import CropConvention, GeneratorInfo

Figures = dict[str, object]


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


def fused_layer(layer: StyledConv, x: Tensor, w: Tensor) -> Tensor:
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
    x = x.reshape(n, -1, *x.shape[2:]) + (layer.noise_const * layer.noise_strength).to(x.dtype)
    return F.leaky_relu(x + layer.bias[:, None, None].to(x.dtype), SLOPE) * SQRT2


def fused(network: Generator, w: Tensor) -> Tensor:
    """One w for all layers to the image, in the straightforward formulation."""
    x: Tensor | None = None
    image: Tensor | None = None
    for block in network.synthesis.blocks:
        x = block.const.expand(len(w), -1, -1, -1) if x is None else fused_layer(block.conv0, x, w)
        x = fused_layer(block.conv1, x, w)
        y = block.torgb(x, w)
        image = y if image is None else block.image_up(image) + y
    assert image is not None
    return image


def timed(work: Callable[[], object], repeat: int, device: torch.device) -> Figures:
    """Milliseconds: median and 95th percentile of `repeat` calls after three to warm up; peak memory in MiB."""
    for _ in range(3):
        work()
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()
    taken = []
    for _ in range(repeat):
        wait(device)
        start = time.perf_counter()
        work()
        wait(device)
        taken.append(1000 * (time.perf_counter() - start))
    peak = torch.cuda.max_memory_allocated() / 2**20 if device.type == "cuda" else None
    return {"median_ms": float(np.median(taken)), "p95_ms": float(np.quantile(taken, 0.95)), "peak_mib": peak}


def wait(device: torch.device) -> None:
    """Until the device has done all its work."""
    if device.type == "cuda":
        torch.cuda.synchronize()


def renders(resolution: int, channel_base: int, device: torch.device, repeat: int, compiled: bool) -> Figures:
    """Latency of one picture, every way of computing it."""
    found: Figures = {}
    for name, half_layers in (("float32", 0), ("float16 in the four largest blocks", 4)):
        generator = random_generator(resolution, channel_base, device, half_layers)
        w = torch.from_numpy(sample_w(generator, 1, 0)).to(device)
        w_plus = w[:, None].expand(-1, generator.info.num_ws, -1)
        synthesis = generator.network.synthesis
        with torch.inference_mode():
            found[name] = timed(lambda: synthesis(w_plus), repeat, device)  # noqa: B023  # called at once
            if not half_layers:
                network = generator.network
                found["straightforward, float32"] = timed(lambda: fused(network, w), repeat, device)  # noqa: B023
                with torch.autocast(device.type, torch.bfloat16):
                    found["bfloat16 autocast"] = timed(lambda: synthesis(w_plus), repeat, device)  # noqa: B023
            if compiled:
                quick = torch.compile(synthesis)
                found[f"{name}, compiled"] = timed(lambda: quick(w_plus), repeat, device)  # noqa: B023
    return found


def drive(steps: Steps[object], most: int | None = None) -> tuple[object, int]:
    """The result of a job (None when it was ended after `most` steps) and the number of steps."""
    done = 0
    while most is None or done < most:
        try:
            next(steps)
        except StopIteration as end:
            return end.value, done
        done += 1
    steps.close()
    return None, done


def presets(resolution: int, channel_base: int, device: torch.device, most: int | None) -> Figures:
    """Seconds of the search and of the tuning for each preset; `most` cuts both short, for trying."""
    found: Figures = {}
    generator = random_generator(resolution, channel_base, device, 4 if device.type == "cuda" else 0)
    target = generator.render(np.repeat(sample_w(generator, 1, 9)[:, None], generator.info.num_ws, 1)).clamp(-1, 1)
    perceptual = choose_perceptual(None, generator)[0]
    for key, preset in PRESETS.items():
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats()
        wait(device)
        start = time.perf_counter()
        result, searched = drive(invert_for(preset, InversionProblem(generator, target, perceptual)), most)
        wait(device)
        middle = time.perf_counter()
        figures: Figures = {"search_seconds": middle - start, "search_steps": searched}
        if result is not None:
            tuning = Tuning(generator, target, [result.pivot], perceptual, seed=0)  # type: ignore[attr-defined]  # the job's result
            _, tuned = drive(tuning.steps(preset.plan(perceptual.name)), most)
            wait(device)
            figures |= {"tuning_seconds": time.perf_counter() - middle, "tuning_steps": tuned}
        figures["peak_mib"] = torch.cuda.max_memory_allocated() / 2**20 if device.type == "cuda" else None
        found[key] = figures
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--resolution", type=int, default=1024)
    parser.add_argument("--channels", type=int, default=32768, help="channel base; 32768 = config-f")
    parser.add_argument("--repeat", type=int, default=60)
    parser.add_argument("--steps", type=int, help="end every search and tuning after so many steps")
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    device = torch.device(args.device)
    about = torch.cuda.get_device_name() if device.type == "cuda" else "CPU"
    found: Figures = {"device": about, "torch": torch.__version__, "resolution": args.resolution}
    found["render"] = renders(args.resolution, args.channels, device, args.repeat, not args.no_compile)
    args.out.write_text(json.dumps(found, indent=1) + "\n")
    found["presets"] = presets(args.resolution, args.channels, device, args.steps)
    args.out.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
