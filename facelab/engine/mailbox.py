"""What waits for the engine: one render slot where the newest wins, a FIFO, cancel and pause.

Any thread may `post`; only the engine's thread takes. There are no timers and no throttle: a storm
of slider events leaves exactly one render waiting, the last one.
"""

from __future__ import annotations

from collections import deque
from threading import Condition

from facelab.engine.messages import (
    AddPhoto,
    CancelJob,
    CloseSession,
    Export,
    PauseJob,
    Render,
    Request,
    RunStudio,
    SaveProject,
    Shutdown,
    StartTuning,
)

LongJob = StartTuning | AddPhoto | RunStudio
"""Jobs that may take minutes; they wait for each other."""

Job = StartTuning | AddPhoto | RunStudio | Export | SaveProject


class Mailbox:
    """Thread-safe; every method returns at once except `take` and `wait_while_paused`."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._queue: deque[Request] = deque()
        self._render: Render | None = None
        self._cancelled: set[int] = set()
        self._paused: set[int] = set()
        self._closed: set[int] = set()
        self._closing = False

    def post(self, request: Request) -> None:
        """Leave a request. Renders replace the waiting one (but `once`); after `Shutdown` nothing is accepted."""
        with self._changed:
            if self._closing:
                return
            match request:
                case Render(once=False):
                    if request.session not in self._closed:
                        self._render = request
                case CancelJob(job=job):
                    self._cancelled.add(job)
                    self._paused.discard(job)
                case PauseJob(job=job, paused=True):
                    self._paused.add(job)
                case PauseJob(job=job):
                    self._paused.discard(job)
                case Shutdown():
                    self._closing = True
                    self._queue.clear()
                    self._render = None
                    self._paused.clear()
                case CloseSession(session=session):
                    self._closed.add(session)
                    if self._render is not None and self._render.session == session:
                        self._render = None
                    self._queue.append(request)
                case _:
                    self._queue.append(request)
            self._changed.notify_all()

    def take(self, timeout: float | None = None) -> Request | None:
        """The next request, FIFO before render; waits for one. None only after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(self._something, timeout)
            if self._closing:
                return Shutdown()
            if self._queue:
                return self._queue.popleft()
            return self._pop_render()

    def take_beside_job(self) -> Request | None:
        """What may be served between two steps of a long job, at once or None.

        Requests keep their order, so nothing overtakes a waiting long job except the render slot.
        """
        with self._changed:
            if self._queue and not isinstance(self._queue[0], LongJob):
                return self._queue.popleft()
            return self._pop_render()

    def take_cancelled(self) -> Job | None:
        """A waiting job that was cancelled before it began, taken out of the queue."""
        with self._changed:
            for request in self._queue:
                if self._dropped(request):
                    assert isinstance(request, Job)  # _dropped() says so
                    self._queue.remove(request)
                    return request
        return None

    def cancelled(self, request: Job) -> bool:
        """Whether this job is to end: cancelled itself, its session closed, or everything closes."""
        with self._changed:
            return self._closing or request.job in self._cancelled or request.session in self._closed

    def wait_while_paused(self, request: Job) -> bool:
        """Wait until there is something to serve or the job may go on; True = still paused."""
        with self._changed:
            self._changed.wait_for(lambda: request.job not in self._paused or self._servable(request))
            return request.job in self._paused

    @property
    def closing(self) -> bool:
        with self._changed:
            return self._closing

    def render_waiting(self) -> bool:
        with self._changed:
            return self._render is not None

    def _something(self) -> bool:
        return self._closing or bool(self._queue) or self._render is not None

    def _pop_render(self) -> Render | None:
        render, self._render = self._render, None
        return render

    def _dropped(self, request: Request) -> bool:
        return isinstance(request, Job) and (request.job in self._cancelled or request.session in self._closed)

    def _servable(self, running: Job) -> bool:
        """Something `take_beside_job` or `take_cancelled` would give, or a reason to end `running`."""
        head_is_short = bool(self._queue) and not isinstance(self._queue[0], LongJob)
        ended = self._closing or running.job in self._cancelled or running.session in self._closed
        return head_is_short or ended or self._render is not None or any(map(self._dropped, self._queue))
