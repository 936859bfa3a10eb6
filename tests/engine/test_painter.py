"""Paste back on real photos with the embedded model, not tuned: what is promised of an edit holds from the start."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms
from places import REPO

from facelab.core.errors import UnknownDirection
from facelab.core.paste.compose import Canvas, compose, frame_box
from facelab.core.paste.field import determinant
from facelab.core.paste.frame import UNITS, centred
from facelab.core.recipe import Edit, EditRecipe
from facelab.core.values import F32, U8, Landmarks, Photo
from facelab.engine import changing
from facelab.engine.messages import Region
from facelab.engine.painter import Pasted, draw, mask_box, paste_computed, paste_full, scaled
from facelab.engine.session import FaceWork, Session
from facelab.engine.toolkit import Toolkit, load_toolkit

MIXED = EditRecipe((Edit("direction", "smile", 2.0), Edit("direction", "yaw", 1.5)))
SLIDERS = ("smile", "yaw", "age")


def edit(**amounts: float) -> EditRecipe:
    return EditRecipe(tuple(Edit("direction", key, amount) for key, amount in amounts.items()))


@cache
def toolkit() -> Toolkit:
    return load_toolkit(None, "cpu")


@cache
def astronaut() -> U8:
    with Image.open(REPO / "resources" / "samples" / "astronaut.png") as picture:
        return np.asarray(picture.convert("RGB")).copy()


@cache
def astronaut_points() -> F32:
    session = Session(toolkit())
    return session.find(session.add_photo(Photo(astronaut()), "astronaut"))[0].landmarks.points


def opened(photo: Photo, *points: F32) -> tuple[Session, list[FaceWork]]:
    """A session with a face at each place."""
    session = Session(toolkit())
    slot = session.add_photo(photo, "photo")
    works = [session.take(slot, Landmarks(place), index) for index, place in enumerate(points)]
    for work in works:
        session.encode(work)
    return session, works


@pytest.fixture(scope="module")
def face() -> tuple[Session, FaceWork]:
    session, works = opened(Photo(astronaut()), astronaut_points())
    return session, works[0]


def pasted(face: tuple[Session, FaceWork], recipe: EditRecipe) -> Pasted:
    return paste_full(face[0], [face[1]], recipe)


def apart(a: U8, b: U8) -> int:
    return int(np.abs(a.astype(int) - b).max())


def untouched_outside(before: U8, done: Pasted) -> None:
    """Something changed, and nothing outside the mask."""
    changed = (before != done.pixels).any(axis=2)
    assert changed.sum() > 100
    assert not (changed & (done.mask == 0)).any()
    assert set(np.unique(done.mask)) <= {0, 255}


def whole(photo: U8, scale: float = 1.0) -> Region:
    return Region(0, 0, photo.shape[1], photo.shape[0], scale)


def in_photo(values: F32, work: FaceWork) -> F32:
    """A map of the crop, [N, N], over the photo [H, W]."""
    matrix = changing.place_of(work).to_photo.copy()
    matrix[:, :2] *= UNITS / values.shape[0]
    height, width = work.slot.srgb.shape[:2]
    return np.asarray(cv2.warpAffine(values, centred(matrix), (width, height)), np.float32)


def slope(picture: U8) -> F32:
    """|gradient| of the brightness [H, W]."""
    gray = picture.astype(np.float32).mean(axis=2)
    return np.asarray(np.hypot(cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1)), np.float32)


# --- nothing changes where nothing was asked for ---------------------------------------------


def test_the_identity_is_the_photo_bit_by_bit_without_any_shortcut(face: tuple[Session, FaceWork]) -> None:
    session, work = face
    short, computed = pasted(face, EditRecipe()), paste_computed(session, [work], EditRecipe())
    np.testing.assert_array_equal(short.pixels, astronaut())
    np.testing.assert_array_equal(computed.pixels, astronaut())
    assert not short.mask.any()
    assert computed.mask.any(), "it was not a shortcut: the face was laid on the photo"


@pytest.mark.parametrize("draft", [False, True])
def test_the_identity_on_the_screen_is_the_photo(face: tuple[Session, FaceWork], draft: bool) -> None:
    shown = draw(*face, EditRecipe(), whole(astronaut()), draft=draft)
    np.testing.assert_array_equal(shown.pixels, astronaut())
    assert shown.draft is draft


@pytest.mark.parametrize("recipe", [MIXED, edit(glasses=2.5, age=-2.0)], ids=["moves", "appears"])
def test_no_pixel_outside_the_mask_changes(face: tuple[Session, FaceWork], recipe: EditRecipe) -> None:
    done = pasted(face, recipe)
    untouched_outside(astronaut(), done)
    box = mask_box(*face)
    inside = done.mask[box.y : box.y + box.height, box.x : box.x + box.width]
    assert np.count_nonzero(inside) == np.count_nonzero(done.mask) < done.mask.size


# --- small edits are small, and sliders run smoothly ------------------------------------------


@pytest.mark.parametrize("key", SLIDERS)
def test_small_edits_are_small_and_linear(face: tuple[Session, FaceWork], key: str) -> None:
    tenth = apart(pasted(face, edit(**{key: 0.1})).pixels, astronaut())
    assert tenth > 0
    for amount in (0.01, 0.02, 0.05):
        change = apart(pasted(face, edit(**{key: amount})).pixels, astronaut())
        assert change <= 1.5 * (amount / 0.1) * tenth + 1


@pytest.mark.parametrize("key", SLIDERS)
def test_a_slider_does_not_jump_at_its_knots(face: tuple[Session, FaceWork], key: str) -> None:
    for knot in (-1.5, -0.5, 0.0, 0.5, 1.0, 2.0):
        before, after = (pasted(face, edit(**{key: knot + side})).pixels for side in (-0.001, 0.001))
        assert apart(before, after) <= 6, f"{key} at {knot}"


def test_no_slider_folds_the_face_over_its_whole_range(face: tuple[Session, FaceWork]) -> None:
    session, work = face
    moving = [d for d in session.directions.values() if d.klass != "none"]
    assert len(moving) >= 5
    for direction in moving:
        for amount in (direction.low, direction.low / 2, direction.high / 2, direction.high):
            change, _ = changing.change_of(session, work, edit(**{direction.key: amount}))
            assert np.abs(change.motion).max() > 0.1, "it moves"
            assert determinant(change.motion).min() > 0, f"{direction.key} at {amount}"


def test_sliders_mixed_at_their_ends_do_not_fold_the_face(face: tuple[Session, FaceWork]) -> None:
    change, _ = changing.change_of(*face, edit(smile=3.0, yaw=3.0, age=3.0, mouth_open=3.0))
    assert determinant(change.motion).min() > 0


# --- what it looks like -----------------------------------------------------------------------


@pytest.mark.parametrize("recipe", [edit(smile=2.0), edit(smile=-2.0), edit(yaw=1.5), edit(age=2.0)], ids=str)
def test_there_is_no_seam_and_the_photo_keeps_its_detail(face: tuple[Session, FaceWork], recipe: EditRecipe) -> None:
    work = face[1]
    done = pasted(face, recipe)
    before, after = slope(astronaut()), slope(done.pixels)
    mask = in_photo(changing.place_of(work).paint.mask, work)
    seam = (mask > 0.01) & (mask < 0.35)
    assert after[seam].mean() <= 1.2 * before[seam].mean()
    skin = mask > 0.5
    assert (after[skin] ** 2).mean() >= 0.80 * (before[skin] ** 2).mean()


def test_an_edit_can_be_seen(face: tuple[Session, FaceWork]) -> None:
    done = pasted(face, edit(smile=2.0))
    changed = np.abs(done.pixels.astype(int) - astronaut()).max(axis=2)
    assert np.count_nonzero(changed > 20) > 200


# --- screen and file show the same ------------------------------------------------------------


def test_a_draft_is_the_picture_within_a_few_levels(face: tuple[Session, FaceWork]) -> None:
    for scale in (1.0, 0.5):
        draft, full = (draw(*face, MIXED, whole(astronaut(), scale), draft=d).pixels for d in (True, False))
        difference = np.abs(draft.astype(int) - full)
        assert np.percentile(difference, 99.99) <= 4  # it is made on the crop grid
        assert difference.max() <= 12  # a few px beside strong edges, where cubics overshoot
        assert difference.mean() < 0.1


def test_the_screen_shows_what_is_exported(face: tuple[Session, FaceWork]) -> None:
    exported = pasted(face, MIXED).pixels
    shown = draw(*face, MIXED, whole(astronaut())).pixels
    assert np.abs(shown.astype(int) - exported).mean() < 0.05  # the grain of what is redrawn may lie otherwise
    small = draw(*face, MIXED, whole(astronaut(), 0.5)).pixels
    reduced = cv2.resize(exported, (256, 256), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - reduced).mean() < 0.6
    film = scaled(face[0], [face[1]], MIXED, 256, 256)
    assert np.abs(film.astype(int) - small).mean() < 0.1


def test_a_part_is_drawn_as_in_the_whole(face: tuple[Session, FaceWork]) -> None:
    region = Region(180, 90, 90, 70)
    part = draw(*face, MIXED, region).pixels
    whole_picture = draw(*face, MIXED, whole(astronaut())).pixels[90:160, 180:270]
    assert part.shape == (70, 90, 3)
    assert np.abs(part.astype(int) - whole_picture).mean() < 0.3
    assert np.abs(part.astype(int) - astronaut()[90:160, 180:270]).mean() > 1, "there is something to see in it"


def test_views_of_the_model(face: tuple[Session, FaceWork]) -> None:
    far = draw(*face, EditRecipe(), whole(astronaut()), view="model").pixels
    heat = draw(*face, EditRecipe(), whole(astronaut()), view="difference").pixels
    assert apart(far[300:], astronaut()[300:]) == 0
    assert apart(far, astronaut()) > 20
    assert apart(heat, far) > 20
    with pytest.raises(ValueError, match="no such view"):
        draw(*face, EditRecipe(), whole(astronaut()), view="nonsense")
    with pytest.raises(UnknownDirection):
        draw(*face, edit(nonsense=1.0), whole(astronaut()))


def test_drafts_keep_what_was_measured_a_few_steps_of_tuning_ago() -> None:
    session, works = opened(Photo(astronaut()), astronaut_points())
    first = changing.cache_of(session, works[0])
    session.weights.step += 3
    assert changing.cache_of(session, works[0], draft=True) is first
    assert changing.cache_of(session, works[0]) is not first


# --- all kinds of photos ----------------------------------------------------------------------


def test_a_face_cut_by_the_photo_s_edge() -> None:
    photo = astronaut()[60:, 195:].copy()
    session, works = opened(Photo(photo), astronaut_points() - np.array([195, 60], np.float32))
    untouched_outside(photo, paste_full(session, works, MIXED))
    np.testing.assert_array_equal(paste_computed(session, works, EditRecipe()).pixels, photo)


def test_a_photo_smaller_than_the_crop() -> None:
    photo = cv2.resize(astronaut()[:256, 96:352], (64, 64), interpolation=cv2.INTER_AREA)
    session, works = opened(Photo(photo), (astronaut_points() - np.array([96, 0], np.float32)) / 4)
    untouched_outside(photo, paste_full(session, works, MIXED))
    np.testing.assert_array_equal(paste_computed(session, works, EditRecipe()).pixels, photo)
    assert draw(session, works[0], MIXED, whole(photo, 3.0)).pixels.shape == (192, 192, 3)


def test_two_faces_of_one_photo_one_after_the_other(face: tuple[Session, FaceWork]) -> None:
    half = astronaut()[:300, 60:420]
    points = astronaut_points() - np.array([60, 0], np.float32)
    photo = np.hstack([half, half])
    session, works = opened(Photo(photo), points, points + np.array([360, 0], np.float32))
    both = paste_full(session, works, edit(smile=2.0))
    untouched_outside(photo, both)
    each = [paste_full(session, [work], edit(smile=2.0)) for work in works]
    np.testing.assert_array_equal(both.mask, np.maximum(each[0].mask, each[1].mask))
    alone = (each[0].mask > 0) & (each[1].mask == 0)
    np.testing.assert_array_equal(both.pixels[alone], each[0].pixels[alone])
    for left in (0, 360):
        assert np.count_nonzero(np.abs(both.pixels.astype(int) - photo)[:, left : left + 360] > 20) > 200


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_gray_photo_stays_gray(mode: str) -> None:
    gray = np.repeat(np.asarray(Image.fromarray(astronaut()).convert("L"))[..., None], 3, axis=2)
    session, works = opened(Photo(gray, mode=mode), astronaut_points())
    done = paste_full(session, works, edit(smile=2.0, glasses=2.5))
    untouched_outside(gray, done)
    spread = done.pixels.max(axis=2).astype(int) - done.pixels.min(axis=2)
    assert spread.max() <= 1


def swapped_profile() -> bytes:
    """sRGB with red and blue exchanged, so that what a photo in it must become is known."""
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return icc.replace(b"rXYZ", b"tmp_", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"tmp_", b"bXYZ", 1)


def test_the_edit_goes_into_the_photo_s_own_colour_space(face: tuple[Session, FaceWork]) -> None:
    photo = np.ascontiguousarray(astronaut()[..., ::-1])
    session, works = opened(Photo(photo, icc=swapped_profile()), astronaut_points())
    done = paste_full(session, works, edit(smile=2.0))
    untouched_outside(photo, done)
    change = done.pixels.astype(int) - photo
    expected = (pasted(face, edit(smile=2.0)).pixels.astype(int) - astronaut())[..., ::-1]
    assert np.abs(expected).max() > 40
    assert np.abs(change - expected).mean() < 0.1
    assert np.percentile(np.abs(change - expected), 99.9) <= 4
    np.testing.assert_array_equal(paste_computed(session, works, EditRecipe()).pixels, photo)


def test_nothing_is_left_to_compose_far_from_the_face(face: tuple[Session, FaceWork]) -> None:
    session, work = face
    place = changing.place_of(work)
    change, _ = changing.change_of(session, work, MIXED)
    x0, y0, x1, y1 = frame_box(place.to_photo, 512, 512)
    assert 0 <= x0 < x1 <= 512
    assert 0 <= y0 < y1 < 512
    canvas = Canvas(work.slot.srgb, place.to_photo)
    assert compose(canvas, change, window=(0, y1 + 8, 512, 512)) is None
    near = compose(canvas, change, window=(0, y1, 512, 512))
    assert near is None or not near.mask.any()
