"""The distance ladder of a slider: sampled faces from the far plus side to the far minus side."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from facelab.ui.i18n import tr
from facelab.ui.widgets import Dialog, button, label


class LadderDialog(Dialog):
    def __init__(self, title: str, image: QImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._image = title, image
        self.words = label("quiet", wrap=True)
        self.picture = QLabel()
        self.picture.setPixmap(QPixmap.fromImage(image))
        area = QScrollArea()
        area.setWidget(self.picture)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.state = label("amber")
        self.save, self.close_button = button(), button()
        end = QHBoxLayout()
        end.addWidget(self.save)
        end.addWidget(self.state, 1)
        end.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(self.words)
        layout.addWidget(area, 1)
        layout.addLayout(end)
        self.resize(min(image.width() + 80, 1000), 620)
        self.save.clicked.connect(self._choose)
        self.close_button.clicked.connect(self.close)
        self.retranslate()

    def _choose(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save the ladder"), "ladder.png", "PNG (*.png)")
        if path:
            self.save_to(Path(path).with_suffix(".png"))

    def save_to(self, path: Path) -> None:
        """Write it as a PNG."""
        self.state.setText("" if self._image.save(str(path)) else tr("It cannot be written there."))

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Distance ladder"))
        self.words.setText(
            tr("Sampled faces by their distance to the boundary of “{name}”: farthest plus on top.", name=self._title)
        )
        self.picture.setAccessibleName(tr("Distance ladder"))
        self.save.setText(tr("Save as PNG…"))
        self.close_button.setText(tr("Close"))
