"""The window's own bench: with a fake engine it measures the window alone, which must not stand in the way."""

from __future__ import annotations

import pytest
from fake_engine import FakeEngine, Script

from facelab.bench import ui as bench


def test_bench_measures_and_the_window_itself_takes_little_time(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    script = Script()
    script.steps, script.step_seconds = 100_000, 0.01
    monkeypatch.setattr(bench, "STORM_SECONDS", 1.5)
    found = bench.measure(lambda _settings: lambda mailbox, emit: FakeEngine(mailbox, emit, script))
    assert found["stale"] == 0
    assert found["dropped"] == 0 or found["stale"] == 0
    for name in ("idle", "tuning"):
        latency = found["slider_to_picture_ms"]
        assert isinstance(latency, dict)
        assert 0 < latency[name]["p50"] <= latency[name]["p95"]
    full = found["release_to_full_ms"]
    assert isinstance(full, dict)
    assert full["tuning"]["p95"] > 0
    said = "\n".join(bench.lines(found))
    assert "from 1 s after opening" in said
    assert "while the model is fitted" in said
    assert "p95 nan" not in said
    work = found["gui_work_ms"]
    assert isinstance(work, float)
    assert work < 8, "processor time of the window per slider event: what no busy machine can falsify"
