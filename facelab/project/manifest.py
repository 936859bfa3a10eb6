"""The typed description inside a .facelab file, and what its numbers must satisfy.

Version 1. A reader refuses a higher version by name and ignores fields it does not know; a field is
never given another meaning.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

import msgspec

from facelab.core.editing.directions import CLASSES, Direction
from facelab.core.recipe import EditRecipe, LayerRange
from facelab.core.values import F32

VERSION = 1
KIND = "facelab project"
MAX_PHOTOS, MAX_DIRECTIONS, MAX_VARIANTS, MAX_EDITS, MAX_TEXT = 500, 500, 500, 500, 2000


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """The generator that was tuned. sha256: over its tensors."""

    name: str
    sha256: str
    licence: str = "unknown"
    resolution: int
    num_ws: int
    w_dim: int
    crop_scale: float
    crop_shift: float


class PhotoEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One face of one photo. quad: TL BL BR TR in photo px; points: the five landmarks.

    file: member with the original bytes, None for a file without photos. aligned: the input was a crop.
    noise: layers whose noise maps are stored beside the code.
    """

    name: str = ""
    width: int
    height: int
    quad: tuple[tuple[float, float], ...]
    size: int
    points: tuple[tuple[float, float], ...] = ()
    aligned: bool = False
    inverter: str = ""
    seed: int = 0
    noise: tuple[str, ...] = ()
    file: str | None = None


class DirectionEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A direction without its vector, field by field as in `facelab.core.editing.directions.Direction`."""

    key: str
    sigma: float
    generator_sha256: str
    bias: float = 0.0
    normal_bias: float = 0.0
    space: Literal["w", "w+"] = "w"
    labels: dict[str, str] = {}
    group: str = "custom"
    low: float = -3.0
    high: float = 3.0
    klass: str = "stiff"
    layers: LayerRange | None = None
    accuracy: float | None = None
    leakage: dict[str, float] = {}
    spread: tuple[float, float] | None = None
    source: str = ""
    licence: str = ""


class Head(msgspec.Struct, frozen=True):
    """What even a future version must still say."""

    kind: str
    version: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """manifest.json. storage: the tuned generator is inside whole, or as a delta to the base."""

    kind: str = KIND
    version: int = VERSION
    facelab: str = ""
    base: Base
    storage: Literal["whole", "delta"]
    tuned: bool = True
    preset: str = ""
    photos: tuple[PhotoEntry, ...]
    directions: tuple[DirectionEntry, ...] = ()
    recipe: EditRecipe = msgspec.field(default_factory=EditRecipe)
    variants: tuple[tuple[str, EditRecipe], ...] = ()


def direction_entry(direction: Direction) -> DirectionEntry:
    """The description of a direction."""
    values = {name: getattr(direction, name) for name in DirectionEntry.__struct_fields__}
    values["labels"], values["leakage"] = dict(direction.labels), dict(direction.leakage)
    return DirectionEntry(**values)


def direction_from(entry: DirectionEntry, vector: F32) -> Direction:
    """The direction an entry describes; `vector` f32 [w_dim] or [num_ws, w_dim]."""
    return Direction(vector=vector, **msgspec.structs.asdict(entry))


def problem(manifest: Manifest) -> str | None:
    """The first thing in a manifest that no honest program writes; None when all is well."""
    checks = (
        (1 <= len(manifest.photos) <= MAX_PHOTOS, "the number of its photos"),
        (len(manifest.directions) <= MAX_DIRECTIONS, "the number of its sliders"),
        (len(manifest.variants) <= MAX_VARIANTS, "the number of its variants"),
        (all(map(_photo_ok, manifest.photos)), "the place of a face"),
        (all(map(_direction_ok, manifest.directions)), "the description of a slider"),
        (len({entry.key for entry in manifest.directions}) == len(manifest.directions), "a slider that is there twice"),
        (all(_recipe_ok(recipe) for recipe in (manifest.recipe, *(r for _, r in manifest.variants))), "an edit"),
        (_finite((manifest.base.crop_scale, manifest.base.crop_shift)), "the crop convention"),
        (0.05 <= manifest.base.crop_scale <= 20, "the crop scale"),
        (_text_ok(manifest.base.name) and _text_ok(manifest.base.licence), "the name of its base generator"),
        (all(len(name) <= MAX_TEXT for name, _ in manifest.variants), "the name of a variant"),
    )
    return next((text for good, text in checks if not good), None)


def _finite(values: Iterable[float], limit: float = 1e6) -> bool:
    return all(math.isfinite(value) and abs(value) <= limit for value in values)


def _text_ok(text: str, limit: int = MAX_TEXT) -> bool:
    """One line that a window may show: no control characters, and nothing it would take for markup."""
    return len(text) <= limit and text.isprintable() and "<" not in text


def _photo_ok(photo: PhotoEntry) -> bool:
    points = (*photo.quad, *photo.points)
    if len(photo.quad) != 4 or len(photo.points) not in (0, 5) or any(len(point) != 2 for point in points):
        return False
    sides = 1 <= photo.width <= 100_000 and 1 <= photo.height <= 100_000 and 4 <= photo.size <= 4096
    return (
        sides
        and _finite(value for point in points for value in point)
        and _square(photo.quad)
        and 0 <= photo.seed < 2**32
        and len(photo.name) <= MAX_TEXT
    )


def _square(quad: tuple[tuple[float, float], ...]) -> bool:
    """TL BL BR TR form a square of at least a pixel, turned any way but not mirrored."""
    top_left, bottom_left, bottom_right, top_right = (complex(x, y) for x, y in quad)
    right, down = top_right - top_left, bottom_left - top_left
    side = abs(right)
    return side >= 1 and abs(down - right * 1j) <= 0.05 * side and abs(bottom_right - top_right - down) <= 0.05 * side


def _direction_ok(entry: DirectionEntry) -> bool:
    numbers = [
        entry.sigma,
        entry.bias,
        entry.normal_bias,
        entry.low,
        entry.high,
        *entry.leakage.values(),
        *(entry.spread or ()),
    ]
    texts = (entry.key, entry.group, entry.source, entry.licence, *entry.labels, *entry.labels.values())
    shapes = entry.klass in CLASSES and entry.low <= 0 <= entry.high and entry.sigma > 0 and bool(entry.key)
    return shapes and _finite(numbers) and all(map(_text_ok, texts))


def _recipe_ok(recipe: EditRecipe) -> bool:
    if len(recipe.edits) > MAX_EDITS or len(recipe.locks) > MAX_DIRECTIONS:
        return False
    layers = [edit.layers for edit in recipe.edits if edit.layers is not None]
    ordered = all(0 <= part.first <= part.last <= 64 for part in layers)
    return ordered and _finite((recipe.truncation_psi, *(edit.amount for edit in recipe.edits)), 1e3)
