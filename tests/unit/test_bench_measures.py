"""`facelab bench`: what it compares with is right, and its reports hold what they promise. No test judges a time."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from tiny_models import picture, tiny_encoder, tiny_generator

from facelab.bench import inversion, speed
from facelab.bench._grouped import Grouped
from facelab.cli.bench import measurements
from facelab.core.errors import UsageError
from facelab.core.image import to_pixels
from facelab.core.networks.stylegan2 import Architecture, Generator
from facelab.core.tuning import PRESETS
from facelab.engine import fitting
from facelab.engine.toolkit import Toolkit


@pytest.fixture
def toolkit() -> Toolkit:
    generator = tiny_generator()
    generator.network.arrange()
    return Toolkit("tiny", Path(), generator, tiny_encoder(generator), {}, torch.device("cpu"))


@pytest.fixture
def short_preset(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = replace(PRESETS["fast"].tuning, steps=6)
    short = replace(PRESETS["fast"], inversion_steps=2, tuning=plan, lpips=plan)
    monkeypatch.setattr(fitting, "PRESETS", {"fast": short})


def options(path: Path | None) -> argparse.Namespace:
    return argparse.Namespace(path=path, models=[], preset="fast", seed=0, device="cpu", quiet=True)


def test_the_default_measurement_and_those_of_the_help_exist() -> None:
    assert measurements() == ["faces", "inversion", "speed", "ui"]


@pytest.mark.parametrize("architecture", ["skip", "orig", "resnet"])
@pytest.mark.parametrize("arranged", [False, True])
def test_grouped_formulation_draws_the_same_picture(architecture: Architecture, arranged: bool) -> None:
    """A ratio to something that computes something else would mean nothing."""
    config = replace(tiny_generator().network.config, architecture=architecture, conv_clamp=1.5)
    torch.manual_seed(3)
    network = Generator(config).eval().requires_grad_(False)
    for block in network.synthesis.blocks:
        block.conv1.noise_strength.fill_(0.2)
        block.conv1.bias.normal_()
    if arranged:
        network.arrange()
    ws = torch.randn(2, config.num_ws, config.w_dim)
    expected = torch.cat([network.synthesis(code[None]) for code in ws])
    torch.testing.assert_close(Grouped(network.synthesis)(ws), expected, rtol=1e-4, atol=1e-4)


def test_bare_convolutions_are_all_learnt_ones_with_their_shapes(
    toolkit: Toolkit, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws = torch.zeros(1, toolkit.generator.info.num_ws, toolkit.generator.info.w_dim)
    call = speed.bare_convolutions(toolkit.generator, ws)
    sides: list[int] = []
    for name in ("conv2d", "conv_transpose2d"):
        real = getattr(torch.nn.functional, name)

        def noted(x: torch.Tensor, *args: object, real: object = real, **kwargs: object) -> torch.Tensor:
            y = real(x, *args, **kwargs)  # type: ignore[operator]
            sides.append(y.shape[-1])
            return y  # type: ignore[no-any-return]

        monkeypatch.setattr(speed.F, name, noted)
    call()
    # conv1 and toRGB at 4 px; then up (with the border that the filter takes away), conv1, toRGB
    assert sides == [4, 4, *(side for r in (8, 16, 32) for side in (r + 1, r, r))]


def test_speed_reports_times_and_ratios(toolkit: Toolkit) -> None:
    threads = torch.get_num_threads()
    before = toolkit.generator.network.synthesis.b8.conv0.weight.clone()
    report = speed.measure(toolkit, "fast", seconds=0.05)
    assert json.loads(json.dumps(report)) == report
    assert report["resolution"] == 32
    assert report["device"] == "cpu"
    assert report["threads"] == threads == torch.get_num_threads()
    for key in ("forward_ms", "w_to_crop_ms", "forward_to_grouped", "forward_to_convolutions", "tuning_step_ms"):
        assert report[key] > 0, key  # type: ignore[operator]
    # a step holds a forward pass, the locality term two more
    assert 1 < report["tuning_step_to_forward"] < report["locality_step_to_forward"]  # type: ignore[operator]
    torch.testing.assert_close(toolkit.generator.network.synthesis.b8.conv0.weight, before, rtol=0, atol=0)


def test_calls_take_turns_and_a_ratio_is_taken_per_round() -> None:
    order: list[str] = []
    times = speed.in_turn({name: (lambda n=name: order.append(n)) for name in "ab"}, 0.0, torch.device("cpu"))
    assert "".join(order) == "ab" * (1 + speed.LEAST)
    assert len(times["a"]) == len(times["b"]) == speed.LEAST
    assert speed.ratio([1.0, 10.0, 3.0], [2.0, 20.0, 1.0]) == 0.5


def test_inversion_needs_photos(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="DIR"):
        inversion.run(options(None))
    (tmp_path / "notes.txt").write_text("no photo")
    with pytest.raises(UsageError, match="no photo"):
        inversion.run(options(tmp_path))


@pytest.mark.usefixtures("short_preset")
def test_inversion_measures_crops_and_names_what_it_cannot_use(toolkit: Toolkit, tmp_path: Path) -> None:
    Image.fromarray(to_pixels(picture())).save(tmp_path / "crop.png")
    Image.new("RGB", (64, 48), "gray").save(tmp_path / "nobody.png")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    report = inversion.measure(toolkit, inversion.photos(tmp_path), options(tmp_path))
    assert json.loads(json.dumps(report)) == report
    assert sorted(report["skipped"]) == ["broken.jpg", "nobody.png"]  # type: ignore[call-overload]
    row = report["photos"]["crop.png"]  # type: ignore[index]
    assert row["steps"] == 6
    assert 0 < row["psnr_search"] < row["psnr"], "the code alone shows less than the tuned generator"
    stages = ("seconds_find", "seconds_encode", "seconds_invert", "seconds_tune")
    assert row["seconds"] == pytest.approx(sum(row[stage] for stage in stages), abs=0.03)
    assert report["summary"]["psnr"] == {"median": row["psnr"], "worst": row["psnr"]}  # type: ignore[index]


def test_summary_has_medians_and_the_worst() -> None:
    rows = [
        {"psnr": 30.0, "seconds_tune": 5.0, "perceptual": 0.1, "identity": None},
        {"psnr": 28.0, "seconds_tune": 9.0, "perceptual": 0.3, "identity": 0.9},
        {"psnr": 33.0, "seconds_tune": 6.0, "perceptual": 0.2, "identity": 0.8},
    ]
    found = inversion.summary(rows)
    assert found["psnr"] == {"median": 30.0, "worst": 28.0}
    assert found["seconds_tune"] == {"median": 6.0, "worst": 9.0}
    assert found["perceptual"] == {"median": 0.2, "worst": 0.3}
    assert found["identity"] == {"median": 0.85, "worst": 0.8}
    assert inversion.summary([]) == {}
