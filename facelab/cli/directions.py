"""`facelab directions`: list and show sliders; the studio's verbs are in directions_studio.py."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from facelab.cli.report import Console, check_report_target
from facelab.cli.work import model_report

if TYPE_CHECKING:
    from facelab.core.editing.directions import Direction
    from facelab.engine.toolkit import Toolkit


def run(options: argparse.Namespace) -> int:
    """Do one verb."""
    check_report_target(options)
    match options.action:
        case "list":
            return _list(options)
        case "show":
            return _show(options)
        case _:
            from facelab.cli import directions_studio

            return directions_studio.run(options)


def open_toolkit(options: argparse.Namespace, console: Console) -> Toolkit:
    """The model of --model."""
    from facelab.engine.toolkit import load_toolkit

    toolkit = load_toolkit(options.model, options.device)
    console.notices(toolkit.notices)
    return toolkit


def figures(direction: Direction) -> dict[str, object]:
    """A slider for the JSON report."""
    return {
        "key": direction.key,
        "names": dict(direction.labels),
        "group": direction.group,
        "space": direction.space,
        "layers": [direction.layers.first, direction.layers.last] if direction.layers else None,
        "sigma": round(direction.sigma, 5),
        "range": [direction.low, direction.high],
        "accuracy": direction.accuracy,
        "leakage": {key: round(float(value), 3) for key, value in direction.leakage.items()},
        "spread": list(direction.spread) if direction.spread else None,
        "source": direction.source,
        "licence": direction.licence,
        "generator_sha256": direction.generator_sha256,
    }


def _list(options: argparse.Namespace) -> int:
    from facelab.engine.own_directions import own_folder

    console = Console(options)
    toolkit = open_toolkit(options, console)
    own = own_folder(toolkit.generator.info.sha256)
    listed = []
    for key, direction in toolkit.directions.items():
        mine = (own / key / "direction.toml").is_file()
        accuracy = f"{direction.accuracy:.2f}" if direction.accuracy is not None else "-"
        console.result(
            f"{key:16s} {direction.label:24s} {direction.low:+.1f}..{direction.high:+.1f}  "
            f"accuracy {accuracy:5s} {'your own' if mine else ''}".rstrip()
        )
        listed.append({**figures(direction), "own": mine})
    console.report({**model_report(toolkit), "directions": listed})
    return 0


def _show(options: argparse.Namespace) -> int:
    console = Console(options)
    toolkit = open_toolkit(options, console)
    found = figures(toolkit.direction(options.key))
    for name, value in found.items():
        if isinstance(value, dict):
            value = ", ".join(f"{k} {v}" for k, v in value.items()) or "-"
        console.result(f"{name:18s} {'-' if value in (None, '') else value}")
    console.report({**model_report(toolkit), "direction": found})
    return 0
