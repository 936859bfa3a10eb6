"""Between a session and a .facelab file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from facelab.core.alignment import align, extract
from facelab.core.editing.directions import Direction
from facelab.core.errors import BrokenProject, FacelabError
from facelab.core.generator import FaceGenerator
from facelab.core.photo import read_photo
from facelab.core.recipe import EditRecipe
from facelab.core.tuning import TunedGenerator
from facelab.core.values import F32, U8, Alignment, Notice, Photo
from facelab.engine.fitting import pivot_of
from facelab.engine.session import FaceWork, Session, Slot, convention_points
from facelab.engine.toolkit import Toolkit, find_base
from facelab.project.store import Project, ProjectPhoto, load_project, save_project


@dataclass(frozen=True, slots=True, eq=False)
class Reopened:
    """A session from a file. has_photo: by face, whether its photo was inside."""

    session: Session
    project: Project
    has_photo: tuple[bool, ...]


def save(
    session: Session,
    path: Path,
    recipe: EditRecipe,
    *,
    with_photos: bool,
    variants: tuple[tuple[str, EditRecipe], ...] = (),
) -> None:
    """Write the session's generator, codes, sliders and edit. Raises CannotWrite."""
    base = session.toolkit.generator
    project = Project(
        generator=session.weights.generator,
        base_name=session.base_name,
        base_sha256=session.base_sha256,
        photos=tuple(_photo(session, work) for work in session.faces),
        directions=session.directions,
        recipe=recipe,
        variants=variants,
        preset=session.weights.preset,
        tuned=session.weights.tuned,
    )
    save_project(path, project, base=base, with_photos=with_photos)


def draw_as_stored(session: Session, path: Path) -> None:
    """Go on with the weights as the file holds them, so that what is drawn now is exactly what it draws later."""
    base = session.toolkit.generator
    session.weights.generator = load_project(path, lambda name, sha256: base, session.toolkit.device).generator
    session.weights.step += 1
    for work in session.faces:
        work.caches.clear()


def _photo(session: Session, work: FaceWork) -> ProjectPhoto:
    pivot = replace(pivot_of(work), generator_sha256=session.base_sha256)
    if work.origin is not None:
        return replace(work.origin, pivot=pivot)
    height, width = work.slot.srgb.shape[:2]
    return ProjectPhoto(
        name=work.slot.name,
        width=width,
        height=height,
        alignment=work.alignment,
        pivot=pivot,
        points=work.points,
        data=work.slot.photo.data,
        aligned=work.aligned,
    )


def reopen(path: Path, toolkit: Toolkit) -> Reopened:
    """Open a .facelab file as a session that needs no tuning. toolkit: of the embedded model, for its nets.

    The base generator is taken when it is there, so that tuning can go on from the stored weights; else the
    stored generator is its own base. Faces without a photo get the generator's picture of them in its place.
    Raises BrokenProject, NewerProject, WrongGenerator, ModelNotFound.
    """
    project = load_project(path, find_base, toolkit.device)
    base, notices = _base(project, toolkit)
    own = replace(
        toolkit,
        name=project.base_name,
        generator=base,
        encoder=toolkit.encoder if base.info.sha256 == toolkit.generator.info.sha256 else None,
        directions=project.directions,
    )
    session = Session(own)
    session.base_name, session.base_sha256 = project.base_name, project.base_sha256
    session.directions = _directions(project, own)
    session.notices += notices
    session.weights.generator, session.weights.tuned = project.generator, project.tuned
    session.weights.preset = project.preset
    pivots = tuple(replace(photo.pivot, generator_sha256=base.info.sha256) for photo in project.photos)
    session.started_from = TunedGenerator(project.generator, pivots, base.info.sha256)
    slots: dict[bytes, Slot] = {}
    for photo in project.photos:
        _add_face(session, photo, slots, path)
    return Reopened(session, project, tuple(photo.data is not None for photo in project.photos))


def _base(project: Project, toolkit: Toolkit) -> tuple[FaceGenerator, list[Notice]]:
    if toolkit.generator.info.sha256 == project.base_sha256:
        return toolkit.generator, []
    try:
        return find_base(project.base_name, project.base_sha256), []
    except FacelabError:
        text = f"The generator this file was tuned from ({project.base_name}) is not here: tuning starts from its own."
        return project.generator, [Notice("base_missing", text)]


def _directions(project: Project, toolkit: Toolkit) -> Mapping[str, Direction]:
    """The file's own sliders; those the present model has in addition, when it is the same generator."""
    if toolkit.generator.info.sha256 != project.base_sha256:
        return project.directions
    return {**toolkit.directions, **project.directions}


def _add_face(session: Session, photo: ProjectPhoto, slots: dict[bytes, Slot], path: Path) -> None:
    alignment, points = photo.alignment, photo.points
    if photo.data is not None:
        if photo.data not in slots:
            slots[photo.data] = session.add_photo(_photo_inside(photo, photo.data, path), photo.name)
        slot = slots[photo.data]
    else:
        image = session.weights.generator.render(photo.pivot.latent.w_plus, photo.pivot.latent.noise or None)
        pixels = _levels(np.asarray(image[0].cpu().numpy() * 127.5 + 127.5))
        slot = session.add_photo(Photo(pixels), photo.name)
        side = session.toolkit.generator.info.resolution
        corners = np.array([(0, 0), (0, side), (side, side), (side, 0)], np.float64)
        alignment, points = Alignment(corners, side), None
    if points is None:
        info = session.toolkit.generator.info
        height, width = slot.srgb.shape[:2]
        points = convention_points(info.crop.scale, info.crop.shift) * np.array([width, height], np.float32)
    crop = extract(slot.srgb, alignment)
    work = FaceWork(slot, alignment, points, crop, pivot=photo.pivot, aligned=photo.aligned)
    work.origin = photo if photo.data is None else None
    work.index = sum(other.slot is slot for other in session.faces)
    session.faces.append(work)


def _photo_inside(photo: ProjectPhoto, data: bytes, path: Path) -> Photo:
    """The embedded original, read. Raises BrokenProject, which names the file that the user opened."""
    try:
        found = read_photo(data, name=photo.name)
    except FacelabError as error:
        raise BrokenProject(path=path, reason=f"its photo {photo.name}: {_why(error)}") from error
    height, width = found.pixels.shape[:2]
    if (width, height) != (photo.width, photo.height):
        described = f"{photo.width} x {photo.height}"
        raise BrokenProject(path=path, reason=f"its photo {photo.name} is {width} x {height} px, described {described}")
    return found


def _why(error: FacelabError) -> object:
    return error.params.get("reason", "it is too large")


def _levels(image: np.ndarray) -> U8:
    return np.ascontiguousarray(
        image.clip(0, 255).round().astype(np.uint8).transpose(1, 2, 0)
    )  # [3, H, W] -> [H, W, 3]


# --- another photo ----------------------------------------------------------------------------

SAME_FACE = 0.2  # of the distance of the eyes: landmarks nearer than this are those of the stored photo


def use_photo(
    found: Reopened, works: Sequence[FaceWork], photo: Photo, name: str
) -> tuple[list[FaceWork], tuple[Notice, ...]]:
    """Paste into this photo. Returns the faces that are drawn there.

    Where it is the photo the file was made from (at any size), the stored place and code serve. In another photo
    of the person the largest face is taken, and its code is the encoder's: the personal generator knows the face.
    Raises NoFaceFound.
    """
    session = found.session
    slot = session.add_photo(photo, name)
    stored = [found.project.photos[session.faces.index(work)] for work in works]
    places = [_same_place(session, slot, entry) for entry in stored]
    if all(place is not None for place in places):
        for work, place, entry in zip(works, places, stored, strict=True):
            assert place is not None, "checked above"
            _put(work, slot, *place)
            work.aligned = entry.aligned
        return list(works), ()
    (face,) = session.pick(slot, 0)
    info, work = session.toolkit.generator.info, works[0]
    _put(work, slot, align(face.landmarks, info.crop, info.resolution), face.landmarks.points)
    work.aligned = False
    text = f"{name} is not the photo in the file: the largest face in it is edited"
    if session.toolkit.encoder is None:
        return [work], (Notice("other_photo", f"{text}, with the stored code (this model has no encoder)."),)
    session.encode(work)
    return [work], (Notice("other_photo", f"{text}, with the code that the encoder gives."),)


def _put(work: FaceWork, slot: Slot, alignment: Alignment, points: F32) -> None:
    work.slot, work.alignment, work.points, work.origin = slot, alignment, points, None
    work.crop = extract(slot.srgb, alignment)
    work.caches.clear()


def _same_place(session: Session, slot: Slot, entry: ProjectPhoto) -> tuple[Alignment, F32] | None:
    """Where the stored face lies in this photo, if it is the stored one, perhaps at another size; else None."""
    height, width = slot.srgb.shape[:2]
    scale = np.array([width / entry.width, height / entry.height])
    if abs(scale[0] / scale[1] - 1) > 0.01:
        return None
    alignment = Alignment(entry.alignment.quad * scale, entry.alignment.size)
    if entry.points is None or entry.aligned:
        info = session.toolkit.generator.info
        convention = convention_points(info.crop.scale, info.crop.shift) * np.array([width, height], np.float32)
        return alignment, convention if entry.points is None else np.asarray(entry.points * scale, np.float32)
    points = np.asarray(entry.points * scale, np.float32)
    eyes = float(np.hypot(*(points[1] - points[0])))
    apart = [float(np.abs(face.landmarks.points - points).mean()) for face in session.find(slot)]
    if not apart and (width, height) == (entry.width, entry.height):
        return alignment, points  # a face that only a person could find
    return (alignment, points) if apart and min(apart) < SAME_FACE * eyes else None
