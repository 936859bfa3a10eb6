"""One person's work: photos, faces, codes and the generator that is tuned to them.

The window's engine, the command line and the tests all use this object; it knows no thread and no mailbox.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch

from facelab.core.alignment import align, extract, map_points, photo_to_crop
from facelab.core.editing.directions import Direction, level
from facelab.core.errors import BadLandmarks, NoFaceFound, NoSuchFace
from facelab.core.finder import find_faces
from facelab.core.generator import FaceGenerator
from facelab.core.image import to_pixels, to_tensor
from facelab.core.photo import to_srgb
from facelab.core.progress import Progress, Steps
from facelab.core.tuning import TunedGenerator, Tuning
from facelab.core.values import F32, U8, Alignment, Crop, Face, Landmarks, Latent, Notice, Photo, Pivot
from facelab.engine.quality import Named, identity, psnr, ssim
from facelab.engine.toolkit import Toolkit
from facelab.project.store import ProjectPhoto


@dataclass(slots=True, eq=False)
class Weights:
    """The generator in use by all faces of a session. step: counts its changes; tuned: it is personal."""

    generator: FaceGenerator
    step: int = 0
    tuned: bool = False
    preset: str = ""


@dataclass(slots=True, eq=False)
class Slot:
    """One photo. srgb: u8 [H, W, 3], what the networks see; faces: None = not looked for yet."""

    photo: Photo
    srgb: U8
    name: str
    faces: tuple[Face, ...] | None = None


@dataclass(slots=True, eq=False)
class FaceWork:
    """One face of one photo. points: f32 [5, 2] photo px (of an aligned input: the convention's own).

    pivot: None until the face is encoded. index: of the face in the photo, 0 = the largest.
    origin: of a face reopened without its photo, where it was cut out; `crop` is the generator's picture then.
    """

    slot: Slot
    alignment: Alignment
    points: F32
    crop: Crop
    index: int = 0
    pivot: Pivot | None = None
    aligned: bool = False
    origin: ProjectPhoto | None = None
    caches: dict[object, object] = field(default_factory=dict)

    @property
    def latent(self) -> Latent:
        assert self.pivot is not None, "the face has not been encoded yet"
        return self.pivot.latent


@dataclass(frozen=True, slots=True)
class Quality:
    """The tuned, unedited crop against the photo's crop. psnr in dB, ssim 0..1."""

    psnr: float
    ssim: float
    perceptual: Named
    identity: Named | None


class Session:
    """Mutable; owned by one thread."""

    def __init__(self, toolkit: Toolkit, *, seed: int = 0) -> None:
        self.toolkit = toolkit
        self.seed = seed
        self.weights = Weights(toolkit.generator)
        self.directions: Mapping[str, Direction] = toolkit.directions
        # of a reopened project these name a generator that may not be here
        self.base_name, self.base_sha256 = toolkit.name, toolkit.generator.info.sha256
        self.slots: list[Slot] = []
        self.faces: list[FaceWork] = []
        self.notices: list[Notice] = []
        self.seconds: dict[str, float] = {}
        self.tuning: Tuning | None = None  # while this program runs, to go on from where it stood
        self.started_from: TunedGenerator | None = None  # the weights of a reopened project

    # --- photo to code ------------------------------------------------------------------------

    def add_photo(self, photo: Photo, name: str) -> Slot:
        """Take a decoded photo in."""
        slot = Slot(photo, to_srgb(photo), name)
        self.notices += photo.notices
        self.slots.append(slot)
        return slot

    def find(self, slot: Slot) -> tuple[Face, ...]:
        """The faces of a photo, largest first; looked for once."""
        if slot.faces is None:
            slot.faces = find_faces(slot.srgb)
        return slot.faces

    def pick(self, slot: Slot, index: int | None) -> tuple[Face, ...]:
        """One face, or all with index None. Raises NoFaceFound or NoSuchFace."""
        faces = self.find(slot)
        if not faces:
            raise NoFaceFound(path=slot.name)
        if index is None:
            return faces
        if index >= len(faces):
            raise NoSuchFace(path=slot.name, index=index, count=len(faces))
        return faces[index : index + 1]

    def take(self, slot: Slot, landmarks: Landmarks, index: int = 0) -> FaceWork:
        """Align and cut out one face. Raises BadLandmarks."""
        info = self.toolkit.generator.info
        try:
            alignment = align(landmarks, info.crop, info.resolution)
        except BadLandmarks as error:  # points alone do not know the photo's name
            raise BadLandmarks(path=slot.name, reason=error.params["reason"]) from error
        return self._work(FaceWork(slot, alignment, landmarks.points, extract(slot.srgb, alignment), index))

    def take_aligned(self, slot: Slot) -> FaceWork:
        """Use the whole photo as the crop: it is aligned already, and only resized."""
        height, width = slot.srgb.shape[:2]
        info = self.toolkit.generator.info
        quad = np.array([(0, 0), (0, height), (width, height), (width, 0)], np.float64)
        alignment = Alignment(quad, info.resolution)
        points = convention_points(info.crop.scale, info.crop.shift) * np.array([width, height], np.float32)
        work = FaceWork(slot, alignment, points, extract(slot.srgb, alignment), aligned=True)
        return self._work(work)

    def _work(self, work: FaceWork) -> FaceWork:
        self.faces.append(work)
        return work

    def encode(self, work: FaceWork) -> None:
        """A first code in one forward pass; without an encoder, the mean code."""
        started = time.perf_counter()
        info = self.toolkit.generator.info
        if self.toolkit.encoder is None:
            code, inverter = self.toolkit.generator.w_avg, "mean"
        else:
            with torch.no_grad():
                w = self.toolkit.encoder(to_tensor(work.crop.pixels, self.toolkit.device))
            code, inverter = w[0].cpu().numpy(), "encoder"
        w_plus = np.repeat(np.asarray(code, np.float32)[None], info.num_ws, axis=0)  # [w] -> [num_ws, w]
        work.pivot = Pivot(Latent(w_plus), info.sha256, inverter, self.seed)
        work.caches.clear()
        self.add_seconds("encode", time.perf_counter() - started)

    def prepare(self, slot: Slot, index: int | None, landmarks: Landmarks | None, *, aligned: bool) -> Steps[None]:
        """Find, cut out and encode the wanted faces of a photo."""
        yield Progress("find", 0, 1)
        started = time.perf_counter()
        if aligned:
            works = [self.take_aligned(slot)]
        elif landmarks is not None:
            works = [self.take(slot, landmarks)]
        else:
            first = index or 0
            works = [self.take(slot, face.landmarks, first + i) for i, face in enumerate(self.pick(slot, index))]
        self.add_seconds("find", time.perf_counter() - started)
        yield Progress("find", 1, 1)
        for done, work in enumerate(works, 1):
            self.encode(work)
            yield Progress("encode", done, len(works))

    # --- pictures -----------------------------------------------------------------------------

    def crop_picture(self, work: FaceWork, w_plus: F32) -> F32:
        """The generator's picture of a code: f32 [3, R, R] in 0..255, not rounded."""
        image = self.weights.generator.render(w_plus, work.latent.noise or None)
        return np.asarray((image[0] * 127.5 + 127.5).clamp(0, 255).cpu().numpy(), np.float32)

    def levels(self, w_plus: F32) -> dict[str, float]:
        """What the model judges of a code, in sigma, by slider."""
        return {key: round(level(direction, w_plus), 3) for key, direction in self.directions.items()}

    def quality(self, work: FaceWork) -> Quality:
        """How well the unedited crop shows the face."""
        image = self.weights.generator.render(work.latent.w_plus, work.latent.noise or None)
        shown = to_pixels(image)
        points = map_points(photo_to_crop(work.alignment), work.points)
        loss = self.toolkit.perceptual()
        target = to_tensor(work.crop.pixels, image.device)
        with torch.no_grad():
            distance = float(loss.distance(loss.features(image), loss.features(target)).mean())
        return Quality(
            psnr(shown, work.crop.pixels),
            ssim(shown, work.crop.pixels),
            Named(loss.name, distance),
            identity(shown, work.crop.pixels, points),
        )

    def add_seconds(self, stage: str, seconds: float) -> None:
        self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds


def convention_points(scale: float, shift: float) -> F32:
    """Where the five points of a frontal face lie in an aligned crop: f32 [5, 2], in fractions of its side.

    From the mean points of aligned faces: the distance of the eyes is the unit, the mouth lies 1.048 below
    them and the nose 0.578; the half side is 2 x scale (the eyes' term of the FFHQ formula rules).
    """
    half = 2.0 * scale * max(1.0, 0.9 * 1.048)
    centre = shift * 1.048
    face = np.array([(-0.5, 0), (0.5, 0), (0, 0.578), (-0.43, 1.048), (0.43, 1.048)], np.float32)
    face[:, 1] -= centre
    return np.asarray(face / (2 * half) + 0.5, np.float32)
