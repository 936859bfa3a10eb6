"""Finding faces without downloads: Haar cascades propose, our own landmark net places five points and rejects.

Points set by hand need none of this: see `facelab.core.handpoints`. `find_with_68_points` uses the package
face-alignment instead, when its weights are on disk.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from facelab.core.errors import MissingLibrary, MissingWeights
from facelab.core.files import data_root
from facelab.core.networks.landmarks import WINDOW, LandmarkNet, load_landmark_net
from facelab.core.values import F32, U8, Face, Landmarks

WEIGHTS = data_root() / "models" / "base" / "finder.safetensors"
"""The embedded landmark net."""

SEARCH_PX = 1024
SMALL_PX = 420
CASCADES = ("haarcascade_frontalface_default", "haarcascade_frontalface_alt2")
SCALE_STEP, TURNED_STEP = 1.1, 1.16
SMALLEST_FACE = 20
DARK = 100.0
"""Pictures whose brightest pixels (99 %) lie below this are made brighter first."""
TURNED_PX = 760
"""Longest side of the turned images, which are searched only when the upright one shows nobody."""
TURNS = (-28.0, 28.0, -55.0, 55.0)
ROUNDS = 4
THRESHOLD = 0.6
"""Least score of a face in a photo where none is sure."""
SURE = 0.85
"""Where one face reaches this, the others must too."""
MIRROR = (1, 0, 2, 4, 3)
LOOKS = ((1.0, 0.0), (1.06, 5.0), (0.95, -5.0))
"""Size and turn of the windows whose points are averaged at the end."""
WINDOW_SCALE, WINDOW_SHIFT = 0.64, 0.53
"""The window is the aligned crop of the training faces (FFHQ formula with this scale and shift)."""
MEAN_SHAPE = np.array([[39.4, 36.7], [88.5, 36.8], [63.8, 65.1], [42.9, 88.1], [85.2, 88.2]]) / 64 - 1
"""Mean points of the training faces in window units: -1..1 from edge to edge."""


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """A similarity: axis [2] = half a window to the right, centre [2]; px of the searched image."""

    axis: np.ndarray
    centre: np.ndarray

    @property
    def matrix(self) -> np.ndarray:
        """Window units to px, f64 [2, 3]."""
        x, y = self.axis
        return np.array([[x, -y, self.centre[0]], [y, x, self.centre[1]]])

    @property
    def half(self) -> float:
        return float(np.hypot(*self.axis))


def find_faces(srgb: U8, weights: Path = WEIGHTS) -> tuple[Face, ...]:
    """All faces of an upright photo u8 [H, W, 3], largest first; empty when there is none.

    Points are photo px (corner convention). The photo is searched at no more than 1024 px; a picture turned by up to
    about 70 degrees is searched again, turned, when nothing was found. Raises MissingWeights.
    """
    net = _net(weights)
    height, width = srgb.shape[:2]
    if min(height, width) < SMALLEST_FACE:
        return ()
    gray, factor = _search_image(srgb)
    levels = _pyramid(gray)
    found = _converge(net, levels, _candidates(gray, 0.0))
    for turn in TURNS:
        if found:
            break
        found = _converge(net, levels, _candidates(gray, turn))
    faces = [_face(points / factor, score) for points, score in _distinct(found)]
    return tuple(sorted(faces, key=lambda face: -face.box[2]))


def refine(srgb: U8, landmarks: Landmarks, weights: Path = WEIGHTS) -> tuple[Landmarks, float]:
    """The net's own points near given ones, and its face score 0..1. Raises MissingWeights."""
    gray, factor = _search_image(srgb)
    frame = _frame_of(landmarks.points.astype(np.float64) * factor)
    points, scores = _look_often(_net(weights), _pyramid(gray), [frame])
    return Landmarks((points[0] / factor).astype(np.float32)), float(scores[0])


@functools.lru_cache(maxsize=2)
def _net(weights: Path) -> LandmarkNet:
    if not weights.is_file():
        step = "Give the points yourself: --eyes x,y,x,y --mouth x,y,x,y."
        raise MissingWeights(what="The face finder", path=weights, next_step=step)
    return load_landmark_net(weights)


@functools.lru_cache(maxsize=1)
def _cascades() -> tuple[cv2.CascadeClassifier, ...]:
    if not hasattr(cv2, "CascadeClassifier"):  # OpenCV 5 has none
        step = "Install opencv-python 4: pip install 'opencv-python>=4.10,<5'."
        raise MissingLibrary(library="OpenCV's CascadeClassifier", reason=f"OpenCV {cv2.__version__}", next_step=step)
    folder = Path(cv2.__file__).parent / "data"
    files = [folder / f"{name}.xml" for name in CASCADES]
    for file in files:
        if not file.is_file():  # OpenCV would print a line and then find no face in any photo
            step = "Install opencv-python again, or give the points yourself: --eyes x,y,x,y --mouth x,y,x,y."
            raise MissingWeights(what="The face finder", path=file, next_step=step)
    return tuple(cv2.CascadeClassifier(str(file)) for file in files)


def _search_image(srgb: U8) -> tuple[U8, np.ndarray]:
    """Gray, at most 1024 px (area average); small photos enlarged twice. Also searched px per photo px, [2]."""
    height, width = srgb.shape[:2]
    longest = max(height, width)
    scale = SEARCH_PX / longest if longest > SEARCH_PX else 2.0 if longest <= SMALL_PX else 1.0
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if scale != 1.0:
        srgb = np.asarray(
            cv2.resize(srgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), np.uint8
        )
    gray = srgb if srgb.ndim == 2 else cv2.cvtColor(np.ascontiguousarray(srgb), cv2.COLOR_RGB2GRAY)
    return _brightened(np.asarray(gray, np.uint8)), np.array([size[0] / width, size[1] / height])


def _brightened(gray: U8) -> U8:
    """Dark pictures made brighter, since the cascades miss faces in them; others unchanged."""
    high = float(np.percentile(gray[::4, ::4], 99))
    if not 1.0 <= high < DARK:
        return gray
    return np.asarray(np.clip(gray.astype(np.float32) * (220.0 / high), 0, 255), np.uint8)


def _pyramid(gray: U8) -> list[U8]:
    """The image and its halves, down to the window's size."""
    levels = [gray]
    while min(levels[-1].shape) > 2 * WINDOW:
        height, width = levels[-1].shape
        half = cv2.resize(levels[-1], ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(half, np.uint8))
    return levels


def _candidates(gray: U8, turn: float) -> list[_Frame]:
    """Windows where a cascade sees a face in the image turned by `turn` degrees."""
    matrix = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    if turn:
        gray, matrix = _turned(gray, turn, min(1.0, TURNED_PX / max(gray.shape)))
    back = cv2.invertAffineTransform(matrix)
    boxes = [box for cascade in _cascades() for box in _detect(cascade, gray, TURNED_STEP if turn else SCALE_STEP)]
    frames: list[_Frame] = []
    for x, y, side in boxes:
        centre = back[:, :2] @ np.array([x + 0.5 * side, y + 0.58 * side]) + back[:, 2]
        axis = back[:, :2] @ np.array([0.53 * side, 0.0])
        near = [
            f
            for f in frames
            if np.hypot(*(f.centre - centre)) < 0.25 * f.half and 0.8 < f.half / np.hypot(*axis) < 1.25
        ]
        if not near:
            frames.append(_Frame(axis, centre))
    return frames


def _detect(cascade: cv2.CascadeClassifier, gray: U8, step: float) -> list[tuple[float, float, float]]:
    found = cascade.detectMultiScale(gray, step, 1, minSize=(SMALLEST_FACE, SMALLEST_FACE))
    return [(float(x), float(y), float(w)) for x, y, w, _ in np.reshape(found, (-1, 4))]


def _turned(gray: U8, turn: float, scale: float) -> tuple[U8, np.ndarray]:
    """The whole image reduced and turned about its middle, and the affine that did it."""
    height, width = gray.shape
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else gray
    reduce = np.diag([small.shape[1] / width, small.shape[0] / height, 1.0])
    height, width = small.shape
    matrix = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0), np.float64)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = math.ceil(width * cos + height * sin), math.ceil(width * sin + height * cos)
    matrix = matrix + np.array([[0, 0, (size[0] - width) / 2], [0, 0, (size[1] - height) / 2]])
    turned = cv2.warpAffine(small, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8), matrix @ reduce


def _converge(net: LandmarkNet, levels: list[U8], frames: Sequence[_Frame]) -> list[tuple[np.ndarray, float]]:
    """Move every window to where its own points say, several times; keep what is a face.

    Returns (points f64 [5, 2] in px of the searched image, score).
    """
    starts = list(frames)
    current = list(frames)
    for _ in range(ROUNDS - 1):
        if not current:
            return []
        points, _ = _look(net, levels, current)
        current = [_frame_of(p) for p in points]
        stays = [i for i, frame in enumerate(current) if _same_place(starts[i], frame)]
        starts, current = [starts[i] for i in stays], [current[i] for i in stays]
    if not current:
        return []
    points, scores = _look_often(net, levels, current)
    limit = SURE if scores.max() >= SURE else THRESHOLD
    return [(p, s) for p, s, f in zip(points, scores, current, strict=True) if s >= limit and _plausible(p, f)]


def _same_place(start: _Frame, frame: _Frame) -> bool:
    """A window that grew, shrank or wandered far from its start saw no face there."""
    ratio = frame.half / max(start.half, 1e-6)
    return 0.4 < ratio < 2.2 and float(np.hypot(*(frame.centre - start.centre))) < 1.3 * start.half


def _plausible(points: np.ndarray, frame: _Frame) -> bool:
    """The points form a face: near the mean shape, apart from the nose, which turns with the head."""
    matrix = frame.matrix
    local = (points - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    apart = np.abs(local - MEAN_SHAPE)
    return bool(apart[[0, 1, 3, 4]].max() < 0.35 and apart[2].max() < 0.6)


def _look(net: LandmarkNet, levels: list[U8], frames: Sequence[_Frame], mirror: bool = False) -> tuple[np.ndarray, F32]:
    """Points f64 [N, 5, 2] in px and scores [N] for some windows."""
    windows = np.stack([_window(levels, frame) for frame in frames])[:, None]
    if mirror:
        windows = windows[..., ::-1].copy()
    with torch.inference_mode():
        local, logit = net(torch.from_numpy(windows))
    units = local.numpy().astype(np.float64)
    if mirror:
        units = units[:, MIRROR] * np.array([-1.0, 1.0])
    matrices = np.stack([frame.matrix for frame in frames])
    points = np.einsum("nij,nkj->nki", matrices[:, :, :2], units) + matrices[:, None, :, 2]
    return points, torch.sigmoid(logit).numpy()


def _look_often(net: LandmarkNet, levels: list[U8], frames: Sequence[_Frame]) -> tuple[np.ndarray, F32]:
    """The mean over each window, slightly larger and turned ones, and their mirror images."""
    points, scores = [], []
    for size, degrees in LOOKS:
        turned = [_nudged(frame, size, math.radians(degrees)) for frame in frames]
        for mirror in (False, True):
            found, score = _look(net, levels, turned, mirror)
            points.append(found)
            scores.append(score)
    return np.mean(points, axis=0), np.asarray(np.mean(scores, axis=0), np.float32)


def _nudged(frame: _Frame, size: float, angle: float) -> _Frame:
    x, y = frame.axis
    cos, sin = math.cos(angle) * size, math.sin(angle) * size
    return _Frame(np.array([cos * x - sin * y, sin * x + cos * y]), frame.centre)


def _window(levels: list[U8], frame: _Frame) -> F32:
    """The window f32 [64, 64], read from the level that has about its resolution."""
    wanted = math.log2(max(frame.half * 2 / WINDOW, 1.0) * 1.1)
    level = levels[min(int(wanted), len(levels) - 1)]
    factor = np.array([[level.shape[1] / levels[0].shape[1]], [level.shape[0] / levels[0].shape[0]]])
    matrix = frame.matrix * factor
    step = 2.0 / WINDOW  # pixel index i lies at window unit (i + 0.5) * step - 1
    linear = matrix[:, :2] * step
    offset = matrix[:, :2] @ np.full(2, step / 2 - 1) + matrix[:, 2] - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warp = np.concatenate([linear, offset[:, None]], axis=1)
    cut = cv2.warpAffine(level, warp, (WINDOW, WINDOW), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(cut, np.float32)


def _frame_of(points: np.ndarray) -> _Frame:
    """The window that belongs to five points: the crop of the training faces."""
    eyes, mouth = (points[0] + points[1]) / 2, (points[3] + points[4]) / 2
    across, down = points[1] - points[0], mouth - eyes
    axis = across + np.array([down[1], -down[0]])
    length = max(2.0 * np.hypot(*across), 1.8 * np.hypot(*down)) * WINDOW_SCALE
    return _Frame(axis * length / max(float(np.hypot(*axis)), 1e-9), eyes + WINDOW_SHIFT * down)


def _distinct(found: list[tuple[np.ndarray, float]]) -> list[tuple[np.ndarray, float]]:
    """One entry per face: the best score wins where two lie on each other."""
    kept: list[tuple[np.ndarray, float]] = []
    for points, score in sorted(found, key=lambda entry: -entry[1]):
        frame = _frame_of(points)
        others = [_frame_of(other) for other, _ in kept]
        if all(np.hypot(*(frame.centre - o.centre)) > 0.7 * max(frame.half, o.half) for o in others):
            kept.append((points, score))
    return kept


def _face(points: np.ndarray, score: float) -> Face:
    """A box from the brows to the chin around the points."""
    frame = _frame_of(points)
    side = 2.0 * frame.half
    x, y = frame.centre - np.array([side / 2, 0.54 * side])
    return Face((float(x), float(y), float(side), float(side)), Landmarks(points.astype(np.float32)), float(score))


EYES_68 = (slice(36, 42), slice(42, 48))
NOSE_68, MOUTH_68 = 30, (48, 54)


def five_of_68(points: F32) -> Landmarks:
    """68 points (iBUG order) [68, 2] to our five: eye centres = mean of the six lid points, nose tip 31, mouth corners
    49 and 55 (counted from 1).

    face-alignment's points are pixel indices, 0 = centre of the first pixel: 0.5 is added for the corner convention.
    Its eye centres lie about 2 % of the eye distance below YuNet's, so the crop moves down by about 1 %; not corrected.
    """
    eyes = [points[part].mean(axis=0) for part in EYES_68]
    chosen = np.stack([*eyes, points[NOSE_68], points[MOUTH_68[0]], points[MOUTH_68[1]]])
    return Landmarks(np.asarray(chosen + 0.5, np.float32))


def find_with_68_points(srgb: U8, faces: Sequence[Face], weights: Path) -> tuple[Face, ...]:
    """The same faces with points of face-alignment's 2DFAN4, which is never downloaded here.

    weights: 2DFAN4's file. Raises MissingWeights, MissingLibrary.
    """
    if not weights.is_file():
        step = "Run: facelab models get 2dfan4, or go on with the embedded finder."
        raise MissingWeights(what="The 68-point finder", path=weights, next_step=step)
    try:
        import face_alignment
    except ImportError as error:
        step = "Install it: pip install face-alignment."
        raise MissingLibrary(library="face-alignment", reason=str(error), next_step=step) from error
    aligner = face_alignment.FaceAlignment(
        face_alignment.LandmarksType.TWO_D, device="cpu", face_detector="folder", compile=False
    )
    boxes = [[f.box[0], f.box[1], f.box[0] + f.box[2], f.box[1] + f.box[3], f.score] for f in faces]
    found = aligner.get_landmarks_from_image(srgb, detected_faces=boxes) or []
    return tuple(
        Face(face.box, five_of_68(np.asarray(points, np.float32)), face.score)
        for face, points in zip(faces, found, strict=True)
    )
