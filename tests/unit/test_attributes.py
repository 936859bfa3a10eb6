"""The attribute net, the sliders of the embedded model, and how the training script conditions them."""

from __future__ import annotations

import argparse
import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from facelab.bench import faces as bench_faces
from facelab.core.editing.directions import load_directions
from facelab.core.errors import UsageError, WrongGenerator
from facelab.core.generator import load_generator, sample_w
from facelab.core.networks.attributes import KEYS, load_attribute_net
from facelab.paths import models_dir
from models.training.directions import SLIDERS, correct

BASE = models_dir() / "base"


def labelled(shared: Path, split: str) -> tuple[torch.Tensor, list[dict[str, str]]]:
    folder = shared / "faces128"
    with (folder / "split.csv").open() as lines:
        split_of = {row["file"]: row["label_split"] for row in csv.DictReader(lines)}
    with (folder / "labelled.csv").open() as lines:
        rows = [row for row in csv.DictReader(lines) if row["bad"] == "0" and split_of[row["file"]] == split]
    with zipfile.ZipFile(folder / "labelled.zip") as archive:
        images = [np.asarray(Image.open(io.BytesIO(archive.read(row["file"]))).convert("RGB")) for row in rows]
    batch = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 127.5 - 1
    return batch, rows


@pytest.mark.parametrize("weights", [BASE / "attributes.safetensors", BASE.parent / "training" / "judge.safetensors"])
def test_attribute_nets_on_held_out_labels(shared: Path, weights: Path) -> None:
    crops, rows = labelled(shared, "test")
    judged = load_attribute_net(weights).judge(crops)
    least = {"smile": 0.75, "mouth_open": 0.78, "glasses": 0.88, "beard": 0.75}
    for key, limit in least.items():
        truth = np.array([float(row[key]) > 0 for row in rows])
        seen = judged[key] > 0
        assert (seen[truth].mean() + (~seen[~truth]).mean()) / 2 > limit, key
    yaw = np.array([float(row["yaw"]) for row in rows])
    assert np.corrcoef(judged["yaw"], yaw)[0, 1] > 0.7
    male = np.array([row["gender"] == "male" for row in rows])
    assert ((judged["gender"] > 0.5) == male).mean() > 0.78


def test_mirrored_face_has_mirrored_yaw_and_nothing_else() -> None:
    net = load_attribute_net(BASE / "attributes.safetensors")
    crops = torch.rand(2, 3, 128, 128, generator=torch.Generator().manual_seed(0)) * 2 - 1
    sign = torch.ones(len(KEYS))
    sign[KEYS.index("yaw")] = -1
    with torch.inference_mode():
        torch.testing.assert_close(net(crops.flip(3)), net(crops) * sign, atol=1e-4, rtol=1e-4)


def test_one_look_gives_scores_and_features() -> None:
    net = load_attribute_net(BASE / "attributes.safetensors")
    crops = torch.rand(2, 3, 128, 128, generator=torch.Generator().manual_seed(1)) * 2 - 1
    with torch.inference_mode():
        scores, features = net.seen(crops)
        torch.testing.assert_close(features, net.features(crops))
        turned = net.everything(crops.flip(3))[:, : len(KEYS)]
        turned[:, KEYS.index("yaw")] *= -1
        torch.testing.assert_close(scores, (net.everything(crops)[:, : len(KEYS)] + turned) / 2)


def test_embedded_sliders_belong_to_the_embedded_generator() -> None:
    generator = load_generator(BASE / "generator.safetensors")
    directions = load_directions(BASE / "directions", generator.info.sha256)
    assert set(SLIDERS) <= set(directions)
    with pytest.raises(WrongGenerator):
        load_directions(BASE / "directions", "0" * 64)
    w = sample_w(generator, 10_000, 0)
    for key, direction in directions.items():
        assert np.linalg.norm(direction.vector) == pytest.approx(1.0, abs=1e-5)
        assert float((w @ direction.vector).std()) == pytest.approx(direction.sigma, rel=0.01), key
        assert direction.low <= -2
        assert direction.high >= 2
        assert {"en", "ja", "ko"} <= set(direction.labels)
        assert direction.spread is not None
    assert not {"race", "skin", "skin_tone"} & set(directions)


def test_sliders_move_their_own_attribute_up() -> None:
    generator = load_generator(BASE / "generator.safetensors")
    net = load_attribute_net(BASE / "attributes.safetensors")
    directions = load_directions(BASE / "directions", generator.info.sha256)
    codes = np.repeat(sample_w(generator, 6, 3, 0.7)[:, None], generator.info.num_ws, 1)
    for key in SLIDERS:
        step = 2 * directions[key].step(generator.info.num_ws)
        low, high = (net.judge(generator.render(codes + sign * step).clamp(-1, 1))[key] for sign in (-1, 1))
        assert (high > low).mean() >= 5 / 6, key


def test_correction_takes_measured_leakage_out() -> None:
    """In a linear world the corrected steps leak less, keep their own movement, and clean ones stay as they are."""
    random = np.random.RandomState(0)
    effect = np.eye(4) + 0.4 * random.rand(4, 4)  # [D, K]: movement of the attributes by each axis
    effect[3] = (0, 0, 0, 1)
    steps = np.eye(4)
    keys = ("a", "b", "c", "d")
    moved = steps @ effect
    start = np.abs(moved / np.diag(moved)[:, None] - np.eye(4)).max()
    fixed = steps
    for _ in range(8):
        fixed = correct(fixed, fixed @ effect, keys)
    moved = fixed @ effect
    assert np.abs(moved / np.diag(moved)[:, None] - np.eye(4)).max() < 0.5 * start
    np.testing.assert_allclose(np.diag(moved), np.diag(effect), rtol=0.15)
    np.testing.assert_array_equal(fixed[3], steps[3])


def test_bench_faces_needs_a_folder_with_faces(tmp_path: Path) -> None:
    options = argparse.Namespace(path=None, models=[], device="cpu", quiet=True)
    with pytest.raises(UsageError):
        bench_faces.run(options)
    options.path = tmp_path
    with pytest.raises(UsageError, match="at least"):
        bench_faces.run(options)


def test_frechet_of_a_set_with_itself_is_nothing() -> None:
    a = np.random.RandomState(0).randn(200, 8)
    assert bench_faces._frechet(a, a) == pytest.approx(0.0, abs=1e-6)
    assert bench_faces._frechet(a, a + 2.0) == pytest.approx(32.0, rel=1e-6)
