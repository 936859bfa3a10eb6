"""faces, align, invert and models: what they print, write and answer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facelab.core.generator import load_generator
from tests.unit.cli_runs import ASTRONAUT, HOPPER, Facelab, facelab, toolkit, untuned  # noqa: F401  (a fixture)
from tests.unit.tiny_models import tiny_generator

# ruff: noqa: F811  (pytest's fixtures)


def blank(path: Path) -> Path:
    """A photo without a face."""
    Image.fromarray(np.full((200, 300, 3), 90, np.uint8)).save(path)
    return path


def test_faces_are_listed_largest_first_in_upright_pixels(facelab: Facelab, tmp_path: Path) -> None:
    with Image.open(ASTRONAUT) as image:
        upright = image.convert("RGB")
    both = Image.new("RGB", (900, 600))
    both.paste(upright.resize((300, 300)), (0, 0))
    both.paste(upright, (350, 50))
    exif = Image.Exif()
    exif[0x0112] = 6  # stored turned: the camera was held upright
    both.rotate(90, expand=True).save(tmp_path / "two.jpg", exif=exif, quality=95)
    assert facelab("faces", tmp_path / "two.jpg", blank(tmp_path / "none.png"), "--json", "-") == 0
    first, second = facelab.json
    assert first["file"] == str(tmp_path / "two.jpg")
    assert second["faces"] == []
    large, small = first["faces"]
    assert large["box"][2] > small["box"][2]
    assert large["box"][0] > 350  # in the upright picture the large one is on the right
    for face in (large, small):
        assert set(face) == {"box", "points", "score"}
        points = np.array(face["points"])
        assert points.shape == (5, 2)
        assert points[0, 0] < points[1, 0]
        assert points[3, 0] < points[4, 0]
        assert points[:2, 1].max() < points[2, 1] < points[3:, 1].min()
        assert 0 < face["score"] <= 1


def test_faces_without_json_is_one_line_per_face(facelab: Facelab) -> None:
    assert facelab("faces", ASTRONAUT, HOPPER) == 0
    assert [line.split(":")[0] for line in facelab.out.splitlines()] == [str(ASTRONAUT), str(HOPPER)]


def test_a_batch_goes_on_after_a_bad_photo_and_ends_with_3(facelab: Facelab, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff no photo")
    assert facelab("faces", bad, ASTRONAUT, "--json", "-") == 3
    assert [entry["file"] for entry in facelab.json] == [str(ASTRONAUT)]
    assert str(bad) in facelab.error_line
    assert facelab("faces", bad) == 3


def test_align_writes_the_crop_that_the_generator_expects(facelab: Facelab, tmp_path: Path) -> None:
    crop = tmp_path / "new" / "crop.png"
    assert facelab("align", ASTRONAUT, "--out", crop, "--json", "-") == 0
    report = facelab.json
    with Image.open(crop) as image:
        assert image.size == (128, 128)
    # the mean points of aligned training faces (data/README): the eyes lie near (39, 37) and (88, 37)
    quad, points = np.array(report["quad"]), np.array(report["points"])
    side = np.linalg.norm(quad[3] - quad[0])
    across, down = (quad[3] - quad[0]) / side, (quad[1] - quad[0]) / side
    eyes = [((p - quad[0]) @ across * 128 / side, (p - quad[0]) @ down * 128 / side) for p in points[:2]]
    assert np.abs(np.array(eyes) - [(39.4, 36.7), (88.5, 36.8)]).max() < 6
    assert facelab("align", ASTRONAUT, "--out", crop) == 2
    assert facelab("align", ASTRONAUT, "--face", "1", "--out", crop, "--force") == 3
    assert "only 1" in facelab.error_line


def test_align_by_hand_takes_the_points(facelab: Facelab, tmp_path: Path) -> None:
    photo, crop = blank(tmp_path / "none.png"), tmp_path / "crop.png"
    assert facelab("align", photo, "--out", crop) == 3
    assert "--eyes" in facelab.error_line  # says what to do
    assert facelab("align", photo, "--out", crop, "--eyes", "100,60,150,60", "--mouth", "105,110,145,110") == 0
    assert crop.is_file()
    assert facelab("align", photo, "--out", crop, "--eyes", "150,60,100,60", "--mouth", "105,110,145,110") == 3


def test_invert_writes_codes_that_draw_its_picture(facelab: Facelab, tmp_path: Path) -> None:
    arguments = ("--method", "w", "--steps", "3", "--noise-stage", "--progress-gif")
    assert facelab("invert", HOPPER, *arguments, "--out", tmp_path, "--json", tmp_path / "r.json") == 0
    (entry,) = json.loads((tmp_path / "r.json").read_text())["photos"]
    assert entry["out"] == [str(tmp_path / f"grace_hopper{suffix}") for suffix in (".npz", ".png", ".gif")]
    assert {"invert", "noise", "find", "encode"} <= set(entry["seconds"])
    generator = toolkit().generator
    with np.load(tmp_path / "grace_hopper.npz") as codes:
        assert codes["w_plus"].shape == (generator.info.num_ws, generator.info.w_dim)
        assert str(codes["generator_sha256"]) == generator.info.sha256
        noise = {name.removeprefix("noise_"): codes[name] for name in codes.files if name.startswith("noise_")}
        assert set(noise) == set(generator.network.synthesis.noise_shapes)
        image = generator.render(codes["w_plus"], noise)[0].numpy()
    with Image.open(tmp_path / "grace_hopper.png") as picture:
        shown = np.asarray(picture).astype(int)
    assert np.abs(shown - np.rint((image * 127.5 + 127.5).clip(0, 255)).transpose(1, 2, 0)).max() <= 1
    with Image.open(tmp_path / "grace_hopper.gif") as gif:
        assert gif.size == (128, 128)
        assert gif.n_frames >= 4
        first = np.asarray(gif.convert("RGB")).astype(int)
        gif.seek(gif.n_frames - 1)
        last = np.asarray(gif.convert("RGB")).astype(int)
    assert np.abs(last - shown).mean() < 8 < np.abs(first - shown).mean()


def test_an_aligned_input_is_only_resized(facelab: Facelab, tmp_path: Path) -> None:
    assert facelab("align", HOPPER, "--out", tmp_path / "crop.png") == 0
    arguments = ("--method", "encoder", "--out", tmp_path / "i", "--json", "-")
    assert facelab("invert", tmp_path / "crop.png", "--aligned", *arguments) == 0
    aligned = facelab.json["photos"][0]
    assert aligned["box"] == [0, 0, 128, 128]
    assert facelab("invert", HOPPER, *arguments, "--force") == 0
    assert abs(facelab.json["photos"][0]["psnr"] - aligned["psnr"]) < 0.05


def test_models_list_and_info(facelab: Facelab, tmp_path: Path) -> None:
    assert facelab("models", "list", "--json", "-") == 0
    models = {model["name"]: model for model in facelab.json["models"]}
    assert models["base"]["present"] is True
    assert facelab("models", "info", "--json", "-") == 0
    info = facelab.json["info"]
    assert (info["resolution"], info["sha256"]) == (128, toolkit().generator.info.sha256)
    assert facelab("models", "info", tmp_path / "none.pkl") == 4
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"\x10\0\0\0\0\0\0\0{broken")
    assert facelab("models", "info", broken) == 3
    assert facelab("models", "verify", broken) == 3


def test_models_take_a_personal_file(facelab: Facelab, tmp_path: Path) -> None:
    personal = untuned(tmp_path / "me.facelab", ASTRONAUT)
    assert facelab("models", "info", personal, "--json", "-") == 0
    info = facelab.json["info"]
    assert info["photos"] == [{"name": "astronaut.png", "width": 512, "height": 512, "inside": True}]
    assert info["edits"] == {"smile": 2.0}
    assert facelab("models", "verify", personal) == 0
    assert facelab("models", "add", personal) == 0
    assert "consent" in facelab.err
    assert facelab("models", "list", "--json", "-") == 0
    (added,) = [model for model in facelab.json["models"] if model["name"] == "me"]
    assert load_generator(added["path"]).info.sha256 == info["sha256"]
    assert facelab("generate", "--model", "me", "--seeds", "0", "--out", tmp_path / "g") == 0
    damaged = tmp_path / "cut.facelab"
    damaged.write_bytes(personal.read_bytes()[:-2000])
    assert facelab("models", "verify", damaged) == 3
    assert facelab("models", "add", damaged) == 3
    assert facelab("models", "add", personal) == 0  # the same again changes nothing


def test_generate_draws_as_the_public_generators_do(facelab: Facelab, tmp_path: Path) -> None:
    assert facelab("generate", "--seeds", "0-1", "--psi", "0.7", "--out", tmp_path) == 0
    generator = toolkit().generator
    z = np.random.RandomState(1).randn(1, generator.info.z_dim).astype(np.float32)
    image = generator.render(generator.map(z, 0.7))[0].numpy()
    expected = np.clip(image * 127.5 + 128, 0, 255).astype(np.uint8).transpose(1, 2, 0)
    with Image.open(tmp_path / "seed0001.png") as picture:
        assert np.abs(np.asarray(picture).astype(int) - expected).max() <= 1


def test_quiet_prints_errors_only(facelab: Facelab, tmp_path: Path) -> None:
    assert facelab("align", ASTRONAUT, "--out", tmp_path / "a.png", "--quiet") == 0
    assert facelab.out == facelab.err == ""
    assert facelab("align", ASTRONAUT, "--out", tmp_path / "a.png", "--quiet") == 2
    assert "exists" in facelab.error_line


def test_a_model_without_sliders_says_which_it_has(facelab: Facelab, tmp_path: Path) -> None:
    from facelab.core.formats import ModelMetadata, save_native

    generator = tiny_generator()
    about = ModelMetadata(name="tiny", licence="none")
    path = tmp_path / "tiny.safetensors"
    save_native(path, generator.network.config, generator.network.state_dict(), about)
    assert facelab("edit", ASTRONAUT, "--model", path, "--set", "smile=1", "--out", tmp_path / "a.png") == 2
    assert "none" in facelab.error_line


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_ends_with_4(facelab: Facelab, tmp_path: Path, device: str) -> None:
    import torch

    if (torch.cuda.is_available() and device == "cuda") or (torch.backends.mps.is_available() and device == "mps"):
        pytest.skip(f"this computer has {device}")
    assert facelab("align", ASTRONAUT, "--device", device, "--out", tmp_path / "a.png") == 4
    assert device in facelab.error_line
