"""The real command on real photos, as a user runs it: four tunings with the fast preset."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from facelab.core.alignment import align, extract
from facelab.core.finder import find_faces
from facelab.core.image import to_tensor
from facelab.core.networks.attributes import load_attribute_net
from facelab.core.values import CropConvention
from facelab.paths import models_dir
from facelab.project.store import load_project
from tests.conftest import shared_dir

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"
ASTRONAUT, HOPPER = SAMPLES / "astronaut.png", SAMPLES / "grace_hopper.jpg"
LIMIT = 280.0  # seconds for one tuning on a busy machine; it takes about 20 on two idle cores

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def report(self) -> Any:
        return json.loads((self.folder / "report.json").read_text())


def environment(folder: Path) -> dict[str, str]:
    measure = shared_dir() / "data" / "measure"
    extra = {"FACELAB_MEASURE_DIR": str(measure)} if measure.is_dir() else {}
    return {**os.environ, "FACELAB_HOME": str(folder / "home"), **extra}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "facelab", *map(str, arguments)]


def facelab(folder: Path, *arguments: object) -> Done:
    """Run in `folder`, writing report.json there."""
    done = subprocess.run(
        command(*arguments, "--json", folder / "report.json"),
        cwd=folder, env=environment(folder), capture_output=True, text=True, encoding="utf-8",
        timeout=LIMIT, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr, folder)


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.array(image.convert("RGB"))


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """README's command, and every other kind of output."""
    folder = tmp_path_factory.mktemp("job")
    outs = [part for name in ("x.png", "x.jpg", "x.gif", "x.mp4") for part in ("--out", folder / name)]
    files = ("--project", folder / "x.facelab", "--mask-out", folder / "mask.png")
    return facelab(folder, "edit", ASTRONAUT, "--set", "smile=2", *outs, *files, "--preset", "fast")


def test_it_works_and_says_what_it_does(job: Done) -> None:
    assert job.code == 0, job.err
    names = {path.name for path in job.folder.iterdir()}
    assert names == {"x.png", "x.jpg", "x.gif", "x.mp4", "x.facelab", "mask.png", "report.json", "home"}
    assert "fast: about" in job.err  # the seconds it will take, before it begins
    assert job.err.index("fast: about") < job.err.index("fitting the model to this face")
    assert "step/s" in job.err  # rate
    assert "consent" in job.err
    files = ("x.png", "x.jpg", "x.gif", "x.mp4", "mask.png", "x.facelab")
    assert set(job.out.split()) == {str(job.folder / name) for name in files}


def test_report_has_the_fields_of_the_contract(job: Done) -> None:
    report = job.report
    assert report["schema"] == 1
    assert report["device"] == "cpu" or report["device"].startswith(("cuda", "mps"))
    assert set(report["model"]) == {"name", "sha256"}
    (photo,) = report["photos"]
    assert (photo["file"], photo["face"]) == (str(ASTRONAUT), 0)
    assert {"find", "encode", "invert", "tune", "paste", "export"} <= set(photo["seconds"])
    assert all(value >= 0 for value in photo["seconds"].values())
    assert photo["psnr"] >= 25  # fast; balanced is held to 28 by the benchmark
    assert 0.7 < photo["ssim"] <= 1
    assert set(photo["perceptual"]) == {"name", "value"}
    assert isinstance(photo["fallbacks"], list)
    assert photo["out"] == [str(job.folder / n) for n in ("x.png", "x.jpg", "x.gif", "x.mp4", "mask.png", "x.facelab")]
    x, y, width, height = photo["box"]
    assert (abs(x - 169), abs(y - 65)) < (25, 25)
    assert 80 < width == height < 150


def test_identity_is_measured_where_the_net_is(job: Done, shared: Path) -> None:
    identity = job.report["photos"][0]["identity"]
    assert identity["net"] == "MobileFaceNet"
    assert 0.75 < identity["value"] <= 1


def test_nothing_outside_the_mask_changes(job: Done) -> None:
    before, after = pixels(ASTRONAUT), pixels(job.folder / "x.png")
    inside = pixels(job.folder / "mask.png")[..., 0] > 0
    assert after.shape == before.shape
    assert (after[~inside] == before[~inside]).all()
    assert 0.005 < inside.mean() < 0.4
    x, y, width, height = job.report["photos"][0]["mask_box"]
    outside = inside.copy()
    outside[y : y + height, x : x + width] = False
    assert not outside.any()


def test_the_person_really_smiles_more(job: Done) -> None:
    """Judged by the attribute net, which had no part in the edit, on the crop of the written photo."""
    net = load_attribute_net(models_dir() / "base" / "attributes.safetensors")
    before, after = pixels(ASTRONAUT), pixels(job.folder / "x.png")
    (face,) = find_faces(before)
    where = align(face.landmarks, CropConvention(0.64, 0.53), 128)
    seen = [net.judge(to_tensor(extract(each, where).pixels)) for each in (before, after)]
    assert seen[1]["smile"][0] > seen[0]["smile"][0] + 0.3
    assert abs(seen[1]["yaw"][0] - seen[0]["yaw"][0]) < 12


def test_gif_and_video_go_there_and_back(job: Done) -> None:
    with Image.open(job.folder / "x.gif") as gif:
        assert (gif.size, gif.n_frames, gif.info["loop"]) == ((640, 640), 46, 0)
        durations, shown = [], {}
        for i in range(gif.n_frames):
            gif.seek(i)
            durations.append(gif.info["duration"])
            if i in (0, 23):
                shown[i] = np.asarray(gif.convert("RGB").resize((64, 64))).astype(int)
    assert durations == [500, *[50] * 22, 500, *[50] * 22]
    for i, name in ((0, ASTRONAUT), (23, job.folder / "x.png")):
        with Image.open(name) as image:
            expected = np.asarray(image.convert("RGB").resize((64, 64))).astype(int)
        assert np.abs(shown[i] - expected).mean() < 4
    assert (job.folder / "x.gif").stat().st_size < 2_000_000
    assert (job.folder / "x.mp4").stat().st_size > 10_000


def test_the_saved_file_gives_the_same_picture_again(job: Done, tmp_path: Path) -> None:
    """Another process, another folder, no tuning: to the last bit."""
    done = facelab(tmp_path, "render", job.folder / "x.facelab", "--out", tmp_path / "again.png")
    assert done.code == 0, done.err
    assert "fitting" not in done.err
    assert (pixels(tmp_path / "again.png") == pixels(job.folder / "x.png")).all()


def test_a_batch_goes_on_and_ends_with_3(tmp_path: Path) -> None:
    bad, blank = tmp_path / "bad.jpg", tmp_path / "blank.png"
    bad.write_bytes(b"\xff\xd8\xff\xe0 not really")
    Image.fromarray(np.full((300, 300, 3), 128, np.uint8)).save(blank)
    options = (
        "--set",
        "smile=-1",
        "--set",
        "yaw=1",
        "--lock",
        "age",
        "--out",
        tmp_path / "out",
        "--project",
        tmp_path / "own",
    )
    done = facelab(tmp_path, "edit", bad, blank, HOPPER, *options, "--preset", "fast")
    assert done.code == 3
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["grace_hopper.png"]
    assert [path.name for path in (tmp_path / "own").iterdir()] == ["grace_hopper.facelab"]
    errors = [line for line in done.err.splitlines() if line.startswith("facelab: ")]
    assert len(errors) == 2
    assert str(bad) in errors[0]
    assert "blank.png" in errors[1]
    assert [photo["file"] for photo in done.report["photos"]] == [str(HOPPER)]
    assert [entry["file"] for entry in done.report["failed"]] == [str(bad), str(blank)]


def test_one_generator_for_two_people_without_their_photos(tmp_path: Path) -> None:
    me = tmp_path / "me.facelab"
    done = facelab(tmp_path, "personalize", ASTRONAUT, HOPPER, "--out", me, "--preset", "fast")
    assert done.code == 0, done.err
    assert "consent" in done.err
    assert len(done.report["photos"]) == 2
    assert all(photo["psnr"] > 22 for photo in done.report["photos"])
    content = me.read_bytes()
    assert HOPPER.read_bytes()[1000:1100] not in content
    project = load_project(me, lambda name, sha: pytest.fail("the generator is inside"))
    assert [photo.data for photo in project.photos] == [None, None]
    if os.name == "posix":
        assert me.stat().st_mode & 0o077 == 0
    (tmp_path / "report.json").unlink()
    edited = facelab(
        tmp_path, "render", me, "--set", "smile=-2", "--pivot", "1", "--photo", HOPPER, "--out", tmp_path / "h.png"
    )
    assert edited.code == 0, edited.err
    assert (pixels(tmp_path / "h.png") != pixels(HOPPER)).any()
    refused = subprocess.run(
        command("render", me, "--set", "smile=1", "--out", tmp_path / "no.png"),
        env=environment(tmp_path), capture_output=True, text=True, timeout=LIMIT, check=False,
    )  # fmt: skip
    assert refused.returncode == 4
    assert "--photo" in refused.stderr


# --- stopping -----------------------------------------------------------------------------------

only_posix = pytest.mark.skipif(os.name != "posix", reason="signals cannot be sent to one process on Windows")


def started(folder: Path, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(*arguments), cwd=folder, env=environment(folder), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, encoding="utf-8", bufsize=1, preexec_fn=listening,
    )  # fmt: skip


def listening() -> None:
    """A shell that runs the tests in the background ignores SIGINT, and so would its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_until_said(process: subprocess.Popen[str], pattern: str) -> None:
    """Read what the process says on stderr, bars included, until it matches."""
    assert process.stderr is not None
    said = ""
    while not re.search(pattern, said):
        piece = process.stderr.read(1)
        assert piece, f"{pattern!r} was never said: {said[-500:]}"
        said = (said + piece)[-400:]


@only_posix
def test_ctrl_c_while_tuning_leaves_no_file(tmp_path: Path) -> None:
    outs = ("--out", tmp_path / "a.png", "--out", tmp_path / "a.gif", "--project", tmp_path / "a.facelab")
    process = started(tmp_path, "edit", ASTRONAUT, "--set", "smile=1", *outs, "--preset", "fast")
    wait_until_said(process, r"fitting the model[^\n]*\| [1-9][0-9]*/")  # a step is done
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted" in rest
    assert "Traceback" not in rest
    assert time.monotonic() - asked < 10  # one step, the losses measured once more, and the interpreter's end
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@only_posix
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_a_batch_keeps_the_finished_files(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    process = started(tmp_path, "generate", "--seeds", "0-20000", "--out", tmp_path / "g")
    end = time.monotonic() + 120
    while not (tmp_path / "g" / "seed0002.png").is_file():
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.05)  # the file system has no signal to wait for
    process.send_signal(sent)
    process.communicate(timeout=60)
    assert process.returncode == code
    files = sorted((tmp_path / "g").iterdir())
    assert [path.name for path in files] == [f"seed{i:04d}.png" for i in range(len(files))]
    for path in files:
        assert pixels(path).shape == (128, 128, 3)
