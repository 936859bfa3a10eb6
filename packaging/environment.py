"""Makes `.venv` and installs facelab into it: standard library only, for machines that have nothing yet.

Used by `try.py` and `check.py`. Exit code 4 = something only the user can do; the line printed says what.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
VENV = REPO / ".venv"
STAMP = VENV / "facelab-installed.txt"
CANNOT = 4

# shared library -> Debian package: what OpenCV and Qt's offscreen platform load
OFFSCREEN = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
# what a real window needs besides
WINDOW = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
# the test in a real window: an X server without a screen, and a hand for the mouse
X_PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool"}
CJK_FONTS = ("/usr/share/fonts", "NotoSansCJK*")


def say(text: str) -> None:
    print(text, flush=True)


def stop(text: str, code: int = CANNOT) -> None:
    print(text, file=sys.stderr, flush=True)
    raise SystemExit(code)


def loads(library: str) -> bool:
    """Whether the dynamic linker finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(*, tests: bool) -> list[str]:
    """Debian packages that are not there, found by trying to load what they hold."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = OFFSCREEN | (WINDOW if tests else {})
    missing = {package for library, package in wanted.items() if not loads(library)}
    if importlib.util.find_spec("ensurepip") is None:  # Debian splits it off
        missing.add(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")
    if tests:
        missing |= {package for program, package in X_PROGRAMS.items() if shutil.which(program) is None}
    if tests and not any(Path(CJK_FONTS[0]).rglob(CJK_FONTS[1])):
        missing.add("fonts-noto-cjk")
    return sorted(missing)


def install_system_packages(*, tests: bool) -> None:
    """With apt when root; otherwise the exact line for the user, and exit 4."""
    missing = missing_packages(tests=tests)
    if not missing:
        return
    names = " ".join(missing)
    if shutil.which("apt-get") is None:
        stop(f"System packages (Debian's names) are missing: {names}. Install them, then run this command again.")
    line = f"apt-get install -y --no-install-recommends {names}"
    if os.geteuid() != 0:
        stop(f"System packages are missing. Run this line, then this command again:\n\n  sudo {line}\n")
    say(f"installing system packages: {names}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update -q", f"{line} -q"):
        done = subprocess.run(command.split(), env=environment, stdout=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        stop(f"apt could not install them. Try it yourself, then run this command again:\n\n  {line}\n")
    importlib.invalidate_caches()
    left = missing_packages(tests=tests)
    if left:
        stop(f"Still missing after the installation: {' '.join(left)}")


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(extras: str = "") -> Path:
    """Make `.venv` and `pip install -e .[extras]` once per state of pyproject.toml; returns its python."""
    python = venv_python()
    wanted = (REPO / "pyproject.toml").read_text(encoding="utf-8") + f"\nextras = {extras}\n"
    if python.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return python
    if not _works(python):
        say("making .venv")
        if subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False).returncode != 0:
            stop(f"Python could not make {VENV}. The lines above say why.")
    free = shutil.disk_usage(REPO).free / 1e9
    say(f"installing facelab and its libraries (torch is the largest; {free:.0f} GB free)")
    target = f"{REPO}[{extras}]" if extras else str(REPO)
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-e", target]
    if not sys.stdout.isatty():  # a person sees pip's bars during the long download; a log does not need them
        command.append("--quiet")
    if subprocess.run(command, check=False).returncode != 0:
        stop("pip could not install facelab. Check the network and the disk space above, then run this command again.")
    STAMP.write_text(wanted, encoding="utf-8")
    return python


def _works(python: Path) -> bool:
    """Whether an environment is there and whole: an interrupted start leaves one without pip."""
    command = [str(python), "-m", "pip", "--version"]
    return python.exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0


def set_up(extras: str = "", *, tests: bool = False) -> Path:
    """Everything before the first run; prints how long it took. Returns the environment's python."""
    if sys.version_info < (3, 11):  # noqa: UP036  (a newcomer may start this with an older one)
        stop(f"facelab needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    started = time.monotonic()
    install_system_packages(tests=tests)
    python = install(extras)
    say(f"set up in {time.monotonic() - started:.0f} s")
    return python


def call(python: Path, arguments: Sequence[str]) -> int:
    """Run the environment's python in the repository; returns its exit code."""
    environment = os.environ.copy()
    environment.pop("PYTHONPATH", None)
    try:
        return subprocess.run([str(python), *arguments], cwd=REPO, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 130
