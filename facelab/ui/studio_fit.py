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
from facelab.engine.studio_values import (
    Calibrate,
    ConditionSlider,
    DirectionKept,
    DrawLadder,
    FitPlan,
    FitResult,
    LadderDrawn,
    StudioAnswer,
)
from facelab.project.label_store import LabelSet
from facelab.ui.engine_thread import to_image
from facelab.ui.i18n import tr
from facelab.ui.studio_ladder import LadderDialog
from facelab.ui.studio_parts import Line, StripView, free_key
from facelab.ui.widgets import View, button, label, name_style, signed

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
        self._titles: dict[str, str] = {}
        self._copied = ""
        self.result: FitResult | None = None
        self.source, self.space = QComboBox(), QComboBox()
        self.name = QLineEdit()
        self.alone = QListWidget()
        self.plain = QCheckBox()
        self.go = button(primary=True)
        self.remove, self.ladder, self.again = button(), button(), button()
        self.figures = label(wrap=True)
        self.strip = StripView(76, stacked=True)
        self._words: dict[str, QLabel] = {key: label() for key in ("source", "name", "space", "alone")}
        for space in ("w", "w+", "z"):
            self.space.addItem("", space)
        self._lay_out()
        self.go.clicked.connect(self.fit)
        self.remove.clicked.connect(self._remove)
        self.ladder.clicked.connect(self.draw_ladder)
        self.again.clicked.connect(self.measure_again)
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
        ends = QHBoxLayout()
        for part in (self.ladder, self.again, self.remove):
            ends.addWidget(part)
        ends.addStretch(1)
        right.addLayout(ends)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(24)
        layout.addLayout(left, 2)
        layout.addLayout(right, 3)

    def _remove(self) -> None:
        if self.current:
            self.removed.emit(self.current)

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
        for key, title in sliders.items():
            self.source.addItem(tr("The slider {name}", name=title), f"slider:{key}")
        self._titles = sliders
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
        elif kind == "slider":
            self.name.setText(tr("{name} (own)", name=self._titles[key]))
        self._refresh()

    # --- fitting ------------------------------------------------------------------------------

    def fit(self) -> None:
        """Start; the slider is kept and appears beside the photo when it is done."""
        kind, _, key = str(self.source.currentData() or "").partition(":")
        name = self.name.text().strip()
        if not kind or not name:
            return
        if kind == "slider":
            self._copy(key, name)
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
            conditions=self._conditions(),
            replace=True,
        )
        self._line.ask(plan, self._fitted)

    def _conditions(self) -> tuple[str, ...]:
        checked = (item for item in self._items() if item.checkState() == Qt.CheckState.Checked)
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in checked)

    def _copy(self, key: str, name: str) -> None:
        """A copy of a slider that leaves others alone."""
        suggested = name == tr("{name} (own)", name=self._titles[key])
        new = free_key(f"{key}_own" if suggested else name, self._taken)
        conditions = tuple(other for other in self._conditions() if other != key)
        self._line.ask(ConditionSlider(new, {self._language: name}, key, conditions, True), self._kept)

    def _kept(self, answer: StudioAnswer) -> None:
        assert isinstance(answer, DirectionKept)
        self.result, self._copied = None, answer.direction.key
        self.strip.show_strip(answer.strip)
        self._refresh()

    @property
    def current(self) -> str:
        """The slider that the buttons on the right are about: the one just made, else the chosen one."""
        if self.result is not None:
            return self.result.direction.key
        kind, _, key = str(self.source.currentData() or "").partition(":")
        return self._copied or (key if kind == "slider" else "")

    def draw_ladder(self) -> None:
        """Show samples by their distance to the boundary."""
        key = self.current

        def show(answer: StudioAnswer) -> None:
            assert isinstance(answer, LadderDrawn)
            LadderDialog(self._titles.get(answer.key, answer.key), to_image(answer.picture), self.window()).open()

        if key:
            self._line.ask(DrawLadder(key), show)

    def measure_again(self) -> None:
        """Calibrate: effect, range and sigma, as they are now."""
        if self.current:
            self._line.ask(Calibrate(self.current), self._fitted)

    def _fitted(self, answer: StudioAnswer) -> None:
        assert isinstance(answer, FitResult)
        self.result, self._copied = answer, ""
        if answer.strip is not None:  # measuring again brings no new pictures
            self.strip.show_strip(answer.strip)
        self._refresh()

    def forget(self, key: str) -> None:
        """The slider was removed."""
        if self.current == key:
            self.result, self._copied = None, ""
            self.strip.show_strip(None)
            self._refresh()

    def set_language(self, language: str) -> None:
        self._language = language

    # --- words --------------------------------------------------------------------------------

    def _refresh(self) -> None:
        self.go.setEnabled(bool(self.name.text().strip()) and self.source.count() > 0 and not self._line.waiting)
        known = self.current in self._titles
        for part in (self.ladder, self.again):
            part.setEnabled(known and not self._line.waiting)
        self.remove.setEnabled(known and self.current not in self._taken)
        copying = str(self.source.currentData() or "").startswith("slider:")
        self.space.setEnabled(not copying)
        self.plain.setEnabled(not copying)
        name_style(self.figures, "" if self.result is not None or self._copied else "quiet")
        if self.result is not None:
            self.figures.setText("\n".join(self._figures()))
        elif self._copied:
            name = self._titles.get(self._copied, self._copied)
            self.figures.setText(tr("“{name}” is now among your sliders.", name=name))
        else:
            self.figures.setText(tr("The measured figures appear here."))

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
        lines.append(tr("Usable from {low} to {high}.", low=signed(result.range.low), high=signed(result.range.high)))
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
        self.ladder.setText(tr("Distance ladder…"))
        self.again.setText(tr("Measure again"))
        self.strip.retranslate()
        self._refresh()
