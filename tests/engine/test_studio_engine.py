"""The studio on a tiny random generator: its pictures mean nothing, but everything must fit together."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))

from tiny_models import SAMPLES, tiny_encoder, tiny_generator
from torch import Tensor
from torch.nn import functional as F

from facelab.core.device import choose_device
from facelab.core.editing import edited_code
from facelab.core.editing.directions import Direction, level, load_direction, save_direction
from facelab.core.errors import BadScores, OutputExists, SpannedDirection, UsageError, WrongGenerator
from facelab.core.generator import load_generator
from facelab.core.networks.attributes import KEYS, AttributeNet
from facelab.core.progress import Progress, run
from facelab.core.recipe import Edit, EditRecipe, LayerRange
from facelab.core.studio.calibrate import effect_of_random, picture_change
from facelab.core.studio.measure import sigma_of
from facelab.core.studio.sampling import draw, mean_step
from facelab.core.studio.seeing import Eyes
from facelab.engine import studio_values as v
from facelab.engine.own_directions import load_own, load_scorer, own_folder, save_own
from facelab.engine.studio import Studio
from facelab.engine.toolkit import Toolkit, load_toolkit, model_directions
from facelab.paths import models_dir

Fit = Callable[..., v.FitResult]


class ColourNet(AttributeNet):
    """Judges by colour: every attribute is a fixed random weighing of a coarse picture.

    A trained net is trained again and again, and what it says of noise is anything.
    """

    def __init__(self) -> None:
        super().__init__()
        weights = np.random.default_rng(0).normal(size=(len(KEYS) + 10, 160))
        self.load_state_dict(self.state_dict() | {"out.weight": torch.from_numpy(weights).float()})
        self.eval().requires_grad_(False)

    def features(self, crops: Tensor) -> Tensor:
        return F.pad(F.adaptive_avg_pool2d(crops, 7).flatten(1), (0, 13))


def make_studio(seed: int = 0, *, encoder: bool = True) -> Studio:
    generator = tiny_generator(seed=seed)
    net = tiny_encoder(generator) if encoder else None
    toolkit = Toolkit("tiny", Path("none"), generator, net, {}, choose_device("cpu"))
    toolkit._eyes = Eyes(generator, ColourNet())
    return Studio(toolkit)


@pytest.fixture(scope="module")
def shared_studio() -> Studio:
    """Its pictures are drawn and looked at once for all tests."""
    return make_studio()


@pytest.fixture
def studio(shared_studio: Studio) -> Studio:
    """Without a slider."""
    shared_studio.toolkit.directions = {}
    return shared_studio


@pytest.fixture(scope="module")
def fitted(shared_studio: Studio) -> Fit:
    """`plan(...)` fitted and not kept; equal plans once for all tests."""
    done: dict[str, v.FitResult] = {}

    def fit(**given: object) -> v.FitResult:
        asked = plan(**given)
        if repr(asked) not in done:
            done[repr(asked)] = run(shared_studio.fit(asked, keep=False))
        return done[repr(asked)]

    return fit


def named(fitted: Fit, *attributes: str) -> dict[str, Direction]:
    """Sliders that are called as what they were fitted on."""
    return {key: replace(fitted(attribute=key).direction, key=key) for key in attributes}


def plan(**given: object) -> v.FitPlan:
    return v.FitPlan(**{"key": "own", "attribute": "quality", "samples": 250, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize("space", ["z", "w", "w+"])
def test_a_slider_raises_what_it_was_fitted_on_in_every_space(studio: Studio, fitted: Fit, space: str) -> None:
    result = fitted(space=space)
    judge = studio.judges.judge_of("quality")
    assert judge is not None
    _, effect, _, _ = run(studio.measure(result.direction, judge, faces=200))
    assert effect.interval[0] > 0.8
    assert effect.low_after > effect.low_before, "the worst samples get better"
    assert result.accuracy > 0.7
    assert result.direction.space == ("w+" if space == "w+" else "w")
    assert np.linalg.norm(result.direction.vector) == pytest.approx(1, abs=1e-5)
    assert result.direction.low < 0 < result.direction.high
    assert result.identity == "encoder"
    assert "age" in result.direction.leakage
    assert "quality" not in result.direction.leakage
    code = studio.test_codes(1)[0]
    moved = level(result.direction, code + 1.5 * result.direction.step(len(code))) - level(result.direction, code)
    assert moved == pytest.approx(1.5, rel=1e-3), "one unit of the slider is one unit of the judgement"


def test_the_paper_s_own_normal_is_the_step_when_asked_for(fitted: Fit) -> None:
    whitened, plain = fitted().direction, fitted(plain=True).direction
    cosine = float(whitened.vector @ plain.vector)
    assert 0.2 < cosine < 0.999


def test_a_z_boundary_moves_w_on_average() -> None:
    generator = tiny_generator()
    z = np.random.RandomState(0).randn(2000, generator.info.z_dim).astype(np.float32)
    normal = np.eye(generator.info.z_dim, dtype=np.float32)[0]
    step = mean_step(generator, z[:500], normal)
    w = generator.map(z)[:, 0]
    high, low = w[z[:, 0] > 0.8].mean(0), w[z[:, 0] < -0.8].mean(0)
    cosine = float(step @ (high - low)) / np.linalg.norm(step) / np.linalg.norm(high - low)
    assert cosine > 0.9


def labels_of(studio: Studio, count: int) -> tuple[tuple[str, float], ...]:
    """What a user with an eye for quality would say of the first faces."""
    faces = run(studio.gallery.look([f"seed:{seed}" for seed in range(count)]))
    score = faces.seen.scores["quality"]
    return tuple((name, float(x > np.median(score))) for name, x in zip(faces.ids, score, strict=True))


def test_thirty_labels_make_a_working_slider_that_is_kept_and_judged_by_them(studio: Studio) -> None:
    result = run(studio.fit(plan(key="clear", attribute="", scores=labels_of(studio, 30)), keep=True))
    assert (result.labels, result.direction.source) == (30, "fitted on 30 scored faces, w")
    judge = studio.judges.judge_of("quality")
    assert judge is not None
    codes, render = studio.test_codes(32), studio.gallery.eyes.render
    step = result.direction.step(codes.shape[1])
    rises = judge(render(codes + 2 * step)) > judge(render(codes))
    assert rises.mean() >= 0.8
    own, notices = load_own(studio.sha256)
    assert "clear" in own
    assert not notices
    assert studio.judges.judge_of("clear") is not None
    assert load_scorer(own["clear"], 160) is not None
    assert "clear" in studio.toolkit.directions


def test_photos_take_part_through_their_inversion(studio: Studio) -> None:
    photos = [SAMPLES / "astronaut.png", SAMPLES / "grace_hopper.jpg"]
    drawn = run(studio.draw(v.DrawFaces((1, 2), (*photos, SAMPLES / "none.jpg"))))
    assert drawn.faces == ("seed:1", "seed:2", *(f"photo:{path}" for path in photos))
    assert drawn.missed == (SAMPLES / "none.jpg",)
    assert drawn.thumbs.shape[0] == 4
    scores = (*labels_of(studio, 30), *((f"photo:{path}", 1.0) for path in photos))
    result = run(studio.fit(plan(attribute="", scores=scores), keep=False))
    assert result.labels == 32


def test_suggestions_are_new_faces(studio: Studio) -> None:
    run(studio.draw(v.DrawFaces(tuple(range(60)))))
    labels = tuple((name, value > 0.5) for name, value in labels_of(studio, 30))
    found = run(studio.suggest(v.SuggestFaces(labels, 10)))
    assert len(found.faces) == 10
    assert not set(found.faces) & {name for name, _ in labels}


def test_bad_requests_are_refused_before_anything_is_drawn(studio: Studio) -> None:
    with pytest.raises(UsageError, match="nothing here judges 'charm'"):
        run(studio.fit(plan(attribute="charm"), keep=False))
    with pytest.raises(UsageError, match="not a name"):
        run(studio.fit(plan(key="../x"), keep=True))
    with pytest.raises(UsageError, match="space"):
        run(studio.fit(plan(space="s"), keep=False))
    with pytest.raises(BadScores, match="at least 5"):
        run(studio.fit(plan(attribute="", scores=(("seed:1", 1.0), ("seed:2", 0.0))), keep=False))
    save_own(Direction("twice", np.eye(32, dtype=np.float32)[0], 1.0, studio.sha256))
    studio.toolkit.directions = {**studio.toolkit.directions, **load_own(studio.sha256)[0]}
    with pytest.raises(OutputExists):
        run(studio.fit(plan(key="twice"), keep=True))


def test_conditions_are_left_alone_and_a_spanned_slider_is_refused(studio: Studio, fitted: Fit) -> None:
    first = replace(fitted().direction, key="first")
    studio.toolkit.directions = {"first": first}
    other = run(studio.fit(plan(key="other", attribute="age", conditions=("first",)), keep=False))
    assert abs(float(other.direction.vector @ first.held)) < 1e-6
    assert 0 < other.kept < 1
    alone = replace(first, key="alone", vector=first.held)
    studio.toolkit.directions = {"first": first, "alone": alone}
    with pytest.raises(SpannedDirection):
        run(studio.do(v.ConditionSlider("same", {}, "alone", ("first",))))


def test_progress_has_totals_and_cancelling_leaves_nothing_behind() -> None:
    studio = make_studio()
    steps = studio.fit(plan(key="gone"), keep=True)
    first = [next(steps) for _ in range(5)]
    assert all(isinstance(p, Progress) and p.total for p in first)
    steps.close()
    assert not own_folder(studio.sha256).exists()


# --- leakage, components ----------------------------------------------------------------------


def test_matrix_measures_pictures_before_and_after_locking(studio: Studio, fitted: Fit) -> None:
    studio.toolkit.directions = named(fitted, "quality", "age")
    found = run(studio.matrix(v.MeasureMatrix(faces=12)))
    assert found.before.keys == ("quality", "age")
    np.testing.assert_allclose(np.diag(found.before.share), 1)
    assert (np.diag(found.before.moved) > 0).all()
    assert found.after.mean_moved < 0.75 * found.before.mean_moved, "locks hold what is judged"
    with pytest.raises(UsageError, match="two sliders"):
        run(studio.matrix(v.MeasureMatrix(("age",))))


@pytest.mark.parametrize("kind", ["pca", "sefa"])
def test_components_become_sliders(studio: Studio, kind: str) -> None:
    found = run(studio.components(v.FindComponents(kind, 4, 2000, LayerRange(2, 4))))
    assert len(found.strips) == 4
    kept = run(studio.keep_component(v.KeepComponent("wave", {"ko": "물결"}, 1, -1)))
    again = load_direction(kept.path)
    np.testing.assert_allclose(again.vector, -found.components.vectors[1], atol=1e-6)
    assert again.layers == LayerRange(2, 4)
    assert again.label == "물결"
    step = again.step(studio.toolkit.generator.info.num_ws)
    assert not step[:2].any()
    assert not step[5:].any()


@pytest.mark.parametrize("kind", ["pca", "sefa"])
def test_components_of_the_model_are_orthonormal_and_move_the_picture_more_than_random(kind: str) -> None:
    """On the embedded model, in numbers: see also `facelab directions pca --faces 8`."""
    studio = Studio(load_toolkit(None, "cpu"))
    found = run(studio.find_components(v.FindComponents(kind, 64, 20_000)))
    product = found.vectors.astype(np.float64) @ found.vectors.T.astype(np.float64)
    assert np.abs(product - np.eye(64)).max() < 1e-6
    codes, render = studio.test_codes(3), studio.gallery.eyes.render

    def change(index: int) -> float:
        direction = studio.component(found, index, "c", {})
        return picture_change(codes, direction.step(codes.shape[1]), render)

    top = np.mean([change(0), change(1)])
    chance = effect_of_random(codes, render, lambda vector: sigma_of(vector, studio.sampled_w), count=4)
    assert top > 1.2 * chance, (kind, top, chance)


def test_a_hundred_thousand_w_are_streamed_in_bounded_memory() -> None:
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from facelab.engine.toolkit import load_toolkit\n"
        "from facelab.engine.studio import Studio\n"
        "from facelab.engine.studio_values import FindComponents\n"
        "from facelab.core.progress import run\n"
        "found = run(Studio(load_toolkit(None, 'cpu')).find_components(FindComponents('pca', 20, 100_000)))\n"
        "status = Path('/proc/self/status')\n"
        "own = [line.split()[1] for line in status.read_text().splitlines() if line.startswith('VmHWM')]"
        " if status.exists() else []\n"  # ru_maxrss keeps the parent's peak over fork and exec on Linux
        "print(len(found.vectors), *own or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss])\n"
    )
    pytest.importorskip("resource", reason="peak memory is read as on Unix")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    count, peak = map(int, done.stdout.split())
    kilobytes = peak / 1024 if sys.platform == "darwin" else peak
    assert count == 20
    assert kilobytes < 1_000_000, f"{kilobytes / 1e6:.2f} GB"


# --- files ------------------------------------------------------------------------------------


def test_export_and_import_carry_everything(studio: Studio, fitted: Fit, tmp_path: Path) -> None:
    given = replace(fitted().direction, key="clear", labels={"en": "Clear", "ja": "鮮明"})
    save_own(given)
    studio.take_in(given)
    run(studio.export(v.ExportDirection("clear", tmp_path / "clear")))
    assert sorted(path.name for path in (tmp_path / "clear").iterdir()) == [
        "direction.npy",
        "direction.toml",
        "normal.npy",
    ]
    with pytest.raises(OutputExists):
        run(studio.export(v.ExportDirection("clear", tmp_path / "clear")))
    assert run(studio.remove(v.RemoveDirection("clear"))).key == "clear"
    assert "clear" not in studio.toolkit.directions
    assert not own_folder(studio.sha256).joinpath("clear").exists()
    back = run(studio.import_array(v.ImportArray(tmp_path / "clear", "")))
    np.testing.assert_array_equal(back.direction.vector, given.vector)
    assert back.direction.labels == {"en": "Clear", "ja": "鮮明"}
    assert back.direction.sigma == pytest.approx(given.sigma)


def test_a_direction_of_another_generator_is_refused_by_name(studio: Studio, fitted: Fit, tmp_path: Path) -> None:
    here, there = studio, make_studio(1)
    here.take_in(replace(fitted().direction, key="clear"))
    run(here.export(v.ExportDirection("clear", tmp_path / "clear")))
    with pytest.raises(WrongGenerator, match=here.sha256[:12]) as caught:
        run(there.import_array(v.ImportArray(tmp_path / "clear", "clear")))
    assert there.sha256[:12] in str(caught.value)
    assert load_own(there.sha256) == ({}, ())


def test_own_sliders_come_with_their_model_and_damaged_ones_are_told() -> None:
    sha = load_generator(models_dir() / "base" / "generator.safetensors").info.sha256
    vector = np.zeros(256, np.float32)
    vector[0] = 1
    save_own(Direction("mine", vector, 1.0, sha))
    save_own(Direction("broken", vector, 1.0, sha))
    (own_folder(sha) / "broken" / "direction.npy").write_bytes(b"?")
    stranger = own_folder(sha) / "stranger"
    save_direction(Direction("stranger", vector, 1.0, "f" * 64), stranger)
    toolkit = load_toolkit(None, "cpu")
    assert "mine" in toolkit.directions
    assert {"broken", "stranger"}.isdisjoint(toolkit.directions)
    assert [notice.code for notice in toolkit.notices].count("own_direction") == 2
    assert "mine" not in model_directions(toolkit)


def test_recipes_of_own_and_given_sliders_commute(studio: Studio, fitted: Fit) -> None:
    made = named(fitted, "quality", "age", "yaw")
    codes = draw(studio.toolkit.generator, [1]).w_plus[0]
    edits = [
        Edit("direction", "quality", 1.2),
        Edit("direction", "age", -0.7, LayerRange(1, 3)),
        Edit("direction", "yaw", 2),
    ]
    locks = frozenset({"yaw"})
    average = studio.toolkit.generator.w_avg
    first = edited_code(codes, EditRecipe(tuple(edits), locks), made, average)
    second = edited_code(codes, EditRecipe(tuple(reversed(edits)), locks), made, average)
    np.testing.assert_allclose(first, second, atol=1e-6)
