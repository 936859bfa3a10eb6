"""A recipe applied to a code: additive offsets in W+, layer ranges, locks and truncation.

Offsets add up, so the order of the edits never matters (sums are in float64: equal to 1e-12).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from facelab.core.editing.directions import Direction
from facelab.core.editing.technique import known, technique
from facelab.core.recipe import Edit, EditRecipe
from facelab.core.values import F32, F64


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """One edit as it acts under the recipe's locks. step: offset of one unit, f32 [num_ws, w_dim]."""

    edit: Edit
    step: F32


def movements(recipe: EditRecipe, directions: Mapping[str, Direction], num_ws: int) -> tuple[Movement, ...]:
    """The edits of a recipe with their steps, projected off the locked directions.

    A locked attribute keeps its own offset. Raises UnknownDirection.
    """
    held = [np.atleast_2d(known(directions, key).held) for key in sorted(recipe.locks)]
    moved = []
    for edit in recipe.edits:
        step = technique(edit.technique).step(edit, directions, num_ws)
        if held and edit.key not in recipe.locks:
            step = off_span(step, held)
        moved.append(Movement(edit, step))
    return tuple(moved)


def off_span(step: F32, held: Iterable[F32]) -> F32:
    """What is left of a step [num_ws, w_dim] off the span of directions [1 or num_ws, w_dim], layer by layer.

    One least squares over all of them per layer (InterFaceGAN, equation 7, for k conditions): taking one projection
    after the other would leave some of the first. Layers that do not move stay so.
    """
    rows = step.astype(np.float64)
    stack = [np.broadcast_to(vector, rows.shape).astype(np.float64) for vector in held]
    if not stack:
        return step
    basis = np.stack(stack, axis=-1)  # k of [num_ws, w_dim] -> [num_ws, w_dim, k]
    for layer in np.flatnonzero(rows.any(axis=1)):
        for _ in range(2):  # the second pass removes what rounding left
            weights = np.linalg.lstsq(basis[layer], rows[layer], rcond=1e-10)[0]
            rows[layer] -= basis[layer] @ weights
    return rows.astype(np.float32)


def edited_code(w_plus: F32, recipe: EditRecipe, directions: Mapping[str, Direction], w_avg: F32) -> F32:
    """The code of an edited face: w_avg + psi (w_plus - w_avg) + the sum of all offsets.

    w_plus: f32 [num_ws, w_dim], w_avg: f32 [w_dim]. The identity recipe gives back `w_plus` itself, bit by bit.
    Raises UnknownDirection.
    """
    if recipe.is_identity:
        return w_plus
    code: F64 = w_plus.astype(np.float64)
    if recipe.truncation_psi != 1.0:
        code = w_avg + recipe.truncation_psi * (code - w_avg)
    for movement in movements(recipe, directions, len(w_plus)):
        code = code + movement.edit.amount * movement.step.astype(np.float64)
    return np.asarray(code, np.float32)
