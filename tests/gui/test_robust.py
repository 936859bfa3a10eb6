"""What must hold when things go wrong or last long: stale pictures, a dying engine, crashes, closing, many photos."""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import SAMPLE, Driver
from fake_engine import Script
from PySide6.QtCore import QLibraryInfo, Qt
from PySide6.QtWidgets import QApplication

from facelab.app import has_display, load_x11
from facelab.cli.main import SYSTEM_PACKAGES, WINDOW_PACKAGES, missing_library
from facelab.core.recipe import Edit, EditRecipe
from facelab.engine import messages as m
from facelab.paths import resource_root
from facelab.project import recovery
from facelab.ui.document import Change, Phase
from facelab.ui.engine_thread import ShownTile, to_image
from facelab.ui.recovering import Recovering

Start = Callable[..., Driver]


def tile(driver: Driver, ticket: int, weights: int, session: int | None = None) -> ShownTile:
    assert driver.director.session is not None
    box = driver.director.session.mask_box
    pixels = np.zeros((4, 4, 3), np.uint8)
    number = driver.director._session if session is None else session
    return ShownTile(m.Rendered(number, ticket, weights, box, pixels, False, 0.01), to_image(pixels))


def test_stale_frame_is_dropped(driver: Driver) -> None:
    driver.open()
    shown: list[tuple[int, int]] = []
    driver.director.tile_shown.connect(lambda t: shown.append((t.event.ticket, t.event.weights_step)))
    ticket = driver.director._ticket
    driver.director._sent |= {ticket + 4: EditRecipe(), ticket + 5: EditRecipe()}  # asked for, not yet answered
    for pair in ((ticket + 5, 3), (ticket + 4, 9), (ticket + 5, 2), (ticket + 5, 3), (ticket + 5, 4)):
        driver.director._take(tile(driver, *pair))
    driver.director._take(tile(driver, ticket + 50, 50, session=0))
    assert shown == [(ticket + 5, 3), (ticket + 5, 4)]
    assert driver.director.stale_dropped == 4


def test_picture_of_a_closed_photo_never_appears(driver: Driver, script: Script) -> None:
    script.render_seconds = 0.05
    driver.open()
    driver.document.set_amount("smile", 2)
    driver.document.set_dirty(False)
    shown: list[int] = []
    driver.window.commands.open_path(SAMPLE)
    driver.director.tile_shown.connect(lambda t: shown.append(t.event.session))
    driver.wait(lambda: driver.document.phase is Phase.EDITING and bool(shown))
    assert set(shown) == {driver.director._session}


def test_dead_engine_is_restarted_and_photo_and_edits_survive(driver: Driver, script: Script) -> None:
    driver.open()
    driver.document.set_amount("smile", 1.5)
    driver.document.commit(Change("set", "smile", 1.5))
    driver.settle()
    script.die_on = m.Render
    driver.document.set_amount("age", 1.0)
    driver.document.commit(Change("set", "age", 1.0))
    driver.wait(lambda: bool(driver.window.notice_bar.messages))
    driver.wait(lambda: driver.document.phase is Phase.EDITING and driver.director.session is not None)
    driver.settle()
    assert driver.document.recipe.amount("smile") == 1.5
    assert driver.document.recipe.amount("age") == 1.0
    message = driver.window.notice_bar.messages[-1]
    assert message.action == "copy_report"
    assert "RuntimeError" in message.report
    assert str(resource_root()) not in message.report


def test_failed_fitting_leaves_the_sliders_working(driver: Driver, script: Script) -> None:
    driver.open()
    script.fail[m.StartTuning] = ("out_of_memory", {"what": "tuning"})
    driver.window.panel.fit_box.start.click()
    driver.wait(lambda: bool(driver.window.notice_bar.messages))
    assert driver.window.notice_bar.action.text() == "Open settings"
    driver.document.set_amount("smile", 1)
    driver.settle()


def test_closing_during_a_job_takes_less_than_two_seconds(start: Start, script: Script) -> None:
    script.steps, script.step_seconds = 100_000, 0.12
    driver = start()
    driver.open()
    driver.window.panel.fit_box.start.click()
    driver.wait(lambda: driver.window.job_bar.bar.value() > 1)
    began = time.monotonic()
    driver.window.close_quietly()
    assert time.monotonic() - began < 2
    assert driver.program.ended_in_time


# an engine that never starts, as one that is importing torch: it sleeps so long that only the signal can end it
STUCK = """
import sys, time
import facelab.app as app
app.real_engine = lambda settings: lambda *arguments: print("stuck", flush=True) or time.sleep(60)
sys.exit(app.main([]))
"""


def test_sigterm_while_the_engine_is_stuck_is_a_clean_end(tmp_path: Path) -> None:
    """As while torch is imported on a slow disk: Qt aborts when it destroys a thread that runs."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "FACELAB_HOME": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", STUCK], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "stuck\n"
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 0, errors
    assert time.monotonic() - began < 4, "2 s, and slack for a busy machine"


def test_cancel_to_idle_takes_at_most_one_step(driver: Driver, script: Script) -> None:
    script.steps, script.step_seconds = 100_000, 0.1
    driver.open()
    driver.window.panel.fit_box.start.click()
    driver.wait(lambda: driver.window.job_bar.bar.value() > 1)
    began = time.monotonic()
    driver.window.job_bar.cancel.click()
    driver.wait(lambda: not driver.director.jobs)
    assert time.monotonic() - began < 0.1 + 0.15


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def test_many_photos_leave_no_memory_behind(driver: Driver, script: Script) -> None:
    script.size = (1200, 900)
    for _ in range(5):
        driver.open()
    before = resident_mb()
    for _ in range(50):
        driver.open()
    assert resident_mb() < before * 1.05


# --- recovery ---------------------------------------------------------------------------------

CRASH = """
import sys
sys.path[:0] = [{repo!r}, {gui!r}]
from pathlib import Path
from PySide6.QtWidgets import QApplication
from PySide6.QtCore import QTimer
from fake_engine import FakeEngine, Script
from facelab.app import Program
from facelab.settings import Settings
from facelab.ui.document import Change, Phase
app = QApplication([])
make = lambda settings: lambda box, emit: FakeEngine(box, emit, Script())
program = Program(app, Settings(hints_seen=True, language="en"), make)
def work():
    if program.document.phase is not Phase.EDITING:
        return QTimer.singleShot(20, work)
    for value in (0.5, 1.0, 1.5):
        program.document.set_amount("smile", value)
        program.document.commit(Change("set", "smile", value))
    program.document.add_variant("mine")
    print("ready", flush=True)
program.start(Path({sample!r}))
QTimer.singleShot(20, work)
app.exec()
"""


def test_killed_program_loses_nothing_that_was_done(start: Start) -> None:
    code = CRASH.format(repo=str(resource_root()), gui=str(Path(__file__).parent), sample=str(SAMPLE))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL)
    driver = start()
    driver.ready()
    dialog = driver.program.recovering.dialog
    assert dialog is not None
    assert "astronaut.png" in dialog.text.text()
    assert "3" in dialog.text.text()
    dialog.recover.click()
    driver.wait(lambda: driver.document.phase is Phase.EDITING and driver.document.recipe.amount("smile") == 1.5)
    assert [variant.name for variant in driver.document.variants] == ["mine"]
    assert [driver.document.describe(entry.change) for entry in driver.document.entries][-1] == "Smile +1.5"
    assert driver.document.can_undo
    assert driver.window.recents.read() == [str(SAMPLE)], "the recovery file itself is no recent file"


def sessions(driver: Driver) -> list[Path]:
    parent = driver.window.places.state / recovery.FOLDER
    return list(parent.iterdir()) if parent.is_dir() else []


def test_session_files_are_private_and_end_with_the_session(driver: Driver) -> None:
    driver.open()
    driver.document.set_amount("smile", 1)
    driver.document.commit(Change("set", "smile", 1))
    (folder,) = sessions(driver)
    assert folder.stat().st_mode & 0o777 == 0o700
    files = list(folder.iterdir())
    assert {"journal.json", "photo.bin"} <= {path.name for path in files}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
    driver.document.set_dirty(False)
    driver.window.commands.run("close")
    assert sessions(driver) == []


def test_terminated_program_keeps_unsaved_work(start: Start) -> None:
    driver = start()
    driver.open()
    driver.document.set_amount("smile", 1)
    driver.document.commit(Change("set", "smile", 1))
    driver.window.close_quietly()
    assert len(sessions(driver)) == 1, "SIGTERM asks nothing and loses nothing"


def test_clear_history_forgets_recent_files(driver: Driver) -> None:
    driver.open()
    assert driver.window.recents.read()
    driver.window.clear_history()
    assert driver.window.recents.read() == []


def test_journal_keeps_the_recipe_with_locks(driver: Driver) -> None:
    driver.open()
    driver.document.apply(EditRecipe((Edit("direction", "smile", 1.25),), frozenset({"age"})), Change("paste"))
    (folder,) = sessions(driver)
    journal = recovery._read_journal(folder)
    assert journal.recipe == driver.document.recipe


def test_recovery_is_offered_by_the_program_itself(driver: Driver) -> None:
    assert isinstance(driver.program.recovering, Recovering)
    assert driver.program.recovering.dialog is None, "nothing was left behind"


# --- start ------------------------------------------------------------------------------------


def test_missing_display_is_said_before_qt_aborts() -> None:
    assert not has_display({})
    assert not has_display({"DISPLAY": ":987"}), "nobody listens there"
    assert has_display({"DISPLAY": "elsewhere:0"})
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"})
    assert has_display({"QT_QPA_PLATFORM": "offscreen"})
    environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment.pop("QT_QPA_PLATFORM", None)
    command = [sys.executable, "-m", "facelab"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=resource_root(), timeout=60)
    assert done.returncode == 4
    assert done.stderr.startswith("facelab: no display can be reached")


def test_missing_system_library_is_said_with_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = tmp_path / "PySide6" / "QtCore.py"
    lacking.parent.mkdir()
    (lacking.parent / "__init__.py").touch()
    lacking.write_text("raise ImportError('libEGL.so.1: cannot open shared object file: No such file or directory')")
    command = [sys.executable, "-m", "facelab"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=resource_root(), timeout=60)
    assert done.returncode == 4
    assert done.stderr.startswith("facelab: a library is missing (libEGL.so.1: cannot open")
    assert "sudo apt-get install" in done.stderr
    assert "libegl1" in done.stderr
    assert "Traceback" not in done.stderr

    load_x11({"QT_QPA_PLATFORM": "offscreen"})
    load_x11({"WAYLAND_DISPLAY": "wayland-0"})
    (tmp_path / "platforms").mkdir()
    (tmp_path / "platforms" / "libqxcb.so").write_bytes(b"not a library")
    monkeypatch.setattr(QLibraryInfo, "path", lambda _: str(tmp_path))
    with pytest.raises(OSError, match="libqxcb"):
        load_x11({"DISPLAY": ":0"})
    assert missing_library(OSError("libxcb-cursor.so.0: cannot open shared object file")) == 4
    assert "libxcb-cursor0" in capsys.readouterr().err
    installed = runpy.run_path(str(resource_root() / "packaging" / "environment.py"))
    assert set(SYSTEM_PACKAGES.split()) == set(installed["OFFSCREEN"].values())
    assert set(WINDOW_PACKAGES.split()) == set(installed["WINDOW"].values())


def test_window_needs_no_torch() -> None:
    code = "import sys, facelab.app; sys.exit('torch' in sys.modules or 'cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=resource_root(), timeout=60).returncode == 0


def test_first_run_shows_three_hints_once(start: Start, qapp: QApplication) -> None:
    driver = start(hints_seen=False)
    driver.ready()
    driver.wait(lambda: qapp.focusWidget() is not None or driver.window.isVisible())
    driver.qtbot.waitUntil(lambda: driver.window.findChild(object, "hints") is not None)
    hints = driver.window.findChild(object, "hints")
    driver.qtbot.keyClick(hints, Qt.Key.Key_Escape)
    assert driver.window.settings.hints_seen


def test_responsible_use_is_said_where_a_photo_is_first_opened(start: Start) -> None:
    driver = start(consent_seen=False)
    driver.open()
    assert driver.window.notice_bar.text.text().startswith("Edit only photos of people who agreed")
    assert driver.window.settings.consent_seen
    driver.document.set_dirty(False)
    driver.open()
    assert driver.window.notice_bar.messages == []
