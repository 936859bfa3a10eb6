"""Photo files in and out: `read_photo`, `to_srgb`, `merge_edit`, `write_photo`."""

from facelab.core.photo.colour import merge_edit, to_srgb
from facelab.core.photo.reader import read_photo

__all__ = ["merge_edit", "read_photo", "to_srgb"]
