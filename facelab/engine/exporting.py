"""Edited faces to files: photos, aligned crops, strips and animations, by the suffix of each file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from facelab.core.errors import UsageError
from facelab.core.files import replacing
from facelab.core.movie import SUFFIXES as MOVIES
from facelab.core.movie import Timeline, even, write_movie
from facelab.core.photo.encode import FORMAT_OF_SUFFIX
from facelab.core.photo.writer import check_output, write_photo, write_picture
from facelab.core.progress import Progress, Steps
from facelab.core.recipe import Edit, EditRecipe
from facelab.core.values import U8, Notice
from facelab.engine.messages import ExportOptions
from facelab.engine.painter import Pasted, paste_full, scaled
from facelab.engine.session import FaceWork, Session
from facelab.engine.strips import crop_of, strip


def export(
    session: Session, works: Sequence[FaceWork], recipe: EditRecipe, options: ExportOptions
) -> Steps[tuple[Notice, ...]]:
    """Write one file; `works` are faces of one photo, edited alike. Returns what was left out, changed or chosen.

    The file is complete or absent, also after close(). Raises UsageError, OutputExists, OutputIsInput, CannotWrite.
    """
    return (yield from Exporter(session, works, recipe).write(options))


def is_movie(options: ExportOptions) -> bool:
    """Whether the file is an animation: by its suffix, and .webp when asked to."""
    suffix = options.path.suffix.lower()
    return suffix in MOVIES and (suffix != ".webp" or options.animate)


@dataclass(slots=True, eq=False)
class Exporter:
    """Several files of one edit: the photo is pasted once, and animations of one size share their frames."""

    session: Session
    works: Sequence[FaceWork]
    recipe: EditRecipe
    _pasted: Pasted | None = None
    _frames: dict[tuple[object, ...], list[U8]] = field(default_factory=dict)

    def write(self, options: ExportOptions, edits: Sequence[Edit] = ()) -> Steps[tuple[Notice, ...]]:
        """As `export`. edits: what a strip shows, in place of options.strip_key."""
        photo = self.works[0].slot.photo
        inputs = (Path(photo.source),) if photo.source else ()
        check_output(options.path, replace=options.replace, inputs=inputs)
        if options.strip_key is not None and not edits:
            edits = (self._edit_of(options.strip_key),)
        if is_movie(options):
            return (yield from self._movie(options))
        if options.path.suffix.lower() not in FORMAT_OF_SUFFIX:
            known = ", ".join((*FORMAT_OF_SUFFIX, *MOVIES))
            raise UsageError(detail=f"{options.path}: unknown suffix. Known are {known}.")
        if edits:
            pixels = yield from strip(self.session, self.works, self.recipe, edits, crop_only=options.crop_only)
            return (yield from self._picture(pixels, options))
        if options.crop_only:
            return (yield from self._picture(crop_of(self.session, self.works[0], self.recipe), options))
        return (yield from self._photo(options))

    def write_mask(self, path: Path, *, replace_file: bool) -> Steps[None]:
        """The region that the edit may change, as a gray PNG: 255 inside, 0 = untouched."""
        check_output(path, replace=replace_file)
        pasted = yield from self.pasted()
        with replacing(path) as temporary:
            Image.fromarray(pasted.mask).save(temporary, "PNG")

    def pasted(self) -> Steps[Pasted]:
        """The whole photo with the edit, made once."""
        if self._pasted is None:
            yield Progress("paste", 0, 1)
            self._pasted = paste_full(self.session, self.works, self.recipe)
            yield Progress("paste", 1, 1)
        return self._pasted

    # --- kinds of files -----------------------------------------------------------------------

    def _photo(self, options: ExportOptions) -> Steps[tuple[Notice, ...]]:
        pasted = yield from self.pasted()
        photo = self.works[0].slot.photo
        yield Progress("export", 0, 1)
        notices = write_photo(
            replace(photo, pixels=pasted.pixels),
            photo,
            options.path,
            quality=options.quality,
            strip_metadata=options.strip_metadata,
            keep_gps=options.keep_gps,
            edit_mark=options.edit_mark,
            replace=options.replace,
        )
        yield Progress("export", 1, 1)
        return notices

    def _picture(self, pixels: U8, options: ExportOptions) -> Steps[tuple[Notice, ...]]:
        yield Progress("export", 0, 1)
        write_picture(
            pixels, options.path, quality=options.quality, edit_mark=options.edit_mark, replace=options.replace
        )
        yield Progress("export", 1, 1)
        return ()

    def _movie(self, options: ExportOptions) -> Steps[tuple[Notice, ...]]:
        timeline = Timeline(max(2, options.frames), options.fps, options.hold)
        size = self._size(options)
        key = (*size, timeline.frames, options.crop_only)
        if key not in self._frames:
            self._frames[key] = yield from self._sweep(timeline, size, crop_only=options.crop_only)
        return (yield from write_movie(options.path, self._frames[key], timeline, quality=min(options.quality, 90)))

    def _sweep(self, timeline: Timeline, size: tuple[int, int], *, crop_only: bool) -> Steps[list[U8]]:
        frames = []
        for share in timeline.shares():
            recipe = self.recipe.swept(share)
            frames.append(self._crop_frame(recipe, size) if crop_only else self._frame(recipe, size))
            yield Progress("paste", len(frames), timeline.frames)
        return frames

    # --- pictures -----------------------------------------------------------------------------

    def _frame(self, recipe: EditRecipe, size: tuple[int, int]) -> U8:
        """The whole edited photo at `size` (width, height); transparent parts on white."""
        shown = scaled(self.session, self.works, recipe, *size)
        alpha = self.works[0].slot.photo.alpha
        if alpha is None:
            return shown
        cover = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)[..., None] / 255
        return np.asarray(np.rint(shown * cover + 255 * (1 - cover)), np.uint8)

    def _crop_frame(self, recipe: EditRecipe, size: tuple[int, int]) -> U8:
        crop = crop_of(self.session, self.works[0], recipe)
        if crop.shape[1::-1] == size:
            return crop
        return np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_CUBIC), np.uint8)

    def _size(self, options: ExportOptions) -> tuple[int, int]:
        """Width and height of a frame: of the photo at --size, or of the crop as it is; even for video."""
        side = self.works[0].alignment.size
        height, width = (side, side) if options.crop_only else self.works[0].slot.srgb.shape[:2]
        longest = side if options.crop_only else options.size
        step = 2 if even(options.path.suffix) else 1
        scale = longest / max(width, height) / step
        return max(1, round(width * scale)) * step, max(1, round(height * scale)) * step

    def _edit_of(self, key: str) -> Edit:
        """The recipe's own edit of a slider, with its layers, or a plain one."""
        return next((edit for edit in self.recipe.edits if edit.key == key), Edit("direction", key, 0.0))
