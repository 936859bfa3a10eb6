"""Directions from the public: arrays of InterFaceGAN, e4e, PTI and GANSpace, checked against the generator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facelab.core.editing.directions import Direction
from facelab.core.errors import BadDirection, BrokenCheckpoint, UnsupportedCheckpoint
from facelab.core.formats.arrays import load_arrays
from facelab.core.formats.torch_arrays import load_torch_arrays
from facelab.core.studio.measure import sigma_of
from facelab.core.values import F32, GeneratorInfo

MAX_BYTES = 64 << 20
STACKS = ("act_comp", "lat_comp", "components", "comp")
"""Names under which GANSpace and its ports store components, in the order they are preferred: of W, lat_comp."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """vectors: f32 [K, w_dim or z_dim] or [K, num_ws, w_dim], one per component. layout: what it was taken for."""

    vectors: F32
    layout: str


def read_array(path: Path) -> tuple[str, F32]:
    """The direction array of an .npy, .npz or .pt file, by content, never running code: (name, finite f32 array).

    Of several arrays the components of a GANSpace file are taken, else the only one there is. Raises BadDirection.
    """
    arrays = _arrays(path)
    numbers = {name: a for name, a in arrays.items() if a.dtype.kind == "f" and a.size}
    name = next((stack for stack in ("lat_comp", *STACKS) if stack in numbers), None)
    if name is None:
        if len(numbers) != 1:
            listed = ", ".join(f"{key or 'tensor'} {list(a.shape)}" for key, a in list(numbers.items())[:6])
            raise BadDirection(path=path, reason=f"it holds {len(numbers)} arrays of numbers ({listed or 'none'})")
        name = next(iter(numbers))
    array = np.asarray(numbers[name], np.float32)
    if not np.isfinite(array).all():
        raise BadDirection(path=path, reason="it holds numbers that are not finite")
    return name, array


def _arrays(path: Path) -> Mapping[str, NDArray[np.generic]]:
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise BadDirection(path=path, reason="it is not a regular file")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadDirection(path=path, reason=f"larger than {MAX_BYTES >> 20} MiB")
        with path.open("rb") as file:
            head = file.read(6)
        if head == b"\x93NUMPY":
            return load_arrays(path)
        if head[:4] == b"PK\x03\x04" and path.suffix.lower() == ".npz":
            return load_arrays(path)
        return load_torch_arrays(path)
    except OSError as error:
        raise BadDirection(path=path, reason=error.strerror or "it cannot be read") from error
    except (BrokenCheckpoint, UnsupportedCheckpoint) as error:
        raise BadDirection(path=path, reason=str(error.params["reason"])) from error


def recognise(path: Path, array: F32, info: GeneratorInfo, space: str = "auto") -> Found:
    """Which of the public layouts an array has.

    [D], [1, D]: InterFaceGAN, PTI (W, or Z where said so). [num_ws, D], [1, num_ws, D]: e4e (W+; equal rows are W).
    [K, D], [K, 1, D] with another K: GANSpace components. space: "auto" (W unless the shape says W+), "z", "w", "w+".
    Raises BadDirection, which names both shapes.
    """
    wanted = info.z_dim if space == "z" else info.w_dim
    rows = np.atleast_2d(np.squeeze(array))
    if rows.ndim == 3 and rows.shape[1] == info.num_ws and rows.shape[2] == wanted and space in ("auto", "w+"):
        return Found(rows, "W+ components")
    if rows.ndim != 2 or rows.shape[1] != wanted:
        needs = f"a direction of this generator ends in {wanted} numbers"
        if info.z_dim != info.w_dim:
            needs += f" ({info.z_dim} in Z, {info.w_dim} in W)"
        raise BadDirection(path=path, reason=f"its shape is {list(array.shape)}; {needs}")
    if len(rows) == 1:
        if space == "w+":
            raise BadDirection(path=path, reason=f"one row is a direction of W; W+ has {info.num_ws} rows here")
        return Found(rows, "InterFaceGAN Z boundary" if space == "z" else "InterFaceGAN or PTI direction in W")
    stacked = array.ndim == 3 and array.shape[1] == 1
    if len(rows) == info.num_ws and not stacked and space in ("auto", "w+"):
        if np.allclose(rows, rows[:1]):
            return Found(rows[:1], "e4e direction, the same in every layer")
        return Found(rows[None], "e4e direction in W+")
    if space == "w+":
        raise BadDirection(path=path, reason=f"{len(rows)} rows; W+ has {info.num_ws} here")
    return Found(rows, "GANSpace components")


def make_direction(
    path: Path,
    found: Found,
    key: str,
    info: GeneratorInfo,
    sampled_w: F32,
    *,
    component: int = 0,
    labels: Mapping[str, str] | None = None,
    source: str = "",
    licence: str = "",
) -> Direction:
    """One component as a direction of this generator: unit vector, sigma over sampled_w f32 [N, w_dim].

    bias puts 0 at the mean of the samples, since an array does not tell where its boundary was. Raises BadDirection.
    """
    if not 0 <= component < len(found.vectors):
        raise BadDirection(path=path, reason=f"component {component}: it has {len(found.vectors)}, counted from 0")
    vector = found.vectors[component].astype(np.float64)
    length = float(np.linalg.norm(vector))
    if length < 1e-9:
        raise BadDirection(path=path, reason="it is all zeros")
    unit = (vector / length).astype(np.float32)
    flat = unit if unit.ndim == 1 else unit.sum(axis=0)
    return Direction(
        key=key,
        vector=unit,
        sigma=max(sigma_of(unit, sampled_w), 1e-6),
        bias=-float(sampled_w.mean(axis=0) @ flat),
        generator_sha256=info.sha256,
        space="w" if unit.ndim == 1 else "w+",
        labels=dict(labels or {"en": key.replace("_", " ").capitalize()}),
        source=source or path.name,
        licence=licence,
    )
