"""InterFaceGAN: a linear boundary between low and high scores (Shen et al. 2020, arXiv 2005.09635)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facelab.core.errors import BadScores
from facelab.core.values import F32

MIN_PER_SIDE = 10


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """normal: unit vector f32 [D], towards high scores. Distance of a code x: normal . x + bias.

    accuracy: share of held-out codes on the right side (balanced over both sides); the interval is
    95 % (Wilson). train, held_out: number of codes.
    """

    normal: F32
    bias: float
    accuracy: float
    interval: tuple[float, float]
    train: int
    held_out: int

    def distance(self, codes: F32) -> F32:
        """Signed distance [N] of codes [N, D]."""
        return np.asarray(codes @ self.normal + self.bias, np.float32)


def fit_boundary(
    codes: F32, scores: F32, *, share: float = 0.02, split: float = 0.7, seed: int = 0, penalty: float = 1.0
) -> Boundary:
    """Linear SVM between the top and the bottom `share` of the scores.

    codes: f32 [N, D] in z, w or flattened w+; scores: f32 [N], NaN = skip this one.
    share: 0..0.5 of the scored codes on each side (0.5 = all of them: a median split; labels 0/1 are
    split between their two values whatever the share). split: part used for fitting, the rest is held out.

    Raises BadScores when fewer than MIN_PER_SIDE codes are left on a side.
    """
    (fit_low, test_low), (fit_high, test_high) = split_sides(scores, share, split, seed)
    normal, bias = _svm(codes, fit_low, fit_high, penalty, seed)
    right_low = int((codes[test_low] @ normal + bias < 0).sum())
    right_high = int((codes[test_high] @ normal + bias > 0).sum())
    held_out = len(test_low) + len(test_high)
    accuracy = (right_low / len(test_low) + right_high / len(test_high)) / 2
    return Boundary(
        normal.astype(np.float32),
        float(bias),
        accuracy,
        wilson(accuracy, held_out),
        len(fit_low) + len(fit_high),
        held_out,
    )


def split_sides(
    scores: F32, share: float, split: float, seed: int
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """(fitted, held out) rows of the low side and of the high side, as `fit_boundary` takes them."""
    low, high = _two_sides(np.asarray(scores, np.float32), share)
    random = np.random.RandomState(seed)
    return _split(low, split, random), _split(high, split, random)


def _two_sides(scores: F32, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the low and the high side."""
    if not 0.0 < share <= 0.5:
        raise BadScores(reason=f"share is {share}, it must lie in 0..0.5")
    usable = np.flatnonzero(np.isfinite(scores))
    values = np.unique(scores[usable])
    if len(values) == 2:
        low, high = usable[scores[usable] == values[0]], usable[scores[usable] == values[1]]
    else:
        count = int(len(usable) * share)
        order = usable[np.argsort(scores[usable], kind="stable")]
        low, high = order[:count], order[len(order) - count :]
    if min(len(low), len(high)) < MIN_PER_SIDE:
        raise BadScores(
            reason=f"{len(low)} low and {len(high)} high codes, at least {MIN_PER_SIDE} of each are needed: "
            "label more pictures or raise the share"
        )
    return low, high


def _split(side: np.ndarray, part: float, random: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    shuffled = random.permutation(side)
    cut = min(max(int(len(side) * part), 1), len(side) - 1)
    return shuffled[:cut], shuffled[cut:]


def _svm(codes: F32, low: np.ndarray, high: np.ndarray, penalty: float, seed: int) -> tuple[np.ndarray, float]:
    """Unit normal and bias, in the units of the codes. Features are scaled by one number only, so that
    the margin stays a distance in the code's own space."""
    from sklearn.svm import LinearSVC  # 0.9 s to import, and only the studio needs it

    x = np.concatenate([codes[low], codes[high]]).astype(np.float64)
    y = np.r_[np.zeros(len(low)), np.ones(len(high))]
    centre, scale = x.mean(0), x.std() + 1e-12
    machine = LinearSVC(C=penalty, class_weight="balanced", dual="auto", random_state=seed, max_iter=20_000)
    machine.fit((x - centre) / scale, y)
    weight = machine.coef_[0]
    length = float(np.linalg.norm(weight))
    normal = weight / length
    bias = float(machine.intercept_[0]) * scale / length - float(normal @ centre)
    return normal, bias


def wilson(rate: float, count: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a rate seen in `count` trials (Wilson 1927)."""
    if count == 0:
        return 0.0, 1.0
    middle = (rate + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * np.sqrt(rate * (1 - rate) / count + z * z / (4 * count * count))
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))
