"""The motion of one slider, measured once at knots and kept: any value between is interpolation, a mix is a sum."""

from __future__ import annotations

import math
from collections.abc import Callable
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
        self.still, self._trust, self._stiffness = still, trust, stiffness
        bits = still.stretch.bits(still.small)
        self._sides = {sign: _Side([], NO_FLOW, bits) for sign in (1, -1)}

    def missing(self, amount: float) -> int:
        """How many knots an amount would have to measure."""
        return max(0, self._needed(amount) - len(self._side(amount).knots))

    def at(self, amount: float, draw: Draw) -> Motion:
        """The motion at an amount: linear between knots and from 0 to the first."""
        if amount == 0:
            return NO_MOTION
        side, needed = self._side(amount), self._needed(amount)
        while len(side.knots) < needed:
            self._measure(side, draw(math.copysign((len(side.knots) + 1) * SPACING, amount)))
        place = min(abs(amount) / SPACING, float(needed))
        low = min(int(place), needed - 1)
        share = np.float32(place - low)
        field = side.knots[low].field.astype(np.float32) * share
        disagreement = side.knots[low].disagreement.astype(np.float32) * share
        if low > 0:
            field += side.knots[low - 1].field * (1 - share)
            disagreement += side.knots[low - 1].disagreement * (1 - share)
        return Motion(field, disagreement)

    def _side(self, amount: float) -> _Side:
        return self._sides[1 if amount >= 0 else -1]

    def _needed(self, amount: float) -> int:
        return min(MOST, math.ceil(abs(amount) / SPACING - 1e-9))

    def _measure(self, side: _Side, picture: F32) -> None:
        small = resized(self.still.put(picture), UNITS)
        bits = self.still.stretch.bits(small)
        side.flow = chain(side.flow, step_flow(side.bits, bits))
        side.bits = bits
        weight = belief(self.still.small, small, side.flow, self._trust)
        field = smooth_field(side.flow, weight, self._stiffness)
        apart = np.linalg.norm(side.flow.there + moved(side.flow.back, side.flow.there), axis=-1)
        side.knots.append(_Knot(field.astype(np.float16), apart.astype(np.float16)))


def mixed(motions: list[Motion]) -> Motion:
    """Several sliders at once: the fields add up, and the sum is kept from folding."""
    if not motions:
        return NO_MOTION
    if len(motions) == 1:
        return motions[0]
    field = np.sum([motion.field for motion in motions], axis=0, dtype=np.float32)
    apart = np.max([motion.disagreement for motion in motions], axis=0)
    return Motion(unfolded(np.asarray(field, np.float32)), np.asarray(apart, np.float32))
