"""Writing photos: what stays, what goes, and that a file is whole or not there."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from facelab.core.errors import CannotWrite, OutputExists, OutputIsInput, UsageError
from facelab.core.photo import merge_edit, read_photo, to_srgb, write_photo, write_picture
from facelab.core.photo.exif import read_exif
from facelab.core.photo.xmp import SOURCE_TYPE, cleaned_xmp
from facelab.core.values import Photo

SUFFIXES = (".png", ".jpg", ".webp", ".tif")
THUMBNAIL = b"\xff\xd8 the unedited face \xff\xd9"
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:g="http://ns.google.com/photos/1.0/image/" '
    b'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="35,39.5N" g:Data="VU5FRElURUQ=" xmp:Rating="4">'
    b"<dc:creator><rdf:Seq><rdf:li>Ada &amp; Co</rdf:li></rdf:Seq></dc:creator>"
    b"<xmp:Thumbnails><rdf:Alt><rdf:li>UNEDITED</rdf:li></rdf:Alt></xmp:Thumbnails>"
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)
IIM = b"\x1c\x02\x50\x00\x03Ada\x1c\x02\x5a\x00\x05Tokyo\x1c\x08\x0a\x00\x08UNEDITED"


def _pixels() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (48, 64, 3), dtype=np.uint8)


def _camera_jpeg(orientation: int = 6) -> bytes:
    """A camera's JPEG with everything that may and may not be passed on."""
    exif = Image.Exif()
    exif.update(
        {271: "Maker", 272: "Model", 274: orientation, 306: "2026:01:02 03:04:05", 315: "Ada", 33432: "(c) Ada"}
    )
    exif.get_ifd(34665).update({36867: "2025:12:31 23:59:59", 37500: b"MAKERNOTE " + THUMBNAIL, 40962: 64, 40963: 48})
    exif.get_ifd(34853).update({1: "N", 2: (35.0, 39.0, 30.0)})
    resource = b"8BIM\x04\x04\0\0" + len(IIM).to_bytes(4, "big") + IIM + b"\0" * (len(IIM) % 2)
    photoshop = b"Photoshop 3.0\0" + resource
    extra = b"\xff\xed" + (len(photoshop) + 2).to_bytes(2, "big") + photoshop
    buffer = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = Image.fromarray(np.asarray(Image.fromarray(_pixels()).resize((8, 6)).resize((64, 48))))
    picture.save(buffer, "JPEG", exif=exif, xmp=XMP, extra=extra, dpi=(300, 300), icc_profile=profile, quality=92)
    return buffer.getvalue() + b"TRAILER " + THUMBNAIL


def _camera_photo(folder: Path, orientation: int = 6) -> Photo:
    path = folder / "camera.jpg"
    path.write_bytes(_camera_jpeg(orientation))
    return read_photo(path)


def _edited(photo: Photo) -> Photo:
    part = to_srgb(photo)[4:12, 4:12].copy()
    part[2:6, 2:6] = 255 - part[2:6, 2:6]
    return merge_edit(photo, (4, 4, 8, 8), part)


def _metadata(path: Path) -> tuple[Image.Image, Image.Exif]:
    picture = Image.open(path)
    picture.load()
    return picture, picture.getexif()


# --- metadata ---------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_authorship_stays_and_the_unedited_face_goes(tmp_path: Path, suffix: str) -> None:
    photo = _camera_photo(tmp_path)
    out = tmp_path / f"out{suffix}"
    notices = write_photo(_edited(photo), photo, out)
    picture, exif = _metadata(out)
    assert picture.size == (48, 64)
    assert exif[271] == "Maker"
    assert exif[306] == "2026:01:02 03:04:05"
    assert exif[315] == "Ada"
    assert exif[33432] == "(c) Ada"
    assert exif.get(274, 1) == 1
    assert exif.get_ifd(34665)[36867] == "2025:12:31 23:59:59"
    assert exif.get_ifd(34665)[40962] == 48
    assert 37500 not in exif.get_ifd(34665)
    assert not exif.get_ifd(34853)
    assert picture.info["icc_profile"] == photo.icc
    assert exif[282] == pytest.approx(300, abs=0.1)
    data = out.read_bytes()
    for secret in (b"UNEDITED", b"the unedited face", b"VU5FRElURUQ", b"Tokyo", b"GPSLatitude"):
        assert secret not in data, secret
    assert b"Ada &amp; Co" in data
    words = " ".join(notice.text for notice in notices)
    assert "maker notes" in words
    assert "GPS" in words


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_mark_is_there_by_default_and_can_be_left_out(tmp_path: Path, suffix: str) -> None:
    photo = _camera_photo(tmp_path)
    out = tmp_path / f"out{suffix}"
    write_photo(_edited(photo), photo, out)
    data = out.read_bytes()
    assert b"edited with facelab" in data
    assert SOURCE_TYPE.encode() in data
    write_photo(_edited(photo), photo, out, edit_mark=False, replace=True)
    data = out.read_bytes()
    assert b"facelab" not in data
    assert b"compositeWith" not in data


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_position_stays_on_request(tmp_path: Path, suffix: str) -> None:
    photo = _camera_photo(tmp_path)
    out = tmp_path / f"out{suffix}"
    write_photo(_edited(photo), photo, out, keep_gps=True)
    assert _metadata(out)[1].get_ifd(34853)[1] == "N"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_stripping_keeps_the_profile_only(tmp_path: Path, suffix: str) -> None:
    photo = _camera_photo(tmp_path)
    out = tmp_path / f"out{suffix}"
    write_photo(_edited(photo), photo, out, strip_metadata=True, edit_mark=False)
    picture, exif = _metadata(out)
    assert picture.info["icc_profile"] == photo.icc
    assert set(exif) <= {256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 317, 34675}, "only TIFF's own tags"
    for word in (b"Ada", b"Maker", b"2026", b"facelab", b"2025:12"):
        assert word not in out.read_bytes()


def test_iptc_authorship_stays_in_jpeg(tmp_path: Path) -> None:
    photo = _camera_photo(tmp_path)
    out = tmp_path / "out.jpg"
    write_photo(_edited(photo), photo, out)
    with Image.open(out) as picture:
        assert picture.info["photoshop"][0x0404] == b"\x1c\x02\x50\x00\x03Ada"


def test_png_texts_become_exif_elsewhere(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "Ada")
    info.add_text("Copyright", "(c) Ada")
    source = tmp_path / "in.png"
    Image.fromarray(_pixels()).save(source, pnginfo=info, dpi=(240, 240))
    photo = read_photo(source)
    out = tmp_path / "out.jpg"
    write_photo(_edited(photo), photo, out)
    picture, exif = _metadata(out)
    assert (exif[315], exif[33432]) == ("Ada", "(c) Ada")
    assert picture.info["dpi"] == (240, 240)


def test_broken_exif_of_the_source_does_not_stop_writing(shared: Path, tmp_path: Path) -> None:
    for name in ("exif_garbage.jpg", "exif_loop.jpg", "pil_invalid-exif.jpg", "pil_broken_exif_dpi.jpg",
                 "bomb_text.png", "pil_exif_typeerror.jpg", "pil_sugarshack_bad_mpo_header.jpg",
        "pil_icc_profile_big.jpg"):  # fmt: skip
        photo = read_photo(shared / "hostile" / name)
        for suffix in SUFFIXES:
            out = tmp_path / f"{Path(name).stem}{suffix}"
            write_photo(_edited(photo), photo, out)
            assert read_photo(out).pixels.shape == photo.pixels.shape


def test_xmp_with_a_document_type_is_not_parsed() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + XMP
    assert cleaned_xmp(bomb, keep_gps=False) is None


def test_exif_directory_loops_end() -> None:
    loop = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0" + b"\x08\0\0\0"
    assert read_exif(loop).thumbnail


# --- pixels -----------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize(
    "name",
    ["alpha.png", "cmyk.jpg", "gray.jpg", "gray_alpha.png", "icc_wide_gamut.jpg", "palette.png", "rgb16.png"],
)
def test_lossless_formats_give_the_pixels_back(shared: Path, tmp_path: Path, name: str, suffix: str) -> None:
    photo = read_photo(shared / "photos" / "formats" / name)
    edited = _edited(photo)
    out = tmp_path / f"out{suffix}"
    write_photo(edited, photo, out)
    back = read_photo(out)
    assert np.array_equal(back.pixels, edited.pixels)
    assert back.icc == photo.icc
    assert (back.alpha is None) == (photo.alpha is None)
    if photo.alpha is not None and back.alpha is not None:
        assert np.array_equal(back.alpha, photo.alpha)
    assert (back.mode in ("L", "LA")) == (photo.mode in ("L", "LA"))


def test_lossless_webp_stays_lossless(shared: Path, tmp_path: Path) -> None:
    photo = read_photo(shared / "photos" / "formats" / "lossless.webp")
    out = tmp_path / "out.webp"
    write_photo(_edited(photo), photo, out)
    assert np.array_equal(read_photo(out).pixels, _edited(photo).pixels)


@pytest.mark.parametrize("number", [1, 3, 6, 8])
def test_jpeg_keeps_the_tables_so_untouched_parts_stay(shared: Path, tmp_path: Path, number: int) -> None:
    photo = read_photo(shared / "photos" / "orientation" / f"orientation_{number}.jpg")
    out = tmp_path / "out.jpg"
    edited = _edited(photo)
    write_photo(edited, photo, out)
    off = np.abs(read_photo(out).pixels.astype(int) - edited.pixels)[32:]
    assert off.mean() < 0.15


def test_transparency_becomes_white_in_jpeg_and_says_so(shared: Path, tmp_path: Path) -> None:
    photo = read_photo(shared / "photos" / "formats" / "alpha.png")
    assert photo.alpha is not None
    out = tmp_path / "out.jpg"
    notices = write_photo(_edited(photo), photo, out)
    assert "transparency_lost" in {notice.code for notice in notices}
    clear = photo.alpha[200:, 200:] == 0
    assert read_photo(out).pixels[200:, 200:][clear].mean() > 250


# --- files ------------------------------------------------------------------------------------


def test_nothing_edited_copies_the_bytes(tmp_path: Path) -> None:
    photo = _camera_photo(tmp_path)
    out = tmp_path / "copy.jpg"
    notices = write_photo(photo, photo, out)
    assert out.read_bytes() == _camera_jpeg()
    assert [notice.code for notice in notices] == ["copied_unchanged"]


def test_nothing_edited_into_another_format_has_no_mark(tmp_path: Path) -> None:
    photo = _camera_photo(tmp_path)
    out = tmp_path / "copy.png"
    write_photo(photo, photo, out)
    assert b"facelab" not in out.read_bytes()
    assert np.array_equal(read_photo(out).pixels, photo.pixels)


@pytest.mark.parametrize("link", ["same", "symlink", "hardlink"])
def test_the_original_is_never_written_over(tmp_path: Path, link: str) -> None:
    photo = _camera_photo(tmp_path)
    source, out = tmp_path / "camera.jpg", tmp_path / "other.jpg"
    if link == "symlink":
        out.symlink_to(source)
    elif link == "hardlink":
        os.link(source, out)
    else:
        out = tmp_path / "." / "camera.jpg"
    with pytest.raises(OutputIsInput):
        write_photo(_edited(photo), photo, out, replace=True)
    assert source.read_bytes() == _camera_jpeg()


def test_an_existing_file_is_kept_without_force(tmp_path: Path) -> None:
    photo = _camera_photo(tmp_path)
    out = tmp_path / "out.png"
    out.write_bytes(b"precious")
    with pytest.raises(OutputExists):
        write_photo(_edited(photo), photo, out)
    assert out.read_bytes() == b"precious"


def test_failures_leave_no_file(tmp_path: Path) -> None:
    photo = _camera_photo(tmp_path)
    with pytest.raises(CannotWrite):
        write_photo(_edited(photo), photo, tmp_path / "missing" / "out.png")
    with pytest.raises(UsageError):
        write_photo(_edited(photo), photo, tmp_path / "out.xyz")
    tall = Photo(np.zeros((16_500, 2, 3), np.uint8))
    with pytest.raises(CannotWrite, match="16383"):
        write_photo(tall, tall, tmp_path / "out.webp")
    assert [path.name for path in tmp_path.iterdir()] == ["camera.jpg"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_picture_of_its_own_carries_the_mark(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"crop{suffix}"
    write_picture(_pixels(), out)
    assert b"edited with facelab" in out.read_bytes()
    if suffix in (".png", ".tif"):
        assert np.array_equal(read_photo(out).pixels, _pixels())
