"""Directions of others: every public layout, and files that try to harm."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import tiny_generator

from facelab.core.errors import BadDirection
from facelab.core.studio.importing import make_direction, read_array, recognise
from facelab.core.studio.measure import sigma_of
from facelab.core.values import CropConvention, GeneratorInfo

INFO = GeneratorInfo("x", "a" * 64, "native", 1024, 18, 512, 512, 0, CropConvention(), "", "", 0)
RANDOM = np.random.RandomState(0)
VECTOR = RANDOM.randn(512).astype(np.float32)


def written(path: Path, array: object) -> Path:
    if path.suffix == ".pt":
        torch.save(array, path)
    else:
        np.save(path, array)
    return path


LAYOUTS = [
    (VECTOR, "auto", (1, 512), "InterFaceGAN or PTI"),
    (VECTOR[None].astype(np.float64), "auto", (1, 512), "InterFaceGAN or PTI"),
    (VECTOR[None], "z", (1, 512), "Z boundary"),
    (np.repeat(VECTOR[None], 18, 0), "auto", (1, 512), "same in every layer"),
    (RANDOM.randn(1, 18, 512).astype(np.float32), "auto", (1, 18, 512), "W+"),
    (RANDOM.randn(18, 512).astype(np.float32), "auto", (1, 18, 512), "W+"),
    (RANDOM.randn(18, 512).astype(np.float32), "w", (18, 512), "GANSpace"),
    (RANDOM.randn(80, 1, 512).astype(np.float32), "auto", (80, 512), "GANSpace"),
    (RANDOM.randn(18, 1, 512).astype(np.float32), "auto", (18, 512), "GANSpace"),
    (RANDOM.randn(7, 512).astype(np.float32), "auto", (7, 512), "GANSpace"),
]


@pytest.mark.parametrize("suffix", [".npy", ".pt"])
@pytest.mark.parametrize(("array", "space", "shape", "layout"), LAYOUTS)
def test_public_layouts_are_recognised(
    tmp_path: Path, array: np.ndarray, space: str, shape: tuple[int, ...], layout: str, suffix: str
) -> None:
    path = written(tmp_path / f"d{suffix}", torch.from_numpy(array) if suffix == ".pt" else array)
    found = recognise(path, read_array(path)[1], INFO, space)
    assert found.vectors.shape == shape
    assert layout in found.layout
    np.testing.assert_allclose(found.vectors.reshape(-1)[:512], array.reshape(-1)[:512], rtol=1e-6)


@pytest.mark.parametrize("array", [VECTOR[:256], RANDOM.randn(18, 256), RANDOM.randn(2, 3, 512), np.float32([[3.0]])])
def test_other_shapes_are_refused_with_both_shapes(tmp_path: Path, array: np.ndarray) -> None:
    path = written(tmp_path / "d.npy", np.asarray(array, np.float32))
    with pytest.raises(BadDirection, match=r"512 numbers") as caught:
        recognise(path, read_array(path)[1], INFO)
    assert str(list(array.shape)) in str(caught.value)


def test_space_is_checked(tmp_path: Path) -> None:
    with pytest.raises(BadDirection, match="18 rows"):
        recognise(tmp_path / "d.npy", VECTOR[None], INFO, "w+")
    other = replace(INFO, z_dim=64)
    with pytest.raises(BadDirection, match="64 in Z, 512 in W"):
        recognise(tmp_path / "d.npy", VECTOR[None], other, "z")


@pytest.mark.parametrize("legacy", [False, True])
def test_torch_files_of_ganspace_and_lists_are_read(tmp_path: Path, legacy: bool) -> None:
    components = RANDOM.randn(5, 1, 512).astype(np.float32)
    content = {"lat_comp": torch.from_numpy(components), "lat_mean": torch.zeros(1, 512), "count": 80}
    path = tmp_path / "pca.pt"
    torch.save(content, path, _use_new_zipfile_serialization=not legacy)
    name, array = read_array(path)
    assert name == "lat_comp"
    np.testing.assert_array_equal(array, components)
    torch.save([torch.ones(512, dtype=torch.float16)], path, _use_new_zipfile_serialization=not legacy)
    assert read_array(path)[1].shape == (512,)


def test_our_own_components_file_comes_back(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "c.npz", lat_comp=np.eye(4, 512, dtype=np.float32), lat_mean=np.zeros(512), lat_stdev=np.ones(4)
    )
    assert read_array(tmp_path / "c.npz")[1].shape == (4, 512)


class Harm:
    """A pickle that writes a file when Python's own reader opens it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch {self.path}",)


def hostile(folder: Path) -> dict[str, Path]:
    """Files that must be refused, by what is wrong with them."""
    files = {}

    def put(name: str, data: bytes) -> None:
        files[name] = folder / name
        files[name].write_bytes(data)

    harm = pickle.dumps(Harm(folder / "owned"))
    put("pickle.pt", harm)
    put("pickle.npy", harm)
    buffer = io.BytesIO()
    torch.save({"v": torch.ones(512), "x": Harm(folder / "owned")}, buffer)
    put("zip_with_code.pt", buffer.getvalue())
    buffer = io.BytesIO()
    torch.save({"v": torch.ones(512), "x": Harm(folder / "owned")}, buffer, _use_new_zipfile_serialization=False)
    put("legacy_with_code.pt", buffer.getvalue())
    buffer = io.BytesIO()
    np.save(buffer, np.array([Harm(folder / "owned")], dtype=object), allow_pickle=True)
    put("objects.npy", buffer.getvalue())
    head = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 512), }".ljust(117) + b"\n"
    put("huge.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + b"\0" * 64)
    buffer = io.BytesIO()
    torch.save(torch.ones(512), buffer)
    put("cut.pt", buffer.getvalue()[:-200])
    put("empty.pt", b"")
    put("empty.npy", b"")
    put("text.npy", b"smile")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/data.pkl", b"\0" * (32 << 20))
    put("bomb.pt", bomb.getvalue())
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", b"\x93NUMPY" + b"\0" * (300 << 20))
    put("bomb.npz", bomb.getvalue())
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.npy")
        files["pipe.npy"] = folder / "pipe.npy"
    for name, array in (
        ("nan.npy", np.full(512, np.nan, np.float32)),
        ("infinite.npy", np.full(512, np.inf, np.float32)),
        ("integers.npy", np.arange(512)),
        ("nothing.npy", np.zeros((0, 512), np.float32)),
    ):
        buffer = io.BytesIO()
        np.save(buffer, array)
        put(name, buffer.getvalue())
    several = io.BytesIO()
    torch.save({"a": torch.ones(512), "b": torch.ones(512)}, several)
    put("several.pt", several.getvalue())
    return files


def test_hostile_files_are_refused_by_name_and_run_nothing(tmp_path: Path) -> None:
    files = hostile(tmp_path)
    assert len(files) >= 17
    for name, path in files.items():
        with pytest.raises(BadDirection, match=name.replace(".", r"\.")):
            read_array(path)
    assert not (tmp_path / "owned").exists()
    pickle.loads((tmp_path / "pickle.pt").read_bytes())
    assert (tmp_path / "owned").exists(), "the trap itself works"


def test_evil_checkpoints_are_no_directions(shared: Path) -> None:
    folder = shared / "golden" / "evil"
    files = [path for path in folder.rglob("*") if path.suffix in (".pt", ".pkl", ".npy", ".npz")]
    assert files
    for path in files:
        try:
            _, array = read_array(path)
        except BadDirection:
            continue
        assert np.isfinite(array).all(), path.name


def test_missing_file_is_a_bad_direction(tmp_path: Path) -> None:
    with pytest.raises(BadDirection, match=r"none\.npy"):
        read_array(tmp_path / "none.npy")


def test_directions_are_normalised_and_measured(tmp_path: Path) -> None:
    info = tiny_generator().info
    sampled = np.random.RandomState(2).randn(5000, info.w_dim).astype(np.float32) * 3 + 1
    vector = np.random.RandomState(3).randn(info.w_dim).astype(np.float32)
    path = written(tmp_path / "d.npy", 40 * vector)
    made = make_direction(path, recognise(path, read_array(path)[1], info), "d", info, sampled)
    assert np.linalg.norm(made.vector) == pytest.approx(1, abs=1e-6)
    assert made.sigma == pytest.approx(3, rel=0.05)
    assert float(sampled.mean(0) @ made.vector) + made.bias == pytest.approx(0, abs=1e-4)
    with pytest.raises(BadDirection, match="component 1"):
        make_direction(path, recognise(path, read_array(path)[1], info), "d", info, sampled, component=1)
    zeros = written(tmp_path / "z.npy", np.zeros(info.w_dim, np.float32))
    with pytest.raises(BadDirection, match="zeros"):
        make_direction(zeros, recognise(zeros, read_array(zeros)[1], info), "d", info, sampled)


def test_one_sigma_of_a_repeated_direction_is_one_sigma_of_the_direction() -> None:
    sampled = np.random.RandomState(4).randn(3000, 16).astype(np.float32)
    vector = np.random.RandomState(5).randn(16).astype(np.float32)
    vector /= np.linalg.norm(vector)
    repeated = np.repeat(vector[None], 9, 0) / 3.0  # of length one as a whole
    np.testing.assert_allclose(sigma_of(repeated, sampled) * repeated[0], sigma_of(vector, sampled) * vector, rtol=1e-4)
