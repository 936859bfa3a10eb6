"""Stage b: a mapping network whose w cover the encoded faces. Minutes on one core.

`python -m models.training.prior --data D --start RUN/checkpoint --run OUT`

1. All training faces and their mirror images go through the encoder.
2. Their Gaussian is written exactly into the layers: two leaky ReLUs with a sign between them are linear,
   lrelu(-lrelu(u)) = -slope u, so layers 2 and 3 map z to its linear image and layers 0 and 1 to itself.
3. All layers are then trained to match the distribution: sliced Wasserstein distance of whitened codes, slices through
   few principal components (where the codes are least Gaussian) as well as through many.
OUT/checkpoint is the start with this mapping; it is what stage c and `export` go on from.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from facelab.core.networks.encoder import Encoder
from facelab.core.networks.ops import SLOPE, SQRT2, normalise
from facelab.core.networks.stylegan2 import MappingNetwork
from models.training import nets
from models.training.data import Faces, load_faces, to_batch
from models.training.loop import falling
from models.training.state import State, save_state

Layers = list[tuple[Tensor, Tensor]]
"""Effective weight [out, in] and bias [out] of each dense layer."""
INVERSE = 1.0 / (2.0 * SLOPE)
"""Weight after which a second leaky ReLU with gain sqrt 2 gives back the first one's input, negative."""


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """codes = centre + white @ colour; the inverse leaves out what has next to no variance."""

    centre: Tensor
    colour: Tensor
    decolour: Tensor

    def __call__(self, codes: Tensor) -> Tensor:
        """[N, D] -> [N, D] with unit covariance, in the order of the principal components."""
        return (codes - self.centre) @ self.decolour


def whitening(codes: Tensor) -> Whitening:
    """Principal components of codes f32 [N, D], the largest first."""
    centre = codes.mean(0)
    covariance = (codes - centre).double().T @ (codes - centre).double() / (len(codes) - 1)
    values, vectors = torch.linalg.eigh(covariance)
    values, vectors = values.flip(0).clamp(min=1e-6 * float(values[-1])), vectors.flip(1)
    return Whitening(centre, (values.sqrt()[:, None] * vectors.T).float(), (vectors / values.sqrt()).float())


@torch.no_grad()
def encode_all(encoder: Encoder, faces: Faces, split: str, limit: int | None = None) -> Tensor:
    """Codes f32 [2 N, D] of the faces of a split and of their mirror images."""
    device = next(encoder.parameters()).device
    parts = []
    rows = faces.rows(split)[:limit]
    for start in range(0, len(rows), 64):
        batch = to_batch(faces.pixels[rows[start : start + 64]], device)
        parts += [encoder(batch), encoder(batch.flip(3))]
    return torch.cat(parts).float().cpu()


def gaussian_layers(fitted: Whitening) -> Layers:
    """Four layers that map normalised z to centre + z @ colour, exactly."""
    width = len(fitted.centre)
    eye, none = torch.eye(width), torch.zeros(width)
    return [(-eye, none), (-INVERSE * eye, none), (-fitted.colour.T, -fitted.centre), (-INVERSE * eye, none.clone())]


def mapped(layers: Layers, z: Tensor) -> Tensor:
    """z [N, D] -> w [N, D]."""
    x = normalise(z)
    for weight, bias in layers:
        x = F.leaky_relu(F.linear(x, weight, bias), SLOPE) * SQRT2
    return x


def slices(width: int, count: int, source: torch.Generator) -> Tensor:
    """Unit vectors [width, count]: each through a random number of leading components (its logarithm is uniform)."""
    most = torch.exp(torch.rand(count, generator=source) * math.log(width)).ceil().clamp(max=width)
    inside = torch.arange(width)[:, None] < most[None]
    return F.normalize(torch.randn(width, count, generator=source) * inside, dim=0)


def sliced_distance(a: Tensor, b: Tensor, directions: Tensor) -> Tensor:
    """Mean squared Wasserstein-2 distance of the projections of two equally large sets [N, D]."""
    return ((a @ directions).sort(0).values - (b @ directions).sort(0).values).square().mean()


def match(codes: Tensor, steps: int, seed: int, batch: int = 2048, rate: float = 2e-3) -> tuple[Layers, Whitening]:
    """Layers whose w are distributed like codes f32 [N, D]."""
    source = torch.Generator().manual_seed(seed)
    fitted = whitening(codes)
    white = fitted(codes)
    layers = [(w.clone().requires_grad_(), b.clone().requires_grad_()) for w, b in gaussian_layers(fitted)]
    averages = [[t.detach().clone() for t in layer] for layer in layers]
    optimiser = torch.optim.Adam([t for layer in layers for t in layer], lr=rate, betas=(0.9, 0.99))
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = rate * falling(step / steps)
        chosen = white[torch.randint(len(white), (batch,), generator=source)]
        made = fitted(mapped(layers, torch.randn(batch, codes.shape[1], generator=source)))
        loss = sliced_distance(made, chosen, slices(codes.shape[1], 128, source))
        # the covariance is known: hold it where slices see it only with the noise of one batch
        loss = loss + 0.1 * (made.mean(0).square().mean() + (made.square().mean(0) - 1).square().mean())
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        for layer, average in zip(layers, averages, strict=True):
            for fast, slow in zip(layer, average, strict=True):
                slow.lerp_(fast.detach(), 0.02)
    return [(weight, bias) for weight, bias in averages], fitted


@torch.no_grad()
def write_mapping(mapping: MappingNetwork, layers: Layers) -> None:
    """Store effective weights in the equalised form of the official files, and the new w_avg."""
    for i, (weight, bias) in enumerate(layers):
        layer = mapping.get_submodule(f"fc{i}")
        layer.get_parameter("weight").copy_(weight / float(layer.gain))  # type: ignore[arg-type]  # Dense.gain is a float
        layer.get_parameter("bias").copy_(bias / float(layer.rate))  # type: ignore[arg-type]  # Dense.rate is a float
    z = torch.randn(10_000, layers[0][0].shape[1], generator=torch.Generator().manual_seed(0))
    mapping.w_avg.copy_(mapped(layers, z).mean(0))


def figures(layers: Layers, fitted: Whitening, train: Tensor, held: Tensor, seed: int = 1) -> dict[str, float]:
    """Sliced distance to held-out codes, of mapped z, of the Gaussian and of training codes (the floor)."""
    source = torch.Generator().manual_seed(seed)
    count, width = len(held), held.shape[1]
    directions = slices(width, 1024, source)
    z = torch.randn(count, width, generator=source)
    some = train[torch.randperm(len(train), generator=source)[:count]]
    wanted = fitted(held)
    sets = {"mapping": mapped(layers, z), "gaussian": mapped(gaussian_layers(fitted), z), "train": some}
    return {name: float(sliced_distance(fitted(codes), wanted, directions)) for name, codes in sets.items()}


@torch.no_grad()
def fit(state: State, faces: Faces, steps: int, seed: int, limit: int | None = None) -> dict[str, float]:
    """Give both generators of a state the mapping that fits the averaged encoder."""
    encoder = state.averages["encoder"]
    assert isinstance(encoder, Encoder)
    train, held = encode_all(encoder, faces, "train", limit), encode_all(encoder, faces, "validation", limit)
    with torch.enable_grad():
        layers, fitted = match(train, steps, seed)
    for generator in (state.nets["generator"], state.averages["generator"]):
        mapping = generator.get_submodule("mapping")
        assert isinstance(mapping, MappingNetwork)
        write_mapping(mapping, layers)
    return figures(layers, fitted, train, held)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="packed faces (python -m models.training.data)")
    parser.add_argument("--start", type=Path, required=True, help="a checkpoint folder, or models/base")
    parser.add_argument("--run", type=Path, required=True, help="gets the checkpoint with the new mapping")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--limit", type=int, help="use only the first faces of each split")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    np.random.seed(args.seed)
    state = nets.autoencoder_state(args.start, torch.device("cpu"))
    found = fit(state, load_faces(args.data), args.steps, args.seed, args.limit)
    save_state(state, args.run / "checkpoint")
    print(" ".join(f"{name} {value:.4f}" for name, value in found.items()))


if __name__ == "__main__":
    main()
