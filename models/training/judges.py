"""Nets that judge results and are never shipped: YuNet finds faces, MobileFaceNet tells people apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from facelab.core.values import F32, U8

TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)
"""MobileFaceNet's five points in its 112 px crop."""
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
SCORE = 0.6
BORDER = 0.5
"""Border around an aligned crop, as a share of its side: the detector expects a face inside a picture."""


class Detector:
    """YuNet. Any: OpenCV ships no types for it."""

    def __init__(self, folder: Path) -> None:
        path = folder / "yunet_n_640_640.onnx"
        self.net: Any = cv2.FaceDetectorYN.create(str(path), "", (320, 320), SCORE, 0.3, 5000)

    def faces(self, picture: U8) -> list[F32]:
        """picture u8 [H, W, 3] RGB -> the five points [5, 2] px of every face, the largest first."""
        self.net.setInputSize((picture.shape[1], picture.shape[0]))
        rows = self.net.detect(np.ascontiguousarray(picture[..., ::-1]))[1]
        rows = [] if rows is None else sorted(rows, key=lambda row: -float(row[2] * row[3]))
        return [np.asarray(row[4:14], np.float32).reshape(5, 2) for row in rows]

    def on_crop(self, crop: U8) -> list[F32]:
        """The same for an aligned crop [R, R, 3], with a border of its own colours around it; points in crop px."""
        edge = round(BORDER * crop.shape[0])
        large = np.asarray(cv2.copyMakeBorder(crop, edge, edge, edge, edge, cv2.BORDER_REPLICATE), np.uint8)
        return [points - edge for points in self.faces(large)]


class Recogniser:
    """MobileFaceNet: unit vectors whose dot product says whether two faces are one person."""

    def __init__(self, folder: Path) -> None:
        self.net: Any = cv2.dnn.readNetFromONNX(str(folder / "mobilefacenet.onnx"))

    def __call__(self, picture: U8, points: F32) -> F32:
        """picture u8 [H, W, 3] RGB with its five points [5, 2] px -> f32 [128]."""
        matrix = similarity(points, TEMPLATE)
        crop = cv2.warpAffine(picture, matrix, (112, 112), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
        values = (crop.astype(np.float32) / 255 - MEAN) / DEVIATION
        self.net.setInput(values.transpose(2, 0, 1)[None])
        found = np.asarray(self.net.forward(), np.float32)[0]
        return np.asarray(found / np.linalg.norm(found), np.float32)


def similarity(source: F32, target: F32) -> F32:
    """Least-squares rotation, scale and shift [2, 3] from points [N, 2] to points [N, 2]."""
    a, b = source - source.mean(0), target - target.mean(0)
    scale = (a**2).sum()
    cos, sin = (a * b).sum() / scale, (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / scale
    rotation = np.array([[cos, -sin], [sin, cos]])
    return np.concatenate([rotation, (target.mean(0) - rotation @ source.mean(0))[:, None]], 1).astype(np.float32)
