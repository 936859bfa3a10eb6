"""Settings: applied at once, kept where the platform keeps them."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from facelab.engine.messages import DeviceInfo
from facelab.settings import Settings
from facelab.ui.fit_box import preset_title
from facelab.ui.i18n import LANGUAGES, tr
from facelab.ui.widgets import Dialog, button, label, rule


class SettingsDialog(Dialog):
    changed = Signal(object)  # Settings
    history_cleared = Signal()

    def __init__(self, settings: Settings, devices: tuple[DeviceInfo, ...] = (), parent: QWidget | None = None) -> None:
        """devices: those that are here; the others are shown but cannot be chosen. Empty = not known yet."""
        super().__init__(parent)
        self.settings = settings
        self._devices = {device.key: device for device in devices}
        self.title = label("title")
        self.language, self.theme, self.device, self.preset = (QComboBox() for _ in range(4))
        self.threads = QSpinBox()
        self.threads.setRange(0, 64)
        self.autosave, self.edit_mark, self.keep_gps, self.network = (QCheckBox() for _ in range(4))
        self.clear, self.close_button = button(), button()
        self.privacy = label("small", wrap=True)
        self.restart = label("small", wrap=True)
        self._form = QFormLayout()
        self._labels: dict[str, QLabel] = {}
        self._fill()
        self._lay_out()
        self.retranslate()
        self._connect()

    def _fill(self) -> None:
        self.language.addItem("", "system")
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        for key in ("system", "light", "dark"):
            self.theme.addItem("", key)
        for key in ("auto", "cpu", "cuda", "mps"):
            self.device.addItem("", key)
            model = self.device.model()
            missing = bool(self._devices) and key != "auto" and key not in self._devices
            if missing and isinstance(model, QStandardItemModel):
                model.item(self.device.count() - 1).setEnabled(False)
        for key in ("fast", "balanced", "faithful"):
            self.preset.addItem("", key)
        settings = self.settings
        for box, value in (
            (self.language, settings.language), (self.theme, settings.theme),
            (self.device, settings.device), (self.preset, settings.preset),
        ):  # fmt: skip
            box.setCurrentIndex(max(0, box.findData(value)))
        self.threads.setValue(settings.threads)
        self.autosave.setChecked(settings.autosave)
        self.edit_mark.setChecked(settings.edit_mark)
        self.keep_gps.setChecked(settings.keep_gps)
        self.network.setChecked(settings.network)

    def _lay_out(self) -> None:
        self._form.setHorizontalSpacing(24)
        self._form.setVerticalSpacing(8)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, field in (
            ("language", self.language), ("theme", self.theme), ("device", self.device),
            ("threads", self.threads), ("preset", self.preset),
        ):  # fmt: skip
            self._labels[name] = label()
            self._labels[name].setBuddy(field)
            self._form.addRow(self._labels[name], field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(self.title)
        layout.addLayout(self._form)
        layout.addWidget(self.restart)
        layout.addWidget(rule())
        for box in (self.autosave, self.edit_mark, self.keep_gps, self.network):
            layout.addWidget(box)
        layout.addWidget(rule())
        layout.addWidget(self.privacy)
        layout.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        self.setMinimumWidth(480)

    def _connect(self) -> None:
        for box in (self.language, self.theme, self.device, self.preset):
            box.currentIndexChanged.connect(self._apply)
        self.threads.valueChanged.connect(self._apply)
        for check in (self.autosave, self.edit_mark, self.keep_gps, self.network):
            check.toggled.connect(self._apply)
        self.clear.clicked.connect(self._clear)
        self.close_button.clicked.connect(self.close)

    def _apply(self) -> None:
        self.settings = msgspec.structs.replace(
            self.settings, language=self.language.currentData(), theme=self.theme.currentData(),
            device=self.device.currentData(), preset=self.preset.currentData(), threads=self.threads.value(),
            autosave=self.autosave.isChecked(), edit_mark=self.edit_mark.isChecked(),
            keep_gps=self.keep_gps.isChecked(), network=self.network.isChecked(),
        )  # fmt: skip
        self.changed.emit(self.settings)

    def _device_text(self, key: str) -> str:
        """The device with what hardware and how much memory it has."""
        names = {"auto": tr("Automatic"), "cpu": tr("Processor (CPU)"), "cuda": "NVIDIA (CUDA)", "mps": "Apple (MPS)"}
        found = self._devices.get(key)
        if found is None:
            return names[key] if key == "auto" or not self._devices else f"{names[key]} · {tr('not on this computer')}"
        memory = tr("{size} GB", size=f"{found.memory / 2**30:.0f}") if found.memory else ""
        return " · ".join(part for part in (found.name or names[key], memory) if part)

    def _clear(self) -> None:
        self.history_cleared.emit()
        self.clear.setEnabled(False)
        self.clear.setText(tr("History cleared"))

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Settings"))
        self.title.setText(tr("Settings"))
        words = {
            "language": tr("Language"), "theme": tr("Theme"), "device": tr("Device"),
            "threads": tr("Threads"), "preset": tr("Fitting"),
        }  # fmt: skip
        fields = {
            "language": self.language,
            "theme": self.theme,
            "device": self.device,
            "threads": self.threads,
            "preset": self.preset,
        }
        for name, text in words.items():
            self._labels[name].setText(text)
            fields[name].setAccessibleName(text)
        self.language.setItemText(0, tr("As the system"))
        for index, text in enumerate((tr("As the system"), tr("Light"), tr("Dark"))):
            self.theme.setItemText(index, text)
        for index in range(self.device.count()):
            self.device.setItemText(index, self._device_text(str(self.device.itemData(index))))
        for index in range(self.preset.count()):
            self.preset.setItemText(index, preset_title(str(self.preset.itemData(index))))
        self.threads.setSpecialValueText(tr("Automatic"))
        self.autosave.setText(tr("Keep unsaved work safe from a crash"))
        self.edit_mark.setText(tr("Mark exports as edited with facelab"))
        self.keep_gps.setText(tr("Keep the place (GPS) in exports"))
        self.network.setText(tr("Allow downloads that I click"))
        self.restart.setText(tr("The device applies from the next photo on, threads from the next start."))
        self.privacy.setText(
            tr("Nothing leaves this computer. Recent files and unsaved work lie in a folder only you can read.")
        )
        self.clear.setText(tr("Clear history"))
        self.close_button.setText(tr("Close"))
