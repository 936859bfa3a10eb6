"""Fixtures of all tests. Qt is told to draw offscreen before it can be imported."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from places import shared_dir

import facelab  # noqa: F401  (sets OMP_WAIT_POLICY before torch is imported)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared data folder, or a skip that names it."""
    folder = shared_dir()
    if not (folder / "data").is_dir():
        pytest.skip(
            f"test data folder {folder.name}/data is not beside the repository (FACELAB_SHARED names another place)"
        )
    return folder / "data"


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's settings, state or cache."""
    monkeypatch.setenv("FACELAB_HOME", str(tmp_path_factory.mktemp("home")))
