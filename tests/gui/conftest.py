"""The whole window with a fake engine, and a check after every test that nothing of it is left."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QThread, QTimer
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fake_engine import FakeEngine, Script
from pytestqt.qtbot import QtBot

from facelab.app import Program
from facelab.paths import resource_root
from facelab.settings import Settings
from facelab.ui.document import Phase
from facelab.ui.engine_thread import EngineFactory

SAMPLE = resource_root() / "resources" / "samples" / "astronaut.png"


def living(kind: type[QObject]) -> set[int]:
    """Ids of living Qt objects of a kind that Python knows of."""
    found = set()
    for thing in gc.get_objects():
        if issubclass(type(thing), kind):  # isinstance would ask proxies for their class
            try:
                running = thing.isRunning() if isinstance(thing, QThread) else thing.isActive()  # type: ignore[attr-defined]
            except RuntimeError:  # its C++ side is gone
                continue
            if running:
                found.add(id(thing))
    return found


@pytest.fixture(autouse=True)
def no_leaks(qapp: QApplication) -> Iterator[None]:
    """No thread, timer or top-level widget outlives a test."""
    before = {id(widget) for widget in qapp.topLevelWidgets()}
    yield
    for _ in range(3):
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        qapp.processEvents()
        gc.collect()
    left = [widget for widget in qapp.topLevelWidgets() if id(widget) not in before and widget.isVisible()]
    assert not left, f"windows left open: {left}"
    assert not living(QThread), "a thread is left running"
    assert not living(QTimer), "a timer is left running"


class Driver:
    """The program as a test uses it."""

    def __init__(self, program: Program, script: Script, qtbot: QtBot) -> None:
        self.program, self.script, self.qtbot = program, script, qtbot
        self.window, self.document, self.director = program.window, program.document, program.director

    def wait(self, condition: Callable[[], bool], timeout: int = 5000) -> None:
        self.qtbot.waitUntil(condition, timeout=timeout)

    def ready(self) -> None:
        self.wait(lambda: self.director.ready is not None)

    def open(self, path: Path = SAMPLE) -> None:
        """Open a photo with one face and wait for the first picture."""
        self.ready()
        with self.qtbot.waitSignal(self.director.tile_shown, timeout=5000):
            self.window.commands.open_path(path)
        assert self.document.phase is Phase.EDITING

    def settle(self) -> None:
        """Wait until the picture shows the present recipe."""
        self.wait(lambda: self.director.up_to_date)


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def start(qapp: QApplication, qtbot: QtBot, script: Script) -> Iterator[Callable[..., Driver]]:
    """Start the program: start(language="ja") gives a Driver; all of them are closed at the end."""
    drivers: list[Driver] = []

    def begin(path: Path | None = None, **settings: object) -> Driver:
        def engine(_settings: Settings) -> EngineFactory:
            return lambda mailbox, emit: FakeEngine(mailbox, emit, script)

        chosen = Settings(**{"language": "en", "theme": "dark", "hints_seen": True, "consent_seen": True, **settings})  # type: ignore[arg-type]
        program = Program(qapp, chosen, engine)
        driver = Driver(program, script, qtbot)
        drivers.append(driver)
        program.start(path)
        return driver

    yield begin
    for driver in drivers:
        driver.document.set_dirty(False)
        driver.window.close_quietly()
        driver.program.language.use("en")
        driver.window.deleteLater()
        driver.program.deleteLater()


@pytest.fixture
def driver(start: Callable[..., Driver]) -> Driver:
    return start()
