"""Models: what is here, what is known elsewhere with size and licence, adding a checkpoint, downloading by a click."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, QThread, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from facelab import catalog
from facelab.catalog_download import download
from facelab.core.errors import FacelabError
from facelab.core.progress import Progress
from facelab.engine.reports import safe_traceback
from facelab.settings import Settings
from facelab.ui.director import Director
from facelab.ui.drops import is_model
from facelab.ui.i18n import tr
from facelab.ui.notices import for_error
from facelab.ui.theme import Icons, ink
from facelab.ui.widgets import Dialog, button, label

log = logging.getLogger(__name__)


class Work(QThread):
    """One slow task beside the window: adding, checking or downloading a file."""

    progressed = Signal(object)  # Progress
    succeeded = Signal(object)
    went_wrong = Signal(str, object)  # code, params

    def __init__(self, task: Callable[[Work], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self.stopping = False

    def run(self) -> None:
        """Catch everything: nothing may leave a thread's run."""
        try:
            self.succeeded.emit(self._task(self))
        except FacelabError as error:
            self.went_wrong.emit(error.code, dict(error.params))
        except Exception as error:
            report = safe_traceback(error)
            log.error("a task of the models dialog failed\n%s", report)
            self.went_wrong.emit("bug", {"report": report})


def fetch(entry: catalog.CatalogEntry, work: Work) -> catalog.CatalogEntry | None:
    """Download in steps so that closing the dialog ends it; None = stopped by the user."""
    steps = download(entry, entry.path)
    while True:
        try:
            progress = next(steps)
        except StopIteration:
            return entry
        work.progressed.emit(progress)
        if work.stopping:
            steps.close()
            return None


def megabytes(count: int) -> str:
    return tr("{size} MB", size=f"{count / 1e6:.0f}") if count else tr("size unknown")


def purpose_of(model: catalog.ListedModel) -> str:
    """What a known entry is for, in the user's language; of others, what the catalogue says."""
    texts = {
        "base": tr("the model that comes with facelab: everything works with it, offline"),
        "ffhq-1024": tr("the published directions and numbers; slow on a CPU"),
        "lpips-alex": tr("tuning: the perceptual loss of the PTI paper (LPIPS-Alex)"),
        "lpips-vgg": tr("W projection: the perceptual loss of StyleGAN2 (LPIPS-VGG)"),
        "lpips-squeeze": tr("inversion and tuning: the smallest LPIPS network (5 MB)"),
        "landmarks-2dfan4": tr("alignment of difficult faces (about 96 MB)"),
    }
    return texts.get(model.name, model.improves)


class ModelsDialog(Dialog):
    chosen = Signal(str)  # name of a generator

    def __init__(self, director: Director, settings: Settings, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._director, self._settings, self._icons = director, settings, icons
        self._work: Work | None = None
        self._message: Callable[[], str] = str
        self.title = label("title")
        self.list = QListWidget()
        self.name = label("strong", wrap=True)
        self.details = label(wrap=True)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.message = label("amber", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.use, self.check, self.fetch, self.add, self.close_button = (
            button(primary=True),
            button(),
            button(),
            button(),
            button(),
        )
        self.setAcceptDrops(True)
        self._lay_out()
        self.list.currentRowChanged.connect(self._show)
        self.use.clicked.connect(self._use)
        self.check.clicked.connect(self._check)
        self.fetch.clicked.connect(self._ask_download)
        self.add.clicked.connect(self._browse)
        self.close_button.clicked.connect(self.close)
        self.models: list[catalog.ListedModel] = []
        self.retranslate()
        self._fill()

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(24)
        self.list.setMinimumWidth(270)
        middle.addWidget(self.list, 1)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.name)
        right.addWidget(self.details, 1)
        row = QHBoxLayout()
        for part in (self.use, self.fetch, self.check):
            row.addWidget(part)
        row.addStretch(1)
        right.addLayout(row)
        middle.addLayout(right, 1)
        end = QHBoxLayout()
        end.addWidget(self.add)
        end.addWidget(self.message, 1)
        end.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addWidget(self.title)
        layout.addLayout(middle, 1)
        layout.addWidget(self.bar)
        layout.addLayout(end)
        self.resize(760, 480)

    # --- the list -----------------------------------------------------------------------------

    def _fill(self) -> None:
        row = max(0, self.list.currentRow())
        blocked = self.list.blockSignals(True)
        self.list.clear()
        self.models = list(catalog.list_models())
        for model in self.models:
            state = tr("on this computer") if model.present else megabytes(model.size)
            item = QListWidgetItem()
            item.setSizeHint(QSize(0, 2 * self.fontMetrics().height() + 16))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{model.title}, {state}")
            self.list.addItem(item)
            self.list.setItemWidget(item, self._line(model, state))
        self.list.blockSignals(blocked)
        self.list.setCurrentRow(min(row, len(self.models) - 1))
        self._show()

    def _line(self, model: catalog.ListedModel, state: str) -> QWidget:
        """Title, below it where it is and its licence; a sign tells what is here from what can be fetched."""
        sign, title = QLabel(), label(text=model.title)
        name = "check" if model.present else "download"
        colour = ink(self).text if model.present else ink(self).secondary
        sign.setPixmap(self._icons.pixmap(name, colour, 16, self.devicePixelRatioF()))
        about = label("small", text=f"{state} · {model.licence.partition(':')[0].partition('(')[0].strip()}")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(title)
        words.addWidget(about)
        made = QWidget()
        layout = QHBoxLayout(made)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(12)
        layout.addWidget(sign)
        layout.addLayout(words, 1)
        for part in (title, about):
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            part.setToolTip(part.text())
        return made

    @property
    def current(self) -> catalog.ListedModel | None:
        row = self.list.currentRow()
        return self.models[row] if 0 <= row < len(self.models) else None

    def _entry(self, model: catalog.ListedModel) -> catalog.CatalogEntry | None:
        return next((entry for entry in catalog.load_catalog() if entry.key == model.name), None)

    def _show(self) -> None:
        model = self.current
        if model is None:
            return
        entry = self._entry(model)
        self.name.setText(model.title)
        lines = [tr("Licence: {text}", text=model.licence)]
        purpose = purpose_of(model)
        if purpose:
            lines.append(tr("What it is for: {text}", text=purpose))
        if entry is not None and not entry.commercial:
            lines.append(tr("For non-commercial use only."))
        ready = self._director.ready
        if ready is not None and ready.info.name == model.name:
            info = ready.info
            lines += [
                tr(
                    "{size} px, {count} sliders, on {device}",
                    size=info.resolution,
                    count=len(ready.sliders),
                    device=ready.device.upper(),
                ),
                tr("Crop convention: scale {scale}, shift {shift}", scale=info.crop.scale, shift=info.crop.shift),
            ]
        if not model.present and entry is not None and entry.address:
            lines += ["", entry.address, megabytes(entry.bytes)]
            if not entry.sha256:
                lines.append(
                    tr("No checksum is published: it is recorded at the first download and shown as unverified.")
                )
        self.details.setText("\n".join(lines))
        busy = self._work is not None
        self.use.setVisible(model.kind == "generator" and model.present)
        self.use.setEnabled(not busy and self._settings.model != model.name)
        self.check.setVisible(model.present)
        self.check.setEnabled(not busy)
        self.fetch.setVisible(not model.present and bool(model.address))
        self.fetch.setEnabled(not busy and self._settings.network)

    # --- tasks --------------------------------------------------------------------------------

    def _begin(self, task: Callable[[Work], object], then: Callable[[object], None]) -> None:
        self._work = Work(task, self._director)  # it may outlive the dialog: a server that has gone silent
        self._work.progressed.connect(self._progress)
        self._work.succeeded.connect(then)
        self._work.went_wrong.connect(self._went_wrong)
        self._work.finished.connect(self._ended)
        self._work.finished.connect(self._work.deleteLater)
        self.bar.setRange(0, 0)
        self.bar.show()
        self._say(str)
        self._work.start()
        self._show()

    def _went_wrong(self, code: str, params: dict[str, object]) -> None:
        self._say(lambda: for_error(code, params).text)

    def _progress(self, progress: Progress) -> None:
        self.bar.setRange(0, progress.total >> 10)
        self.bar.setValue(progress.step >> 10)  # kB: a bar counts to 2^31

    def _ended(self) -> None:
        self._work = None
        self.bar.hide()
        self._fill()

    def _say(self, words: Callable[[], str]) -> None:
        self._message = words
        self.message.setText(words())

    def _use(self) -> None:
        model = self.current
        if model is not None:
            self.chosen.emit(model.name)
            self.close()

    def _check(self) -> None:
        model = self.current
        if model is not None:
            target = model.name if model.kind == "generator" else str(model.path)
            self._begin(lambda _work: catalog.verify_model(target), self._checked)

    def _checked(self, found: object) -> None:
        states = {item.state for item in found} if isinstance(found, tuple) else set()
        if states & {"wrong", "missing"}:
            self._say(lambda: tr("The checksum is wrong or a file is missing."))
        elif "unknown" in states:
            self._say(lambda: tr("No checksum is known for this file: unverified."))
        else:
            self._say(lambda: tr("The checksum is right."))

    def _browse(self) -> None:
        kinds = f"{tr('Checkpoints')} (*.safetensors *.pkl *.pt *.pth);;{tr('All files')} (*)"
        path, _ = QFileDialog.getOpenFileName(self, tr("Add a checkpoint"), "", kinds)
        if path:
            self.add_file(Path(path))

    def add_file(self, path: Path) -> None:
        """Copy a checkpoint into the user's models; it is read by an allow-list reader, never run."""
        if self._work is None:
            self._begin(
                lambda _work: catalog.add_model(path), lambda _found: self._say(lambda: tr("The model was added."))
            )

    def _ask_download(self) -> None:
        """Nothing is fetched before this question: address, size and licence."""
        model = self.current
        entry = self._entry(model) if model is not None else None
        if entry is None:
            return
        box = QMessageBox(self)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setText(tr("Download {name}?", name=entry.title))
        box.setInformativeText(
            "\n".join([entry.address, megabytes(entry.bytes), tr("Licence: {text}", text=entry.licence)])
        )
        yes = box.addButton(tr("Download"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.exec()
        agreed = box.clickedButton() is yes
        box.deleteLater()
        if agreed:
            self.start_download(entry)

    def start_download(self, entry: catalog.CatalogEntry) -> None:
        self._begin(lambda work: fetch(entry, work), self._fetched)

    def _fetched(self, found: object) -> None:
        if isinstance(found, catalog.CatalogEntry):
            verified = bool(found.sha256)
            self._say(
                lambda: (
                    tr("Downloaded; the checksum is right.")
                    if verified
                    else tr("Downloaded; unverified, its checksum was recorded.")
                )
            )

    # --- window -------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(is_model(Path(url.toLocalFile())) for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if is_model(Path(url.toLocalFile())):
                self.add_file(Path(url.toLocalFile()))
                return

    def closeEvent(self, event: QCloseEvent) -> None:
        work, self._work = self._work, None
        if work is not None:
            work.stopping = True
            for signal in (work.progressed, work.succeeded, work.went_wrong):
                signal.disconnect()
            work.finished.disconnect(self._ended)
        super().closeEvent(event)

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Models"))
        self.title.setText(tr("Models"))
        self.list.setAccessibleName(tr("Models"))
        self.bar.setAccessibleName(tr("Progress"))
        self.use.setText(tr("Use this model"))
        self.check.setText(tr("Check"))
        self.fetch.setText(tr("Download…"))
        self.add.setText(tr("Add a checkpoint…"))
        self.close_button.setText(tr("Close"))
        self.message.setText(self._message())
