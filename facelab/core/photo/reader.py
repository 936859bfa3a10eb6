"""Any photo file to a `Photo`: recognised by its content, bounded before decoding, upright, 8 bit.

Pillow decodes (HEIC: libheif), and only the reader that fits the file's first bytes is asked, so that no other
(its EPS reader starts Ghostscript) can run. Limits, chosen so that reading stays below 1 GB and 5 s:
89 megapixels (Pillow's own warning limit), less where a decoder needs more memory per pixel or the file is large;
half a gigabyte of file.
"""

from __future__ import annotations

import io
import stat
import warnings
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from facelab.core.errors import FacelabError, NoSuchPhoto, PhotoTooLarge, UnreadablePhoto
from facelab.core.photo.exif import ORIENTATION, read_exif
from facelab.core.photo.heif import HeifParts, open_heif
from facelab.core.photo.jpeg import slim_jpeg
from facelab.core.photo.pixels import decode
from facelab.core.photo.png import SIGNATURE as PNG_SIGNATURE
from facelab.core.photo.png import split_png
from facelab.core.photo.quiet import decoder_silenced
from facelab.core.values import Notice, Photo

MEGAPIXELS = 89
_FILE_BYTES = 512 << 20
# what decoding may take; a decoder's peak bytes per pixel, result included, were measured
_MEMORY = 800_000_000
# so much of the file itself is not counted
_FREE = 64 << 20
_BYTES_PER_PIXEL = {"JPEG": 7, "PROGRESSIVE": 12, "PNG": 8, "WEBP": 15, "TIFF": 14, "AVIF": 14, "BMP": 8, "GIF": 9,
                    "HEIF": 14}  # fmt: skip
# a progressive JPEG is decoded once per scan: more work than this (scans x megapixels) is refused
_SCAN_WORK = 1500
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif", b"mif2"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})


@dataclass(frozen=True, slots=True)
class Container:
    """What a file says beside its pixels."""

    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    notices: tuple[Notice, ...] = ()


def sniff(data: bytes) -> str | None:
    """Pillow's name of the format by the first bytes, None if it is none of ours."""
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == PNG_SIGNATURE:
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data[4:8] == b"ftyp":
        return _isobmff(data)
    return "BMP" if data[:2] == b"BM" else None


def _isobmff(data: bytes) -> str | None:
    size = min(int.from_bytes(data[:4], "big"), 256)
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, size, 4))]
    if any(brand in _AVIF_BRANDS for brand in brands):
        return "AVIF"
    return "HEIF" if any(brand in _HEIF_BRANDS for brand in brands) else None


def read_photo(source: Path | bytes, *, name: str | None = None) -> Photo:
    """Read a photo: upright pixels in its own RGB (or gray) colour space, and the file's bytes.

    source: a file, or the bytes of one; name: what errors call it. Animated files give their first frame. Broken
    EXIF data or profiles are left out with a notice. Raises UnreadablePhoto, PhotoTooLarge.
    """
    label = name or (str(source) if isinstance(source, Path) else "the pasted picture")
    data = source if isinstance(source, bytes) else _bytes_of(source, label)
    if not data:
        raise UnreadablePhoto(path=label, reason="the file is empty")
    kind = sniff(data)
    if kind is None:
        raise UnreadablePhoto(path=label, reason="this is not a photo format facelab reads")
    path = str(source) if isinstance(source, Path) else None
    with warnings.catch_warnings():
        # Pillow warns about broken metadata, which the notices tell; too many pixels are an error
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with decoder_silenced() if kind == "TIFF" else nullcontext():
                return _decoded(data, kind, label, path)
        except FacelabError:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise UnreadablePhoto(path=label, reason=_too_many(error)) from error
        except ImportError as error:
            raise UnreadablePhoto(path=label, reason=f"{kind} files need a part that is not installed") from error
        except MemoryError as error:
            raise UnreadablePhoto(path=label, reason="there is not enough memory to open it") from error
        except Exception as error:  # decoders raise nearly every type on damaged or hostile bytes
            raise UnreadablePhoto(path=label, reason=_reason(error)) from error


def _too_many(error: Exception) -> str:
    """Pillow's text names the number of pixels first."""
    pixels = next((int(word) for word in str(error).replace("(", " ").split() if word.isdigit()), 0)
    return f"it declares {pixels / 1e6:.0f} megapixels, more than the limit of {MEGAPIXELS}: reduce it first"


def _reason(error: Exception) -> str:
    detail = " ".join(str(error).split())[:120]
    if isinstance(error, UnidentifiedImageError) or not detail:
        return "the picture is damaged"
    return f"the picture is damaged or cut off ({detail})"


def _bytes_of(path: Path, label: str) -> bytes:
    """All bytes of a regular file; pipes and devices could block for ever."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UnreadablePhoto(path=label, reason="this is a folder")
        if not stat.S_ISREG(status.st_mode):
            raise UnreadablePhoto(path=label, reason="this is not a regular file")
        if status.st_size > _FILE_BYTES:
            raise UnreadablePhoto(path=label, reason="the file is larger than 512 MB")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NoSuchPhoto(path=label) from error
    except OSError as error:
        raise UnreadablePhoto(path=label, reason=error.strerror or "it cannot be read") from error
    except ValueError as error:  # a name with a zero byte
        raise UnreadablePhoto(path=label, reason="this is not a file name") from error


def _decoded(data: bytes, kind: str, label: str, path: str | None) -> Photo:
    image, container = open_container(data, kind)
    progressive = kind == "JPEG" and "progressive" in getattr(image, "info", {})
    _check_size(image.size, "PROGRESSIVE" if progressive else kind, label, len(data))
    if progressive and data.count(b"\xff\xda") * image.size[0] * image.size[1] > _SCAN_WORK * 1_000_000:
        raise UnreadablePhoto(path=label, reason="it would take too long to decode (too many scans)")
    orientation, notices = 1, list(container.notices)
    # libheif and Pillow's TIFF reader turn the picture themselves
    if container.exif is not None and kind not in ("HEIF", "TIFF"):
        block = read_exif(container.exif)
        orientation = block.number(ORIENTATION) or 1
        if block.damaged:
            notices.append(Notice("exif_damaged", "A part of the EXIF data is damaged and is left out."))
    picture = image.decode() if isinstance(image, HeifParts) else image
    if isinstance(image, HeifParts):
        del image
    decoded = decode(picture, container.icc, orientation)
    return Photo(
        pixels=decoded.pixels,
        alpha=decoded.alpha,
        icc=decoded.icc,
        mode=decoded.mode,
        format=kind,
        source=path,
        data=data,
        notices=(*notices, *decoded.notices),
    )


def open_container(data: bytes, kind: str) -> tuple[Image.Image | HeifParts, Container]:
    """The opened, not yet decoded picture and what the file says beside it. Raises whatever the decoder raises."""
    if kind == "HEIF":
        heif = open_heif(data)
        return heif, Container(heif.exif, heif.icc, heif.xmp, _deep(heif.bit_depth > 8))
    if kind == "PNG":
        return _open_png(data)
    image = Image.open(io.BytesIO(slim_jpeg(data) if kind == "JPEG" else data), formats=(kind,))
    notices: tuple[Notice, ...] = ()
    if getattr(image, "is_animated", False) and kind in ("GIF", "WEBP", "AVIF", "TIFF"):
        notices = _animated("pages" if kind == "TIFF" else "frames")
    info = image.info
    return image, Container(_raw(info.get("exif")), _raw(info.get("icc_profile")), _raw(info.get("xmp")), notices)


def _open_png(data: bytes) -> tuple[Image.Image, Container]:
    parts = split_png(data)
    notices = [Notice("metadata_lost", f"Damaged or oversized: its {what} is left out.") for what in parts.lost]
    if parts.animated:
        notices.extend(_animated("frames"))
    if parts.cut:
        notices.append(Notice("file_cut", "The end of the file is missing; the picture itself is complete."))
    image = Image.open(io.BytesIO(parts.picture), formats=("PNG",))
    return image, Container(parts.exif, parts.icc, parts.xmp, tuple(notices))


def _raw(value: object) -> bytes | None:
    return value if isinstance(value, bytes) and value else None


def _animated(what: str) -> tuple[Notice, ...]:
    return (Notice("first_frame", f"The file holds several {what}: the first one is used."),)


def _deep(deep: bool) -> tuple[Notice, ...]:
    return (Notice("reduced_to_8_bit", "The photo has more than 8 bits per channel: edited with 8."),) if deep else ()


def _check_size(size: tuple[int, int], kind: str, label: str, file_bytes: int) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise UnreadablePhoto(path=label, reason="the picture has no pixels")
    room = _MEMORY - max(0, file_bytes - _FREE)
    limit = min(MEGAPIXELS, room // _BYTES_PER_PIXEL[kind] // 1_000_000)
    if width * height > limit * 1_000_000:
        raise PhotoTooLarge(path=label, width=width, height=height, limit_mp=limit)
