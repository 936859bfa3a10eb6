"""How the window feels: from a slider's movement to its picture, and whether the window ever stands still.

`facelab bench ui` runs the real window and engine offscreen on a 24 MP photo made from a sample: drags of a slider
from a second after opening, then drags and a storm of slider events while the model is fitted to the face.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from facelab.app import Program
    from facelab.settings import Settings
    from facelab.ui.engine_thread import EngineFactory

WIDTH, HEIGHT = 6000, 4000
DRAGS, MOVES = 6, 10
"""Drags of a slider, and movements in each before it is released."""
HAND_SECONDS = 1.0
"""From the first picture to the first movement: a hand has to get there. Idle time is used by the engine."""
STORM = 500
STORM_SECONDS = 5.0
HEARTBEAT_MS = 2
LOOK_MS, PAUSE_MS = 10, 20
STEPS_SECONDS = 3.0
GOALS = {"idle_p95_ms": 100, "tuning_p95_ms": 250, "gui_stall_p99_ms": 33, "stale": 0}
"""At most."""
READY_SECONDS = 120.0


def run(options: argparse.Namespace) -> dict[str, object]:
    """The command line's entry."""
    return measure()


def measure(engine: Callable[[Settings], EngineFactory] | None = None) -> dict[str, object]:
    """Figures in ms (`lines` says of what). engine: another one than the real one, for tests."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from facelab.app import Program, real_engine
    from facelab.settings import Settings

    application = QApplication.instance() or QApplication(["facelab"])
    assert isinstance(application, QApplication)
    settings = Settings(language="en", theme="dark", hints_seen=True, consent_seen=True, autosave=False)
    with tempfile.TemporaryDirectory() as folder:
        program = Program(application, settings, engine or real_engine)
        program.window.settings_changed.disconnect(program._keep_settings)  # a measurement changes no settings
        try:
            return _Run(application, program).all(_photo(Path(folder)))
        finally:
            program.document.set_dirty(False)
            program.window.close_quietly()
            program.window.deleteLater()


def _photo(folder: Path) -> Path:
    """24 MP with a face that fills a good part of it, as a portrait does."""
    from PIL import Image

    from facelab.paths import resource_root

    sample = Image.open(resource_root() / "resources" / "samples" / "astronaut.png").convert("RGB")
    photo = Image.new("RGB", (WIDTH, HEIGHT), (96, 96, 96))
    photo.paste(sample.resize((HEIGHT, HEIGHT), Image.Resampling.BICUBIC), ((WIDTH - HEIGHT) // 2, 0))
    path = folder / "portrait.jpg"
    photo.save(path, quality=90)
    return path


@dataclass(slots=True)
class Shown:
    """Pictures as they reach the screen."""

    order: list[tuple[int, int]] = field(default_factory=list)
    at: dict[int, float] = field(default_factory=dict)

    @property
    def stale(self) -> int:
        """Pictures shown after a newer one."""
        newest, count = (-1, -1), 0
        for pair in self.order:
            count += pair < newest
            newest = max(newest, pair)
        return count


@dataclass(slots=True)
class Drags:
    """Seconds to the picture of each movement, and to the full picture after each release."""

    moves: list[float] = field(default_factory=list)
    releases: list[float] = field(default_factory=list)


class _Run:
    def __init__(self, application: object, program: Program) -> None:
        from PySide6.QtWidgets import QApplication

        assert isinstance(application, QApplication)
        self.application, self.program = application, program
        self.shown = Shown()
        self.work = 0.0
        program.director.tile_shown.connect(self._tile)

    def _tile(self, tile: object) -> None:
        from facelab.ui.engine_thread import ShownTile

        assert isinstance(tile, ShownTile)
        self.program.window.canvas.repaint()  # on screen, not only received
        self.shown.order.append((tile.event.ticket, tile.event.weights_step))
        self.shown.at.setdefault(tile.event.ticket, time.perf_counter())

    def wait(self, condition: Callable[[], bool], seconds: float = READY_SECONDS) -> None:
        """Let the event loop run, as it does for a user: polling it from Python would hold the engine up."""
        end = time.perf_counter() + seconds
        while not condition():
            if time.perf_counter() > end:
                messages = [message.text for message in self.program.window.notice_bar.messages]
                raise TimeoutError(f"the window did not come so far: {messages}")
            self._run_loop(LOOK_MS)

    def _run_loop(self, milliseconds: int) -> None:
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def all(self, path: Path) -> dict[str, object]:
        from facelab.ui.document import Phase

        director, document = self.program.director, self.program.document
        self.program.window.resize(1280, 800)
        began = time.perf_counter()
        self.program.start(path)
        self.wait(lambda: document.phase is Phase.EDITING and director.up_to_date)
        opened = time.perf_counter() - began
        self._run_loop(round(1000 * HAND_SECONDS))
        idle = self.drags()
        job = director.tune("faithful", more=True)  # more: without the search for the code before
        self.wait(lambda: director.session is not None and self._fitting())
        tuning = self.drags()
        stalls = self.storm()
        step = self.step_seconds()
        began = time.perf_counter()
        director.cancel(job.number)
        self.wait(lambda: not director.jobs)
        cancelled = time.perf_counter() - began
        ready = director.ready
        return {
            "hand_seconds": HAND_SECONDS,
            "slider_to_picture_ms": {"idle": percentiles(idle.moves), "tuning": percentiles(tuning.moves)},
            "release_to_full_ms": {"idle": percentiles(idle.releases), "tuning": percentiles(tuning.releases)},
            "gui_stall_ms": {"p99": round(float(np.percentile(stalls, 99)), 1), "max": round(max(stalls), 1)},
            "gui_work_ms": round(1000 * self.work, 2),
            "stale": self.shown.stale,
            "dropped": director.stale_dropped,
            "cancel_ms": round(1000 * cancelled, 1),
            "tuning_step_ms": round(1000 * step, 1),
            "open_to_first_picture_ms": round(1000 * opened, 1),
            "goals": GOALS,
            "photo": [WIDTH, HEIGHT],
            "movements": DRAGS * MOVES,
            "storm_events": STORM,
            "device": ready.device if ready is not None else "",
            "cores": os.cpu_count(),
        }

    def step_seconds(self) -> float:
        """One step of tuning while nobody touches anything."""
        bar = self.program.window.job_bar
        first, began = bar.last, time.perf_counter()
        self._run_loop(round(1000 * STEPS_SECONDS))
        if first is None or bar.last is None:
            return 0.0
        return (time.perf_counter() - began) / max(1, bar.last.progress.step - first.progress.step)

    def _fitting(self) -> bool:
        """Whether the tuning stage has begun, as the job bar shows it."""
        last = self.program.window.job_bar.last
        return last is not None and last.progress.stage == "tune" and last.progress.step > 0

    def drags(self) -> Drags:
        """Drags of the first slider; each movement waits for the picture of the one before."""
        row = next(iter(self.program.window.panel.rows.values()))
        found = Drags()
        for index in range(1, DRAGS * MOVES + 1):
            amount = 1.5 * float(np.sin(index / 4)) + 0.01 * index
            found.moves.append(self._until_shown(lambda amount=amount: row.track.moved.emit(amount)))  # type: ignore[misc]  # bound in the loop
            self._run_loop(PAUSE_MS)
            if index % MOVES == 0:
                found.releases.append(self._until_shown(row.track.settled.emit))
        return found

    def _until_shown(self, act: Callable[[], object]) -> float:
        """Seconds from what a hand does to the picture it asks for."""
        began = time.perf_counter()
        act()
        ticket = self.program.director.newest_ticket
        self.wait(lambda: ticket in self.shown.at)
        return self.shown.at[ticket] - began

    def storm(self) -> list[float]:
        """ms between heartbeats of the event loop beyond their interval, while 500 slider events come in."""
        from PySide6.QtCore import Qt, QTimer

        window = self.program.window
        row = next(iter(window.panel.rows.values()))
        beats: list[float] = []
        heart = QTimer()
        heart.setTimerType(Qt.TimerType.PreciseTimer)
        heart.setInterval(HEARTBEAT_MS)
        heart.timeout.connect(lambda: beats.append(time.perf_counter()))
        heart.start()
        began, worked = time.perf_counter(), time.thread_time()
        for index in range(STORM):
            row.track.moved.emit(2.0 * float(np.sin(index / 20)))
            left = began + (index + 1) * STORM_SECONDS / STORM - time.perf_counter()
            self._run_loop(max(0, round(1000 * left)))
        heart.stop()
        self.work = (time.thread_time() - worked) / STORM
        return [max(0.0, 1000 * gap - HEARTBEAT_MS) for gap in np.diff(beats).tolist()]


def percentiles(seconds: list[float]) -> dict[str, float]:
    return {f"p{part}": round(1000 * float(np.percentile(seconds, part)), 1) for part in (50, 95)}


def lines(result: Mapping[str, Any]) -> list[str]:
    """A result of `measure` in words."""
    moves, full, stall = (result[key] for key in ("slider_to_picture_ms", "release_to_full_ms", "gui_stall_ms"))
    width, height = result["photo"]
    whens = {"idle": f"from {HAND_SECONDS:g} s after opening", "tuning": "while the model is fitted"}
    told = [f"Window of 1280 x 800 on a photo of {width} x {height}, {result['device']}, {result['cores']} cores"]
    for key, when in whens.items():
        told.append(
            f"slider moved -> new picture on screen, {when}: p50 {moves[key]['p50']} ms, p95 {moves[key]['p95']} ms"
            f" ({_judged(moves[key]['p95'], GOALS[f'{key}_p95_ms'])}; {result['movements']} movements)"
        )
    for key, when in whens.items():
        told.append(f"slider released -> full picture, {when}: p50 {full[key]['p50']} ms, p95 {full[key]['p95']} ms")
    told += [
        f"window stands still in a storm of {result['storm_events']} slider events while fitted: p99"
        f" {stall['p99']} ms ({_judged(stall['p99'], GOALS['gui_stall_p99_ms'])}), longest {stall['max']} ms;"
        f" {result['gui_work_ms']} ms of work per event",
        f"pictures older than the one on screen that were shown: {result['stale']}"
        f" ({_judged(result['stale'], GOALS['stale'], '')})",
        f"cancel -> job ended: {result['cancel_ms']} ms ({_judged(result['cancel_ms'], result['tuning_step_ms'])},"
        " one step of fitting)",
        f"program open, photo given -> first picture: {result['open_to_first_picture_ms']} ms, with loading the engine",
    ]
    return told


def _judged(value: float, goal: float, unit: str = " ms") -> str:
    return f"{'meets' if value <= goal else 'MISSES'} the goal of {goal:g}{unit}"
