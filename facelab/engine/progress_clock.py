"""When progress is worth an event, and how long the stage will still take."""

from __future__ import annotations

import time

from facelab.core.progress import Progress

PROGRESS_SECONDS = 0.1


class ProgressClock:
    """One per job."""

    def __init__(self) -> None:
        self._stage, self._began, self._told, self._first = "", 0.0, 0.0, 0

    def due(self, progress: Progress) -> bool:
        now = time.monotonic()
        if progress.stage != self._stage:
            self._stage, self._began, self._told, self._first = progress.stage, now, now, progress.step
            return True
        if now - self._told < PROGRESS_SECONDS and progress.step != progress.total:
            return False
        self._told = now
        return True

    def seconds_left(self, progress: Progress) -> float | None:
        done = progress.step - self._first
        if done < 2 or not progress.total:
            return None
        return (time.monotonic() - self._began) / done * max(0, progress.total - progress.step)
