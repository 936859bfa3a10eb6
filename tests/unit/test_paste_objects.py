"""What appears on a face: glasses and beards stay where they are, and nothing stains the skin around them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from test_paste import FREE, STILL_NATURE, Scene, photo

from facelab.core.paste import Change, Nature, Still, make_change
from facelab.core.paste.change import NO_MOTION
from facelab.core.paste.frame import UNITS, blur, centred, colour, lum, resized
from facelab.core.values import F32, U8

FOREHEAD, CHEEK = (slice(10, 22), slice(54, 74)), (slice(74, 84), slice(26, 38))
OBJECT = Nature(0.0, 1.0)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(photo())


def frames() -> F32:
    """1 on two rings around the eyes and the bridge between them: f32 [128, 128]."""
    y, x = np.mgrid[:UNITS, :UNITS] + 0.5
    rings = [np.abs(np.hypot(x - at, (y - 40) * 1.2) - 15) < 1.5 for at in (40, 88)]
    bridge = (np.abs(x - 64) < 9) & (np.abs(y - 38) < 1.5)
    return (rings[0] | rings[1] | bridge).astype(np.float32)


def with_glasses(scene: Scene, darker: float = 70.0, stain: tuple[float, float, float] = (14, 6, 0)) -> Change:
    """Glasses as a generator draws them: it makes the forehead a little lighter and redder as well."""
    difference = np.zeros((UNITS, UNITS, 3), np.float32)
    difference[:28] += np.float32(stain)
    difference -= darker * frames()[..., None]
    face = scene.still.picture
    return make_change(scene.place, scene.still, face, face + difference, NO_MOTION, OBJECT)


def on_crop(change: Change) -> F32:
    return resized(change.added.picture, UNITS)


def test_glasses_are_added_and_the_forehead_stays(scene: Scene) -> None:
    added = on_crop(with_glasses(scene))
    on_frames = lum(added)[(frames() > 0) & (scene.place.crop.temples > 0.9)]
    assert np.median(on_frames) < -60, "as dark as the generator drew them, or darker"
    assert np.abs(added[FOREHEAD]).max() < 1.5
    assert np.abs(added[CHEEK]).max() < 1.5


def test_an_object_half_as_strong_adds_half(scene: Scene) -> None:
    """So that a slider grows from nothing without a jump."""
    whole, half = on_crop(with_glasses(scene)), on_crop(with_glasses(scene, 35.0, (7, 3, 0)))
    assert np.percentile(np.abs(half - whole / 2), 99) < 2, "but for hair, which cannot become darker than black"
    faint = on_crop(with_glasses(scene, 0.7, (0.14, 0.06, 0)))
    assert np.percentile(np.abs(faint - whole / 100), 99) < 0.1


def test_what_shades_skin_does_not_turn_it_blue(scene: Scene) -> None:
    """The complement of skin is what a weak generator makes of dark hair."""
    y, x = np.mgrid[:UNITS, :UNITS] + 0.5
    chin = (np.hypot(x - 64, y - 104) < 16).astype(np.float32)[..., None]
    face = scene.still.picture
    bluish = face - chin * np.float32((120, 80, 30))
    change = make_change(scene.place, scene.still, face, bluish, NO_MOTION, OBJECT)
    inside = (chin[..., 0] > 0) & (scene.place.crop.mask > 0.9)
    own, goal = colour(scene.place.small), colour(scene.place.small + on_crop(change))
    assert ((own + colour(bluish - face)) * own).sum(axis=2)[inside].min() < -500, "it was blue"
    warm = (goal * own).sum(axis=2)[inside] / np.maximum((own * own).sum(axis=2)[inside], 100)
    assert (goal * own).sum(axis=2)[inside].min() > -150
    darker = lum(scene.place.small + on_crop(change))[inside] / lum(scene.place.small)[inside]
    assert np.median(warm) > 0.5 * np.median(darker), "as warm as shaded skin, nearly"
    assert np.median(lum(on_crop(change))[inside]) < -50


def test_lips_that_darken_do_not_look_painted(scene: Scene) -> None:
    """An additive change keeps the colour while the brightness falls: that is what lipstick looks like."""
    face = scene.still.picture
    y, x = np.mgrid[:UNITS, :UNITS] + 0.5
    mouth = np.exp(-(((x - 64) / 16) ** 2 + ((y - 96) / 5) ** 2)).astype(np.float32)[..., None]
    change = make_change(scene.place, scene.still, face - 60 * mouth, face - 60 * mouth, NO_MOTION, FREE)

    def colourfulness(picture: F32) -> F32:
        return np.linalg.norm(colour(picture), axis=2) / (lum(picture) + 16)

    before, after = colourfulness(scene.place.small), colourfulness(scene.place.small + on_crop(change))
    plain = colourfulness(scene.place.small - 60 * mouth)
    lips = mouth[..., 0] > 0.5
    most = before[90:103, 48:81].max()
    assert plain[lips].max() > most + 0.05, "without care they do"
    assert after[lips].max() < most + 0.03
    assert lum(on_crop(change))[lips].min() < -40, "the edit is still there"


def test_glasses_on_dark_skin_are_no_mask(scene: Scene) -> None:
    """Firm edges stop at what the generator drew near by, where the skin leaves little room below."""
    dark = Scene((photo() * 0.35).astype(np.uint8))
    after = lum(dark.place.small + on_crop(with_glasses(dark, 25.0)))
    wanted = lum(dark.place.small - 25.0 * frames()[..., None])
    skin = dark.place.crop.mask > 0.9
    assert after[skin].min() > 0.8 * wanted[skin].min() - 2
    assert np.median((after - lum(dark.place.small))[(frames() > 0) & skin]) < -18, "and yet they are there"


def test_frames_that_the_code_hardly_shows_go_from_the_photo(scene: Scene) -> None:
    """The photo's frames are sharp, the generator's faint; where it lightens their place, the photo's are redrawn."""
    rings = frames()[..., None]
    worn = Scene(extract_back(scene, 90.0 * rings))
    before = worn.picture * (1 - rings) + (scene.picture - 25 * rings) * rings
    lens = np.clip(blur(rings[..., 0], 6) * 4, 0, 1)[..., None]
    still = Still.of(worn.place, before - 12 * lens)
    change = make_change(worn.place, still, still.picture, scene.picture, NO_MOTION, OBJECT)
    assert change.redrawn is not None
    share = resized(change.redrawn.weight, UNITS)
    assert np.median(share[(frames() > 0) & (worn.place.crop.temples > 0.9)]) > 0.4, "brows and lashes cross them"
    assert share[84:110, 40:88].max() < 0.1, "the mouth is no glasses"


def extract_back(scene: Scene, darker: F32) -> U8:
    """The photo with a difference f32 [128, 128, 3] taken from its crop."""
    size = (scene.srgb.shape[1], scene.srgb.shape[0])
    laid = cv2.warpAffine(darker, centred(scene.place.to_photo), size, flags=cv2.INTER_LINEAR)
    laid = laid if laid.ndim == 3 else laid[..., None]
    return np.clip(scene.srgb - laid, 0, 255).astype(np.uint8)


def test_nothing_added_is_nothing(scene: Scene) -> None:
    face = scene.still.picture
    same = make_change(scene.place, scene.still, face, face.copy(), NO_MOTION, STILL_NATURE)
    assert not same.added.picture.any()
    assert same.redrawn is None
