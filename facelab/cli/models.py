"""`facelab models list|info|verify|add`: what is here, what is in a file, whether it is whole, and one more."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from facelab import __version__
from facelab.cli.main import require
from facelab.cli.outputs import PROJECT_SUFFIX, check_targets, report_targets
from facelab.cli.report import Console

if TYPE_CHECKING:
    from facelab.catalog import ListedModel, Verified
    from facelab.core.generator import FaceGenerator
    from facelab.project.store import Project

BAD, MISSING = 3, 4


def run(options: argparse.Namespace) -> int:
    """One action; a personal .facelab file is taken like any other model file."""
    console = Console(options)
    name = options.name or options.model
    inputs = [Path(name)] if name and Path(name).is_file() else []
    check_targets(report_targets(options), inputs, force=options.force)
    match options.action:
        case "list":
            require(options.name is None, "models list takes no name; models info NAME tells more of one")
            return _list(console)
        case "info":
            return _project_info(console, Path(name)) if is_project(name) else _info(console, name)
        case "verify":
            return _verify_project(console, Path(name)) if is_project(name) else _verify(console, name)
        case _:
            require(options.name is not None, "models add needs a file")
            return _add(console, Path(options.name))


def is_project(name: str | None) -> bool:
    """Whether a name is the path of a .facelab file."""
    return name is not None and Path(name).suffix.lower() == PROJECT_SUFFIX and Path(name).is_file()


def _list(console: Console) -> int:
    from facelab.catalog import list_models

    models = list_models()
    width = max(len(model.name) for model in models)
    for model in models:
        here = "here" if model.present else "not here"
        console.result(f"{model.name:{width}}  {model.kind:10}  {_size(model.size):>8}  {here:8}  {model.title}")
    console.report(_head() | {"models": [_listed(model) for model in models]})
    return 0


def _listed(model: ListedModel) -> dict[str, object]:
    return asdict(model) | {"path": str(model.path)}


def _info(console: Console, name: str | None) -> int:
    from facelab.catalog import inspect_model

    report = asdict(inspect_model(name))
    notices = report.pop("notices")
    report |= {"path": str(report["path"]), "channels": list(report["channels"])}
    report["convention"] = dict(zip(("crop_scale", "crop_shift"), report["convention"], strict=True))
    report["notices"] = [f"{notice['code']}: {notice['text']}" for notice in notices]
    _tell(console, report)
    console.report(_head() | {"info": report})
    return 0


def _project_info(console: Console, path: Path) -> int:
    """What a personal generator is, and what else the file holds."""
    project = _open(path)
    info = project.generator.info
    report: dict[str, object] = {
        "path": str(path),
        "name": path.stem,
        "format": "facelab",
        "size": path.stat().st_size,
        "sha256": info.sha256,
        "resolution": info.resolution,
        "num_ws": info.num_ws,
        "z_dim": info.z_dim,
        "w_dim": info.w_dim,
        "parameters": info.parameters,
        "licence": info.licence,
        "tuned": project.tuned,
        "preset": project.preset,
        "base": {"name": project.base_name, "sha256": project.base_sha256},
        "photos": [
            {"name": photo.name, "width": photo.width, "height": photo.height, "inside": photo.data is not None}
            for photo in project.photos
        ],
        "directions": list(project.directions),
        "edits": {edit.key: edit.amount for edit in project.recipe.edits},
    }
    _tell(console, report)
    console.report(_head() | {"info": report})
    return 0


def _verify(console: Console, name: str | None) -> int:
    from facelab.catalog import verify_model

    checked = verify_model(name)
    for file in checked:
        console.result(f"{file.state:8} {file.path}{_difference(file)}")
    files = [asdict(file) | {"path": str(file.path)} for file in checked]
    console.report(_head() | {"files": files})
    states = {file.state for file in checked}
    for file in checked:
        if file.state == "wrong":
            console.complain(f"{file.path}: the checksum is wrong. Get the file again from its source.")
        elif file.state == "missing":
            console.complain(f"{file.path}: this file is not here. models list says what it improves.")
    return BAD if "wrong" in states else MISSING if "missing" in states else 0


def _difference(file: Verified) -> str:
    match file.state:
        case "wrong":
            return f": {file.actual}, expected {file.expected}"
        case "unknown":
            return f": {file.actual}, and no hash is known to compare it with"
        case _:
            return ""


def _verify_project(console: Console, path: Path) -> int:
    """Reading checks every checksum, shape and number; whatever is wrong is raised as BrokenProject."""
    project = _open(path)
    console.result(f"ok       {path}")
    file = {"path": str(path), "state": "ok", "expected": "", "actual": project.generator.info.sha256}
    console.report(_head() | {"files": [file]})
    return 0


def _add(console: Console, path: Path) -> int:
    from facelab.catalog import add_model

    if not is_project(str(path)):
        added = add_model(path)
    else:
        with tempfile.TemporaryDirectory(prefix="facelab-") as folder:  # readable by this user only
            added = add_model(_unpacked(_open(path), Path(folder) / f"{path.stem}.safetensors"))
        from facelab.project.store import CONSENT

        console.say(CONSENT)
    console.result(f"{added.name}: {added.path}")
    console.report(_head() | {"added": _listed(added)})
    return 0


def _unpacked(project: Project, target: Path) -> Path:
    """The personal generator as a checkpoint of its own."""
    from facelab.core.formats import ModelMetadata, save_native

    generator: FaceGenerator = project.generator
    info = generator.info
    about = ModelMetadata(
        name=target.stem,
        licence=info.licence,
        source=f"personal generator, tuned from {project.base_name} {project.base_sha256}",
        crop=info.crop,
    )
    save_native(target, generator.network.config, generator.network.state_dict(), about)
    return target


def _open(path: Path) -> Project:
    from facelab.engine.toolkit import find_base
    from facelab.project.store import load_project

    return load_project(path, find_base)


def _head() -> dict[str, object]:
    return {"schema": 1, "facelab": __version__}


def _tell(console: Console, report: dict[str, object]) -> None:
    for key, value in report.items():
        console.result(f"{key:14} {_words(value)}")


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(each)}" for key, each in value.items()) or "none"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(_words, value)) or "none"
    return str(value)


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count else "?"
