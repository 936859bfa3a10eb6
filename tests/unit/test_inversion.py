"""Inverters: methods.md table 1 on a tiny generator, and the contract that every entry of INVERTERS keeps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_models import picture, tiny_encoder, tiny_generator

from facelab.core.errors import MissingWeights
from facelab.core.formats import tensor_sha256
from facelab.core.inversion import (
    INVERTERS,
    Inversion,
    InversionPlan,
    InversionProblem,
    Inverter,
    in_domain_distance,
    invert_for,
    inverter,
    noise_stage,
)
from facelab.core.inversion.encoding import Hybrid
from facelab.core.inversion.problem import w_statistics
from facelab.core.losses import GradientPyramid, peak_signal_to_noise
from facelab.core.networks.attributes import load_attribute_net
from facelab.core.progress import Progress, run
from facelab.core.studio.seeing import Eyes
from facelab.core.tuning import PRESETS
from facelab.paths import models_dir

QUICK = InversionPlan(steps=80, rate=0.05, plus_steps=80, plus_rate=0.05, noise=None)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def problem(resolution: int = 32, w_dim: int = 32, *, encoder: bool = True, seed: int = 0) -> InversionProblem:
    generator = tiny_generator(resolution, w_dim)
    own = tiny_encoder(generator) if encoder else None
    return InversionProblem(generator, picture(resolution), GradientPyramid(), own, seed)


def decibels(task: InversionProblem, found: Inversion) -> float:
    latent = found.pivot.latent
    return float(peak_signal_to_noise(task.generator.render(latent.w_plus, latent.noise), task.target))


def test_the_generators_own_image_is_found_again() -> None:
    """>= 50 dB and relative w error <= 0.06 with 1000 steps at rate 0.1 and fixed noise."""
    task = problem()
    mean, _ = w_statistics(task.generator, 0)
    z = np.random.RandomState(5).randn(1, 32).astype(np.float32)
    code = task.generator.map(z)
    task = replace(task, target=task.generator.render(code))
    found = run(inverter("w").invert(task, InversionPlan(steps=1000, rate=0.1, noise=None)))
    assert decibels(task, found) >= 50
    error = np.linalg.norm(found.pivot.latent.w_plus[0] - code[0, 0]) / np.linalg.norm(code[0, 0] - mean)
    assert error <= 0.06


def test_a_code_agrees_with_the_photo_about_what_the_attribute_net_sees() -> None:
    """A weight brings the attributes nearer; without a net the search is the one without the weight."""
    task = problem()
    eyes = Eyes(task.generator, load_attribute_net(models_dir() / "base" / "attributes.safetensors"))
    seeing = replace(task, attributes=eyes.matters)
    weighed = replace(QUICK, attributes=1.0)

    def apart(plan: InversionPlan) -> float:
        found = run(inverter("w").invert(seeing, plan)).pivot.latent
        now = eyes.matters(task.generator.render(found.w_plus, found.noise))
        return float((now - eyes.matters(task.target)).square().mean())

    assert apart(weighed) < 0.5 * apart(QUICK)
    a, b = (run(inverter("w").invert(task, plan)).pivot.latent.w_plus for plan in (weighed, QUICK))
    assert np.array_equal(a, b)


def test_the_noise_that_w_projection_optimises_is_kept_and_normal() -> None:
    task = problem()
    found = run(inverter("w").invert(task, replace(QUICK, noise=1e5)))
    assert set(found.pivot.latent.noise) == set(task.generator.network.synthesis.noise_shapes)
    for noise in found.pivot.latent.noise.values():
        assert abs(float(noise.mean())) < 1e-5
        assert abs(float(noise.var()) - 1) < 1e-4
    without = replace(found, pivot=replace(found.pivot, latent=replace(found.pivot.latent, noise={})))
    assert decibels(task, found) != pytest.approx(decibels(task, without), abs=1e-4)


def test_w_plus_fits_a_photo_better_than_w_and_w_first_at_least_as_well() -> None:
    """W 12.7 dB, W+ 16.2 dB, W then W+ 17.6 dB on a foreign picture.

    That W first stays nearer the mean does not hold on a random generator: measured 1.59 sigma from w_avg
    against 0.94 of plain W+, because W itself goes to 1.12. It is not claimed here.
    """
    task = problem()
    plan = replace(QUICK, steps=150, plus_steps=150)
    w, plus, both = (run(inverter(key).invert(task, plan)) for key in ("w", "w+", "w-then-w+"))
    assert decibels(task, plus) > decibels(task, w) + 0.3
    assert decibels(task, both) >= decibels(task, w)


def test_the_noise_stage_adds_15_db() -> None:
    """>= +15 dB with 400 steps at rate 1. The 40 dB of a better start are not claimed of so small a generator.

    Its W+ (w_dim 32) fits a foreign picture to 16.5 dB only, and its maps have 2,704 numbers for the picture's 3,072.
    With the embedded model and the documented rate 5: 25.0 dB after W+, 43.2 dB after 200 steps
    (`facelab invert PHOTO --method w+ --noise-stage`).
    """
    task = problem()
    found = run(inverter("w+").invert(task, replace(QUICK, plus_steps=200)))
    before = decibels(task, found)
    plan = InversionPlan(noise_stage_steps=400, noise_stage_rate=1.0)
    assert decibels(task, run(noise_stage(task, found, plan))) >= before + 15


def test_a_layer_that_hardly_hears_its_noise_is_fitted_as_well() -> None:
    """Learnt strengths differ by a factor of hundreds; 1 % of the loudest must not cost 3 dB."""
    plan = InversionPlan(noise_stage_steps=80, noise_stage_rate=1.0)
    reached = []
    for strength in (0.1, 0.001):
        task = problem()
        network = task.generator.network.synthesis
        for name in ("b32.conv0", "b32.conv1"):
            network.get_parameter(f"{name}.noise_strength").fill_(strength)
        found = run(inverter("w+").invert(task, replace(QUICK, plus_steps=40)))
        reached.append(decibels(task, run(noise_stage(task, found, plan))))
    assert reached[1] > reached[0] - 3


def test_an_encoder_without_output_reproduces_the_mean_face() -> None:
    task = problem()
    assert task.encoder is not None
    with torch.no_grad():
        for layer in (task.encoder.out, task.encoder.pca):
            layer.weight.zero_()
        task.encoder.out.bias.zero_()
    found = run(inverter("encoder").invert(task, InversionPlan()))
    mean = np.repeat(task.generator.w_avg[None], task.generator.info.num_ws, axis=0)
    assert torch.equal(task.generator.render(found.pivot.latent.w_plus), task.generator.render(mean))


def test_a_larger_in_domain_weight_keeps_the_code_nearer_the_encoders() -> None:
    task = problem()
    assert task.encoder is not None
    distances = []
    for weight in (0.0, 2.0, 20.0, 200.0):
        found = run(Hybrid().invert(task, InversionPlan(in_domain=weight)))
        code = torch.tensor(found.pivot.latent.w_plus)[None]
        distances.append(float(in_domain_distance(task.encoder, code, task.generator.render(code))))
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 0.8 * distances[0]


def test_the_hybrid_is_better_than_the_encoder_alone() -> None:
    task = problem()
    start, end = (run(inverter(key).invert(task, InversionPlan())) for key in ("encoder", "hybrid"))
    assert end.losses[-1] < 0.8 * start.losses[-1]


# --- contract ---------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", INVERTERS, ids=lambda entry: entry.key)
@pytest.mark.parametrize(("resolution", "w_dim"), [(32, 32), (64, 24)])
def test_every_inverter_keeps_the_contract(entry: Inverter, resolution: int, w_dim: int) -> None:
    task = problem(resolution, w_dim)
    generator, before = task.generator, tensor_sha256(task.generator.network.state_dict())
    plan = replace(QUICK, steps=6, plus_steps=6)
    seen: list[Progress] = []
    found = run(entry.invert(task, plan), seen.append)
    assert seen
    assert {p.stage for p in seen} == {"invert"}
    assert seen[-1].step == seen[-1].total
    assert found.pivot.latent.w_plus.shape == (generator.info.num_ws, w_dim)
    assert found.pivot.latent.w_plus.dtype == np.float32
    assert np.isfinite(found.pivot.latent.w_plus).all()
    assert (found.pivot.inverter, found.pivot.generator_sha256) == (entry.key, generator.info.sha256)
    assert tensor_sha256(generator.network.state_dict()) == before
    again = run(entry.invert(task, plan))
    np.testing.assert_array_equal(found.pivot.latent.w_plus, again.pivot.latent.w_plus)


@pytest.mark.parametrize("entry", INVERTERS, ids=lambda entry: entry.key)
def test_every_inverter_works_for_a_caller_without_gradients(entry: Inverter) -> None:
    with torch.no_grad():
        found = run(entry.invert(problem(), replace(QUICK, steps=3, plus_steps=3)))
    assert found.losses


def test_keys_are_unique_and_those_of_the_command_line() -> None:
    assert [entry.key for entry in INVERTERS] == ["w", "w+", "w-then-w+", "encoder", "hybrid"]


# --- models without an encoder ----------------------------------------------------------------


def test_the_encoder_method_names_what_is_missing() -> None:
    with pytest.raises(MissingWeights, match=r"encoder\.safetensors"):
        run(inverter("encoder").invert(problem(encoder=False), QUICK))


def test_the_hybrid_falls_back_and_says_so() -> None:
    found = run(inverter("hybrid").invert(problem(encoder=False), replace(QUICK, steps=3, plus_steps=3)))
    assert found.pivot.inverter == "w-then-w+"
    assert [notice.code for notice in found.notices] == ["no_encoder"]


def test_a_preset_that_starts_at_the_encoder_takes_the_mean_instead_and_says_so() -> None:
    steps = invert_for(PRESETS["fast"], problem(encoder=False))
    first = next(steps)
    assert first.total == 450
    steps.close()
