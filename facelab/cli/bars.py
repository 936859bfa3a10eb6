"""The one place that knows tqdm, which has no type stubs."""

from __future__ import annotations

import sys
from typing import Protocol


class Bar(Protocol):
    """A progress bar. n: steps shown so far."""

    n: int

    def update(self, n: int) -> object: ...

    def close(self) -> None: ...


def open_bar(title: str, total: int, *, silent: bool) -> Bar:
    """A bar on stderr with stage, step, rate and time left; total 0 = unknown."""
    from tqdm import tqdm  # type: ignore[import-untyped]  # see above

    bar: Bar = tqdm(
        total=total or None,
        desc=title,
        unit="step",
        file=sys.stderr,
        disable=silent,
        dynamic_ncols=True,
        mininterval=0.2,
    )
    return bar
