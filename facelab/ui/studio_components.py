"""Studio, tab Components: what the model varies by itself; a name and one click make a slider of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from facelab.core.recipe import LayerRange, layer_range
from facelab.engine.studio_values import ComponentsFound, DirectionKept, FindComponents, KeepComponent, StudioAnswer
from facelab.ui.i18n import tr
from facelab.ui.studio_parts import Line, StripView, free_key
from facelab.ui.widgets import View, button, label

COUNT = 12


class ComponentRow(View):
    kept = Signal(int, str, int)  # index, name, sign

    def __init__(self, index: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.index, self.sign = index, 1
        self.number = label("quiet", text=f"{index + 1}")
        self.number.setFixedWidth(20)
        self.strip = StripView(64)
        self.name = QLineEdit()
        self.keep, self.turn = button(), button(flat=True)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.name)
        row = QHBoxLayout()
        row.addWidget(self.keep)
        row.addWidget(self.turn)
        row.addStretch(1)
        column.addLayout(row)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 8, 4)
        layout.setSpacing(12)
        layout.addWidget(self.number)
        layout.addWidget(self.strip)
        layout.addLayout(column, 1)
        self.name.textChanged.connect(self._refresh)
        self.name.returnPressed.connect(self._keep)
        self.keep.clicked.connect(self._keep)
        self.turn.setCheckable(True)
        self.turn.toggled.connect(lambda on: setattr(self, "sign", -1 if on else 1))
        self.retranslate()

    def _keep(self) -> None:
        if self.name.text().strip():
            self.kept.emit(self.index, self.name.text().strip(), self.sign)

    def _refresh(self) -> None:
        self.keep.setEnabled(bool(self.name.text().strip()))

    def retranslate(self) -> None:
        self.name.setPlaceholderText(tr("What does it change?"))
        self.name.setAccessibleName(tr("Name of component {index}", index=self.index + 1))
        self.keep.setText(tr("Make slider"))
        self.turn.setText(tr("Turn round"))
        self.turn.setToolTip(tr("Plus becomes minus."))
        self._refresh()


class ComponentsTab(View):
    def __init__(self, line: Line, num_ws: int, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line, self._num_ws, self._language = line, num_ws, language
        self.kind, self.layers = QComboBox(), QComboBox()
        for kind in ("pca", "sefa"):
            self.kind.addItem("", kind)
        for name in ("", "coarse", "middle", "fine"):
            if not name or self._range(name) is not None:
                self.layers.addItem("", name)
        self.search_button = button(primary=True)
        self.state = label("quiet", wrap=True)
        self.rows: list[ComponentRow] = []
        self._words: dict[str, QLabel] = {"kind": label(), "layers": label()}
        self._area, self._inside = QScrollArea(), QWidget()
        self._column = QVBoxLayout(self._inside)
        self._kept = ""
        self.taken: set[str] = set()
        self._lay_out()
        self.search_button.clicked.connect(self.search)
        self.retranslate()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        for key, field in (("kind", self.kind), ("layers", self.layers)):
            self._words[key].setBuddy(field)
            top.addWidget(self._words[key])
            top.addWidget(field)
            top.addSpacing(8)
        top.addStretch(1)
        top.addWidget(self.search_button)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(1)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)  # or the rows are squeezed to fit
        self._area.setWidget(self._inside)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.state)
        layout.addWidget(self._area, 1)

    def _range(self, name: str) -> LayerRange | None:
        try:
            return layer_range(name, self._num_ws) if name else None
        except ValueError:
            return None

    def search(self) -> None:
        """Look for components; earlier ones go when the new ones are there."""
        self._kept = ""
        task = FindComponents(str(self.kind.currentData()), COUNT, layers=self._range(str(self.layers.currentData())))
        self._line.ask(task, self._found)

    def _found(self, answer: StudioAnswer) -> None:
        assert isinstance(answer, ComponentsFound)
        for row in self.rows:
            self._column.removeWidget(row)
            row.setParent(None)
            row.deleteLater()
        self.rows = []
        for index, strip in enumerate(answer.strips):
            row = ComponentRow(index)
            row.strip.show_strip(strip)
            row.kept.connect(self.keep)
            self.rows.append(row)
            self._column.insertWidget(index, row)
        self._refresh()

    def keep(self, index: int, name: str, sign: int) -> None:
        """One click: it becomes a slider."""
        task = KeepComponent(free_key(name, self.taken), {self._language: name}, index, sign, replace=False)
        self._line.ask(task, self._done)

    def _done(self, answer: StudioAnswer) -> None:
        assert isinstance(answer, DirectionKept)
        self._kept = answer.direction.labels.get(self._language, answer.direction.label)
        self._refresh()

    def set_language(self, language: str) -> None:
        self._language = language

    def _refresh(self) -> None:
        if self._kept:
            self.state.setText(tr("“{name}” is now among your sliders.", name=self._kept))
        elif self.rows:
            self.state.setText(tr("Strongest first, each at -2, 0 and +2. Name the ones you can use."))
        else:
            self.state.setText(
                tr("GANSpace takes the directions in which sampled faces vary most, SeFa those the layers answer to.")
            )

    def retranslate(self) -> None:
        for key, text, field in (("kind", tr("Method"), self.kind), ("layers", tr("Layers"), self.layers)):
            self._words[key].setText(text)
            field.setAccessibleName(text)
        for index, text in enumerate(("GANSpace", "SeFa")):
            self.kind.setItemText(index, text)
        names = {"": tr("All layers"), "coarse": tr("Coarse"), "middle": tr("Middle"), "fine": tr("Fine")}
        for index in range(self.layers.count()):
            self.layers.setItemText(index, names[str(self.layers.itemData(index))])
        self.search_button.setText(tr("Find components"))
        self._refresh()
