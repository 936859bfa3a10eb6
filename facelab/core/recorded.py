"""A step of many small kernels as one CUDA graph: recorded once, then replayed with a single launch.

At 1024 px a step of a search or of a tuning is some thousand kernels. To launch them one by one keeps Python busy for
longer than the card needs to compute them. On other devices the work is simply called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from facelab.core.values import Notice

WARM_CALLS = 2
"""Calls before the recording: libraries choose their kernels and take their memory."""

_failure: str | None = None
"""Why a recording failed in this process; from then on nothing is recorded any more."""


class Recorded:
    """Work on tensors that stay where they are; each call does it once and returns its result.

    work: must neither wait for the device nor copy from or to the CPU; it may write in place and call `backward`. What
    it reads besides tensors is fixed by the third call. The result is overwritten by the next call.
    pool: of another recording that may share its memory (their calls then never overlap). Any: torch does not name
    its type.
    """

    def __init__(self, work: Callable[[], Tensor | None], device: torch.device, pool: Any = None) -> None:
        self._work, self._device, self.pool = work, device, pool
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None
        self._graph: torch.cuda.CUDAGraph | None = None
        self._result: Tensor | None = None
        self._calls = 0

    def __call__(self) -> Tensor | None:
        """The result of the work. torch.OutOfMemoryError where its memory does not fit even without a recording."""
        if self._stream is None or _failure is not None:
            self._graph = self._result = None  # a recording keeps its memory
            return self._work()
        if self._graph is None and self._calls >= WARM_CALLS:
            self._record()
        if self._graph is not None:
            self._graph.replay()
            return self._result
        self._calls += 1
        current = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            result = self._work()
        current.wait_stream(self._stream)
        return result

    def _record(self) -> None:
        global _failure
        assert self._stream is not None
        graph = torch.cuda.CUDAGraph()
        pool = torch.cuda.graph_pool_handle() if self.pool is None else self.pool
        try:
            with torch.cuda.graph(graph, pool=pool, stream=self._stream):
                self._result = self._work()
        except RuntimeError as error:  # of which OutOfMemoryError is one: recordings need memory of their own
            self._result = None
            del graph
            torch.cuda.empty_cache()
            out_of_memory = isinstance(error, torch.OutOfMemoryError)
            _failure = "its memory is too small to record" if out_of_memory else str(error).splitlines()[0]
            return
        self._graph, self.pool = graph, pool


def recording(device: torch.device) -> bool:
    """Whether what is computed there now is being recorded: nothing may then come from a cache that later changes."""
    return device.type == "cuda" and torch.cuda.is_current_stream_capturing()


def failure_notice() -> tuple[Notice, ...]:
    """What to tell the user when recording is not possible here."""
    if _failure is None:
        return ()
    return (Notice("no_graph", f"This graphics card computes step by step, which is slower ({_failure})."),)
