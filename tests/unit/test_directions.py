"""Directions on disk."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from facelab.core.editing import movements
from facelab.core.editing.directions import Direction, level, load_direction, load_directions, save_direction
from facelab.core.errors import BadDirection, WrongGenerator
from facelab.core.recipe import Edit, EditRecipe, LayerRange


def make() -> Direction:
    vector = np.random.RandomState(0).randn(16).astype(np.float32)
    return Direction(
        "smile",
        vector / np.linalg.norm(vector),
        0.7,
        "a" * 64,
        bias=-0.2,
        labels={"en": "Smile", "ja": "笑顔"},
        group="expression",
        klass="free",
        layers=LayerRange(2, 5),
        accuracy=0.93,
        leakage={"age": 0.1},
        spread=(-1.5, 2.0),
    )


def test_round_trip_keeps_every_field(tmp_path: Path) -> None:
    save_direction(make(), tmp_path / "smile")
    again = load_directions(tmp_path, "a" * 64)["smile"]
    np.testing.assert_array_equal(again.vector, make().vector)
    for name in ("sigma", "bias", "labels", "group", "klass", "layers", "accuracy", "leakage", "spread"):
        assert getattr(again, name) == getattr(make(), name), name


def test_another_generator_is_refused_by_name(tmp_path: Path) -> None:
    save_direction(make(), tmp_path / "smile")
    with pytest.raises(WrongGenerator, match="bbbbbbbbbbbb"):
        load_directions(tmp_path, "b" * 64)


def test_level_is_the_signed_distance_in_sigma() -> None:
    direction = make()
    code = np.tile(direction.vector * 1.4, (8, 1))
    assert level(direction, code) == pytest.approx((1.4 - 0.2) / 0.7, rel=1e-5)


def test_step_stays_in_its_layers() -> None:
    step = make().step(8)
    assert step.shape == (8, 16)
    assert not step[:2].any()
    assert not step[6:].any()
    np.testing.assert_allclose(np.linalg.norm(step[3]), 0.7, rtol=1e-5)


def test_the_normal_is_kept_and_held_by_locks(tmp_path: Path) -> None:
    normal = np.eye(16, dtype=np.float32)[3]
    save_direction(replace(make(), normal=normal, normal_bias=0.3), tmp_path / "smile")
    again = load_direction(tmp_path / "smile")
    assert again.normal is not None
    np.testing.assert_array_equal(again.held, normal)
    assert again.normal_bias == 0.3
    code = np.tile(2.0 * normal, (8, 1))
    along = float(again.step(8)[2:6].mean(axis=0) @ normal)
    assert level(again, code) == pytest.approx((2.0 + 0.3) / along, rel=1e-5), "read along the normal"
    everywhere = replace(again, layers=None)
    assert level(everywhere, code) == pytest.approx(level(again, code), rel=1e-5), "a face has one level"
    for slider in (again, everywhere):
        assert level(slider, code + slider.step(8)) == pytest.approx(level(slider, code) + 1, rel=1e-5)
    save_direction(make(), tmp_path / "smile")
    assert load_direction(tmp_path / "smile").normal is None, "an old one does not outlive its slider"
    np.testing.assert_array_equal(make().held, make().vector)


def test_a_lock_leaves_no_step_along_the_normal() -> None:
    """To first order the locked attribute does not change, though its own slider's vector may lie elsewhere."""
    random = np.random.RandomState(1)
    normal = random.randn(16).astype(np.float32)
    normal /= np.linalg.norm(normal)
    held = replace(make(), normal=normal)
    vector = random.randn(16).astype(np.float32)
    other = replace(make(), key="age", vector=vector / np.linalg.norm(vector), layers=None)
    recipe = EditRecipe((Edit("direction", "age", 1.5), Edit("direction", "smile", 0.5)), frozenset({"smile"}))
    moved = movements(recipe, {"smile": held, "age": other}, 8)
    assert np.abs(moved[0].step @ normal).max() < 1e-6
    np.testing.assert_allclose(moved[1].step, held.step(8), atol=1e-6)


@pytest.mark.parametrize(
    "damage",
    [
        lambda f: (f / "direction.toml").write_text("key = 3"),
        lambda f: (f / "direction.toml").write_text("surprise = 1\n" + (f / "direction.toml").read_text()),
        lambda f: (f / "direction.toml").write_text("x = " + "[" * 7000),
        lambda f: (f / "direction.toml").write_text(".".join(["a"] * 50_000) + " = 1"),
        lambda f: (f / "direction.npy").write_bytes(b"not numpy"),
        lambda f: (f / "direction.npy").write_bytes(b"\x93NUMPY\1\0\x20\0" + b"__import__('os').abort()\n".ljust(32)),
        lambda f: np.save(f / "direction.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True),
        lambda f: np.save(f / "direction.npy", np.full(16, np.nan, np.float32)),
        lambda f: np.save(f / "direction.npy", np.zeros((2, 16), np.float32)),
        lambda f: (f / "direction.npy").unlink(),
        lambda f: np.save(f / "normal.npy", np.zeros((3, 16), np.float32)),
    ],
)
def test_damaged_folders_name_the_file(tmp_path: Path, damage: object) -> None:
    save_direction(make(), tmp_path / "smile")
    damage(tmp_path / "smile")  # type: ignore[operator]  # a lambda of the list above
    with pytest.raises(BadDirection, match=r"(direction|normal)\.(toml|npy)"):
        load_direction(tmp_path / "smile")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["direction.toml", "direction.npy"])
def test_a_pipe_is_not_waited_for(tmp_path: Path, name: str) -> None:
    save_direction(make(), tmp_path / "smile")
    (tmp_path / "smile" / name).unlink()
    os.mkfifo(tmp_path / "smile" / name)
    with pytest.raises(BadDirection, match="not a regular file"):
        load_direction(tmp_path / "smile")


def test_unknown_class_is_refused(tmp_path: Path) -> None:
    save_direction(replace(make(), klass="elastic"), tmp_path / "x")
    with pytest.raises(BadDirection, match="elastic"):
        load_direction(tmp_path / "x")
