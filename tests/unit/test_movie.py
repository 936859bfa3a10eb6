"""Animations: order, durations, sizes and colours of what a player shows."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from facelab.core.movie import SUFFIXES, Timeline, even, video, write_movie
from facelab.core.movie.gif import Palette, write_gif
from facelab.core.progress import Progress, run
from facelab.core.values import U8

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "astronaut.png"
needs_pyav = pytest.mark.skipif(importlib.util.find_spec("av") is None, reason="PyAV (extra h264) is not installed")


def sweep(count: int, width: int = 120, height: int = 96) -> list[U8]:
    """A photo in which a soft spot moves: only a part of it changes."""
    with Image.open(SAMPLE) as image:
        photo = np.asarray(image.convert("RGB").crop((130, 20, 370, 212)).resize((width, height)))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    near = np.exp(-((x - width / 2) ** 2 + (y - height / 2) ** 2) / (2 * (width / 12) ** 2))
    return [
        np.asarray(
            cv2.remap(photo, x - 6 * i / (count - 1) * near, y, cv2.INTER_CUBIC, None, cv2.BORDER_REFLECT), np.uint8
        )
        for i in range(count)
    ]


def test_timeline_goes_there_and_back_with_holds() -> None:
    line = Timeline(4, 20, 0.5)
    assert line.order == (0, 1, 2, 3, 2, 1)
    assert line.seconds() == (0.5, 0.05, 0.05, 0.5, 0.05, 0.05)
    assert line.shares()[0] == 0
    assert line.shares()[-1] == 1
    assert list(line.shares()) == sorted(line.shares())
    assert Timeline(2).order == (0, 1)


@pytest.mark.parametrize("fps", [7, 12.5, 24, 30, 60])
def test_gif_clock_keeps_the_total_time(fps: float) -> None:
    line = Timeline(24, fps, 0.5)
    drift = sum(line.centiseconds()) - 100 * sum(line.seconds())
    assert abs(drift) <= (1 if fps <= 50 else 20)  # 60 fps: no frame may be shorter than 2/100 s
    assert min(line.centiseconds()) >= 2


def test_gif_shows_every_frame_within_its_palette(tmp_path: Path) -> None:
    frames, line = sweep(6), Timeline(6)
    path = tmp_path / "a.gif"
    run(write_movie(path, frames, line))
    with Image.open(path) as gif:
        assert gif.n_frames == 10
        assert gif.info["loop"] == 0
        durations = []
        for position, number in enumerate(line.order):
            gif.seek(position)
            durations.append(gif.info["duration"])
            shown = np.asarray(gif.convert("RGB"))
            smooth = [cv2.GaussianBlur(each.astype(np.float32), (0, 0), 2) for each in (shown, frames[number])]
            assert np.sqrt(np.mean((smooth[0] - smooth[1]) ** 2)) < 4
    assert durations == [500, 50, 50, 50, 50, 500, 50, 50, 50, 50]


def test_gif_stores_only_what_moves() -> None:
    frames = sweep(6, 240, 192)
    moving = len(run(write_gif(frames, Timeline(6).order, Timeline(6).centiseconds())))
    still = len(run(write_gif([frames[0]] * 6, Timeline(6).order, Timeline(6).centiseconds())))
    one = len(run(write_gif([frames[0]] * 2, (0,), (5,))))
    assert still < one + 600  # nine frames in which nothing moves
    assert moving < 4 * one


def test_dither_of_a_place_does_not_depend_on_the_part_that_is_drawn() -> None:
    frames = sweep(2)
    palette = Palette([frames[0], frames[1]])
    whole = palette.indices(frames[0], 0, 0)
    assert np.array_equal(palette.indices(frames[0][40:60, 33:90], 40, 33), whole[40:60, 33:90])
    assert whole.max() < 255  # the last index means "as before"


def test_gray_frames_stay_gray() -> None:
    gray = [np.repeat(frame[..., :1], 3, axis=2) for frame in sweep(2)]
    colours = Palette(gray).colours.astype(int)
    assert np.ptp(colours, axis=1).max() <= 1


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("size", [(120, 96), (51, 34)])
def test_every_format_has_the_frames_and_the_size(tmp_path: Path, suffix: str, size: tuple[int, int]) -> None:
    width, height = size
    if even(suffix):
        width += width % 2
    frames, line = sweep(5, width, height), Timeline(5, 10, 0.5)
    path = tmp_path / f"a{suffix}"
    run(write_movie(path, frames, line))
    assert list(tmp_path.iterdir()) == [path]
    shown = decoded(path)
    assert shown[0].shape == frames[0].shape
    if even(suffix):  # a constant rate repeats the ends
        assert len(shown) == 5 + 3 + 5 + 3
        first, last = shown[2], shown[9]
    else:
        assert len(shown) == 8
        first, last = shown[0], shown[4]
    for picture, frame in ((first, frames[0]), (last, frames[-1])):
        assert abs(picture.astype(int).mean() - frame.mean()) < 4
        assert np.abs(picture.astype(int) - frame).mean() < 9


def decoded(path: Path) -> list[U8]:
    """All pictures of an animation, RGB."""
    if path.suffix in (".gif", ".webp"):
        with Image.open(path) as image:
            return [_frame(image, i) for i in range(image.n_frames)]
    reader = cv2.VideoCapture(str(path))
    pictures = []
    while True:
        more, picture = reader.read()
        if not more:
            return pictures
        pictures.append(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))


def _frame(image: Image.Image, i: int) -> U8:
    image.seek(i)
    return np.array(image.convert("RGB"))


@needs_pyav
def test_video_is_h264_in_the_declared_colours(tmp_path: Path) -> None:
    import av

    frames = [np.full((64, 64, 3), colour, np.uint8) for colour in ((200, 60, 40), (40, 60, 200))]
    (notice,) = run(write_movie(tmp_path / "a.mp4", frames, Timeline(2)))
    assert notice.code == "codec_h264"
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert int(stream.codec_context.colorspace) == 1  # BT.709, as players assume
        picture = next(container.decode(stream)).to_ndarray(format="rgb24", src_colorspace="ITU709")
    assert np.abs(picture.reshape(-1, 3).mean(axis=0) - (200, 60, 40)).max() < 6


def test_without_pyav_the_video_is_vp9_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "_pyav_has", lambda codec: False)
    (notice,) = run(write_movie(tmp_path / "a.mp4", sweep(3), Timeline(3)))
    assert notice.code == "codec_vp9_instead"
    assert len(decoded(tmp_path / "a.mp4")) == 10 + 1 + 10 + 1


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_cancelled_animation_leaves_nothing(tmp_path: Path, suffix: str) -> None:
    steps = write_movie(tmp_path / f"a{suffix}", sweep(6), Timeline(6))
    assert isinstance(next(steps), Progress)
    steps.close()
    assert list(tmp_path.iterdir()) == []
