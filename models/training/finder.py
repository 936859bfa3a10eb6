"""Train the landmark net of the finder.

`python -m models.training.finder --data FOLDER --out models/base/finder.safetensors --seconds 500`

FOLDER is the packed folder of `models.training.data`. Positives: aligned training faces seen through a window that
is shifted, scaled and turned at random, on foreign backgrounds, gray, blurred, noisy, unevenly lit. Negatives:
pictures without faces, face parts, faces far outside the window, upside-down faces, scrambled faces; every
few hundred steps the negatives that still score highest are kept and shown again. The five points are YuNet's
pseudo-labels (they came with the faces).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save
from torch.nn import functional as F

from facelab.core.finder import CASCADES
from facelab.core.networks.landmarks import WINDOW, LandmarkNet
from facelab.core.values import F32, U8
from models.training.data import Faces, load_faces

MIRROR = (1, 0, 2, 4, 3)
SIDE = 128
"""The canonical window is the whole aligned crop."""


def affine(side: float, centre: tuple[float, float], degrees: float, mirror: bool = False) -> F32:
    """Window units (-1..1) to crop px (corner convention): f32 [2, 3]."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * side / 2
    if mirror:
        turn[:, 0] *= -1
    return np.concatenate([turn, np.array(centre)[:, None]], axis=1).astype(np.float32)


def cut(image: U8, window: F32, border: int = cv2.BORDER_REFLECT_101) -> U8:
    """The window as u8 [64, 64(, 3)]. Windows much larger than 64 px are read from a reduced image."""
    scale = float(np.hypot(*window[:, 0])) * 2 / WINDOW
    if scale > 1.5:
        small = cv2.resize(image, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
        factor = np.array([[small.shape[1] / image.shape[1]], [small.shape[0] / image.shape[0]]], np.float32)
        window, image = window * factor, np.asarray(small, np.uint8)
    # px index i lies at window unit (i + 0.5) * 2 / WINDOW - 1
    step = 2.0 / WINDOW
    linear = window[:, :2] * step
    offset = window[:, :2] @ np.array([step / 2 - 1, step / 2 - 1]) + window[:, 2] - 0.5
    matrix = np.concatenate([linear, offset[:, None]], axis=1).astype(np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, matrix, (WINDOW, WINDOW), flags=flags, borderMode=border), np.uint8)


def degrade(window: U8, rng: np.random.Generator) -> F32:
    """Light, blur, low resolution and noise as photos have them: f32 [64, 64]."""
    x = window.astype(np.float32)
    if rng.random() < 0.25:
        return x
    if rng.random() < 0.35:
        small = int(rng.integers(16, 56))
        reduced = cv2.resize(x, (small, small), interpolation=cv2.INTER_AREA)
        x = np.asarray(cv2.resize(reduced, (WINDOW, WINDOW)), np.float32)
    elif rng.random() < 0.3:
        x = np.asarray(cv2.GaussianBlur(x, (0, 0), float(rng.uniform(0.4, 1.6))), np.float32)
    if rng.random() < 0.4:
        ramp = np.linspace(-1, 1, WINDOW, dtype=np.float32)
        angle = rng.uniform(0, 2 * np.pi)
        x = x * (1 + rng.uniform(0, 0.7) * (np.cos(angle) * ramp[None] + np.sin(angle) * ramp[:, None]))
    if rng.random() < 0.5:
        x = (255 * np.clip(x / 255, 0, 1) ** rng.uniform(0.5, 2.0)).astype(np.float32)
    if rng.random() < 0.4:
        x = x + rng.normal(0, rng.uniform(1, 14), x.shape).astype(np.float32)
    if rng.random() < 0.15:
        x0, y0 = rng.integers(0, WINDOW, 2)
        x[y0 : y0 + rng.integers(6, 26), x0 : x0 + rng.integers(6, 26)] = rng.uniform(0, 255)
    return np.clip(x, 0, 255).astype(np.float32)


class Sampler:
    """Draws windows. `seeds`: an independent stream per sampler."""

    def __init__(
        self, faces: Faces, rows: NDArray[np.int64], scenes: list[U8], lures: list[tuple[U8, F32]], seed: int
    ) -> None:
        self.faces, self.rows, self.scenes, self.lures = faces, rows, scenes, lures
        self.rng = np.random.default_rng(seed)

    def gray(self) -> tuple[U8, F32]:
        row = int(self.rng.choice(self.rows))
        return np.asarray(cv2.cvtColor(self.faces.pixels[row], cv2.COLOR_RGB2GRAY), np.uint8), self.faces.points[row]

    def scene(self) -> U8:
        """A window of a picture without faces: u8 [64, 64]."""
        rng = self.rng
        if rng.random() < 0.12:
            image, _ = self.gray()
            blocks = image.reshape(4, 32, 4, 32).transpose(0, 2, 1, 3).reshape(16, 32, 32)
            image = blocks[rng.permutation(16)].reshape(4, 4, 32, 32).transpose(0, 2, 1, 3).reshape(128, 128)
        else:
            image = self.scenes[int(rng.integers(len(self.scenes)))]
        short = min(image.shape)
        side = float(np.exp(rng.uniform(np.log(min(24, short / 2)), np.log(short))))
        half = side / 2
        centre = (
            rng.uniform(half, max(half + 1, image.shape[1] - half)),
            rng.uniform(half, max(half + 1, image.shape[0] - half)),
        )
        return cut(image, affine(side, centre, rng.uniform(-180, 180) if rng.random() < 0.3 else rng.uniform(-10, 10)))

    def place(self, image: U8, window: F32) -> U8:
        """The face seen through the window; what lies outside the crop is foreign or continued."""
        inside = cut(image, window)
        choice = self.rng.random()
        if choice < 0.25:
            return inside
        mask = cut(np.full((SIDE, SIDE), 255, np.uint8), window, cv2.BORDER_CONSTANT).astype(np.float32) / 255
        if choice < 0.6:
            mask = np.clip(cv2.GaussianBlur(mask, (0, 0), float(self.rng.uniform(0.6, 3))) * 2 - 1, 0, 1)
        outside = self.scene() if choice < 0.85 else np.full_like(inside, int(self.rng.integers(0, 256)))
        return np.asarray(inside * mask + outside * (1 - mask), np.uint8)

    def positive(self) -> tuple[F32, F32]:
        """A window with a face in reach and its points in window units [5, 2]."""
        rng = self.rng
        image, points = self.gray()
        wide = rng.random() < 0.3
        scale = float(np.exp(rng.uniform(np.log(0.68), np.log(1.6)))) if wide else float(rng.uniform(0.92, 1.1))
        reach, turn = (0.17, 30.0) if wide else (0.045, 6.0)
        side = SIDE * scale
        middle = points[[0, 1, 3, 4]].mean(axis=0)
        centre = middle + rng.uniform(-reach, reach, 2) * side
        mirror = rng.random() < 0.5
        window = affine(side, (float(centre[0]), float(centre[1])), rng.uniform(-turn, turn), mirror)
        inverse = np.linalg.inv(window[:, :2].astype(np.float64))
        target = ((points - window[:, 2]) @ inverse.T).astype(np.float32)
        return degrade(self.place(image, window), rng), target[list(MIRROR)] if mirror else target

    def negative(self) -> F32:
        rng = self.rng
        if self.lures and rng.random() < 0.4:
            image, window = self.lures[int(rng.integers(len(self.lures)))]
            jitter = affine(2 * rng.uniform(0.8, 1.25), tuple(rng.uniform(-0.15, 0.15, 2)), rng.uniform(-15, 15))
            moved = np.concatenate(
                [window[:, :2] @ jitter[:, :2], window[:, :2] @ jitter[:, 2:] + window[:, 2:]], axis=1
            )
            return degrade(cut(image, moved), rng)
        if rng.random() < 0.55:
            return degrade(self.scene(), rng)
        image, points = self.gray()
        middle = points[[0, 1, 3, 4]].mean(axis=0)
        kind = rng.random()
        if kind < 0.35:  # a part of a face
            side, shift, turn = SIDE * rng.uniform(0.2, 0.42), rng.uniform(-0.35, 0.35, 2) * SIDE, rng.uniform(-40, 40)
        elif kind < 0.6:  # beside the face
            angle = rng.uniform(0, 2 * np.pi)
            side, turn = SIDE * rng.uniform(0.8, 1.4), rng.uniform(-40, 40)
            shift = np.array([np.cos(angle), np.sin(angle)]) * side * rng.uniform(0.48, 0.9)
        elif kind < 0.85:  # turned far
            side, shift = SIDE * rng.uniform(0.8, 1.3), rng.uniform(-0.1, 0.1, 2) * SIDE
            turn = rng.uniform(75, 285)
        else:  # much too small
            side, shift, turn = SIDE * rng.uniform(2.6, 4.5), rng.uniform(-0.5, 0.5, 2) * SIDE, rng.uniform(-40, 40)
        centre = middle + shift
        return degrade(self.place(image, affine(side, (float(centre[0]), float(centre[1])), turn)), rng)

    def batch(self, count: int, share: float = 0.6) -> tuple[F32, F32, F32]:
        """Windows [N, 1, 64, 64], points [N, 5, 2] (0 for negatives), labels [N]; positives first."""
        good = [self.positive() for _ in range(int(count * share))]
        bad = [self.negative() for _ in range(count - len(good))]
        windows = np.stack([window for window, _ in good] + bad)[:, None]
        points = np.zeros((count, 5, 2), np.float32)
        points[: len(good)] = np.stack([target for _, target in good])
        return windows, points, np.r_[np.ones(len(good)), np.zeros(len(bad))].astype(np.float32)


def cascade_windows(scenes: list[U8], rng: np.random.Generator, wanted: int = 6000) -> list[tuple[U8, F32]]:
    """What the cascades take for faces in pictures without any, however faintly: (picture, window).

    These are the negatives that the finder meets. Pictures are mirrored, turned, inverted and rescaled.
    """
    folder = Path(cv2.__file__).parent / "data"
    cascades = [cv2.CascadeClassifier(str(folder / f"{name}.xml")) for name in CASCADES]
    found: list[tuple[U8, F32]] = []
    for _ in range(40):
        for scene in scenes:
            scale = float(np.exp(rng.uniform(np.log(0.35), np.log(1.3))))
            image = np.rot90(scene, int(rng.integers(4)))[:, :: 1 if rng.random() < 0.5 else -1]
            image = 255 - image if rng.random() < 0.3 else image
            image = np.asarray(cv2.resize(np.ascontiguousarray(image), None, fx=scale, fy=scale), np.uint8)
            boxes = cascades[int(rng.integers(2))].detectMultiScale(image, 1.1, 0, minSize=(20, 20))
            for x, y, side, _ in np.reshape(boxes, (-1, 4))[:60]:
                window = affine(1.06 * side, (x + 0.5 * side, y + 0.58 * side), 0.0)
                found.append((cut(image, window), affine(WINDOW, (WINDOW / 2, WINDOW / 2), 0.0)))
        if len(found) >= wanted:
            break
    return found


def load_scenes(folders: list[Path], leave_out: frozenset[str]) -> list[U8]:
    """Gray pictures without faces, longest side at most 1024 px."""
    scenes = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in (".png", ".jpg", ".jpeg") or path.stem in leave_out:
                continue
            image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
            if image is None or min(image.shape) < 48 or image.std() < 4:
                continue
            scale = min(1.0, 1024 / max(image.shape))
            scenes.append(
                np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
            )
    return scenes


def loss_of(net: LandmarkNet, windows: torch.Tensor, points: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Distance of the points where there is a face, cross entropy of the score everywhere."""
    found, score = net(windows)
    error = (found - points).float()
    distance = torch.sqrt(error.square().sum(-1) + 1e-4).mean(-1)  # like L1, smooth near 0
    return (distance * labels).sum() / labels.sum() * 4 + F.binary_cross_entropy_with_logits(score.float(), labels)


@torch.no_grad()
def evaluate(net: LandmarkNet, sampler: Sampler, batches: int = 12) -> dict[str, float]:
    """Median point error over the eye distance, and the scores' separation, on held-out faces."""
    net.eval()
    errors, good, bad = [], [], []
    for _ in range(batches):
        windows, points, labels = sampler.batch(128)
        found, score = net(torch.from_numpy(windows))
        face = labels > 0
        eyes = np.linalg.norm(points[face, 0] - points[face, 1], axis=-1)
        errors.append(np.linalg.norm(found.numpy()[face] - points[face], axis=-1).mean(-1) / np.maximum(eyes, 1e-3))
        good.append(score.numpy()[face])
        bad.append(score.numpy()[~face])
    net.train()
    scores, others = np.concatenate(good), np.concatenate(bad)
    return {
        "error_median": float(np.median(np.concatenate(errors))),
        "recall_0": float((scores > 0).mean()),
        "false_0": float((others > 0).mean()),
        "false_at_99": float((others > np.quantile(scores, 0.01)).mean()),
    }


def train(data: Path, out: Path, scenes: list[Path], seconds: float, seed: int, resume: Path | None) -> None:
    """Train for `seconds` and write the averaged weights as float16."""
    torch.manual_seed(seed)
    faces = load_faces(data)
    leave_out = frozenset({"astronaut", "coffee", "chelsea", "rocket", "camera"})
    pictures = load_scenes(scenes, leave_out)
    lures = cascade_windows(pictures, np.random.default_rng(seed))
    print(len(pictures), "pictures without faces,", len(lures), "windows the cascades liked", flush=True)
    sampler = Sampler(faces, faces.rows("train"), pictures, lures, seed)
    held_out = Sampler(faces, faces.rows("validation"), pictures, [], seed + 1)
    net = LandmarkNet()
    if resume is not None:
        net.load_state_dict({name: tensor.float() for name, tensor in load_file(resume).items()})
    net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    peak = 2e-3 if resume is None else 1.5e-3
    optimiser = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=0.01, betas=(0.9, 0.98))
    hard = np.zeros((0, 1, WINDOW, WINDOW), np.float32)
    start, step, logged = time.monotonic(), 0, 0.0
    while (spent := (time.monotonic() - start) / seconds) < 1:
        rate = peak * min(1.0, (step + 1) / 100) * (1 - spent) ** 0.7 + 1e-5
        optimiser.param_groups[0]["lr"] = rate
        windows, points, labels = sampler.batch(96)
        if len(hard) >= 16:
            windows[-16:] = hard[sampler.rng.choice(len(hard), 16, replace=False)]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = loss_of(net, torch.from_numpy(windows), torch.from_numpy(points), torch.from_numpy(labels))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        keep = min(0.995, (step + 1) / (step + 20))
        for name, tensor in net.state_dict().items():
            average[name].lerp_(tensor, 1 - keep)
        step += 1
        if step % 250 == 0:
            hard = mine(net, sampler, hard)
        if time.monotonic() - logged > 30:
            logged = time.monotonic()
            shown = LandmarkNet()
            shown.load_state_dict(average)
            print(step, round(float(loss.detach()), 4), len(hard), evaluate(shown, held_out, 4), flush=True)
            out.write_bytes(save({name: tensor.half().contiguous() for name, tensor in average.items()}))
    final = LandmarkNet()
    final.load_state_dict(average)
    print(step, evaluate(final, held_out, 30), flush=True)
    out.write_bytes(save({name: tensor.half().contiguous() for name, tensor in average.items()}))


@torch.no_grad()
def mine(net: LandmarkNet, sampler: Sampler, hard: F32) -> F32:
    """Keep the 2,000 negatives that look most like faces."""
    fresh = np.stack([sampler.negative() for _ in range(768)])[:, None]
    pool = np.concatenate([hard, fresh])
    scores = np.concatenate([net(torch.from_numpy(part))[1].numpy() for part in np.array_split(pool, 8)])
    return pool[np.argsort(-scores)[: min(2000, max(64, len(pool) // 3))]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scenes", type=Path, action="append", default=[], help="folder of pictures without faces")
    parser.add_argument("--seconds", type=float, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    train(args.data, args.out, args.scenes, args.seconds, args.seed, args.resume)


if __name__ == "__main__":
    main()
