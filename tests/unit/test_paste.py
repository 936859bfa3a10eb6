"""Paste back without a generator: a photo of a face, and "pictures of the generator" whose motion is known."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image
from places import REPO

from facelab.core.alignment import align, extract
from facelab.core.paste import (
    Canvas,
    Change,
    Layer,
    Motion,
    Nature,
    Place,
    SliderMotion,
    Still,
    compose,
    frame_box,
    grain_of,
    make_change,
    mixed,
    placed,
    sketch,
)
from facelab.core.paste.change import NO_MOTION
from facelab.core.paste.field import MIN_DET, determinant, unfolded
from facelab.core.paste.flow import moved
from facelab.core.paste.frame import FRAME, MARGIN, UNITS, colour, lum, paint_side
from facelab.core.paste.knots import SPACING, STRETCH
from facelab.core.values import F32, U8, Alignment, CropConvention, Landmarks

POINTS = np.array([(202, 104), (248, 103), (228, 128), (207, 147), (247, 147)], np.float32)
SMILE_AT, REACH = (64.0, 90.0), 14.0
STILL_NATURE, FREE = Nature(0.0, 0.0), Nature(1.0, 1.0)


def photo() -> U8:
    with Image.open(REPO / "resources" / "samples" / "astronaut.png") as picture:
        return np.asarray(picture.convert("RGB")).copy()


def alignment(points: F32 = POINTS, size: int = 128) -> Alignment:
    return align(Landmarks(points), CropConvention(), size)


def bump() -> F32:
    """1 at the mouth, 0 far from it: f32 [128, 128]."""
    y, x = np.mgrid[:UNITS, :UNITS] + 0.5
    return np.exp(-((x - SMILE_AT[0]) ** 2 + (y - SMILE_AT[1]) ** 2) / (2 * REACH**2)).astype(np.float32)


def flow_of(amount: float) -> F32:
    """A mouth that sinks by 1.5 u per unit: the photo is sampled that much higher. f32 [128, 128, 2]."""
    return np.stack([np.zeros((UNITS, UNITS), np.float32), -1.5 * amount * bump()], axis=2)


class Scene:
    """The astronaut, a generator that draws her crop exactly, and a slider that moves her mouth."""

    def __init__(self, srgb: U8, points: F32 = POINTS) -> None:
        placing = alignment(points)
        self.srgb = srgb
        self.place = Place.of(srgb, placing, points)
        self.picture = extract(srgb, placing).pixels.astype(np.float32)
        self.still = Still.of(self.place, self.picture)
        self.canvas = Canvas(srgb, self.place.to_photo)
        self.slider = SliderMotion(self.still, self.place.trust, 1.0)

    def draw(self, amount: float) -> F32:
        return moved(self.picture, flow_of(amount))

    def change(self, amount: float) -> Change:
        face = self.draw(amount) if amount else self.still.picture
        return make_change(self.place, self.still, face, face, self.slider.at(amount, self.draw), FREE)

    @property
    def zero(self) -> Change:
        picture = self.still.picture
        return make_change(self.place, self.still, picture, picture, NO_MOTION, STILL_NATURE)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(photo())


def over(canvas: Canvas, change: Change) -> tuple[U8, np.ndarray]:
    """The whole canvas with the change, and where it may differ."""
    pixels, mask = canvas.pixels.copy(), np.zeros(canvas.pixels.shape[:2], bool)
    patch = compose(canvas, change)
    if patch is not None:
        x0, y0, x1, y1 = patch.box
        pixels[y0:y1, x0:x1], mask[y0:y1, x0:x1] = patch.pixels, patch.mask
    return pixels, mask


# --- composing --------------------------------------------------------------------------------


def test_a_change_of_nothing_is_the_photo_bit_by_bit(scene: Scene) -> None:
    zero = scene.zero
    assert not zero.motion.any()
    assert zero.redrawn is None
    for lay in (compose, sketch):
        patch = lay(scene.canvas, zero, grain=grain_of(scene.canvas, scene.place.crop.mask))
        assert patch is not None, "no shortcut was taken"
        x0, y0, x1, y1 = patch.box
        np.testing.assert_array_equal(patch.pixels, scene.srgb[y0:y1, x0:x1])


def test_only_the_mask_changes_and_all_of_it_may(scene: Scene) -> None:
    pixels, mask = over(scene.canvas, scene.change(1.5))
    changed = (pixels != scene.srgb).any(axis=2)
    assert changed.sum() > 500
    assert not (changed & ~mask).any()
    loud = Layer(np.full_like(scene.zero.added.picture, 9.0), scene.zero.added.weight)
    pixels, mask = over(scene.canvas, replace(scene.zero, added=loud))
    np.testing.assert_array_equal((pixels != scene.srgb).any(axis=2), mask & (scene.srgb < 255).any(axis=2))


def test_a_window_is_the_same_as_a_part_of_the_whole(scene: Scene) -> None:
    change = scene.change(1.5)
    whole, _ = over(scene.canvas, change)
    patch = compose(scene.canvas, change, window=(190, 120, 260, 170))
    assert patch is not None
    assert patch.box == (190, 120, 260, 170)
    # cv2 rounds coordinates in another way at another origin
    assert np.abs(patch.pixels.astype(int) - whole[120:170, 190:260]).max() <= 2
    assert compose(scene.canvas, change, window=(400, 400, 500, 500)) is None


def test_a_sketch_is_within_a_level(scene: Scene) -> None:
    change = scene.change(1.5)
    exact, quick = compose(scene.canvas, change), sketch(scene.canvas, change)
    assert exact is not None
    assert quick is not None
    assert quick.box == exact.box
    off = np.abs(quick.pixels.astype(int) - exact.pixels)
    assert np.percentile(off, 99.9) <= 1
    assert off.max() <= 6, "a little more where the cubic overshoots black or white"


CANVASES = pytest.mark.parametrize(("origin", "scale"), [((0, 0), 1.0), ((100, 40), 2.0), ((60, 10), 0.5)])


@CANVASES
def test_what_is_added_lies_where_the_canvas_shows_the_face(
    scene: Scene, origin: tuple[float, float], scale: float
) -> None:
    zero, side = scene.zero, scene.place.photo.shape[0]
    spot = 80 * np.asarray(cv2.resize(bump() ** 6, (side, side)), np.float32)
    gray = np.full((round(300 * scale), round(300 * scale), 3), 100, np.uint8)
    canvas = Canvas(gray, placed(scene.place.to_photo, origin, (scale, scale)))
    layer = Layer(np.repeat(spot[..., None], 3, axis=2), zero.added.weight)
    pixels, _ = over(canvas, replace(zero, added=layer))
    bright = pixels[..., 0].astype(float) - 100
    y, x = np.mgrid[: bright.shape[0], : bright.shape[1]] + 0.5
    found = np.array([(bright * x).sum(), (bright * y).sum()]) / bright.sum()
    wanted = (scene.place.to_photo[:, :2] @ SMILE_AT + scene.place.to_photo[:, 2] - origin) * scale
    np.testing.assert_allclose(found, wanted, atol=0.1)


@CANVASES
def test_motion_moves_the_photo_by_as_much_on_every_canvas(
    scene: Scene, origin: tuple[float, float], scale: float
) -> None:
    slope = np.array([1.37, 0.291])  # levels per photo px
    y, x = (np.mgrid[: round(300 * scale), : round(300 * scale)] + 0.5) / scale
    ramp = np.rint((slope[0] * (x + origin[0] - 150) + slope[1] * (y + origin[1]) + 50).clip(0, 255)).astype(np.uint8)
    ramp = np.repeat(ramp[..., None], 3, axis=2)
    canvas = Canvas(ramp, placed(scene.place.to_photo, origin, (scale, scale)))
    field = np.zeros((FRAME, FRAME, 2), np.float32)
    field[..., 0] = 6.0
    pixels, _ = over(canvas, replace(scene.zero, motion=field))
    spans = [
        round((at + reach - start) * scale) for at, start in ((125, origin[1]), (225, origin[0])) for reach in (-20, 20)
    ]
    top, bottom, left, right = spans
    change = (pixels.astype(float) - ramp)[top:bottom, left:right].mean()
    assert change == pytest.approx(6.0 * slope @ scene.place.to_photo[:, 0], abs=0.3)  # of 12 levels


def test_nothing_lies_outside_the_frame(scene: Scene) -> None:
    x0, y0, x1, y1 = frame_box(scene.place.to_photo, 512, 512)
    _, mask = over(scene.canvas, scene.change(3.0))
    mask[y0:y1, x0:x1] = False
    assert not mask.any()
    assert frame_box(scene.place.to_photo, 200, 100)[2:] == (200, 100)


@pytest.mark.parametrize(("left", "top", "side"), [(215, 110, 200), (0, 0, 220)], ids=["top left", "bottom right"])
def test_a_face_that_the_photo_cuts(left: int, top: int, side: int) -> None:
    cut = Scene(photo()[top : top + side, left : left + side].copy(), POINTS - np.array([left, top], np.float32))
    np.testing.assert_array_equal(over(cut.canvas, cut.zero)[0], cut.srgb)
    pixels, mask = over(cut.canvas, cut.change(1.5))
    changed = (pixels != cut.srgb).any(axis=2)
    assert changed.any()
    assert not (changed & ~mask).any()


# --- motion -----------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [-2.0, 0.5, 1.0, 2.0])
def test_the_motion_of_a_slider_is_what_the_pictures_show(scene: Scene, amount: float) -> None:
    field = scene.slider.at(amount, scene.draw).field
    x, y = (round(MARGIN + at) for at in SMILE_AT)
    found = field[y - 6 : y + 7, x - 10 : x + 11].mean(axis=(0, 1))
    wanted = flow_of(amount)[y - 6 - MARGIN : y + 7 - MARGIN, x - 10 - MARGIN : x + 11 - MARGIN].mean(axis=(0, 1))
    assert found[1] == pytest.approx(wanted[1], rel=0.25)
    assert abs(found[0]) < 0.25 * abs(wanted[1])
    assert np.abs(field[0]).max() < 0.05, "it has run out at the frame's border"


def test_between_knots_motion_is_linear_and_knots_are_measured_once(scene: Scene) -> None:
    slider = SliderMotion(scene.still, scene.place.trust, 1.0)
    drawn: list[float] = []

    def draw(amount: float) -> F32:
        drawn.append(amount)
        return scene.draw(amount)

    assert slider.missing(-1.2) == 3
    at = {amount: slider.at(amount, draw).field for amount in (-1.0, -1.25, -1.5, -0.01)}
    assert drawn == [-0.5, -1.0, -1.5]
    assert slider.missing(-1.5) == 0
    np.testing.assert_allclose(at[-1.25], (at[-1.0] + at[-1.5]) / 2, atol=1e-5)
    np.testing.assert_allclose(at[-0.01] * 50, slider.at(-0.5, draw).field, atol=1e-3)
    assert slider.at(0.0, draw) is NO_MOTION


class Counted:
    """The scene's pictures, and the amounts they were drawn for."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.amounts: list[float] = []

    def __call__(self, amount: float) -> F32:
        self.amounts.append(amount)
        return self.scene.draw(amount)

    def slider(self) -> SliderMotion:
        return SliderMotion(self.scene.still, self.scene.place.trust, 1.0)


def test_what_was_measured_ahead_is_not_measured_again(scene: Scene) -> None:
    draw = Counted(scene)
    slider = draw.slider()
    for _ in slider.ahead(1.2, draw):
        pass
    assert draw.amounts == [0.5, 1.0, 1.5]
    assert slider.missing(1.5) == 0
    early, late = slider.at(1.3, draw), draw.slider().at(1.3, scene.draw)
    assert draw.amounts == [0.5, 1.0, 1.5]
    np.testing.assert_array_equal(early.field, late.field)
    np.testing.assert_array_equal(early.disagreement, late.disagreement)


@pytest.mark.parametrize("parts", range(1, 8))
def test_measuring_may_be_broken_off_anywhere(scene: Scene, parts: int) -> None:
    """Whether it goes on after somebody else has measured, or never."""
    draw = Counted(scene)
    slider, whole = draw.slider(), draw.slider().at(1.7, scene.draw)
    left = slider.ahead(1.5, draw)
    for _ in range(parts):
        next(left)
    between = slider.at(1.7, draw)
    for _ in left:
        pass
    again = slider.at(1.7, draw)
    for motion in (between, again):
        np.testing.assert_array_equal(motion.field, whole.field)
        np.testing.assert_array_equal(motion.disagreement, whole.disagreement)


def test_a_sketch_of_a_motion_measures_only_what_it_cannot_stretch(scene: Scene) -> None:
    draw = Counted(scene)
    slider = draw.slider()
    near = slider.sketched(STRETCH * SPACING, draw)
    assert draw.amounts == [0.5]
    np.testing.assert_allclose(near.field, slider.at(SPACING, draw).field * STRETCH, atol=1e-2)
    assert not slider.reaches(2.0)
    slider.sketched(2.0, draw)
    assert draw.amounts == [0.5, 1.0]
    assert slider.reaches(3.0)
    slider.at(2.0, draw)
    measured = list(draw.amounts)
    sketch_of, full = slider.sketched(1.8, draw), slider.at(1.8, draw)
    assert draw.amounts == measured == [0.5, 1.0, 1.5, 2.0]
    np.testing.assert_array_equal(sketch_of.field, full.field)
    assert slider.sketched(0.0, draw) is NO_MOTION


@pytest.mark.parametrize("amount", [1e-12, -1e-12, 3.0, 8.0, 20.0])
def test_a_stretched_motion_does_not_fold_and_looks_the_same_way(scene: Scene, amount: float) -> None:
    stretched = Counted(scene).slider().sketched(amount, scene.draw)
    assert np.isfinite(stretched.field).all()
    assert determinant(stretched.field).min() > 0
    if abs(amount) >= 3:
        x, y = (round(MARGIN + at) for at in SMILE_AT)
        assert stretched.field[y, x, 1] < -1, "the mouth sinks"


def test_a_field_that_folds_is_shortened_until_it_does_not() -> None:
    y, x = np.mgrid[:FRAME, :FRAME]
    hill = np.exp(-((x - 128) ** 2 + (y - 128) ** 2) / 200).astype(np.float32)
    fold = np.stack([40 * hill, 10 * hill], axis=2)
    assert determinant(fold).min() < 0, "the test's own field folds"
    flat = unfolded(fold)
    assert determinant(flat).min() == pytest.approx(MIN_DET, abs=0.01)
    gentle = fold * np.float32(0.05)
    assert unfolded(gentle) is gentle
    half = Motion(fold * np.float32(0.5), np.zeros((UNITS, UNITS), np.float32))
    assert determinant(mixed([half, half]).field).min() > 0
    assert mixed([]) is NO_MOTION


def test_a_generator_that_draws_beside_the_photo_is_put_right() -> None:
    own = Scene(photo())
    beside = Still.of(own.place, moved(own.picture, flow_of(1.0)))
    mouth = own.place.paint.mask[..., None] > 0.9
    wrong = np.abs(moved(own.still.paint, flow_on(own, 1.0)) - own.place.photo)[mouth[..., 0]].mean()
    left = np.abs(beside.paint - own.place.photo)[mouth[..., 0]].mean()
    assert left < 0.6 * wrong


def flow_on(own: Scene, amount: float) -> F32:
    side = own.place.photo.shape[0]
    return np.asarray(cv2.resize(flow_of(amount), (side, side)) * (side / UNITS), np.float32)


# --- colour and detail ------------------------------------------------------------------------


def test_expressions_do_not_redden_the_lips(scene: Scene) -> None:
    red = scene.picture + bump()[..., None] * np.array([30, -10, 5], np.float32)
    expression = make_change(scene.place, scene.still, red, red, NO_MOTION, Nature(1.0, 0.0)).added.picture
    look = make_change(scene.place, scene.still, red, red, NO_MOTION, Nature(0.0, 0.0)).added.picture
    assert np.abs(colour(expression)).max() < 0.5 * np.abs(colour(look)).max()
    assert np.abs(colour(look)).max() > 5


def test_what_appears_is_added_whole(scene: Scene) -> None:
    dark = scene.picture - 40 * bump()[..., None]
    change = make_change(scene.place, scene.still, scene.still.picture, dark, NO_MOTION, Nature(0.0, 1.0))
    assert change.added.picture.min() < -35


def test_a_gray_photo_gets_no_colour() -> None:
    gray = np.repeat(np.rint(lum(photo().astype(np.float32))).astype(np.uint8)[..., None], 3, axis=2)
    scene = Scene(gray)
    assert scene.place.gray
    assert not Scene(photo()).place.gray
    red = scene.picture + bump()[..., None] * np.array([60, 0, 0], np.float32)
    change = make_change(scene.place, scene.still, red, red, NO_MOTION, Nature(0.0, 1.0))
    pixels, _ = over(scene.canvas, change)
    assert (pixels != gray).any()
    assert (pixels.max(axis=2).astype(int) - pixels.min(axis=2)).max() <= 1


@pytest.mark.parametrize("strength", [0.0, 4.0])
def test_grain_is_as_strong_as_the_photo_s(scene: Scene, strength: float) -> None:
    noise = np.random.default_rng(0).standard_normal((512, 512, 1)) * strength
    plain = np.repeat(np.rint(128 + noise), 3, axis=2).astype(np.uint8)
    grain = grain_of(Canvas(plain, scene.place.to_photo), scene.place.crop.mask)
    fine = plain[..., 0].astype(np.float32)
    wanted = float((fine - cv2.GaussianBlur(fine, (0, 0), 1.0)).std())
    got = float((grain - cv2.GaussianBlur(grain, (0, 0), 1.0)).std())
    assert got == pytest.approx(wanted, rel=0.2, abs=0.01)
    assert grain.mean() == pytest.approx(0, abs=0.1)


def test_the_paint_grid_grows_with_the_generator() -> None:
    assert paint_side(128) <= paint_side(256) <= paint_side(1024)
    assert paint_side(128) >= UNITS
