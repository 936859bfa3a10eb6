"""The window: lays out the parts and connects them to the document and the director."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtCore import QByteArray, QEvent, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from facelab.engine import messages as m
from facelab.project import recovery
from facelab.settings import Settings
from facelab.ui import notices
from facelab.ui.actions import Actions
from facelab.ui.canvas import Canvas
from facelab.ui.canvas_tools import PointTool
from facelab.ui.commands import Commands
from facelab.ui.director import Director
from facelab.ui.document import Document, Phase
from facelab.ui.drops import dropped_source, is_model
from facelab.ui.edit_panel import EditPanel
from facelab.ui.engine_thread import ShownPhoto, ShownTile
from facelab.ui.film_strip import FilmStrip
from facelab.ui.history_panel import HistoryPanel
from facelab.ui.i18n import Language, tr
from facelab.ui.job_bar import JobBar, stage_text
from facelab.ui.notice_bar import NoticeBar
from facelab.ui.overlays import Hints
from facelab.ui.recents import Recents
from facelab.ui.start_page import StartPage
from facelab.ui.theme import Theme
from facelab.ui.toolbar import Toolbar
from facelab.ui.values import Compare, JobState
from facelab.ui.widgets import View
from facelab.ui.zoom_bar import ZoomBar

PANEL_PX = 320
ENDING = (
    "fit",
    "save",
    "save_as",
    "export",
    "copy",
    "add_photo",
    "copy_edits",
    "paste_edits",
    "lock",
    "reset",
    "reset_all",
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie: resources, sample photos, the user's state, the default models."""

    resources: Path
    models: Path
    state: Path


class MainWindow(View):
    settings_changed = Signal(object)  # Settings
    closed = Signal()
    session_left = Signal()  # saved, discarded or nothing to lose

    def __init__(
        self,
        document: Document,
        director: Director,
        theme: Theme,
        language: Language,
        settings: Settings,
        places: Places,
    ) -> None:
        super().__init__()
        self.document, self.director, self.theme, self.language = document, director, theme, language
        self.settings, self.places = settings, places
        self.recents = Recents(places.state)
        icons = theme.icons
        self.commands = Commands(self)
        self.actions_ = Actions(self, self.commands.run)
        self.toolbar = Toolbar(icons, self.actions_)
        self.notice_bar = NoticeBar(icons)
        self.canvas = Canvas()
        self.zoom_bar = ZoomBar(self.canvas)
        samples = sorted((places.resources / "samples").glob("*.*g"))
        self.start_page = StartPage(icons, samples)
        self.film_strip = FilmStrip(icons)
        self.panel = EditPanel(document, icons)
        self.history = HistoryPanel(document, icons)
        self.job_bar = JobBar(icons)
        self.setAcceptDrops(True)
        self.setWindowIcon(theme.icons.get("facelab", self.palette().windowText().color(), size=64))
        self._quiet_close = False
        self._lay_out()
        self._connect()
        self.panel.set_language(language.code)
        self.start_page.set_recent(self.recents.read())
        self._restore_geometry()
        self.retranslate()
        self._phase()
        self.start_page.open.setFocus()

    # --- layout -------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        photo = QWidget()
        self._pages = QStackedLayout(photo)
        self._pages.addWidget(self.start_page)
        self._pages.addWidget(self.canvas)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(photo, 1)
        column.addWidget(self.film_strip)
        side = QSplitter(Qt.Orientation.Vertical)
        side.addWidget(self.panel)
        side.addWidget(self.history)
        side.setStretchFactor(0, 1)
        side.setSizes([520, 150])
        side.setChildrenCollapsible(False)
        self.history.setMinimumHeight(96)
        side.setMinimumWidth(260)
        side.setMaximumWidth(420)
        self._split = QSplitter()
        self._split.addWidget(left)
        self._split.addWidget(side)
        self._split.setStretchFactor(0, 1)
        self._split.setChildrenCollapsible(False)
        for splitter in (side, self._split):
            splitter.setHandleWidth(1)
        self._split.setSizes([1280 - PANEL_PX, PANEL_PX])
        row = QHBoxLayout()
        row.addWidget(self._split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addWidget(self.notice_bar)
        layout.addLayout(row, 1)
        layout.addWidget(self.job_bar)
        self.setMinimumSize(860, 560)
        self.resize(1280, 800)

    def _restore_geometry(self) -> None:
        if self.settings.window:
            self.restoreGeometry(QByteArray.fromBase64(self.settings.window.encode()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_zoom()

    def _place_zoom(self) -> None:
        self.zoom_bar.move(12, max(0, self.canvas.height() - self.zoom_bar.height() - 12))

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place_zoom()
        return False

    # --- wiring -------------------------------------------------------------------------------

    def _connect(self) -> None:
        director, document, canvas = self.director, self.document, self.canvas
        canvas.installEventFilter(self)
        director.engine_ready.connect(self._engine_ready)
        director.photo_shown.connect(self._photo_shown)
        director.session_ready.connect(self._session_ready)
        director.tile_shown.connect(self._tile)
        director.updating.connect(canvas.set_updating)
        director.job_started.connect(self._job_started)
        director.job_progressed.connect(self.job_bar.progress)
        director.job_ended.connect(self._job_ended)
        director.failed.connect(self._failed)
        director.not_added.connect(self._not_added)
        director.noticed.connect(
            lambda notice: self.notice_bar.show_message(notices.for_notice(notice.code, notice.text))
        )
        director.engine_died.connect(lambda report: self._failed("engine_stopped", {"report": report}))
        document.phase_changed.connect(self._phase)
        document.history_changed.connect(self._refresh_actions)
        document.dirty_changed.connect(self._title)
        canvas.region_changed.connect(director.set_region)
        canvas.face_clicked.connect(director.choose_face)
        canvas.face_pointed.connect(self._show_face)
        canvas.points_placed.connect(self.commands.take_points)
        canvas.crop_moved.connect(self.commands.move_crop)
        canvas.tool_ended.connect(self._phase)
        self.panel.fit_box.fit.connect(lambda preset, more: director.tune(preset, more))
        self.panel.faces.step.connect(self.commands.step_face)
        self.panel.faces.adjust.connect(self.commands.adjust_crop)
        self.job_bar.cancelled.connect(director.cancel)
        self.job_bar.paused.connect(director.pause)
        self.film_strip.chosen.connect(director.select_photo)
        self.film_strip.add_clicked.connect(lambda: self.commands.run("add_photo"))
        self.toolbar.compare_chosen.connect(self.set_compare)
        self.toolbar.drag.wanted.connect(self.commands.carrying.prepare)
        self.toolbar.drag.pulled.connect(self.commands.carrying.start)
        self.notice_bar.acted.connect(self.commands.act)
        self.start_page.open_clicked.connect(lambda: self.commands.run("open"))
        self.start_page.paste_clicked.connect(lambda: self.commands.run("paste"))
        self.start_page.path_chosen.connect(lambda path: self.commands.open_path(Path(path)))

    # --- engine -------------------------------------------------------------------------------

    @Slot(object)
    def _engine_ready(self, ready: m.EngineReady) -> None:
        self.panel.set_engine(ready, self.settings.preset)
        self._phase()

    @Slot(object)
    def _photo_shown(self, shown: ShownPhoto) -> None:
        self.canvas.show_photo(shown)
        self.film_strip.show_photos(shown.event.photo_index, shown.event.photo_count, shown.levels[-1])
        self._pages.setCurrentWidget(self.canvas)
        source = self.director.source
        if source.path is not None and not self.commands.recovering:
            self.recents.add(source.path)
            self.start_page.set_recent(self.recents.read())
        if not self.settings.consent_seen:  # once, where a photo is first opened
            consent = tr("Edit only photos of people who agreed. Nothing leaves this computer.")
            self.notice_bar.show_message(notices.Message(consent, level="info"))
            self.use_settings(msgspec.structs.replace(self.settings, consent_seen=True))
        self._title()

    @Slot(object)
    def _session_ready(self, ready: m.SessionReady) -> None:
        self.canvas.set_session(ready.mask_box, ready.quad)
        self._phase()

    @Slot(object)
    def _tile(self, tile: ShownTile) -> None:
        self.canvas.show_tile(tile)

    @Slot(object)
    def _job_started(self, job: JobState) -> None:
        self.job_bar.start(job)
        self._phase()

    @Slot(object, object)
    def _job_ended(self, job: JobState, event: object) -> None:
        self.job_bar.end(job, list(self.director.jobs.values()))
        self.commands.job_ended(job, event)
        self._phase()

    def _not_added(self) -> None:
        """Another photo of the person in which no face was found."""
        text = tr("No face was found in the other photo, so it was not added.")
        self.notice_bar.show_message(notices.Message(text))

    def _failed(self, code: str, params: dict[str, object]) -> None:
        self.notice_bar.show_message(notices.for_error(code, params))

    # --- state --------------------------------------------------------------------------------

    @Slot()
    def _phase(self) -> None:
        """Show where the photo is on its way."""
        phase, director = self.document.phase, self.director
        editing = phase is Phase.EDITING
        if phase is Phase.EMPTY:
            self._pages.setCurrentWidget(self.start_page)
            self.canvas.show_photo(None)
            self.film_strip.hide()
        elif phase is Phase.CHOOSING:
            self.canvas.choose_faces(director.faces, director.face_index)
            self.canvas.setFocus()
        elif phase is Phase.PLACING and not isinstance(self.canvas.tool, PointTool):
            self.canvas.place_points()
            self.canvas.setFocus()
        elif phase is Phase.ENCODING:
            self.canvas.set_tool(None)
        self.zoom_bar.setVisible(phase not in (Phase.EMPTY, Phase.OPENING))
        for part in (self.history, self.panel.fit_box):
            part.setVisible(phase is not Phase.EMPTY)
        count = max(len(director.faces), 1 if editing else 0)
        can_adjust = editing and director.tuning is None and not self.document.tuned
        self.panel.faces.show_face(director.face_index, count, can_adjust=can_adjust, photo=phase is not Phase.EMPTY)
        self.panel.fit_box.show_state(enabled=editing, tuned=self.document.tuned, running=director.tuning is not None)
        self.toolbar.set_editing(editing)
        self.job_bar.set_idle(self._status())
        self._refresh_actions()
        self._title()

    def _show_face(self, index: int) -> None:
        """The one pointed at while one of several is chosen."""
        count = len(self.director.faces)
        self.panel.faces.show_face(index, count, can_adjust=False, photo=True)
        self.canvas.setAccessibleDescription(tr("Face {number} of {count}", number=index + 1, count=count))

    def _status(self) -> str:
        """The bottom line when no job runs."""
        phase, ready = self.document.phase, self.director.ready
        if phase is Phase.CHOOSING:
            return tr("Click a face, or choose it with the arrow keys and Enter")
        if phase is Phase.PLACING:
            tool = self.canvas.tool
            return tr("No face was found.") + " " + (tool.prompt if isinstance(tool, PointTool) else "")
        if phase is not Phase.EDITING and ready is None:
            return stage_text("load")
        if phase in (Phase.OPENING, Phase.FINDING):
            return stage_text("find")
        if phase is Phase.ENCODING:
            return stage_text("encode")
        if self.canvas.tool is not None:
            return tr("Move the frame, pull a corner to turn and scale; Enter accepts, Escape leaves it")
        if ready is None:
            return ""
        model = tr(
            "Model {name}, {size} px, {device}",
            name=ready.info.name,
            size=ready.info.resolution,
            device=ready.device.upper(),
        )
        size = self.canvas.photo_size
        return model if size.isEmpty() else f"{size.width()} × {size.height()} px · {model}"

    @Slot()
    def _refresh_actions(self) -> None:
        document = self.document
        editing = document.phase is Phase.EDITING
        self.actions_.enable(ENDING, editing)
        self.actions_.enable(("close",), document.phase is not Phase.EMPTY)
        self.actions_["undo"].setEnabled(editing and document.can_undo)
        self.actions_["redo"].setEnabled(editing and document.can_redo)
        self.actions_["fit"].setEnabled(editing and self.director.tuning is None)
        self.toolbar.set_undo(editing and document.can_undo, editing and document.can_redo)

    @Slot()
    def _title(self) -> None:
        name = self.document.name
        self.setWindowTitle(
            f"{name}[*] \N{EN DASH} facelab" if name and self.document.phase is not Phase.EMPTY else "facelab[*]"
        )
        self.setWindowModified(self.document.dirty)

    def set_compare(self, mode: Compare) -> None:
        self.toolbar.show_compare(mode)
        self.canvas.set_compare(mode)
        self.canvas.clear_tiles()
        self.director.set_view("difference" if mode is Compare.DIFFERENCE else "after")
        self.director.render_full()

    # --- language and settings ----------------------------------------------------------------

    def use_settings(self, settings: Settings) -> None:
        """Apply changed settings at once and keep them."""
        old, self.settings = self.settings, settings
        if settings.language != old.language:
            self.language.use(settings.language)
            self.panel.set_language(self.language.code)
        if (settings.theme, settings.language) != (old.theme, old.language):
            self.theme.use(settings.theme, self.language.code)
            self.start_page.retranslate()
        if (settings.device, settings.model) != (old.device, old.model):
            self.director.use_model(settings.model, settings.device)
        self.settings_changed.emit(settings)

    def retranslate(self) -> None:
        self.setAccessibleName("facelab")
        if hasattr(self, "actions_"):
            self.actions_.retranslate()
            self._phase()

    # --- input --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backslash and not event.isAutoRepeat():
            self.canvas.hold_before(True)
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backslash and not event.isAutoRepeat():
            self.canvas.hold_before(False)
            return
        super().keyReleaseEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.source() is None and (event.mimeData().hasUrls() or event.mimeData().hasImage()):
            event.acceptProposedAction()
            self.start_page.set_dropping(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.start_page.set_dropping(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.start_page.set_dropping(False)
        source = dropped_source(event.mimeData())
        if source is None:
            self._failed("unreadable_photo", {"path": tr("What was dropped")})
            return
        event.acceptProposedAction()
        if source.path is not None and is_model(source.path):
            self.commands.models(source.path)
        else:
            self.commands.open_source(source)

    # --- for the commands ---------------------------------------------------------------------

    def left_session(self) -> None:
        """The open photo is left for good: its recovery folder can go."""
        self.session_left.emit()

    def show_state(self) -> None:
        self._phase()

    def clear_history(self) -> None:
        """Forget recent files and left-over sessions."""
        self.recents.clear()
        self.start_page.set_recent([])
        recovery.clear(self.places.state)

    def show_hints(self) -> None:
        hints = Hints(self, (self.start_page.open, self.panel, self.toolbar.export))
        hints.ended.connect(lambda: self.use_settings(msgspec.structs.replace(self.settings, hints_seen=True)))

    # --- closing ------------------------------------------------------------------------------

    def close_quietly(self) -> None:
        """As on SIGTERM: no question; unsaved work stays recoverable."""
        self._quiet_close = True
        self.close()

    @property
    def keeps_work(self) -> bool:
        """Whether the recovery folder outlives the window."""
        return self._quiet_close and self.document.dirty

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._quiet_close and not self.commands.may_leave(self.actions_["quit"].trigger):
            event.ignore()
            return
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self.settings = msgspec.structs.replace(self.settings, window=geometry)
        self.settings_changed.emit(self.settings)
        shutil.rmtree(self.places.state / "drag", ignore_errors=True)
        event.accept()
        self.closed.emit()
