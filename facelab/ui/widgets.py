"""Small parts that the window is put together from."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialog, QFrame, QLabel, QPushButton, QToolButton, QWidget

from facelab.ui.theme import Icons


class View(QWidget):
    """A widget with text: `retranslate` sets every visible string and runs again on a language switch."""

    def retranslate(self) -> None:
        """Set the texts."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class Dialog(QDialog):
    """A dialog with text, as `View`. It is deleted when it closes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def retranslate(self) -> None:
        """Set the texts."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)


class IconButton(QToolButton):
    """A flat button whose icon takes the text colour of the palette."""

    def __init__(
        self, icons: Icons, name: str, parent: QWidget | None = None, *, size: int = 20, side: int = 28
    ) -> None:
        super().__init__(parent)
        self._icons, self._name, self._size = icons, name, size
        self.setIconSize(QSize(size, size))
        self.setMinimumHeight(side)
        self.setMinimumWidth(side)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tint()

    def set_icon(self, name: str) -> None:
        self._name = name
        self._tint()

    def describe(self, text: str, shortcut: str = "") -> None:
        """Name for screen readers and the tooltip."""
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({shortcut})" if shortcut else text)

    def _tint(self) -> None:
        colours = self.palette()
        off = colours.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText)
        text = colours.color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText)
        self.setIcon(self._icons.get(self._name, text, off, self._size))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._tint()
        super().changeEvent(event)


def rule(parent: QWidget | None = None) -> QFrame:
    """A one pixel line."""
    line = QFrame(parent)
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line


def label(name: str = "", *, wrap: bool = False, text: str = "") -> QLabel:
    """name: an object name of the style sheet ("group", "small", "quiet", "title", "amber")."""
    made = QLabel(text)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def name_style(widget: QWidget, name: str) -> None:
    """Give it another object name, and with it another look of the style sheet."""
    if widget.objectName() != name:
        widget.setObjectName(name)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def button(*, primary: bool = False, flat: bool = False) -> QPushButton:
    made = QPushButton()
    made.setProperty("primary", primary)
    made.setProperty("flat", flat)
    made.setAutoDefault(False)
    return made


def signed(value: float, digits: int = 1) -> str:
    """A number as it stands beside a slider: +1.2, 0.0, and a real minus sign."""
    text = f"{value:+.{digits}f}"
    return text[1:] if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")
