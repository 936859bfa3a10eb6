"""The .facelab file: one person's generator, codes, sliders and edit, in one zip container.

A small generator is stored whole (float16), so that the file opens under any later base model; a large one
as a delta to its base, which is then needed by its hash. The content recreates a face: share it only with
consent (`CONSENT` says so wherever one is saved).
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import Tensor

from facelab import __version__
from facelab.core.editing.directions import Direction
from facelab.core.errors import BrokenCheckpoint, CannotWrite, FacelabError, NewerProject, WrongGenerator
from facelab.core.formats import Checkpoint, ModelMetadata, load_checkpoint, save_native
from facelab.core.formats.safetensors_file import packed, read_file
from facelab.core.generator import FaceGenerator, build_generator
from facelab.core.recipe import EditRecipe
from facelab.core.values import F32, Alignment, CropConvention, Latent, Pivot
from facelab.paths import state_dir
from facelab.project import delta
from facelab.project.archive import (
    DELTA,
    DIRECTIONS,
    GENERATOR,
    LATENTS,
    MANIFEST,
    ProjectReader,
    open_project,
    write_project,
)
from facelab.project.manifest import (
    KIND,
    VERSION,
    Base,
    DirectionEntry,
    Head,
    Manifest,
    PhotoEntry,
    direction_entry,
    direction_from,
    problem,
)

SUFFIX = ".facelab"
WHOLE_BYTES = 13_000_000  # up to here a generator is stored whole
CONSENT = "This file can recreate this person's face: share it only with their consent."

FindBase = Callable[[str, str], FaceGenerator]
"""(name, sha256) -> the base generator; raises ModelNotFound or WrongGenerator."""


@dataclass(frozen=True, slots=True, eq=False)
class ProjectPhoto:
    """One face of one photo. points: f32 [5, 2] photo px, None for an aligned input; data: the original file.

    width, height: of the upright photo. aligned: the input was a crop already.
    """

    name: str
    width: int
    height: int
    alignment: Alignment
    pivot: Pivot
    points: F32 | None = None
    data: bytes | None = None
    aligned: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """What a .facelab file holds. generator: tuned (or the base itself); base_sha256, base_name: what it came from."""

    generator: FaceGenerator
    base_name: str
    base_sha256: str
    photos: tuple[ProjectPhoto, ...]
    directions: Mapping[str, Direction]
    recipe: EditRecipe = field(default_factory=EditRecipe)
    variants: tuple[tuple[str, EditRecipe], ...] = ()
    preset: str = ""
    tuned: bool = True


def save_project(path: Path, project: Project, *, base: FaceGenerator, with_photos: bool) -> None:
    """Write the file atomically, readable by the user only.

    base: the untouched generator, for a delta. with_photos: embed the original files. Raises CannotWrite.
    """
    members: dict[str, bytes] = {}
    whole = stored_bytes(project.generator) <= WHOLE_BYTES
    files: list[str | None] = [None] * len(project.photos)
    if with_photos:
        files = _embed_photos(project, members)
    members[MANIFEST] = msgspec.json.format(msgspec.json.encode(_manifest(project, files, whole=whole)), indent=1)
    members[LATENTS] = packed(_latents(project), {})
    vectors = {key: d.vector for key, d in project.directions.items()}
    vectors |= {f"{key}.normal": d.normal for key, d in project.directions.items() if d.normal is not None}
    members[DIRECTIONS] = packed({name: _tensor(vector) for name, vector in vectors.items()}, {})
    if whole:
        members[GENERATOR] = _whole(project)
    else:
        change = delta.encode(base.network.state_dict(), project.generator.network.state_dict())
        members[DELTA] = packed(change, {})
    write_project(path, members)


def load_project(path: Path, find_base: FindBase, device: torch.device | str = "cpu") -> Project:
    """Read a .facelab file completely and check all of it.

    find_base is called for deltas only. Raises BrokenProject, NewerProject, WrongGenerator, ModelNotFound.
    """
    with open_project(path) as reader:
        manifest = read_manifest(path, reader)
        with _scratch() as folder:
            generator = _load_generator(reader, manifest, folder, find_base, device)
            latents = _tensors(reader, LATENTS, folder)
            vectors = _tensors(reader, DIRECTIONS, folder)
        photos = tuple(_photo(reader, manifest, i, latents, generator) for i in range(len(manifest.photos)))
        directions = {entry.key: _direction(reader, entry, vectors, generator) for entry in manifest.directions}
    return Project(
        generator=generator,
        base_name=manifest.base.name,
        base_sha256=manifest.base.sha256,
        photos=photos,
        directions=directions,
        recipe=manifest.recipe,
        variants=manifest.variants,
        preset=manifest.preset,
        tuned=manifest.tuned,
    )


def read_manifest(path: Path, reader: ProjectReader) -> Manifest:
    """The checked description. Raises BrokenProject or NewerProject."""
    text = reader.read(MANIFEST)
    try:
        head = msgspec.json.decode(text, type=Head)
        if head.kind == KIND and head.version > VERSION:
            raise NewerProject(path=path, version=head.version)
        manifest = msgspec.json.decode(text, type=Manifest)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise reader.broken(f"its description cannot be read: {str(error)[:100]}") from error
    wrong = f"the version {manifest.version}" if manifest.kind != KIND or manifest.version < 1 else problem(manifest)
    if wrong is not None:
        raise reader.broken(f"its description is wrong: {wrong}")
    return manifest


def stored_bytes(generator: FaceGenerator) -> int:
    """Size of the generator stored whole: the mapping network in float32, all else in float16."""
    state = generator.network.state_dict()
    return sum(tensor.numel() * (4 if name.startswith("mapping.") else 2) for name, tensor in state.items())


# --- writing ----------------------------------------------------------------------------------


def _manifest(project: Project, files: list[str | None], *, whole: bool) -> Manifest:
    info = project.generator.info
    base = Base(
        name=project.base_name, sha256=project.base_sha256, licence=info.licence, resolution=info.resolution,
        num_ws=info.num_ws, w_dim=info.w_dim, crop_scale=info.crop.scale, crop_shift=info.crop.shift,
    )  # fmt: skip
    return Manifest(
        facelab=__version__,
        base=base,
        storage="whole" if whole else "delta",
        tuned=project.tuned,
        preset=project.preset,
        photos=tuple(_entry(photo, file) for photo, file in zip(project.photos, files, strict=True)),
        directions=tuple(direction_entry(direction) for direction in project.directions.values()),
        recipe=project.recipe,
        variants=project.variants,
    )


def _entry(photo: ProjectPhoto, file: str | None) -> PhotoEntry:
    return PhotoEntry(
        name=photo.name,
        width=photo.width,
        height=photo.height,
        quad=tuple((float(x), float(y)) for x, y in photo.alignment.quad),
        size=photo.alignment.size,
        points=() if photo.points is None else tuple((float(x), float(y)) for x, y in photo.points),
        aligned=photo.aligned,
        inverter=photo.pivot.inverter,
        seed=photo.pivot.seed,
        noise=tuple(photo.pivot.latent.noise),
        file=file,
    )


def _embed_photos(project: Project, members: dict[str, bytes]) -> list[str | None]:
    """Add each original once, however many of its faces are in the project."""
    files: list[str | None] = []
    known: dict[bytes, str] = {}
    for photo in project.photos:
        if photo.data is None:
            files.append(None)
            continue
        name = known.setdefault(photo.data, f"photos/{len(known)}.bin")
        members[name] = photo.data
        files.append(name)
    return files


def _latents(project: Project) -> dict[str, Tensor]:
    tensors: dict[str, Tensor] = {}
    for i, photo in enumerate(project.photos):
        tensors[f"{i}.w_plus"] = _tensor(photo.pivot.latent.w_plus)
        tensors |= {f"{i}.noise.{name}": _tensor(value) for name, value in photo.pivot.latent.noise.items()}
    return tensors


def _tensor(array: F32) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))


def _whole(project: Project) -> bytes:
    info = project.generator.info
    about = ModelMetadata(
        name=f"personal ({project.base_name})",
        licence=info.licence,
        source=f"tuned from {project.base_sha256}",
        crop=info.crop,
        note=CONSENT,
    )
    with _scratch() as folder:
        path = folder / GENERATOR
        save_native(path, project.generator.network.config, project.generator.network.state_dict(), about, half=True)
        return path.read_bytes()


# --- reading ----------------------------------------------------------------------------------


def _load_generator(
    reader: ProjectReader, manifest: Manifest, folder: Path, find_base: FindBase, device: torch.device | str
) -> FaceGenerator:
    if manifest.storage == "delta":
        generator = _from_delta(reader, manifest, folder, find_base, device)
    else:
        path = folder / GENERATOR
        path.write_bytes(reader.read(GENERATOR))
        try:
            checkpoint = load_checkpoint(path)
        except FacelabError as error:
            raise reader.broken(f"its generator: {error.params.get('reason', error.code)}") from error
        generator = build_generator(checkpoint, manifest.base.name, device)
    base, info = manifest.base, generator.info
    if (info.resolution, info.num_ws, info.w_dim) != (base.resolution, base.num_ws, base.w_dim):
        raise reader.broken("its generator is not the one it describes")
    return generator


def _from_delta(
    reader: ProjectReader, manifest: Manifest, folder: Path, find_base: FindBase, device: torch.device | str
) -> FaceGenerator:
    wanted = manifest.base
    base = find_base(wanted.name, wanted.sha256)
    if base.info.sha256 != wanted.sha256:
        what = f"This project ({wanted.name})"
        raise WrongGenerator(what=what, expected=wanted.sha256[:12], actual=f"{base.info.name} {base.info.sha256[:12]}")
    stored = _tensors(reader, DELTA, folder)
    try:
        tensors = delta.apply(base.network.state_dict(), stored)
    except ValueError as error:
        raise reader.broken(f"its generator: {error}") from error
    about = ModelMetadata(
        name=base.info.name, licence=base.info.licence, crop=CropConvention(wanted.crop_scale, wanted.crop_shift)
    )
    checkpoint = Checkpoint("delta", base.network.config, tensors, metadata=about)
    return build_generator(checkpoint, wanted.name, device)


def _tensors(reader: ProjectReader, member: str, folder: Path) -> Mapping[str, Tensor]:
    path = folder / member
    path.write_bytes(reader.read(member))
    try:
        return read_file(path).tensors
    except BrokenCheckpoint as error:
        raise reader.broken(f"{member}: {error.params.get('reason')}") from error


def _array(reader: ProjectReader, tensors: Mapping[str, Tensor], name: str, shape: tuple[int, ...]) -> F32:
    """A finite float array of this shape. Raises BrokenProject."""
    tensor = tensors.get(name)
    if tensor is None or tuple(tensor.shape) != shape or not tensor.is_floating_point():
        raise reader.broken(f"{name} is missing or not of the shape {list(shape)}")
    if not torch.isfinite(tensor).all():
        raise reader.broken(f"{name} holds numbers that are not finite")
    return np.array(tensor.float().numpy(), dtype=np.float32)


def _photo(
    reader: ProjectReader, manifest: Manifest, i: int, latents: Mapping[str, Tensor], generator: FaceGenerator
) -> ProjectPhoto:
    entry, info = manifest.photos[i], generator.info
    shapes = generator.network.synthesis.noise_shapes
    unknown = next((name for name in entry.noise if name not in shapes), None)
    if unknown is not None:
        raise reader.broken(f"noise for the layer {unknown[:40]!r}, which the generator does not have")
    noise = {name: _array(reader, latents, f"{i}.noise.{name}", tuple(shapes[name])) for name in entry.noise}
    latent = Latent(_array(reader, latents, f"{i}.w_plus", (info.num_ws, info.w_dim)), noise)
    return ProjectPhoto(
        name=_file_name(entry.name),
        width=entry.width,
        height=entry.height,
        alignment=Alignment(np.array(entry.quad, np.float64), entry.size),
        pivot=Pivot(latent, manifest.base.sha256, entry.inverter, entry.seed),
        points=np.array(entry.points, np.float32) if entry.points else None,
        data=None if entry.file is None else reader.read(entry.file),
        aligned=entry.aligned,
    )


def _file_name(name: str) -> str:
    """The last part of a stored name, printable: outputs are named after it, so it must not lead elsewhere."""
    last = "".join(c if c.isprintable() else "_" for c in name).replace("\\", "/").rpartition("/")[2]
    return last.strip(". ")[:200] or "photo"


def _direction(
    reader: ProjectReader, entry: DirectionEntry, vectors: Mapping[str, Tensor], generator: FaceGenerator
) -> Direction:
    info = generator.info
    shape = (info.w_dim,) if entry.space == "w" else (info.num_ws, info.w_dim)
    made = direction_from(entry, _array(reader, vectors, entry.key, shape))
    name = f"{entry.key}.normal"  # what its lock holds; files of the first versions have none
    return replace(made, normal=_array(reader, vectors, name, (info.w_dim,))) if name in vectors else made


@contextmanager
def _scratch() -> Iterator[Path]:
    """A private folder of the user's that is gone afterwards: weights of a face never lie in a shared one."""
    try:
        state_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(dir=state_dir(), prefix="scratch-")
    except OSError as error:
        raise CannotWrite(path=state_dir(), reason=error.strerror or str(error)) from error
    with folder as name:
        yield Path(name)
