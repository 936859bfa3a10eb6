"""An edit as a value: immutable, hashable, so that undo is a list of recipes.

Amounts are in sigma: the standard deviation of the attribute's coordinate over 10,000 sampled w.
Edits are additive offsets in W+, so recipes commute (`facelab.core.editing` applies them).
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class LayerRange:
    """Latents first..last, both inclusive, as on the command line (`@4-7`)."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ParamSpec:
    """What a slider or a flag needs to know. label: English; group: pose, expression, look, style, custom."""

    key: str
    label: str
    group: str
    low: float
    high: float
    default: float = 0.0
    step: float = 0.1


@dataclass(frozen=True, slots=True)
class Edit:
    """One offset. technique: key in TECHNIQUES; key: the direction or component; amount: sigma."""

    technique: str
    key: str
    amount: float
    layers: LayerRange | None = None


@dataclass(frozen=True, slots=True)
class EditRecipe:
    """All edits of a picture. locks: keys of attributes kept while others move.

    truncation_psi: pulls the code towards w_avg, 1 = not at all.
    """

    edits: tuple[Edit, ...] = ()
    locks: frozenset[str] = frozenset()
    truncation_psi: float = 1.0

    def amount(self, key: str) -> float:
        """Sum of the amounts of all edits of `key`; 0 if there is none."""
        return sum(edit.amount for edit in self.edits if edit.key == key)

    def with_edit(self, edit: Edit) -> EditRecipe:
        """Replace the edit with the same technique, key and layers; an amount of 0 removes it.

        Edits are kept sorted, so that equal pictures are equal recipes.
        """
        same = (edit.technique, edit.key, edit.layers)
        kept = [old for old in self.edits if (old.technique, old.key, old.layers) != same]
        if edit.amount != 0.0:
            kept.append(edit)
        kept.sort(
            key=lambda e: (e.technique, e.key, e.layers is not None, e.layers and (e.layers.first, e.layers.last))
        )
        return replace(self, edits=tuple(kept))

    def swept(self, share: float) -> EditRecipe:
        """The recipe on its way: every amount times `share`, 0 = the photo itself, 1 = this recipe."""
        if share == 1.0:
            return self
        edits = tuple(replace(edit, amount=edit.amount * share) for edit in self.edits) if share else ()
        return replace(self, edits=edits, truncation_psi=1.0 + (self.truncation_psi - 1.0) * share)

    @property
    def is_identity(self) -> bool:
        """Whether the recipe changes nothing."""
        return not any(edit.amount for edit in self.edits) and self.truncation_psi == 1.0


NAMED_LAYERS = {"all": (0, None), "coarse": (0, 3), "middle": (4, 7), "fine": (8, None)}
"""Latents by the resolutions they drive: all, up to 8 px, 16 to 32 px, 64 px and above (StyleGAN, section 3.1)."""


def layer_range(text: str, num_ws: int) -> LayerRange:
    """Read "3", "4-7", "all", "coarse", "middle" or "fine". Raises ValueError where nothing of it exists in num_ws."""
    first_text, _, last_text = text.partition("-")
    if text in NAMED_LAYERS:
        first, end = NAMED_LAYERS[text]
        last = num_ws - 1 if end is None else min(end, num_ws - 1)
    else:
        if not first_text.isdigit() or not (last_text or first_text).isdigit():
            raise ValueError(f"layers {text}: write 3, 4-7, all, coarse, middle or fine")
        first, last = int(first_text), int(last_text or first_text)
    if not 0 <= first <= last < num_ws:
        raise ValueError(f"layers {text}: this model has the layers 0-{num_ws - 1}")
    return LayerRange(first, last)
