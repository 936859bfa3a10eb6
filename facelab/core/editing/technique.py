"""What an editing technique is, and the techniques there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from facelab.core.editing.directions import Direction
from facelab.core.errors import UnknownDirection
from facelab.core.recipe import Edit, ParamSpec
from facelab.core.values import F32


class Technique(Protocol):
    """A way to move a code, chosen by `Edit.technique`."""

    @property
    def key(self) -> str: ...

    def params(self, directions: Mapping[str, Direction]) -> tuple[ParamSpec, ...]:
        """What sliders and `--set` offer."""
        ...

    def step(self, edit: Edit, directions: Mapping[str, Direction], num_ws: int) -> F32:
        """The offset of one unit of `edit` (its amount is not used): f32 [num_ws, w_dim]. Raises UnknownDirection."""
        ...


@dataclass(frozen=True, slots=True)
class DirectionTechnique:
    """An additive offset along a direction, in sigma: InterFaceGAN, GANSpace and SeFa alike.

    The layers of the edit take the place of the direction's own range.
    """

    key: str = "direction"

    def params(self, directions: Mapping[str, Direction]) -> tuple[ParamSpec, ...]:
        return tuple(direction.spec for direction in directions.values())

    def step(self, edit: Edit, directions: Mapping[str, Direction], num_ws: int) -> F32:
        direction = known(directions, edit.key)
        if edit.layers is None:
            return direction.step(num_ws)
        offset = np.broadcast_to(direction.vector * np.float32(direction.sigma), (num_ws, direction.vector.shape[-1]))
        moved = np.zeros(offset.shape, np.float32)
        part = slice(edit.layers.first, edit.layers.last + 1)
        moved[part] = offset[part]
        return moved


def known(directions: Mapping[str, Direction], key: str) -> Direction:
    """The direction `key`. Raises UnknownDirection, which names those there are."""
    if key not in directions:
        raise UnknownDirection(key=key, model="in use", known=", ".join(directions) or "none")
    return directions[key]


TECHNIQUES: tuple[Technique, ...] = (DirectionTechnique(),)


def technique(key: str) -> Technique:
    """The technique with this key. Raises UnknownDirection for one that this version does not have."""
    for candidate in TECHNIQUES:
        if candidate.key == key:
            return candidate
    raise UnknownDirection(key=key, model="in use", known=", ".join(t.key for t in TECHNIQUES))
