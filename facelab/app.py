"""Composition root of the window: makes the parts, connects them, and ends them in order."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import logging
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QLibraryInfo, QObject, QSocketNotifier, QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from facelab.cli.main import missing_library
from facelab.core.errors import CannotWrite
from facelab.core.values import Notice
from facelab.engine.mailbox import Mailbox
from facelab.engine.messages import Event
from facelab.engine.reports import open_log, safe_traceback
from facelab.paths import cache_dir, config_dir, models_dir, resource_root, state_dir
from facelab.settings import Settings, load_settings, save_settings
from facelab.ui import notices
from facelab.ui.director import Director
from facelab.ui.document import Document
from facelab.ui.engine_thread import EngineFactory, EngineThread, Runs
from facelab.ui.i18n import Language
from facelab.ui.keeper import Keeper
from facelab.ui.main_window import MainWindow, Places
from facelab.ui.recovering import Recovering
from facelab.ui.theme import Theme

log = logging.getLogger(__name__)
CLOSE_WAIT_MS = 1500
NO_DISPLAY = "facelab: no display can be reached (DISPLAY, WAYLAND_DISPLAY). Use the command line: facelab --help"


def real_engine(settings: Settings) -> EngineFactory:
    """Makes the engine inside its thread: importing it is what loads torch."""

    def make(mailbox: Mailbox, emit: Callable[[Event], None]) -> Runs:
        from facelab.engine.engine import Engine

        return Engine(mailbox, emit, model=settings.model, device=settings.device, threads=settings.threads)

    return make


class Program(QObject):
    """Everything between `QApplication` and the event loop; tests give another `engine`."""

    def __init__(
        self,
        application: QApplication,
        settings: Settings,
        engine: Callable[[Settings], EngineFactory],
        notes: tuple[Notice, ...] = (),
    ) -> None:
        super().__init__()
        self.engine = engine
        self.language = Language(resource_root() / "resources" / "i18n", self)
        self.language.use(settings.language)
        self.theme = Theme(application, resource_root() / "resources" / "icons", cache_dir())
        self.theme.use(settings.theme, self.language.code)
        self.document = Document(self)
        self.director = Director(self.document, self._make_thread, self)
        self.keeper = Keeper(self.director, self.document, state_dir(), self)
        self.keeper.set_enabled(settings.autosave)
        places = Places(resource_root() / "resources", models_dir(), state_dir())
        self.window = MainWindow(self.document, self.director, self.theme, self.language, settings, places)
        self.window.settings_changed.connect(self._keep_settings)
        self.window.session_left.connect(self.keeper.forget)
        self.window.closed.connect(self.close)
        self.recovering = Recovering(self.keeper, self.window)
        for notice in notes:
            self.window.notice_bar.show_message(notices.for_notice(notice.code, notice.text))
        self.ended_in_time = True

    def _make_thread(self) -> EngineThread:
        return EngineThread(self.engine(self.window.settings), self)

    def start(self, path: Path | None = None) -> None:
        """Show the window first, then load the engine."""
        self.window.show()
        QTimer.singleShot(0, self, lambda: self._started(path))

    def _started(self, path: Path | None) -> None:
        self.director.start()
        if path is not None:
            self.window.commands.open_path(path)
        else:
            self.recovering.offer()
        if not self.window.settings.hints_seen:
            self.window.show_hints()

    def _keep_settings(self, settings: Settings) -> None:
        self.keeper.set_enabled(settings.autosave)
        try:
            save_settings(settings, config_dir())
        except (CannotWrite, OSError):
            log.warning("the settings cannot be written")

    def close(self) -> None:
        """The window is closed: end the engine; nothing of a clean session stays on the disk."""
        keep = self.window.keeps_work
        if keep:
            self.keeper.journal()
        self.ended_in_time = self.director.close(CLOSE_WAIT_MS)
        if not keep:
            self.keeper.forget()
        QApplication.quit()


class SignalWatch(QObject):
    """SIGTERM and Ctrl-C ask for the window to be closed. Python's handlers run only when woken, so they write
    to a socket that Qt's event loop watches."""

    asked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        signal.set_wakeup_fd(self._writing.fileno())
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)

    def _woken(self) -> None:
        if {signal.SIGTERM, signal.SIGINT} & set(self._reading.recv(64)):
            self.asked.emit()


def has_display(environment: dict[str, str]) -> bool:
    """Without one that answers, Qt ends the process with SIGABRT: looked at before `QApplication` is made."""
    if not sys.platform.startswith("linux"):
        return True
    platform = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if platform in ("offscreen", "minimal", "vnc", "linuxfb", "eglfs") or environment.get("WAYLAND_DISPLAY"):
        return True
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", environment.get("DISPLAY", ""))
    return _answers(int(local[1])) if local else bool(environment.get("DISPLAY"))


def _answers(number: int) -> bool:
    """Whether an X server listens for local programs."""
    path = f"/tmp/.X11-unix/X{number}"
    for wait in (0.0, 0.1, 0.3):  # a server that has just been started may not listen yet
        time.sleep(wait)
        for address in (path, "\0" + path):
            with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
                probe.connect(address)
                return True
    return False


def load_x11(environment: dict[str, str]) -> None:
    """Raises OSError with the name of the library that Qt's X11 platform lacks: Qt itself would abort."""
    platform = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    if not sys.platform.startswith("linux") or platform not in ("", "xcb"):
        return
    if not platform and environment.get("WAYLAND_DISPLAY"):
        return
    plugin = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms" / "libqxcb.so"
    if plugin.is_file():
        ctypes.CDLL(str(plugin))


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="facelab", description="Edit photos of faces. The verbs are listed by: facelab help"
    )
    parser.add_argument("path", nargs="?", type=Path, metavar="PHOTO|FILE.facelab")
    parser.add_argument("--model", help="name or path of a generator")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"))
    return parser.parse_args(arguments)


def log_bugs() -> None:
    """A bug in the window goes to the log, never to a modal trace."""

    def hook(kind: type[BaseException], error: BaseException, trace: object) -> None:
        log.error("%s", safe_traceback(error))
        sys.__excepthook__(kind, error, error.__traceback__)

    sys.excepthook = hook


def main(arguments: list[str]) -> int:
    """Run the window. Returns the exit code."""
    options = parse(arguments)
    if not has_display(dict(os.environ)):
        print(NO_DISPLAY, file=sys.stderr)
        return 4
    try:
        load_x11(dict(os.environ))
    except OSError as error:
        return missing_library(error)
    open_log()
    log_bugs()
    application = QApplication(["facelab"])
    application.setApplicationName("facelab")
    application.setDesktopFileName("facelab")
    application.setQuitOnLastWindowClosed(False)
    application.setWindowIcon(QIcon(str(resource_root() / "resources" / "icons" / "facelab.svg")))
    settings, notes = load_settings(config_dir())
    given = {key: value for key, value in (("model", options.model), ("device", options.device)) if value}
    program = Program(application, msgspec.structs.replace(settings, **given), real_engine, notes)
    SignalWatch(program).asked.connect(program.window.close_quietly)
    program.start(options.path)
    code = application.exec()
    leave(application, code, engine_ended=program.ended_in_time)
    return code


def leave(application: QApplication, code: int, *, engine_ended: bool) -> None:
    """End at once. A step that cannot be interrupted may still run, and taking torch down piece by piece takes about
    a second; the work is already on the disk."""
    if engine_ended:  # Qt aborts when it destroys a thread that still runs
        application.shutdown()  # hands the clipboard over
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
