"""Logs and reports: what happened, without paths, file names or whose computer it is."""

from __future__ import annotations

import logging
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from facelab.core.errors import UnreadablePhoto
from facelab.engine.reports import describe, open_log, safe_traceback, without_paths
from facelab.paths import log_file, resource_root


@pytest.fixture
def log() -> Iterator[Path]:
    """The program's own log, opened as the program does."""
    logger = logging.getLogger("facelab")
    before = list(logger.handlers)
    logger.handlers.clear()
    open_log()
    yield log_file()
    for handler in logger.handlers:
        handler.close()
    logger.handlers[:] = before
    logger.propagate = True


def failure(message: str) -> Exception:
    try:
        raise RuntimeError(message)
    except RuntimeError as error:
        return error


@pytest.mark.parametrize(
    "message",
    [
        "cannot open /home/ann/Pictures/my wife.jpg",
        "cannot open 'my-wife.jpg'",
        r"no such file C:\Users\Ann\Desktop\wife.png",
        "[Errno 2] No such file or directory: '/tmp/Ann Smith/portrait.facelab'",
    ],
)
def test_reports_hold_no_paths_and_no_names(message: str, log: Path) -> None:
    report = safe_traceback(failure(message))
    code, params = describe(failure(message))
    assert code == "bug"
    for text in (report, str(params["report"]), log.read_text()):
        for word in ("Ann", "ann/", "wife", "portrait"):
            assert word not in text
        assert str(resource_root()) not in text
        assert str(Path.home()) not in text
    assert "RuntimeError" in report
    assert "tests" not in report or "test_reports" in report


def test_an_error_of_the_user_is_logged_by_its_code_alone(log: Path) -> None:
    code, params = describe(UnreadablePhoto(path="/home/ann/secret.jpg", reason="cut off"))
    assert (code, params["reason"]) == ("unreadable_photo", "cut off")
    text = log.read_text()
    assert "unreadable_photo" in text
    assert "secret" not in text


def test_log_is_readable_by_the_user_alone(log: Path) -> None:
    logging.getLogger("facelab.x").info("hello")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_nothing_logs_a_raw_traceback() -> None:
    """Python's own tracebacks name the folders of this computer."""
    for path in (resource_root() / "facelab").rglob("*.py"):
        assert not re.search(r"log(ger)?\.exception\(|exc_info", path.read_text(encoding="utf-8")), path.name


def test_words_without_paths_stay() -> None:
    assert without_paths("size 3 and/or 4: shape (1, 2)") != ""
    assert without_paths("expected 3 channels") == "expected 3 channels"
