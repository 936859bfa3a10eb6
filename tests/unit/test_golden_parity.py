"""Our networks compute what the two public implementations compute."""

from __future__ import annotations

from pathlib import Path

import golden_sets as golden
import pytest
import torch
from torch import Tensor

from facelab.core.networks.discriminator import Discriminator, DiscriminatorConfig
from facelab.core.networks.stylegan2 import Generator


@pytest.fixture(scope="module", params=golden.SETS)
def case(request: pytest.FixtureRequest, shared: Path) -> tuple[str, Generator, dict[str, Tensor]]:
    name = request.param
    folder = shared / "golden"
    network = Generator(golden.config(folder, name)).eval().requires_grad_(False)
    state = {k: v for k, v in golden.weights(folder, name).items() if not k.endswith("resample_filter")}
    network.load_state_dict(state)  # strict: the key names are the official ones
    return name, network, golden.numbers(folder / name / "io.npz")


def close(case_name: str, found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, atol=golden.TOLERANCE[case_name], rtol=0)


def test_mapping_and_truncation(case: tuple[str, Generator, dict[str, Tensor]]) -> None:
    name, network, io = case
    z, c = io["z"], io.get("c")
    close(name, network.mapping.w(z, c), io["w"])
    close(name, network.mapping(z, c), io["w"][:, None].expand(-1, network.config.num_ws, -1))
    close(name, network.mapping(z, c, psi=0.7), io["w_psi07"])
    close(name, network.mapping(z, c, psi=0.7, cutoff=4), io["w_psi07_cutoff4"])
    close(name, network.mapping(z, c, psi=-0.5, cutoff=1), io["w_psim05_cutoff1"])


def test_images_with_and_without_noise(case: tuple[str, Generator, dict[str, Tensor]]) -> None:
    name, network, io = case
    compared = 0
    w_plus = io["w_plus"]
    for mode in ("const", "none"):
        if f"image_wplus_{mode}" in io:
            close(name, network.synthesis(w_plus, mode), io[f"image_wplus_{mode}"])
            compared += 1
    if "image_w_const" in io:
        count = len(io["image_w_const"])
        close(name, network.synthesis(network.mapping.truncate(io["w"][:count])), io["image_w_const"])
        compared += 1
    assert compared >= (1 if name == "r256" else 3)


def test_style_values(case: tuple[str, Generator, dict[str, Tensor]]) -> None:
    name, network, io = case
    expected = {key[len("style.") :]: value for key, value in io.items() if key.startswith("style.")}
    styles = network.synthesis.styles(io["w_plus"][:1])
    assert set(expected) == set(styles)
    for key, value in expected.items():
        close(name, styles[key], value)


def test_explicit_noise_replaces_the_stored_maps(case: tuple[str, Generator, dict[str, Tensor]]) -> None:
    name, network, io = case
    maps = {key: network.get_submodule(f"synthesis.{key}").noise_const for key in network.synthesis.noise_shapes}
    explicit = network.synthesis(io["w_plus"][:1], "none", maps)
    close(name, explicit, network.synthesis(io["w_plus"][:1], "const"))
    assert {key: tuple(value.shape) for key, value in maps.items()} == network.synthesis.noise_shapes


def test_gradients_reach_every_parameter_and_do_not_change_the_image(
    case: tuple[str, Generator, dict[str, Tensor]],
) -> None:
    """The tuning path (autograd on) must compute the same image as the rendering path."""
    name, network, io = case
    network.synthesis.requires_grad_(True)
    try:
        w_plus = io["w_plus"][:1]
        image = network.synthesis(w_plus)
        with torch.no_grad():
            close(name, image.detach(), network.synthesis(w_plus))
        image.square().mean().backward()
        for key, parameter in network.synthesis.named_parameters():
            assert parameter.grad is not None, key
            assert torch.isfinite(parameter.grad).all(), key
            if name != "r32_clamp":  # there most values stand at the clamp, where the slope is zero
                assert parameter.grad.abs().sum() > 0, key
    finally:
        network.synthesis.zero_grad()
        network.synthesis.requires_grad_(False)


def test_discriminator(shared: Path) -> None:
    """Logits depend on the batch through the minibatch standard deviation."""
    folder = shared / "golden"
    network = Discriminator(DiscriminatorConfig(32, (16, 32, 48, 48))).eval().requires_grad_(False)
    state = {k: v for k, v in golden.weights(folder, "d32").items() if not k.endswith("resample_filter")}
    network.load_state_dict(state)
    io = golden.numbers(folder / "d32" / "io.npz")
    for count in (8, 4, 1):
        logits = network(io["image"][:count])
        torch.testing.assert_close(logits.flatten(), io[f"logit_n{count}"].flatten(), atol=1e-5, rtol=0)
    maps = network.features(io["image"])
    for ours, theirs in (("fromrgb", "x.b32.fromrgb"), ("b32", "x.b32"), ("b16", "x.b16"), ("b8", "x.b8")):
        torch.testing.assert_close(maps[ours][:2], io[theirs], atol=1e-5, rtol=0)
