"""How the window feels: from a slider's movement to its picture, and whether the window ever stands still.

`facelab bench ui --json -` runs the real window and engine offscreen on a 24 MP photo made from a sample.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from facelab.app import Program
    from facelab.settings import Settings
    from facelab.ui.engine_thread import EngineFactory

WIDTH, HEIGHT = 6000, 4000
MOVES = 60
STORM = 500
STORM_SECONDS = 5.0
HEARTBEAT_MS = 2
LOOK_MS, PAUSE_MS = 10, 20
READY_SECONDS = 120.0


def run(options: argparse.Namespace) -> dict[str, object]:
    """The command line's entry."""
    return measure()


def measure(engine: Callable[[Settings], EngineFactory] | None = None) -> dict[str, object]:
    """Figures in ms (see cli.md). engine: another one than the real one, for tests."""
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
        idle = self.movements()
        job = director.tune("faithful", more=True)  # more: without the search for the code before
        self.wait(lambda: director.session is not None and self._fitting())
        tuning = self.movements()
        stalls = self.storm()
        began = time.perf_counter()
        director.cancel(job.number)
        self.wait(lambda: not director.jobs)
        return {
            "slider_to_picture_ms": {"idle": percentiles(idle), "tuning": percentiles(tuning)},
            "gui_stall_ms": {"p99": round(float(np.percentile(stalls, 99)), 1), "max": round(max(stalls), 1)},
            "gui_work_ms": round(1000 * self.work, 2),
            "stale": self.shown.stale,
            "dropped": director.stale_dropped,
            "cancel_ms": round(1000 * (time.perf_counter() - began), 1),
            "open_to_first_picture_ms": round(1000 * opened, 1),
            "photo": [WIDTH, HEIGHT],
            "movements": MOVES,
            "storm_events": STORM,
        }

    def _fitting(self) -> bool:
        """Whether the tuning stage has begun, as the job bar shows it."""
        last = self.program.window.job_bar.last
        return last is not None and last.progress.stage == "tune" and last.progress.step > 0

    def movements(self) -> list[float]:
        """Seconds from each movement of a slider to its picture; the next movement waits for it."""
        window, director = self.program.window, self.program.director
        row = next(iter(window.panel.rows.values()))
        seconds = []
        for index in range(MOVES):
            began = time.perf_counter()
            row.track.moved.emit(1.5 * float(np.sin(index / 4)) + 0.01 * index)
            ticket = director.newest_ticket
            self.wait(lambda ticket=ticket: ticket in self.shown.at)  # type: ignore[misc]  # bound in the loop
            seconds.append(self.shown.at[ticket] - began)
            self._run_loop(PAUSE_MS)
        return seconds

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
