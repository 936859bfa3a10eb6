"""Which perceptual loss serves where LPIPS has no backbone: admission, then tuning for equal seconds.

    python tests/benchmark/perceptual.py SHARED/data    writes tests/benchmark/perceptual.json

Admitted is what orders blur of sigma 1 < 2 < 4 on every photo of the London pairs and finds, in 95 % of the cases, the
same person with another expression nearer than another person. The winner has the lowest SqueezeNet distance after
equal CPU seconds of tuning with `balanced`'s plan from the encoder's code; SqueezeNet and MobileFaceNet judge and are
candidates nowhere. All candidates are scaled alike: 1 is the mean distance of two neighbouring training faces.
"""

from __future__ import annotations

import argparse
import csv
import io
import itertools
import json
import os
import statistics
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from facelab.core.alignment import map_points, photo_to_crop
from facelab.core.image import to_pixels, to_tensor
from facelab.core.losses import (
    FeatureLoss,
    Features,
    GradientPyramid,
    PerceptualLoss,
    attribute_trunk,
    discriminator_trunk,
    encoder_trunk,
    face_scales,
)
from facelab.core.networks.attributes import load_attribute_net
from facelab.core.photo import read_photo
from facelab.core.progress import run
from facelab.core.tuning import PRESETS, Tuning, TuningPlan
from facelab.core.values import F64
from facelab.engine.quality import MEASURE_VARIABLE, identity, psnr
from facelab.engine.session import FaceWork, Session
from facelab.engine.toolkit import Toolkit, load_toolkit
from models.training.adversarial import judges
from models.training.losses import ALL_LAYERS, SqueezeNet, feature_distance

HERE = Path(__file__).resolve().parent
BASE = HERE.parent.parent / "models" / "base"
FACES = 1000
BLURS = (1.0, 2.0, 4.0)
PEOPLE = ("002", "005", "018", "025", "030", "038", "061", "070", "136", "172")
PHOTOS = (
    "general/astronaut.png", "london/002_neutral.jpg", "london/070_smiling.jpg", "london/136_neutral.jpg",
    "lisa/lisa1.jpg", "zoom/60cm.jpg", "congress/B001270.jpg", "congress/R000462.jpg",
)  # fmt: skip
SHARE = 0.95


@dataclass(slots=True)
class Scaled:
    """A loss with another unit."""

    loss: PerceptualLoss
    name: str
    factor: float

    def features(self, image: Tensor) -> Features:
        return self.loss.features(image)

    def distance(self, a: Features, b: Features) -> Tensor:
        return self.factor * self.loss.distance(a, b)


class Pixels:
    """Mean squared difference."""

    name = "pixels"

    def features(self, image: Tensor) -> Features:
        return (image,)

    def distance(self, a: Features, b: Features) -> Tensor:
        return (a[0] - b[0]).square().mean(dim=(1, 2, 3))


# --- candidates -------------------------------------------------------------------------------


def training_faces(data: Path, count: int) -> Tensor:
    """The first faces of the train split, f32 [count, 3, 128, 128]."""
    folder = data / "faces128"
    with (folder / "split.csv").open() as file:
        wanted = {row["file"] for row in csv.DictReader(file) if row["split"] == "train"}
    faces: list[Tensor] = []
    for path in sorted(folder.glob("faces128-*.zip")):
        with zipfile.ZipFile(path) as store:
            for name in store.namelist():
                if Path(name).name in wanted:
                    with Image.open(io.BytesIO(store.read(name))) as picture:
                        faces.append(to_tensor(np.asarray(picture.convert("RGB"))))
                if len(faces) == count:
                    return torch.cat(faces)
    raise SystemExit(f"{folder}: only {len(faces)} faces")


def candidates(toolkit: Toolkit, faces: Tensor) -> list[PerceptualLoss]:
    """All that is at hand, 1 = the mean distance of two neighbouring faces."""
    generator, encoder = toolkit.generator, toolkit.encoder
    assert encoder is not None
    judge = judges(BASE, BASE)["discriminator"].requires_grad_(False)
    trunks = {
        "encoder": encoder_trunk(encoder),
        "discriminator": discriminator_trunk(judge),
        "attributes": attribute_trunk(load_attribute_net(BASE / "attributes.safetensors")),
    }
    found: list[PerceptualLoss] = []
    for name, trunk in trunks.items():
        found.append(FeatureLoss(name, trunk, generator.info.resolution, face_scales(trunk, faces)))
    for loss in (GradientPyramid(), Pixels()):
        features = [loss.features(part) for part in (faces[1:], faces[:-1])]
        found.append(Scaled(loss, loss.name, 1 / float(loss.distance(*features).mean())))
    return found


# --- admission --------------------------------------------------------------------------------


def crops(toolkit: Toolkit, paths: Sequence[Path]) -> list[FaceWork]:
    """The largest face of each photo, found and encoded."""
    works = []
    for path in paths:
        session = Session(toolkit)
        slot = session.add_photo(read_photo(path), path.name)
        run(session.prepare(slot, 0, None, aligned=False))
        works.append(session.faces[0])
    return works


def blurred(image: Tensor, sigma: float) -> Tensor:
    """Gaussian blur of [N, 3, H, W]."""
    radius = int(3 * sigma + 0.5)
    x = torch.arange(-radius, radius + 1, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (x / sigma) ** 2)
    kernel = (kernel / kernel.sum()).expand(3, 1, -1)
    padded = F.pad(image, (radius,) * 4, mode="reflect")
    return F.conv2d(F.conv2d(padded, kernel[:, :, None], groups=3), kernel[:, :, :, None], groups=3)


@torch.no_grad()
def admission(loss: PerceptualLoss, neutral: Tensor, smiling: Tensor) -> dict[str, float]:
    """Shares of photos [N, 3, 128, 128] and of (person, other person) pairs that are put in the right order."""
    both = torch.cat([neutral, smiling])
    own = loss.features(both)
    levels = torch.stack([loss.distance(own, loss.features(blurred(both, sigma))) for sigma in BLURS])
    ordered = ((levels[0] < levels[1]) & (levels[1] < levels[2])).float().mean()
    n = len(neutral)
    right = cases = 0
    for a, b in itertools.permutations(range(n), 2):
        here, same = loss.features(neutral[a : a + 1]), loss.features(smiling[a : a + 1])
        other = loss.features(neutral[b : b + 1])
        right += int(loss.distance(here, same) < loss.distance(here, other))
        cases += 1
    return {"blur": round(float(ordered), 3), "people": round(right / cases, 3)}


# --- equal seconds ----------------------------------------------------------------------------


def plan_for(seconds: float, tuning: Tuning, plan: TuningPlan) -> TuningPlan:
    """As many steps as fit into the CPU seconds, measured on a few."""
    run(tuning.steps(replace(plan, steps=2)))
    start = time.process_time()
    run(tuning.steps(replace(plan, steps=8)))
    return replace(plan, steps=max(1, round(8 * seconds / (time.process_time() - start))))


def tune_for(
    toolkit: Toolkit, work: FaceWork, loss: PerceptualLoss, plan: TuningPlan, squeeze: SqueezeNet
) -> dict[str, float]:
    """Figures of one face after `plan`."""
    assert work.pivot is not None
    target = to_tensor(work.crop.pixels)
    tuning = Tuning(toolkit.generator, target, [work.pivot], loss)
    start = time.process_time()
    run(tuning.steps(plan))
    seconds = time.process_time() - start
    image = tuning.generator.render(work.pivot.latent.w_plus)
    shown = to_pixels(image)
    points: F64 = map_points(photo_to_crop(work.alignment), work.points)
    who = identity(shown, work.crop.pixels, points)
    with torch.no_grad():
        # the judge was made for larger pictures
        pair = [squeeze(F.interpolate(x, size=256, mode="bicubic"), ALL_LAYERS) for x in (image.clamp(-1, 1), target)]
    return {
        "squeezenet": round(float(feature_distance(*pair)), 4),
        "identity": round(who.value, 4) if who else float("nan"),
        "psnr": round(psnr(shown, work.crop.pixels), 2),
        "seconds": round(seconds, 2),
        "steps": plan.steps,
    }


def contests(found: Sequence[PerceptualLoss]) -> Iterator[tuple[str, PerceptualLoss, TuningPlan]]:
    """Plain MSE, the plan without a perceptual term, and with each candidate."""
    plan = replace(PRESETS["balanced"].tuning, half=False)
    yield "mse alone", found[0], replace(plan, perceptual=0.0, l1=0.0)
    yield "l1 + mse", found[0], replace(plan, perceptual=0.0)
    for loss in found:
        if loss.name != "pixels":
            yield loss.name, loss, plan


def medians(rows: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    keys = next(iter(rows.values())).keys()
    return {key: round(statistics.median(row[key] for row in rows.values()), 4) for key in keys}


def compare(data: Path, seconds: float, count: int) -> dict[str, object]:
    """The whole report."""
    os.environ[MEASURE_VARIABLE] = str(data / "measure")
    toolkit = load_toolkit(None, "cpu")
    found = candidates(toolkit, training_faces(data, FACES))
    photos = data / "photos"
    pairs = [
        torch.cat(
            [to_tensor(w.crop.pixels) for w in crops(toolkit, [photos / f"london/{p}_{kind}.jpg" for p in PEOPLE])]
        )
        for kind in ("neutral", "smiling")
    ]
    admitted: dict[str, dict[str, float]] = {loss.name: admission(loss, *pairs) for loss in found}
    print(json.dumps(admitted, indent=1), flush=True)
    squeeze = SqueezeNet(data / "measure" / "squeezenet11_features.safetensors")
    works = crops(toolkit, [photos / name for name in PHOTOS[:count]])
    results: dict[str, dict[str, object]] = {}
    for name, loss, plan in contests(found):
        pivot = works[0].pivot
        assert pivot is not None
        trial = Tuning(toolkit.generator, to_tensor(works[0].crop.pixels), [pivot], loss)
        timed = plan_for(seconds, trial, plan)
        rows = {w.slot.name: tune_for(toolkit, w, loss, timed, squeeze) for w in works}
        results[name] = {"median": medians(rows), "photos": rows}
        print(name, json.dumps(results[name]["median"]), flush=True)
    able = [name for name, figures in admitted.items() if min(figures.values()) >= SHARE and name in results]
    winner = min(able, key=lambda name: results[name]["median"]["squeezenet"])  # type: ignore[index]
    return {
        "generator": toolkit.generator.info.sha256,
        "cpu_seconds": seconds,
        "admission": admitted,
        "tuning": results,
        "winner": winner,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder with photos, faces128 and measure")
    parser.add_argument("--seconds", type=float, default=10.0, help="CPU seconds of tuning per photo")
    parser.add_argument("--photos", type=int, default=len(PHOTOS))
    parser.add_argument("--out", type=Path, default=HERE / "perceptual.json")
    args = parser.parse_args()
    torch.set_num_threads(1)
    report = compare(args.data, args.seconds, args.photos)
    args.out.write_text(json.dumps(report, indent=1) + "\n")
    print("winner:", report["winner"])


if __name__ == "__main__":
    main()
