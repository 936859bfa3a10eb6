"""Puts the embedded model, icons, translations and samples into an installed wheel, as facelab/data.

Everything else of the package is in pyproject.toml. An editable installation reads them from the repository.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

REPO = Path(__file__).resolve().parent
DATA = (
    "models/base", "models/catalog.toml", "resources/icons", "resources/i18n", "resources/samples", "THIRD_PARTY.md",
    "LICENSE",
)  # fmt: skip


class BuildWithData(build_py):
    """The usual step, then the data."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "facelab" / "data"
        shutil.rmtree(target, ignore_errors=True)
        for name in DATA:
            source = REPO / name
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, target / name)


setup(cmdclass={"build_py": BuildWithData})
