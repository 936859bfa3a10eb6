"""Animations between two pictures: `Timeline`, `write_movie`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from facelab.core.errors import CannotWrite, UsageError
from facelab.core.files import replacing
from facelab.core.movie.gif import write_gif
from facelab.core.movie.timeline import Timeline
from facelab.core.movie.video import write_video
from facelab.core.progress import Progress, Steps
from facelab.core.values import U8, Notice

__all__ = ["SUFFIXES", "Timeline", "even", "write_movie"]

SUFFIXES = (".gif", ".webp", ".mp4", ".webm")
WEBP_LONGEST = 16_383


def even(suffix: str) -> bool:
    """Whether the format halves its colours and needs even sides."""
    return suffix.lower() in (".mp4", ".webm")


def write_movie(
    path: Path, frames: Sequence[U8], timeline: Timeline, *, quality: int = 90
) -> Steps[tuple[Notice, ...]]:
    """Write `timeline.frames` pictures u8 [H, W, 3] sRGB of one size there and back; the file is complete or absent.

    quality: of WebP, 1..100. Returns which video codec was used. Raises UsageError (suffix), CannotWrite.
    """
    order = timeline.order
    with replacing(path) as temporary:
        match path.suffix.lower():
            case ".gif":
                data = yield from write_gif(frames, order, timeline.centiseconds())
                temporary.write_bytes(data)
            case ".webp":
                yield from _write_webp(temporary, frames, timeline, quality)
            case ".mp4" | ".webm":
                notice = yield from write_video(temporary, frames, order, timeline.repeats(), timeline.rate)
                return (notice,)
            case _:
                raise UsageError(detail=f"{path}: unknown suffix. Animations are written as {', '.join(SUFFIXES)}.")
    return ()


def _write_webp(path: Path, frames: Sequence[U8], timeline: Timeline, quality: int) -> Steps[None]:
    if max(frames[0].shape[:2]) > WEBP_LONGEST:
        raise CannotWrite(path=path, reason=f"WebP holds at most {WEBP_LONGEST} px; take a smaller --size")
    order = timeline.order
    yield Progress("export", 0, len(order))
    pictures = [Image.fromarray(frame) for frame in frames]
    milliseconds = [round(1000 * seconds) for seconds in timeline.seconds()]
    rest = [pictures[number] for number in order[1:]]
    pictures[0].save(
        path, "WEBP", save_all=True, append_images=rest, duration=milliseconds, loop=0, quality=quality, method=2
    )
    yield Progress("export", len(order), len(order))
