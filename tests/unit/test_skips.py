"""The plugin that counts skipped tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import REPO


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("test_new", True, 1),
        ("test_new", False, 0),  # without the shared data most tests have to be skipped
        ("test_a_device_that_is_not_there_ends_with_4", True, 0),
    ],
)
def test_a_skip_that_is_not_on_the_list_fails_the_run(tmp_path: Path, name: str, data: bool, code: int) -> None:
    (tmp_path / "test_it.py").write_text(  # a test of another run, which the plugin has to notice
        f"import pytest\n\n@pytest.mark.parametrize('x', [1])\ndef {name}(x):\n    pytest.skip('no reason at all')\n"
    )
    (tmp_path / "shared" / ("data" if data else "other")).mkdir(parents=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.skips", "-p", "no:cacheprovider", "-c", os.devnull]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path / "test_it.py")],
        cwd=REPO, env={**os.environ, "FACELAB_SHARED": str(tmp_path / "shared")}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "1 skipped" in done.stdout
    assert ("no reason at all" in done.stdout) == name.endswith("new")
