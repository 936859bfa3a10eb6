"""Alignment: the FFHQ formula, half-pixel right, area-correct, and its exact inverse."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facelab.core.alignment import align, crop_to_photo, extract, map_points, photo_to_crop, scale_of
from facelab.core.errors import BadLandmarks
from facelab.core.photo import read_photo
from facelab.core.values import Alignment, CropConvention, Landmarks

FACES128 = CropConvention(0.64, 0.53)
FFHQ = CropConvention(1.0, 0.1)
# mean points of the training crops of 128 px; they count from the corner of the picture, as our coordinates do
MEAN = np.array([[39.4, 36.7], [88.5, 36.8], [63.8, 65.1], [42.9, 88.1], [85.2, 88.2]])


def _similarity(angle: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.concatenate([turn, np.array(shift)[:, None]], axis=1)


def _landmarks(points: np.ndarray) -> Landmarks:
    return Landmarks(np.asarray(points, np.float32))


def _square(centre: tuple[float, float], half: float, angle: float) -> np.ndarray:
    x = half * np.array([math.cos(angle), math.sin(angle)])
    y = np.array([-x[1], x[0]])
    return np.stack([centre - x - y, centre - x + y, centre + x + y, centre + x - y])


def _smooth_photo(height: int, width: int) -> np.ndarray:
    noise = np.random.default_rng(1).integers(0, 256, (height // 16 + 2, width // 16 + 2, 3), dtype=np.uint8)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)


def _psnr(one: np.ndarray, other: np.ndarray) -> float:
    return 10 * math.log10(255**2 / max(1e-9, float(((one.astype(float) - other) ** 2).mean())))


@pytest.mark.parametrize("convention", [FACES128, FFHQ])
@settings(max_examples=60, deadline=None)
@given(
    angle=st.floats(-math.pi, math.pi),
    scale=st.floats(0.3, 30),
    shift=st.tuples(st.floats(-500, 4000), st.floats(-500, 4000)),
)
def test_a_similarity_of_the_points_is_the_same_similarity_of_the_quad(
    convention: CropConvention, angle: float, scale: float, shift: tuple[float, float]
) -> None:
    base = align(_landmarks(MEAN), convention, 128).quad
    matrix = _similarity(angle, scale, shift)
    moved = align(_landmarks(map_points(matrix, MEAN)), convention, 128).quad
    assert np.abs(moved - map_points(matrix, base)).max() < 0.5


@settings(max_examples=60, deadline=None)
@given(
    angle=st.floats(-math.pi, math.pi), half=st.floats(5, 3000), size=st.sampled_from([32, 128, 256, 1024]),
    points=st.lists(st.tuples(st.floats(-100, 5000), st.floats(-100, 5000)), min_size=1, max_size=8),
)  # fmt: skip
def test_crop_and_photo_coordinates_are_inverse(
    angle: float, half: float, size: int, points: list[tuple[float, float]]
) -> None:
    alignment = Alignment(_square((900.0, 700.0), half, angle), size)
    given_points = np.array(points)
    back = map_points(crop_to_photo(alignment), map_points(photo_to_crop(alignment), given_points))
    assert np.abs(back - given_points).max() < 1e-6
    corners = map_points(crop_to_photo(alignment), np.array([[0, 0], [0, size], [size, size], [size, 0]], float))
    assert np.abs(corners - alignment.quad).max() < 1e-6


def test_the_formula_written_out() -> None:
    """An upright face by hand: e = (60, 0), m = (0, 60): x = (120, 0) normalised times max(120, 108)."""
    points = [[70, 100], [130, 100], [100, 130], [80, 160], [120, 160]]
    quad = align(_landmarks(np.array(points)), FFHQ, 256).quad
    assert np.allclose(quad, [[-20, -14], [-20, 226], [220, 226], [220, -14]], atol=1e-4)


def test_training_crops_are_reproduced(shared: Path) -> None:
    """A training crop, aligned by its own points, is itself: quad and mean points to 1 px."""
    with (shared / "faces128" / "faces128.csv").open(newline="") as file:
        rows = [row for row, _ in zip(csv.DictReader(file), range(4000), strict=False)]
    names = ("eye_l", "eye_r", "nose", "mouth_l", "mouth_r")
    points = np.array([[[float(r[f"{n}_x"]), float(r[f"{n}_y"])] for n in names] for r in rows])
    full = np.array([[0, 0], [0, 128], [128, 128], [128, 0]], float)
    mapped, off = [], []
    for five in points:
        alignment = align(_landmarks(five), FACES128, 128)
        off.append(np.abs(alignment.quad - full).max())
        mapped.append(map_points(photo_to_crop(alignment), five))
    assert np.median(off) < 0.15
    assert np.abs(np.mean(mapped, axis=0) - MEAN).max() < 1.0


def test_an_upright_crop_at_scale_one_is_the_photo_itself() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (80, 90, 3), dtype=np.uint8)
    quad = np.array([[10, 7], [10, 71], [74, 71], [74, 7]], float)
    assert np.array_equal(extract(photo, Alignment(quad, 64)).pixels, photo[7:71, 10:74])


@pytest.mark.parametrize("step", [2, 3, 7, 16])
def test_reduction_averages_the_area(step: int) -> None:
    """Noise reduced by whole pixels is the mean of each block: no aliasing, no half-pixel shift."""
    photo = np.random.default_rng(2).integers(0, 256, (64 * step, 64 * step, 3), dtype=np.uint8)
    quad = np.array([[0, 0], [0, 64 * step], [64 * step, 64 * step], [64 * step, 0]], float)
    crop = extract(photo, Alignment(quad, 64)).pixels.astype(float)
    mean = photo.reshape(64, step, 64, step, 3).mean(axis=(1, 3))
    inner = np.abs(crop - mean)[1:-1, 1:-1]
    assert inner.mean() < (1.0 if step < 9 else 1.6)


@pytest.mark.parametrize(("half", "angle"), [(60.0, 0.4), (60.0, 2.7), (110.0, -1.2), (45.0, 0.0)])
def test_crop_then_paste_gives_the_photo_back(half: float, angle: float) -> None:
    photo = _smooth_photo(300, 420)
    alignment = Alignment(_square((205.0, 148.0), half, angle), 256)
    crop = extract(photo, alignment).pixels
    matrix = photo_to_crop(alignment)
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    pasted = cv2.warpAffine(crop, matrix, (420, 300), flags=flags)
    inside = np.zeros((300, 420), np.uint8)
    cv2.fillConvexPoly(inside, np.rint(alignment.quad * 0.94 + alignment.quad.mean(0) * 0.06).astype(int), 1)
    assert _psnr(pasted[inside > 0], photo[inside > 0]) >= 40


def test_a_landscape_photo_is_not_turned() -> None:
    photo = np.zeros((100, 300, 3), np.uint8)
    photo[40:60, 240:260] = 255
    crop = extract(photo, Alignment(_square((250.0, 50.0), 32.0, 0.0), 64)).pixels
    assert crop[32, 32].min() == 255
    assert crop[:10].max() == 0


def test_beyond_the_edge_the_photo_is_reflected_softly() -> None:
    photo = _smooth_photo(200, 200)
    alignment = Alignment(_square((30.0, 100.0), 60.0, 0.0), 120)
    crop = extract(photo, alignment).pixels
    assert np.array_equal(crop[:, 30:], photo[40:160, :90]), "inside nothing is blurred"
    outside = crop[:, :30].astype(float)
    mirrored = photo[40:160, 30:0:-1].astype(float)
    assert np.abs(outside - mirrored).mean() < 12
    assert outside.std() > 5


def test_tiny_photos_and_strips_do_not_crash() -> None:
    for shape in ((1, 1, 3), (2, 300, 3), (5000, 8, 3)):
        photo = np.full(shape, 90, np.uint8)
        centre = (shape[1] / 2, shape[0] / 2)
        crop = extract(photo, Alignment(_square(centre, min(shape[:2]) / 2 + 1, 0.3), 32)).pixels
        assert crop.shape == (32, 32, 3)
        assert np.ptp(crop) == 0


def test_all_exif_orientations_give_the_same_crop(shared: Path) -> None:
    points = np.array([[170, 120], [225, 120], [198, 152], [176, 178], [222, 178]], float)
    crops = []
    for number in range(1, 9):
        photo = read_photo(shared / "photos" / "orientation" / f"orientation_{number}.jpg")
        crops.append(extract(photo.pixels, align(_landmarks(points), FACES128, 128)).pixels.astype(float))
    for crop in crops[1:]:
        assert np.abs(crop - crops[0]).mean() < 1.5


def test_a_finder_sees_the_same_points_in_the_crop(shared: Path) -> None:
    """YuNet on ten portraits: near the training's mean points, and seen again in the crop where they were mapped to."""
    weights = shared / "measure" / "yunet_n_640_640.onnx"
    finder = cv2.FaceDetectorYN.create(str(weights), "", (640, 640), 0.6, 0.3, 5000)
    found, again = [], []
    for path in sorted((shared / "photos" / "london").glob("*_neutral.jpg")):
        small = cv2.resize(read_photo(path).pixels, (640, 640), interpolation=cv2.INTER_AREA)
        _, rows = finder.detect(np.ascontiguousarray(small[..., ::-1]))
        five = rows[0][4:14].reshape(5, 2)
        alignment = align(_landmarks(five), FACES128, 128)
        # the crop fills the picture; the finder wants some room around a face
        wide = align(_landmarks(five), CropConvention(1.28, 0.53), 640)
        _, rows = finder.detect(np.ascontiguousarray(extract(small, wide).pixels[..., ::-1]))
        again.append(rows[0][4:14].reshape(5, 2) - map_points(photo_to_crop(wide), five))
        found.append(map_points(photo_to_crop(alignment), five))
    assert np.abs(np.mean(found, axis=0) - MEAN).max() < 4.0
    assert np.abs(np.mean(again, axis=0)).max() < 6.4, "1 % of the crop: the finder is no finer"


@pytest.mark.parametrize(
    "points",
    [
        np.full((5, 2), 50.0),
        np.full((5, 2), np.nan),
        MEAN[[1, 0, 2, 4, 3]],  # left and right exchanged
        MEAN[[3, 4, 2, 0, 1]],  # eyes and mouth exchanged
    ],
)
def test_points_that_are_no_face_are_refused(points: np.ndarray) -> None:
    with pytest.raises(BadLandmarks):
        align(_landmarks(points), FACES128, 128)


def test_a_square_outside_the_photo_is_refused() -> None:
    photo = np.zeros((100, 100, 3), np.uint8)
    for centre, half in (((5000.0, 50.0), 60.0), ((50.0, 50.0), 90_000.0)):
        with pytest.raises(BadLandmarks):
            extract(photo, Alignment(_square(centre, half, 0.0), 64))


def test_scale_is_photo_px_per_crop_px() -> None:
    assert scale_of(Alignment(_square((0.0, 0.0), 64.0, 1.0), 32)) == pytest.approx(4.0)
