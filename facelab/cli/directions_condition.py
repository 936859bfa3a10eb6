"""`facelab directions condition`: on bare arrays, on sliders, or mixed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.cli.directions import figures
from facelab.cli.directions_files import check_files, open_studio, write_array
from facelab.cli.report import Console
from facelab.core.errors import FacelabError, UsageError

if TYPE_CHECKING:
    from facelab.core.values import F32, F64
    from facelab.engine.studio import Studio


def run_condition(options: argparse.Namespace, console: Console) -> int:
    """On bare arrays, on sliders, or mixed. Arrays alone need no model."""
    import numpy as np

    from facelab.core.studio.condition import condition

    names = [options.primal, *options.on]
    files = [Path(name) for name in names if _is_file(name)]
    if options.out is None and options.key is None:
        raise UsageError(detail="say where it goes: --out D.npy, or --key NEW to keep it as a slider")
    check_files([options.out], files, options)
    studio = open_studio(options, console) if len(files) < len(names) or options.key else None
    primal, *others = (_vector(name, studio, held=i > 0) for i, name in enumerate(names))
    flat = [np.asarray(other).reshape(-1) for other in others]
    if any(other.size != primal.size for other in flat):
        sizes = ", ".join(f"{name}: {np.shape(vector)}" for name, vector in zip(names, [primal, *others], strict=True))
        raise UsageError(detail=f"the arrays do not have the same number of values ({sizes})")
    clean = condition(primal, [other.reshape(np.shape(primal)) for other in flat])
    kept = float(clean.reshape(-1) @ primal.reshape(-1)) / float(np.linalg.norm(primal))
    dots = [float(clean.reshape(-1) @ o / np.linalg.norm(o)) for o in flat]
    if options.out is not None:
        write_array(options.out, clean)
        console.result(
            f"{options.out}: {kept:.3f} of the length is left, largest dot product {max(map(abs, dots)):.1e}"
        )
    report: dict[str, object] = {"schema": 1, "kept": kept, "dots": dots, "out": str(options.out or "")}
    if options.key is not None:
        assert studio is not None, "a key needs the model"
        report["direction"] = _keep_conditioned(options, console, studio, clean.astype(np.float32), kept)
    console.report(report)
    return 0


def _is_file(name: str) -> bool:
    return Path(name).suffix.lower() in (".npy", ".npz", ".pt") or Path(name).is_file()


def _vector(name: str, studio: Studio | None, *, held: bool) -> F64:
    """An array, or of a slider its vector; held: what its lock holds, the attribute's own growth where measured."""
    import numpy as np

    from facelab.core.studio.importing import read_array

    if _is_file(name):
        return np.asarray(read_array(Path(name))[1], np.float64) if Path(name).suffix != ".npy" else _exact(Path(name))
    assert studio is not None, "a key needs the model"
    direction = studio.toolkit.direction(name)
    return np.asarray(direction.held if held else direction.vector, np.float64)


def _exact(path: Path) -> F64:
    """An .npy with all its digits: boundaries are float64."""
    import numpy as np

    from facelab.core.errors import BadDirection
    from facelab.core.formats.arrays import load_arrays

    try:
        (array,) = load_arrays(path).values()
    except FacelabError as error:
        raise BadDirection(path=path, reason=str(error.params.get("reason", error))) from error
    if array.dtype.kind != "f" or not np.isfinite(array).all() or not array.size:
        raise BadDirection(path=path, reason="it must hold finite floating point numbers")
    return np.asarray(array, np.float64)


def _keep_conditioned(
    options: argparse.Namespace, console: Console, studio: Studio, vector: F32, kept: float
) -> dict[str, object]:
    from dataclasses import replace

    from facelab.engine.own_directions import save_own
    from facelab.engine.studio_tools import names_of

    if _is_file(options.primal):
        raise UsageError(detail="--key needs a slider as --primal; import the array first: facelab directions import")
    old = studio.toolkit.direction(options.primal)
    names = names_of(options.key, dict(options.name))
    made = replace(
        old, key=options.key, labels=names, vector=vector, sigma=old.sigma * kept, accuracy=None, leakage={},
        group="custom", source=f"{old.key} conditioned on {', '.join(options.on)}",
    )  # fmt: skip
    path = save_own(made, replace=options.force)
    console.result(f"kept as {options.key} in {path}")
    return figures(made)
