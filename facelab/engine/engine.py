"""The engine's loop: takes requests from the mailbox, owns every tensor, sends frozen events.

Qt-free. torch is imported inside `run`, so that a window can be on screen before. Between two steps of a
long job at most one waiting render is served, and other short requests; a job ends in exactly one of
JobFinished, JobCancelled, JobFailed.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, assert_never

from facelab.core.errors import ModelNotFound, NoFaceFound, NoSuchFace
from facelab.core.progress import Progress, Steps
from facelab.core.values import Notice
from facelab.engine import messages as m
from facelab.engine.idle import IdleWork
from facelab.engine.mailbox import Job, Mailbox
from facelab.engine.opened import Opened
from facelab.engine.progress_clock import ProgressClock
from facelab.engine.reports import describe, safe_traceback

if TYPE_CHECKING:
    from facelab.engine.session import FaceWork
    from facelab.engine.studio_desk import StudioDesk
    from facelab.engine.toolkit import Toolkit

log = logging.getLogger(__name__)
RERENDER_SECONDS = 0.5
MEASURE_SECONDS = 8.0
"""While the weights change, motions are measured anew so often; between, pictures are drafted with those known."""
IDLE_SECONDS = 1.5
"""So long nobody has wanted anything before the presets are timed: a probe takes about a second."""
Outcome = tuple[tuple[Path, ...], tuple[Notice, ...]]
T = TypeVar("T")


class Engine:
    """emit is called on the engine's thread, for every event."""

    def __init__(
        self, mailbox: Mailbox, emit: Callable[[m.Event], None], *, model: str | None = None, device: str = "auto",
        threads: int = 0,
    ) -> None:  # fmt: skip
        self._mailbox, self._emit = mailbox, emit
        self._model, self._device, self._threads = model, device, threads
        self._toolkit: Toolkit | None = None
        self._presets: tuple[m.PresetInfo, ...] = ()
        self._opened: dict[int, Opened] = {}
        self._desk: StudioDesk | None = None
        self._idle = IdleWork()

    def run(self) -> None:
        """Serve until Shutdown. Whatever goes wrong outside a request ends in EngineStopped."""
        try:
            self._start()
            while True:
                request = self._mailbox.take(self._patience())
                self._drop_cancelled()
                if isinstance(request, m.Shutdown):
                    return
                if request is not None:
                    self._serve(request)
                elif self._idle.waits:
                    self._idle.do_a_part()
                else:
                    self._time_a_preset()
        except Exception as error:
            report = safe_traceback(error)
            log.error("the engine stopped\n%s", report)
            self._emit(m.EngineStopped(report))
        finally:
            self._opened.clear()

    def _start(self) -> None:
        import torch

        if self._threads > 0:
            torch.set_num_threads(self._threads)
        self._guard(0, lambda: self._use_model(self._model, self._device))

    def _use_model(self, name: str | None, device: str) -> None:
        from facelab.engine.expected import preset_infos
        from facelab.engine.toolkit import load_toolkit

        toolkit = load_toolkit(name, device)
        self._toolkit, self._presets = toolkit, preset_infos(toolkit)
        for notice in toolkit.notices:
            self._emit(m.Noticed(0, notice))
        self._tell_ready(toolkit)

    def _tell_ready(self, toolkit: Toolkit) -> None:
        from facelab.core.device import present_devices
        from facelab.engine.toolkit import slider_infos

        devices = tuple(m.DeviceInfo(found.key, found.name, found.memory) for found in present_devices())
        sliders = slider_infos(toolkit.directions)
        self._emit(m.EngineReady(toolkit.generator.info, sliders, self._presets, str(toolkit.device), devices))

    def _patience(self) -> float | None:
        """Seconds to wait for a request before idle time is used; None = there is nothing to do in it."""
        if self._idle.waits:
            return self._idle.pause
        return IDLE_SECONDS if any(preset.seconds is None for preset in self._presets) else None

    def _time_a_preset(self) -> None:
        """Measure one preset that was never timed on this machine, and tell."""
        from facelab.engine.expected import seconds_for

        toolkit = self._kit()
        key = next(preset.key for preset in self._presets if preset.seconds is None)
        try:
            seconds = seconds_for(toolkit, key)
        except Exception as error:
            log.warning("the presets could not be timed\n%s", safe_traceback(error))
            self._presets = ()  # the window has their names already; only the times are missing
            return
        self._presets = tuple(
            replace(preset, seconds=seconds) if preset.key == key else preset for preset in self._presets
        )
        self._tell_ready(toolkit)

    # --- requests -----------------------------------------------------------------------------

    def _serve(self, request: m.Request) -> None:
        match request:
            case m.OpenPhoto():
                self._guard(request.session, lambda: self._open_photo(request))
            case m.OpenProject():
                self._guard(request.session, lambda: self._open_project(request))
            case m.ChooseFace():
                self._guard(request.session, lambda: self._choose_face(request))
            case m.SelectPhoto():
                self._guard(request.session, lambda: self._select_photo(request))
            case m.Render():
                self._guard(request.session, lambda: self._render(request))
            case m.StartTuning() | m.AddPhoto() | m.RunStudio() | m.Export() | m.SaveProject():
                self._run_job(request)
            case m.CloseSession():
                self._opened.pop(request.session, None)
                self._idle.forget()
            case m.UseModel():
                self._guard(0, lambda: self._use_model(request.name, request.device))
            case m.CancelJob() | m.PauseJob() | m.Shutdown():
                pass  # the mailbox has noted them
            case _:
                assert_never(request)

    def _guard(self, session: int, work: Callable[[], None]) -> None:
        """Run a short request; failures become RequestFailed."""
        try:
            work()
        except Exception as error:
            code, params = describe(error)
            self._emit(m.RequestFailed(session, code, params))
        self._tell_notices(session)

    def _tell_notices(self, number: int) -> None:
        opened = self._opened.get(number)
        if opened is None:
            return
        for notice in opened.session.notices[opened.told :]:
            self._emit(m.Noticed(number, notice))
        opened.told = len(opened.session.notices)

    def _kit(self) -> Toolkit:
        if self._toolkit is None:
            raise ModelNotFound(name=self._model or "the embedded model")
        return self._toolkit

    def _session(self, number: int) -> Opened | None:
        return self._opened.get(number)

    # --- opening ------------------------------------------------------------------------------

    def _open_photo(self, request: m.OpenPhoto) -> None:
        from facelab.core.photo import read_photo
        from facelab.engine.session import Session

        assert request.path is not None or request.data is not None, "OpenPhoto needs a path or data"
        name = request.path.name if request.path is not None else ""
        photo = read_photo(request.path if request.path is not None else request.data or b"")
        opened = Opened(Session(self._kit()))
        opened.session.add_photo(photo, name)
        opened.told = len(opened.session.notices)  # PhotoOpened carries the photo's own
        self._opened[request.session] = opened
        self._show_photo(request.session, opened)
        faces = opened.session.find(opened.slot)
        self._emit(m.FacesFound(request.session, faces))
        if not faces:
            raise NoFaceFound(path=name)

    def _open_project(self, request: m.OpenProject) -> None:
        from facelab.engine.projects import reopen

        found = reopen(request.path, self._kit())
        opened = Opened(found.session, recipe=found.project.recipe, variants=found.project.variants)
        self._opened[request.session] = opened
        self._show_photo(request.session, opened)
        if not all(found.has_photo):
            text = "This file holds no photo: the model's own picture of the face is shown."
            self._emit(m.Noticed(request.session, Notice("no_photo_inside", text)))
        self._ready(request.session, opened)

    def _choose_face(self, request: m.ChooseFace) -> None:
        from facelab.engine.session import Weights

        opened = self._session(request.session)
        if opened is None:
            return
        session, slot = opened.session, opened.slot
        landmarks, index = request.landmarks, request.index
        if landmarks is None:
            faces = session.find(slot)
            if index >= len(faces):
                raise NoSuchFace(path=slot.name, index=index, count=len(faces))
            landmarks = faces[index].landmarks
        session.faces = [work for work in session.faces if work.slot is not slot]
        if session.weights.tuned and len(session.slots) == 1:  # tuned to another face
            session.weights = Weights(session.toolkit.generator, session.weights.step + 1)
        session.tuning = session.started_from = None
        session.encode(session.take(slot, landmarks, index))
        self._ready(request.session, opened)

    def _select_photo(self, request: m.SelectPhoto) -> None:
        opened = self._session(request.session)
        if opened is None or not 0 <= request.index < len(opened.session.slots):
            return
        opened.current = request.index
        self._show_photo(request.session, opened)
        if opened.work is not None:
            self._ready(request.session, opened)
        else:
            self._emit(m.FacesFound(request.session, opened.session.find(opened.slot)))

    def _show_photo(self, number: int, opened: Opened) -> None:
        slot, count = opened.slot, len(opened.session.slots)
        event = m.PhotoOpened(number, slot.srgb, slot.name, slot.photo.notices, opened.current, count)
        self._emit(event)

    def _ready(self, number: int, opened: Opened) -> None:
        from facelab.engine.painter import mask_box

        session, work = opened.session, opened.work
        assert work is not None, "a face has been chosen"
        quad = tuple((float(x), float(y)) for x, y in work.alignment.quad)
        levels = session.levels(work.latent.w_plus)
        tuned = session.weights.tuned
        box = mask_box(session, work)
        self._emit(m.SessionReady(number, quad, box, levels, opened.recipe, tuned, opened.variants))

    # --- pictures -----------------------------------------------------------------------------

    def _render(self, request: m.Render) -> None:
        from facelab.engine.ahead import measure_ahead

        opened = self._session(request.session)
        if opened is None or opened.work is None:
            return
        self._draw(opened, opened.work, request)
        if not request.once:
            opened.keep(request)
            self._idle.plan(measure_ahead(opened.session, opened.work, request.recipe))

    def _draw(self, opened: Opened, work: FaceWork, request: m.Render) -> None:
        from facelab.engine.painter import draw

        started = time.perf_counter()
        session = opened.session
        step = session.weights.step
        drawn = draw(session, work, request.recipe, request.region, view=request.view, draft=request.draft)
        seconds = time.perf_counter() - started
        self._emit(
            m.Rendered(
                request.session, request.ticket, step, drawn.region, drawn.pixels, drawn.draft, seconds,
                session.levels(drawn.w_plus), request.view, session.levels(work.latent.w_plus),
            )
        )  # fmt: skip

    def _draw_again(self, number: int) -> None:
        """The last recipe with newer weights, unless something newer waits or it was drawn a moment ago."""
        from facelab.engine.changing import renew

        opened = self._session(number)
        if opened is None or opened.last is None or opened.work is None or self._mailbox.render_waiting():
            return
        now, last, work = time.monotonic(), opened.last, opened.work
        if now - opened.last_drawn < RERENDER_SECONDS:
            if last.draft:  # a hand is on a slider: it shall not wait for this
                self._guard(number, lambda: renew(opened.session, work))
            return
        again = replace(last, draft=last.draft or now - opened.last_measured < MEASURE_SECONDS)
        self._guard(number, lambda: self._draw(opened, work, again))
        opened.note(again)

    # --- jobs ---------------------------------------------------------------------------------

    def _run_job(self, request: Job) -> None:
        """Drive one job to its single end."""
        clock = ProgressClock()
        steps: Steps[Outcome] | None = None
        try:
            steps = self._steps(request)
            while True:
                if self._mailbox.cancelled(request):
                    steps.close()  # may install the best weights: only then it has ended
                    self._emit(m.JobCancelled(request.job, self._tuned(request.session)))
                    return
                if self._mailbox.wait_while_paused(request):
                    self._serve_beside(request)
                    continue
                try:
                    progress = next(steps)
                except StopIteration as stop:
                    paths, notices = stop.value
                    self._emit(m.JobFinished(request.job, paths, notices))
                    return
                if clock.due(progress):
                    self._emit(m.JobProgressed(request.job, progress, clock.seconds_left(progress)))
                self._serve_beside(request)
                if progress.fresh_weights:
                    self._draw_again(request.session)
        except Exception as error:
            code, params = describe(error)
            self._emit(m.JobFailed(request.job, code, params, self._tuned(request.session)))
        finally:
            if steps is not None:
                steps.close()
            self._after_job(request)

    def _tuned(self, number: int) -> bool:
        opened = self._session(number)
        return opened is not None and opened.session.weights.tuned

    def _after_job(self, request: Job) -> None:
        self._tell_notices(request.session)
        opened = self._session(request.session)
        if opened is not None and isinstance(request, m.StartTuning | m.AddPhoto) and opened.last is not None:
            last = opened.last
            if not self._mailbox.render_waiting() and not self._mailbox.closing:
                self._guard(request.session, lambda: self._render(last))

    def _serve_beside(self, running: Job) -> None:
        """What a running job lets pass: everything short, up to and including one render."""
        self._drop_cancelled()
        while not self._mailbox.cancelled(running):
            request = self._mailbox.take_beside_job()
            if request is None:
                return
            self._serve(request)
            if isinstance(request, m.Render):
                return

    def _drop_cancelled(self) -> None:
        while (dropped := self._mailbox.take_cancelled()) is not None:
            self._emit(m.JobCancelled(dropped.job))

    def _steps(self, request: Job) -> Steps[Outcome]:
        if isinstance(request, m.RunStudio):
            return self._studying(request)
        opened = self._session(request.session)
        if opened is None:
            raise NoFaceFound(path="")
        match request:
            case m.StartTuning():
                return self._tuning(opened, request)
            case m.AddPhoto():
                return self._adding(opened, request)
            case m.Export():
                return self._exporting(opened, request)
            case m.SaveProject():
                return self._saving(opened, request)
            case _:
                assert_never(request)

    def _tuning(self, opened: Opened, request: m.StartTuning) -> Steps[Outcome]:
        from facelab.engine.fitting import tune

        before = len(opened.session.notices)
        if not opened.session.faces:
            raise NoFaceFound(path=opened.slot.name)
        yield from tune(opened.session, request.preset, more=request.more)
        notices = tuple(opened.session.notices[before:])
        opened.told = len(opened.session.notices)
        return (), notices

    def _adding(self, opened: Opened, request: m.AddPhoto) -> Steps[Outcome]:
        """One more photo of this person; if no face is found or the job is cancelled, it is not added."""
        from facelab.core.photo import read_photo
        from facelab.engine.fitting import tune

        session = opened.session
        slot = session.add_photo(read_photo(request.path), request.path.name)
        complete = False
        try:
            yield from session.prepare(slot, 0, None, aligned=False)
            complete = True
        finally:
            if not complete:
                session.slots.remove(slot)
                session.faces = [work for work in session.faces if work.slot is not slot]
        session.tuning = session.started_from = None
        opened.current = len(session.slots) - 1
        self._show_photo(request.session, opened)
        self._ready(request.session, opened)
        yield from tune(session, request.preset)
        return (), ()

    def _exporting(self, opened: Opened, request: m.Export) -> Steps[Outcome]:
        from facelab.engine.exporting import export

        work = opened.work
        if work is None:
            raise NoFaceFound(path=opened.slot.name)
        notices = yield from export(opened.session, [work], request.recipe, request.options)
        return (request.options.path,), notices

    def _studying(self, request: m.RunStudio) -> Steps[Outcome]:
        """The direction studio; it looks at the open face, and the sliders of open photos follow the model's."""
        from facelab.engine.studio_desk import StudioDesk
        from facelab.engine.toolkit import slider_infos

        kit = self._kit()
        if self._desk is None or self._desk.toolkit is not kit:
            self._desk = StudioDesk(kit)
        opened = self._session(request.face)
        before = kit.directions
        session, work = (opened.session, opened.work) if opened else (None, None)
        answer, notices = yield from self._desk.do(request.task, session, work)
        self._emit(m.StudioAnswered(request.job, answer))
        if kit.directions is not before:
            self._desk.spread([one.session for one in self._opened.values()], before)
            self._emit(m.SlidersChanged(slider_infos(kit.directions)))
        return (), notices

    def _saving(self, opened: Opened, request: m.SaveProject) -> Steps[Outcome]:
        from facelab.engine.projects import save

        if opened.work is None:
            raise NoFaceFound(path=opened.slot.name)
        yield Progress("export", 0, 1)
        save(opened.session, request.path, request.recipe, with_photos=request.with_photos, variants=request.variants)
        yield Progress("export", 1, 1)
        return (request.path,), ()
