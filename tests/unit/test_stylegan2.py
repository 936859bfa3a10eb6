"""What the golden numbers do not cover: randomness, second derivatives, half precision rules, bad input."""

from __future__ import annotations

import pytest
import torch

from facelab.core.networks.discriminator import Discriminator, DiscriminatorConfig
from facelab.core.networks.ops import Upsample
from facelab.core.networks.stylegan2 import Generator, GeneratorConfig, channel_table

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
