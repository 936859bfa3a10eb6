"""Stage a: faces through encoder, one code w and generator, until the picture is the face again.

`python -m models.training.autoencode --data D --measure M --run R --start models/base --images 60000 --minutes 40`
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facelab.core.networks.attributes import AttributeNet, load_attribute_net
from facelab.core.networks.encoder import Encoder
from facelab.core.values import U8
from models.training import loop, nets
from models.training.data import Faces, draw, load_faces, to_batch
from models.training.losses import (
    ALL_LAYERS,
    TRAIN_LAYERS,
    SqueezeNet,
    attribute_loss,
    feature_distance,
    kl_nats,
    pixel_loss,
    skip_loss,
)
from models.training.muon import Muon
from models.training.readout import fitted, scores_of
from models.training.state import State

KL_TARGET = 500.0
SKIP_SIZES = (16, 32)
READOUT_RATE = 1e-3
IMAGE_BYTES = 60e6
"""Activations per image of a batch at 128 px in float32, estimated from the layers; half of it under bfloat16."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the loss parts."""

    pixel: float = 1.0
    skip: float = 0.5
    perceptual: float = 1.0
    attributes: float = 0.5
    readout: float = 0.2


def optimiser_groups(parts: Sequence[nn.Module], rate: float, *, muon: bool) -> list[dict[str, object]]:
    """Matrices (3x3 convolutions) for Muon, affine layers at three times the rate, the rest plain Adam."""
    groups: dict[str, list[nn.Parameter]] = {}
    for part in parts:
        for name, parameter in part.named_parameters():
            prefix = "encoder " if isinstance(part, Encoder) else ""
            if muon and parameter.dim() == 4 and parameter.shape[-1] == 3:
                kind = "matrix"
            else:
                kind = "affine" if ".affine." in name else "plain"
            groups.setdefault(prefix + kind, []).append(parameter)
    # the encoder's weights are small plain ones, the generator's have unit variance
    factor = {"matrix": 1.0, "affine": 3.0, "plain": 1.0, "encoder matrix": 0.1, "encoder plain": 0.1}
    return [
        {"params": found, "lr": rate * factor[kind], "rate": rate * factor[kind], "muon": kind.endswith("matrix")}
        for kind, found in groups.items()
    ]


def reconstruction_loss(
    state: State, squeeze: SqueezeNet, faces: Tensor, weights: Weights, noise: torch.Generator, dtype: torch.dtype,
    resolution: int = nets.RESOLUTION, render: nets.Render = nets.render, attributes: AttributeNet | None = None,
) -> tuple[Tensor, dict[str, Tensor], Tensor]:  # fmt: skip
    """Loss of one batch, its parts, and the reconstructions [N, 3, R, R]. attributes: None leaves its part out."""
    enabled = dtype != torch.float32
    with torch.autocast(faces.device.type, dtype, enabled=enabled):
        mean, log_variance = nets.encode(nets.encoder_of(state), faces)
        mean, log_variance = mean.float(), log_variance.float()
        spread = torch.randn(mean.shape, generator=noise).to(mean) * (0.5 * log_variance).exp()
        image, skips = render(nets.generator_of(state), mean + spread, dtype, SKIP_SIZES, resolution)
        faces = reduced(faces, resolution)
        with torch.no_grad():
            wanted = squeeze(faces, TRAIN_LAYERS)
        perceptual = feature_distance(squeeze(image, TRAIN_LAYERS), wanted).mean()
    parts = {
        "pixel": pixel_loss(image, faces),
        "skip": skip_loss(skips, faces),
        "perceptual": perceptual,
        "kl": kl_nats(mean, log_variance),
    }
    loss = weights.pixel * parts["pixel"] + weights.skip * parts["skip"] + weights.perceptual * parts["perceptual"]
    if attributes is not None:
        parts["attributes"] = attribute_loss(attributes, image, faces, noise)
        loss = loss + weights.attributes * parts["attributes"]
    if attributes is not None and "readout" in state.nets:
        parts["readout"] = (state.nets["readout"](mean) - scores_of(attributes, faces)).square().mean()
        loss = loss + weights.readout * parts["readout"]
    return loss + state.counters.kl_weight * parts["kl"], parts, image


def add_readout(state: State, attributes: AttributeNet, faces: Faces, device: torch.device) -> None:
    """Let a linear layer learn along, and with it make the encoder's codes tell the attributes."""
    encoder, _ = nets.averages_of(state)
    state.nets["readout"] = fitted(encoder, attributes, faces, device)
    optimiser = torch.optim.Adam(state.nets["readout"].parameters(), lr=READOUT_RATE)
    state.optimisers["readout"] = optimiser


def steer_kl(weight: float, nats: float, target: float = KL_TARGET) -> float:
    """Raise the KL weight while the codes hold more than `target` nats, lower it while they hold less."""
    return float(min(1e-2, max(1e-7, weight * (nats / target) ** 0.1)))


def half_life_decay(batch: int, images: int) -> float:
    """Decay per step of the moving average: half-life 4,000 images or 100 steps, shorter at the start of a stage."""
    half_life = min(max(4000.0, 100.0 * batch), 0.1 * images + batch)
    return float(0.5 ** (batch / half_life))


def reduced(faces: Tensor, resolution: int) -> Tensor:
    """Area-averaged to the resolution that is trained."""
    return faces if faces.shape[-1] == resolution else F.avg_pool2d(faces, faces.shape[-1] // resolution)


@torch.no_grad()
def evaluate(
    state: State, squeeze: SqueezeNet, faces: Faces, count: int, device: torch.device, resolution: int
) -> tuple[dict[str, float], U8]:
    """PSNR and perceptual distance of the moving average on validation faces, with a sheet of ten."""
    rows = faces.rows("validation")[:count]
    encoder, generator = nets.averages_of(state)
    psnr, distance = [], []
    shown: list[Tensor] = []
    for start in range(0, len(rows), 16):
        batch = to_batch(faces.pixels[rows[start : start + 16]], device)
        image = nets.render(generator, encoder(batch), torch.float32, (), resolution)[0].clamp(-1, 1)
        batch = reduced(batch, resolution)
        psnr.append(-10 * torch.log10((image - batch).square().mean((1, 2, 3)) / 4))
        distance.append(feature_distance(squeeze(image, ALL_LAYERS), squeeze(batch, ALL_LAYERS)))
        if start == 0:
            shown = [batch[:10], image[:10]]
    return {"psnr": float(torch.cat(psnr).mean()), "distance": float(torch.cat(distance).mean())}, loop.sheet(shown)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    loop.add_arguments(parser)
    parser.add_argument("--rate", type=float, default=0.003)
    parser.add_argument("--skip-weight", type=float, default=0.5)
    parser.add_argument("--perceptual-weight", type=float, default=1.0)
    parser.add_argument("--nats", type=float, default=KL_TARGET, help="what a code may hold")
    parser.add_argument("--attribute-weight", type=float, default=0.5, help="at 128 px only")
    parser.add_argument("--judge", type=Path, default=Path("models/base/attributes.safetensors"), help="attribute net")
    parser.add_argument("--adam", action="store_true", help="Adam for the convolutions too")
    parser.add_argument("--resolution", type=int, default=nets.RESOLUTION, help="train only the blocks up to this one")
    parser.add_argument("--evaluate-count", type=int, default=128)
    args = parser.parse_args()
    device = torch.device(args.device)
    loop.prepare(device, args.threads)
    dtype = torch.float32 if args.float32 else torch.bfloat16
    args.batch = loop.batch_for(device, args.batch, IMAGE_BYTES)
    plan, weights = loop.plan_from(args), Weights(1.0, args.skip_weight, args.perceptual_weight, args.attribute_weight)
    judged = args.attribute_weight and args.resolution == nets.RESOLUTION
    attributes = load_attribute_net(args.judge, device) if judged else None
    render = torch.compile(nets.render) if args.compile else nets.render
    faces, squeeze = load_faces(args.data), SqueezeNet(args.measure / "squeezenet11_features.safetensors").to(device)
    train = faces.rows("train")
    state = nets.autoencoder_state(args.start, device)
    state.optimisers["autoencoder"] = Muon(
        optimiser_groups([nets.generator_of(state).synthesis, state.nets["encoder"]], args.rate, muon=not args.adam)
    )
    if attributes is not None:
        add_readout(state, attributes, faces, device)
    nets.resume(state, args.run)
    optimiser = state.optimisers["autoencoder"]

    def step(state: State) -> dict[str, float]:
        counters = state.counters
        rng, noise = loop.random_source(plan.seed, counters.step)
        batch = to_batch(draw(faces, train, plan.batch, rng), device)
        for group in optimiser.param_groups:
            group["lr"] = group["rate"] * loop.falling(plan.fraction(counters))
        loss, parts, _ = reconstruction_loss(
            state, squeeze, batch, weights, noise, dtype, args.resolution, render, attributes
        )
        for each in state.optimisers.values():
            each.zero_grad(set_to_none=True)
        loss.backward()
        for each in state.optimisers.values():
            each.step()
        counters.images += plan.batch
        counters.stage_images += plan.batch
        state.average(half_life_decay(plan.batch, counters.stage_images))
        nats = float(parts["kl"].detach())
        counters.kl_weight = steer_kl(counters.kl_weight, nats, args.nats)
        return {key: float(value.detach()) for key, value in parts.items()} | {"kl_weight": counters.kl_weight}

    loop.run(state, plan, step, lambda s: evaluate(s, squeeze, faces, args.evaluate_count, device, args.resolution))


if __name__ == "__main__":
    main()
