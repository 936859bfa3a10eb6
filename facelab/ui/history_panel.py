"""History to jump in, and named variants with small pictures."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from facelab.ui.document import Document, Phase
from facelab.ui.i18n import tr
from facelab.ui.theme import Icons, ink
from facelab.ui.widgets import IconButton, View

THUMB = 32


class HistoryPanel(View):
    def __init__(self, document: Document, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.addTab("")
        self.tabs.addTab("")
        self.add = IconButton(icons, "plus", size=16, side=24)
        self.remove = IconButton(icons, "trash", size=16, side=24)
        self.history = QListWidget()
        self.variants = QListWidget()
        self._stack = QStackedWidget()
        for part in (self.history, self.variants):
            part.setIconSize(QSize(THUMB, THUMB))
            part.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            part.setUniformItemSizes(True)
            self._stack.addWidget(part)
        top = QHBoxLayout()
        top.setSpacing(4)
        top.addWidget(self.tabs, 1)
        top.addWidget(self.remove)
        top.addWidget(self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._stack, 1)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._tab)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.history.itemClicked.connect(lambda item: self.document.jump(self.history.row(item)))
        self.history.itemActivated.connect(lambda item: self.document.jump(self.history.row(item)))
        self.variants.itemClicked.connect(self._use)
        self.variants.itemActivated.connect(self._use)
        self.variants.itemChanged.connect(self._renamed)
        self.document.history_changed.connect(self._show_history)
        self.document.variants_changed.connect(self._show_variants)
        self.document.phase_changed.connect(self._enable)

    def _tab(self, index: int) -> None:
        self._stack.setCurrentIndex(index)
        self._enable()

    def _enable(self) -> None:
        editing = self.document.phase is Phase.EDITING
        self.add.setEnabled(editing)
        self.remove.setVisible(self.tabs.currentIndex() == 1)
        self.remove.setEnabled(self.variants.currentRow() >= 0)

    def _icon(self, image: QImage | None) -> QIcon:
        pixmap = QPixmap(THUMB * 2, THUMB * 2)
        if image is None:
            pixmap.fill(QColor(ink(self).line))
        else:
            pixmap = QPixmap.fromImage(image)
        made = QIcon(pixmap)
        made.addPixmap(pixmap, QIcon.Mode.Selected)  # else Qt tints it
        return made

    def _show_history(self) -> None:
        document = self.document
        entries = document.entries if document.phase is not Phase.EMPTY else []
        while self.history.count() > len(entries):
            self.history.takeItem(self.history.count() - 1)
        while self.history.count() < len(entries):
            self.history.addItem(QListWidgetItem())
        for index, entry in enumerate(entries):
            item = self.history.item(index)
            item.setText(document.describe(entry.change))
            item.setIcon(self._icon(entry.thumbnail))
            item.setForeground(ink(self).text if index <= document.position else ink(self).secondary)
        self.history.setCurrentRow(document.position if entries else -1)

    def _show_variants(self) -> None:
        blocked = self.variants.blockSignals(True)
        self.variants.clear()
        for variant in self.document.variants:
            item = QListWidgetItem(self._icon(variant.thumbnail), variant.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.variants.addItem(item)
        self.variants.blockSignals(blocked)
        self._enable()

    def _add(self) -> None:
        self.document.add_variant(tr("Variant {name}", name=len(self.document.variants) + 1))
        self.tabs.setCurrentIndex(1)
        self.variants.setCurrentRow(self.variants.count() - 1)
        self._enable()

    def _remove(self) -> None:
        if self.variants.currentRow() >= 0:
            self.document.remove_variant(self.variants.currentRow())

    def _use(self, item: QListWidgetItem) -> None:
        self.document.use_variant(self.variants.row(item))
        self._enable()

    def _renamed(self, item: QListWidgetItem) -> None:
        self.document.rename_variant(self.variants.row(item), item.text().strip() or tr("Variant {name}", name=""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.tabs.currentIndex() == 1:
            self._remove()
            return
        super().keyPressEvent(event)

    def retranslate(self) -> None:
        self.tabs.setTabText(0, tr("History"))
        self.tabs.setTabText(1, tr("Variants"))
        self.tabs.setAccessibleName(tr("History and variants"))
        self.history.setAccessibleName(tr("History"))
        self.variants.setAccessibleName(tr("Variants"))
        self.add.describe(tr("Keep this picture as a variant"))
        self.remove.describe(tr("Delete this variant"))
        self._show_history()
        self._enable()
