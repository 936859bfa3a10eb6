"""The order of an animation: before, sweep, after, and back, with a hold at both ends, for ever."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Timeline:
    """frames: pictures from before to after, both included (2 at least). hold: seconds at each end."""

    frames: int = 24
    fps: float = 20.0
    hold: float = 0.5

    @property
    def order(self) -> tuple[int, ...]:
        """Numbers of the pictures as they are shown once: 0 .. n-1, n-2 .. 1."""
        return (*range(self.frames), *range(self.frames - 2, 0, -1))

    def shares(self) -> tuple[float, ...]:
        """How much of the edit each picture shows, 0..1; slow at both ends, as a face moves."""
        return tuple(0.5 - 0.5 * math.cos(math.pi * i / (self.frames - 1)) for i in range(self.frames))

    def seconds(self) -> tuple[float, ...]:
        """How long each entry of `order` is shown."""
        return tuple(self.hold if number in (0, self.frames - 1) else 1 / self.fps for number in self.order)

    def centiseconds(self) -> tuple[int, ...]:
        """The same for GIF, whose clock has 1/100 s: rounded so that the sum stays right; below 2 players crawl."""
        ticks, ideal, told = [], 0.0, 0
        for seconds in self.seconds():
            ideal += 100 * seconds
            ticks.append(max(2, round(ideal) - told))
            told += ticks[-1]
        return tuple(ticks)

    @property
    def rate(self) -> Fraction:
        """Frames per second of a video, which repeats the pictures at the ends."""
        return Fraction(self.fps).limit_denominator(1000)

    def repeats(self) -> tuple[int, ...]:
        """How often each entry of `order` is written into a video of constant rate."""
        return tuple(max(1, round(seconds * self.fps)) for seconds in self.seconds())
