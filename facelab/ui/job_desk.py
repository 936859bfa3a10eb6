"""The long jobs of the open photo: begun, paused, cancelled, and their end told once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from facelab.engine import messages as m
from facelab.engine.studio_values import StudioTask
from facelab.ui.document import Document
from facelab.ui.values import JobState


class JobDesk(QObject):
    """The part of the director that numbers jobs and knows which are running. `post` sends to the engine."""

    job_started = Signal(object)  # JobState
    job_progressed = Signal(object, object)  # JobState, JobProgressed
    job_ended = Signal(object, object)  # JobState, JobFinished | JobCancelled | JobFailed
    failed = Signal(str, object)  # code, params
    not_added = Signal()  # the other photo shows no face
    noticed = Signal(object)  # Notice

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.jobs: dict[int, JobState] = {}
        self._session = 0
        self._job = 0
        self._autosaves: set[int] = set()

    def post(self, request: m.Request) -> None:
        raise NotImplementedError

    def render_full(self) -> None:
        raise NotImplementedError

    def tune(self, preset: str, more: bool = False) -> JobState:
        job = self._begin("tune")
        self.post(m.StartTuning(self._session, job.number, preset, more))
        return job

    def add_photo(self, path: Path, preset: str) -> JobState:
        job = self._begin("add", path)
        self.post(m.AddPhoto(self._session, job.number, path, preset))
        return job

    def export(self, options: m.ExportOptions, kind: str = "export") -> JobState:
        job = self._begin(kind, options.path)
        self.post(m.Export(self._session, job.number, self.document.recipe, options))
        return job

    def save(self, path: Path, with_photos: bool = True) -> JobState:
        job = self._begin("save", path)
        variants = tuple((variant.name, variant.recipe) for variant in self.document.variants)
        self.post(m.SaveProject(self._session, job.number, path, self.document.recipe, with_photos, variants))
        return job

    def study(self, task: StudioTask) -> JobState:
        """A task of the direction studio; previews show the open face."""
        job = self._begin("studio")
        self.post(m.RunStudio(job.number, task, self._session))
        return job

    def autosave(self, path: Path) -> None:
        """Save what was reached for recovery: not shown, and not the user's saving."""
        self._job += 1
        self._autosaves.add(self._job)
        variants = tuple((variant.name, variant.recipe) for variant in self.document.variants)
        self.post(m.SaveProject(self._session, self._job, path, self.document.recipe, True, variants))

    @property
    def autosaving(self) -> bool:
        return bool(self._autosaves)

    def cancel(self, number: int) -> None:
        self.post(m.CancelJob(number))

    def pause(self, number: int, paused: bool) -> None:
        if number in self.jobs:
            self.jobs[number].paused = paused
            self.post(m.PauseJob(number, paused))
            if paused:
                self.render_full()  # no newer weights come that would replace a draft on screen

    def _begin(self, kind: str, path: Path | None = None) -> JobState:
        self._job += 1
        job = JobState(self._job, kind, path)
        self.jobs[job.number] = job
        self.job_started.emit(job)
        return job

    @property
    def tuning(self) -> JobState | None:
        return next((job for job in self.jobs.values() if job.kind in ("tune", "add")), None)

    def _job_over(self, event: m.JobFinished | m.JobCancelled | m.JobFailed) -> None:
        if event.job in self._autosaves:
            self._autosaves.discard(event.job)
            return
        job = self.jobs.pop(event.job, None)
        if job is None:
            if isinstance(event, m.JobFinished):
                for notice in event.notices:
                    self.noticed.emit(notice)
            return
        if isinstance(event, m.JobFinished):
            if job.kind == "save":
                self.document.project_path = str(job.path)
                self.document.set_dirty(False)
            elif job.kind in ("tune", "add"):
                self.document.tuned = True
                self.document.set_dirty(True)
            for notice in event.notices:
                self.noticed.emit(notice)
        elif isinstance(event, m.JobFailed) and job.kind == "add" and event.code == "no_face":
            self.not_added.emit()
        elif isinstance(event, m.JobFailed):
            self.failed.emit(event.code, dict(event.params))
        if not isinstance(event, m.JobFinished) and event.tuned and job.kind in ("tune", "add"):
            self.document.tuned = True  # what was reached stays
            self.document.set_dirty(True)
        self.job_ended.emit(job, event)
        if job.kind in ("tune", "add"):
            self.render_full()
