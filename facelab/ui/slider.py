"""One attribute: name, the model's judgement, a slider that grows from 0, a number, a padlock."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from facelab.engine.messages import SliderInfo
from facelab.ui.i18n import tr
from facelab.ui.theme import Icons, ink
from facelab.ui.widgets import IconButton, View, label, signed

UNITS = 100
"""Slider units per sigma: QAbstractSlider counts in whole numbers."""
BEYOND = 1.35
"""The groove is this much longer than the range in which the direction was measured to hold."""
STICK_PX = 14
"""How far the pointer goes past the end of the range before the slider follows: beyond is by intent."""
MARGIN = 8
HANDLE = 6.0
SETTLE_MS = 500
ROW_PX = 34
FINE = 0.1


class Track(QAbstractSlider):
    """The groove and its handle; its value is in hundredths of sigma, 0 in the middle."""

    moved = Signal(float)  # by the user, sigma
    settled = Signal()  # the movement is over: one undo entry
    pressed = Signal()

    def __init__(self, low: float, high: float, step: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high, self._step = low, high, step
        self._extent = max(abs(low), abs(high)) * BEYOND
        self._own: float | None = None
        self._live: float | None = None
        self._grab: tuple[float, float] | None = None
        self._pending = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._finish)
        self.setRange(round(-self._extent * UNITS), round(self._extent * UNITS))
        self.setSingleStep(round(step * UNITS))
        self.setPageStep(round(5 * step * UNITS))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(96, 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(56, 28)

    def amount(self) -> float:
        return self.value() / UNITS

    def show_amount(self, amount: float) -> None:
        """Set the handle without telling anyone (undo, reset, typing)."""
        blocked = self.blockSignals(True)
        self.setValue(round(amount * UNITS))
        self.blockSignals(blocked)
        self.update()

    def set_levels(self, own: float | None, live: float | None) -> None:
        if (own, live) != (self._own, self._live):
            self._own, self._live = own, live
            self.update()

    # --- geometry -----------------------------------------------------------------------------

    def position(self, amount: float) -> float:
        """x of an amount in widget px; amounts beyond the groove are drawn at its end."""
        half = (self.width() - 2 * MARGIN) / 2
        clipped = max(-self._extent, min(self._extent, amount))
        return self.width() / 2 + half * clipped / self._extent

    def _amount_at(self, x: float) -> float:
        half = (self.width() - 2 * MARGIN) / 2
        past_high = x - self.position(self._high)
        past_low = self.position(self._low) - x
        if past_high > 0:
            x = max(self.position(self._high), x - STICK_PX)
        elif past_low > 0:
            x = min(self.position(self._low), x + STICK_PX)
        return (x - self.width() / 2) / half * self._extent

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = ink(self)
        middle = self.height() / 2
        low, high = self.position(self._low), self.position(self._high)
        left, right = self.position(-self._extent), self.position(self._extent)
        groove = colours.control if self.isEnabled() else colours.line
        self._hatch(painter, groove, left, low, middle)
        self._hatch(painter, groove, high, right, middle)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(groove)
        painter.drawRoundedRect(QRectF(low, middle - 1, high - low, 2), 1, 1)
        painter.drawRect(QRectF(self.position(0) - 0.5, middle - 5, 1, 10))
        if self.isEnabled():
            self._value(painter, middle)

    def _hatch(self, painter: QPainter, colour: QColor, start: float, end: float, middle: float) -> None:
        """Short slanted strokes: here the direction was not measured to hold."""
        painter.setPen(QPen(colour, 1.0))
        x = start
        while x < end - 1:
            painter.drawLine(QLineF(x, middle + 2, x + 2.5, middle - 2))
            x += 4

    def _value(self, painter: QPainter, middle: float) -> None:
        colours = ink(self)
        zero, handle = self.position(0), self.position(self.amount())
        painter.setBrush(colours.accent)
        painter.drawRoundedRect(QRectF(min(zero, handle), middle - 1.5, abs(handle - zero), 3), 1.5, 1.5)
        if self._own is not None:
            self._mark(painter, self.position(self._own), middle + 6, filled=False)
        if self._live is not None and self._live != self._own:
            self._mark(painter, self.position(self._live), middle + 6, filled=True)
        painter.setPen(QPen(colours.panel, 2))
        painter.setBrush(colours.text)
        painter.drawEllipse(QPointF(handle, middle), HANDLE, HANDLE)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(handle, middle), HANDLE + 2, HANDLE + 2)

    def _mark(self, painter: QPainter, x: float, y: float, filled: bool) -> None:
        """A small triangle under the groove: where the model judges the photo (hollow) or the picture to be."""
        colours = ink(self)
        painter.setPen(QPen(colours.secondary, 1))
        painter.setBrush(colours.secondary if filled else Qt.BrushStyle.NoBrush)
        painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x - 3, y + 5), QPointF(x + 3, y + 5)]))
        painter.setPen(Qt.PenStyle.NoPen)

    # --- input --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._finish()
        x = event.position().x()
        on_handle = abs(x - self.position(self.amount())) <= HANDLE + 3
        self._grab = (x, self.amount())
        self.setSliderDown(True)
        self.pressed.emit()
        if not on_handle and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._move(self._amount_at(x))
            self._grab = (x, self.amount())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab is None:
            return
        x = event.position().x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            start, amount = self._grab
            half = (self.width() - 2 * MARGIN) / 2
            self._move(amount + (x - start) * FINE * self._extent / half)
        else:
            self._move(self._amount_at(x))
            self._grab = (x, self.amount())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._grab is not None:
            self._grab = None
            self.setSliderDown(False)
            self._finish()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._grab = None
        self.setSliderDown(False)
        self._move(0.0)
        self._finish()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with focus: scrolling the panel must not move what lies under the pointer."""
        if not self.hasFocus():
            event.ignore()
            return
        turn = event.angleDelta().y() or event.angleDelta().x()  # Shift turns the wheel sideways on some systems
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._nudge(turn / 120, fine)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        keys = Qt.Key
        match event.key():
            case keys.Key_Left | keys.Key_Down:
                self._nudge(-1, fine)
            case keys.Key_Right | keys.Key_Up:
                self._nudge(1, fine)
            case keys.Key_PageDown:
                self._nudge(-5, fine)
            case keys.Key_PageUp:
                self._nudge(5, fine)
            case keys.Key_Home:
                self._move(self._low)
                self._settle.start()
            case keys.Key_End:
                self._move(self._high)
                self._settle.start()
            case keys.Key_Delete | keys.Key_Backspace:
                self._move(0.0)
                self._finish()
            case _:
                super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._finish()
        super().focusOutEvent(event)
        self.update()

    def _nudge(self, steps: float, fine: bool) -> None:
        self._move(self.amount() + steps * self._step * (FINE if fine else 1.0))
        self._settle.start()

    def _move(self, amount: float) -> None:
        before = self.value()
        self.setValue(round(amount * UNITS))
        if self.value() != before:
            self._pending = True
            self.update()
            self.moved.emit(self.amount())

    def _finish(self) -> None:
        """End of a movement by mouse, wheel or keys: told once."""
        self._settle.stop()
        if self._pending:
            self._pending = False
            self.settled.emit()


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
