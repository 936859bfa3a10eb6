"""Five points from the four that a person sets by hand: two eyes and two mouth corners."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from facelab.core.errors import BadLandmarks
from facelab.core.values import Landmarks

NOSE = 0.55
"""Where the tip of the nose lies between eyes and mouth (mean of the aligned training faces)."""
SMALLEST_PX = 2.0


def landmarks_by_hand(eyes: Sequence[float], mouth: Sequence[float], photo: str) -> Landmarks:
    """eyes, mouth: x, y of the image-left, then of the image-right one, photo px. photo: for the message.

    The face may be turned any way up, but not mirrored. Raises BadLandmarks.
    """
    points = np.array([*eyes, *mouth], np.float64).reshape(4, 2)
    across, across_mouth = points[1] - points[0], points[3] - points[2]
    down = (points[2] + points[3] - points[0] - points[1]) / 2
    if not np.isfinite(points).all() or np.abs(points).max() > 1e6:
        raise BadLandmarks(path=photo, reason="a number is out of range")
    lengths = [float(np.hypot(*vector)) for vector in (across, down, across_mouth)]
    if min(lengths) < SMALLEST_PX or max(lengths[0], lengths[1]) > 6 * min(lengths[0], lengths[1]):
        raise BadLandmarks(path=photo, reason="eyes and mouth lie too close together or too far apart")
    if across[0] * down[1] - across[1] * down[0] <= 0 or across @ across_mouth <= 0:
        raise BadLandmarks(path=photo, reason="left and right are swapped, or the mouth is above the eyes")
    nose = (points[0] + points[1]) / 2 + NOSE * down
    return Landmarks(np.array([points[0], points[1], nose, points[2], points[3]], np.float32))
