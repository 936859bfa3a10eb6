"""Directions: what a slider moves, as data on disk.

A direction is a folder with `direction.npy` (the unit vector), `direction.toml` (all else) and, where it was
measured, `normal.npy` (the way in which the attribute itself grows fastest). It belongs to one generator, named by
the sha256 over its tensors, and means nothing in another.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import tomli_w
from numpy.typing import NDArray

from facelab.core.errors import BadDirection, BrokenCheckpoint, UnsupportedCheckpoint, WrongGenerator
from facelab.core.files import small_file, write_atomic
from facelab.core.recipe import LayerRange, ParamSpec
from facelab.core.values import F32

MAX_BYTES = 16 << 20
MAX_TEXT = 16 << 10  # real ones have 1 KiB; the parser needs seconds for some texts of 64 KiB
CLASSES = ("free", "stiff", "none")


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """An attribute's axis in W or W+.

    vector: unit f32 [w_dim] (space "w") or [num_ws, w_dim] (space "w+"). sigma: standard deviation of
    vector . w over 10,000 w sampled at psi 1, seed 0: one slider unit moves the code by sigma * vector.
    bias: vector . w + bias is the signed distance to the attribute's boundary, in the units of w.
    low, high: usable range in sigma. klass: how paste back may move photo pixels for it ("free": flow as
    measured, "stiff": smooth flow, "none": an object appears or goes, nothing moves).
    labels: name by language. group: pose, expression, look, style or custom. layers: where it acts by default.
    accuracy: held-out, 0..1. leakage: share of its own movement by which other attributes move, by key.
    spread: 5 % and 95 % quantile of its coordinate over encoded real faces, in sigma.
    normal: unit f32 [w_dim], the mean gradient of the judged attribute in W; None = not measured. normal . w +
    normal_bias is 0 where the attribute is neither there nor not.
    """

    key: str
    vector: F32
    sigma: float
    generator_sha256: str
    bias: float = 0.0
    space: str = "w"
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str = "custom"
    low: float = -3.0
    high: float = 3.0
    klass: str = "stiff"
    layers: LayerRange | None = None
    accuracy: float | None = None
    leakage: Mapping[str, float] = field(default_factory=dict)
    spread: tuple[float, float] | None = None
    source: str = ""
    licence: str = ""
    normal: F32 | None = None
    normal_bias: float = 0.0

    @property
    def held(self) -> F32:
        """What a lock keeps other sliders off: f32 [w_dim] or [num_ws, w_dim].

        The normal, since nothing across it changes the attribute; the slider's own vector may lie across it in part.
        """
        return self.vector if self.normal is None else self.normal

    @property
    def label(self) -> str:
        """The English name."""
        return self.labels.get("en", self.key.replace("_", " ").capitalize())

    @property
    def spec(self) -> ParamSpec:
        """What a slider or flag needs."""
        return ParamSpec(self.key, self.label, self.group, self.low, self.high)

    def step(self, num_ws: int) -> F32:
        """The offset of one slider unit in W+: f32 [num_ws, w_dim]; layers outside the default range are 0."""
        offset = np.broadcast_to(self.vector * np.float32(self.sigma), (num_ws, self.vector.shape[-1])).copy()
        if self.layers is not None:
            keep = np.zeros((num_ws, 1), np.float32)
            keep[self.layers.first : self.layers.last + 1] = 1.0
            offset *= keep
        return offset


MIN_ALONG = 0.05
"""Cosine of slider and normal below which the slider's own vector is read instead."""


def levels(direction: Direction, w_plus: F32) -> NDArray[np.float64]:
    """The model's judgement of codes f32 [N, num_ws, w_dim]: signed distance to the boundary, f64 [N].

    In slider units: moving the slider by 1 changes it by 1. It is read along the normal, which tells the attribute
    far better than the slider's own vector; that one is a likely step, and other things lie along it as well. Only the
    layers that the slider drives are read, so that a face has the same level as with a slider of all layers.
    """
    own = direction.layers if direction.layers is not None and direction.layers.first < w_plus.shape[1] else None
    part = slice(None) if own is None else slice(own.first, own.last + 1)
    codes, vector = w_plus.astype(np.float64)[:, part], direction.vector.astype(np.float64)
    vector = vector[part] if direction.space == "w+" else vector
    if direction.normal is not None:
        normal = direction.normal.astype(np.float64)
        step = direction.step(w_plus.shape[1]).astype(np.float64)[part].mean(axis=0)  # [num_ws, w] -> [w]
        along = float(step @ normal)
        if along > MIN_ALONG * float(np.linalg.norm(step)) > 0:
            return np.asarray((codes.mean(axis=1) @ normal + direction.normal_bias) / along)
    distance = np.tensordot(codes, vector, axes=2) if direction.space == "w+" else codes.mean(axis=1) @ vector
    return np.asarray((distance + direction.bias) / max(direction.sigma, 1e-12))


def level(direction: Direction, w_plus: F32) -> float:
    """`levels` of one code [num_ws, w_dim]."""
    return float(levels(direction, w_plus[None])[0])


class _File(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The fields of direction.toml."""

    key: str
    sigma: float
    generator_sha256: str
    bias: float = 0.0
    normal_bias: float = 0.0
    space: str = "w"
    group: str = "custom"
    low: float = -3.0
    high: float = 3.0
    klass: str = "stiff"
    layers: tuple[int, int] | None = None
    accuracy: float | None = None
    spread: tuple[float, float] | None = None
    source: str = ""
    licence: str = ""
    labels: dict[str, str] = {}
    leakage: dict[str, float] = {}


def load_direction(folder: Path) -> Direction:
    """Read one folder. Raises BadDirection, which names the file."""
    text, array = folder / "direction.toml", folder / "direction.npy"
    try:
        meta = msgspec.toml.decode(small_file(text, MAX_TEXT), type=_File)
    except OSError as error:
        raise BadDirection(path=text, reason=error.strerror or "it cannot be read") from error
    except (ValueError, RecursionError) as error:
        raise BadDirection(path=text, reason=str(error)[:200]) from error
    vector = read_vector(array)
    expected = 1 if meta.space == "w" else 2
    if vector.ndim != expected or meta.klass not in CLASSES:
        raise BadDirection(path=text, reason=f"space {meta.space}, class {meta.klass}, shape {list(vector.shape)}")
    if (
        not meta.low < meta.high
        or not np.isfinite([meta.low, meta.high, meta.sigma, meta.bias, meta.normal_bias]).all()
    ):
        raise BadDirection(path=text, reason="range, sigma and bias must be finite, low below high")
    fields = msgspec.structs.asdict(meta)
    fields["layers"] = LayerRange(*meta.layers) if meta.layers else None
    normal = read_vector(folder / "normal.npy") if (folder / "normal.npy").is_file() else None
    if normal is not None and normal.shape != vector.shape[-1:]:
        raise BadDirection(path=folder / "normal.npy", reason=f"its shape is {list(normal.shape)}")
    return Direction(vector=vector, normal=normal, **fields)


def read_vector(path: Path) -> F32:
    """A finite float array from an .npy file, never running code. Raises BadDirection."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadDirection(path=path, reason=f"larger than {MAX_BYTES >> 20} MiB")
        from facelab.core.formats.arrays import load_arrays  # the package imports torch; the window is shown before

        array = load_arrays(path).get(path.stem)
    except OSError as error:
        raise BadDirection(path=path, reason=error.strerror or "it cannot be read") from error
    except (BrokenCheckpoint, UnsupportedCheckpoint) as error:
        raise BadDirection(path=path, reason=str(error.params["reason"])) from error
    if array is None or array.dtype.kind != "f" or not np.isfinite(array).all():
        raise BadDirection(path=path, reason="it must hold finite floating point numbers")
    return np.asarray(array, np.float32)


def save_direction(direction: Direction, folder: Path) -> None:
    """Write direction.npy, direction.toml and, where there is one, normal.npy. Raises CannotWrite."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / "direction.npy", _npy(direction.vector))
    if direction.normal is not None:
        write_atomic(folder / "normal.npy", _npy(direction.normal))
    else:
        (folder / "normal.npy").unlink(missing_ok=True)
    names = [name for name in _File.__struct_fields__ if name not in ("labels", "leakage", "layers")]
    meta = _File(
        **{name: getattr(direction, name) for name in names},
        labels=dict(direction.labels),
        leakage={key: round(float(value), 4) for key, value in direction.leakage.items()},
        layers=(direction.layers.first, direction.layers.last) if direction.layers else None,
    )
    write_atomic(folder / "direction.toml", tomli_w.dumps(msgspec.to_builtins(meta)).encode())


def _npy(array: F32) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(array, np.float32), allow_pickle=False)
    return buffer.getvalue()


def load_directions(folder: Path, generator_sha256: str | None = None) -> dict[str, Direction]:
    """All directions below a folder by key, sorted by folder name.

    generator_sha256: refuse (WrongGenerator) those made for another generator; None = take all.
    Raises BadDirection.
    """
    found: dict[str, Direction] = {}
    if not folder.is_dir():
        return found
    for entry in sorted(folder.iterdir()):
        if not (entry / "direction.toml").is_file():
            continue
        direction = load_direction(entry)
        if generator_sha256 is not None:
            check_generator(direction, generator_sha256)
        found[direction.key] = direction
    return found


def check_generator(direction: Direction, generator_sha256: str) -> None:
    """Raises WrongGenerator when the direction belongs to another generator."""
    if direction.generator_sha256 != generator_sha256:
        raise WrongGenerator(
            what=f"The direction {direction.key}",
            expected=direction.generator_sha256[:12],
            actual=generator_sha256[:12],
        )
