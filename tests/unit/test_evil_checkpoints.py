"""The hostile checkpoints: nothing executes, nothing is imported, memory stays bounded, each has its clear error."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from places import REPO, shared_dir

# one process per run of files: the peak is measured from before the first to after each one
PROBE = """
import json, os, resource, sys, time
from facelab.core.errors import FacelabError
from facelab.core.formats import load_checkpoint
from facelab.core.formats.arrays import load_arrays

def peak():
    # ru_maxrss keeps the parent's peak over fork and exec; VmHWM is this program's own
    if os.path.exists("/proc/self/status"):
        line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

for path in sys.argv[1:]:
    before, modules, start = peak(), set(sys.modules), time.monotonic()
    try:
        (load_arrays if path.endswith(".npz") else load_checkpoint)(path)
        outcome = "loaded"
    except FacelabError as error:
        outcome = [error.code, str(error)]
    except BaseException as error:
        outcome = ["BUG", repr(error)[:500]]
    print(json.dumps({"file": os.path.basename(path), "outcome": outcome, "grown": peak() - before, "peak": peak(),
                      "seconds": time.monotonic() - start, "imported": sorted(set(sys.modules) - modules)}))
"""


def _index() -> list[dict[str, str]]:
    path = shared_dir() / "data" / "golden" / "evil" / "index.csv"
    return list(csv.DictReader(path.open(encoding="utf-8"))) if path.exists() else []


@pytest.fixture(scope="module")
def reports(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What happened with each file, in a process whose current directory would hold the markers."""
    folder = tmp_path_factory.mktemp("evil")
    files = [str(shared / "golden" / "evil" / row["file"]) for row in _index()]
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *files],
        cwd=folder, capture_output=True, text=True, timeout=120, env={"PYTHONPATH": str(REPO), "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found = {report["file"]: report for report in map(json.loads, done.stdout.splitlines())}
    found["left behind"] = {"files": [p.name for p in folder.rglob("*")]}
    return found


@pytest.mark.parametrize("row", _index(), ids=lambda row: row["file"])
def test_each_is_refused(reports: dict[str, dict[str, object]], row: dict[str, str]) -> None:
    report = reports[row["file"]]
    assert report["outcome"] != "loaded"
    code, text = report["outcome"]
    assert code in ("broken_checkpoint", "unsupported_checkpoint"), text
    assert row["file"] in text
    assert "\n" not in text
    assert report["grown"] < 64 << 20
    assert report["peak"] < 1 << 30
    assert report["seconds"] < 5
    allowed = ("numpy", "torch", "encodings", "zipfile", "facelab", "lzma", "_lzma", "bz2", "_bz2")
    assert [m for m in report["imported"] if not m.startswith(allowed)] == []


def test_nothing_was_executed(reports: dict[str, dict[str, object]]) -> None:
    assert reports["left behind"]["files"] == []
    assert not list(Path("/tmp").glob("EXECUTED_30"))


def test_all_of_the_index_were_tried(shared: Path, reports: dict[str, dict[str, object]]) -> None:
    assert len(_index()) == 34
    assert len(reports) == 35
