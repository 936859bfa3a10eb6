"""What the commands do: opening, saving, exporting, dialogs. One method per step of the user's way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from PySide6.QtCore import QMimeData, QObject, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox

from facelab.core.errors import FacelabError
from facelab.core.handpoints import landmarks_by_hand
from facelab.core.recipe import EditRecipe
from facelab.core.values import F64
from facelab.engine import messages as m
from facelab.ui.actions import ShortcutSheet
from facelab.ui.canvas_tools import moved_landmarks
from facelab.ui.carrying import Carrying
from facelab.ui.document import Change, Phase
from facelab.ui.drops import dropped_source
from facelab.ui.export_dialog import ExportDialog
from facelab.ui.i18n import tr
from facelab.ui.models_dialog import ModelsDialog
from facelab.ui.notices import Message
from facelab.ui.overlays import About
from facelab.ui.settings_dialog import SettingsDialog
from facelab.ui.studio_dialog import StudioDialog
from facelab.ui.values import Compare, JobState, Source

if TYPE_CHECKING:
    from facelab.settings import ExportChoice
    from facelab.ui.main_window import MainWindow

RECIPE_TYPE = "application/x-facelab-recipe"
PHOTOS = "*.jpg *.jpeg *.png *.webp *.tif *.tiff *.avif *.bmp *.heic *.heif"


class Commands(QObject):
    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._then: Callable[[], None] | None = None
        self.carrying = Carrying(window)
        self.recovering = False

    def run(self, name: str) -> None:
        """Do the command of that name (see actions.COMMANDS)."""
        getattr(self, f"do_{name}")()

    # --- opening ------------------------------------------------------------------------------

    def do_open(self) -> None:
        window = self._window
        kinds = f"{tr('Photos and personal models')} ({PHOTOS} *.facelab);;{tr('All files')} (*)"
        path, _ = QFileDialog.getOpenFileName(window, tr("Open"), window.settings.last_folder, kinds)
        if path:
            self._remember_folder(Path(path).parent)
            self.open_path(Path(path))

    def do_paste(self) -> None:
        clipboard = QGuiApplication.clipboard()
        data = clipboard.mimeData()
        source = dropped_source(data) if data is not None else None
        if source is None:
            self._window.notice_bar.show_message(Message(tr("The clipboard holds no photo."), level="info"))
        else:
            self.open_source(source)

    def open_path(self, path: Path) -> None:
        self.open_source(Source(path=path))

    def open_source(self, source: Source) -> None:
        """Open it, after asking only when something would be lost."""
        if self.may_leave(lambda: self.open_source(source)):
            self._window.notice_bar.clear()
            self._window.set_compare(Compare.AFTER)
            self.recovering = False
            self.carrying.forget()
            self._window.left_session()
            self._window.director.open(source)

    def do_close(self) -> None:
        if self.may_leave(self.do_close):
            self._window.left_session()
            self._window.director.leave()
            self._window.document.begin("")

    def do_quit(self) -> None:
        self._window.close()

    def may_leave(self, again: Callable[[], None]) -> bool:
        """True when nothing would be lost; else asks, and runs `again` once it is saved."""
        window = self._window
        if not window.document.dirty or window.document.phase is Phase.EMPTY:
            return True
        box = QMessageBox(window)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setText(tr("Save changes to {name}?", name=window.document.name))
        box.setInformativeText(tr("The personal model and your edits are lost if you do not save them."))
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        for which, text in (
            (buttons.Save, tr("Save")),
            (buttons.Discard, tr("Do not save")),
            (buttons.Cancel, tr("Cancel")),
        ):
            box.button(which).setText(text)
        box.setDefaultButton(buttons.Save)
        answer = box.exec()
        box.deleteLater()
        if answer == buttons.Discard:
            window.document.set_dirty(False)
            return True
        if answer == buttons.Save:
            self._then = again
            self.do_save()
        return False

    def _remember_folder(self, folder: Path) -> None:
        window = self._window
        window.use_settings(msgspec.structs.replace(window.settings, last_folder=str(folder)))

    # --- faces --------------------------------------------------------------------------------

    def step_face(self, step: int) -> None:
        director = self._window.director
        if self._window.document.phase is Phase.CHOOSING:
            self._window.canvas.point_face(step)
        elif len(director.faces) > 1 and director.tuning is None:
            index = (director.face_index + step) % len(director.faces)
            if self.may_leave(lambda: self.step_face(step)):
                director.choose_face(index)

    def do_previous_face(self) -> None:
        self.step_face(-1)

    def do_next_face(self) -> None:
        self.step_face(1)

    def take_points(self, points: list[QPointF]) -> None:
        """Two eyes and two mouth corners, put by hand."""
        flat = [value for point in points for value in point.toTuple()]
        try:
            landmarks = landmarks_by_hand(flat[:4], flat[4:], self._window.document.name)
        except FacelabError as error:
            self._window.director.failed.emit(error.code, dict(error.params))
            self._window.canvas.place_points()
            return
        self._window.canvas.set_tool(None)
        self._window.director.choose_face(0, landmarks)

    def adjust_crop(self) -> None:
        self._window.canvas.adjust_crop()
        self._window.canvas.setFocus()
        self._window.show_state()

    def move_crop(self, move: F64) -> None:
        director = self._window.director
        known = director.landmarks or (director.faces[director.face_index].landmarks if director.faces else None)
        if known is not None and not np.allclose(move, [[1, 0, 0], [0, 1, 0]]):
            director.choose_face(director.face_index, moved_landmarks(known, move))

    # --- saving and exporting -----------------------------------------------------------------

    def do_save(self) -> None:
        path = self._window.document.project_path
        if path:
            self._window.director.save(Path(path))
        else:
            self.do_save_as()

    def do_save_as(self) -> None:
        window = self._window
        name = Path(window.document.name or "photo").with_suffix(".facelab").name
        start = str(Path(window.settings.last_folder or ".") / name)
        path, _ = QFileDialog.getSaveFileName(window, tr("Save personal model"), start, "facelab (*.facelab)")
        if not path:
            self._then = None
            return
        self._remember_folder(Path(path).parent)
        window.director.save(Path(path).with_suffix(".facelab"))

    def do_export(self) -> None:
        window = self._window
        settings = window.settings
        source = window.director.source.path
        beside = source.parent if source is not None and not self.recovering else Path.home()
        folder = Path(settings.last_folder) if settings.last_folder else beside
        dialog = ExportDialog(
            window.director, window.canvas, settings.exports, folder,
            edit_mark=settings.edit_mark, keep_gps=settings.keep_gps, parent=window,
        )  # fmt: skip
        dialog.export.connect(self._export)
        dialog.remembered.connect(self._remember_export)
        dialog.open()

    def _export(self, options: m.ExportOptions) -> None:
        self._remember_folder(options.path.parent)
        self._window.director.export(options)

    def _remember_export(self, kind: str, choice: ExportChoice) -> None:
        window = self._window
        exports = {**window.settings.exports, kind: choice}
        window.use_settings(msgspec.structs.replace(window.settings, exports=exports))

    def job_ended(self, job: JobState, event: object) -> None:
        """Say where a file went; go on with what waited for the saving."""
        self.carrying.job_ended(job, event)
        if isinstance(event, m.JobFinished):
            if job.kind == "export" and event.paths:
                names = ", ".join(path.name for path in event.paths)
                self._window.notice_bar.show_message(Message(tr("Exported {names}", names=names), level="info"))
            if job.kind == "save" and self._then is not None:
                then, self._then = self._then, None
                then()
        elif job.kind == "save":
            self._then = None

    def do_add_photo(self) -> None:
        window = self._window
        kinds = f"{tr('Photos')} ({PHOTOS})"
        path, _ = QFileDialog.getOpenFileName(
            window, tr("Add another photo of this person"), window.settings.last_folder, kinds
        )
        if path:
            window.director.add_photo(Path(path), window.settings.preset)

    def do_fit(self) -> None:
        self._window.panel.fit_box.start.click()

    # --- the result outside -------------------------------------------------------------------

    def do_copy(self) -> None:
        self.carrying.copy()

    # --- editing ------------------------------------------------------------------------------

    def do_undo(self) -> None:
        self._window.document.undo()

    def do_redo(self) -> None:
        self._window.document.redo()

    def do_copy_edits(self) -> None:
        data = QMimeData()
        text = msgspec.json.encode(self._window.document.recipe)
        data.setData(RECIPE_TYPE, text)
        data.setText(text.decode())
        QGuiApplication.clipboard().setMimeData(data)

    def do_paste_edits(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        raw = bytes(data.data(RECIPE_TYPE).data()) if data is not None else b""
        try:
            recipe = msgspec.json.decode(raw, type=EditRecipe)
        except msgspec.DecodeError:
            self._window.notice_bar.show_message(Message(tr("The clipboard holds no edits."), level="info"))
            return
        self._window.document.apply(recipe, Change("paste"))

    def do_lock(self) -> None:
        row = self._window.panel.focused_row
        if row is not None:
            row.lock.toggle()

    def do_reset(self) -> None:
        row = self._window.panel.focused_row
        if row is not None:
            self._window.document.reset(row.key)

    def do_reset_all(self) -> None:
        self._window.document.reset_all()

    def do_filter(self) -> None:
        self._window.panel.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- view ---------------------------------------------------------------------------------

    def do_zoom_fit(self) -> None:
        self._window.canvas.fit()

    def do_zoom_100(self) -> None:
        self._window.canvas.actual_size()

    def do_zoom_face(self) -> None:
        self._window.canvas.zoom_to_face()

    def do_zoom_in(self) -> None:
        self._window.canvas.zoom_by(1.25)

    def do_zoom_out(self) -> None:
        self._window.canvas.zoom_by(0.8)

    def _toggle(self, mode: Compare) -> None:
        if self._window.document.phase is Phase.EDITING:
            self._window.set_compare(Compare.AFTER if self._window.canvas.compare is mode else mode)

    def do_split(self) -> None:
        self._toggle(Compare.SPLIT)

    def do_side(self) -> None:
        self._toggle(Compare.SIDE)

    def do_difference(self) -> None:
        self._toggle(Compare.DIFFERENCE)

    # --- dialogs ------------------------------------------------------------------------------

    def do_settings(self) -> None:
        ready = self._window.director.ready
        dialog = SettingsDialog(self._window.settings, ready.devices if ready else (), self._window)
        dialog.changed.connect(self._window.use_settings)
        dialog.history_cleared.connect(self._window.clear_history)
        dialog.open()

    def do_models(self) -> None:
        self.models(None)

    def models(self, add: Path | None) -> None:
        """The models dialog; add: a checkpoint that was dropped."""
        window = self._window
        dialog = ModelsDialog(window.director, window.settings, window.theme.icons, window)
        dialog.chosen.connect(self._use_model)
        dialog.open()
        if add is not None:
            dialog.add_file(add)

    def _use_model(self, name: str) -> None:
        """Another generator; an open photo is opened again with it, after asking if something would be lost."""
        window = self._window
        if not self.may_leave(lambda: self._use_model(name)):
            return
        source = window.director.source if window.document.phase is not Phase.EMPTY else None
        window.use_settings(msgspec.structs.replace(window.settings, model=name))
        if source is not None and not source.is_project:
            self.open_source(source)

    def do_studio(self) -> None:
        window = self._window
        if window.director.ready is None:
            window.notice_bar.show_message(Message(tr("The studio opens when the model is loaded."), level="info"))
            return
        StudioDialog(window.director, lambda: window.language.code, window.places.state, window).open()

    def do_shortcuts(self) -> None:
        ShortcutSheet(self._window).open()

    def do_about(self) -> None:
        places = self._window.places
        card = places.models / "base" / "MODEL_CARD.md"
        About(
            places.resources / "icons" / "facelab.svg", card, places.resources.parent / "THIRD_PARTY.md", self._window
        ).open()

    # --- messages -----------------------------------------------------------------------------

    def act(self, action: str, report: str) -> None:
        """The button of a message."""
        match action:
            case "open" | "models" | "settings" | "save_as" | "export":
                self.run(action)
            case "points":
                self._window.director.place_points()
            case "copy_report":
                QGuiApplication.clipboard().setText(report)
