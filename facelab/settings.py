"""The user's settings: a small TOML file in the folder the platform keeps for it.

Every field has a default; a broken file costs the settings, never the start.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec
import tomli_w

from facelab.core.files import write_atomic
from facelab.core.values import Notice

FILE_NAME = "settings.toml"


class ExportChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What was chosen last for one kind of export (photo, gif, movie, strip)."""

    quality: int = 95
    size: int = 640
    frames: int = 24
    fps: int = 20
    hold: float = 0.5


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Immutable; change it with `msgspec.structs.replace`.

    threads: 0 = as measured on this machine. network: downloads are possible at all (each one still
    needs its own click). autosave: keep work that a crash would lose.
    """

    language: Literal["system", "en", "ja", "ko"] = "system"
    theme: Literal["system", "light", "dark"] = "system"
    device: str = "auto"
    threads: int = 0
    model: str = "base"
    preset: Literal["fast", "balanced", "faithful"] = "balanced"
    autosave: bool = True
    edit_mark: bool = True
    keep_gps: bool = False
    network: bool = True
    hints_seen: bool = False
    consent_seen: bool = False
    advanced: bool = False
    window: str = ""  # geometry, base64, written by the window alone
    last_folder: str = ""
    exports: dict[str, ExportChoice] = msgspec.field(default_factory=dict)


def load_settings(folder: Path) -> tuple[Settings, tuple[Notice, ...]]:
    """Read the settings; without a file, the defaults. A file that cannot be read is told in a Notice."""
    path = folder / FILE_NAME
    try:
        return msgspec.toml.decode(path.read_bytes(), type=Settings), ()
    except FileNotFoundError:
        return Settings(), ()
    except (OSError, ValueError) as error:  # msgspec's errors are ValueErrors
        text = f"The settings could not be read ({type(error).__name__}): the defaults are used."
        return Settings(), (Notice("settings_reset", text),)


def save_settings(settings: Settings, folder: Path) -> None:
    """Write the settings, readable by the user only. Raises CannotWrite."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomic(folder / FILE_NAME, tomli_w.dumps(msgspec.to_builtins(settings)).encode(), private=True)
