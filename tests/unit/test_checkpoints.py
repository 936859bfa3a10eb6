"""Every checkpoint format gives the same networks, and says clearly what it cannot read."""

from __future__ import annotations

import contextlib
import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import golden_sets as golden
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor

from facelab.core.errors import BrokenCheckpoint, UnsupportedCheckpoint
from facelab.core.formats import FORMATS, ModelMetadata, load_checkpoint, save_native, tensor_sha256
from facelab.core.formats.arrays import load_arrays
from facelab.core.formats.checkpoint import Checkpoint, DiscriminatorCheckpoint
from facelab.core.generator import build_generator, load_generator, sample_w
from facelab.core.networks.discriminator import Discriminator, DiscriminatorConfig
from facelab.core.networks.stylegan2 import Generator, GeneratorConfig
from facelab.core.values import CropConvention

CONFIG = GeneratorConfig(z_dim=12, w_dim=16, img_resolution=16, channels=(8, 8, 4), mapping_layers=2)


def tiny(seed: int = 0) -> dict[str, Tensor]:
    torch.manual_seed(seed)
    return dict(Generator(CONFIG).state_dict())


def images_match(checkpoint: Checkpoint, path: Path, name: str) -> None:
    numbers = golden.numbers(path)
    network = build_generator(checkpoint, "x").network
    with torch.no_grad():
        image = network.synthesis(numbers["w_plus"], "none")
    torch.testing.assert_close(image, numbers["image_wplus_none"], atol=golden.TOLERANCE[name], rtol=0)


# --- the official pickle ----------------------------------------------------------------------


@pytest.mark.parametrize("name", golden.SETS)
@pytest.mark.parametrize("era", ["torch113", "torch2"])
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_official_pickles(shared: Path, tmp_path: Path, name: str, era: str, protocol: int) -> None:
    """Both generations of torch, all protocols, converted networks and training snapshots."""
    writer = golden.module(shared / "golden", "make_pickle")
    path = tmp_path / "network.bin"  # the name says nothing
    path.write_bytes(writer.build(name, "d32", era, protocol, "snapshot" if protocol == 4 else "network"))
    checkpoint = load_checkpoint(path)
    assert checkpoint.format == "nvlabs"
    assert checkpoint.config == golden.config(shared / "golden", name)
    expected = {k: v for k, v in golden.weights(shared / "golden", name).items() if not k.endswith("resample_filter")}
    assert tensor_sha256(checkpoint.tensors) == tensor_sha256(expected)
    images_match(checkpoint, shared / "golden" / name / "io.npz", name)
    assert checkpoint.discriminator is not None
    judge = Discriminator(checkpoint.discriminator.config)
    judge.load_state_dict(dict(checkpoint.discriminator.tensors))
    numbers = golden.numbers(shared / "golden" / "d32" / "io.npz")
    with torch.no_grad():
        logits = judge(numbers["image"]).flatten()
    torch.testing.assert_close(logits, numbers["logit_n8"].flatten(), atol=1e-5, rtol=0)


# --- rosinality -------------------------------------------------------------------------------


def test_rosinality_converted(shared: Path) -> None:
    """Channels from the shapes, latent_avg beside the state dict, noise buffers of the checkpoint."""
    folder = shared / "golden" / "ros_r64"
    checkpoint = load_checkpoint(folder / "g_ema.pt")
    assert checkpoint.config.channels == (48, 48, 40, 24, 16)
    assert checkpoint.notices == ()
    network = build_generator(checkpoint, "x").network
    io_ = golden.numbers(folder / "io.npz")
    with torch.no_grad():
        pairs = [
            (network.mapping.w(io_["z"]), io_["w"]),
            (network.mapping(io_["z"], psi=0.7)[:, 0], io_["w_psi07"]),
            (network.synthesis(io_["w_plus"]), io_["image_wplus_const"]),
            (network.synthesis(io_["w_plus"], "none"), io_["image_wplus_none"]),
            (network.synthesis(network.mapping.truncate(io_["w"][: len(io_["image_w_const"])])), io_["image_w_const"]),
        ]
    for found, expected in pairs:
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", ["train_style_tiny.pt", "train_style_tiny_legacy.pt"])
def test_rosinality_training_checkpoints(shared: Path, name: str) -> None:
    """Zip and the format before torch 1.6; the missing mean latent is estimated, and said so."""
    folder = shared / "golden" / "ros_r64"
    checkpoint = load_checkpoint(folder / name)
    assert [notice.code for notice in checkpoint.notices] == ["w_avg_estimated"]
    assert checkpoint.discriminator is not None
    generator = build_generator(checkpoint, name)
    io_ = golden.numbers(folder / "train_style_tiny_io.npz")
    torch.testing.assert_close(generator.render(io_["w_plus"]), io_["image_wplus_const"], atol=1e-4, rtol=0)
    assert generator.discriminator is not None
    assert generator.discriminator(torch.zeros(2, 3, 16, 16)).shape == (2, 1)
    far = np.abs(sample_w(generator, 2000, 1).mean(axis=0) - generator.w_avg).max()
    assert far < 0.1, "w_avg is not the mean of sampled w"


def test_rosinality_without_noise_maps_gets_random_ones_and_says_so(shared: Path, tmp_path: Path) -> None:
    content = torch.load(shared / "golden" / "ros_r64" / "g_ema.pt", weights_only=True)
    content["g_ema"] = {k: v for k, v in content["g_ema"].items() if not k.startswith("noises.")}
    torch.save(content, tmp_path / "old.pt")
    checkpoint = load_checkpoint(tmp_path / "old.pt")
    assert [notice.code for notice in checkpoint.notices] == ["random_noise"]
    noise = checkpoint.tensors["synthesis.b32.conv1.noise_const"]
    assert noise.std() == pytest.approx(1, abs=0.1)


# --- native -----------------------------------------------------------------------------------


@pytest.mark.parametrize("half", [False, True])
def test_native_keeps_everything(tmp_path: Path, half: bool) -> None:
    config = GeneratorConfig(
        z_dim=12, w_dim=16, img_resolution=16, channels=(8, 8, 4), mapping_layers=2, mapping_width=20, c_dim=3,
        architecture="resnet", conv_clamp=256.0, num_fp16_res=2, mapping_rate=0.02,
    )  # fmt: skip
    torch.manual_seed(0)
    tensors = dict(Generator(config).state_dict())
    judge_config = DiscriminatorConfig(16, (8, 8, 8))
    judge = DiscriminatorCheckpoint(judge_config, dict(Discriminator(judge_config).state_dict()))
    about = ModelMetadata("tiny", "CC BY 4.0", "none", "a test", CropConvention(0.64, 0.53), "a note")
    digest = save_native(tmp_path / "m.safetensors", config, tensors, about, half=half, discriminator=judge)
    found = load_checkpoint(tmp_path / "m.safetensors")
    assert found.config == config
    assert found.metadata == about
    assert found.discriminator is not None
    assert found.discriminator.config == judge_config
    assert tensor_sha256(found.tensors) == digest
    assert (digest == tensor_sha256(tensors)) is not half, "half precision rounds, full precision keeps"
    generator = load_generator(tmp_path / "m.safetensors")
    assert generator.info.sha256 == digest
    assert generator.info.crop == CropConvention(0.64, 0.53)
    assert generator.info.parameters == sum(p.numel() for p in Generator(config).parameters())


def test_native_that_was_tampered_with(tmp_path: Path) -> None:
    """One changed weight does not fit the stored hash."""
    path = tmp_path / "m.safetensors"
    save_native(path, CONFIG, tiny(), ModelMetadata("tiny"))
    data = bytearray(path.read_bytes())
    data[-2] ^= 1
    path.write_bytes(data)
    with pytest.raises(BrokenCheckpoint, match="hash"):
        load_checkpoint(path)


def test_bare_safetensors_are_read_and_the_missing_hash_is_said(tmp_path: Path) -> None:
    save_file(tiny(), tmp_path / "bare.safetensors")
    found = load_checkpoint(tmp_path / "bare.safetensors")
    assert found.config == CONFIG
    assert [notice.code for notice in found.notices] == ["no_hash"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda t: t.pop("synthesis.b8.conv0.bias"), "is missing"),
        (lambda t: t.update({"synthesis.b8.conv0.bias": torch.zeros(9)}), "shape"),
        (lambda t: t["synthesis.b8.conv0.bias"].fill_(float("nan")), "finite"),
        (lambda t: t.update({"synthesis.b8.extra": torch.zeros(1)}), "does not have"),
        (lambda t: t.update({"synthesis.b8.conv0.bias": torch.zeros(8, dtype=torch.int32)}), "floating"),
        (lambda t: [t.pop(k) for k in list(t) if k.startswith("synthesis.b8.")], "blocks of"),
        (lambda t: [t.pop(k) for k in list(t) if k.startswith("mapping.")], "missing"),
    ],
)
def test_incomplete_generators_name_what_is_wrong(
    tmp_path: Path, change: Callable[[dict[str, Tensor]], object], reason: str
) -> None:
    tensors = tiny()
    change(tensors)
    save_file(tensors, tmp_path / "x.safetensors")
    with pytest.raises(BrokenCheckpoint, match=reason):
        load_checkpoint(tmp_path / "x.safetensors")


def test_another_filter_is_refused(tmp_path: Path) -> None:
    save_file({**tiny(), "synthesis.b8.resample_filter": torch.full((4, 4), 1 / 16)}, tmp_path / "x.safetensors")
    with pytest.raises(UnsupportedCheckpoint, match="filter"):
        load_checkpoint(tmp_path / "x.safetensors")


# --- the contract of every format -------------------------------------------------------------


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.key)
def test_every_format_leaves_foreign_files_alone(known: object, tmp_path: Path) -> None:
    """`detect` says no to other content whatever its name, and never raises."""
    for name, data in {
        "a.pkl": b"", "b.pt": b"\x89PNG\r\n\x1a\n", "c.safetensors": b"hello, world, this is text",
        "d.pkl": b"P", "e.pt": b"PK\x03\x04", "f.pt": b"PK\x05\x06" + bytes(18),
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(data)
        assert not known.detect(tmp_path / name), name


@pytest.fixture
def examples(shared: Path, tmp_path: Path) -> dict[str, bytes]:
    """One good file per format, by its key."""
    save_native(tmp_path / "n", CONFIG, tiny(), ModelMetadata("tiny"))
    return {
        "safetensors": (tmp_path / "n").read_bytes(),
        "nvlabs": golden.module(shared / "golden", "make_pickle").build("r32"),
        "rosinality": (shared / "golden" / "ros_r64" / "train_style_tiny.pt").read_bytes(),
    }


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.key)
def test_every_format_is_found_by_content_alone(known: object, examples: dict[str, bytes], tmp_path: Path) -> None:
    for suffix in (".safetensors", ".pkl", ".pt", ".jpg", ""):
        path = tmp_path / f"file{suffix}"
        path.write_bytes(examples[known.key])
        assert [f.key for f in FORMATS if f.detect(path)] == [known.key]
        assert load_checkpoint(path).format == known.key


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.key)
def test_every_format_refuses_cut_files(known: object, examples: dict[str, bytes], tmp_path: Path) -> None:
    """Wherever it is cut, the error is one of ours: never another exception, never a result."""
    data, path = examples[known.key], tmp_path / "cut"
    for tenth in range(1, 40):
        path.write_bytes(data[: len(data) * tenth // 40])
        with pytest.raises((BrokenCheckpoint, UnsupportedCheckpoint)):
            load_checkpoint(path)


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.key)
def test_every_format_survives_flipped_bytes(known: object, examples: dict[str, bytes], tmp_path: Path) -> None:
    """Damage in the description (the first kilobytes) gives one of our errors or an intact network."""
    data, path = examples[known.key], tmp_path / "flipped"
    source = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(data)
        for place in source.integers(0, min(len(data), 6000), 3):
            damaged[place] = source.integers(256)
        path.write_bytes(damaged)
        with contextlib.suppress(BrokenCheckpoint, UnsupportedCheckpoint):
            load_checkpoint(path)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.pkl", tmp_path):
        with pytest.raises(UnsupportedCheckpoint, match="no such file"):
            load_checkpoint(path)


# --- hostile files of our own -----------------------------------------------------------------


def pickled(*opcodes: bytes) -> bytes:
    return b"\x80\x04" + b"".join(opcodes) + b"."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (pickled(b"N" + b"\x85" * 400_000 + b"N\x8f(N\x85" + b"\x85" * 3 + b"\x90"), "key|stack|cannot|neither"),
        (pickled(b"}(" + b"N" + b"\x85" * 300_000 + b"Ku"), "holds no generator"),
        (pickled(b"}N" + b"\x85" * 300_000 + b"K\x01s"), "neither text nor a number"),
        (pickled(b"Nr\xff\xff\xff\xffj\xfe\xff\xff\xff"), "never stored"),
        (pickled(b"\x8b\xff\xff\xff\x7f"), "opcode"),
        (pickled(b"N0" * 600_000), "instructions"),
        (pickled(b"N" * 200_000), "stack"),
        (b"\x80\x04\x95" + struct.pack("<Q", 2**60) + b"N.", "declares more bytes"),
        (pickled(b"\x82\x01"), "opcode"),
        (pickled(b"\x96" + struct.pack("<Q", 2**40)), "opcode"),
    ],
)
def test_pickle_machine_is_bounded(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "x.pkl"
    path.write_bytes(data)
    with pytest.raises((BrokenCheckpoint, UnsupportedCheckpoint), match=reason):
        load_checkpoint(path)


def test_repeated_nested_pickles_share_one_budget(shared: Path, tmp_path: Path) -> None:
    """A nested storage that is loaded again and again must not multiply the work."""
    inner = b"".join(pickle.dumps(v, 2) for v in (0x1950A86A20F9469CFC6C, 1001)) + b"\x80\x02" + b"N0" * 50_000 + b"N."
    load = b"ctorch.storage\n_load_from_bytes\n"
    body = b"\x80\x04B" + struct.pack("<I", len(inner)) + inner + b"\x940" + (load + b"h\x00\x85R0") * 1000 + b"N."
    (tmp_path / "x.pkl").write_bytes(body)
    with pytest.raises(BrokenCheckpoint):
        load_checkpoint(tmp_path / "x.pkl")


@pytest.mark.parametrize(
    "text", [b'{"a":' + b"[" * 500_000, b'{"__metadata__":{"a":' + b"{" * 300_000, b'{"w":{}}', b"{}"]
)
def test_hostile_safetensors_headers(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(struct.pack("<Q", len(text)) + text)
    with pytest.raises((BrokenCheckpoint, UnsupportedCheckpoint)):
        load_checkpoint(path)


def test_hostile_metadata_of_a_native_file(tmp_path: Path) -> None:
    for about in ("[" * 100_000, "{}x", json.dumps({"version": 9}), json.dumps({"crop_scale": "a"})):
        save_file(tiny(), tmp_path / "x", {"facelab": about})
        with pytest.raises((BrokenCheckpoint, UnsupportedCheckpoint)):
            load_checkpoint(tmp_path / "x")


# --- arrays -----------------------------------------------------------------------------------


def _npz(array: NDArray[np.generic], compressed: bool = False) -> bytes:
    buffer = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(buffer, w=array)
    return buffer.getvalue()


def test_arrays_come_back(tmp_path: Path) -> None:
    array = np.asfortranarray(np.arange(12, dtype=np.float64).reshape(3, 4))
    (tmp_path / "a.npz").write_bytes(_npz(array, compressed=True))
    np.save(tmp_path / "b.npy", array)
    np.testing.assert_array_equal(load_arrays(tmp_path / "a.npz")["w"], array)
    np.testing.assert_array_equal(load_arrays(tmp_path / "b.npy")["b"], array)


def test_object_arrays_and_bombs_are_refused(tmp_path: Path) -> None:
    (tmp_path / "o.npz").write_bytes(_npz(np.array([{}], dtype=object)))
    (tmp_path / "bomb.npz").write_bytes(_npz(np.zeros(33 << 20), compressed=True))
    bad = io.BytesIO()
    np.lib.format.write_array_header_1_0(bad, {"descr": "<f8", "fortran_order": False, "shape": (2**31, 2**31)})
    (tmp_path / "lie.npy").write_bytes(bad.getvalue() + bytes(16))
    (tmp_path / "text.npy").write_bytes(b"hello")
    with zipfile.ZipFile(tmp_path / "other.npz", "w") as archive:
        archive.writestr("readme.txt", "x")
    for path in sorted(tmp_path.iterdir()):
        with pytest.raises((BrokenCheckpoint, UnsupportedCheckpoint)):
            load_arrays(path)
