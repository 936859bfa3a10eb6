"""A session as the engine holds it: what is shown of it, and what was drawn last."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from facelab.core.recipe import EditRecipe
from facelab.engine.messages import Render

if TYPE_CHECKING:
    from facelab.engine.session import FaceWork, Session, Slot


@dataclass(slots=True, eq=False)
class Opened:
    """An open session. current: index of the photo shown; told: notices already sent.

    last: the picture asked for last. last_drawn, last_measured: when (monotonic) it was drawn, and drawn as no draft.
    """

    session: Session
    current: int = 0
    recipe: EditRecipe = field(default_factory=EditRecipe)
    variants: tuple[tuple[str, EditRecipe], ...] = ()
    last: Render | None = None
    last_drawn: float = 0.0
    last_measured: float = 0.0
    told: int = 0

    def keep(self, request: Render) -> None:
        """This picture has been asked for and drawn."""
        self.last = request
        self.note(request)

    def note(self, request: Render) -> None:
        """It has been drawn, again or for the first time."""
        self.last_drawn = time.monotonic()
        if not request.draft:
            self.last_measured = self.last_drawn

    @property
    def slot(self) -> Slot:
        return self.session.slots[self.current]

    @property
    def work(self) -> FaceWork | None:
        """The face that is edited in the photo shown."""
        return next((work for work in self.session.faces if work.slot is self.slot), None)
