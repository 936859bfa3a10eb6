"""Colour: sRGB photos are not touched, wide-gamut ones are shown right, edits go back as a difference."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from facelab.core.photo import merge_edit, read_photo, to_srgb
from facelab.core.values import Photo


def _wide(shared: Path) -> Photo:
    return read_photo(shared / "photos" / "formats" / "icc_wide_gamut.jpg")


def _srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def test_photos_in_srgb_are_not_copied() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    assert to_srgb(Photo(pixels)) is pixels
    assert to_srgb(Photo(pixels, icc=_srgb_profile())) is pixels


def test_wide_gamut_photo_matches_the_srgb_one(shared: Path) -> None:
    astronaut = read_photo(shared / "photos" / "general" / "astronaut.png").pixels.astype(float)
    photo = _wide(shared)
    assert np.abs(photo.pixels - astronaut).mean() > 4.5
    assert np.abs(to_srgb(photo) - astronaut).mean() < 1.65


def test_merging_the_unedited_part_changes_nothing(shared: Path) -> None:
    photo = _wide(shared)
    shown = to_srgb(photo)
    assert merge_edit(photo, (10, 20, 100, 90), shown[20:110, 10:110]) is photo


def test_an_edit_reaches_srgb_and_leaves_the_rest_bit_identical(shared: Path) -> None:
    photo = _wide(shared)
    shown = to_srgb(photo)
    part = shown[100:200, 150:250].copy()
    part[10:40, 20:60] = np.clip(part[10:40, 20:60].astype(int) + np.array([12, -9, 5]), 0, 255)
    merged = merge_edit(photo, (150, 100, 100, 100), part)
    outside = np.ones(photo.pixels.shape[:2], bool)
    outside[110:140, 170:210] = False
    assert np.array_equal(merged.pixels[outside], photo.pixels[outside])
    off = np.abs(to_srgb(merged)[100:200, 150:250].astype(int) - part)
    assert off.mean() < 0.5
    assert off.max() <= 6


def test_a_mask_keeps_the_edit_inside() -> None:
    photo = Photo(np.full((8, 8, 3), 100, np.uint8))
    mask = np.zeros((4, 4), bool)
    mask[1, 2] = True
    merged = merge_edit(photo, (2, 3, 4, 4), np.full((4, 4, 3), 7, np.uint8), mask)
    changed = (merged.pixels != 100).any(axis=2)
    assert changed.sum() == 1
    assert changed[4, 4]


def test_a_gray_photo_stays_gray(shared: Path) -> None:
    photo = read_photo(shared / "photos" / "formats" / "gray.png")
    part = to_srgb(photo)[:50, :50].copy()
    part[10:30, 10:30] = (200, 40, 90)
    merged = merge_edit(photo, (0, 0, 50, 50), part).pixels
    assert (merged == merged[..., :1]).all()
    assert merged[20, 20, 0] == round(0.299 * 200 + 0.587 * 40 + 0.114 * 90)


def test_a_box_outside_the_photo_is_a_bug() -> None:
    with pytest.raises(ValueError, match="outside"):
        merge_edit(Photo(np.zeros((8, 8, 3), np.uint8)), (4, 4, 8, 8), np.zeros((8, 8, 3), np.uint8))


def test_a_profile_of_another_space_is_left_out_and_said() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), (10, 200, 30)).save(buffer, "PNG", icc_profile=lab)
    photo = read_photo(buffer.getvalue())
    assert photo.icc is None
    assert [notice.code for notice in photo.notices] == ["profile_lost"]
