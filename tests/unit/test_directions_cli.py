"""`facelab directions` as scripts use it: files, JSON and exit codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from tiny_models import SAMPLES

from facelab.cli.directions_studio import read_scores
from facelab.cli.main import main
from facelab.core.errors import BadScores
from facelab.core.formats import load_checkpoint, save_native
from facelab.core.studio.condition import cosine
from facelab.paths import models_dir

QUIET = "--quiet"


def facelab(*arguments: object) -> int:
    return main(["directions", *map(str, arguments)])


def report(path: Path) -> dict[str, object]:
    return json.loads(path.read_text())  # type: ignore[no-any-return]


def unit(size: int, seed: int) -> np.ndarray:
    vector = np.random.RandomState(seed).randn(1, size)
    return vector / np.linalg.norm(vector)


def test_condition_works_on_bare_arrays_of_any_length(tmp_path: Path) -> None:
    for i, name in enumerate("abc"):
        np.save(tmp_path / f"{name}.npy", unit(512, i))
    command = ["condition", "--primal", tmp_path / "a.npy", "--on", tmp_path / "b.npy", "--on", tmp_path / "c.npy"]
    out, figures = tmp_path / "d.npy", tmp_path / "d.json"
    assert facelab(*command, "--out", out, "--json", figures) == 0
    made = np.load(out)
    assert made.shape == (1, 512)
    assert made.dtype == np.float64
    assert max(abs(float((made * unit(512, i)).sum())) for i in (1, 2)) < 1e-12
    assert facelab(*command, "--out", out) == 2, "an existing output is kept"
    assert facelab(*command, "--out", out, "--force") == 0
    assert facelab(*command, "--out", tmp_path / "a.npy", "--force") == 2, "an input is never overwritten"
    assert facelab(*command) == 2


def test_condition_refuses_what_is_spanned_and_what_does_not_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = unit(64, 0), unit(64, 1)
    np.save(tmp_path / "a.npy", a + b)
    np.save(tmp_path / "b.npy", a)
    np.save(tmp_path / "c.npy", b)
    np.save(tmp_path / "short.npy", unit(32, 0))
    out = tmp_path / "d.npy"
    spanned = ["condition", "--primal", tmp_path / "a.npy", "--on", tmp_path / "b.npy", "--on", tmp_path / "c.npy"]
    assert facelab(*spanned, "--out", out) == 3
    assert "span" in capsys.readouterr().err
    other = ["condition", "--primal", tmp_path / "a.npy", "--on", tmp_path / "short.npy", "--out", out]
    assert facelab(*other) == 2
    error = capsys.readouterr().err
    assert "64" in error
    assert "32" in error
    assert not out.exists()


def test_public_conditional_boundaries_come_out_of_the_command_line(shared: Path, tmp_path: Path) -> None:
    folder = shared / "directions"
    rows = [row for row in csv.DictReader((folder / "index.csv").open()) if row["conditions"]]
    assert len(rows) == 13
    for number, row in enumerate(rows):
        here = (folder / row["file"]).parent
        on = [part for name in row["conditions"].split() for part in ("--on", here / name)]
        out = tmp_path / f"{number}.npy"
        assert facelab("condition", "--primal", here / Path(row["primal"]).name, *on, "--out", out, QUIET) == 0
        assert cosine(np.load(out), np.load(folder / row["file"])) >= 0.999999, row["file"]


@pytest.mark.parametrize(
    "arguments",
    [[], ["what"], ["fit", "x"], ["fit", "x", "--attribute", "smile", "--scores", "a.csv"], ["pca", "--samples", "3"],
     ["fit", "x", "--attribute", "smile", "--share", "0.9"], ["import"], ["ladder", "smile"],
     ["fit", "x", "--attribute", "smile", "--name", "smile"], ["pca", "--keep", "one"], ["sefa", "--sheet"]],
)  # fmt: skip
def test_wrong_usage_is_exit_2(arguments: list[str]) -> None:
    assert facelab(*arguments) == 2


def test_list_and_show_know_the_sliders(tmp_path: Path) -> None:
    assert facelab("list", "--json", tmp_path / "l.json", QUIET) == 0
    keys = {row["key"] for row in report(tmp_path / "l.json")["directions"]}  # type: ignore[attr-defined, index]
    assert {"smile", "yaw", "pitch", "mouth_open", "eyes", "glasses", "beard", "gender", "age", "quality"} <= keys
    assert facelab("show", "smile", "--json", tmp_path / "s.json", QUIET) == 0
    shown = report(tmp_path / "s.json")["direction"]
    assert {"sigma", "range", "accuracy", "leakage", "spread", "source", "licence"} <= shown.keys()  # type: ignore[attr-defined]
    assert facelab("show", "charm") == 2


def test_a_slider_is_conditioned_kept_shown_exported_and_removed(tmp_path: Path) -> None:
    assert facelab("condition", "--primal", "smile", "--on", "age", "--key", "pure_smile", QUIET) == 0
    assert facelab("condition", "--primal", "smile", "--on", "age", "--key", "pure_smile") == 2
    assert facelab("list", "--json", tmp_path / "l.json", QUIET) == 0
    own = [row["key"] for row in report(tmp_path / "l.json")["directions"] if row["own"]]  # type: ignore[attr-defined, index]
    assert own == ["pure_smile"]
    assert facelab("export", "pure_smile", "--out", tmp_path / "out", QUIET) == 0
    assert facelab("export", "pure_smile", "--out", tmp_path / "out") == 2
    assert facelab("remove", "pure_smile", QUIET) == 0
    assert facelab("remove", "smile") == 2, "the model's own sliders stay"
    assert facelab("import", tmp_path / "out", QUIET) == 0
    assert facelab("show", "pure_smile", QUIET) == 0


def test_arrays_are_imported_with_checks(tmp_path: Path) -> None:
    np.save(tmp_path / "wave.npy", unit(256, 0).astype(np.float32))
    np.save(tmp_path / "wide.npy", unit(512, 0).astype(np.float32))
    (tmp_path / "evil.pt").write_bytes(b"\x80\x02cos\nsystem\nq\x00X\x02\x00\x00\x00idq\x01\x85q\x02Rq\x03.")
    assert facelab("import", tmp_path / "wave.npy", "--name", "ja=波", "--json", tmp_path / "w.json", QUIET) == 0
    made = report(tmp_path / "w.json")["direction"]
    assert made["key"] == "wave"  # type: ignore[index]
    assert made["names"]["ja"] == "波"  # type: ignore[index]
    assert facelab("import", tmp_path / "wide.npy") == 3
    assert facelab("import", tmp_path / "evil.pt") == 3
    assert facelab("import", tmp_path / "none.npy") == 3
    assert facelab("import", tmp_path / "wave.npy", "--key", "../x") == 2


def test_a_direction_of_another_generator_is_exit_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert facelab("export", "smile", "--out", tmp_path / "smile", QUIET) == 0
    checkpoint = load_checkpoint(models_dir() / "base" / "generator.safetensors")
    name = next(name for name in checkpoint.tensors if name.endswith("bias"))
    changed = dict(checkpoint.tensors)
    changed[name] = changed[name] + 1
    other = tmp_path / "other.safetensors"
    save_native(other, checkpoint.config, changed, checkpoint.metadata)
    assert facelab("import", tmp_path / "smile", "--key", "stolen", "--model", other) == 4
    error = capsys.readouterr().err
    assert "was made for the generator" in error
    assert error.strip().count("\n") == 0 or error.strip().splitlines()[-1].startswith("facelab:")


def test_components_are_written_and_kept(tmp_path: Path) -> None:
    out = tmp_path / "c"
    arguments = ["pca", "--samples", 2000, "--components", 5, "--layers", "coarse", "--out", out, "--keep", "1=second"]
    assert facelab(*arguments, "--json", tmp_path / "c.json", QUIET) == 0
    found = report(tmp_path / "c.json")
    assert found["orthonormal_to"] < 1e-6  # type: ignore[operator]
    assert found["layers"] == [0, 3]
    assert len(found["sigmas"]) == 5  # type: ignore[arg-type]
    assert facelab("import", out / "components.npz", "--component", 2, "--key", "third", QUIET) == 0
    assert facelab("show", "second", QUIET) == 0
    assert facelab("sefa", "--components", 3, "--layers", "30") == 2


def test_the_ladder_is_a_picture(tmp_path: Path) -> None:
    from PIL import Image

    out = tmp_path / "ladder.png"
    assert (
        facelab("ladder", "smile", "--samples", 60, "--rungs", 3, "--out", out, "--json", tmp_path / "l.json", QUIET)
        == 0
    )
    with Image.open(out) as picture:
        assert picture.width > 6 * 128
        assert picture.height > 3 * 128
    low, middle, high = report(tmp_path / "l.json")["distance"]  # type: ignore[misc]
    assert low < middle < high


# --- scores -----------------------------------------------------------------------------------


def test_scores_name_seeds_and_photos(tmp_path: Path) -> None:
    table = tmp_path / "s.csv"
    table.write_text(f"seed,photo,score\n3,,1.5\n4,,\n,{SAMPLES / 'astronaut.png'},0\n", encoding="utf-8-sig")
    assert read_scores(table) == (("seed:3", 1.5), (f"photo:{SAMPLES / 'astronaut.png'}", 0.0))


@pytest.mark.parametrize(
    "text", ["", "seed\n1\n", "score\n1\n", "seed,score\n1,high\n", "seed,score\n-1,2\n", "seed,score\n1,nan\n"]
)
def test_unusable_scores_say_where(tmp_path: Path, text: str) -> None:
    table = tmp_path / "s.csv"
    table.write_text(text)
    with pytest.raises(BadScores, match=r"s\.csv"):
        read_scores(table)
    assert facelab("fit", "x", "--scores", table) == 3
