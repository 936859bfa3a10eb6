"""Studio, tab Import: directions of others come in, your own go out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from facelab.engine.studio_values import DirectionKept, ExportDirection, ImportArray, StudioAnswer
from facelab.ui.i18n import tr
from facelab.ui.studio_parts import Line, StripView, free_key
from facelab.ui.widgets import View, button, label

KINDS = "*.npy *.npz *.pt"


def layout_text(layout: str) -> str:
    """What a file was taken for, in words (see core.studio.importing)."""
    known = {
        "InterFaceGAN Z boundary": tr("a boundary of InterFaceGAN in Z"),
        "InterFaceGAN or PTI direction in W": tr("a direction of InterFaceGAN or PTI in W"),
        "e4e direction, the same in every layer": tr("a direction of e4e, the same in every layer"),
        "e4e direction in W+": tr("a direction of e4e in W+"),
        "GANSpace components": tr("components of GANSpace"),
        "W+ components": tr("components in W+"),
        "facelab direction": tr("a direction of facelab"),
    }
    return known.get(layout, layout)


class ImportTab(View):
    removed = Signal(str)

    def __init__(self, line: Line, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line, self._language = line, language
        self.path: Path | None = None
        self._note = self._exported_as = ""
        self.taken: set[str] = set()
        self.file, self.folder, self.take = button(), button(), button(primary=True)
        self.chosen = label("quiet", wrap=True)
        self.name, self.source, self.licence = QLineEdit(), QLineEdit(), QLineEdit()
        self.component = QSpinBox()
        self.component.setRange(1, 10_000)
        self.space = QComboBox()
        for space in ("auto", "w", "w+", "z"):
            self.space.addItem("", space)
        self.state = label(wrap=True)
        self.strip = StripView(44)
        self.own_title = label("group")
        self.own = QListWidget()
        self.export, self.remove = button(), button()
        self._words: dict[str, QLabel] = {
            key: label() for key in ("name", "component", "space", "source", "licence")
        }  # fmt: skip
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        files = QHBoxLayout()
        files.addWidget(self.file)
        files.addWidget(self.folder)
        files.addStretch(1)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for key, field in self._fields().items():
            self._words[key].setBuddy(field)
            form.addRow(self._words[key], field)
        left = QVBoxLayout()
        left.setSpacing(12)
        left.addLayout(files)
        left.addWidget(self.chosen)
        left.addLayout(form)
        left.addWidget(self.take, 0, Qt.AlignmentFlag.AlignLeft)
        left.addWidget(self.state)
        left.addWidget(self.strip)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.own_title)
        right.addWidget(self.own, 1)
        ends = QHBoxLayout()
        ends.addWidget(self.export)
        ends.addWidget(self.remove)
        ends.addStretch(1)
        right.addLayout(ends)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(24)
        layout.addLayout(left, 3)
        layout.addLayout(right, 2)

    def _fields(self) -> dict[str, QWidget]:
        return {
            "name": self.name, "component": self.component, "space": self.space, "source": self.source,
            "licence": self.licence,
        }  # fmt: skip

    def _connect(self) -> None:
        self.file.clicked.connect(self._choose_file)
        self.folder.clicked.connect(self._choose_folder)
        self.take.clicked.connect(self.run)
        self.name.textChanged.connect(self._refresh)
        self.own.currentRowChanged.connect(self._refresh)
        self.export.clicked.connect(self._choose_export)
        self.remove.clicked.connect(self._remove)

    # --- coming in ----------------------------------------------------------------------------

    def _choose_file(self) -> None:
        kinds = f"{tr('Directions')} ({KINDS});;{tr('All files')} (*)"
        path, _ = QFileDialog.getOpenFileName(self, tr("Import a direction"), "", kinds)
        if path:
            self.choose(Path(path))

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, tr("Import a direction's folder"))
        if path:
            self.choose(Path(path))

    def choose(self, path: Path) -> None:
        """Take this file or folder; nothing is read before it is imported."""
        self.path, self._note, self._exported_as = path, "", ""
        self.name.setText(path.stem.replace("_", " ").strip().capitalize())
        self._refresh()

    def run(self) -> None:
        """Import what was chosen."""
        name = self.name.text().strip()
        if self.path is None or not name:
            return
        task = ImportArray(
            self.path, free_key(name, self.taken), {self._language: name}, self.component.value() - 1,
            str(self.space.currentData()),
            self.source.text().strip(), self.licence.text().strip(),
        )  # fmt: skip
        self._line.ask(task, self._taken)

    def _taken(self, answer: StudioAnswer) -> None:
        assert isinstance(answer, DirectionKept)
        self._note, self._exported_as = answer.note, ""
        self.strip.show_strip(answer.strip)
        self._refresh()

    # --- going out ----------------------------------------------------------------------------

    def offer(self, own: dict[str, str]) -> None:
        """The user's own sliders: title by key."""
        kept = self.current
        self.own.clear()
        for key, title in own.items():
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, key)
            self.own.addItem(item)
            if key == kept:
                self.own.setCurrentItem(item)
        self._refresh()

    @property
    def current(self) -> str | None:
        item = self.own.currentItem()
        return None if item is None else str(item.data(Qt.ItemDataRole.UserRole))

    def _choose_export(self) -> None:
        path = QFileDialog.getExistingDirectory(self, tr("Export into this folder"))
        if path and self.current is not None:
            self.export_to(Path(path) / self.current)

    def _remove(self) -> None:
        if self.current is not None:
            self.removed.emit(self.current)

    def export_to(self, folder: Path) -> None:
        """Write the chosen slider as a folder of its own."""
        if self.current is not None:
            self._line.ask(ExportDirection(self.current, folder), self._exported)

    def _exported(self, answer: StudioAnswer) -> None:
        assert isinstance(answer, DirectionKept)
        self._note, self._exported_as = "", answer.path.name
        self._refresh()

    def set_language(self, language: str) -> None:
        self._language = language

    # --- words --------------------------------------------------------------------------------

    def _refresh(self) -> None:
        self.take.setEnabled(self.path is not None and bool(self.name.text().strip()))
        is_folder = self.path is not None and self.path.is_dir()
        for key in ("component", "space", "source", "licence"):
            self._fields()[key].setEnabled(not is_folder)
        for part in (self.export, self.remove):
            part.setEnabled(self.current is not None)
        if self.path is None:
            self.chosen.setText(
                tr("NumPy and torch files of InterFaceGAN, e4e, PTI or GANSpace, or a folder that facelab exported.")
            )
        else:
            self.chosen.setText(self.path.name)
        text = tr("Taken in as: {layout}.", layout=layout_text(self._note)) if self._note else ""
        if self._exported_as:
            text = tr("Exported as {name}.", name=self._exported_as)
        self.state.setText(text)

    def retranslate(self) -> None:
        self.file.setText(tr("Choose a file…"))
        self.folder.setText(tr("Choose a folder…"))
        words = {
            "name": tr("Name of the slider"), "component": tr("Component"), "space": tr("Space"),
            "source": tr("Where it comes from"), "licence": tr("Licence"),
        }  # fmt: skip
        for key, text in words.items():
            self._words[key].setText(text)
            self._fields()[key].setAccessibleName(text)
        for index, text in enumerate((tr("By its shape"), "W", "W+", "Z")):
            self.space.setItemText(index, text)
        self.take.setText(tr("Import"))
        self.own_title.setText(tr("Your own sliders").upper())
        self.own.setAccessibleName(tr("Your own sliders"))
        self.export.setText(tr("Export…"))
        self.remove.setText(tr("Remove"))
        self.strip.retranslate()
        self._refresh()
