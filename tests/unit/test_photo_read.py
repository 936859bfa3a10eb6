"""Reading photos: every format and mode looks right, hostile files are bounded, nothing is lost without a word."""

from __future__ import annotations

import csv
import io
import os
import struct
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from facelab.core.errors import FacelabError, PhotoTooLarge, UnreadablePhoto
from facelab.core.photo import read_photo, to_srgb
from facelab.core.values import Photo


def _gradient(height: int = 40, width: int = 60) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // width, y * 255 // height, (x + y) % 256], axis=-1).astype(np.uint8)


def _bytes(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _codes(photo: Photo) -> set[str]:
    return {notice.code for notice in photo.notices}


# --- hostile files ----------------------------------------------------------------------------


def _hostile_rows(shared: Path) -> list[dict[str, str]]:
    with (shared / "hostile" / "index.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def _read_or_message(source: Path | bytes) -> tuple[Photo | None, str]:
    """The photo, or what our error says; any other exception fails the test."""
    try:
        return read_photo(source), ""
    except FacelabError as error:
        return None, str(error)


def test_hostile_files_open_or_refuse_as_expected_in_bounded_time(shared: Path) -> None:
    rows = _hostile_rows(shared)
    assert len(rows) >= 91
    for row in rows:
        path, expect = shared / "hostile" / row["file"], row["expect"]
        started = time.process_time()
        photo, message = _read_or_message(path)
        if photo is None:
            assert row["file"] in message, "the message names the file"
            assert "Use a JPEG" in message or "Reduce it" in message, "the message says what to do"
            assert not expect.startswith("opens") or "refuses" in expect, message
        else:
            assert not expect or expect.startswith("opens") or " or opens" in expect, f"{row['file']} must be refused"
            assert photo.pixels.dtype == np.uint8
            assert photo.pixels.shape[2] == 3
            if "says" in expect:
                assert photo.notices, f"{row['file']}: says nothing"
        assert time.process_time() - started < 5.0, row["file"]


@pytest.mark.parametrize(
    "name",
    ["mode_16bit.png", "mode_1bit.png", "mode_cmyk.jpg", "mode_float.tif", "mode_la.png", "mode_palette.png",
     "mode_transparent.png", "really_png.jpg", "animated.gif", "two_pages.tif", "exif_orientation_9.jpg"],
)  # fmt: skip
def test_odd_modes_show_the_same_face(shared: Path, name: str) -> None:
    """Neither white, black nor inverted: close to the photo these files are made from."""
    base = to_srgb(read_photo(shared / "hostile" / "base_face.jpg"))
    shown = to_srgb(read_photo(shared / "hostile" / name))
    small = np.asarray(Image.fromarray(shown).resize((32, 32), Image.Resampling.BOX), float).mean(axis=2)
    expected = np.asarray(Image.fromarray(base).resize((32, 32), Image.Resampling.BOX), float).mean(axis=2)
    assert np.corrcoef(small.ravel(), expected.ravel())[0, 1] > 0.97
    assert abs(small.mean() - expected.mean()) < 8


def test_float_photo_with_nan_has_no_holes_beyond_the_bad_pixels(shared: Path) -> None:
    clean = read_photo(shared / "hostile" / "mode_float.tif").pixels.astype(int)
    photo = read_photo(shared / "hostile" / "mode_float_nan.tif")
    assert "reduced_to_8_bit" in _codes(photo)
    same = np.abs(photo.pixels.astype(int) - clean).max(axis=2) <= 1
    assert same.mean() > 0.5


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jpg"
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes on this system")
    os.mkfifo(pipe)
    with pytest.raises(UnreadablePhoto, match="not a regular file"):
        read_photo(pipe)


@pytest.mark.parametrize(("name", "said"), [("missing.jpg", "missing.jpg: there is no such file"), (".", "a folder")])
def test_missing_files_and_folders_are_named(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(UnreadablePhoto, match=said):
        read_photo(tmp_path / name)


# --- limits -----------------------------------------------------------------------------------


def _jpeg_header(width: int, height: int, scans: int, *, progressive: bool) -> bytes:
    data = bytearray(_bytes(Image.new("RGB", (8, 8)), "JPEG", progressive=progressive))
    at = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data) + b"\xff\xda" * scans


def test_large_photos_are_refused_before_decoding() -> None:
    with pytest.raises(FacelabError) as caught:
        read_photo(_jpeg_header(20000, 5000, 1, progressive=False), name="wide.jpg")
    assert "wide.jpg" in str(caught.value)
    with pytest.raises(PhotoTooLarge):
        read_photo(_jpeg_header(10000, 8000, 1, progressive=True), name="progressive.jpg")


def test_a_jpeg_with_a_thousand_scans_is_refused() -> None:
    with pytest.raises(UnreadablePhoto, match="too long"):
        read_photo(_jpeg_header(4000, 3000, 1000, progressive=True))


# --- modes and orientation --------------------------------------------------------------------


def test_jpeg_and_png_pixels_are_exact() -> None:
    pixels = _gradient()
    assert np.array_equal(read_photo(_bytes(Image.fromarray(pixels), "PNG")).pixels, pixels)
    packed = _bytes(Image.fromarray(pixels), "JPEG", quality=90)
    assert np.array_equal(read_photo(packed).pixels, np.asarray(Image.open(io.BytesIO(packed))))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied_once(kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    options: dict[str, object] = {"lossless": True} if kind == "WEBP" else {}
    packed = _bytes(Image.fromarray(_gradient(48, 64)), kind, exif=exif, **options)
    shown = read_photo(packed).pixels.astype(int)
    stored = _gradient(48, 64).astype(int)
    upright = {
        1: stored, 2: stored[:, ::-1], 3: stored[::-1, ::-1], 4: stored[::-1], 5: stored.swapaxes(0, 1),
        6: np.rot90(stored, -1), 7: stored[::-1, ::-1].swapaxes(0, 1), 8: np.rot90(stored, 1),
    }[orientation]  # fmt: skip
    assert shown.shape == upright.shape
    tolerance = 0 if kind in ("PNG", "TIFF", "WEBP") else 12
    assert np.abs(shown - upright)[..., :2].mean() <= tolerance


def test_all_orientations_display_identically(shared: Path) -> None:
    folder = shared / "photos" / "orientation"
    first = read_photo(folder / "orientation_1.jpg").pixels.astype(int)
    for number in range(2, 9):
        other = read_photo(folder / f"orientation_{number}.jpg").pixels.astype(int)
        assert np.abs(other - first).mean() < 1.0


def test_sixteen_bit_gray_is_scaled_not_cut() -> None:
    values = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    photo = read_photo(_bytes(Image.fromarray(values), "PNG"))
    assert np.array_equal(photo.pixels[..., 0], np.rint(values / 257).astype(np.uint8))
    assert "reduced_to_8_bit" in _codes(photo)


def test_sixteen_bit_colour_says_so(shared: Path) -> None:
    assert "reduced_to_8_bit" in _codes(read_photo(shared / "photos" / "formats" / "rgb16.png"))


def test_white_is_zero_tiff_is_not_inverted() -> None:
    values = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    packed = _bytes(Image.fromarray(values), "TIFF", tiffinfo={262: 0})
    stored = Image.open(io.BytesIO(packed)).tag_v2[262]  # type: ignore[attr-defined]
    assert stored == 0
    photo = read_photo(packed)
    assert photo.pixels[0, 0, 0] == 255
    assert photo.pixels[-1, -1, 0] == 0


def test_transparency_is_kept_and_said() -> None:
    rgba = np.dstack([_gradient(), np.full((40, 60), 128, np.uint8)])
    photo = read_photo(_bytes(Image.fromarray(rgba), "PNG"))
    assert photo.alpha is not None
    assert np.array_equal(photo.alpha, rgba[..., 3])
    assert np.array_equal(photo.pixels, rgba[..., :3])
    assert "transparent" in _codes(photo)


def test_opaque_alpha_says_nothing() -> None:
    rgba = np.dstack([_gradient(), np.full((40, 60), 255, np.uint8)])
    assert read_photo(_bytes(Image.fromarray(rgba), "PNG")).notices == ()


def test_png_cut_after_its_pixels_opens() -> None:
    packed = _bytes(Image.fromarray(_gradient()), "PNG")
    photo = read_photo(packed[:-12])
    assert np.array_equal(photo.pixels, _gradient())
    assert "file_cut" in _codes(photo)


def test_any_cut_or_flipped_byte_gives_a_picture_or_our_error() -> None:
    """A short seeded fuzz; the long one has run over all formats."""
    random = np.random.default_rng(0)
    picture = Image.fromarray(_gradient(24, 32))
    exif = Image.Exif()
    exif[274], exif[315] = 6, "somebody"
    for kind in ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "AVIF"):
        clean = _bytes(picture, kind, exif=exif) if kind not in ("BMP", "GIF") else _bytes(picture, kind)
        for _ in range(25):
            data = bytearray(clean)
            for at in random.integers(0, len(data), 3):
                data[at] = random.integers(256)
            cut = bytes(data[: random.integers(1, len(data) + 1)]) if random.random() < 0.3 else bytes(data)
            photo, message = _read_or_message(cut)
            assert (photo is not None and photo.pixels.ndim == 3) or message
