"""Make it yours: how thoroughly to fit the model, and how long that takes here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from facelab.engine.messages import PresetInfo
from facelab.ui.i18n import tr
from facelab.ui.widgets import View, button, label


def preset_title(key: str) -> str:
    match key:
        case "fast":
            return tr("Fast", "fitting preset")
        case "balanced":
            return tr("Balanced", "fitting preset")
        case _:
            return tr("Faithful", "fitting preset")


def about_time(seconds: float) -> str:
    """An expected time, rounded to what it is worth."""
    if seconds < 90:
        return tr("about {count} s", count=max(5, 5 * round(seconds / 5)))
    return tr("about {count} min", count=round(seconds / 60))


class FitBox(View):
    """Make it yours: fit the model to this face, with the time it takes said before."""

    fit = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presets: tuple[PresetInfo, ...] = ()
        self._tuned = False
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.hint = label("small", wrap=True)
        self.preset = QComboBox()
        self.start = button(primary=True)
        self.preset.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.preset.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.preset, 1)
        line.addWidget(self.start)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.hint)
        layout.addLayout(line)
        self.start.clicked.connect(lambda: self.fit.emit(self.preset.currentData() or "balanced", self._tuned))
        self.retranslate()

    def set_presets(self, presets: tuple[PresetInfo, ...], chosen: str) -> None:
        self._presets = presets
        self._fill(chosen)

    def show_state(self, *, enabled: bool, tuned: bool, running: bool) -> None:
        self._tuned = tuned
        self.start.setEnabled(enabled and not running)
        self.preset.setEnabled(enabled and not running)
        self._running = running
        if self.start.property("primary") is tuned:  # once it is personal, exporting is what comes next
            self.start.setProperty("primary", not tuned)
            self.start.style().unpolish(self.start)
            self.start.style().polish(self.start)
        self.retranslate()

    _running = False

    def _fill(self, chosen: str) -> None:
        self.preset.clear()
        for preset in self._presets:
            time = f" · {about_time(preset.seconds)}" if preset.seconds is not None else ""
            self.preset.addItem(preset_title(preset.key) + time, preset.key)
            self.preset.setItemData(self.preset.count() - 1, self._details(preset.key), Qt.ItemDataRole.ToolTipRole)
        self.preset.setCurrentIndex(max(0, self.preset.findData(chosen)))

    @staticmethod
    def _details(key: str) -> str:
        match key:
            case "fast":
                return tr("A first fit: enough for small changes")
            case "balanced":
                return tr("Keeps the likeness for most edits (pivotal tuning)")
            case _:
                return tr("Goes on until the picture stops improving")

    def retranslate(self) -> None:
        chosen = self.preset.currentData()
        self._fill(str(chosen or "balanced"))
        self.preset.setAccessibleName(tr("How thoroughly to fit"))
        if self._running:
            self.hint.setText(tr("Fitting. The sliders work meanwhile, and the picture gets better."))
        elif self._tuned:
            self.hint.setText(tr("This model is personal now. Go on to bring it even closer."))
        else:
            self.hint.setText(tr("Fit the model to this face, so that edits keep the likeness."))
        self.start.setText(tr("Go on") if self._tuned else tr("Start", "fitting the model"))
