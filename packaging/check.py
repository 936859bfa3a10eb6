"""Set up facelab, do its main job on a sample portrait, then run all tests.

python3 packaging/check.py [PYTEST ARGUMENT ...]
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from environment import call, set_up

main_job = importlib.import_module("try")  # "try" is a keyword, so it cannot be imported by statement


def main() -> int:
    python = set_up("dev", tests=True)
    code: int = main_job.run_main_job(python, main_job.SAMPLE)
    if code != 0:
        return code
    return call(python, ["-m", "pytest", "--durations=20", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
