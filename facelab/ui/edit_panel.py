"""The right side: which face, fitting, sliders in groups, advanced, presets."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from facelab.core.recipe import Edit, EditRecipe
from facelab.engine.messages import EngineReady, SliderInfo
from facelab.ui.advanced import Advanced
from facelab.ui.document import Change, Document, Phase
from facelab.ui.face_picker import FacePicker
from facelab.ui.fit_box import FitBox
from facelab.ui.i18n import tr
from facelab.ui.slider import SliderRow
from facelab.ui.theme import Icons
from facelab.ui.widgets import View, button, label, rule, signed

GROUPS = ("expression", "pose", "look", "style", "custom")
QUICK: dict[str, dict[str, float]] = {
    "Slight smile": {"smile": 1.0},
    "Broad smile": {"smile": 2.0, "mouth_open": 0.5},
    "Younger": {"age": -1.5},
    "Older": {"age": 1.5},
    "10 years older, gentle smile": {"age": 1.0, "smile": 0.7},
    "Eyes wide open": {"eyes": 1.5},
    "Clearer picture": {"quality": 1.0},
}
NAME_LIMIT_PX = 84
"""Longer names are set smaller, on two lines."""
ORDER = ("smile", "mouth_open", "eyes", "yaw", "pitch", "age", "gender", "glasses", "beard", "quality", "light")
"""Well-known sliders in the order of how often they are wanted; others follow by name."""


def group_title(group: str) -> str:
    match group:
        case "expression":
            return tr("Expression")
        case "pose":
            return tr("Pose")
        case "look":
            return tr("Age & look")
        case "style":
            return tr("Style")
        case _:
            return tr("Custom")


def quick_title(name: str) -> str:
    """The presets' names, spelt out so that they are found for translation."""
    return {
        "Slight smile": tr("Slight smile"), "Broad smile": tr("Broad smile"), "Younger": tr("Younger"),
        "Older": tr("Older"), "10 years older, gentle smile": tr("10 years older, gentle smile"),
        "Eyes wide open": tr("Eyes wide open"), "Clearer picture": tr("Clearer picture"),
    }[name]  # fmt: skip


class EditPanel(View):
    """Shows the document's recipe and changes it; knows nothing of the engine."""

    def __init__(self, document: Document, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self._icons = icons
        self._language = "en"
        self.rows: dict[str, SliderRow] = {}
        self._titles: dict[str, QLabel] = {}
        self._last_key = ""
        self._sliders: tuple[SliderInfo, ...] = ()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.faces = FacePicker(icons)
        self.fit_box = FitBox()
        self.filter = QLineEdit()
        self.filter.setObjectName("filter")
        self.filter.setClearButtonEnabled(True)
        self.advanced = Advanced(document, icons)
        self.presets = button(flat=True)
        self.reset_all = button(flat=True)
        self.empty = label("quiet", wrap=True)
        self._area = QScrollArea()
        self._inside = QWidget()
        self._groups = QVBoxLayout(self._inside)
        self._lay_out()
        self._connect()
        self.retranslate()
        self.refresh()

    def _lay_out(self) -> None:
        self._groups.setContentsMargins(0, 0, 2, 0)
        self._groups.setSpacing(0)
        self._groups.addWidget(self.empty)
        self._groups.addSpacing(8)
        self._groups.addWidget(self.advanced)
        self._groups.addStretch(1)
        self._area.setWidget(self._inside)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bottom = QHBoxLayout()
        bottom.addWidget(self.presets)
        bottom.addStretch(1)
        bottom.addWidget(self.reset_all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 2, 8)
        layout.setSpacing(8)
        upper = QVBoxLayout()
        upper.setContentsMargins(0, 0, 10, 0)
        upper.setSpacing(8)
        for part in (self.faces, self.fit_box, self.filter):
            upper.addWidget(part)
        layout.addLayout(upper)
        layout.addWidget(self._area, 1)
        lower = QVBoxLayout()
        lower.setContentsMargins(0, 0, 10, 0)
        lower.setSpacing(4)
        lower.addWidget(rule())
        lower.addLayout(bottom)
        layout.addLayout(lower)

    def _connect(self) -> None:
        self.filter.textChanged.connect(self._filter)
        self.reset_all.clicked.connect(self.document.reset_all)
        self.presets.clicked.connect(self._show_presets)
        self.document.recipe_changed.connect(self.refresh)
        self.document.history_changed.connect(self.refresh)
        self.document.phase_changed.connect(self.refresh)
        self.document.levels_changed.connect(self._levels)

    # --- sliders ------------------------------------------------------------------------------

    def set_engine(self, ready: EngineReady, preset: str) -> None:
        """The model's sliders and presets; only the presets when the sliders stand already."""
        self.fit_box.set_presets(ready.presets, str(self.fit_box.preset.currentData() or preset))
        if ready.sliders == self._sliders:
            return
        self._sliders = ready.sliders
        self.advanced.set_num_ws(ready.info.num_ws)
        self._clear()
        by_group: dict[str, list[SliderInfo]] = {group: [] for group in GROUPS}
        for info in ready.sliders:
            by_group.get(info.spec.group, by_group["custom"]).append(info)
        known = {key: place for place, key in enumerate(ORDER)}
        for group, infos in by_group.items():
            if infos:
                infos.sort(key=lambda info: (known.get(info.spec.key, len(ORDER)), info.spec.label))
                self._add_group(group, infos)
        self.retranslate()
        self.refresh()
        self._levels()

    def _clear(self) -> None:
        for part in (*self.rows.values(), *self._titles.values()):
            self._groups.removeWidget(part)
            part.setParent(None)
            part.deleteLater()
        self.rows.clear()
        self._titles.clear()

    def _add_group(self, group: str, infos: list[SliderInfo]) -> None:
        title = label("group")
        title.setContentsMargins(0, 10, 0, 2)
        self._titles[group] = title
        self._groups.insertWidget(self._groups.indexOf(self.advanced) - 1, title)
        for info in infos:
            row = SliderRow(info, self._icons, self._language)
            self.rows[row.key] = row
            row.moved.connect(self.document.set_amount)
            row.settled.connect(self._settled)
            row.typed.connect(self._typed)
            row.lock_toggled.connect(self.document.set_lock)
            row.focused.connect(self._focused)
            self._groups.insertWidget(self._groups.indexOf(self.advanced) - 1, row)

    def _settled(self, key: str) -> None:
        self.document.commit(Change("set", key, self.document.recipe.amount(key)))

    def _typed(self, key: str, amount: float) -> None:
        self.document.set_amount(key, amount)
        self._settled(key)

    def _focused(self, key: str) -> None:
        if key != self._last_key:
            self._last_key = key
            self.advanced.set_key(key)
        self._area.ensureWidgetVisible(self.rows[key], 0, 8)

    @property
    def focused_row(self) -> SliderRow | None:
        """The slider that L and R act on."""
        return next((row for row in self.rows.values() if row.isAncestorOf(self.focusWidget() or self)), None)

    def refresh(self) -> None:
        """Show the recipe."""
        editing = self.document.phase is Phase.EDITING
        recipe = self.document.recipe
        for key, row in self.rows.items():
            row.show_amount(recipe.amount(key))
            row.show_lock(key in recipe.locks)
            row.setEnabled(editing)
        self.advanced.setEnabled(editing)
        self.advanced.refresh()
        self.presets.setEnabled(editing)
        self.reset_all.setEnabled(editing and (not recipe.is_identity or bool(recipe.locks)))

    def _levels(self) -> None:
        own, live = self.document.photo_levels, self.document.live_levels
        for key, row in self.rows.items():
            row.show_levels(own.get(key), live.get(key))

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for row in self.rows.values():
            names = " ".join([row.key, *row.info.labels.values()]).casefold()
            row.setVisible(all(word in names for word in words))
        for group, title in self._titles.items():
            shown = [r for r in self.rows.values() if r.isVisibleTo(self._inside)]
            title.setVisible(
                any((r.info.spec.group if r.info.spec.group in GROUPS else "custom") == group for r in shown)
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.filter.text():
            self.filter.clear()
            return
        super().keyPressEvent(event)

    # --- presets ------------------------------------------------------------------------------

    def _show_presets(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, amounts in QUICK.items():
            if amounts.keys() <= self.rows.keys():
                text = ", ".join(f"{self.rows[key].title} {signed(value)}" for key, value in amounts.items())
                action = menu.addAction(quick_title(name))
                action.setToolTip(text)
                action.triggered.connect(lambda _=False, name=name: self.use_quick(name))
        menu.setToolTipsVisible(True)
        menu.popup(self.presets.mapToGlobal(self.presets.rect().topLeft()))

    def use_quick(self, name: str) -> None:
        """A preset sets its own sliders and leaves the others and the locks."""
        recipe: EditRecipe = self.document.recipe
        for key, amount in QUICK[name].items():
            kept = tuple(edit for edit in recipe.edits if edit.key != key)
            recipe = replace(recipe, edits=kept).with_edit(Edit("direction", key, amount))
        self.document.apply(recipe, Change("preset", quick_title(name)))

    # --- words --------------------------------------------------------------------------------

    def set_language(self, language: str) -> None:
        self._language = language
        for row in self.rows.values():
            row.set_language(language)
        self.retranslate()

    def retranslate(self) -> None:
        self.document.labels = {key: row.title for key, row in self.rows.items()}
        self.filter.setPlaceholderText(tr("Filter"))
        self.filter.setAccessibleName(tr("Filter the sliders"))
        self.presets.setText(tr("Presets") + " \N{BLACK DOWN-POINTING SMALL TRIANGLE}")
        self.presets.setAccessibleName(tr("Presets"))
        self.reset_all.setText(tr("Reset all"))
        self.empty.setText(tr("The sliders appear when the model is loaded."))
        self.empty.setVisible(not self.rows)
        for group, title in self._titles.items():
            title.setText(group_title(group).upper())
        widths = [row.fontMetrics().horizontalAdvance(row.title) for row in self.rows.values()]
        for row in self.rows.values():
            row.set_name_width(min(max(widths) + 2, NAME_LIMIT_PX))
            row.set_titles(self.document.labels)
        self.advanced.retranslate()
