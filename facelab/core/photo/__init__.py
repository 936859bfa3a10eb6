"""Photo files in and out: `read_photo`, `to_srgb`, `merge_edit`, `write_photo`, `write_picture`."""

from facelab.core.photo.colour import merge_edit, to_srgb
from facelab.core.photo.reader import read_photo
from facelab.core.photo.writer import check_output, same_pixels, write_photo, write_picture

__all__ = ["check_output", "merge_edit", "read_photo", "same_pixels", "to_srgb", "write_photo", "write_picture"]
