"""The training package: gradients written by hand, the optimiser, checkpoints, resuming, every stage in small."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F

from facelab.core.editing.directions import load_directions
from facelab.core.generator import load_generator
from facelab.core.networks.attributes import KEYS, load_attribute_net
from facelab.core.networks.encoder import Encoder
from facelab.core.networks.ops import normalise
from facelab.core.networks.stylegan2 import Generator
from facelab.core.values import F32, U8
from facelab.engine.toolkit import load_toolkit
from facelab.paths import models_dir, resource_root
from models.training import (
    adversarial,
    augment,
    autoencode,
    convolve,
    directions,
    export,
    frechet,
    loop,
    losses,
    muon,
    nets,
    prior,
    readout,
)
from models.training.attributes import HAND, LOOKS_AT, REGIONS, Teacher, border, cleared, own_labels, seen
from models.training.data import Faces, load_faces, to_batch
from models.training.normals import Labelled, Real, regressed, write_normals
from models.training.state import read_parts

BASE = models_dir() / "base"


def close(found: Tensor, wanted: Tensor, tolerance: float = 1e-4) -> None:
    assert found.shape == wanted.shape
    error = (found - wanted).detach().abs().max()
    assert float(error) <= tolerance * float(wanted.detach().abs().max() + 1e-6)


@pytest.mark.parametrize("kind", ["same", "half", "twice"])
@pytest.mark.parametrize("size", [8, 48])
def test_convolution_gradients_equal_autograd(kind: convolve.Kind, size: int) -> None:
    torch.manual_seed(0)
    x = torch.randn(3, 5, size, size).contiguous(memory_format=torch.channels_last).requires_grad_()
    weight = torch.randn(7, 5, 3, 3, requires_grad=True)
    y = convolve.forward_of(x, weight, kind)
    g = torch.randn_like(y)
    wanted = torch.autograd.grad(y, (x, weight), g)
    with torch.no_grad():
        close(convolve.input_gradient(x, weight, g, kind), wanted[0])
        close(convolve.weight_gradient(x, weight, g, kind), wanted[1])


def test_hand_written_generator_and_encoder_gradients_equal_autograd(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    generator, encoder = Generator(nets.base_config(32, 256, 16)), Encoder(256, 32, variational=True)
    for name, parameter in generator.named_parameters():
        if "noise_strength" in name or name.endswith("bias"):
            parameter.data.add_(0.3 * torch.randn_like(parameter))
    faces = torch.randn(3, 3, 32, 32)

    def gradients() -> list[Tensor]:
        mean, variance = nets.encode(encoder, faces)
        image, skips = nets.render(generator, mean + 0.1 * variance, torch.float32, (16,), 32)
        loss = (image * faces).sum() + skips[0].square().mean()
        parameters = [*encoder.parameters(), *generator.synthesis.parameters()]
        return [loss.detach(), *torch.autograd.grad(loss, parameters)]

    by_hand = gradients()
    monkeypatch.setattr(nets, "by_hand", lambda x: False)
    for found, wanted in zip(by_hand, gradients(), strict=True):
        close(found, wanted, 1e-3)


def test_training_render_equals_the_generator() -> None:
    torch.manual_seed(2)
    generator = Generator(nets.base_config(32, 256, 16))
    w = torch.randn(2, 256)
    image, _ = nets.render(generator, w, torch.float32, (), 32)
    close(image, generator.synthesis(w[:, None].expand(-1, generator.config.num_ws, -1)))


@pytest.mark.parametrize("shape", [(16, 90), (90, 16)])
def test_muon_steps_are_nearly_orthogonal(shape: tuple[int, int]) -> None:
    torch.manual_seed(3)
    matrix = torch.randn(shape)
    x = muon.orthogonal(matrix)
    values = torch.linalg.svdvals(x)
    assert float(values.min()) > 0.6
    assert float(values.max()) < 1.3
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    assert float(F.cosine_similarity(x.flatten(), (u @ v).flatten(), dim=0)) > 0.98


def packed(folder: Path, count: int = 24) -> Path:
    """A packed folder of smooth random pictures: the first half for training, the rest split in two."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 255, (count, 8, 8, 3), np.uint8)
    faces = np.repeat(np.repeat(small, 16, 1), 16, 2)
    folder.mkdir()
    np.save(folder / "faces.npy", faces)
    points = [[39.4, 36.7], [88.5, 36.8], [63.8, 65.1], [42.9, 88.1], [85.2, 88.2]]
    splits = ["train"] * (count // 2) + ["validation"] * (count // 4) + ["test"] * (count // 4)
    meta = [[f"{i}.jpg", split, "30-39", "male" if i % 2 else "female", points] for i, split in enumerate(splits)]
    (folder / "faces.json").write_text(json.dumps(meta))
    return folder


def call(main: Callable[[], None], monkeypatch: pytest.MonkeyPatch, *options: object) -> None:
    monkeypatch.setattr(sys, "argv", ["stage", *map(str, options)])
    monkeypatch.setattr(loop, "LOCK", Path(tempfile.gettempdir()) / f"facelab-test-{os.getpid()}.lock")
    main()


def weights_of(run: Path) -> dict[str, Tensor]:
    return {key: t for key, t in read_parts(run / "checkpoint").items() if not key.startswith("optimiser")}


COMMON = ("--batch", 2, "--float32", "--device", "cpu", "--evaluate-count", 4)


def test_stopped_and_resumed_run_equals_one_in_one_go(
    tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = packed(tmp_path / "data")
    start = ("--data", data, "--measure", shared / "measure", "--start", BASE, *COMMON, "--resolution", 64)
    start += ("--checkpoint-minutes", 0)  # the momenta are rounded where a checkpoint is written
    call(autoencode.main, monkeypatch, *start, "--run", tmp_path / "whole", "--images", 8)
    steps = iter([False] * 2 + [True] * 100)
    with monkeypatch.context() as patch:
        # told to end after two of the four steps, as by SIGTERM
        patch.setattr(
            loop.StopFlag, "requested", property(lambda self: next(steps), lambda self, value: None), raising=False
        )
        call(autoencode.main, patch, *start, "--run", tmp_path / "parts", "--images", 8)
    assert json.loads((tmp_path / "parts" / "checkpoint" / "state.json").read_text())["stage_images"] == 4
    call(autoencode.main, monkeypatch, *start, "--run", tmp_path / "parts", "--images", 8)
    whole, parts = weights_of(tmp_path / "whole"), weights_of(tmp_path / "parts")
    moved = [key for key in whole if not torch.equal(whole[key], read_start(key))]
    assert len(moved) > 60
    for key, tensor in whole.items():
        assert torch.equal(parts[key], tensor), key


def read_start(key: str) -> Tensor:
    name, rest = key.split("/", 2)[1:]
    tensors = load_file(BASE / f"{name}.safetensors")
    return tensors[rest].float() if rest in tensors else torch.zeros(())


def test_every_stage_ends_with_a_model(tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(tmp_path / "data")
    options = ("--data", data, "--measure", shared / "measure", *COMMON, "--images", 4)
    call(autoencode.main, monkeypatch, *options, "--start", BASE, "--run", tmp_path / "a")
    a, b, c = (tmp_path / name / "checkpoint" for name in "abc")
    call(prior.main, monkeypatch, "--data", data, "--start", a, "--run", tmp_path / "b", "--steps", 3)
    call(adversarial.main, monkeypatch, *options, "--start", b, "--run", tmp_path / "c", "--samples", 8)
    assert json.loads((c / "state.json").read_text())["samples"] == nets.counters_of(BASE)[1] + 4
    assert sorted(path.name for path in (tmp_path / "c").glob("sheet-*.png")) == ["sheet-0000004.png"]
    header, row = (tmp_path / "c" / "metrics.csv").read_text().splitlines()
    figures = dict(zip(header.split(","), map(float, row.split(",")), strict=True))
    assert figures["frechet"] > 0
    assert np.isfinite(list(figures.values())).all()
    sizes = [path.stat().st_size for path in c.glob("part-*.safetensors")]
    assert max(sizes) < 16 * 2**20
    call(export.main, monkeypatch, "--run", tmp_path / "c", "--start", BASE, "--out", tmp_path / "model")
    toolkit = load_toolkit(str(tmp_path / "model" / "generator.safetensors"), "cpu")
    assert toolkit.encoder is not None
    stored, trained = load_file(tmp_path / "model" / "generator.safetensors"), weights_of(tmp_path / "c")
    name = "synthesis.b32.conv1.weight"
    close(stored[name].float(), trained[f"average/generator/{name}"], 1e-2)
    total = sum(path.stat().st_size for path in (tmp_path / "model").iterdir())
    assert total < 28 * 2**20


def test_the_generator_waits_while_judges_catch_up(
    tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = packed(tmp_path / "data")
    options = ("--data", data, "--measure", shared / "measure", *COMMON, "--samples", 8, "--start", BASE)
    first = ("--judges-first", 4, "--rebuilt", 0.5)
    call(adversarial.main, monkeypatch, *options, *first, "--images", 4, "--run", tmp_path / "waits")
    call(adversarial.main, monkeypatch, *options, *first, "--images", 6, "--run", tmp_path / "moves")

    def moved(run: str, part: str) -> bool:
        found = {key: t for key, t in weights_of(tmp_path / run).items() if key.startswith(f"net/{part}/")}
        files = {"discriminator": "discriminator.safetensors", "generator": "generator.safetensors"}
        before = load_file(BASE / files[part])
        same = (torch.equal(t, before[key.split("/", 2)[2]].float()) for key, t in found.items() if "weight" in key)
        return not all(same)

    assert moved("waits", "discriminator")
    assert not moved("waits", "generator")
    assert moved("moves", "generator")


def test_wanted_real_weighs_images() -> None:
    logits = torch.tensor([[[1.0, 2.0]], [[-3.0, 0.5]]])
    weights = torch.tensor([1.0, 0.0])
    wanted = F.softplus(-logits[0]).mean() / 2
    assert float(adversarial.wanted_real(logits, weights)) == pytest.approx(float(wanted))
    assert float(adversarial.wanted_real(logits, torch.ones(2))) == pytest.approx(
        float(adversarial.wanted_real(logits))
    )


def test_readout_starts_as_the_regression_of_the_scores(tmp_path: Path) -> None:
    faces = load_faces(packed(tmp_path / "data", 48))
    encoder, _ = nets.averages_of(nets.autoencoder_state(BASE, torch.device("cpu")))
    net = load_attribute_net(BASE / "attributes.safetensors")
    layer = readout.fitted(encoder, net, faces, torch.device("cpu"))
    batch = to_batch(faces.pixels[faces.rows("train")], torch.device("cpu"))
    wanted = readout.scores_of(net, batch)
    with torch.no_grad():
        error = (layer(encoder(batch)) - wanted).square().mean()
    assert float(error) < 0.3 * float(wanted.var(0).mean())


def test_normals_of_real_faces_are_what_the_scores_grow_along() -> None:
    rng = np.random.default_rng(3)
    w = rng.normal(size=(4000, 12)) * np.linspace(0.4, 2, 12)
    wanted = rng.normal(size=(2, 12))
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    scores = w @ wanted.T / 5 + 0.2 * rng.normal(size=(4000, 2))
    found = regressed(Real(w.astype(np.float32), scores.astype(np.float32)))
    assert (np.einsum("kd,kd->k", found, wanted) > 0.99).all()


def test_hand_labels_place_the_boundary_of_a_level(tmp_path: Path) -> None:
    folder = tmp_path / "directions"
    shutil.copytree(BASE / "directions", folder)
    w_dim = load_generator(BASE / "generator.safetensors", "cpu").info.w_dim
    rng = np.random.default_rng(0)
    codes = rng.normal(size=(300, w_dim)).astype(np.float32)
    scores = (codes @ rng.normal(size=(w_dim, len(KEYS)))).astype(np.float32) / 20
    hand = codes[:200]
    truth = scores[:200, KEYS.index("smile")] > np.quantile(scores[:, KEYS.index("smile")], 0.8)
    write_normals(BASE, folder, real=Real(codes, scores), hand=Labelled(hand, {"smile": truth}))
    smile = load_directions(folder, load_generator(BASE / "generator.safetensors", "cpu").info.sha256)["smile"]
    above = hand @ smile.normal + smile.normal_bias > 0
    assert above[truth].mean() > 0.9
    assert above[~truth].mean() < 0.1


def test_prior_starts_as_the_exact_gaussian() -> None:
    torch.manual_seed(4)
    codes = torch.randn(500, 12) @ torch.randn(12, 12) + torch.randn(12)
    fitted = prior.whitening(codes)
    z = torch.randn(40, 12)
    close(prior.mapped(prior.gaussian_layers(fitted), z), fitted.centre + normalise(z) @ fitted.colour)
    close(fitted(codes).T @ fitted(codes) / 499, torch.eye(12), 1e-3)


def test_prior_learns_what_a_gaussian_misses() -> None:
    source = torch.Generator().manual_seed(5)
    codes = torch.randn(4000, 8, generator=source)
    codes[:, 0] = torch.where(codes[:, 0] > 0.8, 3.0, -0.3) + 0.2 * codes[:, 0]  # one in five is different
    layers, fitted = prior.match(codes[:2000], 250, 0, batch=512)
    found = prior.figures(layers, fitted, codes[:2000], codes[2000:])
    assert found["mapping"] < 0.8 * found["gaussian"]


def test_attribute_loss_sees_a_missing_pair_of_glasses_but_not_an_equal_face() -> None:
    net = load_attribute_net(BASE / "attributes.safetensors")
    with Image.open(resource_root() / "resources" / "samples" / "astronaut.png") as photo:
        face = photo.convert("RGB").crop((160, 20, 290, 150)).resize((128, 128))
    plain = torch.from_numpy(np.array(face)).permute(2, 0, 1).float()[None] / 127.5 - 1
    worn = plain.clone()
    worn[:, :, 44:60, 24:104] = -0.9  # a dark bar over the eyes

    def loss(image: Tensor) -> Tensor:
        target = torch.cat([plain, worn])
        return losses.attribute_loss(net, torch.cat([image, worn]), target, torch.Generator().manual_seed(0))

    assert float(loss(plain)) == 0.0
    noisy = plain + 0.05 * torch.randn(plain.shape, generator=torch.Generator().manual_seed(1))
    image = worn.clone().requires_grad_()
    found = loss(image)
    found.backward()
    assert float(found.detach()) > 5 * float(loss(noisy)) > 0
    assert image.grad is not None
    assert float(loss(worn - 0.002 * image.grad / image.grad.abs().mean())) < float(found.detach())


def test_own_labels_are_of_training_faces_and_doubt_is_nan(tmp_path: Path) -> None:
    names, splits = ["1.jpg", "2.jpg", "3.jpg"], ["train", "test", "train"]
    faces = Faces(np.zeros((3, 8, 8, 3), np.uint8), np.zeros((3, 5, 2), np.float32), names, splits, [""] * 3, [""] * 3)
    lines = ["3.jpg,2,,1,0,1,0,0", "2.jpg,1,1,0,0,0,0,0", "1.jpg,0,1,0,2,0,1,0", "9.jpg,0,0,0,0,0,0,1"]
    path = tmp_path / "labels.csv"
    path.write_text("\n".join(["file,smile,mouth_open,eyes_closed,glasses,beard,hat,bad", *lines]) + "\n")
    rows, values = own_labels(faces, path)
    assert rows.tolist() == [2, 0]
    assert values["smile"].tolist() == [1, 0]
    assert values["eyes"].tolist() == [0, 1]  # open
    assert values["glasses"].tolist() == [0, 1]
    assert np.isnan(values["mouth_open"][0])


def test_gender_is_fitted_among_faces_without_beard_and_beard_among_men() -> None:
    scores = np.random.default_rng(0).normal(size=(500, len(directions.FEATURES))).astype(np.float32)
    beard, gender = (scores[:, directions.FEATURES.index(key)] for key in ("beard", "gender"))
    assert set(directions.agreeing(scores, "gender")) == set(np.argsort(beard)[:300])
    assert set(directions.agreeing(scores, "beard")) == set(np.argsort(gender)[275:])


def test_a_border_divides_rare_labels_as_well_as_common_ones() -> None:
    rng = np.random.default_rng(0)
    truth = np.arange(1000) < 80
    scores = np.where(truth, 2.0, 0.0) + rng.normal(0, 0.4, 1000)
    found = border(scores, truth)
    assert 0.7 < found < 1.3
    assert (scores[truth] > found).mean() > 0.95
    assert (scores[~truth] <= found).mean() > 0.95


def test_the_pitch_proxy_is_cleared_of_what_a_smile_does_to_it() -> None:
    rng = np.random.default_rng(0)
    turn, causes = rng.normal(size=2000), rng.normal(size=(2000, 2))
    rows = np.arange(1500)
    left = cleared((turn + 0.8 * causes[:, 0] - 0.3 * causes[:, 1]).astype(np.float32), causes.astype(np.float32), rows)
    assert abs(left[rows].mean()) < 1e-4
    assert abs(left[rows].std() - 1) < 1e-4
    assert np.corrcoef(left[1500:], turn[1500:])[0, 1] > 0.99
    assert max(abs(np.corrcoef(left[1500:], cause[1500:])[0, 1]) for cause in causes.T) < 0.1


def test_a_teacher_sees_the_enlarged_eyes() -> None:
    rng = np.random.default_rng(0)
    faces = rng.integers(90, 110, (120, 128, 128, 3)).astype(np.uint8)
    shut = np.arange(120) % 2 == 0
    left, top, right, bottom = REGIONS["eyes"][0]
    faces[shut, top + 4 : bottom - 4, left + 8 : right - 8] //= 3

    def features(pixels: U8) -> F32:  # as a net: one number per cell of a coarse grid, whatever the size
        cells = [np.array_split(row, 4, 1) for face in pixels for row in np.array_split(face, 4, 0)]
        return np.array([cell.mean() for row in cells for cell in row], np.float32).reshape(len(pixels), -1)

    looks = seen(features, faces)  # type: ignore[arg-type]  # a stand-in for SqueezeNet
    assert set(looks) == {"face", *REGIONS}
    assert set(LOOKS_AT) == set(HAND)
    labels = {name: (~shut if name == "eyes" else rng.random(120) < 0.5).astype(np.float32) for name in HAND}
    labels["eyes"][:10] = np.nan
    odds = Teacher({name: part[:80] for name, part in looks.items()}, {name: x[:80] for name, x in labels.items()})(
        {name: part[80:] for name, part in looks.items()}
    )
    assert odds.shape == (40, len(HAND))
    assert np.abs(odds).max() <= 8
    assert ((odds[:, HAND.index("eyes")] > 0) == ~shut[80:]).all()


def test_augmentation_is_the_identity_at_strength_zero_and_adapts() -> None:
    images = torch.rand(4, 3, 16, 16) * 2 - 1
    close(augment.augmented(images, 0.0, torch.Generator().manual_seed(0)), images, 1e-5)
    changed = augment.augmented(images, 0.8, torch.Generator().manual_seed(0))
    assert float((changed - images).abs().mean()) > 0.05
    assert augment.adapted(0.2, 0.9, 1000) > 0.2 > augment.adapted(0.2, 0.1, 1000)
    assert augment.adapted(0.0, -1.0, 1000) == 0.0


def test_augmentation_and_discriminator_can_be_differentiated_twice() -> None:
    torch.manual_seed(6)
    judge = adversarial.discriminator(256, 32)
    images = torch.randn(4, 3, 32, 32, requires_grad=True)
    seen = augment.augmented(images, 0.8, torch.Generator().manual_seed(1))
    (slope,) = torch.autograd.grad(judge(seen).sum(), images, create_graph=True)
    slope.square().sum().backward()
    gradient = judge.get_parameter("b32.conv0.weight").grad
    assert gradient is not None
    assert float(gradient.abs().max()) > 0


def test_frechet_distance_of_known_gaussians() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.normal(0, 1, (20000, 3)), np.array([1, 0, 0]) + rng.normal(0, 2, (20000, 3))
    assert frechet.distance(a, b) == pytest.approx(1 + 3 * (2 - 1) ** 2, rel=0.05)
    assert frechet.distance(a, a) == pytest.approx(0, abs=1e-6)
