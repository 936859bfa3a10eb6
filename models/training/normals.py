"""Write beside every slider how its attribute itself grows: what the padlocks hold.

`python -m models.training.normals --model models/base` (about half a minute on one core; again after `directions`).
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from facelab.core.editing.directions import load_directions, save_direction
from facelab.core.generator import load_generator, sample_w
from facelab.core.networks.attributes import KEYS, load_attribute_net
from facelab.core.progress import run
from facelab.core.studio.gradient import mean_gradients
from facelab.core.studio.seeing import Eyes

FACES = 48


def write_normals(model: Path, folder: Path, faces: int = FACES) -> dict[str, float]:
    """Add normal.npy to every direction below `folder` that the attribute net judges; cosines with the sliders."""
    generator = load_generator(model / "generator.safetensors", "cpu")
    eyes = Eyes(generator, load_attribute_net(model / "attributes.safetensors"))
    directions = load_directions(folder, generator.info.sha256)
    keys = [key for key in directions if key in KEYS]
    columns = [KEYS.index(key) for key in keys]

    def judged(images: Tensor) -> Tensor:
        scores: Tensor = eyes.net(eyes.crops_of(images))
        return scores[:, columns]

    normals = run(mean_gradients(generator, judged, sample_w(generator, faces, 5000)))
    for key, normal in zip(keys, normals, strict=True):
        save_direction(replace(directions[key], normal=normal), folder / key)
    return {key: float(directions[key].vector @ normal) for key, normal in zip(keys, normals, strict=True)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/base"))
    parser.add_argument("--faces", type=int, default=FACES, help="sampled faces that the gradient is averaged over")
    args = parser.parse_args()
    torch.set_num_threads(1)
    for key, cosine in write_normals(args.model, args.model / "directions", args.faces).items():
        print(f"{key:11s} cosine of slider and normal {cosine:.3f}")


if __name__ == "__main__":
    main()
