"""What the engine does while nobody asks for anything: work that may be wanted next, in short parts."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

from facelab.engine.reports import safe_traceback

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.15
"""So long nothing was drawn: a hand on a slider must not wait even for a part."""


class IdleWork:
    """At most one piece of work, planned anew with each picture that is drawn."""

    def __init__(self) -> None:
        self._parts: Iterator[None] | None = None
        self._begin = 0.0

    def plan(self, parts: Iterator[None]) -> None:
        """Do this instead of what was planned, after a pause."""
        self._parts, self._begin = parts, time.monotonic() + PAUSE_SECONDS

    def forget(self) -> None:
        """Plan nothing; what the work held on to is free."""
        self._parts = None

    @property
    def waits(self) -> bool:
        """Whether there is something to do."""
        return self._parts is not None

    @property
    def pause(self) -> float:
        """Seconds before the next part may begin."""
        return max(0.0, self._begin - time.monotonic())

    def do_a_part(self) -> None:
        """What fails here will fail again, and be told, when somebody asks for it."""
        assert self._parts is not None, "the caller has looked"
        try:
            next(self._parts)
        except StopIteration:
            self._parts = None
        except Exception as error:
            log.warning("work done ahead failed\n%s", safe_traceback(error))
            self._parts = None
