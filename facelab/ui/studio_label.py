"""Studio, tab Label: say of faces whether they show something; thirty answers are enough for a slider."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QFileDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from facelab.core.errors import CannotWrite
from facelab.core.studio.names import key_of
from facelab.engine.studio_values import DrawFaces, FacesDrawn, FacesSuggested, StudioAnswer, SuggestFaces
from facelab.project.label_store import LabelSet, load_labels, save_labels
from facelab.ui.i18n import tr
from facelab.ui.studio_parts import COLUMNS, ROWS, FaceGrid, Line, images_of
from facelab.ui.widgets import View, button, label

PAGE = COLUMNS * ROWS
POOL = 240
"""Faces that are drawn for labelling, a page at a time."""
ENOUGH = 30
MIN_KIND = 5
PHOTOS = "*.jpg *.jpeg *.png *.webp *.tif *.tiff *.avif *.bmp *.heic *.heif"


class LabelTab(View):
    ready = Signal(object)  # LabelSet: make a slider of it

    def __init__(self, line: Line, state: Path, sha256: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line, self._state, self._sha = line, state, sha256
        self.sets = load_labels(state, sha256)
        self.set: LabelSet | None = None
        self._images: dict[str, QImage] = {}
        self.asked = label("quiet")
        self.name = QComboBox()
        self.name.setEditable(True)
        self.name.setMinimumWidth(180)
        self.begin = button(primary=True)
        self.grid = FaceGrid()
        self.yes, self.no, self.skip, self.undo = button(), button(), button(), button(flat=True)
        self.photos = button()
        self.make = button(primary=True)
        self.counts = label(wrap=True)
        self.hint = label("quiet", wrap=True)
        self._lay_out()
        self._connect()
        for labels in self.sets.values():
            self.name.addItem(labels.name, labels.key)
        self.name.setCurrentIndex(-1)
        self.retranslate()
        self._refresh()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.asked)
        top.addWidget(self.name, 1)
        top.addWidget(self.begin)
        keys = QGridLayout()
        keys.setSpacing(8)
        for place, part in enumerate((self.yes, self.no, self.skip, self.undo)):
            keys.addWidget(part, place // 2, place % 2)
        side = QVBoxLayout()
        side.setSpacing(12)
        side.addWidget(self.hint)
        side.addLayout(keys)
        side.addWidget(self.counts)
        side.addWidget(self.photos)
        side.addStretch(1)
        side.addWidget(self.make)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.grid, 0, Qt.AlignmentFlag.AlignTop)
        middle.addLayout(side, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addLayout(middle, 1)

    def _connect(self) -> None:
        self.begin.clicked.connect(self.start)
        edit = self.name.lineEdit()
        assert edit is not None, "the box is editable"
        edit.returnPressed.connect(self.start)
        edit.textChanged.connect(self._refresh)
        self.grid.marked.connect(self._marked)
        self.grid.undo.connect(self.take_back)
        self.grid.paged.connect(self._next_page)
        for part, yes in ((self.yes, True), (self.no, False), (self.skip, None)):
            part.clicked.connect(lambda _=False, yes=yes: self.grid.mark(yes))
        self.undo.clicked.connect(self.take_back)
        self.photos.clicked.connect(self._choose_photos)
        self.make.clicked.connect(self._make)

    # --- a question ---------------------------------------------------------------------------

    def start(self) -> None:
        """Begin a question, or go on where it was left."""
        name = self.name.currentText().strip()
        if not name:
            return
        key = key_of(name)
        self.set = self.sets.setdefault(key, LabelSet(key, name, self._sha))
        known = self.set.faces
        wanted = known or [f"seed:{seed}" for seed in range(PAGE)]
        self._draw(wanted, self._drawn)

    def _make(self) -> None:
        if self.set is not None:
            self.ready.emit(self.set)

    def _draw(self, faces: list[str], then: Callable[[FacesDrawn], None]) -> None:
        new = [face for face in faces if face not in self._images]
        seeds = tuple(int(face[5:]) for face in new if face.startswith("seed:"))
        photos = tuple(Path(face[6:]) for face in new if face.startswith("photo:"))

        def take(answer: StudioAnswer) -> None:
            assert isinstance(answer, FacesDrawn)
            self._images |= images_of(answer.faces, answer.thumbs)
            then(answer)

        self._line.ask(DrawFaces(seeds, photos), take)

    def _drawn(self, answer: FacesDrawn) -> None:
        assert self.set is not None
        for face in answer.faces:
            if face not in self.set.faces:
                self.set.faces.append(face)
        self._show_open()
        self.grid.setFocus()
        self._refresh()

    def _show_open(self) -> None:
        """The last page put forward."""
        assert self.set is not None
        shown = [face for face in self.set.faces if face in self._images]
        page = shown[(len(shown) - 1) // PAGE * PAGE :] if shown else []
        self.grid.show_page(page, self._images, {face: self.set.state(face) for face in page})

    def _next_page(self) -> None:
        """Draw more faces while there are few, then the ones whose label would help most."""
        if self.set is None or self._line.waiting:
            return
        drawn = sum(face.startswith("seed:") for face in self._images)
        fresh = [f"seed:{seed}" for seed in range(drawn, min(drawn + PAGE, POOL))]
        if fresh:
            self._draw(fresh, lambda _answer: self._suggest())
        else:
            self._suggest()

    def _suggest(self) -> None:
        assert self.set is not None
        seen = {face: bool(mark) for face, mark in self.set.marks}  # skipped ones are not put forward again
        labels = tuple((self.set.labels | {f: seen[f] for f in seen if f in self.set.labels}).items())

        def take(answer: StudioAnswer) -> None:
            assert isinstance(answer, FacesSuggested)
            assert self.set is not None
            new = [face for face in answer.faces if self.set.state(face) is None][:PAGE]
            if not new:
                self._refresh()
                return
            self.set.faces = [face for face in self.set.faces if self.set.state(face) is not None] + new
            self.grid.show_page(new, self._images, dict.fromkeys(new))
            self.grid.setFocus()
            self._save()

        self._line.ask(SuggestFaces(labels, PAGE + sum(mark is None for _, mark in self.set.marks)), take)

    # --- marks --------------------------------------------------------------------------------

    def _marked(self, face: str, yes: bool | None) -> None:
        if self.set is not None:
            self.set.mark(face, yes)
            self._save()
            self._refresh()

    def take_back(self) -> None:
        """Undo the last label, also one of the page before."""
        face = self.set.undo() if self.set is not None else None
        if face is None or self.set is None:
            return
        if face in self.grid.faces:
            self.grid.set_mark(face, self.set.state(face))
            self.grid.go_to(face)
        elif face in self._images:
            self.grid.show_page([face, *self.grid.faces][:PAGE], self._images, {
                f: self.set.state(f) for f in [face, *self.grid.faces][:PAGE]
            })  # fmt: skip
        self._save()
        self._refresh()

    def _save(self) -> None:
        assert self.set is not None
        try:
            save_labels(self._state, self.set)
        except CannotWrite:
            self._line.said.emit(tr("The labels cannot be saved: they last until this window is closed."))

    def _choose_photos(self) -> None:
        kinds = f"{tr('Photos')} ({PHOTOS})"
        paths, _ = QFileDialog.getOpenFileNames(self, tr("Photos to label"), "", kinds)
        if paths:
            self.add_photos([Path(path) for path in paths])

    def add_photos(self, paths: list[Path]) -> None:
        """Real photos take part through their inversion; they are put forward as a page of their own."""
        if self.set is None:
            return

        def take(answer: FacesDrawn) -> None:
            assert self.set is not None
            new = [f"photo:{path}" for path in paths if f"photo:{path}" in self._images]
            if answer.missed:
                names = ", ".join(path.name for path in answer.missed[:3])
                self._line.said.emit(tr("No face was found in: {names}", names=names))
            new = [face for face in new if self.set.state(face) is None][:PAGE]
            if new:
                self.set.faces = [face for face in self.set.faces if self.set.state(face) is not None] + new
                self.grid.show_page(new, self._images, dict.fromkeys(new))
                self.grid.setFocus()
                self._save()

        self._draw([f"photo:{path}" for path in paths], take)

    # --- words --------------------------------------------------------------------------------

    def _refresh(self) -> None:
        name = self.name.currentText().strip()
        known = key_of(name) in self.sets if name else False
        self.begin.setText(tr("Go on") if known else tr("Begin"))
        self.begin.setEnabled(bool(name))
        labelling = self.set is not None
        for part in (self.grid, self.yes, self.no, self.skip, self.photos):
            part.setEnabled(labelling)
        self.undo.setEnabled(self.set is not None and bool(self.set.marks))
        yes, no = self.set.counts if self.set is not None else (0, 0)
        self.make.setEnabled(min(yes, no) >= MIN_KIND)
        if self.set is None:
            self.hint.setText(
                tr("Name what the slider should change, such as “Freckles”. Then say of each face whether it shows it.")
            )
            self.counts.setText("")
            return
        self.hint.setText(tr("Does this face show “{name}”?", name=self.set.name))
        if yes + no < ENOUGH or min(yes, no) < MIN_KIND:
            more = tr("{count} labels are enough, with at least {kind} of each.", count=ENOUGH, kind=MIN_KIND)
        else:
            more = tr("That is enough. More labels make the slider better.")
        self.counts.setText(tr("{yes} yes, {no} no.", yes=yes, no=no) + " " + more)

    def retranslate(self) -> None:
        self.asked.setText(tr("What to look for"))
        self.name.setAccessibleName(tr("What to look for"))
        self.yes.setText(tr("Yes (J)"))
        self.no.setText(tr("No (F)"))
        self.skip.setText(tr("Skip (Space)"))
        self.undo.setText(tr("Undo"))
        self.photos.setText(tr("Label photos, too…"))
        self.make.setText(tr("Make a slider"))
        self.grid.retranslate()
        self._refresh()
