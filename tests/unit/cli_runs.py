"""Running the command line in this process, and a .facelab file made without tuning: quick and real."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from facelab.cli.main import main
from facelab.core.photo import read_photo
from facelab.core.progress import run
from facelab.core.recipe import Edit, EditRecipe
from facelab.engine.projects import save
from facelab.engine.session import Session
from facelab.engine.toolkit import Toolkit, load_toolkit

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
ASTRONAUT, HOPPER = SAMPLES / "astronaut.png", SAMPLES / "grace_hopper.jpg"


@cache
def toolkit() -> Toolkit:
    """The embedded model, loaded once."""
    return load_toolkit(None)


def untuned(path: Path, *photos: Path, smile: float = 2.0, with_photos: bool = True, face: int | None = 0) -> Path:
    """A project whose generator is the base itself."""
    session = Session(toolkit())
    for photo in photos:
        slot = session.add_photo(read_photo(photo), photo.name)
        run(session.prepare(slot, face, None, aligned=False))
    recipe = EditRecipe().with_edit(Edit("direction", "smile", smile))
    save(session, path, recipe, with_photos=with_photos)
    return path


class Facelab:
    """`facelab(*arguments)` -> exit code; what it printed is in out, err and json."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: object) -> int:
        self._capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        self.out, self.err = self._capsys.readouterr()
        return code

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error_line(self) -> str:
        """The one line of an error; no traceback."""
        (line,) = [line for line in self.err.splitlines() if line.startswith("facelab: ")]
        assert "Traceback" not in self.err
        return line


@pytest.fixture
def facelab(capsys: pytest.CaptureFixture[str]) -> Facelab:
    return Facelab(capsys)
