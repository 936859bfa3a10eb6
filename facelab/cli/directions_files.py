"""What the studio's verbs share: opening it, checking and writing files."""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.cli.directions import open_toolkit
from facelab.cli.outputs import check_targets
from facelab.cli.report import Console
from facelab.core.errors import OutputExists

if TYPE_CHECKING:
    from facelab.core.values import F32, F64, U8
    from facelab.engine.studio import Studio


def open_studio(options: argparse.Namespace, console: Console) -> Studio:
    """The studio of --model."""
    from facelab.engine.studio import Studio

    return Studio(open_toolkit(options, console))


def write_picture(path: Path, pixels: U8) -> None:
    """A PNG, whole or not at all."""
    from PIL import Image

    from facelab.core.files import write_atomic

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    write_atomic(path, buffer.getvalue())


def write_array(path: Path, array: F32 | F64) -> None:
    """An .npy, whole or not at all."""
    import numpy as np

    from facelab.core.files import write_atomic

    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    write_atomic(path, buffer.getvalue())


def check_files(targets: list[Path | None], inputs: list[Path], options: argparse.Namespace) -> None:
    """Decide every file before the first second is spent; None = not wanted."""
    check_targets([path for path in targets if path is not None], inputs, force=options.force)


def check_folder(folder: Path | None, options: argparse.Namespace) -> None:
    """A folder that holds something is not written into without --force."""
    if folder is not None and folder.is_dir() and any(folder.iterdir()) and not options.force:
        raise OutputExists(path=folder)
