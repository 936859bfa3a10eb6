"""How attributes grow in W: the mean gradient of what is judged in the picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from facelab.core.generator import FaceGenerator
from facelab.core.progress import Progress, Steps
from facelab.core.values import F32, F64

Judged = Callable[[Tensor], Tensor]
"""Images f32 [N, 3, R, R] in [-1, 1] -> scores [N, K], differentiable."""
BATCH = 4


@dataclass(frozen=True, slots=True, eq=False)
class Normals:
    """vectors: unit f32 [K, w_dim]; biases: f64 [K], so that vector . w + bias is 0 where the score is."""

    vectors: F32
    biases: F64


def mean_gradients(generator: FaceGenerator, judged: Judged, w: F32) -> Steps[Normals]:
    """Normals of K scores: the mean over codes w f32 [N, w_dim] of d score_k / d w, normalised.

    A step across all of them changes no score to first order, which no slider's own vector promises: that one is a
    likely step which raises its attribute, and others may grow along it as well.
    """
    slopes: list[np.ndarray] = []
    scores: list[np.ndarray] = []
    for first in range(0, len(w), BATCH):
        found = _slopes(generator, judged, w[first : first + BATCH])
        slopes.append(found[0])
        scores.append(found[1])
        yield Progress("gradient", min(first + BATCH, len(w)), len(w))
    slope = np.concatenate(slopes).mean(axis=0, dtype=np.float64)  # [N, K, w] -> [K, w]
    length = np.linalg.norm(slope, axis=1, keepdims=True).clip(1e-30)
    units = slope / length
    heights = np.concatenate(scores).mean(axis=0, dtype=np.float64) / length[:, 0]
    return Normals(units.astype(np.float32), np.asarray(heights - units @ w.mean(axis=0, dtype=np.float64)))


def dividing_bias(along: F32 | F64, above: NDArray[np.bool_]) -> float:
    """bias with which as many codes lie above the boundary as are judged above it: along f [N] = normal . w.

    It stays within the codes (2 % to 98 %), where all of them are judged alike.
    """
    share = min(max(float(above.mean()), 0.02), 0.98)
    return -float(np.quantile(along, 1 - share))


def _slopes(generator: FaceGenerator, judged: Judged, w: F32) -> tuple[np.ndarray, np.ndarray]:
    """(d score / d w [n, K, w_dim], scores [n, K])."""
    codes = torch.from_numpy(w).to(generator.device).requires_grad_(True)
    with torch.enable_grad():
        images = generator.network.synthesis(codes[:, None].expand(-1, generator.info.num_ws, -1))
        scores = judged(images.clamp(-1, 1))
        rows = []
        for k in range(scores.shape[1]):
            (slope,) = torch.autograd.grad(scores[:, k].sum(), codes, retain_graph=k + 1 < scores.shape[1])
            rows.append(slope.cpu().numpy())
    return np.stack(rows, axis=1), scores.detach().cpu().numpy()
