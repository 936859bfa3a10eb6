"""The photos of one person that share a generator; one is shown."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListView, QListWidget, QListWidgetItem, QWidget

from facelab.ui.i18n import tr
from facelab.ui.theme import Icons, ink
from facelab.ui.widgets import IconButton, View

THUMB = 48


class FilmStrip(View):
    chosen = Signal(int)
    add_clicked = Signal()

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmstrip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.list = QListWidget()
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setIconSize(QSize(THUMB, THUMB))
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSpacing(2)
        self.add = IconButton(icons, "plus")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.add)
        self.setFixedHeight(THUMB + 20)
        self.list.itemClicked.connect(lambda item: self.chosen.emit(self.list.row(item)))
        self.list.itemActivated.connect(lambda item: self.chosen.emit(self.list.row(item)))
        self.add.clicked.connect(self.add_clicked)
        self.hide()
        self.retranslate()

    def show_photos(self, index: int, count: int, image: QImage) -> None:
        """image: the photo at `index`; pictures of others stay as they were last seen."""
        while self.list.count() > count:
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < count:
            blank = QPixmap(THUMB, THUMB)
            blank.fill(ink(self).line)
            item = QListWidgetItem(QIcon(blank), "")
            item.setToolTip(tr("Photo {number}", number=self.list.count() + 1))
            self.list.addItem(item)
        if 0 <= index < count:
            side = min(image.width(), image.height())
            square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
            small = square.scaled(
                2 * THUMB, 2 * THUMB, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            self.list.item(index).setIcon(QIcon(QPixmap.fromImage(small)))
            self.list.setCurrentRow(index)
        self.setVisible(count > 1)

    def retranslate(self) -> None:
        self.list.setAccessibleName(tr("Photos of this person"))
        self.add.describe(tr("Add another photo of this person"))
