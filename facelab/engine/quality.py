"""How well a tuned crop shows the photo's crop: the figures of the JSON reports."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from facelab.core.values import F32, F64, U8

MEASURE_VARIABLE = "FACELAB_MEASURE_DIR"
NET_FILE, NET_NAME, NET_SIDE = "mobilefacenet.onnx", "MobileFaceNet", 112
# where the net wants the five points in its crop (data/measure/README)
NET_POINTS = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)], np.float64
)
NET_MEAN, NET_DEVIATION = np.array((0.485, 0.456, 0.406)), np.array((0.229, 0.224, 0.225))


@dataclass(frozen=True, slots=True)
class Named:
    """A figure and what measured it."""

    name: str
    value: float


def psnr(a: U8, b: U8) -> float:
    """Peak signal to noise in dB of u8 pictures of one shape; 100 for equal ones."""
    error = float(np.mean((a.astype(np.float64) - b) ** 2))
    return 100.0 if error == 0 else 10 * math.log10(255**2 / error)


def ssim(a: U8, b: U8) -> float:
    """Structural similarity of u8 [H, W, 3] pictures (Wang et al. 2004, equation 13; Gaussian window, sigma 1.5)."""

    def local(image: F64) -> F64:
        return np.asarray(cv2.GaussianBlur(image, (11, 11), 1.5), np.float64)

    x, y = a.astype(np.float64), b.astype(np.float64)
    mean_x, mean_y = local(x), local(y)
    var_x, var_y = local(x * x) - mean_x**2, local(y * y) - mean_y**2
    covariance = local(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    index = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    index /= (mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2)
    return float(index.mean())


def similarity_transform(source: F64, target: F64) -> F64:
    """The least-squares similarity [2, 3] from points [N, 2] to points [N, 2] (Umeyama 1991)."""
    a, b = source - source.mean(0), target - target.mean(0)
    u, scales, vt = np.linalg.svd(b.T @ a)
    sign = np.diag([1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ sign @ vt
    scale = float((scales * np.diag(sign)).sum() / max((a**2).sum(), 1e-12))
    matrix = scale * rotation
    return np.concatenate([matrix, (target.mean(0) - matrix @ source.mean(0))[:, None]], axis=1)


def identity(a: U8, b: U8, points: F32 | F64) -> Named | None:
    """Cosine of the face recognition net's answers to two crops u8 [S, S, 3] with the same five points.

    None without the net: FACELAB_MEASURE_DIR names the folder that holds it.
    """
    net = recognition_net()
    if net is None:
        return None
    first, second = (embedding(net, image, np.asarray(points, np.float64)) for image in (a, b))
    return Named(NET_NAME, float(first @ second))


def recognition_net() -> cv2.dnn.Net | None:
    """The face recognition net, or None when FACELAB_MEASURE_DIR names no folder that holds it."""
    folder = os.environ.get(MEASURE_VARIABLE)
    path = Path(folder or "") / NET_FILE
    return cv2.dnn.readNetFromONNX(str(path)) if folder and path.is_file() else None


def embedding(net: cv2.dnn.Net, image: U8, points: F64) -> F64:
    """The net's unit answer to a crop u8 [S, S, 3] with these five points (px)."""
    matrix = similarity_transform(points, NET_POINTS)
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    if scale < 0.5:  # reduce by area first, so that the warp does not skip pixels
        factor = scale / 0.5
        size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
        shrink = np.array([image.shape[1] / size[0], image.shape[0] / size[1]])
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
        matrix[:, :2] *= shrink
    shifted = matrix.copy()  # our first pixel centre is 0.5, OpenCV's is 0
    shifted[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    warped = cv2.warpAffine(image, shifted, (NET_SIDE, NET_SIDE), flags=cv2.INTER_LINEAR)
    values = (warped.astype(np.float64) / 255 - NET_MEAN) / NET_DEVIATION
    net.setInput(values.transpose(2, 0, 1)[None].astype(np.float32))  # [H, W, 3] -> [1, 3, H, W]
    answer = np.asarray(net.forward(), np.float64).ravel()
    return answer / max(float(np.linalg.norm(answer)), 1e-12)
