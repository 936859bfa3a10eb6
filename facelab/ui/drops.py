"""What was dropped or pasted: a file, a project, a checkpoint, or image data."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData
from PySide6.QtGui import QImage

from facelab.ui.values import Source

MODEL_SUFFIXES = (".pkl", ".pt", ".safetensors")
RAW_TYPES = ("image/jpeg", "image/png", "image/webp", "image/avif", "image/tiff")


def is_model(path: Path) -> bool:
    return path.suffix.lower() in MODEL_SUFFIXES


def dropped_source(data: QMimeData) -> Source | None:
    """A local file first; else the image's own bytes, as a browser gives them; else its pixels as PNG."""
    for url in data.urls():
        if url.isLocalFile():
            return Source(path=Path(url.toLocalFile()))
    for kind in RAW_TYPES:
        if data.hasFormat(kind):
            return Source(data=bytes(data.data(kind).data()))
    if data.hasImage():
        image = data.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return Source(data=png(image))
    return None


def png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # stubs want bytes for the format
    return bytes(buffer.data().data())
