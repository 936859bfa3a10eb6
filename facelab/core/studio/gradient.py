"""How attributes grow in W: the mean gradient of what is judged in the picture."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from facelab.core.generator import FaceGenerator
from facelab.core.progress import Progress, Steps
from facelab.core.values import F32

Judged = Callable[[Tensor], Tensor]
"""Images f32 [N, 3, R, R] in [-1, 1] -> scores [N, K], differentiable."""
BATCH = 4


def mean_gradients(generator: FaceGenerator, judged: Judged, w: F32) -> Steps[F32]:
    """Unit normals f32 [K, w_dim]: the mean over codes w f32 [N, w_dim] of d score_k / d w, each normalised.

    A step across all of them changes no score to first order, which no slider's own vector promises: that one is a
    likely step which raises its attribute, and others may grow along it as well.
    """
    total: np.ndarray | None = None
    num_ws = generator.info.num_ws
    for first in range(0, len(w), BATCH):
        codes = torch.from_numpy(w[first : first + BATCH]).to(generator.device).requires_grad_(True)
        with torch.enable_grad():
            images = generator.network.synthesis(codes[:, None].expand(-1, num_ws, -1))  # [n, w] -> [n, num_ws, w]
            scores = judged(images.clamp(-1, 1))
            rows = []
            for k in range(scores.shape[1]):
                (slope,) = torch.autograd.grad(scores[:, k].sum(), codes, retain_graph=k + 1 < scores.shape[1])
                rows.append(slope.sum(dim=0).cpu().numpy())
        total = np.stack(rows) if total is None else total + np.stack(rows)
        yield Progress("gradient", min(first + BATCH, len(w)), len(w))
    assert total is not None, "there is at least one code"
    length = np.linalg.norm(total.astype(np.float64), axis=1, keepdims=True).clip(1e-30)
    return np.asarray(total / length, np.float32)
