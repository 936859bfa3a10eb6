"""The result outside the window: on the clipboard, or pulled out with the mouse as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication, QImage, QImageReader, QPainter, QPixmap

from facelab.core.recipe import EditRecipe
from facelab.engine.messages import ExportOptions, JobFinished
from facelab.ui.i18n import tr
from facelab.ui.notices import Message
from facelab.ui.values import JobState

if TYPE_CHECKING:
    from facelab.ui.main_window import MainWindow

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff")
THUMBNAIL_PX = 160


class Carrying(QObject):
    """Copies the edited photo, and exports it to a private file that can be dragged into another program."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._job: JobState | None = None
        self._wanted: tuple[EditRecipe, int] | None = None  # what the running job or the file shows
        self._file: Path | None = None

    # --- clipboard ----------------------------------------------------------------------------

    def copy(self) -> None:
        self._window.director.full_picture(self._copied)

    def _copied(self, tile: QImage) -> None:
        QGuiApplication.clipboard().setImage(self._whole(tile))
        self._window.notice_bar.show_message(Message(tr("The edited photo is on the clipboard."), level="info"))

    def _whole(self, tile: QImage) -> QImage:
        """The photo at full size with the edited part in it."""
        window = self._window
        assert window.canvas.photo is not None  # asked for only while editing
        assert window.director.session is not None
        box = window.director.session.mask_box
        whole = window.canvas.photo.levels[0].copy()
        painter = QPainter(whole)
        painter.drawImage(QPoint(box.x, box.y), tile)
        painter.end()
        return whole

    # --- dragging out -------------------------------------------------------------------------

    def prepare(self) -> None:
        """Begin to write the file when the handle is pressed, unless it shows the present picture already."""
        director = self._window.director
        now = (self._window.document.recipe, director.weights_step)
        if now == self._wanted and (self._job is not None or self._file is not None):
            return
        path = self._path()
        if path is None:
            return
        if self._job is not None:
            director.cancel(self._job.number)
        self._file, self._wanted = None, now
        options = ExportOptions(path, edit_mark=self._window.settings.edit_mark, replace=True)
        self._job = director.export(options, kind="drag")

    def job_ended(self, job: JobState, event: object) -> None:
        if job is self._job:
            self._job = None
            self._file = job.path if isinstance(event, JobFinished) else None

    def forget(self) -> None:
        """Another photo: its file is not the old one."""
        self._job = self._file = self._wanted = None

    def start(self) -> bool:
        """Carry the file away once it is complete; False while it is still written."""
        path = self._file
        if path is None or not path.is_file():
            return False
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        data.setImageData(QImage(str(path)))  # for programs that take no files
        drag = QDrag(self._window)
        drag.setMimeData(data)
        drag.setPixmap(QPixmap.fromImage(_thumbnail(path)))
        drag.exec(Qt.DropAction.CopyAction)
        return True

    def _path(self) -> Path | None:
        """In the user's own folder, deleted with the session; the kind of file that the photo was."""
        window = self._window
        folder = window.places.state / "drag"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            return None
        name = Path(window.document.name or "photo")
        suffix = name.suffix.lower() if name.suffix.lower() in SUFFIXES else ".png"
        return folder / f"{name.stem}-edited{suffix}"


def _thumbnail(path: Path) -> QImage:
    reader = QImageReader(str(path))
    size = reader.size()
    reader.setScaledSize(size.scaled(QSize(THUMBNAIL_PX, THUMBNAIL_PX), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()
