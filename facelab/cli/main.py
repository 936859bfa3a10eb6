"""The command line: verbs to exit codes. What scripts may rely on is tested in tests/e2e.

Heavy imports happen inside the verbs, so that `--help` and wrong usage answer at once.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import FrameType

from facelab.cli.options import build_parser
from facelab.core.errors import FacelabError, UsageError
from facelab.engine.reports import open_log, safe_traceback

OK, BUG, INTERRUPTED, TERMINATED = 0, 1, 130, 143
log = logging.getLogger("facelab.cli")

# what OpenCV and Qt load from the system (Debian's names), and what Qt's X11 platform loads besides
SYSTEM_LIBRARIES = ("libGL.", "libEGL.", "libglib-", "libgthread-", "libxkbcommon.", "libfontconfig.", "libdbus-")
SYSTEM_PACKAGES = "libgl1 libegl1 libglib2.0-0 libxkbcommon0 libfontconfig1 libdbus-1-3"
WINDOW_PACKAGES = (
    "libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 "
    "libxcb-xkb1 libxkbcommon-x11-0"
)

# verb -> module with `run(options) -> exit code`
VERBS = {
    "edit": "facelab.cli.edit",
    "render": "facelab.cli.render",
    "personalize": "facelab.cli.personalize",
    "invert": "facelab.cli.invert",
    "align": "facelab.cli.faces",
    "faces": "facelab.cli.faces",
    "generate": "facelab.cli.generate",
    "models": "facelab.cli.models",
    "directions": "facelab.cli.directions",
    "doctor": "facelab.cli.doctor",
    "bench": "facelab.cli.bench",
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; `arguments` without the program's name. Returns the exit code, never raises."""
    try:
        options = build_parser().parse_args(arguments)
    except SystemExit as end:  # argparse has printed help, version or a usage error
        return end.code if isinstance(end.code, int) else 2
    return _guarded(lambda: _run_verb(options))


def _run_verb(options: argparse.Namespace) -> int:
    open_log()
    log.info("%s", options.verb)
    run: Callable[[argparse.Namespace], int] = importlib.import_module(VERBS[options.verb]).run
    return run(options)


def _guarded(work: Callable[[], int]) -> int:
    """Turn whatever `work` raises into one line on stderr and an exit code."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        return work()
    except KeyboardInterrupt:
        _complain("interrupted; finished files were kept")
        return INTERRUPTED
    except FacelabError as error:
        log.info("failed: %s", error.code)
        _complain(str(error))
        return error.exit_code
    except BrokenPipeError:  # the reader of our output went away, for example `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except ImportError as error:
        log.error("import\n%s", safe_traceback(error))
        return missing_library(error)
    except Exception as error:
        if out_of_memory(error):
            _complain("Not enough memory. Close other programs, or use a smaller photo or model.")
            return 4
        log.error("bug\n%s", safe_traceback(error))
        _complain(f"a bug in facelab ({type(error).__name__}); the log holds the details: facelab doctor shows where")
        return BUG


def out_of_memory(error: Exception) -> bool:
    """Whether memory ran out; torch says so by a RuntimeError on the CPU, OpenCV by an error of its own."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return "allocate memory" in str(error) or "Insufficient memory" in str(error)


def missing_library(error: ImportError | OSError) -> int:
    """Say what to install when a library cannot be loaded; the machine's problem unless it is a module of ours."""
    module = getattr(error, "name", None) or ""
    if module.startswith("facelab"):
        _complain(f"a bug in facelab: {module} cannot be imported")
        return BUG
    hint = f"{sys.executable} -m pip install facelab"
    if any(name in str(error) for name in SYSTEM_LIBRARIES):
        hint = f"sudo apt-get install {SYSTEM_PACKAGES}"
    elif "libxcb" in str(error) or "libxkbcommon-x11" in str(error):
        hint = f"sudo apt-get install {WINDOW_PACKAGES}"
    _complain(f"a library is missing ({error}). Install it: {hint}")
    return 4


def _complain(text: str) -> None:
    with suppress(OSError):
        print(f"facelab: {' '.join(text.split())}", file=sys.stderr, flush=True)


def _terminated(number: int, frame: FrameType | None) -> None:
    """SIGTERM unwinds like any exit, so that half-written files are removed."""
    raise SystemExit(TERMINATED)


def wants_window(arguments: Sequence[str]) -> bool:
    """No verb and no option that prints: `facelab`, `facelab PHOTO`, `facelab --model M PHOTO`."""
    if any(argument in ("-h", "--help", "--version") for argument in arguments):
        return False
    return not arguments or arguments[0] not in VERBS


def require(condition: bool, problem: str) -> None:
    """Raise a UsageError unless the options fit together."""
    if not condition:
        raise UsageError(detail=problem)
