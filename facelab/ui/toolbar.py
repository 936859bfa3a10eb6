"""The 36 px line at the top: file, undo, compare, export."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QButtonGroup, QHBoxLayout, QMenu, QWidget

from facelab.ui.actions import Actions, command_text, shown_keys
from facelab.ui.i18n import tr
from facelab.ui.theme import Icons
from facelab.ui.values import Compare
from facelab.ui.widgets import IconButton, View, button

TEXT_FROM_PX = 1120
"""From this width on the compare buttons show their words."""


class DragHandle(IconButton):
    """Pressed and pulled out of the window, it carries the edited photo."""

    wanted = Signal()
    pulled = Signal()

    _start: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._start = event.position().toPoint()
        self.wanted.emit()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        far = QApplication.startDragDistance()
        held = self._start is not None and bool(event.buttons() & Qt.MouseButton.LeftButton)
        if held and self._start is not None and (event.position().toPoint() - self._start).manhattanLength() >= far:
            self.pulled.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._start = None
        super().mouseReleaseEvent(event)


class Toolbar(View):
    compare_chosen = Signal(object)  # Compare

    def __init__(self, icons: Icons, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.setObjectName("toolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.plain: dict[str, IconButton] = {}
        for name in ("open", "save", "undo", "redo"):
            self.plain[name] = IconButton(icons, name)
            self.plain[name].clicked.connect(actions[name].trigger)
        self.compare: dict[Compare, IconButton] = {}
        self.group = QButtonGroup(self)
        self.group.setExclusive(False)
        for mode, icon in (
            (Compare.SPLIT, "split"),
            (Compare.BEFORE, "before"),
            (Compare.SIDE, "side"),
            (Compare.DIFFERENCE, "difference"),
        ):
            made = IconButton(icons, icon)
            made.setCheckable(True)
            made.clicked.connect(lambda checked, mode=mode: self._choose(mode if checked else Compare.AFTER))
            self.compare[mode] = made
        self.drag = DragHandle(icons, "drag")
        self.more = IconButton(icons, "more")
        self.more.clicked.connect(self._menu)
        self.export = button(primary=True)
        self.export.clicked.connect(actions["export"].trigger)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.setSpacing(4)
        for name in ("open", "save"):
            layout.addWidget(self.plain[name])
        layout.addSpacing(16)
        for name in ("undo", "redo"):
            layout.addWidget(self.plain[name])
        layout.addStretch(1)
        for made in self.compare.values():
            layout.addWidget(made)
        layout.addStretch(1)
        for part in (self.drag, self.more):
            layout.addWidget(part)
        layout.addSpacing(8)
        layout.addWidget(self.export)
        self.setFixedHeight(40)

    def _choose(self, mode: Compare) -> None:
        self.show_compare(mode)
        self.compare_chosen.emit(mode)

    def show_compare(self, mode: Compare) -> None:
        for which, made in self.compare.items():
            made.setChecked(which is mode)

    def set_editing(self, editing: bool) -> None:
        for made in (*self.compare.values(), self.drag, self.export, self.plain["save"]):
            made.setEnabled(editing)

    def set_undo(self, undo: bool, redo: bool) -> None:
        self.plain["undo"].setEnabled(undo)
        self.plain["redo"].setEnabled(redo)

    def menu(self) -> QMenu:
        made = QMenu(self)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in (
            "open",
            "paste",
            "add_photo",
            "-",
            "save",
            "save_as",
            "export",
            "copy",
            "-",
            "copy_edits",
            "paste_edits",
            "-",
            "models",
            "studio",
            "settings",
            "-",
            "shortcuts",
            "about",
            "-",
            "close",
            "quit",
        ):
            if name == "-":
                made.addSeparator()
            else:
                made.addAction(self._actions[name])
        return made

    def _menu(self) -> None:
        self.menu().popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        beside = self.width() >= TEXT_FROM_PX
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if beside else Qt.ToolButtonStyle.ToolButtonIconOnly
        for made in self.compare.values():
            made.setToolButtonStyle(style)
        super().resizeEvent(event)

    def retranslate(self) -> None:
        for name, made in self.plain.items():
            made.describe(command_text(name).rstrip("…"), shown_keys(name))
        for mode, text, keys in (
            (Compare.SPLIT, tr("Split"), "S"),
            (Compare.BEFORE, tr("Before"), "\\"),
            (Compare.SIDE, tr("Side by side"), "D"),
            (Compare.DIFFERENCE, tr("Difference"), "F"),
        ):
            self.compare[mode].setText(text)
            self.compare[mode].describe(tr("Compare: {mode}", mode=text), keys)
        self.drag.describe(tr("Drag the edited photo out of the window"))
        self.more.describe(tr("More"))
        self.export.setText(tr("Export"))
        self.export.setToolTip(f"{tr('Export')} ({shown_keys('export')})")
