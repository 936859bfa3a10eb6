"""Where things are: what came with facelab, and the user's own folders.

The environment variable FACELAB_HOME puts all of the user's folders under one (tests, portable use).
No folder is made by asking for it.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from facelab.core.files import data_root

APP = "facelab"


def resource_root() -> Path:
    """The folder that holds `models/` and `resources/`: the repository, the installed package or the bundle."""
    return data_root()


def models_dir() -> Path:
    """The models that came with facelab."""
    return resource_root() / "models"


def _user_dir(kind: str, standard: str) -> Path:
    home = os.environ.get("FACELAB_HOME")
    return Path(home) / kind if home else Path(standard)


def config_dir() -> Path:
    """Settings."""
    return _user_dir("config", platformdirs.user_config_dir(APP, appauthor=False))


def state_dir() -> Path:
    """What is remembered between runs: recovery journals, window layout, logs."""
    return _user_dir("state", platformdirs.user_state_dir(APP, appauthor=False))


def cache_dir() -> Path:
    """What may be deleted at any time: probe results, thumbnails."""
    return _user_dir("cache", platformdirs.user_cache_dir(APP, appauthor=False))


def user_models_dir() -> Path:
    """Models that the user added."""
    return _user_dir("data", platformdirs.user_data_dir(APP, appauthor=False)) / "models"


def log_file() -> Path:
    """The log, with the tracebacks that the user is not shown."""
    return state_dir() / "facelab.log"


def torch_checkpoints_dir() -> Path:
    """Where torch, lpips, face-alignment look for weights: $TORCH_HOME, else $XDG_CACHE_HOME/torch, else ~/.cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
    return Path(os.environ.get("TORCH_HOME", cache / "torch")).expanduser() / "hub" / "checkpoints"
