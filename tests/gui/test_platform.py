"""The platform beneath the window: what would abort the program long after it started."""

from __future__ import annotations

import sys

from PySide6.QtGui import QImage


def test_qt_calls_keep_references_to_none(qapp: object) -> None:
    """PySide6 6.12.0 on Python 3.11 loses one with each call that returns nothing, until the program aborts."""
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    before = sys.getrefcount(None)
    for _ in range(200):
        image.fill(0)
    assert sys.getrefcount(None) > before - 100
