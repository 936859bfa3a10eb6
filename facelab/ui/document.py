"""What is being edited: the recipe, its undo list, named variants, and whether anything would be lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from facelab.core.recipe import Edit, EditRecipe, LayerRange
from facelab.ui.i18n import tr
from facelab.ui.widgets import signed


class Phase(Enum):
    """Where the photo is on its way to being edited."""

    EMPTY = auto()
    OPENING = auto()
    FINDING = auto()
    CHOOSING = auto()  # several faces: one is to be clicked
    PLACING = auto()  # no face: the points are put by hand
    ENCODING = auto()
    EDITING = auto()


@dataclass(frozen=True, slots=True)
class Change:
    """Why the recipe changed.

    kind: open, set, lock, unlock, reset, reset_all, layers, paste, variant, preset, psi, recorded.
    """

    kind: str
    key: str = ""
    amount: float = 0.0


@dataclass(slots=True, eq=False)
class Entry:
    """One step of the history."""

    change: Change
    recipe: EditRecipe
    thumbnail: QImage | None = None


@dataclass(slots=True, eq=False)
class Variant:
    name: str
    recipe: EditRecipe
    thumbnail: QImage | None = None


@dataclass(slots=True)
class Undo:
    entries: list[Entry] = field(default_factory=lambda: [Entry(Change("open"), EditRecipe())])
    index: int = 0


class Document(QObject):
    """Holds values only. A widget changes it and listens to it; the engine's side is `Director`."""

    recipe_changed = Signal()  # the recipe is another one
    committed = Signal()  # an undo entry was made: journal it, render in full
    history_changed = Signal()
    variants_changed = Signal()
    phase_changed = Signal()
    dirty_changed = Signal()
    levels_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.name = ""
        self.project_path = ""
        self.phase = Phase.EMPTY
        self.recipe = EditRecipe()
        self.tuned = False
        self.photo_levels: Mapping[str, float] = {}
        self.live_levels: Mapping[str, float] = {}
        self.variants: list[Variant] = []
        self.labels: Mapping[str, str] = {}
        self._undo = Undo()
        self._dirty = False

    # --- state --------------------------------------------------------------------------------

    @property
    def dirty(self) -> bool:
        return self._dirty

    def set_dirty(self, dirty: bool) -> None:
        if dirty != self._dirty:
            self._dirty = dirty
            self.dirty_changed.emit()

    def set_phase(self, phase: Phase) -> None:
        if phase is not self.phase:
            self.phase = phase
            self.phase_changed.emit()

    def begin(self, name: str) -> None:
        """Another photo: nothing of the old one stays."""
        self.name, self.project_path, self.tuned = name, "", False
        self.photo_levels, self.live_levels = {}, {}
        self.variants = []
        self.restart(EditRecipe())
        self.variants_changed.emit()
        self.levels_changed.emit()
        self.set_dirty(False)

    def restart(self, recipe: EditRecipe) -> None:
        """A new history that begins with `recipe`."""
        self._undo = Undo([Entry(Change("open"), recipe)])
        self._put(recipe)
        self.history_changed.emit()

    def restore(self, history: tuple[tuple[str, EditRecipe], ...], position: int) -> None:
        """The undo list of an earlier run, with the names it was shown under."""
        if history:
            entries = [Entry(Change("recorded", name), recipe) for name, recipe in history]
            self._undo = Undo(entries, max(0, min(position, len(entries) - 1)))
            self._put(entries[self._undo.index].recipe)
            self.history_changed.emit()
        self.set_dirty(True)

    def set_levels(self, levels: Mapping[str, float], *, own: Mapping[str, float]) -> None:
        """The model's judgement of the picture shown; own: of the untouched photo, empty = as before."""
        if own:
            self.photo_levels = dict(own)
        self.live_levels = dict(levels)
        self.levels_changed.emit()

    # --- editing ------------------------------------------------------------------------------

    def set_amount(self, key: str, amount: float) -> None:
        """Move a slider; `commit` makes the movement one undo entry."""
        layers = self.layers(key)
        cleared = self._without(key)
        self._put(cleared.with_edit(Edit("direction", key, round(amount, 3), layers)))

    def layers(self, key: str) -> LayerRange | None:
        return next((edit.layers for edit in self.recipe.edits if edit.key == key), None)

    def set_layers(self, key: str, layers: LayerRange | None) -> None:
        amount = self.recipe.amount(key)
        if amount:
            self._put(self._without(key).with_edit(Edit("direction", key, amount, layers)))
            self.commit(Change("layers", key))

    def set_lock(self, key: str, locked: bool) -> None:
        locks = self.recipe.locks | {key} if locked else self.recipe.locks - {key}
        self._put(replace(self.recipe, locks=frozenset(locks)))
        self.commit(Change("lock" if locked else "unlock", key))

    def set_psi(self, psi: float) -> None:
        self._put(replace(self.recipe, truncation_psi=round(psi, 3)))

    def reset(self, key: str) -> None:
        self.set_amount(key, 0.0)
        self.commit(Change("reset", key))

    def reset_all(self) -> None:
        self.apply(EditRecipe(), Change("reset_all"))

    def apply(self, recipe: EditRecipe, change: Change) -> None:
        self._put(recipe)
        self.commit(change)

    def commit(self, change: Change) -> None:
        """Make the present recipe an undo entry, unless nothing changed since the last one."""
        entries, index = self._undo.entries, self._undo.index
        if entries[index].recipe == self.recipe:
            self.committed.emit()
            return
        del entries[index + 1 :]
        entries.append(Entry(change, self.recipe))
        self._undo.index = len(entries) - 1
        self.set_dirty(True)
        self.history_changed.emit()
        self.committed.emit()

    def _without(self, key: str) -> EditRecipe:
        return replace(self.recipe, edits=tuple(edit for edit in self.recipe.edits if edit.key != key))

    def _put(self, recipe: EditRecipe) -> None:
        if recipe != self.recipe:
            self.recipe = recipe
            self.recipe_changed.emit()

    # --- history ------------------------------------------------------------------------------

    @property
    def entries(self) -> list[Entry]:
        return self._undo.entries

    @property
    def position(self) -> int:
        return self._undo.index

    @property
    def can_undo(self) -> bool:
        return self._undo.index > 0

    @property
    def can_redo(self) -> bool:
        return self._undo.index + 1 < len(self._undo.entries)

    def undo(self) -> None:
        if self.can_undo:
            self.jump(self._undo.index - 1)

    def redo(self) -> None:
        if self.can_redo:
            self.jump(self._undo.index + 1)

    def jump(self, index: int) -> None:
        self._undo.index = max(0, min(index, len(self._undo.entries) - 1))
        self._put(self._undo.entries[self._undo.index].recipe)
        self.set_dirty(True)
        self.history_changed.emit()
        self.committed.emit()

    def remember_picture(self, recipe: EditRecipe, thumbnail: QImage) -> None:
        """Keep a small picture for the entries and variants with this recipe."""
        entry = self._undo.entries[self._undo.index]
        if entry.recipe == recipe:
            entry.thumbnail = thumbnail
            self.history_changed.emit()
        for variant in self.variants:
            if variant.recipe == recipe and variant.thumbnail is None:
                variant.thumbnail = thumbnail
                self.variants_changed.emit()

    # --- variants -----------------------------------------------------------------------------

    def add_variant(self, name: str) -> None:
        thumbnail = self._undo.entries[self._undo.index].thumbnail
        self.variants.append(Variant(name, self.recipe, thumbnail))
        self.set_dirty(True)
        self.variants_changed.emit()

    def set_variants(self, variants: tuple[tuple[str, EditRecipe], ...]) -> None:
        self.variants = [Variant(name, recipe) for name, recipe in variants]
        self.variants_changed.emit()

    def remove_variant(self, index: int) -> None:
        del self.variants[index]
        self.set_dirty(True)
        self.variants_changed.emit()

    def rename_variant(self, index: int, name: str) -> None:
        self.variants[index].name = name
        self.set_dirty(True)
        self.variants_changed.emit()

    def use_variant(self, index: int) -> None:
        self.apply(self.variants[index].recipe, Change("variant", self.variants[index].name))

    # --- words --------------------------------------------------------------------------------

    def describe(self, change: Change) -> str:
        """The readable name of a history entry, in the current language."""
        label = self.labels.get(change.key, change.key)
        match change.kind:
            case "set":
                return f"{label} {signed(change.amount)}"
            case "reset":
                return tr("{name} back to 0", name=label)
            case "lock":
                return tr("Keep {name}", name=label)
            case "unlock":
                return tr("Release {name}", name=label)
            case "layers":
                return tr("{name}: other layers", name=label)
            case "psi":
                return tr("Closer to average")
            case "reset_all":
                return tr("Reset all")
            case "paste":
                return tr("Pasted edits")
            case "recorded":
                return change.key
            case "preset":
                return tr("Preset {name}", name=change.key)
            case "variant":
                return tr("Variant {name}", name=change.key)
            case _:
                return tr("Photo opened")
