"""First-run hints, the recovery question, About: short, once, out of the way."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from facelab import __version__
from facelab.ui.i18n import tr
from facelab.ui.theme import ink
from facelab.ui.widgets import Dialog, View, button, label


class Hints(View):
    """Three hints over the window, each beside what it speaks of; any click or key ends them."""

    ended = Signal()

    def __init__(self, window: QWidget, targets: tuple[QWidget, QWidget, QWidget]) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("hints")
        self._targets = targets
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.resize(window.size())
        window.installEventFilter(self)
        self.retranslate()
        self.show()
        self.raise_()
        self.setFocus()

    def texts(self) -> tuple[str, str, str]:
        return (
            tr("1. Drop a photo here, or open one."),
            tr("2. Move a slider: the face follows. Fit the model for a closer likeness."),
            tr("3. Compare with the original, then export."),
        )

    def retranslate(self) -> None:
        self.setAccessibleName(" ".join(self.texts()))
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.resize(self._window.size())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 150))
        for target, text in zip(self._targets, self.texts(), strict=True):
            area = QRect(target.mapTo(self._window, target.rect().topLeft()), target.size())
            self._bubble(painter, area, text)
        painter.setPen(QColor("white"))
        painter.drawText(
            self.rect().adjusted(0, 0, 0, -90),
            Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignHCenter,
            tr("Click to begin"),
        )

    def _bubble(self, painter: QPainter, area: QRect, text: str) -> None:
        colours = ink(self)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
        bounds = painter.fontMetrics().boundingRect(QRect(0, 0, 230, 400), int(flags), text)
        wide, high = bounds.width() + 24, bounds.height() + 20
        x = min(max(12, area.center().x() - wide // 2), self.width() - wide - 12)
        below = area.bottom() + 12 if area.height() < 100 else area.top() + area.height() // 3
        y = min(below, self.height() - high - 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.panel)
        painter.drawRoundedRect(QRectF(x, y, wide, high), 6, 6)
        painter.setBrush(colours.accent)
        painter.drawRoundedRect(QRectF(x, y, 4, high), 2, 2)
        painter.setPen(colours.text)
        painter.drawText(QRect(x + 14, y + 10, bounds.width() + 6, bounds.height()), int(flags), text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._end()

    def _end(self) -> None:
        self._window.removeEventFilter(self)
        self.ended.emit()
        self.hide()
        self.deleteLater()


class RecoverDialog(Dialog):
    """A session was left without goodbye: take it back, discard it, or decide later."""

    recovered = Signal()
    discarded = Signal()

    def __init__(self, name: str, edits: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._edits = name, edits
        self.title, self.text = label("title", wrap=True), label(wrap=True)
        self.recover, self.discard, self.later = button(primary=True), button(), button()
        buttons = QHBoxLayout()
        buttons.addWidget(self.discard)
        buttons.addStretch(1)
        buttons.addWidget(self.later)
        buttons.addWidget(self.recover)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        self.setMinimumWidth(440)
        for made, answer in ((self.recover, self.recovered), (self.discard, self.discarded)):
            made.clicked.connect(answer)
            made.clicked.connect(self.close)
        self.later.clicked.connect(self.close)
        self.recover.setDefault(True)
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle("facelab")
        self.title.setText(tr("Your last session was not closed"))
        if self._edits == 1:
            self.text.setText(tr("{name} with one edit can be brought back.", name=self._name))
        else:
            self.text.setText(tr("{name} with {count} edits can be brought back.", name=self._name, count=self._edits))
        self.recover.setText(tr("Bring it back"))
        self.discard.setText(tr("Discard"))
        self.later.setText(tr("Not now"))


class About(Dialog):
    """Name, version, licence, the model's card and the credits."""

    def __init__(self, icon: Path, model_card: Path, third_party: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        sign = QSvgWidget(str(icon))
        sign.setFixedSize(64, 64)
        head = QVBoxLayout()
        self.title = label("title", text=f"facelab {__version__}")
        self.text = label("quiet", wrap=True)
        head.addWidget(self.title)
        head.addWidget(self.text)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(head, 1)
        self.card = QTextBrowser()
        self.card.setOpenLinks(False)
        parts = [path.read_text(encoding="utf-8") for path in (model_card, third_party) if path.is_file()]
        self.card.setMarkdown("\n\n".join(parts))
        self.close_button = button()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(top)
        layout.addWidget(self.card, 1)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        self.close_button.clicked.connect(self.close)
        self.resize(640, 520)
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("About facelab"))
        self.text.setText(
            tr("Edits photos of faces with a personal model, on your own computer.")
            + "\n"
            + tr("Edit only photos of people who agreed. Nothing leaves this computer.")
            + "\n"
            + tr("Licence: Apache-2.0; the model's weights: CC BY 4.0.")
        )
        self.card.setAccessibleName(tr("Model card and credits"))
        self.close_button.setText(tr("Close"))
