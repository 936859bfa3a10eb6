"""What tests/benchmark measured is what the program does: the records and the constants that cite them agree."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from places import REPO

from facelab.core.perceptual import METADATA, choose_perceptual, stored_scales
from facelab.core.tuning import PRESETS
from facelab.engine.toolkit import load_toolkit

BENCHMARK = REPO / "tests" / "benchmark"
ADMITTED = 0.95


def record(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((BENCHMARK / name).read_text())
    return found


@pytest.fixture(scope="module")
def perceptual() -> Mapping[str, Any]:
    return record("perceptual.json")


def test_the_loss_that_won_is_the_one_used(perceptual: Mapping[str, Any], tmp_path: Path) -> None:
    toolkit = load_toolkit(None, "cpu")
    loss, notice = choose_perceptual(toolkit.folder, toolkit.generator, encoder=toolkit.encoder, hub=tmp_path)
    assert loss.name == perceptual["winner"]
    assert notice is not None
    assert loss.name in notice.text


def test_the_winner_was_admitted_and_beats_plain_mse_at_equal_seconds(perceptual: Mapping[str, Any]) -> None:
    winner, tuned = perceptual["winner"], perceptual["tuning"]
    assert min(perceptual["admission"][winner].values()) >= ADMITTED
    medians = {name: found["median"]["squeezenet"] for name, found in tuned.items()}
    assert medians[winner] == min(value for name, value in medians.items() if name in perceptual["admission"])
    assert medians[winner] < medians["mse alone"]
    seconds = [found["median"]["seconds"] for found in tuned.values()]
    assert max(seconds) < 1.35 * min(seconds), "a candidate had more time than another"


def test_layer_weights_that_lie_beside_the_model_are_its_own() -> None:
    base = REPO / "models" / "base"
    scales = stored_scales(base / METADATA, base / "attributes.safetensors")
    assert scales is not None, "missing, or of another attribute net: run models.training.perceptual"


@pytest.mark.parametrize("key", list(PRESETS))
def test_every_preset_has_a_curve_and_keeps_its_promise(key: str) -> None:
    promises = {"fast": (26.0, 0.75), "balanced": (28.0, 0.88), "faithful": (32.0, 0.92)}
    for found in record("curve.json")[key].values():
        columns = found["columns"]
        end = dict(zip(columns, found["points"][-1], strict=True))
        decibels, identity = promises[key]
        assert end["psnr"] >= decibels
        assert end["identity"] >= identity
        climbed = [point[columns.index("psnr")] for point in found["points"]]
        assert climbed[-1] > climbed[0] + 4
