"""fit, 100 %, face: three quiet buttons over the lower left corner of the photo."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from facelab.ui.canvas import Canvas
from facelab.ui.i18n import tr
from facelab.ui.widgets import View, label


class ZoomBar(View):
    def __init__(self, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent or canvas)
        self._canvas = canvas
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.fit, self.actual, self.face = QToolButton(), QToolButton(), QToolButton()
        self.percent = label("small")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 8, 2)
        layout.setSpacing(2)
        for made in (self.fit, self.actual, self.face):
            made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            made.setCheckable(True)
            layout.addWidget(made)
        layout.addSpacing(4)
        layout.addWidget(self.percent)
        self.fit.clicked.connect(canvas.fit)
        self.actual.clicked.connect(canvas.actual_size)
        self.face.clicked.connect(canvas.zoom_to_face)
        canvas.zoom_changed.connect(self._show)
        self.percent.setFixedWidth(self.percent.fontMetrics().horizontalAdvance("1600 %") + 4)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.retranslate()

    def _show(self) -> None:
        self.percent.setText(f"{100 * self._canvas.scale * self._canvas.devicePixelRatioF():.0f} %")
        self.face.setEnabled(self._canvas.mask_box is not None)
        self.fit.setChecked(self._canvas.mode == "fit")
        self.face.setChecked(self._canvas.mode == "face")
        self.actual.setChecked(abs(self._canvas.scale * self._canvas.devicePixelRatioF() - 1) < 1e-3)

    def retranslate(self) -> None:
        self.fit.setText(tr("Fit", "zoom: whole photo"))
        self.actual.setText("100 %")
        self.face.setText(tr("Face"))
        self.fit.setToolTip(tr("Whole photo") + " (0)")
        self.actual.setToolTip(tr("One photo pixel on one screen pixel") + " (1)")
        self.face.setToolTip(tr("Fill with the face") + " (2)")
        for made in (self.fit, self.actual, self.face):
            made.setAccessibleName(made.toolTip())
        self._show()
        self.adjustSize()
