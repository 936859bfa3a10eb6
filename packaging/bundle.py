"""Build the self-contained folder dist/facelab, start its window once and let it edit the sample: see README.md here.

pip install -e .[bundle]
python packaging/bundle.py            builds, checks the size, opens the sample offscreen (and under Xvfb if there)
python packaging/bundle.py --check    the same with what is built already
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent
FOLDER = REPO / "dist" / "facelab"
WORK = REPO / "build" / "bundle"
SAMPLE = REPO / "resources" / "samples" / "astronaut.png"
WINDOWS = os.name == "nt"
WINDOW = FOLDER / ("facelab.exe" if WINDOWS else "facelab")
COMMANDS = FOLDER / ("facelab-cli.exe" if WINDOWS else "facelab")
LIMIT_BYTES = 1_000_000_000


def icon() -> None:
    """facelab.svg as a PNG, for the programs of Windows and macOS."""
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(512, 512, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(REPO / "resources" / "icons" / "facelab.svg")).render(painter)
    painter.end()
    WORK.mkdir(parents=True, exist_ok=True)
    image.save(str(WORK / "facelab.png"))


def build() -> None:
    icon()
    spec = REPO / "packaging" / "facelab.spec"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--distpath", str(REPO / "dist"),
               "--workpath", str(WORK), str(spec)]  # fmt: skip
    done = subprocess.run(command, cwd=REPO, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    missing = [line for line in done.stdout.splitlines() if "WARNING: Library not found" in line and "xcb" in line]
    if done.returncode or missing:
        sys.exit("\n".join([*done.stdout.splitlines()[-30:], *missing, "the bundle was not built"]))
    strip()
    shutil.copy(REPO / "packaging" / "desktop" / "facelab.desktop", FOLDER / "facelab.desktop")
    shutil.copy(REPO / "resources" / "icons" / "facelab.svg", FOLDER / "facelab.svg")


def strip() -> None:
    """Take the symbols for debuggers out of the three largest libraries that carry them: 115 MB on Linux.

    Only these: strip breaks libraries whose sections auditwheel has moved, as OpenBLAS's.
    """
    if not sys.platform.startswith("linux"):
        return
    if shutil.which("strip") is None:
        sys.exit("strip is missing: sudo apt-get install -y binutils")
    for pattern in ("torch/lib/libtorch_cpu.so", "torch/lib/libtorch_python.so", "libpython3*.so*"):
        for library in (FOLDER / "_internal").glob(pattern):
            subprocess.run(["strip", "--strip-unneeded", library], check=True)


def size() -> int:
    return sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file() and not path.is_symlink())


def opens(environment: dict[str, str], how: str) -> None:
    """Open the sample in the bundled window: the face must be found and encoded, and a request to end obeyed."""
    with tempfile.TemporaryDirectory() as home:
        started = time.monotonic()
        process = subprocess.Popen(
            [WINDOW, SAMPLE], env={**environment, "FACELAB_HOME": home}, stderr=subprocess.PIPE, text=True
        )
        journals = Path(home) / "state" / "recovery"
        while process.poll() is None and time.monotonic() < started + 120:
            if journals.is_dir() and any(journals.glob("*/journal.json")):  # written once the face is encoded
                break
            time.sleep(0.2)
        encoded, seconds = any(journals.glob("*/journal.json")), time.monotonic() - started
        process.send_signal(signal.SIGTERM)  # on Windows this ends it at once, with 1
        _, errors = process.communicate(timeout=20)
    if not encoded or (process.returncode and not WINDOWS):
        sys.exit(f"the bundle did not open the sample {how}:\n{errors[-2000:]}")
    print(f"opens the sample {how}: the face is found and encoded after {seconds:.0f} s")


def edits() -> None:
    """The bundled command line edits the sample from another folder, without this environment."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_"))}
        options = ["--set", "smile=2", "--preset", "fast", "--out", "a.png", "--out", "a.gif", "--project", "a.facelab"]
        started = time.monotonic()
        done = subprocess.run(
            [COMMANDS, "edit", SAMPLE, *options], cwd=folder, env={**environment, "FACELAB_HOME": f"{folder}/home"},
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        written = sorted(path.name for path in Path(folder).iterdir() if path.is_file())
    if done.returncode or written != ["a.facelab", "a.gif", "a.png"]:
        sys.exit(f"the bundle did not edit the sample:\n{done.stderr[-2000:]}")
    print(f"edits the sample in {time.monotonic() - started:.0f} s")


def main() -> int:
    if "--check" not in sys.argv:
        build()
    count = size()
    print(f"{FOLDER.relative_to(REPO)}: {count / 1e6:.0f} MB")
    if count > LIMIT_BYTES:
        sys.exit(f"the bundle is larger than {LIMIT_BYTES / 1e6:.0f} MB")
    opens({**os.environ, "QT_QPA_PLATFORM": "offscreen"}, "offscreen")
    if shutil.which("Xvfb"):
        environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
        server = subprocess.Popen(["Xvfb", ":97", "-screen", "0", "1280x800x24"], stderr=subprocess.DEVNULL)
        try:
            time.sleep(1)
            opens({**environment, "DISPLAY": ":97"}, "under Xvfb")
        finally:
            server.terminate()
            server.wait(10)
    edits()
    return 0


if __name__ == "__main__":
    sys.exit(main())
