"""Build the self-contained folder dist/facelab and start it once to see that it lives.

    pip install -e .[bundle]
    python packaging/bundle.py            builds, checks the size, starts it offscreen (and under Xvfb if there)

The same command makes the Windows folder on Windows and the macOS one on macOS: PyInstaller cannot build for another
system. On Windows, zip dist/facelab or feed it to an installer builder with packaging/desktop/facelab.desktop's facts;
on macOS sign and notarise dist/facelab before it is given away. Use an environment with the CPU build of torch.
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
LIMIT_BYTES = 1_000_000_000


def build() -> None:
    spec = REPO / "packaging" / "facelab.spec"
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--distpath", str(REPO / "dist"),
               "--workpath", str(REPO / "build" / "bundle"), str(spec)]  # fmt: skip
    done = subprocess.run(command, cwd=REPO, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    missing = [line for line in done.stdout.splitlines() if "WARNING: Library not found" in line and "xcb" in line]
    if done.returncode or missing:
        sys.exit("\n".join([*done.stdout.splitlines()[-30:], *missing, "the bundle was not built"]))
    shutil.copy(REPO / "packaging" / "desktop" / "facelab.desktop", FOLDER / "facelab.desktop")
    shutil.copy(REPO / "resources" / "icons" / "facelab.svg", FOLDER / "facelab.svg")


def size() -> int:
    return sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file() and not path.is_symlink())


def lives(environment: dict[str, str], how: str) -> None:
    """Open the sample in the bundled program; it must run until it is told to end, and end cleanly."""
    sample = REPO / "resources" / "samples" / "astronaut.png"
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [FOLDER / "facelab", sample], env={**environment, "FACELAB_HOME": home}, stderr=subprocess.PIPE, text=True
        )
        end = time.monotonic() + 90
        journals = Path(home) / "state" / "recovery"
        while process.poll() is None and time.monotonic() < end:
            if journals.is_dir() and any(journals.glob("*/journal.json")):
                break
            time.sleep(0.2)
        encoded = journals.is_dir() and any(journals.glob("*/journal.json"))
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    if not encoded or process.returncode:
        sys.exit(f"the bundle did not open the sample {how}:\n{errors[-2000:]}")
    print(f"opens the sample {how}")


def main() -> int:
    build()
    count = size()
    print(f"{FOLDER.relative_to(REPO)}: {count / 1e6:.0f} MB")
    if count > LIMIT_BYTES:
        sys.exit(f"the bundle is larger than {LIMIT_BYTES / 1e6:.0f} MB")
    lives({**os.environ, "QT_QPA_PLATFORM": "offscreen"}, "offscreen")
    if shutil.which("Xvfb"):
        environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
        server = subprocess.Popen(["Xvfb", ":97", "-screen", "0", "1280x800x24"], stderr=subprocess.DEVNULL)
        try:
            time.sleep(1)
            lives({**environment, "DISPLAY": ":97"}, "under Xvfb")
        finally:
            server.terminate()
            server.wait(10)
    return 0


if __name__ == "__main__":
    sys.exit(main())
