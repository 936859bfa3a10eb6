"""What try.py and check.py have in common: system packages, the virtual environment, the main job.

Standard library only, Python 3.11: this runs before anything is installed.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
VENV = REPO / ".venv"
OUTPUT = REPO / "try-output"
CANNOT = 4

# shared library -> Debian package: OpenCV and Qt's offscreen platform need these
LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
# a real window on a virtual screen, for the tests
SCREEN_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}


def say(text: str) -> None:
    print(text, flush=True)


def stop(text: str, code: int = CANNOT) -> None:
    print(text, file=sys.stderr, flush=True)
    raise SystemExit(code)


def run(*command: str | Path, cwd: Path = REPO) -> None:
    """Run a command; its failure ends this program with its exit code."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, check=False)
    if done.returncode:
        stop(f"failed ({done.returncode}): {' '.join(str(part) for part in command)}", done.returncode)


def loadable(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(*, for_tests: bool) -> list[str]:
    """Debian packages that are not there, found by trying to load what they hold."""
    wanted = LIBRARIES | (SCREEN_LIBRARIES if for_tests else {})
    missing = [package for library, package in wanted.items() if not loadable(library)]
    if importlib.util.find_spec("ensurepip") is None:
        missing.append(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")
    if for_tests:
        missing += [name for name, program in (("xvfb", "Xvfb"), ("xauth", "xauth")) if shutil.which(program) is None]
        if not any(Path("/usr/share/fonts").rglob("NotoSansCJK*")):
            missing.append("fonts-noto-cjk")
    return sorted(set(missing))


def install_system_packages(*, for_tests: bool) -> None:
    """Install what is missing when root, else print the command and end with exit code 4."""
    if sys.version_info < (3, 11):  # noqa: UP036  (a newcomer may start it with an older one)
        stop(f"facelab needs Python 3.11 or newer; this is {platform.python_version()}.")
    if platform.system() != "Linux":
        return
    missing = missing_packages(for_tests=for_tests)
    if not missing:
        return
    names = " ".join(missing)
    if shutil.which("apt-get") is None:
        stop(f"Install what Debian calls {names} with this system's package manager, then start again.")
    command = f"apt-get install -y --no-install-recommends {names}"
    if os.geteuid() != 0:
        stop(f"System packages are missing. Install them, then start again:\n\n    sudo {command}\n")
    say(f"Installing system packages: {names}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in ("apt-get update", command):
        done = subprocess.run(step.split(), env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            stop(f"failed ({done.returncode}): {step}")
    importlib.invalidate_caches()
    left = missing_packages(for_tests=for_tests)
    if left:
        stop(f"Still missing after the installation: {' '.join(left)}")


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(extras: str = "") -> float:
    """Make .venv, install facelab into it; returns the seconds it took."""
    start = time.monotonic()
    if not venv_python().is_file():
        say("Making .venv")
        run(sys.executable, "-m", "venv", VENV)
    say("Installing facelab and what it needs (torch is the large part)")
    run(venv_python(), "-m", "pip", "install", "--quiet", "--editable", f".{extras}")
    return time.monotonic() - start


def main_job() -> float:
    """Edit the sample photo: picture, before/after animation, personal generator. Returns the seconds."""
    start = time.monotonic()
    OUTPUT.mkdir(exist_ok=True)
    outputs = [OUTPUT / "astronaut-smile.png", OUTPUT / "astronaut-smile.gif"]
    command: list[str | Path] = [venv_python(), "-m", "facelab", "edit", REPO / "resources/samples/astronaut.png"]
    command += ["--set", "smile=2", "--project", OUTPUT / "astronaut.facelab", "--force"]
    for path in outputs:
        command += ["--out", path]
    run(*command)
    for path in [*outputs, OUTPUT / "astronaut.facelab"]:
        if not path.is_file():
            stop(f"{path} was not written", 1)
        say(f"  {path}")
    return time.monotonic() - start
