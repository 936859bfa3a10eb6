"""Where things move between two pictures of a generator: dense inverse search flow, chained over small steps."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from facelab.core.paste.frame import UNITS, lum, resized
from facelab.core.values import F32, U8

FINE = 4
"""The flow is searched in pictures enlarged this many times: at 128 px its patches would be as large as a mouth."""


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """there: an edited px x shows what lies at x + there(x) in the unedited picture; back: the other way round.

    Both f32 [128, 128, 2] (x, y) in u.
    """

    there: F32
    back: F32


NO_FLOW = Flow(np.zeros((UNITS, UNITS, 2), np.float32), np.zeros((UNITS, UNITS, 2), np.float32))


@dataclass(frozen=True, slots=True)
class Stretch:
    """How brightness becomes 8 bits, the same for all pictures of a face."""

    low: float
    high: float

    @classmethod
    def of(cls, picture: F32, trust: F32) -> Stretch:
        """From 1 to 99 % of a picture f32 [128, 128, 3] inside `trust`, a fifth wider at both ends."""
        inside = lum(picture)[trust > 0.5]
        if inside.size == 0:
            return cls(0.0, 255.0)
        low, high = np.percentile(inside, (1, 99))
        wide = max(float(high - low), 8.0)
        return cls(float(low) - 0.2 * wide, float(low) + 1.2 * wide)

    def bits(self, picture: F32) -> U8:
        """Brightness of a picture f32 [N, N, 3], enlarged for the search: u8 [512, 512]."""
        fine = resized(lum(resized(picture, UNITS)), UNITS * FINE)
        return np.asarray(np.clip((fine - self.low) * (255 / (self.high - self.low)), 0, 255), np.uint8)


def step_flow(before: U8, after: U8) -> Flow:
    """Flow of one small step, from two results of `Stretch.bits` (DIS, Kroeger et al. 2016)."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)

    def one(a: U8, b: U8) -> F32:
        fine = np.zeros((*a.shape, 2), np.float32)
        fine = np.asarray(search.calc(a, b, fine), np.float32)
        return np.asarray(cv2.resize(fine, (UNITS, UNITS), interpolation=cv2.INTER_AREA) / FINE, np.float32)

    return Flow(one(after, before), one(before, after))


def chain(first: Flow, then: Flow) -> Flow:
    """The flow of two steps, one after the other."""
    return Flow(then.there + moved(first.there, then.there), first.back + moved(then.back, first.back))


def moved(picture: F32, field: F32, *, border: int = cv2.BORDER_REPLICATE) -> F32:
    """picture(x + field(x)), f32 [N, N, C] or [N, N]; the field in px of the picture."""
    side = picture.shape[0]
    axis = np.arange(side, dtype=np.float32)
    x, y = axis[None] + field[..., 0], axis[:, None] + field[..., 1]
    return np.asarray(cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=border), np.float32)
