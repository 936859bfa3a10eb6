"""Studio, tab Matrix: how much each slider moves what the others stand for, measured in pictures."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from facelab.core.studio.measure import Leakage
from facelab.engine.studio_values import MatrixMeasured, MeasureMatrix, StudioAnswer
from facelab.ui.i18n import tr
from facelab.ui.studio_parts import Line
from facelab.ui.theme import ink
from facelab.ui.widgets import View, button, label, signed

FACES = 16
WARM, COOL = QColor("#c4473a"), QColor("#2f74c0")


class MatrixTab(View):
    def __init__(self, line: Line, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self.titles: dict[str, str] = {}
        self.found: MatrixMeasured | None = None
        self.measure = button(primary=True)
        self.before, self.after = button(), button()
        for part in (self.before, self.after):
            part.setCheckable(True)
            part.setAutoExclusive(True)
            part.hide()
        self.before.setChecked(True)
        self.state = label("quiet", wrap=True)
        self.table = QTableWidget()
        self._lay_out()
        self.measure.clicked.connect(self.run)
        self.before.toggled.connect(lambda _on: self._fill())
        self.retranslate()

    def _lay_out(self) -> None:
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setCornerButtonEnabled(False)
        for header in (self.table.horizontalHeader(), self.table.verticalHeader()):
            header.setSectionsClickable(False)
            header.setHighlightSections(False)
        self.table.verticalHeader().setDefaultSectionSize(28)
        top = QHBoxLayout()
        for part in (self.before, self.after):
            top.addWidget(part)
        top.addStretch(1)
        top.addWidget(self.measure)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.state)
        layout.addWidget(self.table, 1)
        layout.addStretch()
        self.table.hide()

    def run(self) -> None:
        """Measure all sliders that something judges."""
        self._line.ask(MeasureMatrix(faces=FACES), self._measured)

    def _measured(self, answer: StudioAnswer) -> None:
        assert isinstance(answer, MatrixMeasured)
        self.found = answer
        self.before.show()
        self.after.show()
        self.table.show()
        self._fill()

    @property
    def shown(self) -> Leakage | None:
        if self.found is None:
            return None
        return self.found.before if self.before.isChecked() else self.found.after

    def _fill(self) -> None:
        leakage = self.shown
        if leakage is None:
            return
        keys, share = leakage.keys, leakage.share
        self.table.setRowCount(len(keys))
        self.table.setColumnCount(len(keys))
        titles = [self.titles.get(key, key) for key in keys]
        self.table.setVerticalHeaderLabels(titles)
        self.table.setHorizontalHeaderLabels(titles)
        for row in range(len(keys)):
            for column in range(len(keys)):
                self.table.setItem(row, column, self._cell(float(share[row, column]), titles[row], titles[column]))
        widest = max(self.table.fontMetrics().horizontalAdvance(title) for title in titles)
        self.table.verticalHeader().setFixedWidth(widest + 24)
        self.table.horizontalHeader().setDefaultSectionSize(max(64, widest + 16))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._say()

    def _cell(self, value: float, slider: str, attribute: str) -> QTableWidgetItem:
        text = "\N{EN DASH}" if math.isnan(value) else signed(value, 2)
        item = QTableWidgetItem(text)
        item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        item.setSizeHint(QSize(60, 28))
        base, end = ink(self).panel, WARM if value > 0 else COOL
        strength = 0.0 if math.isnan(value) else min(abs(value), 1.0)
        parts = [round(a + (b - a) * strength) for a, b in zip(_rgb(base), _rgb(end), strict=True)]
        item.setBackground(QBrush(QColor(*parts)))
        if strength > 0.5:
            item.setForeground(QBrush(QColor("white")))
        words = tr(
            "{slider} moves {attribute} by {share} of its own movement", slider=slider, attribute=attribute, share=text
        )
        item.setToolTip(words)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        return item

    def _say(self) -> None:
        if self.found is None:
            self.state.setText(
                tr("Each row is a slider moved by 1 on sampled faces, each column what is judged in the pictures.")
            )
            return
        before, after = self.found.before.mean_moved, self.found.after.mean_moved
        self.state.setText(
            tr(
                "On average 1 on a slider moves another attribute by {before} of its usual spread, locked by {after}.",
                before=f"{before:.2f}", after=f"{after:.2f}",
            )
        )  # fmt: skip

    def retranslate(self) -> None:
        self.measure.setText(tr("Measure"))
        self.before.setText(tr("As they are"))
        self.after.setText(tr("Locked against all others"))
        self.table.setAccessibleName(tr("Leakage between sliders"))
        self._say()
        self._fill()


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
