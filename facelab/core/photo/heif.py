"""The one place that knows pi_heif: HEIC photos, decode only (LGPL; pillow-heif would bring x265, GPL)."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image


@dataclass(slots=True)
class HeifParts:
    """The primary picture, not yet decoded, already upright in decoding (libheif applies its rotation)."""

    size: tuple[int, int]
    bit_depth: int
    exif: bytes | None
    xmp: bytes | None
    icc: bytes | None
    _image: object

    def decode(self) -> Image.Image:
        """The picture with 8 bits per channel."""
        picture: Image.Image = self._image.to_pillow()  # type: ignore[attr-defined]  # pi_heif has no types
        return picture


def open_heif(data: bytes) -> HeifParts:
    """Read the header of a HEIC file. Raises ImportError without pi_heif, else whatever libheif raises."""
    import pi_heif  # type: ignore[import-untyped]  # loaded late: only HEIC photos need it

    file = pi_heif.open_heif(data, convert_hdr_to_8bit=True)
    image = file[file.primary_index]
    info = image.info
    return HeifParts(
        size=image.size,
        bit_depth=int(info.get("bit_depth") or 8),
        exif=info.get("exif"),
        xmp=info.get("xmp"),
        icc=info.get("icc_profile"),
        _image=image,
    )
