"""Layer weights of the perceptual loss, measured on real faces: `perceptual.toml` beside the attribute net.

    python -m models.training.perceptual --model models/base --data D

Run it for each new attribute net; weights of another one are not used, and are then measured on generated faces.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec
import torch

from facelab.core.losses import attribute_trunk, face_scales
from facelab.core.networks.attributes import load_attribute_net
from facelab.core.perceptual import METADATA, PerceptualMetadata, describe
from models.training.data import load_faces, to_batch

FACES = 1000


def measure(model: Path, data: Path, count: int = FACES) -> PerceptualMetadata:
    """The weights that give each layer the same mean share over neighbouring faces of the train split."""
    weights = model / "attributes.safetensors"
    faces = load_faces(data)
    pixels = faces.pixels[faces.rows("train")[:count]]
    scales = face_scales(attribute_trunk(load_attribute_net(weights)), to_batch(pixels, torch.device("cpu")))
    return describe(weights, [round(scale, 4) for scale in scales], len(pixels))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=Path("models/base"))
    parser.add_argument("--data", type=Path, required=True, help="packed folder of models.training.data")
    args = parser.parse_args()
    (args.model / METADATA).write_bytes(msgspec.toml.encode(measure(args.model, args.data)))


if __name__ == "__main__":
    main()
