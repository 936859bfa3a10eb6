"""What the pointer does on the photo before editing: choose a face, put points, adjust the crop.

All coordinates are photo px; a tool paints itself over the photo and returns its result on release or Enter.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from facelab.core.values import F64, Face, Landmarks
from facelab.ui.i18n import tr
from facelab.ui.theme import ink

if TYPE_CHECKING:
    from facelab.ui.canvas import Canvas

LOUPE_PX = 132
LOUPE_ZOOM = 4.0
HANDLE_PX = 9


class Tool(Protocol):
    def paint(self, painter: QPainter, canvas: Canvas) -> None: ...

    def press(self, point: QPointF, canvas: Canvas) -> bool: ...

    def move(self, point: QPointF, canvas: Canvas) -> None: ...

    def hover(self, point: QPointF, canvas: Canvas) -> None: ...

    def release(self, point: QPointF, canvas: Canvas) -> object: ...

    def key(self, key: int, canvas: Canvas) -> bool: ...

    def accept(self) -> object: ...

    def leave(self) -> None: ...


def stroke(painter: QPainter, shape: QPolygonF | QRectF, canvas: Canvas, *, strong: bool) -> None:
    """An outline that is seen on light and on dark skin: dark under light, or the accent."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (
        QPen(Qt.GlobalColor.black, 4 if strong else 3),
        QPen(ink(canvas).accent if strong else Qt.GlobalColor.white, 2 if strong else 1.5),
    ):
        painter.setOpacity(0.35 if pen.color() == Qt.GlobalColor.black else 1.0)
        painter.setPen(pen)
        if isinstance(shape, QRectF):
            painter.drawRoundedRect(shape, 6, 6)
        else:
            painter.drawPolygon(shape)
    painter.setOpacity(1.0)


def arrow(key: int) -> QPointF | None:
    """The direction of an arrow key, y down."""
    keys = Qt.Key
    match key:
        case keys.Key_Left:
            return QPointF(-1, 0)
        case keys.Key_Right:
            return QPointF(1, 0)
        case keys.Key_Up:
            return QPointF(0, -1)
        case keys.Key_Down:
            return QPointF(0, 1)
    return None


class FaceTool:
    """Outlines with numbers; a click or arrows and Enter choose."""

    def __init__(self, faces: tuple[Face, ...], current: int = 0) -> None:
        self.faces = faces
        self.current = min(current, max(0, len(faces) - 1))

    def _at(self, point: QPointF) -> int | None:
        hits = [i for i, face in enumerate(self.faces) if QRectF(*face.box).contains(point)]
        return min(hits, key=lambda i: self.faces[i].box[2]) if hits else None

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        for index, face in enumerate(self.faces):
            x, y, w, h = face.box
            box = QRectF(canvas.to_widget(QPointF(x, y)), canvas.to_widget(QPointF(x + w, y + h)))
            chosen = index == self.current
            stroke(painter, box, canvas, strong=chosen)
            tag = QRectF(box.left(), box.bottom() + 4, 22, 22)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink(canvas).accent if chosen else Qt.GlobalColor.white)
            painter.drawRoundedRect(tag, 4, 4)
            painter.setPen(ink(canvas).on_accent if chosen else Qt.GlobalColor.black)
            painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, str(index + 1))

    def press(self, point: QPointF, canvas: Canvas) -> bool:
        found = self._at(point)
        if found is not None:
            self.current = found
        return found is not None

    def move(self, point: QPointF, canvas: Canvas) -> None:
        """Choosing has nothing to drag."""

    def hover(self, point: QPointF, canvas: Canvas) -> None:
        found = self._at(point)
        if found is not None:
            self.current = found
        canvas.setCursor(Qt.CursorShape.PointingHandCursor if found is not None else Qt.CursorShape.ArrowCursor)

    def release(self, point: QPointF, canvas: Canvas) -> object:
        return self.current if self._at(point) == self.current else None

    def key(self, key: int, canvas: Canvas) -> bool:
        way = arrow(key)
        if way is not None:
            self.current = self._beside(way)
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            self.step(1 if key == Qt.Key.Key_BracketRight else -1)
        else:
            return key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        return True

    def step(self, by: int) -> None:
        """To the next number."""
        self.current = (self.current + by) % len(self.faces)

    def _beside(self, way: QPointF) -> int:
        """The face next to the current one in that direction on the photo; itself when there is none."""
        middles = [QRectF(*face.box).center() for face in self.faces]
        moves = [middle - middles[self.current] for middle in middles]
        ahead = {i: QPointF.dotProduct(move, way) for i, move in enumerate(moves)}
        aside = {i: abs(move.x() * way.y() - move.y() * way.x()) for i, move in enumerate(moves)}
        found = [i for i in ahead if ahead[i] > aside[i]]  # within 45 degrees
        return min(found, key=lambda i: ahead[i] + 2 * aside[i], default=self.current)

    def accept(self) -> object:
        return self.current

    def leave(self) -> None:
        """Nothing hangs on the pointer."""


class PointTool:
    """Two eyes and two mouth corners by hand, with a loupe; points can be moved again before Enter."""

    COUNT = 4

    def __init__(self) -> None:
        self.points: list[QPointF] = []
        self.cursor: QPointF | None = None
        self._held: int | None = None

    def names(self) -> list[str]:
        return [
            tr("left eye in the image"),
            tr("right eye in the image"),
            tr("left mouth corner"),
            tr("right mouth corner"),
        ]

    @property
    def prompt(self) -> str:
        if len(self.points) < self.COUNT:
            return tr("Click the {name}", name=self.names()[len(self.points)])
        return tr("Drag the points if needed, then press Enter")

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        for point in self.points:
            here = canvas.to_widget(point)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(Qt.GlobalColor.black, 3))
            painter.drawEllipse(here, 6, 6)
            painter.setPen(QPen(Qt.GlobalColor.white, 1.5))
            painter.drawEllipse(here, 6, 6)
            painter.drawPoint(here)
        if self.cursor is not None:
            self._loupe(painter, canvas, self.cursor)

    def _loupe(self, painter: QPainter, canvas: Canvas, point: QPointF) -> None:
        assert canvas.photo is not None  # points are put on a photo
        here = canvas.to_widget(point)
        x = here.x() + 24 if here.x() + 24 + LOUPE_PX < canvas.width() else here.x() - 24 - LOUPE_PX
        y = min(max(8.0, here.y() - LOUPE_PX / 2), canvas.height() - LOUPE_PX - 8.0)
        box = QRectF(x, y, LOUPE_PX, LOUPE_PX)
        side = LOUPE_PX / (max(canvas.scale, 0.25) * LOUPE_ZOOM)
        path = QPainterPath()
        path.addEllipse(box)
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(box, ink(canvas).canvas)
        painter.drawImage(box, canvas.photo.levels[0], QRectF(point.x() - side / 2, point.y() - side / 2, side, side))
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(Qt.GlobalColor.white, 2))
        painter.drawEllipse(box)
        painter.setPen(QPen(ink(canvas).accent, 1))
        middle = box.center()
        painter.drawLine(QPointF(middle.x() - 10, middle.y()), QPointF(middle.x() + 10, middle.y()))
        painter.drawLine(QPointF(middle.x(), middle.y() - 10), QPointF(middle.x(), middle.y() + 10))

    def press(self, point: QPointF, canvas: Canvas) -> bool:
        near = HANDLE_PX / canvas.scale
        self._held = next(
            (i for i, p in enumerate(self.points) if math.dist(p.toTuple(), point.toTuple()) < near), None
        )
        if self._held is None and len(self.points) < self.COUNT:
            self.points.append(QPointF(point))
            self._held = len(self.points) - 1
        return self._held is not None

    def move(self, point: QPointF, canvas: Canvas) -> None:
        self.cursor = QPointF(point)
        if self._held is not None:
            self.points[self._held] = QPointF(point)

    def hover(self, point: QPointF, canvas: Canvas) -> None:
        self.cursor = QPointF(point)

    def release(self, point: QPointF, canvas: Canvas) -> object:
        self._held = None
        canvas.tool_ended.emit()  # the prompt changes
        return None

    def key(self, key: int, canvas: Canvas) -> bool:
        """Arrows move the cross, Enter puts a point; Backspace takes the last one back."""
        size = canvas.photo_size
        if self.cursor is None:
            self.cursor = QPointF(size.width() / 2, size.height() / 2)
        move = arrow(key)
        if move is not None:
            self.cursor += move * (4 / canvas.scale)
            return True
        if key == Qt.Key.Key_Backspace and self.points:
            self.points.pop()
            canvas.tool_ended.emit()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if len(self.points) < self.COUNT:
                self.points.append(QPointF(self.cursor))
                canvas.tool_ended.emit()
                return False
            return True
        return False

    def accept(self) -> object:
        return list(self.points) if len(self.points) == self.COUNT else None

    def leave(self) -> None:
        self.cursor = None


class CropTool:
    """Move, turn and scale the aligned crop before the work starts: inside moves, a corner turns and scales."""

    def __init__(self, quad: tuple[tuple[float, float], ...]) -> None:
        self._start = np.array(quad, dtype=np.float64)  # [4, 2]: TL BL BR TR
        self.quad = self._start.copy()
        self._corner: int | None = None
        self._last: QPointF | None = None

    def paint(self, painter: QPainter, canvas: Canvas) -> None:
        shape = QPolygonF([canvas.to_widget(QPointF(*corner)) for corner in self.quad])
        outside = QPainterPath()
        outside.addRect(QRectF(canvas.rect()))
        hole = QPainterPath()
        hole.addPolygon(shape)
        hole.closeSubpath()
        painter.setOpacity(0.45)
        painter.fillPath(outside.subtracted(hole), Qt.GlobalColor.black)
        painter.setOpacity(1.0)
        stroke(painter, shape, canvas, strong=True)
        painter.setPen(QPen(Qt.GlobalColor.black, 0.5))
        painter.setBrush(Qt.GlobalColor.white)
        for i in range(shape.count()):
            painter.drawEllipse(shape.at(i), 5, 5)

    def press(self, point: QPointF, canvas: Canvas) -> bool:
        near = 1.6 * HANDLE_PX / canvas.scale
        here = np.array(point.toTuple())
        distances = np.linalg.norm(self.quad - here, axis=1)
        self._corner = int(distances.argmin()) if distances.min() < near else None
        inside = QPolygonF([QPointF(*corner) for corner in self.quad]).containsPoint(point, Qt.FillRule.OddEvenFill)
        self._last = QPointF(point) if self._corner is not None or inside else None
        return self._last is not None

    def move(self, point: QPointF, canvas: Canvas) -> None:
        if self._last is None:
            return
        if self._corner is None:
            self.quad = self.quad + np.array((point - self._last).toTuple())
        else:
            self._turn(np.array(point.toTuple()))
        self._last = QPointF(point)

    def _turn(self, here: F64) -> None:
        """Scale and turn about the middle so that the held corner follows the pointer."""
        assert self._corner is not None  # only a held corner turns
        middle = self.quad.mean(axis=0)
        old, new = self.quad[self._corner] - middle, here - middle
        if np.linalg.norm(new) < 0.2 * np.linalg.norm(old):
            return
        ratio = complex(*new) / complex(*old)
        arms = (self.quad - middle) @ np.array([1, 1j]) * ratio  # [4] as complex numbers
        self.quad = middle + np.stack([arms.real, arms.imag], axis=1)

    def hover(self, point: QPointF, canvas: Canvas) -> None:
        near = 1.6 * HANDLE_PX / canvas.scale
        on_corner = np.linalg.norm(self.quad - np.array(point.toTuple()), axis=1).min() < near
        canvas.setCursor(Qt.CursorShape.SizeFDiagCursor if on_corner else Qt.CursorShape.SizeAllCursor)

    def release(self, point: QPointF, canvas: Canvas) -> object:
        self._last = None
        return None

    def key(self, key: int, canvas: Canvas) -> bool:
        keys = Qt.Key
        move = arrow(key)
        if move is not None:
            self.quad = self.quad + np.array((move * (2 / canvas.scale)).toTuple())
            return True
        if key in (keys.Key_Plus, keys.Key_Equal, keys.Key_Minus):
            middle = self.quad.mean(axis=0)
            self.quad = middle + (self.quad - middle) * (0.98 if key == keys.Key_Minus else 1.02)
            return True
        return key in (keys.Key_Return, keys.Key_Enter)

    def accept(self) -> object:
        """The similarity f64 [2, 3] from the crop at the start to the adjusted one."""
        before, after = self._start, self.quad
        arm = complex(*(after[3] - after[0])) / complex(*(before[3] - before[0]))
        turn = np.array([[arm.real, -arm.imag], [arm.imag, arm.real]])
        shift = after[0] - turn @ before[0]
        return np.concatenate([turn, shift[:, None]], axis=1)

    def leave(self) -> None:
        """The frame stays."""


def moved_landmarks(landmarks: Landmarks, move: np.ndarray) -> Landmarks:
    """Points under a similarity, f64 [2, 3], in photo px: how an adjusted crop reaches the engine."""
    points = landmarks.points.astype(np.float64) @ move[:, :2].T + move[:, 2]
    return Landmarks(points.astype(np.float32))
