"""Directions: boundaries, conditioning, components."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from facelab.core.errors import BadScores, SpannedDirection
from facelab.core.progress import run
from facelab.core.studio.boundary import fit_boundary, wilson
from facelab.core.studio.components import Components, StreamingCovariance, ganspace, sefa
from facelab.core.studio.condition import condition, cosine


def test_boundary_finds_the_hidden_direction() -> None:
    random = np.random.RandomState(0)
    codes = random.randn(4000, 32).astype(np.float32)
    truth = random.randn(32)
    scores = codes @ truth + 0.3 * random.randn(4000)
    boundary = fit_boundary(codes, scores.astype(np.float32), share=0.1)
    assert cosine(boundary.normal, truth) > 0.97
    assert boundary.accuracy > 0.97
    assert boundary.held_out == 240
    assert np.linalg.norm(boundary.normal) == pytest.approx(1.0, abs=1e-5)
    np.testing.assert_array_less(0.95, np.corrcoef(boundary.distance(codes), scores)[0, 1])


def test_random_scores_are_not_separable_on_held_out_codes() -> None:
    random = np.random.RandomState(1)
    codes = random.randn(2000, 16).astype(np.float32)
    boundary = fit_boundary(codes, random.randn(2000).astype(np.float32), share=0.25)
    assert 0.35 < boundary.accuracy < 0.65
    low, high = boundary.interval
    assert low < boundary.accuracy < high


def test_labels_are_split_between_their_two_values_and_nan_is_skipped() -> None:
    random = np.random.RandomState(2)
    codes = random.randn(60, 8).astype(np.float32)
    labels = (codes[:, 3] > 0).astype(np.float32)
    labels[:20] = np.nan
    boundary = fit_boundary(codes, labels)
    assert boundary.train + boundary.held_out == 40
    assert np.abs(boundary.normal).argmax() == 3


def test_too_few_labels_say_so() -> None:
    codes = np.zeros((30, 4), np.float32)
    labels = np.r_[np.ones(3), np.zeros(27)].astype(np.float32)
    with pytest.raises(BadScores, match="3 high"):
        fit_boundary(codes, labels)


def test_wilson_interval_of_all_right() -> None:
    low, high = wilson(1.0, 100)
    assert 0.96 < low < 0.97
    assert high == pytest.approx(1.0)


def test_condition_is_orthogonal_to_all_and_order_does_not_matter() -> None:
    random = np.random.RandomState(3)
    primal, *others = random.randn(5, 64)
    result = condition(primal, others)
    assert max(abs(result @ o) for o in others) < 1e-9
    np.testing.assert_allclose(result, condition(primal, others[::-1]), atol=1e-9)
    assert np.linalg.norm(result) == pytest.approx(1.0)


def test_condition_refuses_a_spanned_direction() -> None:
    a, b = np.eye(8)[0], np.eye(8)[1]
    with pytest.raises(SpannedDirection):
        condition(a + b, [a, a + 2 * b])


def test_public_conditional_boundaries_are_reproduced(shared: Path) -> None:
    """13 boundaries of InterFaceGAN's authors, from their own primal and condition vectors."""
    folder = shared / "directions"
    rows = [row for row in csv.DictReader((folder / "index.csv").open()) if row["conditions"]]
    assert len(rows) == 13
    for row in rows:
        here = (folder / row["file"]).parent
        conditions = [np.load(here / name) for name in row["conditions"].split()]
        result = condition(np.load(here / Path(row["primal"]).name), conditions)
        assert cosine(result, np.load(folder / row["file"])) >= 0.999999, row["file"]


def test_streaming_covariance_equals_numpy() -> None:
    x = np.random.RandomState(4).randn(1000, 12).astype(np.float32) * 3 + 7
    statistics = StreamingCovariance(12)
    for batch in np.array_split(x, 7):
        statistics.update(batch)
    np.testing.assert_allclose(statistics.mean, x.mean(0), atol=1e-4)
    np.testing.assert_allclose(statistics.covariance, np.cov(x.T), rtol=1e-4, atol=1e-4)


def _orthonormal(components: Components) -> float:
    product = components.vectors.astype(np.float64) @ components.vectors.T.astype(np.float64)
    return float(np.abs(product - np.eye(len(product))).max())


def test_ganspace_is_orthonormal_and_finds_the_longest_axis() -> None:
    scales = np.r_[5.0, 3.0, np.ones(14)]

    def sample(first: int, n: int) -> np.ndarray:
        return (np.random.RandomState(first).randn(n, 16) * scales).astype(np.float32)

    found = run(ganspace(sample, count=20_000, components=6))
    assert _orthonormal(found) < 1e-6
    assert np.abs(found.vectors[0]).argmax() == 0
    assert found.strengths[0] == pytest.approx(5.0, rel=0.05)
    assert (np.diff(found.strengths) <= 1e-4).all()


def test_sefa_is_orthonormal_and_takes_the_layer_range() -> None:
    random = np.random.RandomState(5)
    weights = [random.randn(24, 16).astype(np.float32) for _ in range(4)]
    weights[2][:, 7] *= 20.0
    found = sefa(weights, components=16)
    assert _orthonormal(found) < 1e-6
    only = sefa(weights, layers=(2, 2), components=3)
    assert only.layers == (2, 2)
    assert np.abs(only.vectors[0]).argmax() == 7
