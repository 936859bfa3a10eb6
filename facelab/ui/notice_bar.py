"""The bar under the toolbar for anything to tell: text, one button for the next step, dismiss."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from facelab.ui.i18n import tr
from facelab.ui.notices import Message, action_text
from facelab.ui.theme import Icons
from facelab.ui.widgets import IconButton, View, button, label


class NoticeBar(View):
    """Shows the newest message; dismissing it shows the one before."""

    acted = Signal(str, str)  # action, report

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons = icons
        self.messages: list[Message] = []
        self.setObjectName("notice")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("")
        self._sign = QLabel()
        self.text = label(wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.action = button()
        self.dismiss = IconButton(icons, "close", size=16, side=24)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self._sign)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.action)
        layout.addWidget(self.dismiss)
        self.action.clicked.connect(self._act)
        self.dismiss.clicked.connect(self.drop)
        self.hide()
        self.retranslate()

    def show_message(self, message: Message) -> None:
        if message in self.messages:
            self.messages.remove(message)
        self.messages.append(message)
        del self.messages[:-5]
        self._show()

    def drop(self) -> None:
        if self.messages:
            self.messages.pop()
        self._show()

    def clear(self) -> None:
        self.messages.clear()
        self._show()

    def _act(self) -> None:
        if self.messages:
            message = self.messages[-1]
            self.acted.emit(message.action, message.report)
            if message.action != "copy_report":
                self.drop()

    def _show(self) -> None:
        self.setVisible(bool(self.messages))
        if not self.messages:
            return
        message = self.messages[-1]
        self.text.setText(message.text)
        self.setAccessibleDescription(message.text)
        self.action.setText(action_text(message.action))
        self.action.setVisible(bool(message.action))
        name = "info" if message.level == "info" else "warning"
        colour = {"info": "#8c8c8c", "warning": "#d0922a", "loss": "#e5534b"}[message.level]
        from PySide6.QtGui import QColor

        self._sign.setPixmap(self._icons.pixmap(name, QColor(colour), 20, self.devicePixelRatioF()))

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Message"))
        self.dismiss.describe(tr("Dismiss"))
        self._show()
