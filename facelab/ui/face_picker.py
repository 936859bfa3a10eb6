"""Which face is edited: previous, next, adjust the crop."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from facelab.ui.i18n import tr
from facelab.ui.theme import Icons
from facelab.ui.widgets import IconButton, View, label


class FacePicker(View):
    """Face 1 of 3, previous and next, adjust the crop."""

    step = Signal(int)
    adjust = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index, self._count, self._photo = 0, 0, False
        self.text = label("quiet")
        self.previous = IconButton(icons, "previous", size=16, side=24)
        self.next = IconButton(icons, "next", size=16, side=24)
        self.crop = IconButton(icons, "crop", size=16, side=24)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.text, 1)
        for part in (self.previous, self.next, self.crop):
            layout.addWidget(part)
        self.previous.clicked.connect(lambda: self.step.emit(-1))
        self.next.clicked.connect(lambda: self.step.emit(1))
        self.crop.clicked.connect(self.adjust)
        self.retranslate()

    def show_face(self, index: int, count: int, *, can_adjust: bool, photo: bool) -> None:
        """photo: whether one is open at all."""
        self._index, self._count, self._photo = index, count, photo
        self.previous.setVisible(count > 1)
        self.next.setVisible(count > 1)
        self.crop.setEnabled(can_adjust)
        self.retranslate()

    def retranslate(self) -> None:
        if self._count > 1:
            self.text.setText(tr("Face {number} of {count}", number=self._index + 1, count=self._count))
        else:
            self.text.setText(tr("Face") if self._count else tr("No face yet") if self._photo else tr("No photo open"))
        self.previous.describe(tr("Previous face"), "[")
        self.next.describe(tr("Next face"), "]")
        self.crop.describe(tr("Adjust the part that is edited"))
