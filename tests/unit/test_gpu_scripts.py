"""What runs on a machine with a graphics card, tried on the processor with tiny settings (models/training/gpu)."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from facelab.core.networks.ops import Upsample
from facelab.core.networks.stylegan2 import StyledConv
from models.training.data import load_faces
from models.training.gpu import polyphase, shards, speed
from models.training.loop import FOR_STEPS, Plan
from models.training.state import Counters
from tests.places import REPO

SCRIPTS = REPO / "models" / "training" / "gpu"


def faces_folder(folder: Path, count: int = 12) -> Path:
    """A folder like faces128 with smooth pictures: half of them for training."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    rows, splits = [], []
    with zipfile.ZipFile(folder / "faces128-0.zip", "w") as archive:
        for i in range(count):
            small = Image.fromarray(rng.integers(0, 255, (4, 4, 3), np.uint8))
            data = io.BytesIO()
            small.resize((128, 128), Image.Resampling.BICUBIC).save(data, "JPEG", quality=95)
            archive.writestr(f"{i:02d}.jpg", data.getvalue())
            points = {f"{name}_{axis}": 40 + i for name in shards.POINTS for axis in "xy"}
            rows.append({"file": f"{i:02d}.jpg", "shard": "faces128-0.zip", "age": "30-39", "gender": "male", **points})
            splits.append({"file": f"{i:02d}.jpg", "split": ("train", "test", "train", "validation")[i % 4]})
    for name, table in (("faces128.csv", rows), ("split.csv", splits)):
        with (folder / name).open("w", newline="") as lines:
            writer = csv.DictWriter(lines, list(table[0]))
            writer.writeheader()
            writer.writerows(table)
    return folder


def measure_folder(folder: Path) -> Path:
    folder.mkdir()
    (folder / shards.FEATURES).write_bytes(b"fixed features")
    return folder


def test_faces_travel_in_shards_that_may_come_one_at_a_time_and_twice(tmp_path: Path) -> None:
    faces, measure = faces_folder(tmp_path / "faces"), measure_folder(tmp_path / "measure")
    everything = list(shards.stored(faces))
    most = sum(len(data) + 200 for _, data in everything) // 2
    count = shards.write_shards(faces, measure, tmp_path / "shards", most)
    assert count == 3
    for number in (1, 0, 0, 2):
        here = tmp_path / f"here-{number}"
        here.mkdir(exist_ok=True)
        if not (here / str(number)).exists():
            (here / str(number)).symlink_to(tmp_path / "shards" / str(number))
        shards.unpack(here, tmp_path / "data")
    packed = load_faces(tmp_path / "data")
    wanted = {str(row[0]): shards.decoded(data) for row, data in everything}
    assert sorted(packed.names) == sorted(wanted)
    for name, pixels in zip(packed.names, packed.pixels, strict=True):
        assert np.array_equal(pixels, wanted[name])
    assert (tmp_path / "data" / shards.FEATURES).read_bytes() == b"fixed features"


def test_smaller_shards_keep_every_training_face_and_look_the_same(tmp_path: Path) -> None:
    faces, measure = faces_folder(tmp_path / "faces"), measure_folder(tmp_path / "measure")
    count = shards.write_shards(faces, measure, tmp_path / "shards", 10**9, quality=76, held_out=1)
    assert count == 1
    shards.unpack(tmp_path / "shards", tmp_path / "data")
    packed = load_faces(tmp_path / "data")
    assert {split: packed.splits.count(split) for split in set(packed.splits)} == {
        "train": 6, "test": 1, "validation": 1,
    }  # fmt: skip
    exact = {str(row[0]): shards.decoded(data).astype(float) for row, data in shards.stored(faces)}
    for name, pixels in zip(packed.names, packed.pixels, strict=True):
        assert np.square(pixels - exact[name]).mean() < 255**2 / 10**3.8  # 38 dB


def test_layers_by_phases_give_the_same_numbers_and_gradients() -> None:
    torch.manual_seed(0)
    layer = StyledConv(5, 7, 16, 16, None, up=True).double()
    layer.blur.kernel = layer.blur.kernel.double()
    x = torch.randn(2, 5, 8, 8, dtype=torch.float64, requires_grad=True)
    found = []
    for enlarge in (StyledConv._enlarged, polyphase.enlarged):
        y = enlarge(layer, x, layer.weight)
        found.append([y, *torch.autograd.grad(y.sin().sum(), [x, layer.weight])])
    for ours, phases in zip(*found, strict=True):
        torch.testing.assert_close(phases, ours, rtol=1e-6, atol=1e-6)
    image = torch.randn(1, 3, 8, 8)
    torch.testing.assert_close(polyphase.upsampled(Upsample(3), image), Upsample(3)(image))


def test_speed_measures_every_way_and_leaves_the_program_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = StyledConv._enlarged, Upsample.forward, speed.problem.search_dtype, speed.recorded._failure
    options = ["--device", "cpu", "--resolution", "16", "--channels", "64", "--repeat", "2", "--steps", "5"]
    monkeypatch.setattr(sys, "argv", ["speed", *options, "--most", "2", "--out", str(tmp_path / "speed.json")])
    speed.main()
    found = json.loads((tmp_path / "speed.json").read_text())
    assert list(found["ways"]) == [way.name for way in speed.WAYS]
    jobs = {"picture", "projection step", "tuning step", "tuning step with locality"}
    assert all(figures.keys() - {"recorded"} == jobs for figures in found["ways"].values())
    assert all(figures[job]["median_ms"] > 0 for figures in found["ways"].values() for job in jobs)
    assert {preset["tuning_steps"] for preset in found["presets"].values()} == {2}
    assert before == (StyledConv._enlarged, Upsample.forward, speed.problem.search_dtype, speed.recorded._failure)


def test_a_stage_is_planned_without_its_first_steps() -> None:
    plan, counters = Plan(Path(), images=0, minutes=5, batch=128, margin_seconds=30), Counters(stage_images=3000)
    plan.measure(counters, 60.0, images=2000, measured=20.0)  # 40 s for the first 1,000 images: kernels were loaded
    assert counters.planned_images == round(3000 + FOR_STEPS * 100 * (300 - 30 - 60))


@pytest.mark.parametrize("crashes", [False, True])
def test_what_was_reached_comes_back_even_when_training_ends_with_an_error(tmp_path: Path, crashes: bool) -> None:
    log, fake = tmp_path / "log", tmp_path / "python3"
    fake.write_text(f'#!/bin/sh\necho "$2" >> {log}\n[ "$2" != models.training.adversarial ] || exit {int(crashes)}\n')
    fake.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "OUT": str(tmp_path), "PRIOR": "0"}
    done = subprocess.run(["sh", str(SCRIPTS / "2-adversarial.sh")], env=environment, cwd=tmp_path, check=False)
    assert done.returncode == int(crashes)
    assert log.read_text().split() == ["models.training.adversarial", "models.training.gpu.slim"]
