"""Train the attribute net, and the judge that never meets the directions.

`python -m models.training.attributes --data PACKED --faces FACES128 --measure MEASURE --out OUT`
OUT = models/base/attributes.safetensors; the judge: `--half 1 --seed 7 --out models/training/judge.safetensors`.

Teachers: logistic regressions on SqueezeNet features (a training aid, not shipped) of the face, and of enlarged eyes
and mouth, fitted on one half of the hand labels and one half of `labels.csv` (training faces labelled by us, those that
earlier nets were least sure of), score all faces. Student: the small net learns these scores of the 18,000 training
faces, with age, gender, nose offset, the pitch proxy (cleared of smile and open mouth) and sharpness of every face, and
its five points. `test` faces give the printed figures only.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file, save
from torch import Tensor
from torch.nn import functional as F

from facelab.core.networks.attributes import KEYS, AttributeNet
from facelab.core.studio.boundary import wilson
from facelab.core.values import F32, F64, U8
from models.training.data import Faces, load_faces, to_batch

HAND = ("smile", "mouth_open", "eyes", "glasses", "beard", "hat")
AGES = {"20-29": 25.0, "30-39": 35.0, "40-49": 45.0, "50-59": 55.0, "60-69": 65.0, "70+": 75.0, "more than 70": 75.0}
MIRROR = (1, 0, 2, 4, 3)
NOSE_LENGTH = 0.55
"""Nose tip in front of the eyes, in eye distances: yaw = atan(nose offset / this)."""
MEAN_BGR = (103.939, 116.779, 123.68)
REGIONS: dict[str, tuple[tuple[int, int, int, int], tuple[int, int]]] = {
    "eyes": ((20, 30, 108, 78), (176, 96)),
    "mouth": ((24, 66, 104, 128), (160, 124)),
}
"""Parts of the aligned crop that a teacher sees enlarged: box (left, top, right, bottom) and size in px."""
LOOKS_AT: dict[str, tuple[str, ...]] = {
    "smile": ("face", "mouth"), "mouth_open": ("face", "mouth"), "eyes": ("face", "eyes"),
    "glasses": ("face", "eyes"), "beard": ("face",), "hat": ("face",),
}  # fmt: skip
"""What each hand-labelled attribute is told from. At 128 px an eye is 15 px wide, one number of the features."""


class Features:
    """SqueezeNet 1.1 activations of a face, pooled to coarse grids: f32 [N, 14464]."""

    def __init__(self, path: Path) -> None:
        self.t = {name: tensor.to(torch.bfloat16) for name, tensor in load_file(path).items()}

    def _conv(self, x: Tensor, name: str, padding: int = 0, stride: int = 1) -> Tensor:
        weight, bias = self.t[f"features.{name}.weight"], self.t[f"features.{name}.bias"]
        return F.relu(F.conv2d(x, weight, bias, stride=stride, padding=padding))

    def _fire(self, x: Tensor, index: int) -> Tensor:
        x = self._conv(x, f"{index}.squeeze")
        return torch.cat([self._conv(x, f"{index}.expand1x1"), self._conv(x, f"{index}.expand3x3", padding=1)], 1)

    @torch.inference_mode()
    def __call__(self, pixels: U8) -> F32:
        parts = []
        mean = torch.tensor(MEAN_BGR)[None, :, None, None]
        for start in range(0, len(pixels), 32):
            x = torch.from_numpy(np.ascontiguousarray(pixels[start : start + 32, ..., ::-1])).permute(0, 3, 1, 2)
            x = (x.float() - mean).to(torch.bfloat16).contiguous(memory_format=torch.channels_last)
            x = F.max_pool2d(self._conv(x, "0", stride=2), 3, 2, ceil_mode=True)
            a = self._fire(self._fire(x, 3), 4)
            b = self._fire(self._fire(F.max_pool2d(a, 3, 2, ceil_mode=True), 6), 7)
            c = self._fire(self._fire(F.max_pool2d(b, 3, 2, ceil_mode=True), 9), 10)
            grids = [F.adaptive_avg_pool2d(x.float(), n).flatten(1) for x, n in ((a, 6), (b, 5), (c, 3))]
            parts.append(torch.cat(grids, 1).numpy())
        return np.concatenate(parts).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class HandLabels:
    """Usable hand-labelled crops. pixels: u8 [N, 128, 128, 3]; values: by attribute f32 [N]; splits: label_split."""

    pixels: U8
    values: dict[str, F32]
    splits: NDArray[np.str_]


def load_labels(folder: Path) -> HandLabels:
    """labelled.csv without its bad rows. eyes: 1 = open."""
    with (folder / "split.csv").open() as lines:
        split_of = {row["file"]: row["label_split"] for row in csv.DictReader(lines)}
    with (folder / "labelled.csv").open() as lines:
        table = [row for row in csv.DictReader(lines) if row["bad"] == "0"]
    with zipfile.ZipFile(folder / "labelled.zip") as archive:
        images = [np.asarray(Image.open(io.BytesIO(archive.read(row["file"]))).convert("RGB")) for row in table]
    column = {
        name: np.array([float(row[name]) for row in table], np.float32)
        for name in table[0]
        if name in (*HAND, "yaw", "eyes_closed")
    }
    values = {name: np.minimum(column[name], 1.0) for name in HAND if name != "eyes"} | {
        "eyes": 1 - column["eyes_closed"]
    }
    values |= {"yaw": column["yaw"], "gender": np.array([float(row["gender"] == "male") for row in table], np.float32)}
    values["age"] = np.array([AGES[row["age"]] for row in table], np.float32)
    return HandLabels(np.stack(images), values, np.array([split_of[row["file"]] for row in table]))


def own_labels(faces: Faces, path: Path) -> tuple[NDArray[np.int64], dict[str, F32]]:
    """Rows of training faces labelled in labels.csv, and their labels by attribute (nan where the eye was unsure)."""
    place = {name: row for row, name in enumerate(faces.names)}
    with path.open() as lines:
        table = [row for row in csv.DictReader(lines) if row["bad"] != "1"]
    allowed = set(faces.rows("train").tolist())
    table = [row for row in table if place.get(row["file"]) in allowed]

    def column(name: str) -> F32:
        return np.array([float(row[name]) if row[name] else np.nan for row in table], np.float32)

    values = {name: np.minimum(column(name), 1.0) for name in HAND if name != "eyes"}
    values["eyes"] = 1 - column("eyes_closed")
    return np.array([place[row["file"]] for row in table], np.int64), values


def seen(features: Features, pixels: U8) -> dict[str, F32]:
    """Features f32 [N, 14464] of the whole crops u8 [N, 128, 128, 3] and of their enlarged REGIONS."""
    found = {"face": features(pixels)}
    for name, (box, size) in REGIONS.items():
        parts = [Image.fromarray(face).crop(box).resize(size, Image.Resampling.BICUBIC) for face in pixels]
        found[name] = features(np.stack([np.asarray(part) for part in parts]))
    return found


class Teacher:
    """Logistic regressions on the principal components of the features. labels: f32 [N] by attribute, nan = unknown."""

    def __init__(
        self, looks: dict[str, F32], labels: dict[str, F32], strength: float = 3.0, components: int = 300
    ) -> None:
        from sklearn.decomposition import PCA
        from sklearn.linear_model import LogisticRegression

        self.spaces: dict[tuple[str, ...], tuple[F32, F32, PCA, float]] = {}
        for parts in set(LOOKS_AT.values()):
            features = _joined(looks, parts)
            mean, scale = features.mean(0), features.std(0) + 1e-3
            pca = PCA(min(components, *features.shape), random_state=0).fit((features - mean) / scale)
            unit = float(np.sqrt(pca.explained_variance_[0])) / 3
            self.spaces[parts] = mean, scale, pca, unit
        self.models = {}
        for name in HAND:
            known = np.isfinite(labels[name])
            regression = LogisticRegression(C=strength, class_weight="balanced", max_iter=400)
            codes = self._codes(looks, LOOKS_AT[name])
            self.models[name] = regression.fit(codes[known], labels[name][known] > 0)

    def _codes(self, looks: dict[str, F32], parts: tuple[str, ...]) -> F32:
        mean, scale, pca, unit = self.spaces[parts]
        return np.asarray(pca.transform((_joined(looks, parts) - mean) / scale) / unit, np.float32)

    def __call__(self, looks: dict[str, F32]) -> F32:
        """Log odds [N, len(HAND)], cut at +-8."""
        codes = {parts: self._codes(looks, parts) for parts in self.spaces}
        odds = [self.models[name].decision_function(codes[LOOKS_AT[name]]) for name in HAND]
        return np.stack(odds, 1).clip(-8, 8).astype(np.float32)


def _joined(looks: dict[str, F32], parts: tuple[str, ...]) -> F32:
    return np.concatenate([looks[part] for part in parts], 1)


def weak_targets(faces: Faces, folder: Path) -> dict[str, F32]:
    """gender 0/1, age in years, yaw in degrees, pitch and quality proxies, for every packed face."""
    points = faces.points
    eyes, mouth = points[:, :2].mean(1), points[:, 3:].mean(1)
    across = points[:, 1] - points[:, 0]
    width = np.linalg.norm(across, axis=1)
    offset = ((points[:, 2] - eyes) * across).sum(1) / width**2
    ratio = (points[:, 2, 1] - eyes[:, 1]) / (mouth[:, 1] - eyes[:, 1])
    with (folder / "faces128.csv").open() as lines:
        sharpness = {row["file"]: float(row["sharpness"]) for row in csv.DictReader(lines)}
    return {
        "gender": np.array([gender == "male" for gender in faces.genders], np.float32),
        "age": np.array([AGES[age] for age in faces.ages], np.float32),
        "yaw": np.degrees(np.arctan(offset / NOSE_LENGTH)).astype(np.float32),
        "pitch": (-(ratio - ratio.mean()) / ratio.std()).astype(np.float32),
        "quality": np.log(np.array([sharpness[name] for name in faces.names], np.float32)),
    }


def cleared(values: F32, causes: F32, rows: NDArray[np.int64]) -> F32:
    """values f32 [N] less what a linear regression on causes f32 [N, K] tells of them, standardised; fitted on `rows`.

    For the pitch proxy: a smile or an open mouth moves the mouth, and with it the nose's place between eyes and mouth.
    """
    centred = causes - causes[rows].mean(0)
    weights = np.linalg.lstsq(centred[rows], values[rows] - values[rows].mean(), rcond=None)[0]
    left = values - centred @ weights
    return np.asarray((left - left[rows].mean()) / left[rows].std(), np.float32)


def augment(
    batch: Tensor, targets: Tensor, points: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Mirror, move a little, and change light and colour; `quality` is left to the picture."""
    n = len(batch)
    flip = torch.rand(n, generator=generator) < 0.5
    batch = torch.where(flip[:, None, None, None], batch.flip(3), batch)
    targets = targets.clone()
    targets[flip, KEYS.index("yaw")] *= -1
    mirrored = points[:, MIRROR].clone()
    mirrored[..., 0] = 1 - mirrored[..., 0]
    points = torch.where(flip[:, None, None], mirrored, points)
    angle = (torch.rand(n, generator=generator) - 0.5) * 0.16
    scale = 1 + (torch.rand(n, generator=generator) - 0.5) * 0.12
    shift = (torch.rand(n, 2, generator=generator) - 0.5) * 0.14
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    theta = torch.stack([torch.stack([cos, -sin, shift[:, 0]], 1), torch.stack([sin, cos, shift[:, 1]], 1)], 1)
    grid = F.affine_grid(theta, list(batch.shape), align_corners=False)
    batch = F.grid_sample(batch, grid, padding_mode="reflection", align_corners=False)
    local = (points * 2 - 1) - shift[:, None]
    points = torch.linalg.solve(theta[:, None, :, :2], local[..., None])[..., 0] / 2 + 0.5
    light = 1 + (torch.rand(n, 3, 1, 1, generator=generator) - 0.5) * 0.3
    gain = 0.7 + torch.rand(n, 1, 1, 1, generator=generator) * 0.6
    gray = (torch.rand(n, 1, 1, 1, generator=generator) < 0.15).float()
    batch = batch * (1 - gray) + batch.mean(1, keepdim=True) * gray
    return ((batch + 1) * light * gain - 1).clamp(-1, 1), targets, points


def fit(
    faces: Faces, rows: NDArray[np.int64], targets: F32, seconds: float, seed: int, stats: tuple[F32, F32]
) -> AttributeNet:
    """Train the student; targets f32 [len(faces), K] standardised. Returns the averaged net."""
    torch.manual_seed(seed)
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    net = AttributeNet()
    net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    net.mean.copy_(torch.from_numpy(stats[0]))
    net.scale.copy_(torch.from_numpy(stats[1]))
    average = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.03, betas=(0.9, 0.98))
    start, step = time.monotonic(), 0
    while (spent := (time.monotonic() - start) / seconds) < 1:
        optimiser.param_groups[0]["lr"] = 2e-3 * min(1.0, (step + 1) / 100) * (1 - spent) ** 0.8 + 1e-5
        chosen = np.sort(rng.choice(rows, 64, replace=False))
        crops, wanted, points = augment(
            to_batch(faces.pixels[chosen], torch.device("cpu")),
            torch.from_numpy(targets[chosen]),
            torch.from_numpy(faces.points[chosen] / 128),
            generator,
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = net.everything(crops.contiguous(memory_format=torch.channels_last), 0.15)
        found = found.float()
        loss = F.smooth_l1_loss(found[:, : len(KEYS)], wanted)
        loss = loss + 3 * F.smooth_l1_loss(found[:, len(KEYS) :], points.flatten(1), beta=0.1)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        keep = min(0.996, (step + 1) / (step + 20))
        for name, tensor in net.state_dict().items():
            average[name].lerp_(tensor, 1 - keep)
        step += 1
        if step % 200 == 0:
            print(step, round(float(loss.detach()), 4), flush=True)
    net.load_state_dict(average)
    net.eval().requires_grad_(False)
    return net


def border(scores: F32 | F64, truth: NDArray[np.bool_]) -> float:
    """Where scores [N] divide the labels best by balanced accuracy: the mean of all places within .01 of the best."""
    limits = np.quantile(scores, np.linspace(0.02, 0.98, 97))
    balanced = np.array([(scores[truth] > t).mean() + (scores[~truth] <= t).mean() for t in limits])
    return float(limits[balanced >= balanced.max() - 0.01].mean())


def calibrate(net: AttributeNet, pixels: U8, values: dict[str, F32]) -> None:
    """Move the zero of the hand-labelled attributes to where it divides labels best that the net has not learnt."""
    judged = net.judge(to_batch(pixels, torch.device("cpu")))
    for name in HAND:
        net.mean[KEYS.index(name)] -= border(judged[name], values[name] > 0)


def report(net: AttributeNet, labels: HandLabels, faces: Faces, weak: dict[str, F32]) -> dict[str, object]:
    """Held-out figures with 95 % intervals: balanced accuracy of the hand labels, errors of the rest."""
    test = labels.splits == "test"
    judged = net.judge(to_batch(labels.pixels[test], torch.device("cpu")))
    figures: dict[str, object] = {}
    for name in (*HAND, "gender"):
        truth, seen = labels.values[name][test] > 0, judged[name] > (0.5 if name == "gender" else 0.0)
        rates = float((seen[truth]).mean()), float((~seen[~truth]).mean())
        smaller = int(min(truth.sum(), (~truth).sum()))
        figures[name] = {
            "balanced": round(sum(rates) / 2, 3),
            "interval": [round(x, 3) for x in wilson(sum(rates) / 2, 2 * smaller)],
            "positives": int(truth.sum()),
            "auc": round(_auc(judged[name], truth), 3),
        }
    rows = faces.rows("test")
    judged = net.judge(to_batch(faces.pixels[rows], torch.device("cpu")))
    for name in ("age", "yaw", "pitch", "quality", "gender"):
        truth_ = weak[name][rows]
        figures[f"{name}_test_faces"] = {
            "mean_error": round(float(np.abs(judged[name] - truth_).mean()), 3),
            "correlation": round(float(np.corrcoef(judged[name], truth_)[0, 1]), 3),
            "faces": len(rows),
        }
    return figures


def _auc(scores: F32, truth: NDArray[np.bool_]) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(truth, scores))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="packed folder of models.training.data")
    parser.add_argument("--faces", type=Path, required=True, help="folder with labelled.csv, split.csv, faces128.csv")
    parser.add_argument("--measure", type=Path, required=True, help="folder with squeezenet11_features.safetensors")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--half", type=int, choices=(0, 1), default=0, help="which half of the hand labels")
    parser.add_argument("--seconds", type=float, default=200)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    torch.set_num_threads(1)
    faces, labels = load_faces(args.data), load_labels(args.faces)
    features = Features(args.measure / "squeezenet11_features.safetensors")
    chosen = np.flatnonzero(labels.splits == "train")[args.half :: 2]
    more, own = own_labels(faces, Path(__file__).with_name("labels.csv"))
    half = slice(args.half, None, 2)
    pixels = np.concatenate([labels.pixels[chosen], faces.pixels[more[half]]])
    values = {name: np.concatenate([labels.values[name][chosen], own[name][half]]) for name in HAND}
    print(f"{len(chosen)} + {len(more[half])} labelled faces", flush=True)
    looks = seen(features, np.concatenate([pixels, pixels[:, :, ::-1]]))
    teacher = Teacher(looks, {name: np.tile(values[name], 2) for name in HAND})
    rows = faces.rows("train")
    scores = np.concatenate([teacher(seen(features, part)) for part in np.array_split(faces.pixels, 60)])
    weak = weak_targets(faces, args.faces)
    weak["pitch"] = cleared(weak["pitch"], scores[:, [HAND.index("smile"), HAND.index("mouth_open")]], rows)
    raw = np.stack([scores[:, HAND.index(key)] if key in HAND else weak[key] for key in KEYS], 1)
    mean, scale = raw[rows].mean(0), raw[rows].std(0)
    net = fit(faces, rows, ((raw - mean) / scale).astype(np.float32), args.seconds, args.seed, (mean, scale))
    unseen = np.flatnonzero(labels.splits == "train")[1 - args.half :: 2]
    calibrate(net, labels.pixels[unseen], {name: labels.values[name][unseen] for name in HAND})
    args.out.write_bytes(save({name: tensor.half().contiguous() for name, tensor in net.state_dict().items()}))
    figures = report(net, labels, faces, weak)
    args.out.with_suffix(".json").write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
