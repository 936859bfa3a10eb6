"""Studio, tab Fit: from labels or from the attribute net to a slider, and what it was measured to do."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from facelab.core.networks.attribute_keys import KEYS
from facelab.engine.studio_values import FitPlan, FitResult, StudioAnswer
from facelab.project.label_store import LabelSet
from facelab.ui.i18n import tr
from facelab.ui.studio_parts import Line, StripView, free_key
from facelab.ui.widgets import View, button, label

SAMPLES = 600


def attribute_name(key: str) -> str:
    """What the attribute net judges, in words."""
    return {
        "smile": tr("Smile"), "mouth_open": tr("Mouth open"), "eyes": tr("Eyes open"), "glasses": tr("Glasses"),
        "beard": tr("Beard"), "hat": tr("Hat"), "gender": tr("Gender"), "age": tr("Age"), "yaw": tr("Turn"),
        "pitch": tr("Nod"), "quality": tr("Picture quality"),
    }[key]  # fmt: skip


class FitTab(View):
    removed = Signal(str)  # a slider's key

    def __init__(self, line: Line, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line, self._language = line, language
        self.sets: dict[str, LabelSet] = {}
        self._taken: set[str] = set()
        self.result: FitResult | None = None
        self.source, self.space = QComboBox(), QComboBox()
        self.name = QLineEdit()
        self.alone = QListWidget()
        self.plain = QCheckBox()
        self.go = button(primary=True)
        self.remove = button()
        self.figures = label(wrap=True)
        self.strip = StripView(84, stacked=True)
        self._words: dict[str, QLabel] = {key: label() for key in ("source", "name", "space", "alone")}
        for space in ("w", "w+", "z"):
            self.space.addItem("", space)
        self._lay_out()
        self.go.clicked.connect(self.fit)
        self.remove.clicked.connect(self._remove)
        self.source.currentIndexChanged.connect(self._suggest_name)
        self.name.textChanged.connect(self._refresh)
        self.retranslate()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.alone.setMinimumHeight(90)
        for key, field in (("source", self.source), ("name", self.name), ("space", self.space), ("alone", self.alone)):
            self._words[key].setBuddy(field)
            form.addRow(self._words[key], field)
        form.addRow(self.plain)
        left = QVBoxLayout()
        left.addLayout(form, 1)
        left.addWidget(self.go, 0, Qt.AlignmentFlag.AlignLeft)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.figures)
        right.addWidget(self.strip)
        right.addStretch(1)
        right.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(24)
        layout.addLayout(left, 2)
        layout.addLayout(right, 3)

    def _remove(self) -> None:
        if self.result is not None:
            self.removed.emit(self.result.direction.key)

    # --- what can be fitted -------------------------------------------------------------------

    def offer(self, sets: dict[str, LabelSet], sliders: dict[str, str], own: set[str]) -> None:
        """sets: the user's labels by key; sliders: title by key; own: keys of the user's sliders."""
        self.sets, self._taken = sets, sliders.keys() - own
        before = self.source.currentData()
        blocked = self.source.blockSignals(True)
        self.source.clear()
        for key, labels in sets.items():
            self.source.addItem(tr("Your labels: {name}", name=labels.name), f"labels:{key}")
        for key in KEYS:
            self.source.addItem(tr("The model's judgement: {name}", name=attribute_name(key)), f"net:{key}")
        self.source.setCurrentIndex(max(0, self.source.findData(before)))
        self.source.blockSignals(blocked)
        checked = {
            item.data(Qt.ItemDataRole.UserRole) for item in self._items() if item.checkState() == Qt.CheckState.Checked
        }
        self.alone.clear()
        for key, title in sliders.items():
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if key in checked else Qt.CheckState.Unchecked)
            self.alone.addItem(item)
        self._suggest_name()

    def choose(self, labels: LabelSet) -> None:
        """Fit these labels."""
        self.source.setCurrentIndex(max(0, self.source.findData(f"labels:{labels.key}")))
        self._suggest_name()

    def _items(self) -> list[QListWidgetItem]:
        return [self.alone.item(row) for row in range(self.alone.count())]

    def _suggest_name(self) -> None:
        kind, _, key = str(self.source.currentData() or "").partition(":")
        if kind == "labels":
            self.name.setText(self.sets[key].name)
        elif kind == "net":
            self.name.setText(tr("{name} (own)", name=attribute_name(key)))
        self._refresh()

    # --- fitting ------------------------------------------------------------------------------

    def fit(self) -> None:
        """Start; the slider is kept and appears beside the photo when it is done."""
        kind, _, key = str(self.source.currentData() or "").partition(":")
        name = self.name.text().strip()
        if not kind or not name:
            return
        labels = self.sets[key].labels if kind == "labels" else {}
        suggested = kind == "net" and name == tr("{name} (own)", name=attribute_name(key))
        plan = FitPlan(
            key=free_key(key if suggested else name, self._taken),
            names={self._language: name},
            attribute=key if kind == "net" else "",
            scores=tuple((face, float(yes)) for face, yes in labels.items()),
            space=str(self.space.currentData()),
            samples=SAMPLES,
            plain=self.plain.isChecked(),
            conditions=tuple(
                item.data(Qt.ItemDataRole.UserRole)
                for item in self._items()
                if item.checkState() == Qt.CheckState.Checked
            ),
            replace=True,
        )
        self._line.ask(plan, self._fitted)

    def _fitted(self, answer: StudioAnswer) -> None:
        assert isinstance(answer, FitResult)
        self.result = answer
        self.strip.show_strip(answer.strip)
        self._refresh()

    def forget(self, key: str) -> None:
        """The slider was removed."""
        if self.result is not None and self.result.direction.key == key:
            self.result = None
            self.strip.show_strip(None)
            self._refresh()

    def set_language(self, language: str) -> None:
        self._language = language

    # --- words --------------------------------------------------------------------------------

    def _refresh(self) -> None:
        self.go.setEnabled(bool(self.name.text().strip()) and self.source.count() > 0 and not self._line.waiting)
        self.remove.setVisible(self.result is not None)
        self.figures.setText(
            "\n".join(self._figures()) if self.result is not None else tr("The measured figures appear here.")
        )

    def _figures(self) -> list[str]:
        result = self.result
        assert result is not None, "asked for only with a result"
        low, high = result.along_interval
        lines = [
            tr(
                "“{name}” is now among your sliders.",
                name=result.direction.labels.get(self._language, result.direction.label),
            ),
            "",
        ]
        if not math.isnan(result.learnt):
            lines.append(
                tr(
                    "Your {count} labels were learnt to {share} on held-out ones.",
                    count=result.labels,
                    share=f"{result.learnt:.0%}",
                )
            )
        lines.append(
            tr(
                "On faces it has not seen it tells the two kinds apart in {share} ({low} to {high}).",
                share=f"{result.along:.0%}", low=f"{low:.0%}", high=f"{high:.0%}",
            )
        )  # fmt: skip
        lines.append(
            tr(
                "+2 raises it in {share} of {count} faces.",
                share=f"{result.effect.raised:.0%}",
                count=result.effect.faces,
            )
        )
        if result.identity and not math.isnan(result.effect.identity):
            lines.append(tr("Likeness of the person: {value} of 1.", value=f"{result.effect.identity:.2f}"))
        if result.kept < 1:
            lines.append(
                tr("{share} of its length is left beside the sliders it leaves alone.", share=f"{result.kept:.0%}")
            )
        lines.append(
            tr("Usable from {low} to {high}.", low=f"{result.range.low:+.1f}", high=f"{result.range.high:+.1f}")
        )
        return lines

    def retranslate(self) -> None:
        words = {
            "source": tr("Learn from"), "name": tr("Name of the slider"), "space": tr("Space"),
            "alone": tr("Leave alone"),
        }  # fmt: skip
        fields = {"source": self.source, "name": self.name, "space": self.space, "alone": self.alone}
        for key, text in words.items():
            self._words[key].setText(text)
            fields[key].setAccessibleName(text)
        for index, text in enumerate((tr("W (usual)"), tr("W+ (each layer its own)"), tr("Z"))):
            self.space.setItemText(index, text)
        self.plain.setText(tr("Straight across the boundary, as in the paper"))
        self.plain.setToolTip(tr("Otherwise the likeliest way across it, which changes less besides."))
        self.go.setText(tr("Make the slider"))
        self.remove.setText(tr("Remove this slider"))
        self.strip.retranslate()
        self._refresh()
