"""What the golden numbers do not cover: randomness, second derivatives, half precision rules, bad input."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
import torch

from facelab.core.networks.discriminator import Discriminator, DiscriminatorConfig
from facelab.core.networks.ops import SQRT2, Upsample
from facelab.core.networks.quick import Layer, styled_conv
from facelab.core.networks.stylegan2 import Architecture, Generator, GeneratorConfig, StyledConv, channel_table

CONFIG = GeneratorConfig(z_dim=16, w_dim=24, img_resolution=32, channels=(16, 16, 12, 8), mapping_layers=2)


@pytest.fixture
def network() -> Generator:
    torch.manual_seed(0)
    made = Generator(CONFIG)
    for name, parameter in made.named_parameters():
        if name.endswith("noise_strength"):
            torch.nn.init.constant_(parameter, 0.3)
    return made


@torch.no_grad()
def test_a_batch_is_its_samples(network: Generator) -> None:
    """The shared-weight formulation must not mix samples."""
    w_plus = torch.randn(3, 8, 24)
    together = network.synthesis(w_plus)
    for i in range(3):
        torch.testing.assert_close(together[i : i + 1], network.synthesis(w_plus[i : i + 1]), atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_random_noise_differs_each_time_and_const_never(network: Generator) -> None:
    w_plus = torch.randn(1, 8, 24)
    assert not torch.equal(network.synthesis(w_plus, "random"), network.synthesis(w_plus, "random"))
    assert torch.equal(network.synthesis(w_plus), network.synthesis(w_plus))
    assert (network.synthesis(w_plus) - network.synthesis(w_plus, "none")).abs().max() > 0.1


def test_second_derivatives_are_right(network: Generator) -> None:
    """Path length regularisation differentiates the gradient: compare with a finite difference of it."""
    network = network.double()
    w_plus = torch.randn(1, 8, 24, dtype=torch.float64)
    probe = torch.randn(1, 3, 32, 32, dtype=torch.float64) / 32
    weight = network.synthesis.b16.conv0.weight

    def length() -> torch.Tensor:
        code = w_plus.clone().requires_grad_(True)
        (slope,) = torch.autograd.grad((network.synthesis(code) * probe).sum(), code, create_graph=True)
        return slope.square().sum()

    (second,) = torch.autograd.grad(length(), weight)
    direction, step = torch.randn_like(weight), 1e-4
    with torch.no_grad():
        weight.add_(direction, alpha=step)
    above = length().item()
    with torch.no_grad():
        weight.sub_(direction, alpha=2 * step)
    below = length().item()
    expected = (above - below) / (2 * step)
    assert (second * direction).sum().item() == pytest.approx(expected, rel=2e-2)


def test_r1_penalty_of_the_discriminator_trains() -> None:
    torch.manual_seed(0)
    judge = Discriminator(DiscriminatorConfig(16, (8, 8, 8)))
    image = torch.randn(4, 3, 16, 16, requires_grad=True)
    (slope,) = torch.autograd.grad(judge(image).sum(), image, create_graph=True)
    slope.square().sum().backward()
    assert judge.b16.conv0.weight.grad.abs().sum() > 0


@torch.no_grad()
def test_half_precision_is_never_used_on_the_cpu() -> None:
    config = GeneratorConfig(z_dim=8, w_dim=8, img_resolution=32, channels=(8, 8, 8, 8), num_fp16_res=4)
    assert config.fp16_resolution == 8
    block = Generator(config).synthesis.b32
    assert block.dtype(torch.device("cpu")) is torch.float32
    assert block.dtype(torch.device("cuda")) is torch.float16


@torch.no_grad()
def test_upsampling_doubles_a_constant_inside() -> None:
    """The filter has gain 4, so a constant stays one except beside the border, where zeros come in."""
    image = torch.ones(1, 3, 8, 8)
    doubled = Upsample(3)(image)
    assert doubled.shape == (1, 3, 16, 16)
    torch.testing.assert_close(doubled[..., 1:-1, 1:-1], torch.ones(1, 3, 14, 14))
    assert doubled[0, 0, 0, 8].item() == pytest.approx(0.75)


def test_configurations_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="power of two"):
        GeneratorConfig(z_dim=8, w_dim=8, img_resolution=48, channels=(8,) * 4)
    with pytest.raises(ValueError, match="channel counts"):
        GeneratorConfig(z_dim=8, w_dim=8, img_resolution=32, channels=(8,) * 3)
    with pytest.raises(ValueError, match="w_plus must be"):
        Generator(CONFIG).synthesis(torch.zeros(1, 7, 24))


def test_published_channel_tables() -> None:
    assert channel_table(1024, 32768, 512) == (512, 512, 512, 512, 512, 256, 128, 64, 32)
    assert channel_table(128, 4096, 256) == (256, 256, 256, 128, 64, 32)


def test_published_parameter_counts() -> None:
    """golden/README: a check for detection."""
    with torch.device("meta"):
        big = Generator(GeneratorConfig(512, 512, 1024, channel_table(1024, 32768, 512)))
        small = Generator(GeneratorConfig(512, 512, 256, channel_table(256, 16384, 512)))
    assert sum(p.numel() for p in big.parameters()) == 30_370_060
    assert sum(p.numel() for p in small.parameters()) == 24_767_458


# --- the quick way of single samples ----------------------------------------------------------


@pytest.mark.parametrize("up", [False, True])
@pytest.mark.parametrize("clamp", [None, 1.0])
@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize(("inputs", "outputs", "side"), [(24, 16, 4), (6, 8, 32), (40, 40, 16)])
def test_the_quick_gradient_is_autograds(
    up: bool, clamp: float | None, noisy: bool, inputs: int, outputs: int, side: int
) -> None:
    """In double precision, for layers whose weight is larger than the picture and for the others."""
    torch.manual_seed(1)
    resolution = 2 * side if up else side
    layer = StyledConv(inputs, outputs, 12, resolution, clamp, up=up).double()
    torch.nn.init.constant_(layer.noise_strength, 0.3)
    torch.nn.init.normal_(layer.bias)
    x = torch.randn(1, inputs, side, side, dtype=torch.float64).to(memory_format=torch.channels_last)
    x.requires_grad_(True)
    w = torch.randn(1, 12, dtype=torch.float64, requires_grad=True)
    noise = layer.noise_const if noisy else None
    slope = torch.randn(1, outputs, resolution, resolution, dtype=torch.float64)
    parameters = [x, w, layer.weight, layer.bias, layer.affine.weight, *([layer.noise_strength] if noisy else [])]

    expected = layer(x, w, noise)
    wanted = torch.autograd.grad((expected * slope).sum(), parameters)
    kernel = layer.blur.kernel.double() if up else None
    about = Layer(kernel, SQRT2, None if clamp is None else clamp, None)
    found = styled_conv(x, layer.weight, layer.affine(w), noise, layer.noise_strength, layer.bias, about)
    torch.testing.assert_close(found, expected, atol=1e-10, rtol=0)
    for got, want in zip(torch.autograd.grad((found * slope).sum(), parameters), wanted, strict=True):
        torch.testing.assert_close(got, want, atol=1e-9, rtol=1e-9)
    with torch.no_grad():
        picture = styled_conv(x, layer.weight, layer.affine(w), noise, layer.noise_strength, layer.bias, about)
        torch.testing.assert_close(picture, expected, atol=1e-10, rtol=0)


@pytest.mark.parametrize("architecture", ["skip", "orig", "resnet"])
def test_an_arranged_generator_draws_and_learns_the_same(architecture: Architecture) -> None:
    torch.manual_seed(2)
    config = replace(CONFIG, architecture=architecture)
    plain = Generator(config)
    arranged = copy.deepcopy(plain).arrange()
    w_plus = torch.randn(1, 8, 24)
    target = torch.rand(1, 3, 32, 32)
    slopes = []
    for made in (plain, arranged):
        image = made.synthesis(w_plus)
        (image - target).square().mean().backward()
        slopes.append({name: p.grad for name, p in made.synthesis.named_parameters()})
        with torch.no_grad():
            torch.testing.assert_close(made.synthesis(w_plus), image, atol=1e-5, rtol=0)
    torch.testing.assert_close(arranged.synthesis(w_plus), plain.synthesis(w_plus), atol=1e-4, rtol=0)
    for name, want in slopes[0].items():
        torch.testing.assert_close(slopes[1][name], want, atol=1e-4, rtol=1e-3, msg=name)


@torch.no_grad()
def test_an_arranged_generator_sees_changed_weights() -> None:
    """What is kept of a weight between two pictures belongs to its values."""
    made = Generator(CONFIG).arrange()
    w_plus = torch.randn(1, 8, 24)
    before = made.synthesis(w_plus)
    weight = made.synthesis.b16.conv1.weight
    weight[:, :4] *= 3.0
    after = made.synthesis(w_plus)
    assert not torch.allclose(before, after)
    torch.testing.assert_close(after, copy.deepcopy(made).synthesis(w_plus))


def test_codes_of_an_arranged_generator_can_be_sought(network: Generator) -> None:
    """Inversion: no gradient for the weights, but for codes and noise."""
    w_plus = torch.randn(1, 8, 24, requires_grad=True)
    slopes = []
    network.requires_grad_(False)
    for made in (network, copy.deepcopy(network).arrange()):
        noise = {name: torch.ones(shape, requires_grad=True) for name, shape in made.synthesis.noise_shapes.items()}
        total = made.synthesis(w_plus, noise=noise).square().mean()
        slopes.append(torch.autograd.grad(total, [w_plus, *noise.values()]))
    for got, want in zip(*slopes, strict=True):
        torch.testing.assert_close(got, want, atol=1e-5, rtol=1e-3)


def test_a_picture_drawn_in_inference_mode_leaves_nothing_that_forbids_gradients_later() -> None:
    generator = Generator(CONFIG).requires_grad_(False)
    w = torch.randn(1, generator.config.num_ws, CONFIG.w_dim)
    with torch.inference_mode():
        generator.synthesis(w, "const")
    code = w.requires_grad_()
    generator.synthesis(code, "const").square().sum().backward()
    assert code.grad is not None
    assert code.grad.abs().sum() > 0
