"""Where the repository and the shared test data lie."""

from __future__ import annotations

import os
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent


def shared_dir() -> Path:
    """The folder with photos, golden data and measuring nets; it need not exist."""
    return Path(os.environ.get("FACELAB_SHARED", REPO.parent / "shared"))
