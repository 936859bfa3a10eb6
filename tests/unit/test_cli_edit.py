"""edit and personalize with a preset of one step: which files are written, and what the report says of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facelab.core.tuning import PRESETS
from facelab.engine import expected, fitting
from facelab.project.store import load_project
from tests.unit.cli_runs import ASTRONAUT, HOPPER, Facelab, facelab, toolkit  # noqa: F401  (a fixture)
from tests.unit.phone_photo import MARKS, phone_jpeg

# ruff: noqa: F811  (pytest's fixtures)


@pytest.fixture(autouse=True)
def _one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real presets but for their number of steps: this is about files, not about faces."""
    fast = PRESETS["fast"]
    plan = replace(fast.tuning, steps=1)
    short = {"fast": replace(fast, inversion_steps=1, tuning=plan, lpips=plan)}
    monkeypatch.setattr(fitting, "PRESETS", short)
    monkeypatch.setattr(expected, "PRESETS", short)


FAST = ("--preset", "fast")


@pytest.fixture
def group(tmp_path: Path) -> Path:
    """Two people in one photo; the woman's face is the smaller one."""
    with Image.open(ASTRONAUT) as one, Image.open(HOPPER) as other:
        photo = Image.new("RGB", (1000, 600), (90, 110, 120))
        photo.paste(one.convert("RGB").resize((480, 480)), (0, 60))
        photo.paste(other.convert("RGB").resize((480, 562)), (500, 20))
    photo.save(tmp_path / "group.png")
    return tmp_path / "group.png"


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def changed_columns(before: Path, after: Path) -> np.ndarray:
    difference = np.abs(pixels(before).astype(int) - pixels(after)).sum(axis=-1) > 12
    return np.nonzero(difference)[1]


def test_one_face_or_all_of_a_group(facelab: Facelab, group: Path, tmp_path: Path) -> None:
    arguments = ("edit", group, "--set", "smile=2.5", *FAST, "--json", "-")
    assert facelab(*arguments, "--out", tmp_path / "first.png") == 0
    assert [photo["face"] for photo in facelab.json["photos"]] == [0]
    assert changed_columns(group, tmp_path / "first.png").min() >= 500
    assert facelab(*arguments, "--face", "1", "--out", tmp_path / "second.png") == 0
    assert changed_columns(group, tmp_path / "second.png").max() < 500
    assert facelab(*arguments, "--face", "all", "--out", tmp_path / "all.png", "--project", tmp_path / "g.facelab") == 0
    both = facelab.json["photos"]
    assert [photo["face"] for photo in both] == [0, 1]
    assert both[0]["box"][2] > both[1]["box"][2]
    assert both[0]["out"] == both[1]["out"] == [str(tmp_path / "all.png"), str(tmp_path / "g.facelab")]
    columns = changed_columns(group, tmp_path / "all.png")
    assert columns.min() < 400
    assert columns.max() > 600
    assert facelab("edit", group, "--set", "smile=1", *FAST, "--face", "2", "--out", tmp_path / "no.png") == 3
    # the file holds both faces of the one photo, and draws both again
    assert facelab("render", tmp_path / "g.facelab", "--out", tmp_path / "again.png") == 0
    assert (pixels(tmp_path / "again.png") == pixels(tmp_path / "all.png")).all()


def test_crop_only_of_all_faces_numbers_the_files(facelab: Facelab, group: Path, tmp_path: Path) -> None:
    arguments = ("edit", group, "--set", "smile=1", *FAST, "--crop-only", "--face", "all")
    assert facelab(*arguments, "--out", tmp_path / "c.png") == 0
    assert pixels(tmp_path / "c.png").shape == pixels(tmp_path / "c-face1.png").shape == (128, 128, 3)
    (tmp_path / "c.png").unlink()
    assert facelab(*arguments, "--out", tmp_path / "c.png") == 2
    assert "c-face1.png" in facelab.error_line


def test_several_photos_go_to_folders_under_their_names(facelab: Facelab, tmp_path: Path) -> None:
    twin = tmp_path / "astronaut.webp"  # an equal stem
    with Image.open(ASTRONAUT) as image:
        image.save(twin, lossless=True)
    folders = {name: tmp_path / name for name in ("out", "mask", "own")}
    arguments = ("--out", folders["out"], "--mask-out", folders["mask"], "--project", folders["own"])
    report = tmp_path / "r.json"
    assert facelab("edit", ASTRONAUT, twin, "--set", "yaw=1", *FAST, *arguments, "--json", report) == 0
    for folder, suffix in (("out", "png"), ("mask", "png"), ("own", "facelab")):
        assert sorted(p.name for p in folders[folder].iterdir()) == [f"astronaut-2.{suffix}", f"astronaut.{suffix}"]
    photos = json.loads(report.read_text())["photos"]
    assert [photo["file"] for photo in photos] == [str(ASTRONAUT), str(twin)]
    assert photos[1]["out"] == [
        str(folders[f] / f"astronaut-2.{s}") for f, s in (("out", "png"), ("mask", "png"), ("own", "facelab"))
    ]
    assert (folders["own"] / "astronaut.facelab").read_bytes().find(ASTRONAUT.read_bytes()[:4096]) > 0  # the original


def test_hand_points_and_aligned_inputs(facelab: Facelab, tmp_path: Path) -> None:
    by_hand = ("--eyes", "204,101,247,105", "--mouth", "202,142,242,145")
    assert (
        facelab("edit", ASTRONAUT, "--set", "smile=1", *FAST, *by_hand, "--out", tmp_path / "a.png", "--json", "-") == 0
    )
    assert facelab.json["photos"][0]["box"][2] > 80
    assert facelab("align", ASTRONAUT, "--out", tmp_path / "crop.png") == 0
    arguments = ("--set", "smile=2", *FAST, "--aligned", "--out", tmp_path / "b.png")
    assert facelab("edit", tmp_path / "crop.png", *arguments, "--json", "-") == 0
    assert facelab.json["photos"][0]["box"] == [0, 0, 128, 128]
    assert pixels(tmp_path / "b.png").shape == (128, 128, 3)


def test_quiet_and_metadata_switches(facelab: Facelab, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8825)[1] = "N"
    with Image.open(HOPPER) as image:
        image.save(tmp_path / "p.jpg", exif=exif, quality=95)
    arguments = ("edit", tmp_path / "p.jpg", "--set", "smile=1", *FAST, "--quiet", "--force")
    found = {}
    for name, options in {"plain": (), "gps": ("--keep-gps",), "bare": ("--strip-metadata", "--no-edit-mark")}.items():
        assert facelab(*arguments, *options, "--out", tmp_path / f"{name}.jpg") == 0
        assert facelab.out == facelab.err == ""
        with Image.open(tmp_path / f"{name}.jpg") as image:
            found[name] = (
                image.getexif().get(0x010F),
                bool(image.getexif().get_ifd(0x8825)),
                b"facelab" in image.fp.read() if image.fp else False,
            )
        found[name] = (*found[name][:2], b"facelab" in (tmp_path / f"{name}.jpg").read_bytes())
    assert found == {"plain": ("Camera", False, True), "gps": ("Camera", True, True), "bare": (None, False, False)}


def test_personalize_leaves_out_what_it_cannot_use(facelab: Facelab, tmp_path: Path) -> None:
    Image.fromarray(np.full((200, 200, 3), 99, np.uint8)).save(tmp_path / "none.png")
    photos = (ASTRONAUT, tmp_path / "none.png", HOPPER)
    assert facelab("personalize", *photos, *FAST, "--out", tmp_path / "us.facelab", "--with-photos", "--json", "-") == 3
    report = facelab.json
    assert [photo["file"] for photo in report["photos"]] == [str(ASTRONAUT), str(HOPPER)]
    assert [entry["code"] for entry in report["failed"]] == ["no_face"]
    project = load_project(tmp_path / "us.facelab", lambda name, sha: toolkit().generator)
    assert [photo.data for photo in project.photos] == [ASTRONAUT.read_bytes(), HOPPER.read_bytes()]
    assert facelab("personalize", tmp_path / "none.png", *FAST, "--out", tmp_path / "no.facelab") == 3
    assert not (tmp_path / "no.facelab").exists()


def test_expected_seconds_learn_from_what_a_tuning_took() -> None:
    expected.learn(toolkit(), "fast", 2, 33.0)
    assert expected.seconds_for(toolkit(), "fast", 2) == pytest.approx(33.0)
    toolkit().step_seconds.clear()
    assert expected.seconds_for(toolkit(), "fast", 2) == pytest.approx(33.0)  # kept on disk


def test_nothing_of_a_phone_photo_shows_the_unedited_face(facelab: Facelab, tmp_path: Path) -> None:
    data, hidden = phone_jpeg(ASTRONAUT)
    assert all(picture in data for picture in hidden)
    assert all(mark in data for mark in MARKS)
    phone = tmp_path / "phone.jpg"
    phone.write_bytes(data)
    outs = [tmp_path / f"out.{suffix}" for suffix in ("jpg", "png", "webp", "tif")]
    arguments = ("edit", phone, "--set", "smile=2", *FAST, *[part for out in outs for part in ("--out", out)])
    for gps in (False, True):
        assert facelab(*arguments, *(["--force", "--keep-gps"] if gps else [])) == 0
        words = ["thumbnails", "maker notes", "further pictures"]
        assert all(word in facelab.err for word in words)
        assert ("the GPS position" in facelab.err) != gps
        for out in outs:
            check_kept(phone, out, gps=gps)
            check_gone(out.read_bytes(), hidden, gps=gps)


def check_kept(phone: Path, out: Path, *, gps: bool) -> None:
    with Image.open(out) as image, Image.open(phone) as before:
        assert getattr(image, "n_frames", 1) == 1
        assert image.size == before.size
        assert image.info["icc_profile"] == before.info["icc_profile"]
        exif = image.getexif()
        assert [exif[tag] for tag in (271, 272, 315, 33432)] == ["Maker", "Phone 9", "Ada", "(c) Ada"]
        assert exif[306] == "2026:01:02 03:04:05"
        assert exif.get_ifd(34665)[36867] == "2025:12:31 23:59:59"
        assert float(exif.get_ifd(34665)[33437]) == pytest.approx(1.8)
        assert float(exif[282]) == pytest.approx(300, abs=0.1)
        assert exif.get_ifd(34853).get(4) == ((139.0, 42.0, 0.0) if gps else None)
    assert b"Ada Lovelace" in out.read_bytes()


def check_gone(content: bytes, hidden: tuple[bytes, ...], *, gps: bool) -> None:
    for picture in hidden:
        pieces = [picture[i : i + 24] for i in range(650, len(picture) - 24, 24)]  # behind the tables all JPEGs share
        assert not any(piece in content for piece in pieces)
    places = {b"GPSLatitude", b"Shibuya"} if gps else set()
    assert not [mark for mark in MARKS if mark in content and mark not in places]
    if content[:2] == b"\xff\xd8":
        assert content.count(b"\xff\xd8\xff") == 1
        assert content.endswith(b"\xff\xd9")
