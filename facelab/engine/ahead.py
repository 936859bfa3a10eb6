"""Motions measured before anybody asks for them, so that a slider answers at its first touch."""

from __future__ import annotations

import math
from collections.abc import Iterator

from facelab.core.editing import movements
from facelab.core.paste.knots import SPACING
from facelab.core.recipe import Edit, EditRecipe
from facelab.engine.changing import Sliders, cache_of, klass_of
from facelab.engine.session import FaceWork, Session

MOST_SLIDERS = 16  # of those nobody has touched, in their order on the screen
REACH = 1.5
"""Sigma to which they are measured; a draft stretches that three times (`SliderMotion.sketched`)."""


def measure_ahead(session: Session, work: FaceWork, recipe: EditRecipe) -> Iterator[None]:
    """Measure the motions of a face in parts of some 50 ms, to be interrupted between them or dropped at any time.

    First the sliders of the recipe over their whole range, from where they stand, then all others near 0. It ends
    when the weights have changed.
    """
    cache, weights = cache_of(session, work), session.weights
    sliders = Sliders(session, work, cache, recipe.locks)
    step = weights.step
    for edit in (*_onwards(session, recipe), *_others(session, recipe)):
        move = movements(EditRecipe((edit,), recipe.locks), session.directions, len(work.latent.w_plus))[0]
        slider, draw = sliders.of(move)
        for _ in slider.ahead(edit.amount, draw):
            yield
            if session.weights is not weights or weights.step != step or work.caches.get("face") is not cache:
                return


def _onwards(session: Session, recipe: EditRecipe) -> Iterator[Edit]:
    """The moved sliders to where they stand, a sigma further and to both ends."""
    moving = [edit for edit in recipe.edits if edit.amount and klass_of(session, edit) != "none"]
    for edit in moving:
        yield edit
    for edit in moving:
        yield Edit(edit.technique, edit.key, edit.amount + math.copysign(1.0, edit.amount), edit.layers)
    for edit in moving:
        direction = session.directions.get(edit.key)
        if direction is not None:
            yield from (Edit(edit.technique, edit.key, end, edit.layers) for end in (direction.low, direction.high))


def _others(session: Session, recipe: EditRecipe) -> Iterator[Edit]:
    """All other sliders, half a sigma further out each time."""
    moved = {edit.key for edit in recipe.edits}
    moving = [d for d in session.directions.values() if d.klass != "none" and d.key not in moved][:MOST_SLIDERS]
    for knot in range(1, round(REACH / SPACING) + 1):
        for direction in moving:
            for sign in (1, -1):
                amount = sign * knot * SPACING
                if direction.low <= amount <= direction.high:
                    yield Edit("direction", direction.key, amount)
