"""Directions from the public: arrays of InterFaceGAN, e4e, PTI and GANSpace, checked against the generator."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from facelab.core.editing.directions import Direction, read_vector
from facelab.core.errors import BadDirection
from facelab.core.studio.measure import sigma_of
from facelab.core.values import F32, GeneratorInfo


def import_direction(
    path: Path,
    key: str,
    info: GeneratorInfo,
    sampled_w: F32,
    *,
    component: int = 0,
    source: str = "",
    licence: str = "",
) -> Direction:
    """Read an .npy array and make it a direction of this generator.

    Known layouts: [w_dim], [1, w_dim] (InterFaceGAN, PTI: space w), [num_ws, w_dim] and [1, num_ws, w_dim] (e4e: w+;
    equal rows become w), [K, w_dim] and [K, 1, w_dim] with K other than num_ws (GANSpace: `component` chooses one).
    The vector is normalised and sigma measured over `sampled_w` [N, w_dim]. Raises BadDirection.
    """
    vector = _vector(path, read_vector(path), info, component)
    length = float(np.linalg.norm(vector))
    if length < 1e-6:
        raise BadDirection(path=path, reason="it is all zeros")
    unit = (vector / length).astype(np.float32)
    flat = unit if unit.ndim == 1 else unit.mean(axis=0)
    return Direction(
        key=key,
        vector=unit,
        sigma=max(sigma_of(unit, sampled_w), 1e-6),
        bias=-float(sampled_w.mean(axis=0) @ flat) * (1 if unit.ndim == 1 else len(unit)),
        generator_sha256=info.sha256,
        space="w" if unit.ndim == 1 else "w+",
        labels={"en": key.replace("_", " ").capitalize()},
        source=source or path.name,
        licence=licence,
    )


def _vector(path: Path, array: F32, info: GeneratorInfo, component: int) -> F32:
    rows = array.reshape(1, -1) if array.ndim == 1 else np.squeeze(array)
    rows = rows.reshape(1, -1) if rows.ndim == 1 else rows
    if rows.ndim != 2 or rows.shape[1] != info.w_dim:
        raise BadDirection(path=path, reason=f"shape {list(array.shape)}, this generator has w_dim {info.w_dim}")
    if len(rows) == 1:
        return rows[0]
    if len(rows) == info.num_ws:
        return rows[0] if np.allclose(rows, rows[:1]) else rows
    if not 0 <= component < len(rows):
        raise BadDirection(path=path, reason=f"component {component} of {len(rows)}")
    return np.asarray(rows[component])
