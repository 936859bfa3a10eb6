"""Makes broken, misleading and oversized pictures: what a careful reader must do with each stands in the table."""

from __future__ import annotations

import binascii
import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageCms

OPENS, REFUSES, EITHER = "opens", "refuses", "opens or refuses"
SIDE = 64
_TIFF_HEAD = b"II*\0\x08\0\0\0"
_IMAGE_FILE = {256: (3, 1, 16), 257: (3, 1, 16), 258: (3, 1, 8), 259: (3, 1, 1), 262: (3, 1, 1), 273: (4, 1, 8),
               277: (3, 1, 1), 278: (3, 1, 16), 279: (4, 1, 256)}  # fmt: skip


def picture() -> Image.Image:
    """Soft colours with a bright half, so that black, white and inverted results are seen in the mean."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    return Image.fromarray(np.stack([60 + 2 * x, 40 + x + y, 90 + y], axis=-1).astype(np.uint8))


def packed(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    buffer = io.BytesIO()
    (image or picture()).save(buffer, kind, **options)
    return buffer.getvalue()


def profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def segment(number: int, body: bytes) -> bytes:
    return bytes([0xFF, 0xE0 + number]) + struct.pack(">H", len(body) + 2) + body


def jpeg(*segments: bytes) -> bytes:
    """A JPEG with these segments behind its first marker."""
    data = packed("JPEG", quality=92)
    return data[:2] + b"".join(segments) + data[2:]


def exif(*entries: tuple[int, int, int, bytes], count: int | None = None) -> bytes:
    table = b"".join(struct.pack("<HHL", *entry[:3]) + entry[3].ljust(4, b"\0") for entry in entries)
    number = len(entries) if count is None else count
    return segment(1, b"Exif\0\0" + _TIFF_HEAD + struct.pack("<H", number) + table + b"\0\0\0\0")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", binascii.crc32(kind + body))


def png(*chunks: bytes) -> bytes:
    """A PNG with these chunks behind its header."""
    data = packed("PNG")
    return data[:33] + b"".join(chunks) + data[33:]


def tiff(body: bytes = bytes(range(256)), **changed: tuple[int, int, int]) -> bytes:
    """A 16 x 16 gray TIFF with some tags changed: t256=(type, count, value)."""
    tags = _IMAGE_FILE | {int(key[1:]): value for key, value in changed.items()}
    table = b"".join(struct.pack("<HHLL", tag, *tags[tag]) for tag in sorted(tags))
    start = struct.pack("<L", 8 + len(body))
    return b"II*\0" + start + body + struct.pack("<H", len(tags)) + table + b"\0\0\0\0"


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def files() -> Iterator[tuple[str, str, bytes]]:
    """Name, what a careful reader does, bytes."""
    yield from _exif_files()
    yield from _profile_files()
    yield from _png_files()
    yield from _tiff_files()
    yield from _jpeg_files()
    yield from _other_files()


def _exif_files() -> Iterator[tuple[str, str, bytes]]:
    many = [(0x10F, 2, 0xFFFFFFFF, b"")] * 5000
    yield "exif_65535_entries.jpg", OPENS, jpeg(exif(*many, count=65535))
    yield "exif_4e9_values.jpg", OPENS, jpeg(exif((271, 2, 0xFFFFFFFF, b"\x08"), (274, 3, 0xFFFFFFFF, b"\6")))
    yield "exif_200_segments.jpg", OPENS, jpeg(*[segment(1, b"Exif\0\0" + _TIFF_HEAD + bytes(60000))] * 200)
    yield "exif_loops.jpg", OPENS, jpeg(exif(*[(tag, 4, 1, b"\x08\0\0\0") for tag in (330, 34665, 34853, 40965)]))
    yield "exif_orientation_text.jpg", OPENS, jpeg(exif((274, 2, 2, b"6\0")))
    yield "exif_far.jpg", OPENS, jpeg(segment(1, b"Exif\0\0II*\0\xff\xff\xff\xff"))


def _profile_files() -> Iterator[tuple[str, str, bytes]]:
    icc = profile()
    pieces = [segment(2, b"ICC_PROFILE\0" + bytes([i, 255]) + b"\xff" * 60000) for i in range(1, 256)]
    yield "icc_15_megabytes.jpg", OPENS, jpeg(*pieces)
    yield "icc_missing_pieces.jpg", OPENS, jpeg(segment(2, b"ICC_PROFILE\0\2\7" + icc))
    yield "icc_4e9_tags.jpg", OPENS, packed("JPEG", icc_profile=patched(icc, 128, b"\xff\xff\xff\xff"))
    yield "icc_2_gigabytes.jpg", OPENS, packed("JPEG", icc_profile=b"\x7f\xff\xff\xff" + icc[4:])
    for name in (b"GRAY", b"CMYK", b"Lab ", b"2CLR", b"\xb6\xff\1\2"):
        word = name.decode("latin-1").strip() if name.isascii() else "unnamed"
        yield f"icc_space_{word}.jpg", OPENS, packed("JPEG", icc_profile=patched(icc, 16, name))
    yield "icc_device_link.jpg", OPENS, packed("JPEG", icc_profile=patched(icc, 12, b"link"))
    random = np.random.default_rng(1)
    for number in range(12):
        damaged = bytearray(icc)
        for at in random.integers(0, len(damaged), 12):
            damaged[at] = random.integers(256)
        yield f"icc_fuzz_{number}.jpg", OPENS, packed("JPEG", icc_profile=bytes(damaged))


def _png_files() -> Iterator[tuple[str, str, bytes]]:
    bomb = zlib.compress(b"a" * 1_000_000, 9)
    yield "png_5000_text_bombs.png", OPENS, png(*[chunk(b"zTXt", b"Author\0\0" + bomb)] * 5000)
    other = [chunk(b"iTXt", b"k%d\0\1\0\0\0" % i + bomb) for i in range(3000)]
    yield "png_3000_named_text_bombs.png", OPENS, png(*other)
    yield "png_profile_bombs.png", OPENS, png(*[chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(4 << 20), 9))] * 300)
    yield "png_deep_xmp.png", OPENS, png(chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<a>" * 300_000))
    yield "png_300000_chunks.png", EITHER, png(chunk(b"tIME", b"") * 300_000)
    yield "png_two_headers.png", REFUSES, png(chunk(b"IHDR", struct.pack(">LLBBBBB", 30000, 30000, 8, 2, 0, 0, 0)))
    yield "png_short_palette.png", EITHER, packed("PNG", picture().quantize(16))[:33] + chunk(b"PLTE", b"\xff\0\0")
    frames = [chunk(b"fcTL", struct.pack(">LLLLLHHBB", i, SIDE, SIDE, 0, 0, 1, 1, 0, 0)) for i in range(5000)]
    yield "apng_4e9_frames.png", OPENS, png(chunk(b"acTL", struct.pack(">LL", 0xFFFFFFFF, 0)), *frames)
    small = packed("PNG", Image.new("L", (8, 8)))[:33]
    yield (
        "png_more_pixels.png",
        OPENS,
        small + chunk(b"IDAT", zlib.compress(bytes(100_000_000), 9)) + chunk(b"IEND", b""),
    )


def _tiff_files() -> Iterator[tuple[str, str, bytes]]:
    yield "tiff_4e9_strips.tif", REFUSES, tiff(t273=(4, 0xFFFFFFFF, 8), t279=(4, 0xFFFFFFFF, 8))
    yield "tiff_65535_samples.tif", REFUSES, tiff(t258=(3, 65535, 8), t277=(3, 1, 65535))
    yield "tiff_no_samples.tif", REFUSES, tiff(t277=(3, 1, 0))
    yield "tiff_80_million_wide.tif", REFUSES, tiff(t256=(4, 1, 80_000_000), t257=(3, 1, 1))
    yield (
        "tiff_tiles_of_one_pixel.tif",
        REFUSES,
        tiff(t256=(3, 1, 7000), t257=(3, 1, 7000), t322=(3, 1, 1), t323=(3, 1, 1)),
    )
    yield "tiff_text_far.tif", OPENS, tiff(t270=(2, 0xFFFFFFF0, 8))
    yield "tiff_xmp_far.tif", OPENS, tiff(t700=(1, 1000, 0xFFFFFFF0))
    yield "tiff_jpeg_garbage.tif", REFUSES, tiff(t259=(3, 1, 7))
    yield "tiff_old_jpeg.tif", REFUSES, tiff(t259=(3, 1, 6), t513=(4, 1, 8), t514=(4, 1, 256))
    bomb = zlib.compress(bytes(50_000_000), 9)
    yield "tiff_deflate_bomb.tif", OPENS, tiff(bomb + b"\0" * (len(bomb) % 2), t259=(3, 1, 8), t279=(4, 1, len(bomb)))
    pages = 50_000
    chain = b"".join(struct.pack("<HHHLLL", 1, 256, 3, 1, 16, 8 + 18 * (i + 1)) for i in range(pages))
    yield "tiff_50000_pages.tif", REFUSES, _TIFF_HEAD + chain


def _jpeg_files() -> Iterator[tuple[str, str, bytes]]:
    data = packed("JPEG", quality=92)
    size = data.index(b"\xff\xc0") + 5
    yield "jpeg_filled.jpg", OPENS, data[:2] + b"\xff" * 4_000_000 + data[2:]
    yield "jpeg_comments.jpg", OPENS, data[:2] + (b"\xff\xfe\xff\xff" + b"c" * 65533) * 300 + data[2:]
    yield "jpeg_million_segments.jpg", REFUSES, data[:2] + b"\xff\xe9\0\2" * 1_000_000 + data[2:]
    yield "jpeg_12_bit.jpg", REFUSES, patched(data, size - 1, b"\x0c")
    yield "jpeg_255_channels.jpg", REFUSES, patched(data, size + 4, b"\xff")
    yield "jpeg_one_wide.jpg", OPENS, patched(data, size, struct.pack(">HH", 65500, 1))
    yield "jpeg_88_megapixels.jpg", EITHER, patched(data, size, struct.pack(">HH", 9400, 9400))
    scans = packed("JPEG", Image.new("RGB", (3000, 2500)), progressive=True)
    last = scans[scans.rindex(b"\xff\xda") : -2]
    yield "jpeg_400_scans.jpg", REFUSES, scans[:-2] + last * 400 + b"\xff\xd9"
    cmyk = packed("JPEG", picture().convert("CMYK"))
    adobe = cmyk.index(b"\xff\xee")
    yield "jpeg_cmyk.jpg", OPENS, cmyk
    yield "jpeg_cmyk_ycck.jpg", EITHER, patched(cmyk, adobe + 15, b"\2")
    pair = io.BytesIO()
    picture().save(pair, "MPO", save_all=True, append_images=[picture()])
    yield "mpo.jpg", OPENS, pair.getvalue()
    yield "mpo_bad.jpg", OPENS, patched(pair.getvalue(), pair.getvalue().index(b"MPF\0") + 14, b"\xff" * 8)


def _other_files() -> Iterator[tuple[str, str, bytes]]:
    gif = packed("GIF", picture().quantize(16))
    yield "gif_4000_megapixels.gif", REFUSES, patched(gif, 6, b"\xff\xff\xff\xff")
    yield "gif_transparent.gif", OPENS, packed("GIF", picture().quantize(16), transparency=0)
    frames = [Image.new("P", (SIDE, SIDE), i % 8) for i in range(300)]
    yield "gif_300_frames.gif", OPENS, packed("GIF", picture().quantize(16), save_all=True, append_images=frames)
    webp = packed("WEBP")
    yield "webp_cut.webp", REFUSES, webp[: len(webp) // 2]
    canvas = b"VP8X" + struct.pack("<L", 10) + b"\2\0\0\0" + b"\xff" * 6
    yield "webp_canvas.webp", REFUSES, b"RIFF" + struct.pack("<L", 4 + len(canvas)) + b"WEBP" + canvas
    yield "webp_animated.webp", OPENS, packed("WEBP", save_all=True, append_images=[picture()] * 3)
    yield "webp_profile.webp", OPENS, packed("WEBP", icc_profile=b"\xff" * 3000)
    avif = packed("AVIF")
    for share in (10, 50, 99):
        yield f"avif_cut_{share}.avif", REFUSES, avif[: len(avif) * share // 100]
    yield "heic_header.heic", REFUSES, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
    yield "heic_long_header.heic", REFUSES, b"\xff\xff\xff\xffftypheic" + b"heic" * 1000
    bmp = packed("BMP")
    for name, at, value in (
        ("width_0", 18, 0), ("width_2e9", 18, 2**31 - 1), ("offset", 10, 2**32 - 1), ("header", 14, 2**32 - 1),
        ("compression", 30, 9),
    ):  # fmt: skip
        yield f"bmp_{name}.bmp", REFUSES, patched(bmp, at, struct.pack("<L", value))
    yield "bmp_upside_down.bmp", OPENS, patched(bmp, 22, struct.pack("<l", -SIDE))
    yield "gif_with_jpeg.gif", REFUSES, b"GIF89a" + packed("JPEG")
    for width, height in ((1, 1), (1, 50_000), (50_000, 1), (3, 70_000)):
        yield f"size_{width}x{height}.png", OPENS, packed("PNG", Image.new("RGB", (width, height), (200, 150, 120)))
