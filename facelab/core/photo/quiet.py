"""Keeping decoders written in C from printing: an error of facelab is one line, and it names the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_STDERR = 2
_turn = Lock()  # two threads would each restore what the other had redirected


@contextmanager
def decoder_silenced() -> Iterator[None]:
    """Send what C code writes to stderr meanwhile nowhere.

    libtiff prints a line for every damaged strip, and Pillow offers no switch for it. What it found out comes as an
    exception all the same.
    """
    with _turn:
        try:
            kept = os.dup(_STDERR)
        except OSError:  # a program without a console has none
            yield
            return
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, _STDERR)
            os.close(nowhere)
            yield
        finally:
            os.dup2(kept, _STDERR)
            os.close(kept)
