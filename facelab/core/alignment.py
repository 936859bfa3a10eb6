"""The FFHQ crop (Karras et al. 2019, appendix), with the generator's own scale and shift, and its exact inverse.

Coordinates are photo px and crop px with the origin at the top-left corner of the image (first pixel centre 0.5).
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from facelab.core.errors import BadLandmarks
from facelab.core.values import F32, F64, U8, Alignment, Crop, CropConvention, Landmarks

HALF = 0.5


def align(landmarks: Landmarks, convention: CropConvention, size: int) -> Alignment:
    """The crop square of a face.

    x = e - rot90(m), normalised, times max(2.0 |e|, 1.8 |m|) times convention.scale, is the half axis to the right;
    e runs from the left to the right eye, m from the middle of the eyes to the middle of the mouth corners,
    rot90(x, y) = (-y, x). The centre is the middle of the eyes + convention.shift m.
    Raises BadLandmarks for points that coincide, hold no number, or have left and right or up and down exchanged.
    """
    if not np.isfinite(landmarks.points).all():
        raise BadLandmarks(path="the photo", reason="a coordinate is no number")
    eye_left, eye_right, _, mouth_left, mouth_right = landmarks.points.astype(np.float64)
    eyes = (eye_left + eye_right) / 2
    across = eye_right - eye_left
    down = (mouth_left + mouth_right) / 2 - eyes
    _check_shape(across, down)
    x = across - _rot90(down)
    x *= max(2.0 * np.hypot(*across), 1.8 * np.hypot(*down)) * convention.scale / np.hypot(*x)
    y = _rot90(x)
    centre = eyes + convention.shift * down
    return Alignment(np.stack([centre - x - y, centre - x + y, centre + x + y, centre + x - y]), size)


def _check_shape(across: F64, down: F64) -> None:
    """A face has eyes apart and its mouth on the right-hand side of the way from left to right eye."""
    wide, high = float(np.hypot(*across)), float(np.hypot(*down))
    if max(wide, high) < 1.0 or max(wide, high) > 1e6:
        raise BadLandmarks(path="the photo", reason="the points coincide or are too far apart")
    # a strong profile brings the eyes together, so only a clear exchange is an error
    if across[0] * down[1] - across[1] * down[0] < -0.25 * max(wide, high) ** 2:
        raise BadLandmarks(path="the photo", reason="left and right, or eyes and mouth, are exchanged")


def _rot90(v: F64) -> F64:
    return np.array([-v[1], v[0]])


def crop_to_photo(alignment: Alignment) -> F64:
    """Affine f64 [2, 3] that takes crop px to photo px."""
    top_left, bottom_left, _, top_right = alignment.quad
    right, down = (top_right - top_left) / alignment.size, (bottom_left - top_left) / alignment.size
    return np.stack([right, down, top_left], axis=1)


def photo_to_crop(alignment: Alignment) -> F64:
    """The inverse of `crop_to_photo`, f64 [2, 3]."""
    return np.asarray(cv2.invertAffineTransform(crop_to_photo(alignment)), np.float64)


def map_points(matrix: F64, points: F32 | F64) -> F64:
    """Points [N, 2] through an affine [2, 3]."""
    return np.asarray(points, np.float64) @ matrix[:, :2].T + matrix[:, 2]


def scale_of(alignment: Alignment) -> float:
    """Photo px per crop px."""
    return float(np.linalg.norm(crop_to_photo(alignment)[:, 0]))


def extract(srgb: U8, alignment: Alignment) -> Crop:
    """Cut the aligned crop out of a photo u8 [H, W, 3].

    Each crop pixel averages the photo area it covers: the face is sampled at least as finely as the photo, then
    reduced by area. Faces smaller than the crop are enlarged with cubics. Beyond the photo's edge the picture is
    reflected and blurred, as the FFHQ crops are. Only the region the crop touches is read.
    Raises BadLandmarks for a square that is far larger than the photo or does not touch it.
    """
    _check_reach(srgb.shape, alignment)
    patch, matrix, scale = _region(srgb, crop_to_photo(alignment), alignment.size)
    factor = max(1, math.ceil(scale))
    fine = alignment.size * factor
    matrix[:, :2] /= factor
    # the affine between pixel centres, which is what cv2 wants
    matrix[:, 2] += matrix[:, :2] @ (HALF, HALF) - HALF
    flags = (cv2.INTER_LINEAR if factor > 1 else cv2.INTER_CUBIC) | cv2.WARP_INVERSE_MAP
    picture = cv2.warpAffine(patch, matrix, (fine, fine), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    if factor > 1:
        picture = cv2.resize(picture, (alignment.size, alignment.size), interpolation=cv2.INTER_AREA)
    return Crop(_blur_outside(picture.astype(np.uint8, copy=False), srgb.shape, alignment), alignment)


def _check_reach(shape: tuple[int, ...], alignment: Alignment) -> None:
    height, width = shape[:2]
    side, centre = scale_of(alignment) * alignment.size, alignment.quad.mean(axis=0)
    outside = max(float(-centre.min()), centre[0] - width, centre[1] - height)
    if not np.isfinite(alignment.quad).all() or side > 8 * max(height, width) or outside > side / 2:
        raise BadLandmarks(path="the photo", reason="the face would lie outside the photo")


def _region(srgb: U8, matrix: F64, size: int) -> tuple[U8, F64, float]:
    """The part of the photo that the crop touches, the matrix moved into it, and its px per crop px.

    For faces of more than 8 photo px per crop px the part is first reduced by whole pixels, by area.
    """
    scale = float(np.linalg.norm(matrix[:, 0]))
    step = int(scale // 4) if scale > 8 else 1
    corners = map_points(matrix, np.array([[0, 0], [0, size], [size, size], [size, 0]], np.float64))
    height, width = srgb.shape[:2]
    # reflection reads up to as far inside as the crop reaches outside
    reach = max(0.0, -corners.min(), (corners[:, 0] - width).max(), (corners[:, 1] - height).max()) + 4 * step
    low = np.floor(corners.min(0) - reach).clip(0, [width - 1, height - 1]).astype(int)
    high = np.ceil(corners.max(0) + reach).clip(low + 1, [width, height]).astype(int)
    patch = srgb[low[1] : high[1], low[0] : high[0]]
    moved = matrix.copy()
    moved[:, 2] -= low
    if step == 1:
        return patch, moved, scale
    missing = -(high - low) % step
    if missing.any():
        patch = np.asarray(cv2.copyMakeBorder(patch, 0, missing[1], 0, missing[0], cv2.BORDER_REPLICATE), np.uint8)
    reduced = (patch.shape[1] // step, patch.shape[0] // step)
    return np.asarray(cv2.resize(patch, reduced, interpolation=cv2.INTER_AREA), np.uint8), moved / step, scale / step


def _blur_outside(picture: U8, shape: tuple[int, ...], alignment: Alignment) -> U8:
    """Blur what lies outside the photo, the more the farther out."""
    height, width = shape[:2]
    quad = alignment.quad
    if quad.min() >= 0 and quad[:, 0].max() <= width and quad[:, 1].max() <= height:
        return picture
    size = alignment.size
    centres = np.arange(size) + HALF
    grid = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
    photo = map_points(crop_to_photo(alignment), grid).reshape(size, size, 2)
    outside = np.maximum(np.maximum(-photo, photo - (width, height)).max(-1), 0.0) / scale_of(alignment)
    weight = np.clip(outside / (0.06 * size), 0.0, 1.0).astype(np.float32)[..., None]
    soft = cv2.GaussianBlur(picture, (0, 0), 0.02 * size)
    mixed = picture + (soft.astype(np.float32) - picture) * weight
    return np.asarray(np.rint(mixed), np.uint8)
