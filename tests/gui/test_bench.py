"""The window's own bench: with a fake engine it measures the window alone, which must not stand in the way."""

from __future__ import annotations

import pytest
from fake_engine import FakeEngine, Script

from facelab.bench import ui as bench


def test_bench_measures_and_the_window_itself_is_fast(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script()
    script.steps, script.step_seconds = 100_000, 0.01
    monkeypatch.setattr(bench, "STORM_SECONDS", 1.5)
    found = bench.measure(lambda _settings: lambda mailbox, emit: FakeEngine(mailbox, emit, script))
    assert found["stale"] == 0
    latency = found["slider_to_picture_ms"]
    assert isinstance(latency, dict)
    assert latency["idle"]["p95"] < 100
    stall = found["gui_stall_ms"]
    assert isinstance(stall, dict)
    assert stall["p99"] < 33
