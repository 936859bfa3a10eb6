"""Set up facelab and do its main job on a sample portrait.

    python3 packaging/try.py [PHOTO]

Writes the edited photo, a before/after GIF and the personal generator to try-output/.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from environment import REPO, call, set_up

OUT = REPO / "try-output"


def run_main_job(python: Path, photo: Path) -> int:
    """`facelab edit` with a smile; prints where the results are."""
    OUT.mkdir(exist_ok=True)
    results = [OUT / f"{photo.stem}-smiling.png", OUT / f"{photo.stem}-before-after.gif", OUT / f"{photo.stem}.facelab"]
    picture, animation, project = (str(path) for path in results)
    started = time.monotonic()
    options = ["--set", "smile=2", "--out", picture, "--out", animation, "--project", project, "--force"]
    code = call(python, ["-m", "facelab", "edit", str(photo), *options])
    if code != 0:
        return code
    print(f"\nDone in {time.monotonic() - started:.0f} s:")
    for path, what in zip(results, ("the photo, edited", "before and after", "the personal generator"), strict=True):
        print(f"  {path}  ({what}, {path.stat().st_size / 1e6:.1f} MB)")
    print(f"Open the window with: {python.relative_to(REPO)} -m facelab {photo}")
    return 0


def main() -> int:
    photo = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else REPO / "resources/samples/astronaut.png"
    return run_main_job(set_up(), photo)


if __name__ == "__main__":
    sys.exit(main())
