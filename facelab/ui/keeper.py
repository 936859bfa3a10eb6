"""Keeps what a crash would lose: the photo, a journal after every undo entry, tuned weights while fitting."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from facelab.core.errors import CannotWrite
from facelab.core.values import Landmarks
from facelab.engine.messages import SessionReady
from facelab.project import recovery
from facelab.ui.director import Director
from facelab.ui.document import Document, Phase

log = logging.getLogger(__name__)
WEIGHTS_EVERY_MS = 4000


class Keeper(QObject):
    def __init__(self, director: Director, document: Document, state_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._director, self._document, self._state = director, document, state_dir
        self._folder: Path | None = None
        self._enabled = True
        self._saved_step = False
        self._adopted = False
        self._timer = QTimer(self)
        self._timer.setInterval(WEIGHTS_EVERY_MS)
        self._timer.timeout.connect(self._keep_weights)
        document.committed.connect(self.journal)
        document.variants_changed.connect(self.journal)
        director.session_ready.connect(self._begin)
        director.saved_weights = self.weights
        director.job_started.connect(self._job_started)
        director.job_ended.connect(self._job_ended)

    def set_enabled(self, enabled: bool) -> None:
        self._enabled = enabled
        if not enabled:
            self.forget()

    def adopt(self, found: recovery.Recoverable) -> None:
        """Work goes on in the folder of a recovered session."""
        self._folder = recovery.adopt(found)
        self._adopted = True

    def found(self) -> tuple[recovery.Recoverable, ...]:
        """Sessions of programs that ended without saying goodbye."""
        try:
            return recovery.find_recoverable(self._state)
        except OSError:
            return ()

    def discard(self, found: recovery.Recoverable) -> None:
        recovery.end(found.folder)

    @Slot()
    def forget(self) -> None:
        """The session is closed cleanly or discarded: nothing of it stays."""
        self._timer.stop()
        if self._folder is not None:
            recovery.end(self._folder)
            self._folder = None

    def weights(self) -> Path | None:
        """The personal generator as it was kept last, if there is one."""
        path = recovery.weights_path(self._folder) if self._folder is not None else None
        return path if path is not None and path.is_file() else None

    @Slot(object)
    def _begin(self, event: object) -> None:
        if self._folder is not None:
            self._drop_weights(event)
        if not self._enabled or self._folder is not None:
            return
        source = self._director.source
        try:
            self._folder = recovery.begin(self._state)
            data = source.data if source.data is not None else source.path.read_bytes() if source.path else b""
            if source.is_project:
                recovery.weights_path(self._folder).write_bytes(data)
                recovery.weights_path(self._folder).chmod(0o600)
            else:
                recovery.keep_photo(self._folder, data)
        except (OSError, CannotWrite):
            log.warning("autosave cannot write")
            self._folder = None
        self.journal()

    def _drop_weights(self, event: object) -> None:
        """Another face was chosen, or its frame moved: what was fitted to the old one is no longer the session."""
        path = self.weights()
        fresh = isinstance(event, SessionReady) and not event.tuned and self._director.photo_count <= 1
        if path is not None and fresh and not self._director.source.is_project:
            path.unlink(missing_ok=True)

    @Slot()
    def journal(self) -> None:
        if self._folder is None or self._document.phase is not Phase.EDITING:
            return
        document, director = self._document, self._director
        entries = tuple((document.describe(entry.change), entry.recipe) for entry in document.entries[-200:])
        journal = recovery.Journal(
            photo_name=document.name, project=document.project_path, face=director.face_index,
            points=_points(director.landmarks), recipe=document.recipe, history=entries,
            position=max(0, document.position - max(0, len(document.entries) - 200)),
            variants=tuple((variant.name, variant.recipe) for variant in document.variants),
        )  # fmt: skip
        try:
            recovery.write_journal(self._folder, journal)
        except CannotWrite:
            log.warning("the journal cannot be written")

    @Slot(object)
    def _job_started(self, job: object) -> None:
        if self._director.tuning is not None and self._folder is not None and not self._timer.isActive():
            self._timer.start()

    @Slot(object, object)
    def _job_ended(self, job: object, event: object) -> None:
        if self._timer.isActive() and self._director.tuning is None:
            self._timer.stop()
            self._keep_weights()

    def _keep_weights(self) -> None:
        if self._folder is not None and not self._director.autosaving:
            self._director.autosave(recovery.weights_path(self._folder))


def _points(landmarks: Landmarks | None) -> tuple[tuple[float, float], ...]:
    return () if landmarks is None else tuple((float(x), float(y)) for x, y in landmarks.points)
