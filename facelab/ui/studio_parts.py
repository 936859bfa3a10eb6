"""Parts of the studio's dialog: the labelling grid, previews of a step, the line to the engine."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from facelab.core.studio.names import key_of
from facelab.core.values import U8
from facelab.engine import messages as m
from facelab.engine.studio_values import Strip, StudioAnswer, StudioTask
from facelab.ui.director import Director
from facelab.ui.engine_thread import to_image
from facelab.ui.i18n import tr
from facelab.ui.notices import for_error
from facelab.ui.theme import ink
from facelab.ui.values import JobState
from facelab.ui.widgets import View

Mark = bool | str | None
"""True, False, "skipped" or None = no label yet."""
GAP, COLUMNS, ROWS = 8, 4, 3
STRIP_GAP = 12
YES_KEY, NO_KEY = Qt.Key.Key_J, Qt.Key.Key_F


class Line(QObject):
    """Asks the engine and brings the answers back to whoever asked."""

    busy = Signal(bool)
    progressed = Signal(object)  # JobProgressed
    said = Signal(str)  # what went wrong

    def __init__(self, director: Director, parent: QObject) -> None:
        super().__init__(parent)
        self._director = director
        self._waiting: dict[int, tuple[Callable[[StudioAnswer], None], Callable[[], None] | None]] = {}
        director.studio_answered.connect(self._answered)
        director.job_progressed.connect(self._progressed)
        director.job_ended.connect(self._ended)

    def ask(
        self,
        task: StudioTask,
        then: Callable[[StudioAnswer], None],
        *,
        otherwise: Callable[[], None] | None = None,
        quiet: bool = False,
    ) -> None:
        """then: called with the answer; otherwise: when it failed or was cancelled. quiet: old complaints stay."""
        if not quiet:
            self.said.emit("")
        job = self._director.study(task)
        self._waiting[job.number] = (then, otherwise)
        self.busy.emit(True)

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)

    def cancel(self) -> None:
        for number in self._waiting:
            self._director.cancel(number)

    def _answered(self, number: int, answer: StudioAnswer) -> None:
        if number in self._waiting:
            then, _ = self._waiting[number]
            self._waiting[number] = (then, None)  # it has been answered: its end is no failure
            then(answer)

    def _progressed(self, job: JobState, event: m.JobProgressed) -> None:
        if job.number in self._waiting:
            self.progressed.emit(event)

    def _ended(self, job: JobState, event: object) -> None:
        if job.number not in self._waiting:
            return
        _, otherwise = self._waiting.pop(job.number)
        if isinstance(event, m.JobFailed):
            self.said.emit(for_error(event.code, event.params).text)
        if otherwise is not None and not isinstance(event, m.JobFinished):
            otherwise()
        self.busy.emit(bool(self._waiting))


class FaceGrid(View):
    """Pictures to label with two keys; the arrow keys or the pointer choose another one."""

    marked = Signal(str, object)  # face, True / False / None = skip
    undo = Signal()
    paged = Signal()  # every face of the page has a mark

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.faces: list[str] = []
        self.current = 0
        self._images: dict[str, QImage] = {}
        self._marks: dict[str, Mark] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.retranslate()

    def sizeHint(self) -> QSize:
        side = 112 + GAP
        return QSize(COLUMNS * side + GAP, ROWS * side + GAP)

    def show_page(self, faces: list[str], images: dict[str, QImage], marks: dict[str, Mark]) -> None:
        """Up to COLUMNS x ROWS faces."""
        self.faces, self._images, self._marks = faces[: COLUMNS * ROWS], images, marks
        self.current = next((i for i, face in enumerate(self.faces) if marks.get(face) is None), 0)
        self._tell()

    def set_mark(self, face: str, mark: Mark) -> None:
        self._marks[face] = mark
        self._tell()

    def go_to(self, face: str) -> None:
        if face in self.faces:
            self.current = self.faces.index(face)
            self._tell()

    def mark(self, yes: bool | None) -> None:
        """Label the current face and go on to the next one without a label."""
        if not self.faces:
            return
        face = self.faces[self.current]
        self._marks[face] = "skipped" if yes is None else yes
        self.marked.emit(face, yes)
        after = list(range(self.current + 1, len(self.faces))) + list(range(self.current))
        left = [i for i in after if self._marks.get(self.faces[i]) is None]
        if left:
            self.current = left[0]
            self._tell()
        else:
            self._tell()
            self.paged.emit()

    # --- input --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -COLUMNS, Qt.Key.Key_Down: COLUMNS}
        key = Qt.Key(event.key())
        if key in steps and self.faces:
            self.current = min(max(self.current + steps[key], 0), len(self.faces) - 1)
            self._tell()
        elif key == YES_KEY:
            self.mark(True)
        elif key == NO_KEY:
            self.mark(False)
        elif key == Qt.Key.Key_Space:
            self.mark(None)
        elif key == Qt.Key.Key_Backspace or (
            key == Qt.Key.Key_Z and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.undo.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for index in range(len(self.faces)):
            if self._cell(index).contains(event.position().toPoint()):
                self.current = index
                self._tell()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # --- drawing ------------------------------------------------------------------------------

    def _cell(self, index: int) -> QRect:
        side = (self.width() - GAP) // COLUMNS - GAP
        return QRect(
            GAP + index % COLUMNS * (side + GAP), GAP + index // COLUMNS * (side + GAP), side, side
        )  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        colours = ink(self)
        painter.fillRect(self.rect(), colours.canvas)
        for index in range(len(self.faces), COLUMNS * ROWS):  # where faces will be
            painter.fillRect(self._cell(index), colours.panel)
        for index, face in enumerate(self.faces):
            cell = self._cell(index)
            image, mark = self._images.get(face), self._marks.get(face)
            if image is not None:
                painter.setOpacity(0.35 if mark == "skipped" else 1.0)
                painter.drawImage(cell, image)
                painter.setOpacity(1.0)
            if mark is not None:
                self._badge(painter, cell, mark)
            if index == self.current:
                painter.setPen(QPen(colours.accent if self.hasFocus() else colours.control, 3))
                painter.drawRect(cell.adjusted(-2, -2, 1, 1))
        painter.end()

    def _badge(self, painter: QPainter, cell: QRect, mark: Mark) -> None:
        colours = ink(self)
        text = tr("Skipped") if mark == "skipped" else tr("Yes") if mark else tr("No")
        width = painter.fontMetrics().horizontalAdvance(text) + 14
        card = QRect(cell.right() - width - 3, cell.bottom() - 25, width, 22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.accent if mark is True else colours.panel)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawRoundedRect(card, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(colours.on_accent if mark is True else colours.text)
        painter.drawText(card, Qt.AlignmentFlag.AlignCenter, text)

    def _tell(self) -> None:
        """For screen readers, and redraw."""
        if self.faces:
            mark = self._marks.get(self.faces[self.current])
            words = {None: tr("no label yet"), True: tr("Yes"), False: tr("No"), "skipped": tr("Skipped")}[mark]
            place = tr("Face {index} of {count}", index=self.current + 1, count=len(self.faces))
            self.setAccessibleDescription(f"{place}: {words}")
        self.update()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Faces to label"))
        self._tell()


class StripView(View):
    """What a step does: each face at -2, 0 and +2 sigma; the faces beside each other or one below the other."""

    def __init__(self, side: int = 72, *, stacked: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side, self._stacked = side, stacked
        self._images: list[list[QImage]] = []
        self._own = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.retranslate()

    def show_strip(self, strip: Strip | None) -> None:
        self._images = [] if strip is None else [[to_image(picture) for picture in face] for face in strip.pictures]
        self._own = strip is not None and strip.own
        self.retranslate()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        count = max(len(self._images), 1)
        wide, high = 3 * self._side, self._side
        if self._stacked:
            return QSize(wide, count * (high + STRIP_GAP) - STRIP_GAP + self._top)
        return QSize(count * (wide + STRIP_GAP) - STRIP_GAP, high + self._top)

    @property
    def _top(self) -> int:
        return 18 if self._own else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for index, face in enumerate(self._images):
            left = 0 if self._stacked else index * (3 * self._side + STRIP_GAP)
            top = self._top + (index * (self._side + STRIP_GAP) if self._stacked else 0)
            for column, image in enumerate(face):
                painter.drawImage(QRect(left + column * self._side, top, self._side, self._side), image)
        if self._own:
            painter.setPen(ink(self).secondary)
            painter.drawText(QPoint(0, 13), tr("Your photo"))
        painter.end()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Preview at minus 2, 0 and plus 2"))
        self.update()


def free_key(name: str, taken: Collection[str]) -> str:
    """A key for a new slider of the user; those of the model are never replaced."""
    key = key_of(name)
    return f"{key[:36]}_own" if key in taken else key


def images_of(faces: tuple[str, ...], thumbs: U8) -> dict[str, QImage]:
    """u8 [N, T, T, 3] as pictures by face."""
    return {face: to_image(thumb) for face, thumb in zip(faces, thumbs, strict=True)}
