"""What the command line refuses, before the first second is spent, and what it names its files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facelab.cli.options import build_parser, face_choice, seed_range, setting
from facelab.cli.outputs import check_targets, plan_outputs, unique_names
from facelab.cli.render import safe_name
from facelab.core.errors import CannotWrite, OutputExists, OutputIsInput, UsageError
from tests.unit.cli_runs import ASTRONAUT, HOPPER, Facelab, facelab  # noqa: F401  (a fixture)

EDIT = ("edit", ASTRONAUT, "--set", "smile=1")


def test_setting_reads_key_value_and_layers() -> None:
    assert (setting("age=-1.5@4-7").key, setting("age=-1.5@4-7").value, setting("age=-1.5@4-7").layers) == (
        "age",
        -1.5,
        "4-7",
    )
    assert setting("smile=2").layers is None
    assert face_choice("all") is None
    assert seed_range("0-2,7") == (0, 1, 2, 7)


@pytest.mark.parametrize(
    "arguments",
    [
        ("edit",),
        ("edit", ASTRONAUT),  # nothing to write
        (*EDIT, "--out", "a.png", "--set", "smile"),
        (*EDIT, "--out", "a.png", "--set", "smile=nan"),
        (*EDIT, "--out", "a.png", "--set", "smile=1e9"),
        (*EDIT, "--out", "a.png", "--set", "smile=1@"),
        (*EDIT, "--out", "a.png", "--set", "nosuch=1"),
        (*EDIT, "--out", "a.png", "--set", "smile=1@90"),
        (*EDIT, "--out", "a.png", "--set", "smile=1@eyes"),
        (*EDIT, "--out", "a.png", "--lock", "nosuch"),
        (*EDIT, "--out", "a.png", "--seed", "-5"),
        (*EDIT, "--out", "a.png", "--project", "p.png"),
        (*EDIT, "--out", "a.png", "--psi", "9"),
        (*EDIT, "--out", "a.png", "--preset", "quick"),
        (*EDIT, "--out", "a.png", "--face", "-1"),
        (*EDIT, "--out", "a.png", "--eyes", "1,2,3,4"),
        (*EDIT, "--out", "a.png", "--eyes", "1,2,3", "--mouth", "1,2,3,4"),
        (*EDIT, "--out", "a.png", "--aligned", "--eyes", "1,2,30,2", "--mouth", "5,40,25,40"),
        (*EDIT, "--out", "a.heic"),
        (*EDIT, "--out", "a.gif", "--frames", "1"),
        (*EDIT, "--out", "a.gif", "--fps", "0"),
        (*EDIT, "--out", "a.gif", "--size", "9"),
        (*EDIT, "--out", "a.jpg", "--quality", "0"),
        (*EDIT, "--out", "a.png", "--out", "a.png"),
        (*EDIT, "--out", "a.png", "--mask-out", "m.jpg"),
        (*EDIT, "--out", "a.png", "--mask-out", "m.png", "--crop-only"),
        (*EDIT, HOPPER, "--out", "a.png"),  # one file for two photos
        (*EDIT, HOPPER, "--out", "d", "--project", "p.facelab"),
        ("edit", ASTRONAUT, "--strip", "--out", "a.png"),  # of which slider?
        ("align", ASTRONAUT, "--face", "all", "--out", "a.png"),
        ("align", ASTRONAUT, "--out", "a.gif"),
        ("personalize", ASTRONAUT, "--out", "me.zip"),
        ("models", "add"),
        ("models", "list", "base"),
        ("invert", ASTRONAUT, "--steps", "0", "--out", "d"),
        ("generate", "--seeds", "3-1", "--out", "d"),
        ("generate", "--seeds", "0-99999999999", "--out", "d"),
        ("nosuchverb", "x"),
    ],
    ids=lambda value: " ".join(Path(str(v)).name for v in value)[:60] if isinstance(value, tuple) else None,
)
def test_wrong_usage_ends_with_2_and_writes_nothing(
    facelab: Facelab,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[object, ...],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert facelab(*arguments) == 2
    assert facelab.err.splitlines() == [facelab.error_line]
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_existing_outputs_are_protected(facelab: Facelab, tmp_path: Path) -> None:  # noqa: F811
    for option, name in (("--out", "a.png"), ("--out", "a.gif"), ("--project", "p.facelab"), ("--json", "r.json")):
        target = tmp_path / name
        target.write_bytes(b"mine")
        assert facelab(*EDIT, option, target, *(() if option == "--out" else ("--out", tmp_path / "free.png"))) == 2
        assert "--force" in facelab.error_line
        assert target.read_bytes() == b"mine"


def test_a_folder_is_used_and_the_files_in_it_are_protected(facelab: Facelab, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "astronaut.png").write_bytes(b"mine")
    assert facelab(*EDIT, "--out", tmp_path / "out") == 2
    assert (tmp_path / "out" / "astronaut.png").read_bytes() == b"mine"


@pytest.mark.parametrize("option", ["--out", "--json", "--mask-out"])
def test_the_input_is_never_an_output_even_by_force(
    facelab: Facelab,  # noqa: F811
    tmp_path: Path,
    option: str,
) -> None:
    photo = tmp_path / "p.png"
    photo.write_bytes(ASTRONAUT.read_bytes())
    other = tmp_path / "link.png"
    os.link(photo, other)  # the same file under another name
    for name in (photo, other):
        arguments = ("edit", photo, "--set", "smile=1", "--force", option, name)
        assert facelab(*arguments, *(() if option == "--out" else ("--out", tmp_path / "free.png"))) == 2
        assert "input" in facelab.error_line
    assert photo.read_bytes() == ASTRONAUT.read_bytes()


def test_targets(tmp_path: Path) -> None:
    photo = tmp_path / "p.png"
    photo.write_bytes(b"x")
    with pytest.raises(OutputIsInput):
        check_targets([photo], [photo], force=True)
    with pytest.raises(OutputExists):
        check_targets([photo], [], force=False)
    with pytest.raises(UsageError):
        check_targets([tmp_path / "A.png", tmp_path / "a.PNG"], [], force=True)  # one file on many systems
    check_targets([tmp_path / "new" / "a.png"], [], force=False)
    assert (tmp_path / "new").is_dir()


def test_a_folder_that_cannot_be_written_in_is_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faked: the tests may run as root, who may write everywhere."""
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    with pytest.raises(CannotWrite, match=tmp_path.name):
        check_targets([tmp_path / "a.png"], [], force=False)


def test_names_of_a_batch(tmp_path: Path) -> None:
    photos = [Path("a/x.jpg"), Path("b/X.png"), Path("c/y.jpg"), Path("d/x.webp")]
    assert unique_names(photos) == ["x", "X-2", "y", "x-3"]
    plan = plan_outputs([tmp_path], photos, animate=False)
    assert [files[0].path.name for files in plan] == ["x.png", "X-2.png", "y.png", "x-3.png"]
    (files,) = plan_outputs([tmp_path / "a.webp", tmp_path / "b.GIF"], photos[:1], animate=True)
    assert [each.kind for each in files] == ["movie", "movie"]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("me.jpg", "me.png"),
        ("../../etc/passwd", "passwd.png"),
        ("..\\..\\boot.ini", "boot.png"),
        ("a\0b\n.png", "a_b.png"),
        ("...", "face.png"),
        ("", "face.png"),
        ("顔 1.jpg", "顔 1.png"),
        ("C:evil?.png", "C_evil.png"),
    ],
)
def test_a_name_inside_a_project_chooses_no_folder(name: str, safe: str) -> None:
    assert safe_name(name) in (safe, safe.replace(".png", "_.png"))
    assert Path(safe_name(name)).name == safe_name(name)


def test_help_names_every_option_of_the_contract() -> None:
    """Of edit and render, as scripts may rely on them."""
    parser = build_parser()
    actions = next(action for action in parser._actions if action.dest == "verb").choices
    assert isinstance(actions, dict)
    shared = {
        "--model", "--device", "--seed", "--preset", "--json", "--quiet", "--force", "--set", "--lock", "--psi",
        "--out", "--project", "--mask-out", "--strip", "--crop-only", "--animate", "--size", "--frames", "--fps",
        "--strip-metadata", "--keep-gps", "--no-edit-mark",
    }  # fmt: skip
    for verb, own in (
        ("edit", {"--face", "--aligned", "--eyes", "--mouth"}),
        ("render", {"--photo", "--pivot"}),
    ):
        known = {text for action in actions[verb]._actions for text in action.option_strings}
        assert shared | own <= known
    assert {"edit", "personalize", "render", "invert", "align", "faces", "generate", "models", "directions", "doctor",
            "bench"} == set(actions)  # fmt: skip


def test_help_and_usage_errors_answer_without_torch() -> None:
    code = "import sys; from facelab.cli.main import main"
    code += "; r = main(sys.argv[1:]); sys.exit(9 if 'torch' in sys.modules else r)"
    for arguments, expected in ((["edit", "--help"], 0), (["edit", str(ASTRONAUT)], 2)):
        done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, timeout=120, check=False)
        assert done.returncode == expected, done.stderr


def test_memory_that_ran_out_is_no_bug(facelab: Facelab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # noqa: F811
    import numpy as np
    import torch

    def torch_error() -> None:
        torch.empty(1 << 60, dtype=torch.uint8)

    def numpy_error() -> None:
        np.empty(1 << 60, np.uint8)

    for fail in (torch_error, numpy_error):
        monkeypatch.setattr("facelab.core.photo.read_photo", lambda path, fail=fail: fail())
        assert facelab("faces", ASTRONAUT) == 4
        assert "memory" in facelab.error_line
