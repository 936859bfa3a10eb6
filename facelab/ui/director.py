"""Between the document and the engine: posts requests, takes events, and lets nothing stale through."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from facelab.core.recipe import EditRecipe
from facelab.core.values import Face, Landmarks
from facelab.engine import messages as m
from facelab.ui.document import Document, Phase
from facelab.ui.engine_thread import EngineThread, ShownPhoto, ShownTile, thumbnail
from facelab.ui.job_desk import JobDesk
from facelab.ui.values import Source

log = logging.getLogger(__name__)
SLOW_PICTURE_MS = 250
MAX_RESTARTS = 3


class Director(JobDesk):
    """One per window. `make_engine` makes a fresh EngineThread (again after it died)."""

    engine_ready = Signal(object)  # EngineReady
    photo_shown = Signal(object)  # ShownPhoto
    faces_found = Signal(object)  # tuple[Face, ...]
    session_ready = Signal(object)  # SessionReady
    tile_shown = Signal(object)  # ShownTile, newer than all before
    updating = Signal(bool)  # the picture on screen is older than the recipe
    studio_answered = Signal(int, object)  # job, StudioAnswer
    engine_died = Signal(str)  # report

    def __init__(
        self, document: Document, make_engine: Callable[[], EngineThread], parent: QObject | None = None
    ) -> None:
        super().__init__(document, parent)
        self._make_engine = make_engine
        self._thread: EngineThread | None = None
        self._ticket = 0
        self._newest = 0  # ticket of the picture for the screen asked for last
        self._shown = (-1, -1)
        self._region: m.Region | None = None
        self._view = "after"
        self._sent: dict[int, EditRecipe] = {}
        self._wanted: dict[int, Callable[[QImage], None]] = {}
        self._restarts = 0
        self._survives: tuple[EditRecipe, Landmarks | None] | None = None
        self.source = Source()
        self.faces: tuple[Face, ...] = ()
        self.face_index = 0
        self.landmarks: Landmarks | None = None
        self.photo_index, self.photo_count = 0, 0
        self.ready: m.EngineReady | None = None
        self.session: m.SessionReady | None = None
        self.stale_dropped = 0
        self._keeps_recipe = False  # the next SessionReady is another photo with the same edits
        self.saved_weights: Callable[[], Path | None] = lambda: None  # what a dead engine's work can be had from
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_PICTURE_MS)
        self._slow.timeout.connect(lambda: self.updating.emit(True))
        document.recipe_changed.connect(self.render_draft)
        document.committed.connect(self.render_full)

    # --- the thread ---------------------------------------------------------------------------

    def start(self) -> None:
        self._thread = self._make_engine()
        self._thread.arrived.connect(self._take)  # before it runs: its first event may come at once
        self._thread.start()

    def post(self, request: m.Request) -> None:
        if self._thread is not None:
            self._thread.mailbox.post(request)

    def close(self, wait_ms: int = 1500) -> bool:
        """Ask the engine to end and wait for it; False = it is still running."""
        self._slow.stop()
        thread, self._thread = self._thread, None
        if thread is None:
            return True
        thread.arrived.disconnect(self._take)
        thread.mailbox.post(m.Shutdown())
        return thread.wait(wait_ms)

    def _revive(self, report: str) -> None:
        """The engine died: start another one and bring the photo and its edits back."""
        self.engine_died.emit(report)
        self._autosaves.clear()
        for job in list(self.jobs.values()):
            self.jobs.pop(job.number)
            self.job_ended.emit(job, m.JobCancelled(job.number))
        old = self._thread
        self._restarts += 1
        if old is not None:
            old.arrived.disconnect(self._take)
            old.wait(1000)
        if self._restarts > MAX_RESTARTS:
            self._thread = None
            return
        recipe, landmarks, phase = self.document.recipe, self.landmarks, self.document.phase
        self.start()
        if phase is not Phase.EMPTY:
            self._survives = (recipe, landmarks)
            self._session += 1
            self._shown, self.session = (-1, -1), None
            saved = self.saved_weights()
            self._post_open(Source(path=saved) if saved is not None else self.source)

    # --- opening ------------------------------------------------------------------------------

    def open(self, source: Source) -> None:
        """Open a photo or a project; what was open is left as it is (the window has asked)."""
        self.leave()
        self.source = source
        self._survives, self._keeps_recipe = None, False
        self.document.begin(source.path.name if source.path else "")
        self.document.set_phase(Phase.OPENING)
        if source.is_project:
            self.document.project_path = str(source.path)
        self._session += 1
        self._post_open(source)

    def recover(self, source: Source, name: str, recipe: EditRecipe, face: int, landmarks: Landmarks | None) -> None:
        """Open a photo again with its edits, as after a crash."""
        self.open(source)
        self.document.name = name
        self.document.project_path = ""
        self.face_index, self.landmarks = face, landmarks
        self._survives = (recipe, landmarks)

    def leave(self) -> None:
        """End the session: its jobs stop, its renders are dropped."""
        for job in list(self.jobs.values()):
            if job.kind != "studio":  # the studio belongs to the model, not to the photo
                self.cancel(job.number)
        if self.document.phase is not Phase.EMPTY:
            self.post(m.CloseSession(self._session))
        self.faces, self.landmarks, self.session, self._region = (), None, None, None
        self.face_index, self.photo_index, self.photo_count = 0, 0, 0
        self._shown, self._view = (-1, -1), "after"
        self._sent.clear()
        self._wanted.clear()
        self._slow.stop()
        self.updating.emit(False)
        self.document.set_phase(Phase.EMPTY)

    def _post_open(self, source: Source) -> None:
        if source.is_project:
            assert source.path is not None  # is_project looks at it
            self.post(m.OpenProject(self._session, source.path))
        else:
            self.post(m.OpenPhoto(self._session, source.path, source.data))

    def choose_face(self, index: int, landmarks: Landmarks | None = None) -> None:
        """Take a found face, or points given by hand; earlier edits of another face are gone."""
        self.face_index, self.landmarks = index, landmarks
        self.session, self._shown = None, (-1, -1)
        self.document.set_phase(Phase.ENCODING)
        self.post(m.ChooseFace(self._session, index, landmarks))

    def place_points(self) -> None:
        self.document.set_phase(Phase.PLACING)

    def select_photo(self, index: int) -> None:
        self._shown = (-1, -1)
        self.session = None
        self._keeps_recipe = True
        self.post(m.SelectPhoto(self._session, index))

    def use_model(self, name: str, device: str) -> None:
        self.ready = None
        self.post(m.UseModel(name, device))

    # --- pictures -----------------------------------------------------------------------------

    def set_region(self, region: m.Region | None) -> None:
        """Which part of the photo is on screen, and how large."""
        if region != self._region:
            self._region = region
            self.render_full()

    def set_view(self, view: str) -> None:
        if view != self._view:
            self._view = view
            self.render_full()

    def render_draft(self) -> None:
        """Ask for the recipe as it moves; a movement ends in `Document.committed`, and that in the full picture."""
        self._render(draft=True)

    def render_full(self) -> None:
        self._render(draft=False)

    def _render(self, draft: bool) -> None:
        if self.session is None or self._region is None:
            return
        self._ticket += 1
        self._newest = self._ticket
        recipe = self.document.recipe
        self._sent[self._ticket] = recipe
        self.post(m.Render(self._session, self._ticket, recipe, self._region, draft, self._view))
        if not self._slow.isActive():
            self._slow.start()

    @property
    def up_to_date(self) -> bool:
        """Whether the newest picture asked for is on screen."""
        return self._shown[0] == self._newest

    @property
    def newest_ticket(self) -> int:
        """The number of the picture asked for last."""
        return self._newest

    @property
    def weights_step(self) -> int:
        """Which weights drew the picture on screen."""
        return self._shown[1]

    def full_picture(self, then: Callable[[QImage], None]) -> None:
        """Render the changeable part at full size and hand over its image (for clipboard and drag)."""
        if self.session is None:
            return
        box = self.session.mask_box
        self._ask(m.Region(box.x, box.y, box.width, box.height, 1.0), self.document.recipe, then)

    def picture_of(self, recipe: EditRecipe, region: m.Region, then: Callable[[QImage], None]) -> None:
        """Render another recipe for a preview."""
        if self.session is not None:
            self._ask(region, recipe, then)

    def _ask(self, region: m.Region, recipe: EditRecipe, then: Callable[[QImage], None]) -> None:
        self._ticket += 1
        self._wanted[self._ticket] = then
        self.post(m.Render(self._session, self._ticket, recipe, region, once=True))

    def forget_previews(self) -> None:
        """Nobody waits for preview pictures any more."""
        self._wanted.clear()

    # --- events -------------------------------------------------------------------------------

    def _take(self, event: object) -> None:
        match event:
            case ShownTile():
                self._tile(event)
            case ShownPhoto() if event.event.session == self._session:
                self._photo(event)
            case m.FacesFound(session=self._session):
                self._faces(event)
            case m.SessionReady(session=self._session):
                self._session_ready(event)
            case m.JobProgressed(job=number) if number in self.jobs:
                self.job_progressed.emit(self.jobs[number], event)
            case m.JobFinished() | m.JobCancelled() | m.JobFailed():
                self._job_over(event)
            case m.StudioAnswered(job=number, answer=answer):
                self.studio_answered.emit(number, answer)
            case m.SlidersChanged(sliders=sliders) if self.ready is not None:
                self.ready = replace(self.ready, sliders=sliders)
                self.engine_ready.emit(self.ready)
                self.render_full()
            case m.EngineReady():
                self.ready = event
                self.engine_ready.emit(event)
            case m.RequestFailed(session=session, code=code, params=params) if session in (self._session, 0):
                self._request_failed(code, dict(params))
            case m.Noticed(session=session, notice=notice) if session in (self._session, 0):
                self.noticed.emit(notice)
            case m.EngineStopped(report=report):
                self._revive(report)
            case _:
                log.debug("an event of a closed session was dropped")

    def _photo(self, shown: ShownPhoto) -> None:
        event = shown.event
        self.document.name = event.name or self.document.name
        self.photo_index, self.photo_count = event.photo_index, event.photo_count
        if not self.source.is_project and event.photo_count <= 1 and self.session is None:
            self.document.set_phase(Phase.FINDING)
        self.photo_shown.emit(shown)
        for notice in event.notices:
            self.noticed.emit(notice)

    def _faces(self, event: m.FacesFound) -> None:
        self.faces = event.faces
        self.faces_found.emit(event.faces)
        if self._survives is not None and self._survives[1] is not None:
            self.choose_face(self.face_index, self._survives[1])
        elif not event.faces:
            self.place_points()
        elif len(event.faces) == 1 or self._survives is not None:
            self.choose_face(min(self.face_index, len(event.faces) - 1))
        else:
            self.document.set_phase(Phase.CHOOSING)

    def _session_ready(self, event: m.SessionReady) -> None:
        keeps = self._keeps_recipe or self.tuning is not None
        self._keeps_recipe = False
        self.session = event
        self._shown = (-1, -1)
        self.document.tuned = event.tuned
        if self._survives is not None:
            recipe, self._survives = self._survives[0], None
            if recipe != self.document.recipe:
                self.document.restart(recipe)
                self.document.set_dirty(True)
        elif not keeps:
            self.document.restart(event.recipe)
            if event.variants:
                self.document.set_variants(event.variants)
            self.document.set_dirty(False)
        self.document.set_phase(Phase.EDITING)
        self.document.set_levels(event.levels, own=event.levels)
        self.session_ready.emit(event)
        self.render_full()

    def _tile(self, tile: ShownTile) -> None:
        event = tile.event
        if event.session != self._session or self.session is None:  # of another photo, or of the face before
            self.stale_dropped += 1
            return
        then = self._wanted.pop(event.ticket, None)
        if then is not None:
            then(tile.image)
            return
        newer = (event.ticket, event.weights_step) > self._shown
        if not newer or event.view != self._view or event.ticket not in self._sent:
            self.stale_dropped += 1
            return
        self._shown = (event.ticket, event.weights_step)
        if event.ticket == self._newest:
            self._slow.stop()
            self.updating.emit(False)
        if event.levels:
            self.document.set_levels(event.levels, own=event.own)
        self.tile_shown.emit(tile)
        recipe = self._sent.get(event.ticket)
        for old in [ticket for ticket in self._sent if ticket < event.ticket]:
            del self._sent[old]
        if recipe is not None and not event.draft and event.view == "after":
            small = thumbnail(tile, self.session.mask_box)
            if small is not None:
                self.document.remember_picture(recipe, small)

    def _request_failed(self, code: str, params: dict[str, object]) -> None:
        if self.document.phase in (Phase.OPENING, Phase.FINDING) and code != "no_face":
            self.leave()
        elif self.document.phase is Phase.ENCODING or code == "no_face":
            self.document.set_phase(Phase.CHOOSING if self.faces else Phase.PLACING)
        self.failed.emit(code, params)
