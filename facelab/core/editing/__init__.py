"""Edits of codes: `edited_code` applies a recipe, `TECHNIQUES` are the ways to move a code."""

from facelab.core.editing.edited import Movement, edited_code, movements, off_span
from facelab.core.editing.technique import TECHNIQUES, Technique, known, technique

__all__ = ["TECHNIQUES", "Movement", "Technique", "edited_code", "known", "movements", "off_span", "technique"]
