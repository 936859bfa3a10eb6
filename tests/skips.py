"""Pytest plugin: while the shared data are there, every skipped test outside of a short list fails the run.

    python -m pytest -p tests.skips          as .ci/run does

A test that quietly stops running looks like one that passes.
"""

from __future__ import annotations

import pytest

from tests.places import shared_dir

MAY_BE_SKIPPED = {
    "test_video_is_h264_in_the_declared_colours": "PyAV is an extra that the tests' environment does not install",
    "test_a_device_that_is_not_there_ends_with_4": "the computer has this device",
    "test_every_call_does_the_work_once": "no CUDA device",
    "test_a_picture_follows_the_code_the_noise_and_the_weights": "no CUDA device",
    "test_what_cannot_be_recorded_is_computed_and_said": "no CUDA device",
}
"""Name of the test without its parameters -> why."""

_skipped: list[tuple[str, str]] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note(report.nodeid, report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note(report.nodeid, report)


def _note(name: str, report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):  # pytest reports an expected failure as skipped, too
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped.append((name, reason))


def unnamed() -> list[tuple[str, str]]:
    """Skipped tests, with their reasons, that are not on the list."""
    return [(name, why) for name, why in _skipped if name.rpartition("::")[2].partition("[")[0] not in MAY_BE_SKIPPED]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if unnamed() and (shared_dir() / "data").is_dir() and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"{len(_skipped)} skipped, {len(unnamed())} of them not on the list of {__name__}")
    for name, why in unnamed():
        terminalreporter.write_line(f"SKIPPED {name}: {why}")
