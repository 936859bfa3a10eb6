"""The groove of a slider, which grows from 0, shows where its direction holds and marks what the model judges."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, QTimer, Signal
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
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from facelab.ui.theme import ink

UNITS = 100
"""Slider units per sigma: QAbstractSlider counts in whole numbers."""
BEYOND = 1.35
"""The groove is this much longer than the range in which the direction was measured to hold."""
STICK_PX = 14
"""How far the pointer goes past the end of the range before the slider follows: beyond is by intent."""
MARGIN = 8
HANDLE = 6.0
SETTLE_MS = 500
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
            self._mark(painter, self._own, middle + 6, filled=False)
        if self._live is not None and self._live != self._own:
            self._mark(painter, self._live, middle + 6, filled=True)
        painter.setPen(QPen(colours.panel, 2))
        painter.setBrush(colours.text)
        painter.drawEllipse(QPointF(handle, middle), HANDLE, HANDLE)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(handle, middle), HANDLE + 2, HANDLE + 2)

    def _mark(self, painter: QPainter, level: float, y: float, filled: bool) -> None:
        """A small triangle under the groove: where the model judges the photo (hollow) or the picture to be."""
        colours, x = ink(self), self.position(level)
        painter.setPen(QPen(colours.secondary, 1))
        painter.setBrush(colours.secondary if filled else Qt.BrushStyle.NoBrush)
        if abs(level) > self._extent:  # points to where it would be
            tip = 5 if level > 0 else -5
            shape = [QPointF(x + tip, y + 2.5), QPointF(x, y - 0.5), QPointF(x, y + 5.5)]
        else:
            shape = [QPointF(x, y), QPointF(x - 3, y + 5), QPointF(x + 3, y + 5)]
        painter.drawPolygon(QPolygonF(shape))
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
