"""`facelab bench`: run one measurement and report it as JSON."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from facelab.cli.report import Console, check_report_target
from facelab.core.errors import UsageError
from facelab.core.processes import alive

LOCK = "facelab-training.lock"
PACKAGE = "facelab.bench"


def run(options: argparse.Namespace) -> int:
    """Call `run(options) -> dict` of the module facelab/bench/WHAT.py; its `lines(result)` tell it in words."""
    console = Console(options)
    check_report_target(options)
    known = measurements()
    if options.what not in known:
        raise UsageError(detail=f"no measurement {options.what!r}; there are: {', '.join(known)}")
    training = training_process()
    if training is not None:
        console.complain(f"a training run (process {training}) is active: these figures are too slow")
    module = importlib.import_module(f"{PACKAGE}.{options.what}")
    measure: Callable[[argparse.Namespace], Mapping[str, object]] = module.run
    in_words: Callable[[Mapping[str, object]], list[str]] = getattr(module, "lines", plain_lines)
    result = {"schema": 1, "what": options.what, "training_active": training is not None, **measure(options)}
    if options.json is None:
        for line in in_words(result):
            console.result(line)
    console.report(result)
    return 0


def plain_lines(result: Mapping[str, object]) -> list[str]:
    return [f"{key}: {value}" for key, value in result.items()]


def measurements() -> list[str]:
    """The modules of facelab/bench."""
    package = importlib.util.find_spec(PACKAGE)
    folders = package.submodule_search_locations if package else None
    return sorted(
        path.stem for folder in folders or () for path in Path(folder).glob("*.py") if not path.stem.startswith("_")
    )


def training_process() -> int | None:
    """The process that trains right now, from its lock file; None when nobody does."""
    path = Path(os.environ.get("TMPDIR") or tempfile.gettempdir()) / LOCK
    try:
        pid = int(path.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if alive(pid) else None
