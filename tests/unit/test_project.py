"""The .facelab file: what goes in comes out, and a hostile one gives one clear error."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from places import REPO
from tiny_models import tiny_generator

from facelab.core.editing.directions import Direction
from facelab.core.errors import BrokenProject, CannotWrite, FacelabError, NewerProject, WrongGenerator
from facelab.core.generator import FaceGenerator
from facelab.core.recipe import Edit, EditRecipe, LayerRange
from facelab.core.values import Alignment, Latent, Pivot
from facelab.project import archive, store
from facelab.project.store import Project, ProjectPhoto, load_project, save_project

PHOTO = b"\xff\xd8 the original file"
QUAD = np.array([[10, 12], [10, 52], [50, 52], [50, 12]], np.float64)
RECIPE = EditRecipe((Edit("direction", "smile", 1.5, LayerRange(0, 3)),), frozenset({"age"}), 0.9)


def tuned(base: FaceGenerator) -> FaceGenerator:
    """The base with some weights moved, as tuning does."""
    other = tiny_generator()
    state = {name: tensor.clone() for name, tensor in base.network.state_dict().items()}
    torch.manual_seed(1)
    for name, tensor in state.items():
        if "conv1.weight" in name:
            tensor += 0.01 * torch.randn_like(tensor)
    other.network.load_state_dict(state)
    return FaceGenerator(other.network, base.info)


def project(base: FaceGenerator, *, data: bytes | None = PHOTO) -> Project:
    info, random = base.info, np.random.default_rng(0)
    noise = {"b8.conv0": random.normal(size=(8, 8)).astype(np.float32)}
    latent = Latent(random.normal(size=(info.num_ws, info.w_dim)).astype(np.float32), noise)
    points = np.array([[20, 25], [40, 25], [30, 33], [22, 42], [38, 42]], np.float32)
    photo = ProjectPhoto("ada.jpg", 64, 64, Alignment(QUAD, 32), Pivot(latent, info.sha256, "hybrid", 7), points, data)
    vector = np.eye(1, info.w_dim, dtype=np.float32)[0]
    labels = {"en": "Smile", "ja": "笑顔"}
    normal = vector[::-1].copy()
    smile = Direction(
        "smile", vector, 2.0, info.sha256, labels=labels, leakage={"age": 0.1}, normal=normal, normal_bias=0.25
    )
    return Project(
        tuned(base), "tiny", info.sha256, (photo, photo), {"smile": smile}, RECIPE, (("broad", RECIPE),), "balanced"
    )


def no_base(name: str, sha256: str) -> FaceGenerator:
    raise AssertionError("a whole generator needs no base")


@pytest.fixture(scope="module")
def base() -> FaceGenerator:
    return tiny_generator()


@pytest.fixture
def saved(base: FaceGenerator, tmp_path: Path) -> Path:
    path = tmp_path / "ada.facelab"
    save_project(path, project(base), base=base, with_photos=True)
    return path


@pytest.fixture
def as_delta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "WHOLE_BYTES", 0)


# --- what goes in comes out -------------------------------------------------------------------


def test_everything_comes_back(base: FaceGenerator, saved: Path) -> None:
    wanted, found = project(base), load_project(saved, no_base)
    assert found.recipe == RECIPE
    assert found.variants == (("broad", RECIPE),)
    assert (found.base_name, found.base_sha256, found.preset) == ("tiny", base.info.sha256, "balanced")
    assert found.directions["smile"].labels == {"en": "Smile", "ja": "笑顔"}
    np.testing.assert_array_equal(found.directions["smile"].vector, wanted.directions["smile"].vector)
    np.testing.assert_array_equal(found.directions["smile"].held, wanted.directions["smile"].held)
    assert found.directions["smile"].normal_bias == 0.25
    for mine, theirs in zip(wanted.photos, found.photos, strict=True):
        np.testing.assert_array_equal(mine.pivot.latent.w_plus, theirs.pivot.latent.w_plus)
        np.testing.assert_array_equal(mine.pivot.latent.noise["b8.conv0"], theirs.pivot.latent.noise["b8.conv0"])
        np.testing.assert_array_equal(mine.alignment.quad, theirs.alignment.quad)
        assert (theirs.data, theirs.name, theirs.pivot.inverter, theirs.pivot.seed) == (PHOTO, "ada.jpg", "hybrid", 7)


def test_a_whole_generator_draws_the_same_to_half_a_level(base: FaceGenerator, saved: Path) -> None:
    w_plus = project(base).photos[0].pivot.latent.w_plus
    before, after = (g.render(w_plus) for g in (project(base).generator, load_project(saved, no_base).generator))
    assert float((before - after).abs().max()) * 127.5 < 2.0
    assert float((before - after).abs().mean()) * 127.5 < 0.5


def test_the_photo_is_stored_once_and_only_on_request(base: FaceGenerator, saved: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(saved) as file:
        assert [name for name in file.namelist() if name.startswith("photos/")] == ["photos/0.bin"]
    shared = tmp_path / "shared.facelab"
    save_project(shared, project(base), base=base, with_photos=False)
    assert PHOTO not in shared.read_bytes()
    assert all(photo.data is None for photo in load_project(shared, no_base).photos)


@pytest.mark.usefixtures("as_delta")
def test_a_delta_needs_its_base_and_is_small(base: FaceGenerator, tmp_path: Path) -> None:
    path = tmp_path / "delta.facelab"
    save_project(path, project(base, data=None), base=base, with_photos=False)
    with zipfile.ZipFile(path) as file:
        assert file.getinfo(archive.DELTA).file_size < store.stored_bytes(base) / 2
    found = load_project(path, lambda name, sha256: base)
    w_plus = project(base).photos[0].pivot.latent.w_plus
    difference = (found.generator.render(w_plus) - project(base).generator.render(w_plus)).abs()
    assert float(difference.max()) * 127.5 < 2.0
    with pytest.raises(WrongGenerator):
        load_project(path, lambda name, sha256: tiny_generator(seed=5))


def test_equal_projects_are_equal_files_for_the_user_only(base: FaceGenerator, saved: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.facelab"
    save_project(other, project(base), base=base, with_photos=True)
    assert other.read_bytes() == saved.read_bytes()
    assert saved.stat().st_mode & 0o777 == 0o600


def test_a_failed_save_leaves_the_old_file(
    base: FaceGenerator, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWrite, match="No space left"):
        save_project(saved, project(base), base=base, with_photos=False)
    assert saved.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["ada.facelab"]


# --- hostile files ----------------------------------------------------------------------------


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def rewritten(path: Path, parts: Mapping[str, bytes] | list[tuple[str, bytes]]) -> Path:
    entries = parts.items() if isinstance(parts, Mapping) else parts
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # duplicate names are the point
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in entries:
                file.writestr(name, data)
    return path


def refused(path: Path, base: FaceGenerator) -> str:
    with pytest.raises(BrokenProject) as caught:
        load_project(path, lambda name, sha256: base)
    text = str(caught.value)
    assert path.name in text
    assert text.isprintable()
    return text


def tensors(**arrays: np.ndarray) -> bytes:
    from safetensors.numpy import save

    return bytes(save(arrays))


BROKEN_MANIFESTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "other kind": lambda m: m.update(kind="something"),
    "version 0": lambda m: m.update(version=0),
    "no photos": lambda m: m.update(photos=[]),
    "600 photos": lambda m: m.update(photos=m["photos"] * 300),
    "photo is a number": lambda m: m.update(photos=[7]),
    "infinite place": lambda m: m["photos"][0]["quad"][0].__setitem__(0, 1e300),
    "no square": lambda m: m["photos"][0].update(quad=[[1, 1]] * 4),
    "mirrored": lambda m: m["photos"][0].update(quad=[[50, 12], [50, 52], [10, 52], [10, 12]]),
    "three corners": lambda m: m["photos"][0].update(quad=[[1, 1], [1, 9], [9, 9]]),
    "points of three numbers": lambda m: m["photos"][0].update(points=[[1, 2, 3]] * 5),
    "size 0": lambda m: m["photos"][0].update(size=0),
    "a billion px": lambda m: m["photos"][0].update(width=10**9),
    "negative seed": lambda m: m["photos"][0].update(seed=-1),
    "noise of another layer": lambda m: m["photos"][0].update(noise=["b4096.conv0"]),
    "file of the system": lambda m: m["photos"][0].update(file="/etc/passwd"),
    "file is the manifest": lambda m: m["photos"][0].update(file="photos/9.bin"),
    "twice the same slider": lambda m: m.update(directions=m["directions"] * 2),
    "sigma 0": lambda m: m["directions"][0].update(sigma=0),
    "unknown class": lambda m: m["directions"][0].update(klass="magic"),
    "markup in a name": lambda m: m["directions"][0]["labels"].update(en="<img src='/etc/passwd'>"),
    "long name": lambda m: m["directions"][0].update(key="k" * 5000),
    "amount 1e30": lambda m: m["recipe"]["edits"][0].update(amount=1e30),
    "layers backwards": lambda m: m["recipe"]["edits"][0].update(layers={"first": 5, "last": 2}),
    "100000 edits": lambda m: m["recipe"].update(edits=m["recipe"]["edits"] * 10_000),
    "other resolution": lambda m: m["base"].update(resolution=64),
    "crop scale 0": lambda m: m["base"].update(crop_scale=0),
    "missing field": lambda m: m["base"].pop("num_ws"),
}


@pytest.mark.parametrize("name", BROKEN_MANIFESTS)
def test_absurd_manifests_are_refused(base: FaceGenerator, saved: Path, name: str) -> None:
    parts = members(saved)
    manifest = json.loads(parts["manifest.json"])
    BROKEN_MANIFESTS[name](manifest)
    refused(rewritten(saved, parts | {"manifest.json": json.dumps(manifest).encode()}), base)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"kind": "facelab project"}'])
def test_manifests_that_are_no_json_are_refused(base: FaceGenerator, saved: Path, text: bytes) -> None:
    refused(rewritten(saved, members(saved) | {"manifest.json": text}), base)


def test_a_newer_version_says_so_whatever_else_it_holds(base: FaceGenerator, saved: Path) -> None:
    newer = json.dumps({"kind": "facelab project", "version": 2, "photos": "in the cloud"}).encode()
    rewritten(saved, members(saved) | {"manifest.json": newer})
    with pytest.raises(NewerProject, match="Update facelab"):
        load_project(saved, lambda name, sha256: base)


@pytest.mark.parametrize(
    "name", ["../evil", "/tmp/evil", "photos/../../evil", "photos/1.exe", "C:\\evil", "readme.txt"]
)
def test_members_that_do_not_belong_are_refused(base: FaceGenerator, saved: Path, name: str) -> None:
    assert "does not belong" in refused(rewritten(saved, members(saved) | {name: b"x"}), base)
    assert [path.name for path in saved.parent.iterdir()] == ["ada.facelab"]


def test_a_stored_name_cannot_lead_elsewhere(base: FaceGenerator, saved: Path) -> None:
    parts = members(saved)
    manifest = json.loads(parts["manifest.json"])
    manifest["photos"][0]["name"] = "../../../home/somebody/.bashrc"
    manifest["photos"][1]["name"] = "..\\..\\two\nlines\x1b[2J.jpg"
    rewritten(saved, parts | {"manifest.json": json.dumps(manifest).encode()})
    assert [photo.name for photo in load_project(saved, no_base).photos] == ["bashrc", "two_lines_[2J.jpg"]


def test_bombs_twins_and_lies_are_refused(base: FaceGenerator, saved: Path) -> None:
    parts = members(saved)
    assert "bomb" in refused(rewritten(saved, parts | {"latents.safetensors": bytes(100 << 20)}), base)
    assert "claims" in refused(rewritten(saved, parts | {"manifest.json": bytes(5 << 20)}), base)
    assert "twice" in refused(rewritten(saved, [*parts.items(), ("manifest.json", b"{}")]), base)
    data = rewritten(saved, parts).read_bytes()
    at = data.index(b"PK\x01\x02")
    saved.write_bytes(data[: at + 24] + struct.pack("<L", 1000) + data[at + 28 :])  # another size in the directory
    refused(saved, base)


@pytest.mark.parametrize("count", [2000, 300_000])
def test_an_archive_of_many_members_is_refused_at_once(base: FaceGenerator, saved: Path, count: int) -> None:
    entry = b"PK\x01\x02" + bytes(42) + b""
    directory = entry * count
    end = b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, count & 0xFFFF, count & 0xFFFF, len(directory), 0, 0)
    saved.write_bytes(directory + end)
    assert "too much" in refused(saved, base)


@pytest.mark.parametrize("missing", ["manifest.json", "generator.safetensors", "latents.safetensors",
                                     "directions.safetensors", "photos/0.bin"])  # fmt: skip
def test_a_missing_part_is_named(base: FaceGenerator, saved: Path, missing: str) -> None:
    parts = members(saved)
    del parts[missing]
    assert missing in refused(rewritten(saved, parts), base)


def test_wrong_shapes_and_numbers_are_refused(base: FaceGenerator, saved: Path) -> None:
    parts, info = members(saved), base.info
    shape = (info.num_ws, info.w_dim)
    noise = {f"{i}.noise.b8.conv0": np.zeros((8, 8), np.float32) for i in range(2)}
    good = {f"{i}.w_plus": np.zeros(shape, np.float32) for i in range(2)} | noise
    for name, value in (
        ("0.w_plus", np.zeros((1, 1), np.float32)),
        ("0.w_plus", np.full(shape, np.nan, np.float32)),
        ("1.w_plus", np.full(shape, np.inf, np.float32)),
        ("1.w_plus", np.zeros(shape, np.int32)),
        ("0.noise.b8.conv0", np.zeros((800, 8), np.float32)),
    ):
        refused(rewritten(saved, parts | {"latents.safetensors": tensors(**(good | {name: value}))}), base)
    vector = np.full(info.w_dim, np.nan, np.float32)
    refused(rewritten(saved, parts | {"directions.safetensors": tensors(smile=vector)}), base)
    refused(rewritten(saved, parts | {"generator.safetensors": tensors(weight=np.zeros(3, np.float32))}), base)
    refused(rewritten(saved, parts | {"generator.safetensors": b"\x80\x02cos\nsystem\n."}), base)


@pytest.mark.usefixtures("as_delta")
def test_hostile_deltas_are_refused(base: FaceGenerator, tmp_path: Path) -> None:
    path = tmp_path / "delta.facelab"
    save_project(path, project(base), base=base, with_photos=False)
    parts = members(path)
    name = "synthesis.b8.conv1.weight"
    shape = tuple(base.network.state_dict()[name].shape)
    scale = np.ones(shape[0], np.float32)
    for change in (
        {"synthesis.b4096.conv1.weight": np.zeros(shape, np.float32)},
        {name: np.zeros((2, 2), np.float32)},
        {name: np.full(shape, np.nan, np.float32)},
        {name: np.ones(shape, np.int8)},
        {name: np.ones(shape, np.int8), f"{name}.scale": scale * np.nan},
        {name: np.ones(shape, np.int8), f"{name}.scale": scale[:1]},
    ):
        refused(rewritten(path, parts | {"delta.safetensors": tensors(**change)}), base)


def test_cut_and_damaged_files_give_our_error(base: FaceGenerator, saved: Path) -> None:
    data, random = saved.read_bytes(), np.random.default_rng(2)
    for share in (0, 1, 30, 70, 99):
        saved.write_bytes(data[: len(data) * share // 100])
        refused(saved, base)
    for _ in range(60):
        damaged = bytearray(data)
        for at in random.integers(0, len(data), 4):
            damaged[at] = random.integers(256)
        saved.write_bytes(bytes(damaged))
        with suppress(FacelabError):  # a byte nobody reads may change; any other exception fails the test
            load_project(saved, lambda name, sha256: base)


def test_things_that_are_no_files(base: FaceGenerator, tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "nothing.facelab", base)
    (tmp_path / "folder.facelab").mkdir()
    refused(tmp_path / "folder.facelab", base)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.facelab")
        refused(tmp_path / "pipe.facelab", base)
    (tmp_path / "photo.facelab").write_bytes(b"\xff\xd8\xff not a project")
    refused(tmp_path / "photo.facelab", base)


def test_a_bomb_takes_little_memory(saved: Path) -> None:
    """63 MB of zeros in each allowed place, packed into a few kilobytes, in a process with a small address space."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name in ("generator.safetensors", "directions.safetensors", "latents.safetensors"):
            file.writestr(name, bytes(63 << 20))
        file.writestr("manifest.json", members(saved)["manifest.json"])
    saved.write_bytes(buffer.getvalue())
    code = (
        "import sys, tracemalloc\nfrom facelab.project.store import load_project\n"
        "from facelab.core.errors import BrokenProject\nfrom pathlib import Path\ntracemalloc.start()\n"
        "try:\n    load_project(Path(sys.argv[1]), None)\nexcept BrokenProject as error:\n    print(error.code)\n"
        "print(tracemalloc.get_traced_memory()[1])\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(REPO)}
    done = subprocess.run([sys.executable, "-c", code, str(saved)], env=environment, capture_output=True, text=True)
    word, peak = done.stdout.split()
    assert word == "broken_project", done.stderr
    assert int(peak) < 32 << 20
