"""The real program on a real X display: started as a user does, driven with real mouse events."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from facelab.paths import resource_root

SAMPLE = resource_root() / "resources" / "samples" / "astronaut.png"
needs_x = pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="Xvfb or xdotool is not installed"
)


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@pytest.fixture
def display() -> Iterator[dict[str, str]]:
    """An own X server; the environment for programs on it."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    with os.fdopen(reading) as pipe:  # the whole line: Xvfb ends when the pipe is closed between number and newline
        number = pipe.readline().strip()
    environment = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8"}
    yield environment
    server.terminate()
    server.wait(10)


def settings(home: Path) -> None:
    """A window at a known place, without first-run hints."""
    folder = home / "config"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.toml").write_text('language = "en"\ntheme = "dark"\nhints_seen = true\n')


def xdo(environment: dict[str, str], *words: object) -> str:
    done = subprocess.run(
        ["xdotool", *map(str, words)], env=environment, capture_output=True, text=True, timeout=20, check=True
    )  # fmt: skip
    return done.stdout


class Window:
    """The program's window, found by name, with real pointer and keys."""

    def __init__(self, environment: dict[str, str], process: subprocess.Popen[str]) -> None:
        self.environment, self.process = environment, process

    def titled(self, words: str) -> bool:
        command = ["xdotool", "search", "--onlyvisible", "--name", words]
        found = subprocess.run(command, env=self.environment, capture_output=True, timeout=20)
        return found.returncode == 0

    def place(self, words: str) -> tuple[int, int]:
        number = xdo(self.environment, "search", "--onlyvisible", "--name", words).split()[0]
        xdo(self.environment, "windowmove", "--sync", number, 0, 0)
        xdo(self.environment, "windowfocus", "--sync", number)
        return 0, 0

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        xdo(self.environment, "mousemove", *start, "mousedown", 1)
        for part in range(1, 9):
            x = start[0] + (end[0] - start[0]) * part // 8
            xdo(self.environment, "mousemove", x, end[1])
        xdo(self.environment, "mouseup", 1)

    def keys(self, *keys: str) -> None:
        xdo(self.environment, "key", "--clearmodifiers", *keys)


def shot(environment: dict[str, str], path: Path) -> bytes:
    """What is on the screen, as raw bytes (needs no window manager)."""
    code = (
        "import sys; from PySide6.QtGui import QGuiApplication; app = QGuiApplication([]);"
        "app.primaryScreen().grabWindow(0).save(sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], env=environment, check=True, timeout=60)
    return path.read_bytes()


@needs_x
@pytest.mark.slow
def test_open_move_a_slider_export_a_gif_and_close(display: dict[str, str], tmp_path: Path) -> None:
    from PIL import Image

    home = Path(os.environ["FACELAB_HOME"])
    settings(home)
    photo = tmp_path / "portrait.png"
    shutil.copy(SAMPLE, photo)
    began = time.monotonic()
    command = [sys.executable, "-m", "facelab", str(photo)]
    process = subprocess.Popen(command, env=display, cwd=resource_root(), stderr=subprocess.PIPE, text=True)
    window = Window(display, process)
    try:
        until(lambda: process.poll() is not None or window.titled("facelab"), 20, "no window came")
        assert process.poll() is None, process.stderr and process.stderr.read()
        shown = time.monotonic() - began
        until(lambda: window.titled("portrait.png"), 60, "the photo was not opened")
        journal = home / "state" / "recovery"
        until(lambda: journal.is_dir() and any(journal.glob("*/journal.json")), 120, "the face was not encoded")
        window.place("portrait.png")
        _drive_a_slider(window, journal)
        before = shot(display, tmp_path / "screen.png")
        assert len(before) > 10_000
        window.keys("ctrl+e")
        until(lambda: window.titled("^Export$"), 20, "the export dialog did not come")
        time.sleep(0.5)
        window.keys("Down")  # Photo -> Before/after GIF
        time.sleep(0.3)
        window.keys("Return")  # the default button
        target = tmp_path / "portrait-edited.gif"
        until(target.is_file, 120, "no GIF was written")
        time.sleep(0.2)
        with Image.open(target) as gif:
            assert gif.n_frames > 10
        process.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        process.wait(10)
        assert time.monotonic() - asked < 2.5
        assert process.returncode == 0
        assert shown < 20
    finally:
        if process.poll() is None:
            process.kill()
        _, errors = process.communicate(timeout=20)
    assert "Traceback" not in errors


def _drive_a_slider(window: Window, journal: Path) -> None:
    """Drag at the first slider's groove until the journal tells of a smile, wherever fonts have put the row."""
    for y in range(240, 420, 8):
        window.drag((1150, y), (1172, y))
        time.sleep(0.2)
        if any(b'"amount"' in path.read_bytes() for path in journal.glob("*/journal.json")):
            return
    raise AssertionError("no slider was hit")
