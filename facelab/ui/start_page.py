"""The empty window: drop target, open, paste, samples, recent files, and the line on responsible use."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QImageReader, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from facelab.ui.i18n import tr
from facelab.ui.theme import Icons, ink
from facelab.ui.widgets import View, button, label

THUMB = 104


class StartPage(View):
    open_clicked = Signal()
    paste_clicked = Signal()
    path_chosen = Signal(str)

    def __init__(self, icons: Icons, samples: list[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self._dropping = False
        self.sign = QLabel()
        self.title = label("title")
        self.hint = label("quiet")
        self.open = button(primary=True)
        self.paste = button()
        self.samples_title = label("group")
        self.recent_title = label("group")
        self.consent = label("quiet", wrap=True)
        self.samples = [self._sample(path) for path in samples]
        self._recent: list[QToolButton] = []
        self._recent_box = QVBoxLayout()
        for part in (self.sign, self.title, self.hint, self.consent):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        self.open.clicked.connect(self.open_clicked)
        self.paste.clicked.connect(self.paste_clicked)
        self.retranslate()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 32, 32, 24)
        layout.setSpacing(8)
        layout.addStretch(3)
        layout.addWidget(self.sign)
        layout.addSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.hint)
        layout.addSpacing(8)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.open)
        buttons.addWidget(self.paste)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        layout.addSpacing(24)
        lists = QHBoxLayout()
        lists.setSpacing(40)
        lists.addStretch(1)
        first = QVBoxLayout()
        first.setSpacing(8)
        first.addWidget(self.samples_title)
        thumbs = QHBoxLayout()
        thumbs.setSpacing(8)
        for sample in self.samples:
            thumbs.addWidget(sample)
        first.addLayout(thumbs)
        first.addStretch(1)
        second = QVBoxLayout()
        second.setSpacing(4)
        second.addWidget(self.recent_title)
        self._recent_box.setSpacing(0)
        second.addLayout(self._recent_box)
        second.addStretch(1)
        lists.addLayout(first)
        lists.addLayout(second)
        lists.addStretch(1)
        layout.addLayout(lists)
        layout.addStretch(4)
        layout.addWidget(self.consent)

    def _sample(self, path: Path) -> QToolButton:
        reader = QImageReader(str(path))
        size = reader.size()
        side = min(size.width(), size.height())
        reader.setScaledSize(size * (2 * THUMB / max(1, side)))
        image = reader.read()
        side = min(image.width(), image.height())
        made = QToolButton()
        made.setIcon(QIcon(rounded(image.copy((image.width() - side) // 2, 0, side, side))))
        made.setIconSize(QSize(THUMB, THUMB))
        made.setAccessibleName(path.stem.replace("_", " "))
        made.setToolTip(path.stem.replace("_", " "))
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.clicked.connect(lambda: self.path_chosen.emit(str(path)))
        return made

    def set_recent(self, paths: list[str]) -> None:
        for old in self._recent:
            self._recent_box.removeWidget(old)
            old.setParent(None)
            old.deleteLater()
        self._recent = []
        for path in paths[:5]:
            made = QToolButton()
            made.setText(self.fontMetrics().elidedText(Path(path).name, Qt.TextElideMode.ElideMiddle, 220))
            made.setToolTip(path)
            made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            made.setAccessibleName(Path(path).name)
            made.clicked.connect(lambda _=False, path=path: self.path_chosen.emit(path))
            self._recent.append(made)
            self._recent_box.addWidget(made)
        self.recent_title.setVisible(bool(paths))

    def set_dropping(self, dropping: bool) -> None:
        self._dropping = dropping
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = ink(self)
        painter.fillRect(self.rect(), colours.canvas)
        pen = QPen(colours.accent if self._dropping else colours.control, 2 if self._dropping else 1.5)
        pen.setDashPattern([5, 5])
        painter.setPen(pen)
        painter.drawRoundedRect(self.rect().adjusted(16, 16, -16, -16), 8, 8)

    def retranslate(self) -> None:
        self.sign.setPixmap(self._icons.pixmap("photo", ink(self).secondary, 48, self.devicePixelRatioF()))
        self.title.setText(tr("Drop a photo of a face here"))
        self.hint.setText(tr("or a .facelab file you saved before"))
        self.open.setText(tr("Open…"))
        self.paste.setText(tr("Paste"))
        self.samples_title.setText(tr("Try a sample").upper())
        self.recent_title.setText(tr("Recent").upper())
        self.consent.setText(tr("Edit only photos of people who agreed. Nothing leaves this computer."))


def rounded(image: QImage) -> QPixmap:
    """The picture with soft corners, as the cards have."""
    made = QPixmap(image.size())
    made.fill(Qt.GlobalColor.transparent)
    path = QPainterPath()
    radius = 6 * image.width() / THUMB
    path.addRoundedRect(QRectF(made.rect()), radius, radius)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(path)
    painter.drawImage(0, 0, image)
    painter.end()
    return made
