"""render: a .facelab file edited again. The generator in these files is the base itself, so nothing was tuned."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facelab.project.store import load_project
from tests.unit.cli_runs import ASTRONAUT, HOPPER, Facelab, facelab, toolkit, untuned  # noqa: F401  (a fixture)

# ruff: noqa: F811  (pytest's fixtures)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """me: one photo inside; shared: two faces, no photos; both: two photos inside."""
    folder = tmp_path_factory.mktemp("projects")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FACELAB_HOME", str(folder / "home"))
        untuned(folder / "me.facelab", ASTRONAUT)
        untuned(folder / "shared.facelab", ASTRONAUT, HOPPER, with_photos=False)
        untuned(folder / "both.facelab", ASTRONAUT, HOPPER)
    return folder


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


def test_photo_and_mask(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    """Nothing outside the mask changes; the report has the contract's fields."""
    out, mask = tmp_path / "a.png", tmp_path / "m.png"
    assert facelab("render", folder / "me.facelab", "--out", out, "--mask-out", mask, "--json", "-") == 0
    report = facelab.json
    assert report["schema"] == 1
    (photo,) = report["photos"]
    assert photo["out"] == [str(out), str(mask)]
    before, after = pixels(ASTRONAUT), pixels(out)
    inside = pixels(mask)[..., 0] > 0
    assert set(np.unique(pixels(mask))) == {0, 255}
    assert after.shape == before.shape
    assert (after[~inside] == before[~inside]).all()
    assert (after[inside] != before[inside]).any(axis=-1).mean() > 0.2
    x, y, width, height = photo["mask_box"]
    rows, columns = np.nonzero(inside)
    assert x <= columns.min() <= columns.max() < x + width
    assert y <= rows.min() <= rows.max() < y + height


def test_set_replaces_the_named_sliders_of_the_stored_edit(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    assert facelab("render", folder / "me.facelab", "--out", tmp_path / "stored.png") == 0
    assert facelab("render", folder / "me.facelab", "--set", "smile=2", "--out", tmp_path / "same.png") == 0
    assert facelab("render", folder / "me.facelab", "--set", "smile=-2", "--out", tmp_path / "other.png") == 0
    assert (pixels(tmp_path / "same.png") == pixels(tmp_path / "stored.png")).all()
    assert (pixels(tmp_path / "other.png") != pixels(tmp_path / "stored.png")).any()


def test_nothing_edited_and_the_same_format_copies_the_bytes(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    arguments = ("render", folder / "both.facelab", "--set", "smile=0")
    assert facelab(*arguments, "--out", tmp_path / "a.png", "--pivot", "0") == 0
    assert (tmp_path / "a.png").read_bytes() == ASTRONAUT.read_bytes()
    assert facelab(*arguments, "--out", tmp_path / "h.jpg", "--pivot", "1") == 0
    assert (tmp_path / "h.jpg").read_bytes() == HOPPER.read_bytes()
    assert facelab(*arguments, "--out", tmp_path / "h.png", "--pivot", "1") == 0
    assert (pixels(tmp_path / "h.png") == pixels(HOPPER)).all()


def test_a_folder_gets_every_photo(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    assert facelab("render", folder / "both.facelab", "--out", tmp_path / "all") == 0
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == ["astronaut.png", "grace_hopper.png"]
    assert facelab("render", folder / "both.facelab", "--out", tmp_path / "all") == 2
    assert facelab("render", folder / "both.facelab", "--out", tmp_path / "one", "--pivot", "1") == 0
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["grace_hopper.png"]
    assert facelab("render", folder / "both.facelab", "--out", tmp_path / "a.png", "--pivot", "2") == 2


def test_a_file_without_photos_needs_one(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    shared = folder / "shared.facelab"
    assert facelab("render", shared, "--out", tmp_path / "a.png") == 4
    assert "--photo" in facelab.error_line
    assert "--crop-only" in facelab.error_line
    assert facelab("render", shared, "--photo", ASTRONAUT, "--out", tmp_path / "a.png") == 0
    assert facelab("render", folder / "me.facelab", "--out", tmp_path / "b.png") == 0
    assert (pixels(tmp_path / "a.png") == pixels(tmp_path / "b.png")).all()
    assert facelab("render", shared, "--photo", HOPPER, "--pivot", "1", "--out", tmp_path / "h.jpg") == 0
    assert facelab("render", shared, "--photo", tmp_path / "no.jpg", "--out", tmp_path / "n.png") == 3


def test_the_same_photo_at_another_size_keeps_its_code(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    with Image.open(ASTRONAUT) as image:
        image.resize((400, 400), Image.Resampling.LANCZOS).save(tmp_path / "small.png")
    arguments = ("--photo", tmp_path / "small.png", "--out", tmp_path / "a.png", "--json", "-")
    assert facelab("render", folder / "shared.facelab", *arguments) == 0
    assert facelab.json["photos"][0]["fallbacks"] == []
    assert (pixels(tmp_path / "a.png") != pixels(tmp_path / "small.png")).any()


def test_another_photo_is_searched_and_said(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    arguments = ("--photo", HOPPER, "--pivot", "0", "--out", tmp_path / "a.jpg", "--json", "-")
    assert facelab("render", folder / "shared.facelab", *arguments) == 0
    assert any(text.startswith("other_photo: ") for text in facelab.json["photos"][0]["fallbacks"])
    changed = (pixels(tmp_path / "a.jpg").astype(int) - pixels(HOPPER)) ** 2
    rows, columns = np.nonzero(changed.sum(axis=-1) > 900)
    assert 200 < columns.mean() < 330  # Hopper's face, not where the astronaut's was
    assert 180 < rows.mean() < 320


def test_crop_only_is_the_generators_own_picture(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    arguments = ("--crop-only", "--out", tmp_path / "a.png", "--out", tmp_path / "a.gif")
    assert facelab("render", folder / "shared.facelab", *arguments) == 0
    project = load_project(folder / "shared.facelab", lambda name, sha: toolkit().generator)
    code = project.photos[0].pivot.latent.w_plus + 2 * project.directions["smile"].step(
        len(project.photos[0].pivot.latent.w_plus)
    )
    image = project.generator.render(code)[0].numpy() * 127.5 + 127.5
    expected = np.rint(image.clip(0, 255)).transpose(1, 2, 0)
    assert np.abs(pixels(tmp_path / "a.png").astype(int) - expected).max() <= 1
    with Image.open(tmp_path / "a.gif") as gif:
        assert gif.size == (128, 128)
        assert gif.n_frames == 46


def test_strip_has_seven_labelled_tiles_per_slider(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    two = ("--set", "smile=1", "--set", "yaw=0", "--strip")
    assert facelab("render", folder / "me.facelab", *two, "--out", tmp_path / "two.png") == 0
    assert facelab("render", folder / "me.facelab", "--strip", "--out", tmp_path / "one.png") == 0
    one, both = pixels(tmp_path / "one.png"), pixels(tmp_path / "two.png")
    assert both.shape[1] == one.shape[1] > 7 * 200
    assert 1.8 * one.shape[0] < both.shape[0] < 2 * one.shape[0]
    tiles = [one[46:254, 16 + 212 * i : 16 + 212 * i + 208].astype(int) for i in range(7)]
    steps = [np.abs(tile - tiles[3]).mean() for tile in tiles]
    assert steps[3] == 0
    assert steps[0] > steps[2] > 0
    assert steps[6] > steps[4] > 0
    labels = [(255 - one[256:280, 16 + 212 * i : 16 + 212 * i + 208].astype(int)).sum() for i in range(7)]
    assert min(labels) > 0


def test_animation_shows_the_whole_photo_at_the_size(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    frames = ("--frames", "5", "--size", "301", "--fps", "10")
    outs = ("--out", tmp_path / "a.gif", "--out", tmp_path / "a.webp", "--animate", "--out", tmp_path / "a.mp4")
    assert facelab("render", folder / "both.facelab", "--pivot", "1", *frames, *outs, "--json", "-") == 0
    with Image.open(tmp_path / "a.gif") as gif:
        assert gif.size == (257, 301)  # 512 x 600
        assert gif.n_frames == 8
        durations = []
        for i in range(8):
            gif.seek(i)
            durations.append(gif.info["duration"])
    assert durations == [500, 100, 100, 100, 500, 100, 100, 100]
    with Image.open(tmp_path / "a.webp") as webp:
        assert (webp.size, webp.n_frames) == ((257, 301), 8)
    texts = facelab.json["photos"][0]["fallbacks"] + facelab.json["photos"][0]["notices"]
    assert any("H.264" in text or "VP9" in text for text in texts)


def test_project_keeps_what_the_first_one_knew(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.facelab"
    arguments = ("--crop-only", "--set", "age=1", "--project", again)
    assert facelab("render", folder / "shared.facelab", *arguments) == 0
    assert "consent" in facelab.err
    old, new = (load_project(path, lambda n, s: toolkit().generator) for path in (folder / "shared.facelab", again))
    assert {edit.key: edit.amount for edit in new.recipe.edits} == {"smile": 2.0, "age": 1.0}
    for before, after in zip(old.photos, new.photos, strict=True):
        assert (before.width, before.height, before.data) == (after.width, after.height, after.data)
        assert np.allclose(before.alignment.quad, after.alignment.quad)
        assert np.array_equal(before.pivot.latent.w_plus, after.pivot.latent.w_plus)
    assert facelab("render", again, "--photo", ASTRONAUT, "--out", tmp_path / "a.png") == 0
    assert (
        facelab("render", folder / "shared.facelab", "--project", folder / "shared.facelab", "--force", "--crop-only")
        == 2
    )


def test_locks_and_layers(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    me = folder / "me.facelab"
    outs = {}
    for name, options in {
        "plain": (), "locked": ("--lock", "age,gender"), "coarse": ("--set", "smile=2@coarse"), "psi": ("--psi", "0.5"),
    }.items():  # fmt: skip
        assert facelab("render", me, *options, "--crop-only", "--out", tmp_path / f"{name}.png") == 0
        outs[name] = pixels(tmp_path / f"{name}.png").tobytes()
    assert len(set(outs.values())) == 4


def rewritten(source: Path, target: Path, **members: bytes) -> Path:
    """A copy of a .facelab file with members replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, data in members.items():
            new.writestr(name, data)
    return target


def manifest(source: Path) -> dict[str, object]:
    with zipfile.ZipFile(source) as archive:
        loaded: dict[str, object] = json.loads(archive.read("manifest.json"))
    return loaded


@pytest.mark.parametrize(
    "kind",
    ["no zip", "cut", "traversal", "bomb", "newer", "NaN", "shapes", "no manifest", "empty", "photo", "other photo"],
)
def test_hostile_files_give_one_clear_error(facelab: Facelab, folder: Path, tmp_path: Path, kind: str) -> None:
    me, bad = folder / "me.facelab", tmp_path / "bad.facelab"
    text = manifest(me)
    match kind:
        case "no zip":
            bad.write_bytes(b"this is not a zip file" * 100)
        case "empty":
            bad.write_bytes(b"")
        case "cut":
            bad.write_bytes(me.read_bytes()[: me.stat().st_size // 2])
        case "traversal":
            rewritten(me, bad, **{"../../outside.txt": b"x"})
        case "bomb":
            rewritten(me, bad, **{"latents.safetensors": b"\0" * (80 << 20)})
        case "newer":
            rewritten(me, bad, **{"manifest.json": json.dumps(text | {"version": 99}).encode()})
        case "NaN":
            rewritten(me, bad, **{"manifest.json": json.dumps(text).replace("2.0", "1e999", 1).encode()})
        case "shapes":
            photos = [{**text["photos"][0], "quad": [[0, 0], [1, 1]]}]  # type: ignore[index,dict-item]
            rewritten(me, bad, **{"manifest.json": json.dumps(text | {"photos": photos}).encode()})
        case "photo":
            rewritten(me, bad, **{"photos/0.bin": ASTRONAUT.read_bytes()[:5000]})
        case "other photo":
            rewritten(me, bad, **{"photos/0.bin": HOPPER.read_bytes()})
        case "no manifest":
            with zipfile.ZipFile(bad, "w") as archive:
                archive.writestr("readme.txt", "hello")
    assert facelab("render", bad, "--out", tmp_path / "a.png") == 3
    assert str(bad) in facelab.error_line
    assert not (tmp_path / "a.png").exists()
    assert not (tmp_path.parent / "outside.txt").exists()


def test_a_name_in_the_file_cannot_leave_the_folder(facelab: Facelab, folder: Path, tmp_path: Path) -> None:
    text = manifest(folder / "me.facelab")
    photos = [{**text["photos"][0], "name": "../../../escaped.jpg"}]  # type: ignore[index,dict-item]
    bad = rewritten(
        folder / "me.facelab",
        tmp_path / "bad.facelab",
        **{"manifest.json": json.dumps(text | {"photos": photos}).encode()},
    )
    assert facelab("render", bad, "--out", tmp_path / "out") == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["escaped.png"]
