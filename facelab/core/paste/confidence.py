"""Where the photo's own detail still belongs: it stays where the generator keeps the structure it drew before."""

from __future__ import annotations

import cv2
import numpy as np

from facelab.core.paste.frame import blur, lum, smoothstep
from facelab.core.values import F32

_FLOOR = 25.0  # squared levels: below 5 levels of contrast nothing can be judged


def surviving(before: F32, after: F32) -> F32:
    """Regression of the detail of `after` on that of `before`: 1 = it is still there, 0 = gone; f32 [128, 128].

    Both f32 [128, 128, 3], in the same place. Comparing the pictures instead would call every lid and nostril that
    moves by half a px lost.
    """
    a, b = _detail(after), _detail(before)
    return np.asarray((blur(a * b, 2) + _FLOOR) / (blur(b * b, 2) + _FLOOR), np.float32)


def vanished(before: F32, after: F32) -> F32:
    """Whether there is less detail than before, 0..1, f32 [128, 128]: only then has something gone."""
    a, b = _detail(after), _detail(before)
    return smoothstep(0.7, 1.3, (blur(b * b, 2) + _FLOOR) / (blur(a * a, 2) + _FLOOR))


def confidence_of_motion(warped: F32, edit: F32, disagreement: F32, free: float) -> F32:
    """How much of the photo's moved detail is kept, f32 [128, 128] in 0..1.

    warped: the moved reconstruction, edit: what it should have become, f32 [128, 128, 3]. disagreement: of the flow's
    two ways, in u. free: 1 for expressions and pose, where appearing teeth replace lips; 0 for slow looks, where only
    what vanishes is replaced.
    """
    lost = 1 - smoothstep(0.15, 0.55, surviving(warped, edit))
    lost *= free + (1 - free) * vanished(warped, edit)
    contrast = np.sqrt(blur(_detail(warped) ** 2, 2))
    keep = (1 - lost) * (1 - smoothstep(0.8, 3, disagreement) * smoothstep(3, 8, contrast))
    teeth = smoothstep(22, 48, blur(lum(edit) - lum(warped), 1.5))
    return _settled(keep * (1 - free * teeth))


def confidence_of_object(before: F32, after: F32, photo: F32, face: F32) -> F32:
    """The same where an object appears or goes (glasses, a beard), f32 [128, 128].

    before, after: the generator's pictures without and with the edit; photo: the photo itself in their place, all
    f32 [128, 128, 3]; face: where objects can be, f32 [128, 128]. What goes must go from the photo, whose frames are
    sharper than the generator's: its own structure is judged too, near places where the edit changes much.
    """
    change = np.abs(lum(after) - lum(before))
    near = np.asarray(cv2.dilate(blur(change, 1.5), np.ones((5, 5), np.uint8)), np.float32)
    touched = smoothstep(6, 16, near)
    most = float(np.percentile(near[face > 0.5], 95)) if (face > 0.5).any() else 0.0
    there = touched * smoothstep(0.3, 0.6, near / (most + 1e-3))
    gone = (1 - smoothstep(0.15, 0.55, surviving(before, after))) * vanished(before, after)
    own = (1 - smoothstep(0.15, 0.55, surviving(photo, after))) * vanished(photo, after)
    return _settled(1 - np.maximum(gone, own * there) * _goes(before, after, touched * face))


def _goes(before: F32, after: F32, touched: F32) -> float:
    """1 where the edit takes an object away, 0 where it puts one on: which picture has more detail there, or is darker?

    A code that shows no glasses can still lose some: the generator lightens their place, and the photo has the frames.
    """
    had, has = (float((_detail(picture) ** 2 * touched).sum()) for picture in (before, after))
    light = lum(after) - lum(before)
    lighter = balance(light * touched)
    return float(max(smoothstep(1.0, 1.3, (had + _FLOOR) / (has + _FLOOR)), smoothstep(0.3, 0.7, lighter)))


def balance(change: F32) -> float:
    """-1 where all of a change [N, N] is downwards, 1 where all is upwards; large changes count most."""
    return float((change * np.abs(change)).sum() / ((change * change).sum() + 1e-3))


def _detail(picture: F32) -> F32:
    bright = lum(picture)
    return np.asarray(bright - blur(bright, 3), np.float32)


def _settled(keep: F32) -> F32:
    """Grown by a px and softened, so that no rest of the old structure is left at the rim."""
    return blur(np.asarray(cv2.erode(keep, np.ones((3, 3), np.uint8)), np.float32), 1.2)
