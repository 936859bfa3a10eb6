"""Recipes applied to codes: additive, commuting, layered, locked, truncated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facelab.core.editing import TECHNIQUES, edited_code, movements, off_span, technique
from facelab.core.editing.directions import Direction, level
from facelab.core.errors import UnknownDirection
from facelab.core.recipe import Edit, EditRecipe, LayerRange

NUM_WS, W_DIM = 10, 24
KEYS = ("age", "beard", "smile", "yaw")


def direction(key: str, seed: int) -> Direction:
    vector = np.random.RandomState(seed).randn(W_DIM).astype(np.float32)
    return Direction(key, vector / np.linalg.norm(vector), 0.5 + 0.3 * seed, "a" * 64, bias=0.1 * seed)


DIRECTIONS = {key: direction(key, i) for i, key in enumerate(KEYS)}
W_AVG = np.random.RandomState(9).randn(W_DIM).astype(np.float32)
CODE = np.random.RandomState(8).randn(NUM_WS, W_DIM).astype(np.float32)


def edited(recipe: EditRecipe) -> np.ndarray:
    return edited_code(CODE, recipe, DIRECTIONS, W_AVG)


edits = st.lists(
    st.builds(
        Edit,
        st.just("direction"),
        st.sampled_from(KEYS),
        st.floats(-3, 3, width=32),
        st.none() | st.just(LayerRange(2, 5)) | st.just(LayerRange(8, 9)),
    ),
    max_size=6,
)
locks = st.frozensets(st.sampled_from(KEYS), max_size=3)


@settings(deadline=None)
@given(edits, locks, st.randoms())
def test_edits_commute(chosen: list[Edit], held: frozenset[str], random: object) -> None:
    recipe = EditRecipe(tuple(chosen), held, 0.8)
    shuffled = list(chosen)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    other = EditRecipe(tuple(shuffled), held, 0.8)
    np.testing.assert_allclose(edited(recipe), edited(other), atol=1e-6)


def test_identity_gives_the_code_itself() -> None:
    assert edited(EditRecipe()) is CODE
    assert edited(EditRecipe(locks=frozenset({"age"}))) is CODE


def test_amounts_are_sigma() -> None:
    recipe = EditRecipe((Edit("direction", "smile", 2.0),))
    smile = DIRECTIONS["smile"]
    assert level(smile, edited(recipe)) - level(smile, CODE) == pytest.approx(2.0, abs=1e-4)


def test_layers_outside_the_range_stay_bit_identical() -> None:
    code = edited(EditRecipe((Edit("direction", "yaw", -1.5, LayerRange(4, 7)),)))
    np.testing.assert_array_equal(code[:4], CODE[:4])
    np.testing.assert_array_equal(code[8:], CODE[8:])
    assert (code[4:8] != CODE[4:8]).any(axis=1).all()


def test_the_edit_chooses_layers_before_the_direction_does() -> None:
    known = {"yaw": replace(DIRECTIONS["yaw"], layers=LayerRange(0, 3))}
    own = edited_code(CODE, EditRecipe((Edit("direction", "yaw", 1.0),)), known, W_AVG)
    np.testing.assert_array_equal(own[4:], CODE[4:])
    asked = edited_code(CODE, EditRecipe((Edit("direction", "yaw", 1.0, LayerRange(8, 9)),)), known, W_AVG)
    np.testing.assert_array_equal(asked[:8], CODE[:8])


@settings(deadline=None)
@given(edits, locks)
def test_locked_attributes_keep_their_level(chosen: list[Edit], held: frozenset[str]) -> None:
    free = tuple(edit for edit in chosen if edit.key not in held)
    code = edited(EditRecipe(free, held))
    for key in held:
        assert level(DIRECTIONS[key], code) == pytest.approx(level(DIRECTIONS[key], CODE), abs=1e-4)


def test_a_lock_keeps_its_own_offset() -> None:
    recipe = EditRecipe((Edit("direction", "age", 1.0), Edit("direction", "smile", 2.0)), frozenset({"age"}))
    age = DIRECTIONS["age"]
    assert level(age, edited(recipe)) - level(age, CODE) == pytest.approx(1.0, abs=1e-4)


def test_locks_project_onto_the_span_at_once() -> None:
    step = DIRECTIONS["smile"].step(NUM_WS)
    held = [DIRECTIONS[key].vector[None] for key in ("age", "beard", "yaw")]
    rest = off_span(step, held)
    assert max(abs(float(row @ h[0])) for row in rest for h in held) <= 1e-6
    np.testing.assert_allclose(rest, off_span(step, held[::-1]), atol=1e-6)
    one_after_the_other = step.astype(np.float64)
    for h in held:
        one_after_the_other -= (one_after_the_other @ h[0])[:, None] * h
    assert max(abs(float(row @ held[0][0])) for row in one_after_the_other) > 1e-3


def test_a_lock_leaves_layers_that_do_not_move() -> None:
    recipe = EditRecipe((Edit("direction", "smile", 1.0, LayerRange(4, 5)),), frozenset({"age"}))
    assert [bool(row.any()) for row in movements(recipe, DIRECTIONS, NUM_WS)[0].step] == [
        4 <= i <= 5 for i in range(10)
    ]


def test_psi_pulls_towards_the_mean() -> None:
    np.testing.assert_allclose(edited(EditRecipe(truncation_psi=0.0)), np.tile(W_AVG, (NUM_WS, 1)), atol=1e-6)
    np.testing.assert_allclose(edited(EditRecipe(truncation_psi=0.5)), (CODE + W_AVG) / 2, atol=1e-6)


def test_w_plus_directions_move_each_layer_its_own_way() -> None:
    rows = np.random.RandomState(3).randn(NUM_WS, W_DIM).astype(np.float32)
    known = {"own": Direction("own", rows / np.linalg.norm(rows), 2.0, "a" * 64, space="w+")}
    moved = edited_code(CODE, EditRecipe((Edit("direction", "own", 1.5),)), known, W_AVG)
    np.testing.assert_allclose(moved - CODE, 3.0 * known["own"].vector, atol=1e-5)


@pytest.mark.parametrize("entry", TECHNIQUES, ids=lambda t: t.key)
def test_every_technique_keeps_the_contract(entry: object) -> None:
    assert technique(entry.key) is entry  # type: ignore[attr-defined]
    for spec in entry.params(DIRECTIONS):  # type: ignore[attr-defined]
        assert spec.low < spec.high
        step = entry.step(Edit(entry.key, spec.key, 0.0), DIRECTIONS, NUM_WS)  # type: ignore[attr-defined]
        assert step.shape == (NUM_WS, W_DIM)
        assert step.dtype == np.float32
        assert np.abs(step).sum() > 0


def test_unknown_names_are_told() -> None:
    for recipe in (
        EditRecipe((Edit("direction", "nose", 1.0),)),
        EditRecipe((Edit("warp", "smile", 1.0),)),
        EditRecipe((Edit("direction", "smile", 1.0),), frozenset({"nose"})),
    ):
        with pytest.raises(UnknownDirection):
            edited(recipe)
