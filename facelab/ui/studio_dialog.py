"""The direction studio: five ways to a slider, in one dialog; all computing is done by the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QTabWidget, QVBoxLayout, QWidget

from facelab.engine import messages as m
from facelab.engine.studio_values import DirectionRemoved, RemoveDirection, StudioAnswer
from facelab.project.label_store import LabelSet
from facelab.ui.director import Director
from facelab.ui.i18n import tr
from facelab.ui.job_bar import stage_text, time_left
from facelab.ui.studio_components import ComponentsTab
from facelab.ui.studio_fit import FitTab
from facelab.ui.studio_import import ImportTab
from facelab.ui.studio_label import LabelTab
from facelab.ui.studio_matrix import MatrixTab
from facelab.ui.studio_parts import Line
from facelab.ui.widgets import Dialog, button, label


class StudioDialog(Dialog):
    """language: gives the code of the present one. state: the user's state folder, where labels are kept."""

    def __init__(
        self, director: Director, language: Callable[[], str], state: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        ready = director.ready
        assert ready is not None, "the studio is opened when the model is loaded"
        self._director, self._language = director, language
        self.line = Line(director, self)
        self.title = label("title")
        self.label_tab = LabelTab(self.line, state, ready.info.sha256)
        self.fit_tab = FitTab(self.line, language())
        self.components_tab = ComponentsTab(self.line, ready.info.num_ws, language())
        self.matrix_tab = MatrixTab(self.line)
        self.import_tab = ImportTab(self.line, language())
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        for tab in self._all:
            self.tabs.addTab(tab, "")
        self.message = label("amber", wrap=True)
        self.progress = label("quiet")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.cancel, self.close_button = button(), button()
        self._lay_out()
        self._connect()
        self._busy(False)
        self._offer()
        self.retranslate()

    @property
    def _all(self) -> tuple[QWidget, ...]:
        return self.label_tab, self.fit_tab, self.components_tab, self.matrix_tab, self.import_tab

    def _lay_out(self) -> None:
        end = QHBoxLayout()
        end.setSpacing(12)
        end.addWidget(self.progress)
        end.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignVCenter)
        end.addWidget(self.cancel)
        end.addStretch(1)
        end.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(self.title)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.message)
        layout.addLayout(end)
        self.resize(940, 620)

    def _connect(self) -> None:
        self.line.busy.connect(self._busy)
        self.line.progressed.connect(self._progress)
        self.line.said.connect(self._say)
        self.label_tab.ready.connect(self._make_slider)
        self.fit_tab.name.returnPressed.connect(self.fit_tab.fit)
        self.fit_tab.removed.connect(self.remove)
        self.import_tab.removed.connect(self.remove)
        self.cancel.clicked.connect(self.line.cancel)
        self.close_button.clicked.connect(self.close)
        self._director.engine_ready.connect(self._offer)
        self.tabs.currentChanged.connect(lambda _index: self._offer())

    # --- between the tabs ---------------------------------------------------------------------

    def _titles(self) -> dict[str, str]:
        """Sliders by key, as the panel names them."""
        ready = self._director.ready
        sliders = () if ready is None else ready.sliders
        return {info.spec.key: info.labels.get(self._language(), info.spec.label) for info in sliders}

    def _offer(self) -> None:
        titles = self._titles()
        ready = self._director.ready
        own = {info.spec.key for info in ready.sliders if info.spec.group == "custom"} if ready is not None else set()
        self.components_tab.taken = self.import_tab.taken = titles.keys() - own
        self.fit_tab.offer(self.label_tab.sets, titles, own)
        self.matrix_tab.titles = titles
        self.import_tab.offer({key: title for key, title in titles.items() if key in own})

    def _make_slider(self, labels: LabelSet) -> None:
        self._offer()
        self.tabs.setCurrentWidget(self.fit_tab)
        self.fit_tab.choose(labels)
        self.fit_tab.fit()

    def remove(self, key: str) -> None:
        """Delete one of the user's sliders."""

        def gone(answer: StudioAnswer) -> None:
            assert isinstance(answer, DirectionRemoved)
            self.fit_tab.forget(answer.key)

        self.line.ask(RemoveDirection(key), gone)

    # --- progress -----------------------------------------------------------------------------

    def _busy(self, busy: bool) -> None:
        for part in (self.progress, self.bar, self.cancel):
            part.setVisible(busy)
        if busy:
            self.bar.setRange(0, 0)
            self.progress.setText(tr("Working"))
        for part in (
            self.fit_tab.go, self.components_tab.search_button, self.matrix_tab.measure, self.import_tab.take,
            self.label_tab.begin, self.label_tab.photos,
        ):  # fmt: skip
            if busy:
                part.setEnabled(False)
        if not busy:
            self.components_tab.search_button.setEnabled(True)
            self.matrix_tab.measure.setEnabled(True)
            for tab in (self.fit_tab, self.import_tab, self.label_tab):
                tab._refresh()

    def _progress(self, event: m.JobProgressed) -> None:
        progress = event.progress
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.step)
        left = time_left(event.seconds_left)
        self.progress.setText(" · ".join(filter(None, [stage_text(progress.stage), left])))

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))

    # --- window -------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return  # Enter belongs to the fields; it must not press a button elsewhere
        super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """However it is closed, what runs is cancelled; labels are on the disk already."""
        self.line.cancel()
        super().done(result)

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Direction studio"))
        self.title.setText(tr("Direction studio"))
        names = (tr("Label"), tr("Fit"), tr("Components"), tr("Matrix"), tr("Import"))
        for index, text in enumerate(names):
            self.tabs.setTabText(index, text)
        self.tabs.tabBar().setAccessibleName(tr("Direction studio"))
        self.bar.setAccessibleName(tr("Progress"))
        self.cancel.setText(tr("Cancel"))
        self.close_button.setText(tr("Close"))
        for tab in (self.fit_tab, self.components_tab, self.import_tab):
            tab.set_language(self._language())
        self._offer()
        self._say(self.message.text())
