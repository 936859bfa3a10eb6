"""A smooth field without folds from what flow was measured: a weighted membrane on the frame grid."""

from __future__ import annotations

import cv2
import numpy as np

from facelab.core.paste.flow import Flow, moved
from facelab.core.paste.frame import FRAME, MARGIN, UNITS, blur, lum, smoothstep
from facelab.core.values import F32

STIFFNESS = {"free": 1.0, "stiff": 30.0}
TURN_STIFFNESS = 4.0
SWEEPS = (60, 24, 24, 24, 12)  # from coarse to fine
MIN_DET = 0.15
REPAIRS = 3
_CROSS = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32)
_CROP = slice(MARGIN, MARGIN + UNITS)


def belief(still: F32, edit: F32, flow: Flow, trust: F32) -> F32:
    """How far the flow is believed, f32 [128, 128].

    still, edit: f32 [128, 128, 3]. It is where both ways agree, where moving explains the difference, and where there
    is something to see that moves.
    """
    a, b = lum(still), lum(edit)
    agree = np.linalg.norm(flow.there + moved(flow.back, flow.there), axis=-1)
    left = blur(np.asarray((b - moved(a, flow.there)) ** 2, np.float32), 2)
    gain = 1 - left / (blur(np.asarray((b - a) ** 2, np.float32), 2) + 1)
    slope = cv2.Sobel(a, cv2.CV_32F, 1, 0) ** 2 + cv2.Sobel(a, cv2.CV_32F, 0, 1) ** 2
    structure = blur(np.asarray(slope / 64, np.float32), 1.5)
    seen = 0.05 + 0.95 * structure / (structure + 9)
    return np.asarray(trust * (1 - smoothstep(0.8, 2, agree)) * smoothstep(-0.1, 0.5, gain) * seen, np.float32)


def membrane(flow: F32, weight: F32, stiffness: float) -> F32:
    """argmin_F sum weight |F - flow|^2 + stiffness |grad F|^2 on the frame: f32 [256, 256, 2] in u.

    flow: f32 [128, 128, 2], weight: f32 [128, 128]. It is 0 outside the frame, so the field runs out softly beyond
    the crop. Jacobi sweeps from coarse to fine.
    """
    target = np.zeros((FRAME, FRAME, 2), np.float32)
    pull = np.zeros((FRAME, FRAME), np.float32)
    target[_CROP, _CROP] = flow * weight[..., None]
    pull[_CROP, _CROP] = weight
    levels = [(target, pull)]
    for _ in SWEEPS[1:]:
        target, pull = (_halved(array) for array in levels[-1])
        levels.append((target, pull))
    field = np.zeros_like(levels[-1][0])
    for depth, sweeps in zip(range(len(levels) - 1, -1, -1), SWEEPS, strict=True):
        target, pull = levels[depth]
        if field.shape != target.shape:
            size = (target.shape[1], target.shape[0])
            field = np.asarray(cv2.resize(field, size, interpolation=cv2.INTER_LINEAR), np.float32)
        field = _relax(field, target, pull, stiffness / 4**depth, sweeps)
    return field


def _halved(array: F32) -> F32:
    size = (array.shape[1] // 2, array.shape[0] // 2)
    return np.asarray(cv2.resize(array, size, interpolation=cv2.INTER_AREA), np.float32)


def _relax(field: F32, target: F32, pull: F32, stiffness: float, sweeps: int) -> F32:
    share = (1 / (pull + 4 * stiffness))[..., None].astype(np.float32)
    pulled, spread = target * share, np.float32(stiffness) * share
    for _ in range(sweeps):
        around = cv2.filter2D(field, -1, _CROSS, borderType=cv2.BORDER_CONSTANT)
        field = np.asarray(around * spread + pulled, np.float32)
    return field


def determinant(field: F32) -> F32:
    """det of d(x + field)/dx, f32 [N - 2, N - 2]; below 0 the picture folds over. field: [N, N, 2] in px."""
    across, down = _slopes(field)
    return np.asarray((1 + across[..., 0]) * (1 + down[..., 1]) - across[..., 1] * down[..., 0], np.float32)


def _slopes(field: F32) -> tuple[F32, F32]:
    half = np.float32(0.5)
    return (field[1:-1, 2:] - field[1:-1, :-2]) * half, (field[2:, 1:-1] - field[:-2, 1:-1]) * half


def unfolded(field: F32, least: float = MIN_DET) -> F32:
    """The field, shortened as a whole so far that no det is below `least`.

    det(1 + t J) = 1 + t trace J + t^2 det J: the largest t in 0..1 comes from a quadratic at each px.
    """
    across, down = _slopes(field)
    trace = across[..., 0] + down[..., 1]
    minor = across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0]
    bad = 1 + trace + minor < least
    if not bad.any():
        return field
    a, b, c = minor[bad].astype(np.float64), trace[bad].astype(np.float64), 1.0 - least
    root = np.sqrt(np.maximum(b * b - 4 * a * c, 0))
    t = 2 * c / (root - b)  # the smaller positive root, stable for a near 0
    return field * np.float32(t[t > 0].min(initial=1.0))


def smooth_field(flow: Flow, weight: F32, stiffness: float) -> F32:
    """The field of a flow, f32 [256, 256, 2] in u, without folds: where it would fold, the flow is not believed."""
    for _ in range(REPAIRS):
        field = membrane(flow.there, weight, stiffness)
        folds = np.zeros((FRAME, FRAME), np.float32)
        folds[1:-1, 1:-1] = determinant(field) < MIN_DET
        if not folds.any():
            return field
        weight = weight * (1 - smoothstep(0, 0.5, blur(folds, 3) * 8))[_CROP, _CROP]
    return unfolded(membrane(flow.there, weight, stiffness))
