"""The log and bug reports: what happened, without paths, file names or pixels of the user."""

from __future__ import annotations

import logging
import re
import traceback
from logging.handlers import RotatingFileHandler

from facelab import __version__
from facelab.core.errors import FacelabError
from facelab.paths import log_file

log = logging.getLogger(__name__)
LOG_BYTES = 500_000
QUOTED = re.compile(r"""['"][^'"]*(?:[\\/]|\.[A-Za-z][A-Za-z0-9]{0,7})[^'"]*['"]""")
BEGIN = re.compile(r"(?:[A-Za-z]:)?[\\/]\S|(?<!\S)(?!torch\.)\S+\.[A-Za-z][A-Za-z0-9]{0,7}\b")
END = re.compile(r"[^\s:,;()<>|]*[\\/][^\s:,;()<>|]*|[^\s:,;()<>|]+\.[A-Za-z][A-Za-z0-9]{0,7}\b")


def without_paths(text: str) -> str:
    """Replace what looks like a path or a file name: on each line, all from the first of them to the last.

    A folder's name may hold spaces, so words between two parts of paths may belong to a name.
    """
    return "\n".join(map(_line_without_paths, text.split("\n")))


def _line_without_paths(line: str) -> str:
    line = QUOTED.sub("<path>", line)
    begin = BEGIN.search(line)
    if begin is None:
        return line
    end = max(match.end() for match in END.finditer(line))
    return f"{line[: begin.start()]}<path>{line[max(end, begin.end()) :]}"


def safe_traceback(error: BaseException) -> str:
    """The traceback with module files only from the package's name on, and no paths in messages."""
    lines = [f"facelab {__version__}"]
    for frame in traceback.extract_tb(error.__traceback__):
        lines.append(f"  {_module(frame.filename)}:{frame.lineno} in {frame.name}")
    chain: BaseException | None = error
    while chain is not None:
        lines.append(f"{type(chain).__name__}: {without_paths(str(chain))[:500]}")
        chain = chain.__cause__
    return "\n".join(lines)


def describe(error: Exception) -> tuple[str, dict[str, object]]:
    """(code, params) of what went wrong; code "bug" carries a report without the user's paths."""
    if isinstance(error, FacelabError):
        log.info("failed: %s", error.code)
        return error.code, dict(error.params)
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return "out_of_memory", {"what": "this step"}
    report = safe_traceback(error)
    log.error("bug\n%s", report)
    return "bug", {"report": report}


def _module(filename: str) -> str:
    """The part of a source file's path that says which code it is, not whose computer."""
    parts = re.split(r"[\\/]", filename)
    for anchor in ("facelab", "site-packages"):
        if anchor in parts[:-1]:
            # the last one: the checkout's own folder may be called facelab as well
            start = len(parts) - 1 - parts[::-1].index(anchor, 1)
            return "/".join(parts[start:])
    return parts[-1]


def open_log() -> None:
    """Send the package's log to the log file (at most 2 x 0.5 MB, readable by the user only)."""
    logger = logging.getLogger("facelab")
    if logger.handlers:
        return
    logger.setLevel(logging.INFO)
    logger.propagate = False
    path = log_file()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=False)
        path.chmod(0o600)
    except OSError:  # a read-only home: work goes on without a log
        logger.addHandler(logging.NullHandler())
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger.addHandler(handler)
