"""Files are written whole or not at all; settings survive damage."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from facelab.core.errors import CannotWrite
from facelab.core.files import replacing, write_atomic
from facelab.core.recipe import LayerRange, layer_range
from facelab.settings import ExportChoice, Settings, load_settings, save_settings


def test_interrupted_write_keeps_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    target.write_bytes(b"old")

    def interrupted() -> None:
        with replacing(target) as temporary:
            temporary.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_written_file_is_complete_and_private_when_asked(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a", b"data", private=True)
    assert (tmp_path / "a").read_bytes() == b"data"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600


def test_missing_folder_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite):
        write_atomic(tmp_path / "none" / "a", b"data")


def test_settings_round_trip(tmp_path: Path) -> None:
    settings = Settings(language="ja", threads=2, exports={"gif": ExportChoice(size=480)})
    save_settings(settings, tmp_path / "config")
    assert load_settings(tmp_path / "config") == (settings, ())
    assert (tmp_path / "config" / "settings.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"language = 3", b"\xff\xfe", b"theme = 'pink'", b"[[["])
def test_damaged_settings_fall_back_to_defaults_and_say_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "settings.toml").write_bytes(content)
    settings, notices = load_settings(tmp_path)
    assert settings == Settings()
    assert [notice.code for notice in notices] == ["settings_reset"]


def test_settings_of_a_newer_version_are_read(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"theme = 'dark'\nfuture = 1\n")
    assert load_settings(tmp_path)[0] == msgspec.structs.replace(Settings(), theme="dark")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3", (3, 3)), ("4-7", (4, 7)), ("all", (0, 11)), ("coarse", (0, 3)), ("middle", (4, 7)), ("fine", (8, 11))],
)
def test_layer_ranges(text: str, expected: tuple[int, int]) -> None:
    assert layer_range(text, 12) == LayerRange(*expected)


@pytest.mark.parametrize("text", ["12", "7-4", "-1", "", "1-99", "smooth"])
def test_layers_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        layer_range(text, 12)


def test_fine_layers_do_not_exist_in_a_tiny_model() -> None:
    with pytest.raises(ValueError, match="layers fine"):
        layer_range("fine", 8)
