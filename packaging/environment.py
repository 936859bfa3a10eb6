"""Makes `.venv` and installs facelab into it: standard library only, for machines that have nothing yet.

Used by `try.py` and `check.py`. Exit code 4 = something only the user can do; the line printed says what.
"""

from __future__ import annotations

import ctypes
import ctypes.util
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

# Debian package -> the library that OpenCV and offscreen Qt load from it
OFFSCREEN = {
    "libgl1": "libGL.so.1",
    "libegl1": "libEGL.so.1",
    "libglib2.0-0": "libglib-2.0.so.0",
    "libxkbcommon0": "libxkbcommon.so.0",
    "libfontconfig1": "libfontconfig.so.1",
    "libdbus-1-3": "libdbus-1.so.3",
}
# what a real window under Xvfb needs besides (tests only)
WINDOW = {
    "libxcb-cursor0": "libxcb-cursor.so.0",
    "libxcb-icccm4": "libxcb-icccm.so.4",
    "libxcb-keysyms1": "libxcb-keysyms.so.1",
    "libxcb-shape0": "libxcb-shape.so.0",
    "libxkbcommon-x11-0": "libxkbcommon-x11.so.0",
}


def loads(library: str) -> bool:
    """Whether the dynamic linker finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages(tests: bool) -> list[str]:
    """Debian packages whose libraries or programs are not there."""
    if not sys.platform.startswith("linux"):
        return []
    wanted = dict(OFFSCREEN) | (WINDOW if tests else {})
    missing = [package for package, library in wanted.items() if not loads(library)]
    if tests and shutil.which("Xvfb") is None:
        missing.append("xvfb")
    if tests and not any(Path("/usr/share/fonts").glob("**/NotoSansCJK*")):
        missing.append("fonts-noto-cjk")
    if not VENV.exists() and not can_make_venv():
        missing.append("python3-venv")
    return missing


def can_make_venv() -> bool:
    """Debian splits venv off: `ensurepip` is missing without python3-venv."""
    return (
        subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False).returncode
        == 0
    )


def stop(message: str) -> None:
    print(message, file=sys.stderr)
    raise SystemExit(4)


def install_system_packages(tests: bool) -> None:
    """With apt when root; otherwise the exact line for the user, and exit 4."""
    missing = missing_packages(tests)
    if not missing:
        return
    line = "apt-get install -y --no-install-recommends " + " ".join(missing)
    if shutil.which("apt-get") is None:
        stop(f"These system packages (Debian names) are missing: {' '.join(missing)}. Install them and run this again.")
    if os.geteuid() != 0:
        stop(f"System packages are missing. Run this line, then this command again:\n  sudo {line}")
    print(f"installing system packages: {' '.join(missing)}", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=env, stdout=subprocess.DEVNULL, check=False)
    if subprocess.run([*line.split(), "-q"], env=env, stdout=subprocess.DEVNULL, check=False).returncode != 0:
        stop(f"apt could not install them. Try it yourself, then run this command again:\n  sudo {line}")


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install(extras: str = "") -> Path:
    """Make `.venv` and `pip install -e .[extras]` once per state of pyproject.toml; returns its python."""
    python = venv_python()
    wanted = (REPO / "pyproject.toml").read_text(encoding="utf-8") + f"\nextras = {extras}\n"
    if python.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return python
    if not python.exists():
        print("making .venv", flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    free = shutil.disk_usage(REPO).free / 1e9
    print(f"installing facelab and its libraries (torch is the largest; {free:.0f} GB free)", flush=True)
    target = f"{REPO}[{extras}]" if extras else str(REPO)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", target]
    if subprocess.run(command, check=False).returncode != 0:
        stop("pip could not install facelab. Check the network and the disk space above, then run this command again.")
    STAMP.write_text(wanted, encoding="utf-8")
    return python


def set_up(extras: str = "", tests: bool = False) -> Path:
    """Everything before the first run; prints how long it took."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the user may start this with an older python
        stop(f"facelab needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    started = time.monotonic()
    install_system_packages(tests)
    python = install(extras)
    print(f"set up in {time.monotonic() - started:.0f} s", flush=True)
    return python


def call(python: Path, arguments: Sequence[str]) -> int:
    """Run the environment's python in the repository, without a display."""
    env = os.environ.copy()
    env.pop("PYTHONPATH", None)
    return subprocess.run([str(python), *arguments], cwd=REPO, env=env, check=False).returncode
