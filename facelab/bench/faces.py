"""`facelab bench faces DIR --model A --model B`: how good a face model is, on a folder of aligned faces.

Needs nothing but what facelab brings: its finder and its attribute net judge. The Fréchet figure uses the attribute
net's hidden layer, so it compares models with each other here and with nothing published.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from facelab.core.editing.directions import Direction
from facelab.core.errors import MissingWeights, UsageError
from facelab.core.finder import find_faces
from facelab.core.generator import FaceGenerator, sample_w
from facelab.core.image import to_pixels
from facelab.core.networks.attributes import KEYS, SIZE, SLOPE, UNITS, AttributeNet, load_attribute_net
from facelab.core.values import F32, F64, U8
from facelab.engine.toolkit import EMBEDDED, Toolkit, load_toolkit
from facelab.paths import models_dir

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
MOST_FACES, SAMPLES, EDITED, REACH = 400, 300, 24, 2.0
SEED = 11
LEAST_FACES = 8


def run(options: argparse.Namespace) -> dict[str, object]:
    """Figures per model, over the faces in options.path. Raises UsageError, MissingWeights."""
    if options.path is None:
        raise UsageError(detail="bench faces needs a folder of aligned faces: facelab bench faces DIR")
    weights = models_dir() / EMBEDDED / "attributes.safetensors"
    if not weights.is_file():
        raise MissingWeights(what="bench faces", path=weights, next_step="Check out the models folder again.")
    net = load_attribute_net(weights)
    faces = read_faces(options.path)
    models: dict[str, object] = {}
    for name in options.models or [EMBEDDED]:
        models[name] = measure(load_toolkit(name, options.device), net, faces)
    return {"faces": len(faces), "models": models}


def read_faces(folder: Path) -> list[U8]:
    """The first 400 pictures of a folder by name, u8 [H, W, 3] each. Raises UsageError when there are too few."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)[:MOST_FACES]
    faces = [np.asarray(Image.open(path).convert("RGB")) for path in paths]
    if len(faces) < LEAST_FACES:
        raise UsageError(detail=f"{folder}: {len(faces)} pictures, at least {LEAST_FACES} aligned faces are needed")
    return faces


def measure(toolkit: Toolkit, net: AttributeNet, faces: list[U8]) -> dict[str, object]:
    """All figures of one model."""
    generator = toolkit.generator
    side = generator.info.resolution
    real = _tensor(faces, side)
    samples = _samples(generator, SAMPLES)
    found = [len(find_faces(_padded(picture))) for picture in samples[: SAMPLES // 3]]
    result: dict[str, object] = {
        "generator": generator.info.sha256,
        "forward_ms": round(_forward_ms(generator), 1),
        "samples_one_face": round(float(np.mean(np.array(found) == 1)), 3),
        "frechet_over_real": round(_frechet_ratio(net, real, _tensor(samples, side)), 2),
    }
    if toolkit.encoder is not None:
        with torch.inference_mode():
            codes = torch.cat([toolkit.encoder(part) for part in real.split(32)]).numpy()
            made = torch.cat([generator.render(_everywhere(generator, part)) for part in _parts(codes, 16)])
        error = (made.clamp(-1, 1) - real).square().mean((1, 2, 3))
        psnr = 10 * torch.log10(4 / error)
        result["encoder_psnr"] = {"mean": round(float(psnr.mean()), 2), "least": round(float(psnr.min()), 2)}
        result["sliders"] = sliders(generator, toolkit.directions, net, codes[:EDITED])
    return result


def sliders(
    generator: FaceGenerator, directions: Mapping[str, Direction], net: AttributeNet, codes: F32
) -> dict[str, dict[str, object]]:
    """Per slider from -2 to +2: movement of its own attribute, share of faces that follow, the largest leak."""
    spread = _judged(generator, net, _everywhere(generator, codes)).std(0) + 1e-6
    report = {}
    for key in (key for key in directions if key in KEYS):
        own = KEYS.index(key)
        step = directions[key].step(generator.info.num_ws)[None]
        base = _everywhere(generator, codes)
        moved = _judged(generator, net, base + REACH * step) - _judged(generator, net, base - REACH * step)
        share = np.abs(moved.mean(0) / spread)
        others = {other: share[i] / max(share[own], 1e-6) for i, other in enumerate(KEYS) if i != own}
        worst = max(others, key=lambda other: others[other])
        report[key] = {
            "moved": round(float(moved[:, own].mean() * float(net.scale[own])), 2),
            "unit": UNITS.get(key, "log odds or deviations"),
            "follow": round(float((moved[:, own] > 0).mean()), 3),
            "largest_leak": [worst, round(float(others[worst]), 2)],
        }
    return report


def _judged(generator: FaceGenerator, net: AttributeNet, w_plus: F32) -> F32:
    """Standardised attributes [N, K] of the pictures of w_plus [N, num_ws, w_dim]."""
    parts = []
    with torch.inference_mode():
        for part in _parts(w_plus, 16):
            parts.append(net(_small(generator.render(part).clamp(-1, 1))).numpy())
    return np.concatenate(parts)


def _samples(generator: FaceGenerator, count: int) -> list[U8]:
    """Pictures of w sampled at psi 0.7."""
    codes = sample_w(generator, count, SEED, 0.7)
    pictures: list[U8] = []
    for part in _parts(codes, 16):
        made = generator.render(_everywhere(generator, part))
        pictures += [to_pixels(picture[None]) for picture in made]
    return pictures


def _frechet_ratio(net: AttributeNet, real: torch.Tensor, made: torch.Tensor) -> float:
    """Fréchet distance of the samples to one half of the faces, over that of the other half."""
    features, others = _hidden(net, real), _hidden(net, made)
    first, second = features[0::2], features[1::2]
    return _frechet(others, first) / max(_frechet(second, first), 1e-9)


@torch.inference_mode()
def _hidden(net: AttributeNet, crops: torch.Tensor) -> F64:
    """The attribute net's hidden layer, reduced to 32 fixed random axes so that few faces suffice: f64 [N, 32]."""
    parts = []
    for part in _small(crops).split(64):
        x = net.hidden(net.stages(F.pixel_unshuffle(part, 2)).flatten(1))
        parts.append(F.leaky_relu(x, SLOPE).numpy())
    values = np.concatenate(parts).astype(np.float64)
    axes = np.linalg.qr(np.random.RandomState(0).randn(values.shape[1], 32))[0]
    return np.asarray(values @ axes, np.float64)


def _frechet(a: F64, b: F64) -> float:
    """|mean difference|^2 + tr(A + B - 2 (A B)^1/2) for two sets of vectors [N, D]."""
    cov_a, cov_b = np.cov(a.T), np.cov(b.T)
    values, vectors = np.linalg.eigh(cov_a)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ cov_b @ root).clip(0)).sum()
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(cov_a) + np.trace(cov_b) - 2 * cross)


def _forward_ms(generator: FaceGenerator) -> float:
    """Fastest of ten single pictures."""
    code = _everywhere(generator, sample_w(generator, 1, SEED))
    times = []
    for _ in range(10):
        start = time.perf_counter()
        generator.render(code)
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def _everywhere(generator: FaceGenerator, w: F32) -> F32:
    """w [N, w_dim] in every layer: [N, num_ws, w_dim]."""
    return np.repeat(w[:, None], generator.info.num_ws, axis=1)


def _tensor(pictures: list[U8], side: int) -> torch.Tensor:
    """f32 [N, 3, side, side] in [-1, 1]."""
    sized = [
        p if p.shape[:2] == (side, side) else cv2.resize(p, (side, side), interpolation=cv2.INTER_AREA)
        for p in pictures
    ]
    batch = torch.from_numpy(np.stack(sized)).permute(0, 3, 1, 2)
    return batch.float().div(127.5).sub(1.0)


def _small(crops: torch.Tensor) -> torch.Tensor:
    """As large as the attribute net wants it."""
    return crops if crops.shape[-1] == SIZE else F.interpolate(crops, size=SIZE, mode="area")


def _padded(picture: U8) -> U8:
    """A tight crop with a border, so that the finder sees a face in a picture."""
    edge = picture.shape[0] // 3
    return np.asarray(cv2.copyMakeBorder(picture, edge, edge, edge, edge, cv2.BORDER_REPLICATE), np.uint8)


def _parts(array: F32, size: int) -> list[F32]:
    return [array[i : i + size] for i in range(0, len(array), size)]
