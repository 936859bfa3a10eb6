"""One attribute: name, the model's judgement, a slider that grows from 0, a number, a padlock."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from facelab.engine.messages import SliderInfo
from facelab.ui.i18n import tr
from facelab.ui.theme import Icons
from facelab.ui.track import BEYOND, Track
from facelab.ui.widgets import IconButton, View, label, signed

ROW_PX = 34


class Number(QLineEdit):
    """The typed value. Enter or leaving the field applies it, Escape gives up."""

    typed = Signal(float)

    def __init__(self, limit: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limit = limit
        self._amount = 0.0
        self.setObjectName("number")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setMaxLength(8)
        self.editingFinished.connect(self._apply)
        self.show_amount(0.0)

    def show_amount(self, amount: float) -> None:
        self._amount = amount
        digits = 1 if abs(amount * 10 - round(amount * 10)) < 1e-6 else 2
        text = signed(amount, digits)
        if text != self.text():
            self.setText(text)

    def _apply(self) -> None:
        text = self.text().replace("\N{MINUS SIGN}", "-").replace(",", ".").strip()
        try:
            amount = float(text)
        except ValueError:
            self.show_amount(self._amount)
            return
        amount = max(-self._limit, min(self._limit, amount)) if amount == amount else self._amount
        if abs(amount - self._amount) < 0.005:
            self.show_amount(self._amount)
            return
        self.show_amount(amount)
        self.typed.emit(amount)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.show_amount(self._amount)
            self.selectAll()
            return
        super().keyPressEvent(event)


class SliderRow(View):
    """A row of the panel. Under the name stands the model's judgement, with the mark it has under the groove."""

    moved = Signal(str, float)
    settled = Signal(str)
    typed = Signal(str, float)
    lock_toggled = Signal(str, bool)
    focused = Signal(str)

    def __init__(self, info: SliderInfo, icons: Icons, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.info = info
        self.key = info.spec.key
        self._language = language
        self._own: float | None = None
        self._live: float | None = None
        self._titles: Mapping[str, str] = {}
        spec = info.spec
        self.name = label()
        self.level = label("level")
        self.level.hide()
        self.track = Track(spec.low, spec.high, spec.step)
        self.number = Number(max(abs(spec.low), abs(spec.high)) * BEYOND)
        self.lock = IconButton(icons, "lock-open", size=14, side=22)
        self.lock.setCheckable(True)
        self.number.setFixedWidth(self.number.fontMetrics().horizontalAdvance("+0.00") + 8)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self.name)
        words.addWidget(self.level)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(words)
        layout.addWidget(self.track, 1)
        layout.addWidget(self.number)
        layout.addWidget(self.lock)
        self.setFixedHeight(ROW_PX)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        self.track.moved.connect(self._moved)
        self.track.settled.connect(lambda: self.settled.emit(self.key))
        self.number.typed.connect(lambda amount: self.typed.emit(self.key, amount))
        self.lock.toggled.connect(self._lock)
        for part in (self.track, self.number, self.lock):
            part.installEventFilter(self)

    # --- shown state --------------------------------------------------------------------------

    @property
    def title(self) -> str:
        return self.info.labels.get(self._language) or self.info.labels.get("en") or self.info.spec.label

    def set_name_width(self, width: int) -> None:
        """Of the first column, the same in all rows; a longer name is set smaller, on two lines."""
        long = self.fontMetrics().horizontalAdvance(self.title) + 2 > width
        self.name.setObjectName("long" if long else "")
        self.name.setWordWrap(long)
        self.name.setFixedWidth(width)
        self.name.style().unpolish(self.name)
        self.name.style().polish(self.name)
        self.setFixedHeight(ROW_PX + (self.level.sizeHint().height() if long else 0))

    def set_language(self, language: str) -> None:
        self._language = language
        self.retranslate()

    def set_titles(self, titles: Mapping[str, str]) -> None:
        """The names of all sliders, for the tooltip's list of what else moves."""
        self._titles = titles
        self._explain()

    def show_amount(self, amount: float) -> None:
        if not self.track.isSliderDown() and amount != self.track.amount():
            self.track.show_amount(amount)
        self.number.show_amount(amount)

    def show_lock(self, locked: bool) -> None:
        if locked == self.lock.isChecked():
            return
        blocked = self.lock.blockSignals(True)
        self.lock.setChecked(locked)
        self.lock.blockSignals(blocked)
        self._lock_text()

    def show_levels(self, own: float | None, live: float | None) -> None:
        if (own, live) == (self._own, self._live):
            return
        self._own, self._live = own, live
        self.track.set_levels(own, live)
        self.level.setText(f"\N{BLACK UP-POINTING TRIANGLE} {signed(live)}" if live is not None else "")
        self.level.setVisible(live is not None)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._explain()
            self.focused.emit(self.key)
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            self._explain()
        return super().event(event)

    # --- words --------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.name.setText(self.title)
        self.track.setAccessibleName(self.title)
        self.number.setAccessibleName(tr("{name}, amount", name=self.title))
        self.level.setAccessibleName(tr("{name}, as the model judges it now", name=self.title))
        self._lock_text()
        self._explain()

    def _lock_text(self) -> None:
        locked = self.lock.isChecked()
        self.lock.set_icon("lock-closed" if locked else "lock-open")
        text = (
            tr("{name} is kept while others move", name=self.title)
            if locked
            else tr("Keep {name} while others move", name=self.title)
        )
        self.lock.describe(text, "L")

    def _explain(self) -> None:
        """Tooltip and description, made when they are wanted: the levels change with every picture."""
        lines = self.explanation()
        self.setToolTip("\n".join(lines))
        self.track.setAccessibleDescription(". ".join(lines[1:]))

    def explanation(self) -> list[str]:
        """What it does and how well: from the held-out measurement that came with the direction."""
        spec, info = self.info.spec, self.info
        lines = [self.title, tr("Holds from {low} to {high}", low=signed(spec.low), high=signed(spec.high))]
        if self._live is not None:
            lines.append(tr("The model judges: {level}", level=signed(self._live)))
        if self._own is not None:
            lines.append(tr("In the photo itself: {level}", level=signed(self._own)))
        if info.accuracy is not None:
            lines.append(tr("Accuracy on unseen faces: {percent} %", percent=round(100 * info.accuracy)))
        strongest = sorted(info.leakage.items(), key=lambda item: -abs(item[1]))[:2]
        for key, share in strongest:
            if abs(share) >= 0.05:
                name = self._titles.get(key, key)
                lines.append(tr("Also moves {key} by {percent} %", key=name, percent=round(100 * abs(share))))
        return lines

    # --- user ---------------------------------------------------------------------------------

    def _moved(self, amount: float) -> None:
        self.number.show_amount(amount)
        self.moved.emit(self.key, amount)

    def _lock(self, locked: bool) -> None:
        self._lock_text()
        self.lock_toggled.emit(self.key, locked)
