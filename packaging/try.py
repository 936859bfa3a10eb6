"""Set up facelab and do its main job on a portrait.

    python3 packaging/try.py [PHOTO]

Writes the edited photo, a before/after GIF and the personal generator to try-output/. Without PHOTO it takes a sample.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from environment import REPO, call, say, set_up

OUT = REPO / "try-output"
SAMPLE = REPO / "resources" / "samples" / "astronaut.png"
SMILE = 2.0


def run_main_job(python: Path, photo: Path) -> int:
    """`facelab edit` with a smile; prints where the results are. Returns its exit code."""
    OUT.mkdir(exist_ok=True)
    results = {
        "the photo, edited": OUT / f"{photo.stem}-smiling.png",
        "before and after": OUT / f"{photo.stem}-before-after.gif",
        "the personal generator": OUT / f"{photo.stem}.facelab",
    }
    picture, animation, project = (str(path) for path in results.values())
    options = ["--set", f"smile={SMILE:g}", "--out", picture, "--out", animation, "--project", project, "--force"]
    started = time.monotonic()
    code = call(python, ["-m", "facelab", "edit", str(photo), *options])
    if code != 0:
        return code
    say(f"\nedited in {time.monotonic() - started:.0f} s:")
    for what, path in results.items():
        say(f"  {path}  ({what}, {path.stat().st_size / 1e6:.1f} MB)")
    say(f"Open the window with: {python.relative_to(REPO)} -m facelab {photo}")
    return 0


def main() -> int:
    photo = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else SAMPLE
    if not photo.is_file():
        print(f"{photo}: there is no such file", file=sys.stderr)
        return 3
    return run_main_job(set_up(), photo)


if __name__ == "__main__":
    sys.exit(main())
