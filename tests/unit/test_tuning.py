"""Pivotal tuning: methods.md table 2 on a tiny generator, and what the live window relies on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_models import picture, tiny_generator

from facelab.core.errors import OutOfMemory, WrongGenerator
from facelab.core.formats import tensor_sha256
from facelab.core.generator import FaceGenerator
from facelab.core.inversion import InversionPlan, InversionProblem, inverter
from facelab.core.losses import Features, GradientPyramid, mse, peak_signal_to_noise
from facelab.core.progress import Progress, run
from facelab.core.tuning import PRESETS, TunedGenerator, Tuning, TuningPlan, expected_seconds, tune
from facelab.core.tuning.estimate import StepSeconds, probe
from facelab.core.tuning.job import _descend, rms_distance
from facelab.core.tuning.plans import FFHQ_ALPHA, Plateau
from facelab.core.values import Pivot

PLAN = TuningPlan(steps=200, learning_rate=2e-3, perceptual=0.2, decay=0.5, locality_every=0)
LOSS = GradientPyramid()
OTHER = picture(32, "grace_hopper.jpg", 0.4)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def base() -> FaceGenerator:
    return tiny_generator()


@pytest.fixture(scope="module")
def pivots(base: FaceGenerator) -> tuple[Pivot, Pivot]:
    """The astronaut and Grace Hopper in W, with optimised noise."""
    plan = InversionPlan(steps=150, rate=0.05)
    first, second = (
        run(inverter("w").invert(InversionProblem(base, image, LOSS), plan)).pivot for image in (picture(), OTHER)
    )
    return first, second


def decibels(generator: FaceGenerator, pivot: Pivot, target: torch.Tensor) -> float:
    return float(peak_signal_to_noise(generator.render(pivot.latent.w_plus, pivot.latent.noise), target))


def near_codes(base: FaceGenerator, pivot: Pivot, count: int = 16) -> torch.Tensor:
    """Codes on the alpha ball around the pivot, other ones than tuning draws."""
    codes = torch.tensor(base.map(np.random.RandomState(77).randn(count, base.info.z_dim).astype(np.float32)))
    towards = codes - torch.tensor(pivot.latent.w_plus)
    length = towards.square().sum(dim=-1, keepdim=True).sqrt()
    return torch.tensor(pivot.latent.w_plus) + FFHQ_ALPHA * rms_distance(base) * towards / length


def agreement(base: FaceGenerator, tuned: FaceGenerator, pivot: Pivot) -> float:
    codes, noise = near_codes(base, pivot), pivot.latent.noise
    return float(peak_signal_to_noise(base.render(codes, noise), tuned.render(codes, noise)).mean())


def test_tuning_adds_8_db_and_touches_neither_the_code_nor_the_base(
    base: FaceGenerator, pivots: tuple[Pivot, Pivot]
) -> None:
    pivot, code = pivots[0], pivots[0].latent.w_plus.copy()
    before = tensor_sha256(base.network.state_dict())
    tuned = run(tune(base, picture(), [pivot], PLAN, LOSS))
    assert decibels(tuned.generator, pivot, picture()) >= decibels(base, pivot, picture()) + 8
    np.testing.assert_array_equal(tuned.pivots[0].latent.w_plus, code)
    assert tensor_sha256(base.network.state_dict()) == before == tuned.base_sha256
    assert tensor_sha256(tuned.generator.network.state_dict()) != before


def test_locality_keeps_the_neighbourhood_at_little_cost(base: FaceGenerator, pivots: tuple[Pivot, Pivot]) -> None:
    """Agreement with the base on the alpha ball up >= 5 dB for <= 1.5 dB on the photo, with the paper's weight 0.1.

    Measured: +7.6 dB for -0.4 dB (0.5 as weight: too much for this picture, -2.9 dB).
    """
    pivot = pivots[0]
    free = run(tune(base, picture(), [pivot], PLAN, LOSS)).generator
    held = run(tune(base, picture(), [pivot], replace(PLAN, locality_every=1, locality=0.1), LOSS)).generator
    assert agreement(base, held, pivot) >= agreement(base, free, pivot) + 5
    assert decibels(held, pivot, picture()) >= decibels(free, pivot, picture()) - 1.5


def test_one_generator_for_two_photos_is_within_1_db_of_one_each(
    base: FaceGenerator, pivots: tuple[Pivot, Pivot]
) -> None:
    targets = (picture(), OTHER)
    alone = [
        decibels(run(tune(base, image, [pivot], PLAN, LOSS)).generator, pivot, image)
        for image, pivot in zip(targets, pivots, strict=True)
    ]
    both = run(tune(base, torch.cat(targets), pivots, PLAN, LOSS))
    for image, pivot, single in zip(targets, pivots, alone, strict=True):
        assert decibels(both.generator, pivot, image) >= single - 1


def test_the_noise_of_the_inversion_is_used_and_kept(base: FaceGenerator, pivots: tuple[Pivot, Pivot]) -> None:
    tuned = run(tune(base, picture(), [pivots[0]], replace(PLAN, steps=30), LOSS))
    kept = decibels(tuned.generator, tuned.pivots[0], picture())
    lost = float(peak_signal_to_noise(tuned.generator.render(pivots[0].latent.w_plus), picture()))
    assert kept > lost


def test_the_locality_code_lies_on_the_ball(base: FaceGenerator, pivots: tuple[Pivot, Pivot]) -> None:
    job = Tuning(base, picture(), [pivots[0]], LOSS)
    code = torch.tensor(pivots[0].latent.w_plus)[None]
    step = job.locality_code(code, 0.5) - code
    distance = step.square().sum(dim=-1).mean().sqrt()
    assert float(distance) == pytest.approx(0.5 * rms_distance(base), rel=1e-4)


# --- the live job -----------------------------------------------------------------------------


def test_the_live_weights_improve_between_steps_and_leak_no_state(
    base: FaceGenerator, pivots: tuple[Pivot, Pivot]
) -> None:
    job = Tuning(base, picture(), [pivots[0]], LOSS)
    seen = [decibels(job.generator, pivots[0], picture())]
    with torch.no_grad():  # the engine renders in this state and must not stop the gradients
        for progress in job.steps(replace(PLAN, steps=40, half=True, locality_every=2)):
            assert not torch.is_grad_enabled()
            assert not torch.is_autocast_enabled("cpu")
            if progress.fresh_weights:
                seen.append(decibels(job.generator, pivots[0], picture()))
    assert len(seen) == 41
    assert seen[-1] > seen[0] + 3


def test_a_step_yields_inside(base: FaceGenerator, pivots: tuple[Pivot, Pivot]) -> None:
    """A waiting render never waits for a whole step: the picture, its loss, the way back through the generator, the
    base's picture, the same three for locality and the update are parts of their own."""
    plan = replace(PLAN, steps=2, locality_every=1)
    seen = list(Tuning(base, picture(), [pivots[0]], LOSS).steps(plan))
    assert [progress.fresh_weights for progress in seen] == [*[False] * 7, True] * 2


def test_the_way_back_in_two_parts_gives_the_gradients_of_one(base: FaceGenerator, pivots: tuple[Pivot, Pivot]) -> None:
    """Bit by bit, for a loss in which the picture stands twice."""
    code, noise = torch.tensor(pivots[0].latent.w_plus)[None], pivots[0].latent.noise
    held = {name: torch.tensor(value) for name, value in noise.items()}
    target = LOSS.features(picture())

    def loss(image: torch.Tensor) -> torch.Tensor:
        return mse(image, picture()).sum() + 0.2 * LOSS.distance(LOSS.features(image), target).sum()

    def gradients(*, parts: bool) -> tuple[list[torch.Tensor], float]:
        network = base.copy_for_tuning().network.synthesis.requires_grad_(True)
        image = network(code, noise=held)
        if parts:
            value = run(_descend(image, loss, Progress("tune", 0, 1)))
        else:
            (whole := loss(image)).backward()
            value = float(whole.detach())
        return [parameter.grad for parameter in network.parameters() if parameter.grad is not None], value

    (split, share), (single, total) = gradients(parts=True), gradients(parts=False)
    assert share == total
    assert len(split) == len(single) > 10
    assert all(torch.equal(a, b) for a, b in zip(split, single, strict=True))
    assert any(bool(gradient.any()) for gradient in split)


def test_cancelling_keeps_the_best_weights(base: FaceGenerator, pivots: tuple[Pivot, Pivot]) -> None:
    job = Tuning(base, picture(), [pivots[0]], LOSS)
    steps = job.steps(PLAN)
    for progress in steps:
        if progress.step == 60 and progress.fresh_weights:
            break
    steps.close()
    tuned = job.result
    assert tuned.steps == 60
    assert decibels(tuned.generator, pivots[0], picture()) > decibels(base, pivots[0], picture()) + 3
    assert not any(parameter.requires_grad for parameter in tuned.generator.network.parameters())


def test_weights_that_got_worse_are_replaced_by_the_best(base: FaceGenerator, pivots: tuple[Pivot, Pivot]) -> None:
    job = Tuning(base, picture(), [pivots[0]], LOSS)
    run(job.steps(replace(PLAN, steps=60)))
    good = job.result.losses[0]
    run(job.steps(replace(PLAN, steps=12, learning_rate=0.3, decay=0.0)))  # far too large: it can only destroy
    assert job.result.losses[0] <= good * 1.001


def test_tuning_goes_on_from_where_it_stood(base: FaceGenerator, pivots: tuple[Pivot, Pivot]) -> None:
    job = Tuning(base, picture(), [pivots[0]], LOSS)
    plan = replace(PLAN, steps=60)
    first = run(job.steps(plan)).losses[0]
    second = run(job.steps(plan))
    assert second.losses[0] < 0.8 * first
    assert second.steps == 120
    saved = TunedGenerator(second.generator, second.pivots, second.base_sha256, second.losses, second.steps)
    reopened = Tuning(base, picture(), [pivots[0]], LOSS, start=saved)
    third = run(reopened.steps(plan))
    assert third.losses[0] < second.losses[0]
    assert third.steps == 180


def test_a_plateau_ends_the_tuning_of_one_photo(base: FaceGenerator, pivots: tuple[Pivot, Pivot]) -> None:
    stuck = replace(PLAN, learning_rate=1e-9, decay=0.0, plateau=Plateau(0.01, 5))
    assert run(tune(base, picture(), [pivots[0]], stuck, LOSS)).steps == 11
    two = torch.cat([picture(), OTHER])
    assert run(tune(base, two, pivots, replace(stuck, steps=15), LOSS)).steps == 15


class OutOfRoom:
    """A loss that needs more memory than there is, a given number of times."""

    name = "gradient-pyramid"

    def __init__(self, failures: int) -> None:
        self.calls: Iterator[int] = itertools.count(1)
        self.failures = failures

    def features(self, image: torch.Tensor) -> Features:
        return LOSS.features(image)

    def distance(self, a: Features, b: Features) -> torch.Tensor:
        if next(self.calls) <= self.failures:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        return LOSS.distance(a, b)


def test_memory_that_runs_out_has_stated_fallbacks(base: FaceGenerator, pivots: tuple[Pivot, Pivot]) -> None:
    plan = replace(PLAN, steps=8, locality_every=1)
    tuned = run(tune(base, picture(), [pivots[0]], plan, OutOfRoom(2)))
    assert [notice.code for notice in tuned.notices] == ["memory_half", "memory_locality"]
    with pytest.raises(OutOfMemory):
        run(tune(base, picture(), [pivots[0]], plan, OutOfRoom(3)))


def test_a_pivot_of_another_generator_is_refused(pivots: tuple[Pivot, Pivot]) -> None:
    with pytest.raises(WrongGenerator):
        Tuning(tiny_generator(seed=1), picture(), [pivots[0]], LOSS)


def test_lower_layers_can_stay_as_they_are(base: FaceGenerator, pivots: tuple[Pivot, Pivot]) -> None:
    tuned = run(tune(base, picture(), [pivots[0]], replace(PLAN, steps=5, first_resolution=16), LOSS))
    before, after = base.network.state_dict(), tuned.generator.network.state_dict()
    changed = {name.split(".")[1] for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"b16", "b32"}


# --- presets ----------------------------------------------------------------------------------


def test_presets_keep_their_promises() -> None:
    assert list(PRESETS) == ["fast", "balanced", "faithful"]
    assert 1 <= PRESETS["balanced"].tuning.locality_every <= 4
    paper = PRESETS["faithful"].plan("lpips-alex")
    assert (paper.steps, paper.learning_rate, paper.stop_lpips) == (350, 3e-4, 0.06)
    assert (paper.perceptual, paper.mse, paper.locality, paper.locality_every) == (1.0, 1.0, 0.1, 1)
    other = PRESETS["faithful"].plan("encoder")
    assert (other.learning_rate, other.plateau) == (3e-4, Plateau(0.01, 30))


def test_expected_seconds_follow_the_probe(base: FaceGenerator) -> None:
    times = StepSeconds(render=0.02, photo=0.1, locality=0.08)
    fast, balanced, faithful = (expected_seconds(PRESETS[key], times, "encoder") for key in PRESETS)
    assert fast < balanced < faithful
    assert expected_seconds(PRESETS["fast"], times, "encoder", photos=2) > 1.5 * fast
    slow = expected_seconds(PRESETS["fast"], times, "encoder", encoder=False)
    assert slow - fast == pytest.approx((InversionPlan().steps - PRESETS["fast"].inversion_steps) * 0.9 * times.photo)
    ticks = itertools.count()
    measured = probe(base, LOSS, PRESETS["fast"].tuning, lambda: float(next(ticks)))
    assert measured.render == 1.0


@pytest.mark.parametrize("photos", [1, 2])
def test_steps_as_they_are_recorded_on_a_graphics_card_compute_the_same(
    base: FaceGenerator, pivots: tuple[Pivot, Pivot], photos: int
) -> None:
    targets = torch.cat([picture(), OTHER])[:photos]
    plan = replace(PLAN, steps=6, locality_every=2, locality=0.3)
    waiting, at_once = (Tuning(base, targets, pivots[:photos], LOSS, seed=3) for _ in range(2))
    at_once._pieces.wanted = True
    first, second = (run(job.steps(plan)) for job in (waiting, at_once))
    assert first.losses == pytest.approx(second.losses, rel=1e-6)
    for a, b in zip(first.generator.network.parameters(), second.generator.network.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-7)
    assert not at_once._pieces._recorded  # their memory is given back
