"""What the command line says: progress and remarks on stderr, results and JSON on stdout."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from facelab.cli.bars import Bar, open_bar
from facelab.core.errors import FacelabError, OutputExists
from facelab.core.files import write_atomic
from facelab.core.progress import Progress, Steps
from facelab.core.values import Notice

T = TypeVar("T")

STAGES = {
    "load": "loading",
    "find": "finding faces",
    "encode": "reading the face",
    "invert": "searching the face",
    "noise": "fitting the noise",
    "tune": "fitting the model to this face",
    "paste": "drawing",
    "export": "writing",
    "look": "looking at faces",
    "fit": "fitting the boundary",
    "effect": "measuring the effect",
    "range": "measuring the range",
    "preview": "drawing previews",
    "components": "finding components",
    "matrix": "measuring leakage",
    "gradient": "finding how it grows",
}


class Console:
    """One per command. seconds: time spent per stage, for the JSON report."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.quiet = bool(options.quiet)
        self.json: str | None = options.json
        self.seconds: dict[str, float] = {}
        self.failed: list[dict[str, object]] = []
        self._told: set[str] = set()

    def drive(self, steps: Steps[T]) -> T:
        """Run a long job with one bar per stage: stage, step, rate, time left."""
        bar: Bar | None = None
        stage, began = "", time.monotonic()
        try:
            while True:
                try:
                    progress: Progress = next(steps)
                except StopIteration as stop:
                    result: T = stop.value
                    return result
                if progress.stage != stage:
                    began = self._stage_ended(stage, began, bar)
                    stage = progress.stage
                    bar = open_bar(STAGES.get(stage, stage), progress.total, silent=self.quiet)
                if bar is not None:
                    bar.update(progress.step - bar.n)
        finally:
            steps.close()
            self._stage_ended(stage, began, bar)

    def _stage_ended(self, stage: str, began: float, bar: Bar | None) -> float:
        now = time.monotonic()
        if stage:
            self.add_seconds(stage, now - began)
        if bar is not None:
            bar.close()
        return now

    def add_seconds(self, stage: str, seconds: float) -> None:
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds

    def take_seconds(self) -> dict[str, float]:
        """The seconds by stage since the last call."""
        seconds, self.seconds = self.seconds, {}
        return {stage: round(value, 3) for stage, value in seconds.items()}

    def say(self, text: str) -> None:
        """A remark for the user."""
        if not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def notices(self, notices: Iterable[Notice], about: str = "") -> None:
        """Tell each remark once per command."""
        for notice in notices:
            self.notice_once(f"{about}: {notice.text}" if about else notice.text)

    def notice_once(self, text: str) -> None:
        """A remark that a batch does not repeat."""
        if text not in self._told:
            self._told.add(text)
            self.say(text)

    def say_progress(self, index: int, count: int, path: Path) -> None:
        """Which photo of a batch is next."""
        if count > 1:
            self.say(f"{path} ({index + 1} of {count})")

    def fail(self, path: Path, error: FacelabError) -> None:
        """One photo of a batch cannot be used: told now, and in the report."""
        self.complain(str(error))
        self.failed.append({"file": str(path), "code": error.code, "text": str(error)})

    def complain(self, text: str) -> None:
        """An error of one photo of a batch; never silenced."""
        print(f"facelab: {' '.join(text.split())}", file=sys.stderr, flush=True)

    def result(self, text: str) -> None:
        """A line of the command's own output; with `--json -` standard output is the JSON's alone."""
        if self.json != "-" and not self.quiet:
            print(text, flush=True)

    def report(self, content: Mapping[str, object] | list[object]) -> None:
        """Write the JSON report where `--json` says; nowhere without it."""
        if self.json is None:
            return
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        if self.json == "-":
            sys.stdout.write(text)
            sys.stdout.flush()
        else:
            write_atomic(Path(self.json), text.encode())


def check_report_target(options: argparse.Namespace) -> None:
    """The report is an output like any other: it never replaces a file without --force."""
    if options.json not in (None, "-") and not options.force and Path(options.json).exists():
        raise OutputExists(path=options.json)


def failures(console: Console) -> dict[str, object]:
    """The report's list of photos that could not be used; left out where there are none."""
    return {"failed": console.failed} if console.failed else {}
