"""Hostile pictures in a process of their own: bounded memory and time, the right picture or one clear line."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import hostile_files
import numpy as np
import pytest
from PIL import Image
from places import REPO, shared_dir

from facelab.core.errors import FacelabError, UnreadablePhoto
from facelab.core.finder import find_faces
from facelab.core.photo import read_photo, to_srgb

LIMIT_BYTES = 1 << 30
SECONDS = 5.0
# reads each file, then writes an edited copy; the peak of the memory is reset before each
PROBE = """
import dataclasses, json, resource, sys, time
from pathlib import Path
from facelab.core.errors import FacelabError
from facelab.core.photo import read_photo, to_srgb, write_photo

resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))

def peak():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024

for name in sys.argv[2:]:
    open("/proc/self/clear_refs", "w").write("5")
    started, report = time.process_time(), {"file": Path(name).name, "mean": None, "shape": None}
    try:
        photo = read_photo(Path(name))
        shown = to_srgb(photo)
        report |= {"outcome": "opened", "shape": shown.shape, "mean": float(shown.mean())}
        if shown.size < 3e6:
            pixels = photo.pixels.copy()
            pixels[:1, :1] ^= 255
            target = Path(sys.argv[1]) / (Path(name).name + (".png" if max(shown.shape) > 65000 else ".jpg"))
            write_photo(dataclasses.replace(photo, pixels=pixels), photo, target, replace=True)
            report["written"] = True
    except FacelabError as error:
        report |= {"outcome": "refused", "text": str(error)}
    except BaseException as error:
        report |= {"outcome": "bug", "text": repr(error)[:300]}
    photo = shown = pixels = None
    print(json.dumps(report | {"seconds": time.process_time() - started, "peak": peak()}), flush=True)
"""


def _probe(paths: list[Path], folder: Path) -> dict[str, dict[str, object]]:
    if not os.path.exists("/proc/self/clear_refs"):
        pytest.skip("the peak of a process's memory can only be reset on Linux")
    environment = {**os.environ, "PYTHONPATH": str(REPO), "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", PROBE, str(folder), *map(str, paths)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    reports = {report["file"]: report for report in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 0, f"died after {list(reports)[-1:]}: {done.stderr[-1500:]}"
    return reports


def _check(report: dict[str, object], expected: str) -> None:
    name = str(report["file"])
    assert report["outcome"] != "bug", report
    assert float(str(report["seconds"])) < SECONDS, report
    assert int(str(report["peak"])) < LIMIT_BYTES, report
    if report["outcome"] == "refused":
        assert "opens" not in expected or "refuses" in expected, report
        text = str(report["text"])
        assert name in text
        assert "\n" not in text
        assert "Use a JPEG" in text or "Reduce it" in text, "the message says what to do"
    else:
        assert not expected or "opens" in expected, f"{name} must be refused"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, dict[str, object]]]:
    """Our own files: the expectation and what happened."""
    folder, out = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("out")
    expected = {}
    for name, what, data in hostile_files.files():
        (folder / name).write_bytes(data)
        expected[name] = what
    reports = _probe(sorted(folder.iterdir()), out)
    return {name: (what, reports[name]) for name, what in expected.items()}


def test_made_files_open_or_are_refused_in_bounded_time_and_memory(
    made: dict[str, tuple[str, dict[str, object]]],
) -> None:
    assert len(made) > 70
    for expected, report in made.values():
        _check(report, expected)


def test_made_files_that_open_show_the_picture(made: dict[str, tuple[str, dict[str, object]]]) -> None:
    """Neither black, white nor inverted."""
    mean = float(np.asarray(hostile_files.picture()).mean())
    for name, (expected, report) in made.items():
        if expected == hostile_files.OPENS and report["shape"] == [hostile_files.SIDE, hostile_files.SIDE, 3]:
            assert abs(float(str(report["mean"])) - mean) < 6, (name, report, mean)
            assert report.get("written"), name


def test_shared_files_stay_below_a_gigabyte(shared: Path, tmp_path: Path) -> None:
    with (shared_dir() / "data" / "hostile" / "index.csv").open(newline="") as file:
        expected = {row["file"]: row["expect"] for row in csv.DictReader(file)}
    reports = _probe([shared / "hostile" / name for name in expected], tmp_path)
    assert set(reports) == set(expected)
    for name, what in expected.items():
        _check(reports[name], what)


def test_decoders_print_nothing_of_their_own(capfd: pytest.CaptureFixture[str]) -> None:
    """libtiff has a line for every damaged strip: 197 of them for one file of Pillow's tests."""
    tried = [(name, data) for name, _, data in hostile_files.files() if name.endswith(".tif")]
    assert len(tried) > 10
    for name, data in tried:
        with suppress(FacelabError):
            read_photo(data, name=name)
    assert capfd.readouterr().err == ""


def test_strange_sizes_hold_no_face() -> None:
    for height, width in ((1, 1), (50_000, 3), (8, 100_000), (100_000, 8), (30, 9000)):
        assert find_faces(np.full((height, width, 3), 157, np.uint8)) == ()


# --- HEIC, which Pillow cannot write ----------------------------------------------------------

HEIC = REPO / "tests" / "data" / "turned.heic"


def test_heic_is_upright_and_says_who_made_it() -> None:
    """The file's picture lies on its side, its container and its EXIF both say how to turn it."""
    photo = read_photo(HEIC)
    assert photo.pixels.shape == (80, 96, 3)
    assert photo.icc is not None
    sample = Image.open(REPO / "resources" / "samples" / "astronaut.png").convert("RGB").crop((130, 10, 330, 210))
    expected = np.asarray(sample.resize((96, 96)).crop((0, 0, 96, 80)), float)
    assert np.abs(to_srgb(photo) - expected).mean() < 8


def test_damaged_heic_files_are_refused_or_shown(tmp_path: Path) -> None:
    data, random = HEIC.read_bytes(), np.random.default_rng(5)
    for share in (5, 30, 60, 90, 99):
        (tmp_path / f"cut_{share}.heic").write_bytes(data[: len(data) * share // 100])
    for number in range(40):
        damaged = bytearray(data)
        for at in random.integers(0, len(damaged) if number % 2 else 800, 5):
            damaged[at] = random.integers(256)
        (tmp_path / f"fuzz_{number}.heic").write_bytes(bytes(damaged))
    paths = sorted(tmp_path.glob("*.heic"))
    for report in _probe(paths, tmp_path).values():
        _check(report, hostile_files.EITHER)


# --- names and things that are no files -------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["two\nlines.jpg", "\x1b[31mred.jpg", "-rf.jpg", "%s{path}.jpg", "é 顔 👤.jpg", "a" * 240]
)
def test_strange_names_give_one_clean_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"not a picture")
    with pytest.raises(UnreadablePhoto) as caught:
        read_photo(path)
    text = str(caught.value)
    assert text.isprintable()
    assert name[-5:] in text
    path.write_bytes(hostile_files.packed("JPEG"))
    assert read_photo(path).source == str(path)


def test_links_are_followed_and_loops_are_named(tmp_path: Path) -> None:
    real = tmp_path / "real.jpg"
    real.write_bytes(hostile_files.packed("JPEG"))
    (tmp_path / "link.jpg").symlink_to(real)
    assert read_photo(tmp_path / "link.jpg").pixels.shape == (hostile_files.SIDE, hostile_files.SIDE, 3)
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    (tmp_path / "broken.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "folder.jpg").mkdir()
    for name in ("loop.jpg", "broken.jpg", "folder.jpg"):
        with pytest.raises(UnreadablePhoto, match=name):
            read_photo(tmp_path / name)
    for device in (Path("/dev/zero"), Path("/dev/null")):
        if device.exists():
            with pytest.raises(UnreadablePhoto, match="regular file"):
                read_photo(device)
