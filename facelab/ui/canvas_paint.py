"""Drawing of the canvas: functions of what they are given."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from facelab.engine.messages import Region
from facelab.ui.i18n import tr
from facelab.ui.values import Compare

PIXELS_FROM = 6.0
"""From this zoom on single photo pixels are shown as squares."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A pane on the photo. size: device px; ratio: device px per widget px; scale: widget px per photo px;
    centre: the photo px in the middle of the pane."""

    size: QSize
    ratio: float
    scale: float
    centre: QPointF


def draw_backdrop(levels: tuple[QImage, ...], place: Place, ground: QColor) -> QImage:
    """The photo as the pane shows it, from the smallest level that still has all pixels."""
    made = QImage(place.size, QImage.Format.Format_RGB32)
    made.setDevicePixelRatio(place.ratio)
    made.fill(ground)
    wanted = place.scale * place.ratio
    index = 0
    while index + 1 < len(levels) and wanted <= 0.5 ** (index + 1):
        index += 1
    level, full = levels[index], levels[0].size()
    width, height = place.size.width() / place.ratio, place.size.height() / place.ratio
    corner = QPointF(width / 2, height / 2) - place.centre * place.scale
    target = QRectF(corner.x(), corner.y(), full.width() * place.scale, full.height() * place.scale)
    visible = target.intersected(QRectF(0, 0, width, height))
    part_x, part_y = level.width() / target.width(), level.height() / target.height()
    source = QRectF(
        (visible.x() - target.x()) * part_x, (visible.y() - target.y()) * part_y,
        visible.width() * part_x, visible.height() * part_y,
    )  # fmt: skip
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, wanted < PIXELS_FROM)
    painter.drawImage(visible, level, source)
    painter.end()
    return made


def region_seen(box: QRectF, visible: QRectF, scale: float) -> Region:
    """The part of the box that is on screen, or all of it. scale: device px per photo px; a region never has more
    pixels than the photo, nor less than 32 on its shorter side."""
    seen = box.intersected(visible)
    if seen.width() < 1 or seen.height() < 1 or seen == box:
        seen = box
    whole = QRectF(seen).toAlignedRect().intersected(box.toRect())
    least = min(1.0, 32 / max(1, min(whole.width(), whole.height())))
    return Region(whole.x(), whole.y(), whole.width(), whole.height(), round(max(min(1.0, scale), least), 4))


def draw_outline(painter: QPainter, outline: QPolygonF) -> None:
    """The thin frame round the face."""
    for colour, width, opacity in ((Qt.GlobalColor.black, 2.5, 0.25), (Qt.GlobalColor.white, 1.0, 0.7)):
        painter.setPen(QPen(colour, width))
        painter.setOpacity(opacity)
        painter.drawPolygon(outline)
    painter.setOpacity(1.0)


def draw_split(painter: QPainter, x: float, height: int) -> None:
    """The line between before and after, with its grip."""
    for colour, width, opacity in ((Qt.GlobalColor.black, 3.0, 0.3), (Qt.GlobalColor.white, 1.5, 1.0)):
        painter.setPen(QPen(colour, width))
        painter.setOpacity(opacity)
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
    painter.setBrush(Qt.GlobalColor.white)
    painter.setPen(QPen(Qt.GlobalColor.black, 0.5))
    painter.drawRoundedRect(QRectF(x - 3, height / 2 - 16, 6, 32), 3, 3)


def draw_captions(painter: QPainter, compare: Compare, panes: list[QRect]) -> None:
    """What is seen where."""
    match compare:
        case Compare.BEFORE:
            draw_caption(painter, tr("before"), panes[0], left=True)
        case Compare.SPLIT | Compare.SIDE:
            draw_caption(painter, tr("before"), panes[0], left=True)
            draw_caption(painter, tr("after"), panes[-1], left=False)
        case Compare.DIFFERENCE:
            draw_caption(painter, tr("what the model cannot explain"), panes[0], left=True)
        case _:
            pass


def draw_caption(painter: QPainter, text: str, area: QRect, *, left: bool) -> None:
    """A word in an upper corner, readable on any photo."""
    metrics = painter.fontMetrics()
    width = metrics.horizontalAdvance(text) + 16
    x = area.left() + 12 if left else area.right() - 12 - width
    box = QRectF(x, area.top() + 12, width, metrics.height() + 8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(Qt.GlobalColor.black)
    painter.setOpacity(0.62)
    painter.drawRoundedRect(box, 4, 4)
    painter.setOpacity(1.0)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
