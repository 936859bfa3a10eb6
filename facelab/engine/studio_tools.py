"""Small steps of the studio that need no state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from facelab.core.editing.directions import Direction
from facelab.core.studio.condition import condition
from facelab.core.values import F32
from facelab.engine.studio_values import FitPlan
from facelab.engine.toolkit import Toolkit


def conditioned(direction: Direction, conditions: list[Direction]) -> tuple[Direction, float]:
    """The direction without its part along what locks of the conditions hold, and the share of its length left."""
    if not conditions:
        return direction, 1.0
    shape = np.broadcast_shapes(direction.vector.shape, *(c.held.shape for c in conditions))
    primal = np.broadcast_to(direction.vector, shape)
    clean = condition(primal, [np.broadcast_to(c.held, shape) for c in conditions]).astype(np.float32)
    kept = float(np.sum(clean * primal)) / float(np.linalg.norm(primal))
    if clean.ndim == 2 and direction.vector.ndim == 1 and np.allclose(clean, clean[:1]):
        clean = clean[0] / np.linalg.norm(clean[0])
    space = "w" if clean.ndim == 1 else "w+"
    return replace(direction, vector=clean, space=space, sigma=direction.sigma * kept), kept


def names_of(key: str, names: Mapping[str, str]) -> dict[str, str]:
    """Names by language; the English one is made of the key when there is none."""
    english = names.get("en") or next(iter(names.values()), "") or key.replace("_", " ").capitalize()
    return {"en": english, **{code: text for code, text in names.items() if text}}


def source_of(plan: FitPlan) -> str:
    if plan.attribute:
        return f"fitted on the attribute net's {plan.attribute}, {plan.samples} samples, {plan.space}"
    return f"fitted on {len(plan.scores)} scored faces, {plan.space}"


def affine_weights(toolkit: Toolkit) -> list[F32]:
    """The style-affine weights per latent 0 .. num_ws - 1: of the convolution it drives, below it toRGB's."""
    rows: list[list[F32]] = [[] for _ in range(toolkit.generator.info.num_ws)]
    first = 0
    for block in toolkit.generator.network.synthesis.blocks:
        names = [name for name in ("conv0", "conv1") if hasattr(block, name)]
        for i, name in enumerate([*names, "torgb"] if hasattr(block, "torgb") else names):
            layer = block.get_submodule(f"{name}.affine")
            weight = layer.state_dict()["weight"].float().cpu().numpy()
            rows[first + i].append(np.asarray(weight, np.float32))
        first += len(names)
    return [np.concatenate(parts) for parts in rows]
