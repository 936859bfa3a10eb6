"""From a few labels to a score for every sample, and which pictures to label next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from facelab.core.errors import BadScores
from facelab.core.studio.boundary import wilson
from facelab.core.values import F32

MIN_LABELS = 5
"""Of each kind, before anything can be learnt."""
FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """weight: f32 [F], bias: the score of features x is weight . x + bias (log odds).

    accuracy: balanced, on labels that were held out (5 folds); interval: 95 %. count: labels.
    """

    weight: F32
    bias: float
    accuracy: float
    interval: tuple[float, float]
    count: int

    def score(self, features: F32) -> F32:
        """Log odds [N] for "yes"."""
        return np.asarray(features @ self.weight + self.bias, np.float32)


def as_labels(values: F32) -> F32 | None:
    """0/1 (NaN stays) when the values are of two kinds, else None: then they are scores."""
    kinds = np.unique(values[np.isfinite(values)])
    if len(kinds) != 2:
        return None
    return np.where(np.isfinite(values), (values == kinds[1]).astype(np.float32), np.nan).astype(np.float32)


def learn(features: F32, labels: F32, *, strength: float = 0.03, seed: int = 0) -> Learned:
    """Logistic regression on features f32 [N, F]; labels: 0, 1 or NaN = none, f32 [N].

    The features' own sizes count: the net uses large ones more. Strongly held back, since there are more features
    than labels. Raises BadScores below MIN_LABELS of a kind.
    """
    known = np.flatnonzero(np.isfinite(labels))
    truth = labels[known] > 0.5
    kinds = int(truth.sum()), int((~truth).sum())
    if min(kinds) < MIN_LABELS:
        raise BadScores(
            reason=f"{kinds[0]} pictures are labelled yes and {kinds[1]} no, at least {MIN_LABELS} of each are needed"
        )
    mean, scale = features.mean(0), float(features.std()) + 1e-6
    x = ((features - mean) / scale)[known].astype(np.float64)
    weight, bias = _logistic(x, truth, strength)
    accuracy = _held_out(x, truth, strength, seed)
    unscaled = weight / scale
    return Learned(
        unscaled.astype(np.float32),
        float(bias - unscaled @ mean),
        accuracy,
        wilson(accuracy, len(known)),
        len(known),
    )


def _logistic(x: np.ndarray, truth: np.ndarray, strength: float) -> tuple[np.ndarray, float]:
    from sklearn.linear_model import LogisticRegression  # slow to import, and only the studio needs it

    machine = LogisticRegression(C=strength, class_weight="balanced", max_iter=1000).fit(x, truth)
    return machine.coef_[0], float(machine.intercept_[0])


def _held_out(x: np.ndarray, truth: np.ndarray, strength: float, seed: int) -> float:
    """Balanced accuracy over FOLDS folds, each with both kinds."""
    random = np.random.RandomState(seed)
    fold = np.zeros(len(truth), int)
    for kind in (True, False):
        rows = random.permutation(np.flatnonzero(truth == kind))
        fold[rows] = np.arange(len(rows)) % FOLDS
    right = np.zeros(len(truth), bool)
    for part in range(FOLDS):
        out = fold == part
        weight, bias = _logistic(x[~out], truth[~out], strength)
        right[out] = ((x[out] @ weight + bias) > 0) == truth[out]
    return float((right[truth].mean() + right[~truth].mean()) / 2)


def next_pictures(features: F32, labels: F32, count: int) -> list[int]:
    """Rows worth a label now, best first: f32 [N, F] features, labels [N] with NaN = none.

    Half of them are those the present guess is least sure of; half are the surest of the kind with fewer labels,
    so that a rare attribute is found. Among equals, pictures unlike each other (farthest point first).
    """
    free = np.flatnonzero(~np.isfinite(labels))
    if len(free) <= count:
        return [int(row) for row in free]
    yes, no = int((labels == 1).sum()), int((labels == 0).sum())
    unit = (features - features.mean(0)) / (float(features.std()) + 1e-6)
    if min(yes, no) == 0:
        return _far_apart(unit, free, count)
    known = np.flatnonzero(np.isfinite(labels))
    weight, bias = _logistic(unit[known], labels[known] > 0.5, 0.03)
    score = unit[free] @ weight + bias
    unsure = free[np.argsort(np.abs(score))[: 4 * count]]
    rare = free[np.argsort(score if yes > no else -score)[:count]]
    chosen = _far_apart(unit, unsure, count - count // 2)
    taken = set(chosen)
    extra = [int(row) for row in rare if int(row) not in taken][: count // 2]
    mixed = [row for pair in zip(chosen, extra, strict=False) for row in pair]
    return mixed + [row for row in chosen + extra if row not in set(mixed)]


def _far_apart(unit: F32, rows: np.ndarray, count: int) -> list[int]:
    """Greedy: each next row is the farthest from those taken."""
    taken = [int(rows[0])]
    distance = np.linalg.norm(unit[rows] - unit[taken[0]], axis=1)
    while len(taken) < min(count, len(rows)):
        best = int(distance.argmax())
        taken.append(int(rows[best]))
        distance = np.minimum(distance, np.linalg.norm(unit[rows] - unit[taken[-1]], axis=1))
    return taken


def summary(labels: Mapping[str, bool]) -> tuple[int, int]:
    """(yes, no)."""
    yes = sum(labels.values())
    return yes, len(labels) - yes


def regress(features: F32, scores: F32, *, ridge: float = 1.0) -> tuple[F32, float]:
    """(weight f32 [F], bias) of a ridge regression of scores f32 [N] (NaN = skip) on standardised features."""
    known = np.isfinite(scores)
    mean, scale = features.mean(0), features.std(0) + 1e-3
    x = ((features[known] - mean) / scale).astype(np.float64)
    centre = float(scores[known].mean())
    square = x.T @ x + ridge * len(x) * 0.1 * np.eye(x.shape[1])
    weight = np.linalg.solve(square, x.T @ (scores[known] - centre)) / scale
    return weight.astype(np.float32), float(centre - weight @ mean)
