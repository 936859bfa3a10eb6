"""The engine's thread, as the window sees it: requests in through the mailbox, events out through one signal.

The signal is declared on the `QThread`, which lives in the GUI thread, so its slots run there. Pictures become
`QImage`s in RGB32 on the engine's side: the GUI thread only draws them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, Qt, QThread, Signal
from PySide6.QtGui import QImage

from facelab.core.values import U8
from facelab.engine.mailbox import Mailbox
from facelab.engine.messages import EngineStopped, Event, PhotoOpened, Region, Rendered
from facelab.engine.reports import safe_traceback

log = logging.getLogger(__name__)
THUMBNAIL_PX = 96
SMALLEST_LEVEL_PX = 700
"""The pyramid ends when the longer side is below this."""


class Runs(Protocol):
    """An engine: serves its mailbox until `Shutdown`."""

    def run(self) -> None: ...


EngineFactory = Callable[[Mailbox, Callable[[Event], None]], Runs]


@dataclass(frozen=True, slots=True, eq=False)
class ShownPhoto:
    """A photo ready to draw. levels: RGB32, full size first, each half the size of the one before."""

    event: PhotoOpened
    levels: tuple[QImage, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ShownTile:
    """A rendered part of the photo ready to draw."""

    event: Rendered
    image: QImage


def to_image(pixels: U8) -> QImage:
    """u8 [H, W, 3] sRGB -> RGB32 image that owns its memory."""
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


def pyramid(pixels: U8) -> tuple[QImage, ...]:
    """The photo and its halves, so that any zoom is drawn from at most four times the pixels it needs."""
    levels = [to_image(pixels)]
    while max(levels[-1].width(), levels[-1].height()) > SMALLEST_LEVEL_PX:
        last = levels[-1]
        half = last.scaled(
            max(1, last.width() // 2), max(1, last.height() // 2),
            Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
        levels.append(half.convertToFormat(QImage.Format.Format_RGB32))
    return tuple(levels)


def thumbnail(tile: ShownTile, box: Region) -> QImage | None:
    """A small square from the middle of a picture, if it holds the whole face. box: where pixels may change."""
    region, image = tile.event.region, tile.image
    if region.width * region.height < 0.8 * box.width * box.height:
        return None
    side = int(0.8 * min(image.width(), image.height()))
    square = image.copy((image.width() - side) // 2, (image.height() - side) // 2, side, side)
    return square.scaledToWidth(THUMBNAIL_PX)


class EngineThread(QThread):
    """Runs one engine. make_engine is called inside the thread, so that torch is imported there."""

    arrived = Signal(object)  # an Event, a ShownPhoto or a ShownTile

    def __init__(self, make_engine: EngineFactory, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mailbox = Mailbox()
        self._make_engine = make_engine

    def run(self) -> None:
        """Catch everything: an exception that leaves `run` would be a silently dead thread."""
        try:
            self._make_engine(self.mailbox, self._emit).run()
        except BaseException as error:
            report = safe_traceback(error)
            log.error("the engine died\n%s", report)
            self.arrived.emit(EngineStopped(report))

    def _emit(self, event: Event) -> None:
        match event:
            case PhotoOpened():
                self.arrived.emit(ShownPhoto(event, pyramid(event.pixels)))
            case Rendered():
                self.arrived.emit(ShownTile(event, to_image(event.pixels)))
            case _:
                self.arrived.emit(event)
