"""The photo: uploaded once, the edited tile drawn over it, zoom and pan, and four ways to compare."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from facelab.core.values import Face
from facelab.engine.messages import Region
from facelab.ui import canvas_paint as paint
from facelab.ui.canvas_tools import CropTool, FaceTool, PointTool, Tool, arrow
from facelab.ui.engine_thread import ShownPhoto, ShownTile
from facelab.ui.i18n import tr
from facelab.ui.theme import ink
from facelab.ui.values import Compare
from facelab.ui.widgets import View

MAX_ZOOM = 16.0
MAX_FIT = 4.0
"""A small photo or face is not blown up further than this unless somebody zooms."""
SMALL_FACE_PX = 160
"""A part to edit that is smaller than this on screen is brought near."""
GRAB_PX = 7
WHEEL_STEP = 1.2


class Canvas(View):
    """Photo px <-> widget px: widget = (photo - centre) * scale + middle of the pane."""

    region_changed = Signal(object)  # Region on screen, or None
    zoom_changed = Signal()
    face_clicked = Signal(int)
    face_pointed = Signal(int)  # while one of several is being chosen
    points_placed = Signal(object)  # list[QPointF]: two eyes, two mouth corners, photo px
    crop_moved = Signal(object)  # f64 [2, 3] similarity in photo px
    tool_ended = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.photo: ShownPhoto | None = None
        self.mask_box: Region | None = None
        self.compare = Compare.AFTER
        self.scale = 1.0
        self.mode = "fit"  # "fit", "face" or "free"
        self.split = 0.5
        self.holding_before = False
        self.tool: Tool | None = None
        self.quad: tuple[tuple[float, float], ...] = ()
        self._centre = QPointF()
        self._whole: ShownTile | None = None
        self._detail: ShownTile | None = None
        self._backdrop: QImage | None = None
        self._grabbed: str | None = None
        self._last = QPointF()
        self._hovering = False
        self._space = False
        self._updating = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 240)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Photo"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(960, 700)

    # --- what is shown ------------------------------------------------------------------------

    def show_photo(self, photo: ShownPhoto | None) -> None:
        self.photo = photo
        self.mask_box, self.quad = None, ()
        self._whole = self._detail = None
        self.set_tool(None)
        self.fit()

    def set_session(self, mask_box: Region, quad: tuple[tuple[float, float], ...]) -> None:
        self.mask_box, self.quad = mask_box, quad
        self._whole = self._detail = None
        self.set_tool(None)
        if self.mode == "fit" and max(mask_box.width, mask_box.height) * self.scale < SMALL_FACE_PX:
            self.mode = "face"
        if self.mode == "face":
            self._apply_mode()
        self._view_moved()

    def show_tile(self, tile: ShownTile) -> None:
        """Draw a newer picture. A part never stays beside one of another recipe."""
        box, region = self.mask_box, tile.event.region
        if box is None:
            return
        if (region.x, region.y, region.width, region.height) == (box.x, box.y, box.width, box.height):
            self._whole, self._detail = tile, None
        else:
            self._whole, self._detail = None, tile
        self._update_box()

    def clear_tiles(self) -> None:
        self._whole = self._detail = None
        self.update()

    def set_compare(self, compare: Compare) -> None:
        self.compare = compare
        self._backdrop = None
        if self.mode != "free":
            self._apply_mode()
        self._view_moved()

    def hold_before(self, held: bool) -> None:
        if held != self.holding_before:
            self.holding_before = held
            self.update()

    def set_updating(self, updating: bool) -> None:
        if updating != self._updating:
            self._updating = updating
            self.update()

    def set_tool(self, tool: Tool | None) -> None:
        self.tool = tool
        self.setCursor(Qt.CursorShape.CrossCursor if isinstance(tool, PointTool) else Qt.CursorShape.ArrowCursor)
        self.update()

    def choose_faces(self, faces: tuple[Face, ...], current: int = 0) -> None:
        self.set_tool(FaceTool(faces, current))

    def place_points(self) -> None:
        self.set_tool(PointTool())

    def adjust_crop(self) -> None:
        if self.quad:
            self.set_tool(CropTool(self.quad))

    # --- geometry -----------------------------------------------------------------------------

    @property
    def photo_size(self) -> QSize:
        return self.photo.levels[0].size() if self.photo else QSize()

    def panes(self) -> list[QRect]:
        """One pane, or two side by side with a line between."""
        if self.compare is not Compare.SIDE or self.photo is None:
            return [self.rect()]
        half = (self.width() - 1) // 2
        return [QRect(0, 0, half, self.height()), QRect(self.width() - half, 0, half, self.height())]

    def to_widget(self, point: QPointF, pane: QRect | None = None) -> QPointF:
        middle = QRectF(pane or self.panes()[0]).center()
        return (point - self._centre) * self.scale + middle

    def to_photo(self, point: QPointF) -> QPointF:
        pane = next((pane for pane in self.panes() if pane.contains(point.toPoint())), self.panes()[0])
        return (point - QRectF(pane).center()) / self.scale + self._centre

    def fit_scale(self) -> float:
        size, pane = self.photo_size, self.panes()[0]
        if size.isEmpty():
            return 1.0
        return min(pane.width() / size.width(), pane.height() / size.height(), MAX_FIT)

    def fit(self) -> None:
        self.mode = "fit"
        self._apply_mode()
        self._view_moved()

    def actual_size(self) -> None:
        """100 %: one photo px on one screen px, round the face if there is one."""
        if self.mask_box is not None and self.mode != "free":
            self._centre = self._box_rect().center()
        self._set_scale(1.0 / self.devicePixelRatioF(), self._pane_middle())

    def zoom_to_face(self) -> None:
        self.mode = "face"
        self._apply_mode()
        self._view_moved()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        self._set_scale(self.scale * factor, at or self._pane_middle())

    def _pane_middle(self) -> QPointF:
        return QRectF(self.panes()[0]).center()

    def _set_scale(self, scale: float, at: QPointF) -> None:
        """Zoom so that the photo point under `at` stays there."""
        if self.photo is None:
            return
        fixed = self.to_photo(at)
        pane = next((pane for pane in self.panes() if pane.contains(at.toPoint())), self.panes()[0])
        self.scale = max(min(self.fit_scale(), 1.0) * 0.5, min(MAX_ZOOM, scale))
        self.mode = "free"
        self._centre = fixed - (at - QRectF(pane).center()) / self.scale
        self._view_moved()

    def _apply_mode(self) -> None:
        size = self.photo_size
        if self.mode == "face" and self.mask_box is not None:
            pane, box = self.panes()[0], self._box_rect()
            self.scale = min(pane.width() / box.width(), pane.height() / box.height(), MAX_FIT)
            self._centre = box.center()
        elif self.mode != "free":
            self.scale = self.fit_scale()
            self._centre = QPointF(size.width() / 2, size.height() / 2)

    def _box_rect(self) -> QRectF:
        box = self.mask_box
        return QRectF(box.x, box.y, box.width, box.height) if box else QRectF()

    def _view_moved(self) -> None:
        self._backdrop = None
        self.region_changed.emit(self.wanted_region())
        self.zoom_changed.emit()
        self.update()

    def wanted_region(self) -> Region | None:
        """The changeable part on screen at screen resolution: never more pixels than are seen."""
        if self.photo is None or self.mask_box is None:
            return None
        pane = self.panes()[0]
        half = QPointF(pane.width(), pane.height()) / (2 * self.scale)
        visible = QRectF(self._centre - half, self._centre + half)
        return paint.region_seen(self._box_rect(), visible, self.scale * self.devicePixelRatioF())

    def _update_box(self) -> None:
        """Repaint only where the picture can have changed."""
        for pane in self.panes():
            corner = self.to_widget(self._box_rect().topLeft(), pane)
            area = QRectF(corner, self._box_rect().size() * self.scale).toAlignedRect()
            self.update(area.adjusted(-2, -2, 2, 2))

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = ink(self)
        if self.photo is None:
            painter.fillRect(event.rect(), colours.canvas)
            return
        panes = self.panes()
        backdrop = self._drawn_backdrop(panes[0])
        for pane in panes:
            painter.drawImage(pane.topLeft(), backdrop)
        if len(panes) == 2:
            painter.fillRect(
                QRect(panes[0].right() + 1, 0, self.width() - 2 * panes[0].width(), self.height()), colours.line
            )
        self._paint_tiles(painter, panes)
        self._paint_over(painter, panes)

    def _drawn_backdrop(self, pane: QRect) -> QImage:
        """The photo as the pane shows it, kept until zoom or place change."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(pane.width() * ratio), round(pane.height() * ratio))
        if self._backdrop is None or self._backdrop.size() != size:
            assert self.photo is not None  # paintEvent has looked
            place = paint.Place(size, ratio, self.scale, self._centre)
            self._backdrop = paint.draw_backdrop(self.photo.levels, place, ink(self).canvas)
        return self._backdrop

    def _paint_tiles(self, painter: QPainter, panes: list[QRect]) -> None:
        if self.holding_before or self.compare is Compare.BEFORE:
            return
        pane = panes[-1]
        painter.save()
        clip = QRectF(pane)
        if self.compare is Compare.SPLIT:
            clip.setLeft(pane.left() + self.split * pane.width())
        painter.setClipRect(clip)
        smooth = self.scale * self.devicePixelRatioF() < paint.PIXELS_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        for tile in (self._whole, self._detail):
            if tile is not None:
                region = tile.event.region
                corner = self.to_widget(QPointF(region.x, region.y), pane)
                target = QRectF(corner.x(), corner.y(), region.width * self.scale, region.height * self.scale)
                painter.drawImage(target, tile.image)
        painter.restore()

    def _paint_over(self, painter: QPainter, panes: list[QRect]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.tool is not None:
            self.tool.paint(painter, self)
        elif self._hovering and self.quad and self._grabbed is None and self.compare is not Compare.SIDE:
            paint.draw_outline(painter, QPolygonF([self.to_widget(QPointF(*corner)) for corner in self.quad]))
        split = self.compare is Compare.SPLIT and self.tool is None
        if split:
            paint.draw_split(painter, self.split * self.width(), self.height())
        if self.holding_before:
            paint.draw_captions(painter, Compare.BEFORE, panes)
        elif not split or self._grabbed == "split":  # only while it moves
            paint.draw_captions(painter, self.compare, panes)
        if self._updating:
            paint.draw_caption(painter, tr("updating"), self.rect(), left=False)

    # --- input --------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._apply_mode()
        self._view_moved()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._backdrop = None
        super().changeEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovering = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovering = False
        if self.tool is not None:
            self.tool.leave()
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y() / 120
        if self.photo is not None and turn:
            self.zoom_by(WHEEL_STEP**turn, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._last = event.position()
        left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (left and self._space):
            self._grabbed = "pan"
        elif left and self._on_split(event.position()):
            self._grabbed = "split"
        elif left and self.tool is not None and self.tool.press(self.to_photo(event.position()), self):
            self._grabbed = "tool"
        elif left and self.photo is not None:
            self._grabbed = "pan"
        if self._grabbed == "pan":
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        here = event.position()
        match self._grabbed:
            case "split":
                self.split = max(0.0, min(1.0, here.x() / max(1, self.width())))
                self.update()
            case "pan":
                self._centre -= (here - self._last) / self.scale
                self.mode = "free"
                self._view_moved()
            case "tool" if self.tool is not None:
                self.tool.move(self.to_photo(here), self)
                self.update()
            case _:
                self._hover(here)
        self._last = here

    def _hover(self, here: QPointF) -> None:
        if self.tool is not None:
            self.tool.hover(self.to_photo(here), self)
            self.point_face()
        elif self._on_split(here):
            self.setCursor(Qt.CursorShape.SplitHCursor)
        else:
            self.setCursor(Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        grabbed, self._grabbed = self._grabbed, None
        if grabbed == "tool" and self.tool is not None:
            self._tool_result(self.tool.release(self.to_photo(event.position()), self))
        if grabbed == "pan":
            self.set_tool(self.tool)  # with its cursor
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between the whole photo and the face."""
        if self.tool is None and self.photo is not None and not self._on_split(event.position()):
            self.fit() if self.mode == "face" else self.zoom_to_face()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self.tool is not None and event.key() == Qt.Key.Key_Escape and isinstance(self.tool, CropTool):
            self.set_tool(None)
            self.tool_ended.emit()
        elif self.tool is not None and self.tool.key(event.key(), self):
            self.point_face()
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._tool_result(self.tool.accept())
        elif self.compare is Compare.SPLIT and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.split = max(0.0, min(1.0, self.split + (0.02 if event.key() == Qt.Key.Key_Right else -0.02)))
            self.update()
        elif not self._pan_key(event.key()):
            super().keyPressEvent(event)

    def _pan_key(self, key: int) -> bool:
        move = arrow(key)
        if move is None or self.photo is None:
            return False
        self._centre += move * (40 / self.scale)
        self.mode = "free"
        self._view_moved()
        return True

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.unsetCursor()
        super().keyReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.ignore()  # the window shows its menu

    def _on_split(self, point: QPointF) -> bool:
        if self.compare is not Compare.SPLIT or self.photo is None or self.tool is not None:
            return False
        return abs(point.x() - self.split * self.width()) <= GRAB_PX

    def point_face(self, by: int = 0) -> None:
        """Go on by so many faces while one is being chosen, and say which it is."""
        if isinstance(self.tool, FaceTool):
            self.tool.step(by)
            self.face_pointed.emit(self.tool.current)
        self.update()

    def _tool_result(self, result: object) -> None:
        if result is None:
            return
        if isinstance(self.tool, FaceTool) and isinstance(result, int):
            self.face_clicked.emit(result)
        elif isinstance(self.tool, PointTool):
            self.points_placed.emit(result)
        elif isinstance(self.tool, CropTool):
            self.set_tool(None)
            self.crop_moved.emit(result)
