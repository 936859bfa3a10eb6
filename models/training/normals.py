"""Write beside every slider how its attribute itself grows: what the padlocks hold, and along which it is judged.

`python -m models.training.normals --model models/base --data D` (a minute on one core; again after `directions`).

With real faces: the ridge regression of what the attribute net judges in a photo on the photo's code. Without: the mean
gradient over samples. On an earlier model the regression read hand-labelled faces better, both with the best threshold
of the training labels (gender .78 to .82, eyes .70 to .80, smile .80 both), and held nearly as well (leakage between
locked sliders .067 of their own movement against .058, 16 faces). It was chosen on the test labels; strengths from .001
to .1 read alike. The boundary divides the judged faces; with hand-labelled ones (`--faces-folder F`, label_split =
train) it is where the codes that a search finds for them divide the labels.
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
from facelab.engine.toolkit import Toolkit, load_toolkit
from models.training.attributes import HAND, HandLabels, border, load_labels
from models.training.data import load_faces, to_batch
from models.training.metrics import search
from models.training.readout import regression

FACES = 48
REAL = 6000
PRESET = "fast"


@dataclass(frozen=True, slots=True, eq=False)
class Real:
    """w: f32 [N, w_dim] of real faces through the encoder; scores: f32 [N, K], judged in the photos, 0 = neither."""

    w: F32
    scores: F32


def regressed(real: Real, limit: float = 3.0) -> F32:
    """Unit f32 [K, w_dim]: ridge regression of the scores (cut at +-limit deviations) on the codes."""
    weights, _ = regression(real.w, np.clip(real.scores, -limit, limit))
    return np.asarray(weights / np.linalg.norm(weights, axis=1, keepdims=True), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """w: f32 [N, w_dim], where PRESET's search puts hand-labelled faces; truth: bool [N] by attribute."""

    w: F32
    truth: dict[str, NDArray[np.bool_]]


def labelled(toolkit: Toolkit, labels: HandLabels) -> Labelled:
    """The faces with label_split = train, searched as the program does before it reads levels (seven minutes).

    Yaw is left out: its zero is the mirror's.
    """
    rows = np.flatnonzero(labels.splits == "train")
    targets = (to_batch(labels.pixels[row][None], torch.device("cpu")) for row in rows)
    codes = [search(toolkit, target, PRESET).latent.w_plus.mean(axis=0) for target in targets]
    truth = {key: labels.values[key][rows] > 0 for key in (*HAND, "gender")}
    return Labelled(np.stack(codes), truth)


def write_normals(
    model: Path, folder: Path, faces: int = FACES, real: Real | None = None, hand: Labelled | None = None
) -> dict[str, float]:
    """Add normal.npy to every direction below `folder` that the attribute net judges; cosines with the sliders.

    real: faces that the normals are fitted to, the boundary is placed over and the spread is measured over again, since
    levels are read along the normals. hand: places the boundaries of what is labelled.
    """
    generator = load_generator(model / "generator.safetensors", "cpu")
    eyes = Eyes(generator, load_attribute_net(model / "attributes.safetensors"))
    directions = load_directions(folder, generator.info.sha256)
    keys = [key for key in directions if key in KEYS]
    columns = [KEYS.index(key) for key in keys]

    def judged(images: Tensor) -> Tensor:
        scores: Tensor = eyes.net(eyes.crops_of(images)) - eyes.net.zeros()
        return scores[:, columns]

    if real is None:
        found = run(mean_gradients(generator, judged, sample_w(generator, faces, 5000)))
        normals, biases = found.vectors, [float(bias) for bias in found.biases]
    else:
        normals, above = regressed(real)[columns], real.scores[:, columns] > 0
        biases = [dividing_bias(real.w @ normal, above[:, i]) for i, normal in enumerate(normals)]
    for key, normal, judged_bias in zip(keys, normals, biases, strict=True):
        by_hand = hand is not None and key in hand.truth
        bias = -border(hand.w @ normal, hand.truth[key]) if hand is not None and by_hand else judged_bias
        made = replace(directions[key], normal=normal, normal_bias=bias)
        if real is not None:
            made = replace(made, spread=spread_of(made, np.repeat(real.w[:, None], generator.info.num_ws, 1)))
        save_direction(made, folder / key)
    return {key: float(directions[key].vector @ normal) for key, normal in zip(keys, normals, strict=True)}


@torch.inference_mode()
def look(encoder: Encoder, net: AttributeNet, pixels: U8) -> Real:
    """Encode and judge faces u8 [N, R, R, 3]."""
    codes, scores = [], []
    for part in np.array_split(pixels, max(1, len(pixels) // 64)):
        crops = to_batch(part, torch.device("cpu"))
        codes.append(encoder(crops).float().numpy())
        scores.append((net(crops) - net.zeros()).numpy())
    return Real(np.concatenate(codes), np.concatenate(scores))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/base"))
    parser.add_argument("--faces", type=int, default=FACES, help="sampled faces that the gradient is averaged over")
    parser.add_argument("--data", type=Path, help="packed folder of models.training.data: measures the spread, too")
    parser.add_argument("--faces-folder", type=Path, help="folder with labelled.csv: places the boundaries")
    args = parser.parse_args()
    torch.set_num_threads(1)
    real = None
    if args.data is not None:
        faces = load_faces(args.data)
        train = faces.rows("train")
        rows = np.sort(np.random.default_rng(0).choice(train, min(REAL, len(train)), replace=False))
        net = load_attribute_net(args.model / "attributes.safetensors")
        real = look(load_encoder(args.model / "encoder.safetensors"), net, faces.pixels[rows])
    hand = None
    if args.faces_folder is not None:
        toolkit = load_toolkit(str(args.model / "generator.safetensors"), "cpu")
        hand = labelled(toolkit, load_labels(args.faces_folder))
    for key, cosine in write_normals(args.model, args.model / "directions", args.faces, real, hand).items():
        print(f"{key:11s} cosine of slider and normal {cosine:.3f}")


if __name__ == "__main__":
    main()
