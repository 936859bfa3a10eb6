"""The motion of one slider, measured once at knots and kept: any value between is interpolation, a mix is a sum."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from facelab.core.paste.change import NO_MOTION, Motion, Still
from facelab.core.paste.field import belief, smooth_field, unfolded
from facelab.core.paste.flow import NO_FLOW, Flow, chain, moved, step_flow
from facelab.core.paste.frame import UNITS, resized
from facelab.core.values import F32, U8

SPACING = 0.5  # sigma: short motions bring little new appearance, which flow would follow wrongly
MOST = 16
"""Knots to each side at most: 8 sigma. Beyond, the last field is kept."""

STRETCH = 3.0
"""A sketch stretches the last field known to so many times its amount, rather than measure the knots up to there."""

Draw = Callable[[float], F32]
"""An amount -> the generator's picture f32 [R, R, 3] in 0..255 with this slider alone moved."""


@dataclass(frozen=True, slots=True, eq=False)
class _Knot:
    """field f16 [256, 256, 2] and disagreement f16 [128, 128]: both smooth, half the memory."""

    field: np.ndarray
    disagreement: np.ndarray


@dataclass(slots=True, eq=False)
class _Side:
    """What is needed to go on outwards: the chained flow and the last picture."""

    knots: list[_Knot]
    flow: Flow
    bits: U8


class SliderMotion:
    """Fields of one slider at 0.5, 1, 1.5 ... sigma to both sides, each measured from the knot before it.

    stiffness: of the membrane, `facelab.core.paste.field`. Knots are measured when an amount first needs them.
    """

    def __init__(self, still: Still, trust: F32, stiffness: float) -> None:
        self._still, self._trust, self._stiffness = still, trust, stiffness
        bits = still.stretch.bits(still.small)
        self._sides = {sign: _Side([], NO_FLOW, bits) for sign in (1, -1)}

    @property
    def measured(self) -> bool:
        """Whether anything is known of it."""
        return any(side.knots for side in self._sides.values())

    def missing(self, amount: float) -> int:
        """How many knots an amount would have to measure."""
        return max(0, self._needed(amount) - len(self._side(amount).knots))

    def reaches(self, amount: float) -> bool:
        """Whether `sketched` has nothing to measure for an amount."""
        return self.missing(amount / STRETCH) == 0

    def at(self, amount: float, draw: Draw) -> Motion:
        """The motion at an amount: linear between knots and from 0 to the first."""
        for _ in self.ahead(amount, draw):
            pass
        return self._between(amount)

    def sketched(self, amount: float, draw: Draw) -> Motion:
        """`at` for a hand that waits: of the knots that are missing, only those are measured without which a known
        field would be stretched to more than `STRETCH` times its amount."""
        for _ in self.ahead(amount / STRETCH, draw):
            pass
        return self._between(amount)

    def ahead(self, amount: float, draw: Draw) -> Iterator[None]:
        """Measure what `at` will need for an amount, in parts that can be interrupted between."""
        side, needed = self._side(amount), self._needed(amount)
        while len(side.knots) < needed:
            yield from self._measure(side, math.copysign((len(side.knots) + 1) * SPACING, amount), draw)

    def _between(self, amount: float) -> Motion:
        """From the knots there are; beyond the last one its field grows on, up to where knots end."""
        if amount == 0:
            return NO_MOTION
        side = self._side(amount)
        place, known = min(abs(amount) / SPACING, float(MOST)), len(side.knots)
        low = min(int(place), known - 1)
        last = side.knots[low]
        if place > known:
            stretch = np.float32(place / known)
            return Motion(unfolded(last.field * stretch), last.disagreement * stretch)
        share = np.float32(place - low)
        field = last.field.astype(np.float32) * share
        disagreement = last.disagreement.astype(np.float32) * share
        if low > 0:
            field += side.knots[low - 1].field * (1 - share)
            disagreement += side.knots[low - 1].disagreement * (1 - share)
        return Motion(field, disagreement)

    def _side(self, amount: float) -> _Side:
        return self._sides[1 if amount >= 0 else -1]

    def _needed(self, amount: float) -> int:
        return min(MOST, max(1, math.ceil(abs(amount) / SPACING - 1e-9))) if amount else 0

    def _measure(self, side: _Side, amount: float, draw: Draw) -> Iterator[None]:
        """The next knot of a side. Who needs it in between measures it himself; then this one is not kept."""
        known = len(side.knots)
        picture = draw(amount)
        yield
        small = resized(self._still.put(picture), UNITS)
        bits = self._still.stretch.bits(small)
        flow = chain(side.flow, step_flow(side.bits, bits))
        yield
        weight = belief(self._still.small, small, flow, self._trust)
        field = smooth_field(flow, weight, self._stiffness)
        apart = np.linalg.norm(flow.there + moved(flow.back, flow.there), axis=-1)
        if len(side.knots) == known:
            side.flow, side.bits = flow, bits
            side.knots.append(_Knot(field.astype(np.float16), apart.astype(np.float16)))
        yield


def mixed(motions: list[Motion]) -> Motion:
    """Several sliders at once: the fields add up, and the sum is kept from folding."""
    if not motions:
        return NO_MOTION
    if len(motions) == 1:
        return motions[0]
    field = np.sum([motion.field for motion in motions], axis=0, dtype=np.float32)
    apart = np.max([motion.disagreement for motion in motions], axis=0)
    return Motion(unfolded(np.asarray(field, np.float32)), np.asarray(apart, np.float32))
