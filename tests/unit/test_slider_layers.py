"""Which layers a slider drives (models.training.layers)."""

from __future__ import annotations

import numpy as np
import pytest

from facelab.core.editing.directions import load_directions
from facelab.core.generator import sample_w
from facelab.core.recipe import LayerRange
from facelab.core.values import F32, U8
from facelab.paths import models_dir
from models.training.directions import LEAK_LIMIT, studio_of
from models.training.layers import KEPT, Measured, best, choose

BASE = models_dir() / "base"


def measured(first: int, last: int, own: float, leak: float, identity: float) -> Measured:
    return Measured(LayerRange(first, last), own, {"age": 0.0, "beard": leak}, identity)


EVERYWHERE = measured(0, 11, 1.0, 0.2, 0.6)


@pytest.mark.parametrize(
    ("candidate", "wins"),
    [
        (measured(2, 7, 0.9, 0.2, 0.7), True),
        (measured(2, 7, KEPT - 0.01, 0.2, 0.9), False),  # too weak
        (measured(2, 7, 0.9, -LEAK_LIMIT - 0.01, 0.9), False),  # moves something else
        (measured(2, 7, 0.9, 0.2, 0.63), False),  # a smaller step in all layers would do as well
    ],
)
def test_the_range_that_costs_least_identity_per_movement_wins(candidate: Measured, wins: bool) -> None:
    assert best([candidate, EVERYWHERE], EVERYWHERE, lambda layers: 1.0) is (candidate if wins else EVERYWHERE)


@pytest.mark.parametrize(("everywhere", "here", "wins"), [(0.99, 0.96, True), (0.99, 0.94, False), (0.9, 0.92, True)])
def test_a_range_must_raise_the_attribute_as_often(everywhere: float, here: float, wins: bool) -> None:
    candidate = measured(2, 7, 0.9, 0.2, 0.7)
    shares = {candidate.layers: here, EVERYWHERE.layers: everywhere}
    found = best([EVERYWHERE, candidate], EVERYWHERE, lambda layers: shares[layers])
    assert found is (candidate if wins else EVERYWHERE)


def test_what_leaks_in_all_layers_may_leak_as_much_in_fewer() -> None:
    leaky = measured(0, 11, 1.0, 0.5, 0.6)
    candidate = measured(2, 7, 0.9, 0.45, 0.8)
    assert best([candidate, leaky], leaky, lambda layers: 1.0) is candidate


def test_a_slider_is_measured_in_pictures_and_keeps_the_layers_that_need_it() -> None:
    studio = studio_of(BASE)
    codes = sample_w(studio.generator, 12, 3, 0.7)
    smile = {"smile": load_directions(BASE / "directions")["smile"]}

    def same(before: U8, after: U8) -> F32:  # the less changes, the more it is the same
        return np.asarray(1 - np.abs(before.astype(np.float32) - after).mean((1, 2, 3)) / 64, np.float32)

    lines: list[str] = []
    found, figures = choose(studio, smile, codes, studio.look(codes).std(0), same, lines.append)
    about = figures["smile"]
    assert isinstance(about, dict)
    own, _, identity = about["in_all_layers"]
    assert about["moved_per_sigma"] >= KEPT * own
    assert (1 - about["identity"]) / about["moved_per_sigma"] <= (1 - identity) / own + 1e-3
    assert own > 0.2
    assert found["smile"].low < 0 < found["smile"].high
    assert len(lines) == 1
