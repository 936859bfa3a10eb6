"""The finder, and the landmark net's geometry."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from facelab.core import finder
from facelab.core.errors import MissingWeights
from facelab.core.finder import find_faces, five_of_68
from facelab.core.values import F32, U8

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"


def read(path: Path) -> U8:
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


@pytest.fixture(scope="module")
def portraits(request: pytest.FixtureRequest) -> list[tuple[str, int, U8]]:
    shared: Path = request.getfixturevalue("shared")
    with (shared / "photos" / "index.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    return [(row["file"], int(row["number_of_faces"]), read(shared / "photos" / row["file"])) for row in rows]


def yunet(shared: Path, srgb: U8) -> list[F32]:
    """Five points per face by an independent detector, photo px."""
    return yunet_at(shared, srgb, min(640, max(srgb.shape[:2])))


def yunet_at(shared: Path, srgb: U8, longest: int) -> list[F32]:
    """The same, for the photo brought to this size."""
    scale = longest / max(srgb.shape[:2])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(srgb, None, fx=scale, fy=scale, interpolation=method)
    model = str(shared / "measure" / "yunet_n_640_640.onnx")
    detector = cv2.FaceDetectorYN.create(model, "", small.shape[1::-1], 0.6, 0.3, 5000)
    rows = detector.detect(np.ascontiguousarray(small[..., ::-1]))[1]
    return [] if rows is None else [row[4:14].reshape(5, 2) * srgb.shape[1] / small.shape[1] for row in rows]


def near(found: tuple[finder.Face, ...], points: F32) -> float | None:
    """Mean point distance over the eye distance of the face that fits best."""
    eyes = float(np.linalg.norm(points[0] - points[1]))
    errors = [float(np.linalg.norm(f.landmarks.points - points, axis=1).mean()) / eyes for f in found]
    return min((error for error in errors if error < 0.5), default=None)


def test_frontal_portraits_are_found_and_their_points_fit(portraits: list[tuple[str, int, U8]], shared: Path) -> None:
    chosen = [entry for entry in portraits if entry[0].startswith(("london/", "congress/"))]
    errors = []
    for name, _, srgb in chosen:
        found = find_faces(srgb)
        assert len(found) == 1, name
        # one pass of the reference deviates by 4-5 % from its own mean over sizes, so the mean is the reference
        passes = [yunet_at(shared, srgb, longest)[0] for longest in (160, 200, 240, 280, 320, 360, 400, 440, 480)]
        error = near(found, np.mean(passes, axis=0, dtype=np.float32))
        assert error is not None, name
        errors.append(error)
    assert len(chosen) == 40
    assert np.median(errors) < 0.04
    assert max(errors) < 0.1


def test_group_photo(portraits: list[tuple[str, int, U8]], shared: Path) -> None:
    srgb = next(image for name, _, image in portraits if name.endswith("solvay1927.jpg"))
    found = find_faces(srgb)
    hits = [near(found, points) for points in yunet(shared, srgb)]
    assert sum(hit is not None for hit in hits) >= 25
    assert len(found) <= 31
    widths = [face.box[2] for face in found]
    assert widths == sorted(widths, reverse=True)


def test_nothing_is_found_where_nobody_is(portraits: list[tuple[str, int, U8]]) -> None:
    for name, count, srgb in portraits:
        if count == 0:
            assert find_faces(srgb) == (), name


@pytest.mark.parametrize("turn", [25.0, -25.0, 45.0])
def test_turned_photo_gives_turned_points(turn: float) -> None:
    srgb = read(SAMPLES / "astronaut.png")
    height, width = srgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), turn, 1.0)
    turned = cv2.warpAffine(srgb, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    expected = (find_faces(srgb)[0].landmarks.points - 0.5) @ matrix[:, :2].T + matrix[:, 2] + 0.5
    error = near(find_faces(np.asarray(turned, np.uint8)), expected.astype(np.float32))
    assert error is not None
    assert error < 0.05


@pytest.mark.parametrize("scale", [0.3, 3.0])
def test_points_follow_the_size(scale: float) -> None:
    srgb = read(SAMPLES / "astronaut.png")
    resized = cv2.resize(srgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    factor = np.array(resized.shape[1::-1]) / np.array(srgb.shape[1::-1])
    expected = (find_faces(srgb)[0].landmarks.points * factor).astype(np.float32)
    error = near(find_faces(np.asarray(resized, np.uint8)), expected)
    assert error is not None
    assert error < 0.06


def test_dark_photo_is_stretched_before_the_search() -> None:
    srgb = read(SAMPLES / "astronaut.png")
    dark = (srgb // 6).astype(np.uint8)
    expected = find_faces(srgb)[0].landmarks.points
    assert near(find_faces(dark), expected) is not None


def test_windows_read_the_pixels_they_name() -> None:
    """A window over a ramp holds the ramp's values at the centres of its pixels, at any reduction."""
    x, y = np.meshgrid(np.arange(512) + 0.5, np.arange(512) + 0.5)
    levels = finder._pyramid(np.asarray((x + y) / 4, np.uint8))
    for half in (32.0, 64.0, 128.0):
        frame = finder._Frame(np.array([half, 0.0]), np.array([256.0, 240.0]))
        window = finder._window(levels, frame)
        units = (np.arange(64) + 0.5) / 32 - 1
        expected = (256 + units[None] * half + 240 + units[:, None] * half) / 4
        assert np.abs(window - expected).mean() < 0.75


def test_frame_of_mean_points_is_the_crop() -> None:
    points = (finder.MEAN_SHAPE + 1) * 64
    frame = finder._frame_of(points)
    np.testing.assert_allclose(frame.centre, (64, 64), atol=1.0)
    np.testing.assert_allclose(frame.axis, (64, 0), atol=1.2)


def test_tiny_and_empty_pictures_hold_no_face() -> None:
    assert find_faces(np.zeros((3, 900, 3), np.uint8)) == ()
    assert find_faces(np.full((64, 64, 3), 127, np.uint8)) == ()


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match="--eyes"):
        find_faces(np.zeros((64, 64, 3), np.uint8), tmp_path / "none.safetensors")
    with pytest.raises(MissingWeights, match="68-point"):
        finder.find_with_68_points(np.zeros((64, 64, 3), np.uint8), (), tmp_path / "none.pth")


def test_missing_cascades_are_no_photo_without_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    """An OpenCV without its data files prints a line and would find nobody anywhere."""
    finder._cascades.cache_clear()
    monkeypatch.setattr(finder, "CASCADES", ("haarcascade_nosuch",))
    try:
        with pytest.raises(MissingWeights, match="haarcascade_nosuch"):
            find_faces(read(SAMPLES / "astronaut.png"))
    finally:
        finder._cascades.cache_clear()


def test_68_points_become_five_in_the_corner_convention() -> None:
    points = np.arange(136, dtype=np.float32).reshape(68, 2)
    five = five_of_68(points).points
    np.testing.assert_allclose(five[0], points[36:42].mean(0) + 0.5)
    np.testing.assert_allclose(five[2], points[30] + 0.5)
    np.testing.assert_allclose(five[4], points[54] + 0.5)
