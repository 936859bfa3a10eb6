"""Write beside every slider how its attribute itself grows: what the padlocks hold, and along which it is judged.

`python -m models.training.normals --model models/base` (about half a minute on one core; again after `directions`).
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from facelab.core.editing.directions import load_directions, save_direction
from facelab.core.generator import load_generator, sample_w
from facelab.core.networks.attributes import KEYS, load_attribute_net
from facelab.core.networks.encoder import load_encoder
from facelab.core.progress import run
from facelab.core.studio.calibrate import spread_of
from facelab.core.studio.gradient import mean_gradients
from facelab.core.studio.seeing import Eyes
from facelab.core.values import F32
from models.training.data import Faces, load_faces, to_batch

FACES = 48


def write_normals(model: Path, folder: Path, faces: int = FACES, encoded: F32 | None = None) -> dict[str, float]:
    """Add normal.npy to every direction below `folder` that the attribute net judges; cosines with the sliders.

    encoded: w f32 [N, w_dim] of real faces, over which the spread is measured again, since levels are read along
    the normals.
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
        if encoded is not None:
            made = replace(made, spread=spread_of(made, np.repeat(encoded[:, None], generator.info.num_ws, 1)))
        save_direction(made, folder / key)
    return {key: float(directions[key].vector @ normal) for key, normal in zip(keys, normals.vectors, strict=True)}


def encode(model: Path, faces: Faces, count: int = 1500) -> F32:
    """w f32 [count, w_dim] of training faces through the model's encoder."""
    encoder = load_encoder(model / "encoder.safetensors")
    rows = np.sort(np.random.default_rng(0).choice(faces.rows("train"), count, replace=False))
    cpu = torch.device("cpu")
    with torch.inference_mode():
        parts = [encoder(to_batch(faces.pixels[part], cpu)).float().numpy() for part in np.array_split(rows, 24)]
    return np.concatenate(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/base"))
    parser.add_argument("--faces", type=int, default=FACES, help="sampled faces that the gradient is averaged over")
    parser.add_argument("--data", type=Path, help="packed folder of models.training.data: measures the spread, too")
    args = parser.parse_args()
    torch.set_num_threads(1)
    encoded = None if args.data is None else encode(args.model, load_faces(args.data))
    for key, cosine in write_normals(args.model, args.model / "directions", args.faces, encoded).items():
        print(f"{key:11s} cosine of slider and normal {cosine:.3f}")


if __name__ == "__main__":
    main()
