"""The studio inside the engine: knows the open face for its previews, and gives new sliders to the open photos."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from facelab.core.editing.directions import Direction
from facelab.core.progress import Steps
from facelab.core.studio.seeing import Eyes
from facelab.core.values import F32, U8, Notice
from facelab.engine.session import FaceWork, Session
from facelab.engine.studio import Studio
from facelab.engine.studio_values import StudioAnswer, StudioTask
from facelab.engine.toolkit import Toolkit


class StudioDesk:
    """One per toolkit; owned by the engine's thread."""

    def __init__(self, toolkit: Toolkit) -> None:
        self.toolkit = toolkit
        self.studio = Studio(toolkit)

    def do(
        self, task: StudioTask, session: Session | None, work: FaceWork | None
    ) -> Steps[tuple[StudioAnswer, tuple[Notice, ...]]]:
        """One task and what it had to leave out. session, work: the open face, as the tuned generator shows it."""
        gallery = self.studio.gallery
        self.studio.own = None
        if session is not None and work is not None and work.pivot is not None and self._same(session):
            self.studio.own = (work.latent.w_plus, self._render(session))
        told = len(gallery.notices)
        answer = yield from self.studio.do(task)
        return answer, tuple(gallery.notices[told:])

    def _same(self, session: Session) -> bool:
        return session.base_sha256 == self.toolkit.generator.info.sha256

    def _render(self, session: Session) -> Callable[[F32], U8]:
        return lambda w_plus: Eyes(session.weights.generator, self.studio.gallery.eyes.net).render(w_plus)

    def spread(self, sessions: Iterable[Session], before: Mapping[str, Direction]) -> None:
        """Open photos of this model get the new sliders and lose those that were removed."""
        now = self.toolkit.directions
        gone = before.keys() - now.keys()
        for session in sessions:
            if self._same(session):
                kept = {key: direction for key, direction in session.directions.items() if key not in gone}
                session.directions = {**kept, **now}
                for work in session.faces:
                    work.caches.pop("face", None)  # a slider of the same name may move differently now
