"""The one protocol of every long job: a generator that yields `Progress` and returns its result.

Cancelling is `close()` on the generator, so `finally` blocks run. No callbacks or cancel tokens
inside the numerics.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a long job.

    stage: a key such as "find", "encode", "invert", "tune", "paste", "export"; the UI translates it.
    step, total: steps done and expected in this stage (total 0 = unknown).
    loss: the current objective, where there is one.
    fresh_weights: the tuned generator has changed, so a re-render shows a better picture.
    """

    stage: str
    step: int
    total: int
    loss: float | None = None
    fresh_weights: bool = False


Steps = Generator[Progress, None, T]


def run(steps: Steps[T], on_progress: Callable[[Progress], None] | None = None) -> T:
    """Drive a job to its end and return its result; `on_progress` sees each step."""
    while True:
        try:
            progress = next(steps)
        except StopIteration as stop:
            result: T = stop.value
            return result
        if on_progress is not None:
            on_progress(progress)
