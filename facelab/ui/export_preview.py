"""What the export dialog shows: the frames it plays, and how large their files would be."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from facelab.core.recipe import EditRecipe
from facelab.ui.i18n import tr
from facelab.ui.theme import ink

PREVIEW_PX = 320


def swept(recipe: EditRecipe, share: float) -> EditRecipe:
    """The recipe with every amount scaled: from the photo (0) to the edit (1)."""
    edits = tuple(replace(edit, amount=edit.amount * share) for edit in recipe.edits)
    psi = 1.0 + (recipe.truncation_psi - 1.0) * share
    return replace(recipe, edits=edits if share else (), truncation_psi=psi)


class Preview(QWidget):
    """Plays frames there and back with a hold at both ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.frames: list[QImage] = []
        self._at, self._step = 0, 1
        self._hold, self._every = 500, 50
        self._playing = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)
        self.setFixedSize(PREVIEW_PX, PREVIEW_PX)

    def sizeHint(self) -> QSize:
        return QSize(PREVIEW_PX, PREVIEW_PX)

    def set_frames(self, frames: list[QImage], *, playing: bool) -> None:
        self.frames, self._playing = frames, playing
        self._at, self._step = (0, 1) if playing else (len(frames) - 1, 1)
        self._timer.stop()
        if playing and len(frames) > 1:
            self._timer.start(self._hold)
        self.update()

    def set_speed(self, milliseconds: int, hold: int) -> None:
        """milliseconds: of one preview frame."""
        self._every, self._hold = max(20, milliseconds), hold

    def stop(self) -> None:
        self._timer.stop()

    def _next(self) -> None:
        if len(self.frames) < 2:
            return
        if not 0 <= self._at + self._step < len(self.frames):
            self._step = -self._step
        self._at += self._step
        self.update()
        self._timer.start(self._hold if self._at in (0, len(self.frames) - 1) else self._every)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), ink(self).canvas)
        if not self.frames:
            painter.setPen(ink(self).secondary)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Preparing the preview"))
            return
        image = self.frames[max(0, min(self._at, len(self.frames) - 1))]
        size = image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        corner = QRectF(
            (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
        )
        painter.drawImage(corner, image)


def area(image: QImage) -> int:
    return max(1, image.width() * image.height())


def encoded(image: QImage, suffix: str, quality: int) -> int:
    """Bytes of the image in the format of `suffix`; TIFF is written uncompressed by Qt, so PNG stands in."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    kind = {".jpg": "JPG", ".webp": "WEBP"}.get(suffix, "PNG")
    image.save(buffer, kind, quality if kind != "PNG" else -1)  # type: ignore[call-overload]  # stubs want bytes here
    return buffer.size()
