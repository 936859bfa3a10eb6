"""For experts, behind a switch: layers of a slider, and the pull towards the average face."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from facelab.core.recipe import NAMED_LAYERS, LayerRange, layer_range
from facelab.ui.document import Change, Document
from facelab.ui.i18n import tr
from facelab.ui.theme import Icons
from facelab.ui.track import Track
from facelab.ui.widgets import View, label


class Advanced(View):
    """Behind a switch: which layers a slider drives, and how close the face is pulled to the average."""

    def __init__(self, document: Document, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._icons = icons
        self._key = ""
        self._num_ws = 0
        self.switch = QToolButton()
        self.switch.setCheckable(True)
        self.switch.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.body = QWidget()
        self.layers_of = label(wrap=True)
        self.layers = QComboBox()
        self.average = label(wrap=True)
        self.psi = Track(-0.7, 0.0, 0.05)
        self.psi_text = label()
        self._lay_out()
        self.body.hide()
        self.switch.toggled.connect(self._switched)
        self.layers.activated.connect(self._choose)
        self.psi.moved.connect(lambda value: document.set_psi(1.0 + min(0.0, value)))
        self.psi.settled.connect(lambda: document.commit(Change("psi")))
        self.retranslate()
        self._switched(False)

    def _lay_out(self) -> None:
        body = QVBoxLayout(self.body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(8)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.layers_of, 1)
        first.addWidget(self.layers)
        second.addWidget(self.average)
        second.addWidget(self.psi, 1)
        second.addWidget(self.psi_text)
        body.addLayout(first)
        body.addLayout(second)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.switch)
        layout.addWidget(self.body)

    def _switched(self, on: bool) -> None:
        self.body.setVisible(on)
        colour = self.palette().windowText().color()
        self.switch.setIcon(self._icons.get("collapse" if on else "expand", colour, size=16))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._switched(self.switch.isChecked())
        super().changeEvent(event)

    def set_num_ws(self, num_ws: int) -> None:
        self._num_ws = num_ws

    def set_key(self, key: str) -> None:
        self._key = key
        self.retranslate()

    def refresh(self) -> None:
        recipe = self._document.recipe
        self.psi.show_amount(recipe.truncation_psi - 1.0)
        self.psi_text.setText(f"{recipe.truncation_psi:.2f}")
        current = self._document.layers(self._key)
        for index in range(self.layers.count()):
            if self._range(str(self.layers.itemData(index))) == current:
                self.layers.setCurrentIndex(index)
        self.layers.setEnabled(bool(recipe.amount(self._key)))

    def _range(self, name: str) -> LayerRange | None:
        if name not in NAMED_LAYERS or not self._num_ws:
            return None
        return layer_range(name, self._num_ws)

    def _choose(self) -> None:
        self._document.set_layers(self._key, self._range(str(self.layers.currentData())))

    def retranslate(self) -> None:
        self.switch.setText(tr("Advanced: layers"))
        name = self._document.labels.get(self._key, "")
        self.layers_of.setText(tr("Layers of {name}", name=name) if name else tr("Layers of the last slider"))
        self.layers.setAccessibleName(tr("Layers that the slider drives"))
        self.layers.clear()
        for key, text in (
            ("", tr("Slider's own", "layers")), ("all", tr("All", "layers")), ("coarse", tr("Coarse: pose, shape")),
            ("middle", tr("Middle: features")), ("fine", tr("Fine: colour, light")),
        ):  # fmt: skip
            self.layers.addItem(text, key)
        self.average.setText(tr("Closer to average"))
        self.psi.setAccessibleName(tr("Closer to average"))
        self.psi.setToolTip(tr("Pulls the face towards the average face of the model (truncation psi)"))
        self.refresh()
