"""Stage c: StyleGAN2's adversarial losses on samples and on reconstructions, the reconstruction loss kept in.

`python -m models.training.adversarial --data D --measure M --start PRIOR/checkpoint --nets models/base --run R \\
    --images 200000 --minutes 9`

Two judges: the pixel discriminator of the official architecture behind adaptive augmentation, and small heads on fixed
SqueezeNet features (projected discriminators), which carry most of the signal when there is little time. Non-saturating
losses, lazy R1 on the pixel discriminator, lazy path length regularisation, all as in StyleGAN2 (arXiv 1912.04958).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from facelab.core.networks.attributes import AttributeNet, load_attribute_net
from facelab.core.networks.discriminator import Discriminator, DiscriminatorConfig
from facelab.core.networks.stylegan2 import Generator, channel_table
from facelab.core.values import F64, U8
from models.training import augment, frechet, loop, nets
from models.training.autoencode import (
    IMAGE_BYTES,
    KL_TARGET,
    Weights,
    add_readout,
    evaluate,
    half_life_decay,
    optimiser_groups,
    reconstruction_loss,
    steer_kl,
)
from models.training.data import Faces, draw, load_faces, to_batch
from models.training.losses import FeatureHeads, SqueezeNet
from models.training.muon import Muon
from models.training.state import State, read_parts

R1_EVERY, PATH_EVERY = 16, 8
PATH_DECAY, PATH_SHRINK = 0.01, 2
JUDGE_BASE = 2048
"""Channels of the pixel discriminator: min(JUDGE_BASE / R, 256)."""


@dataclass(frozen=True, slots=True)
class Strength:
    """Weights of the adversarial parts. head_shift: px, see augment.moved; nats: what a code may hold.

    judges_first: images after which the generator moves at all, so that judges of an earlier generator catch up.
    rebuilt: what fooling the judges with reconstructions counts beside samples; it costs fidelity.
    """

    pixel: float = 0.3
    heads: float = 0.5
    r1: float = 1.0
    path: float = 2.0
    head_shift: int = 8
    nats: float = KL_TARGET
    judges_first: int = 0
    rebuilt: float = 1.0


def discriminator(channel_base: int = JUDGE_BASE, resolution: int = nets.RESOLUTION) -> Discriminator:
    """The pixel discriminator; channels of the blocks R .. 4."""
    channels = tuple(reversed(channel_table(resolution, channel_base, 256)))
    return Discriminator(DiscriminatorConfig(resolution, channels))


def judges(folder: Path, start: Path) -> dict[str, nn.Module]:
    """Discriminator and feature heads: of the checkpoint `start` where it has them, else of a model folder."""
    found: dict[str, nn.Module] = {"discriminator": discriminator(), "heads": FeatureHeads()}
    flat = read_parts(start) if (start / "state.json").exists() else {}
    files = {"discriminator": "discriminator.safetensors", "heads": "feature_heads.safetensors"}
    for name, module in found.items():
        tensors = nets.part_of(flat, f"net/{name}/")
        if not tensors and (folder / files[name]).exists():
            tensors = {key: t.float() for key, t in load_file(folder / files[name]).items()}
            tensors = {key: t for key, t in tensors.items() if not key.endswith("resample_filter")}
        if tensors:
            module.load_state_dict(tensors)
    return found


def standardise_heads(heads: FeatureHeads, squeeze: SqueezeNet, images: Tensor) -> None:
    """Measure mean and deviation of every channel once, when the heads are new."""
    with torch.no_grad():
        for i, x in enumerate(squeeze(images, FeatureHeads.LAYERS), start=1):
            heads.get_buffer(f"mu{i}").copy_(x.mean((0, 2, 3)))
            heads.get_buffer(f"sc{i}").copy_(1 / (x.std((0, 2, 3)) + 1e-3))


def wanted_real(logits: Tensor, weights: Tensor | None = None) -> Tensor:
    """Non-saturating: the smaller, the more the judge takes it for a photograph. weights: of each image, f32 [N]."""
    loss = F.softplus(-logits)
    return loss.mean() if weights is None else (loss.flatten(1).mean(1) * weights).mean()


class Trainer:
    """One training step over a state with generator, encoder, discriminator and heads."""

    def __init__(
        self, state: State, squeeze: SqueezeNet, strength: Strength, weights: Weights, dtype: torch.dtype, seed: int,
        attributes: AttributeNet | None = None,
    ) -> None:  # fmt: skip
        self.state, self.squeeze, self.strength, self.weights, self.dtype = state, squeeze, strength, weights, dtype
        self.seed, self.attributes = seed, attributes
        self.judge: Discriminator = state.nets["discriminator"]  # type: ignore[assignment]  # built by judges()
        self.heads: FeatureHeads = state.nets["heads"]  # type: ignore[assignment]  # built by judges()

    def scores(self, images: Tensor, source: torch.Generator) -> tuple[Tensor, list[Tensor]]:
        """Logits of the pixel discriminator [N, 1], and of the heads."""
        seen = augment.augmented(images, self.state.counters.augmentation, source)
        device = images.device.type
        with torch.autocast(device, self.dtype, enabled=self.dtype != torch.float32):
            pixel = self.judge(seen)
            features = self.squeeze(augment.moved(images, self.strength.head_shift, source), FeatureHeads.LAYERS)
            return pixel.float(), [logits.float() for logits in self.heads([x.float() for x in features])]

    def fool(self, rebuilt: Tensor, made: Tensor, source: torch.Generator) -> Tensor:
        """Adversarial loss of the generator, on equally many reconstructions and samples."""
        weights = made.new_ones(2 * len(made))
        weights[: len(rebuilt)] = self.strength.rebuilt
        pixel, heads = self.scores(torch.cat([rebuilt, made]), source)
        loss = _mean(lambda logits: wanted_real(logits, weights), heads)
        return self.strength.pixel * wanted_real(pixel, weights) + self.strength.heads * loss

    def generate(self, faces: Tensor, rng: torch.Generator) -> tuple[Tensor, dict[str, Tensor], Tensor]:
        """Generator loss with its parts, and the fakes (reconstructions, then samples) without gradient."""
        loss, parts, rebuilt = reconstruction_loss(
            self.state, self.squeeze, faces, self.weights, rng, self.dtype, attributes=self.attributes
        )
        generator = nets.generator_of(self.state)
        z = torch.randn(len(faces), nets.Z_DIM, generator=rng).to(faces)
        made, _ = nets.render(generator, generator.mapping.w(z), self.dtype)
        parts["fool"] = self.fool(rebuilt, made, rng)
        return loss + parts["fool"], parts, torch.cat([rebuilt, made]).detach()

    def path_penalty(self, rng: torch.Generator, count: int) -> Tensor:
        """(|J_w^T y| - a)^2 on samples, a a running mean kept in the counters (StyleGAN2, equation 4)."""
        generator, counters = nets.generator_of(self.state), self.state.counters
        like = next(generator.parameters())
        z = torch.randn(count, nets.Z_DIM, generator=rng).to(like)
        w = generator.mapping(z)  # [n, num_ws, w_dim]
        image = generator.synthesis(w)
        y = torch.randn(image.shape, generator=rng).to(like) / (image.shape[2] * image.shape[3]) ** 0.5
        (slope,) = torch.autograd.grad((image * y).sum(), w, create_graph=True)
        lengths = slope.square().sum(2).mean(1).sqrt()
        counters.path_length += PATH_DECAY * (float(lengths.detach().mean()) - counters.path_length)
        penalty: Tensor = (lengths - counters.path_length).square().mean()
        return penalty

    def tell_apart(self, faces: Tensor, fakes: Tensor, rng: torch.Generator) -> tuple[Tensor, float]:
        """Loss of the judges, and the mean sign of the photographs' logits."""
        pixel_fake, heads_fake = self.scores(fakes, rng)
        pixel_real, heads_real = self.scores(faces, rng)
        loss = F.softplus(pixel_fake).mean() + wanted_real(pixel_real)
        loss = loss + _mean(lambda x: F.softplus(x).mean(), heads_fake) + _mean(wanted_real, heads_real)
        return loss, float(pixel_real.detach().sign().mean())

    def gradient_penalty(self, faces: Tensor, rng: torch.Generator) -> Tensor:
        """R1: squared gradient of the logits of photographs, in float32 (Mescheder et al., arXiv 1801.04406)."""
        images = faces.detach().requires_grad_()
        seen = augment.augmented(images, self.state.counters.augmentation, rng)
        (slope,) = torch.autograd.grad(self.judge(seen).sum(), images, create_graph=True)
        return slope.square().sum((1, 2, 3)).mean()

    def step(self, faces: Tensor, factor: float, rng: torch.Generator) -> dict[str, float]:
        """Generator and encoder, then the judges. faces f32 [N, 3, R, R]; factor: of the learning rates."""
        state, counters = self.state, self.state.counters
        for optimiser in state.optimisers.values():
            for group in optimiser.param_groups:
                if "rate" in group:
                    group["lr"] = group["rate"] * factor
        moving = counters.stage_images >= self.strength.judges_first
        self._freeze_judges(True)
        with torch.set_grad_enabled(moving):
            loss, parts, fakes = self.generate(faces, rng)
        if moving:
            if counters.step % PATH_EVERY == 0:
                count = max(1, len(faces) // PATH_SHRINK)
                loss = loss + self.strength.path * PATH_EVERY * self.path_penalty(rng, count)
            self._update(loss, "autoencoder", "readout")
        self._freeze_judges(False)
        judge_loss, sign = self.tell_apart(faces, fakes, rng)
        if counters.step % R1_EVERY == 0:
            judge_loss = judge_loss + 0.5 * self.strength.r1 * R1_EVERY * self.gradient_penalty(faces, rng)
        self._update(judge_loss, "judges")
        counters.images += len(faces)
        counters.samples += len(faces)
        counters.stage_images += len(faces)
        counters.augmentation = augment.adapted(counters.augmentation, sign, len(faces))
        counters.kl_weight = steer_kl(counters.kl_weight, float(parts["kl"].detach()), self.strength.nats)
        state.average(half_life_decay(len(faces), counters.stage_images + 20_000))
        shown = {key: float(value.detach()) for key, value in parts.items()}
        return shown | {"judge": float(judge_loss.detach()), "sign": sign, "augmentation": counters.augmentation}

    def _freeze_judges(self, frozen: bool) -> None:
        for module in (self.judge, self.heads):
            module.requires_grad_(not frozen)

    def _update(self, loss: Tensor, *names: str) -> None:
        optimisers = [self.state.optimisers[name] for name in names if name in self.state.optimisers]
        for optimiser in optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        for optimiser in optimisers:
            optimiser.step()


def _mean(part: Callable[[Tensor], Tensor], values: list[Tensor]) -> Tensor:
    return torch.stack([part(value) for value in values]).mean()


def adversarial_state(start: Path, folder: Path, rate: float, judge_rate: float, device: torch.device) -> State:
    """Everything stage c trains, from a checkpoint or model folder; judges from `folder` where `start` has none."""
    state = nets.autoencoder_state(start, device)
    for name, module in judges(folder, start).items():
        state.nets[name] = module.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    trained = [state.nets["generator"], state.nets["encoder"]]
    state.optimisers["autoencoder"] = Muon(optimiser_groups(trained, rate, muon=True))
    # lazily regularised: the same change per step as with the penalty in every step (StyleGAN2, appendix B)
    ratio = R1_EVERY / (R1_EVERY + 1)
    parameters = [p for name in ("discriminator", "heads") for p in state.nets[name].parameters()]
    judge = torch.optim.Adam(parameters, lr=judge_rate * ratio, betas=(0.0, 0.99**ratio), eps=1e-8)
    judge.param_groups[0]["rate"] = judge_rate * ratio
    state.optimisers["judges"] = judge
    return state


def real_features(squeeze: SqueezeNet, faces: Faces, count: int, device: torch.device) -> F64:
    """Pooled features of validation faces: test faces are for the last measurement alone."""
    rows = faces.rows("validation")[:count]
    return frechet.pooled(squeeze, (to_batch(faces.pixels[rows[i : i + 64]], device) for i in range(0, len(rows), 64)))


def report(
    state: State, squeeze: SqueezeNet, faces: Faces, real: F64, samples: int, count: int, device: torch.device
) -> tuple[dict[str, float], U8]:
    """Reconstruction figures, the Fréchet distance of `samples` samples, and a sheet of both."""
    metrics, rebuilt = evaluate(state, squeeze, faces, count, device, nets.RESOLUTION)
    generator = state.averages["generator"]
    assert isinstance(generator, Generator)

    def render(w: Tensor) -> Tensor:
        return nets.render(generator, w, torch.float32)[0]

    batches = list(frechet.sampled(render, generator.mapping.w, samples, nets.Z_DIM, device))
    metrics["frechet"] = frechet.distance(frechet.pooled(squeeze, batches), real)
    rows = list(torch.cat(batches)[:20].split(10))
    return metrics, loop.stacked([rebuilt, loop.sheet(rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    loop.add_arguments(parser)
    parser.add_argument(
        "--nets", type=Path, default=Path("models/base"), help="folder with the first judges and the attribute net"
    )
    parser.add_argument("--rate", type=float, default=0.0005)
    parser.add_argument("--judge-rate", type=float, default=0.002)
    parser.add_argument("--pixel", type=float, default=0.3, help="weight of the pixel discriminator")
    parser.add_argument("--heads", type=float, default=0.5, help="weight of the feature heads")
    parser.add_argument("--pixel-weight", type=float, default=1.0, help="weight of the reconstructions' pixels")
    parser.add_argument("--readout-weight", type=float, default=Weights().readout, help="weight of the linear readout")
    parser.add_argument("--r1", type=float, default=1.0)
    parser.add_argument("--nats", type=float, default=KL_TARGET, help="what a code may hold")
    parser.add_argument("--judges-first", type=int, default=0, help="images before the generator moves")
    parser.add_argument("--rebuilt", type=float, default=1.0, help="weight of reconstructions beside samples")
    parser.add_argument("--samples", type=int, default=1000, help="for the Fréchet distance of each report")
    parser.add_argument("--evaluate-count", type=int, default=128)
    args = parser.parse_args()
    device = torch.device(args.device)
    loop.prepare(device, args.threads)
    dtype = torch.float32 if args.float32 else torch.bfloat16
    args.batch = loop.batch_for(device, args.batch, 4 * IMAGE_BYTES)  # reconstructions, samples, and both judged
    plan = loop.plan_from(args)
    faces, squeeze = load_faces(args.data), SqueezeNet(args.measure / "squeezenet11_features.safetensors").to(device)
    train = faces.rows("train")
    state = adversarial_state(args.start, args.nets, args.rate, args.judge_rate, device)
    attributes = load_attribute_net(args.nets / "attributes.safetensors", device)
    add_readout(state, attributes, faces, device)
    if not nets.resume(state, args.run) and float(state.nets["heads"].get_buffer("mu1").abs().max()) == 0.0:
        standardise_heads(state.nets["heads"], squeeze, to_batch(faces.pixels[train[:256]], device))  # type: ignore[arg-type]
    strength = Strength(
        args.pixel, args.heads, args.r1, nats=args.nats, judges_first=args.judges_first, rebuilt=args.rebuilt
    )
    weights = Weights(pixel=args.pixel_weight, readout=args.readout_weight)
    trainer = Trainer(state, squeeze, strength, weights, dtype, plan.seed, attributes)
    real = real_features(squeeze, faces, 1500, device)

    def step(state: State) -> dict[str, float]:
        rng, source = loop.random_source(plan.seed, state.counters.step)
        batch = to_batch(draw(faces, train, plan.batch, rng), device)
        return trainer.step(batch, loop.falling(plan.fraction(state.counters)), source)

    loop.run(state, plan, step, lambda s: report(s, squeeze, faces, real, args.samples, args.evaluate_count, device))


if __name__ == "__main__":
    main()
