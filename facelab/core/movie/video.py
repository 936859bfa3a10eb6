"""MP4 and WebM: H.264 and VP9 by PyAV where it is installed, else VP9 by OpenCV. The one module that knows both."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from facelab.core.errors import CannotWrite
from facelab.core.progress import Progress, Steps
from facelab.core.values import U8, Notice

H264 = Notice("codec_h264", "The video is H.264.")
VP9 = Notice("codec_vp9", "The video is VP9.")
VP9_INSTEAD = Notice("codec_vp9_instead", "The video is VP9, as H.264 needs PyAV: pip install facelab[h264]")
# constant quality, visually lossless at this size; 4 = fast enough for two cores
_OPTIONS = {
    "libx264": {"crf": "17", "preset": "medium"},
    "libvpx-vp9": {"crf": "24", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"},
}
_BT709 = 1  # AVCOL_SPC_BT709, and the same number for primaries and transfer


def write_video(
    path: Path, frames: Sequence[U8], order: Sequence[int], repeats: Sequence[int], rate: Fraction
) -> Steps[Notice]:
    """Write frames u8 [H, W, 3] with even sides to `path` (.mp4, .webm). Yields once per entry; says the codec.

    Raises CannotWrite.
    """
    codec = "libx264" if path.suffix.lower() == ".mp4" else "libvpx-vp9"
    if _pyav_has(codec):
        yield from _with_pyav(path, codec, frames, order, repeats, rate)
        return H264 if codec == "libx264" else VP9
    yield from _with_opencv(path, frames, order, repeats, rate)
    return VP9_INSTEAD if codec == "libx264" else VP9


def _pyav() -> Any:
    """PyAV, an optional extra: imported by name, so that types are checked where it is missing, too."""
    importlib.import_module("av.video.reformatter")
    return importlib.import_module("av")


def _pyav_has(codec: str) -> bool:
    """Whether PyAV is there and was built with this encoder."""
    if importlib.util.find_spec("av") is None:
        return False
    try:
        _pyav().codec.Codec(codec, "w")
    except (ImportError, ValueError):  # a broken install, or a build without the encoder
        return False
    return True


def _with_pyav(
    path: Path, codec: str, frames: Sequence[U8], order: Sequence[int], repeats: Sequence[int], rate: Fraction
) -> Steps[None]:
    av = _pyav()
    height, width = frames[0].shape[:2]
    options = {"movflags": "+faststart"} if codec == "libx264" else {}
    try:
        with av.open(str(path), "w", options=options) as container:
            stream = container.add_stream(codec, rate=rate, options=_OPTIONS[codec])
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            context = stream.codec_context
            context.colorspace = context.color_primaries = context.color_trc = _BT709
            context.color_range = 1  # 16..235
            for step, (number, times) in enumerate(zip(order, repeats, strict=True), 1):
                picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frames[number]), format="rgb24")
                shown = picture.reformat(format="yuv420p", dst_colorspace=av.video.reformatter.Colorspace.ITU709)
                for _ in range(times):
                    shown.pts = None  # counted by the stream
                    container.mux(stream.encode(shown))
                yield Progress("export", step, len(order))
            container.mux(stream.encode(None))
    except (av.FFmpegError, ValueError) as error:
        raise CannotWrite(path=path, reason=f"the video encoder says: {error}") from error


def _with_opencv(
    path: Path, frames: Sequence[U8], order: Sequence[int], repeats: Sequence[int], rate: Fraction
) -> Steps[None]:
    height, width = frames[0].shape[:2]
    code = cv2.VideoWriter.fourcc(*("vp09" if path.suffix.lower() == ".mp4" else "VP90"))
    with _hushed():  # OpenCV remarks on stderr that WebM files have no such tag, and writes them well
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, float(rate), (width, height))
    if not writer.isOpened():
        raise CannotWrite(path=path, reason="this OpenCV cannot write VP9 video; pip install facelab[h264]")
    try:
        for step, (number, times) in enumerate(zip(order, repeats, strict=True), 1):
            picture = cv2.cvtColor(frames[number], cv2.COLOR_RGB2BGR)
            for _ in range(times):
                writer.write(picture)
            yield Progress("export", step, len(order))
    finally:
        writer.release()


@contextmanager
def _hushed() -> Iterator[None]:
    """Nothing that a C library prints reaches stderr meanwhile."""
    try:
        number = sys.stderr.fileno()
        saved, sink = os.dup(number), os.open(os.devnull, os.O_WRONLY)
    except (OSError, ValueError, AttributeError):  # a window program without a stderr
        yield
        return
    try:
        os.dup2(sink, number)
        yield
    finally:
        with suppress(OSError):
            os.dup2(saved, number)
        os.close(saved)
        os.close(sink)
