"""Write beside every slider how its attribute itself grows: what the padlocks hold, and along which it is judged.

`python -m models.training.normals --model models/base` (about half a minute on one core; again after `directions`).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from facelab.core.editing.directions import load_directions, save_direction
from facelab.core.generator import load_generator, sample_w
from facelab.core.networks.attributes import KEYS, AttributeNet, load_attribute_net
from facelab.core.networks.encoder import Encoder, load_encoder
from facelab.core.progress import run
from facelab.core.studio.calibrate import spread_of
from facelab.core.studio.gradient import dividing_bias, mean_gradients
from facelab.core.studio.seeing import Eyes
from facelab.core.values import F32, U8
from models.training.data import load_faces, to_batch

FACES = 48


@dataclass(frozen=True, slots=True, eq=False)
class Real:
    """w: f32 [N, w_dim] of real faces through the encoder; above: bool [N, K], judged in the photos themselves."""

    w: F32
    above: NDArray[np.bool_]


def write_normals(model: Path, folder: Path, faces: int = FACES, real: Real | None = None) -> dict[str, float]:
    """Add normal.npy to every direction below `folder` that the attribute net judges; cosines with the sliders.

    real: faces over which the boundary is placed and the spread measured again, since levels are read along the
    normals; without them the boundary is where the samples' mean score says.
    """
    generator = load_generator(model / "generator.safetensors", "cpu")
    eyes = Eyes(generator, load_attribute_net(model / "attributes.safetensors"))
    directions = load_directions(folder, generator.info.sha256)
    keys = [key for key in directions if key in KEYS]
    columns = [KEYS.index(key) for key in keys]

    def judged(images: Tensor) -> Tensor:
        scores: Tensor = eyes.net(eyes.crops_of(images)) - eyes.net.zeros()
        return scores[:, columns]

    normals = run(mean_gradients(generator, judged, sample_w(generator, faces, 5000)))
    for key, normal, bias in zip(keys, normals.vectors, normals.biases, strict=True):
        made = replace(directions[key], normal=normal, normal_bias=float(bias))
        if real is not None:
            made = replace(made, normal_bias=dividing_bias(real.w @ normal, real.above[:, KEYS.index(key)]))
            made = replace(made, spread=spread_of(made, np.repeat(real.w[:, None], generator.info.num_ws, 1)))
        save_direction(made, folder / key)
    return {key: float(directions[key].vector @ normal) for key, normal in zip(keys, normals.vectors, strict=True)}


@torch.inference_mode()
def look(encoder: Encoder, net: AttributeNet, pixels: U8) -> Real:
    """Encode and judge faces u8 [N, R, R, 3]."""
    codes, scores = [], []
    for part in np.array_split(pixels, max(1, len(pixels) // 64)):
        crops = to_batch(part, torch.device("cpu"))
        codes.append(encoder(crops).float().numpy())
        scores.append((net(crops) > net.zeros()).numpy())
    return Real(np.concatenate(codes), np.concatenate(scores))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/base"))
    parser.add_argument("--faces", type=int, default=FACES, help="sampled faces that the gradient is averaged over")
    parser.add_argument("--data", type=Path, help="packed folder of models.training.data: measures the spread, too")
    args = parser.parse_args()
    torch.set_num_threads(1)
    real = None
    if args.data is not None:
        faces = load_faces(args.data)
        rows = np.sort(np.random.default_rng(0).choice(faces.rows("train"), 1500, replace=False))
        net = load_attribute_net(args.model / "attributes.safetensors")
        real = look(load_encoder(args.model / "encoder.safetensors"), net, faces.pixels[rows])
    for key, cosine in write_normals(args.model, args.model / "directions", args.faces, real).items():
        print(f"{key:11s} cosine of slider and normal {cosine:.3f}")


if __name__ == "__main__":
    main()
