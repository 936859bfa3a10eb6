"""Between a session and a .facelab file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from facelab.core.alignment import extract
from facelab.core.editing.directions import Direction
from facelab.core.errors import FacelabError
from facelab.core.generator import FaceGenerator
from facelab.core.photo import read_photo, to_srgb
from facelab.core.recipe import EditRecipe
from facelab.core.tuning import TunedGenerator
from facelab.core.values import U8, Alignment, Notice, Photo
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


def _photo(session: Session, work: FaceWork) -> ProjectPhoto:
    height, width = work.slot.srgb.shape[:2]
    return ProjectPhoto(
        name=work.slot.name,
        width=width,
        height=height,
        alignment=work.alignment,
        pivot=replace(pivot_of(work), generator_sha256=session.base_sha256),
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
        _add_face(session, photo, slots)
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


def _add_face(session: Session, photo: ProjectPhoto, slots: dict[bytes, Slot]) -> None:
    alignment, points = photo.alignment, photo.points
    if photo.data is not None:
        if photo.data not in slots:
            slots[photo.data] = session.add_photo(read_photo(photo.data, name=photo.name), photo.name)
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
    work = FaceWork(slot, alignment, points, extract(slot.srgb, alignment), pivot=photo.pivot, aligned=photo.aligned)
    session.faces.append(work)


def _levels(image: np.ndarray) -> U8:
    return np.ascontiguousarray(
        image.clip(0, 255).round().astype(np.uint8).transpose(1, 2, 0)
    )  # [3, H, W] -> [H, W, 3]


def replace_photo(session: Session, index: int, photo: Photo, name: str) -> None:
    """Paste into another photo than the stored one: the face is where the file says, at the new photo's scale."""
    work = session.faces[index]
    slot = Slot(photo, to_srgb(photo), name)
    session.slots.append(slot)
    work.slot = slot
    work.crop = extract(slot.srgb, work.alignment)
    work.caches.clear()
