"""The training package: gradients written by hand, the optimiser, checkpoints, resuming, every stage in small."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from facelab.core.networks.encoder import Encoder
from facelab.core.networks.stylegan2 import Generator
from models.training import convolve, muon, nets


def close(found: Tensor, wanted: Tensor, tolerance: float = 1e-4) -> None:
    assert found.shape == wanted.shape
    error = (found - wanted).detach().abs().max()
    assert float(error) <= tolerance * float(wanted.detach().abs().max() + 1e-6)


@pytest.mark.parametrize("kind", ["same", "half", "twice"])
@pytest.mark.parametrize("size", [8, 48])
def test_convolution_gradients_equal_autograd(kind: convolve.Kind, size: int) -> None:
    torch.manual_seed(0)
    x = torch.randn(3, 5, size, size).contiguous(memory_format=torch.channels_last).requires_grad_()
    weight = torch.randn(7, 5, 3, 3, requires_grad=True)
    y = convolve.forward_of(x, weight, kind)
    g = torch.randn_like(y)
    wanted = torch.autograd.grad(y, (x, weight), g)
    with torch.no_grad():
        close(convolve.input_gradient(x, weight, g, kind), wanted[0])
        close(convolve.weight_gradient(x, weight, g, kind), wanted[1])


def test_hand_written_generator_and_encoder_gradients_equal_autograd(monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    generator, encoder = Generator(nets.base_config(32, 256, 16)), Encoder(256, 32, variational=True)
    for name, parameter in generator.named_parameters():
        if "noise_strength" in name or name.endswith("bias"):
            parameter.data.add_(0.3 * torch.randn_like(parameter))
    faces = torch.randn(3, 3, 32, 32)

    def gradients() -> list[Tensor]:
        mean, variance = nets.encode(encoder, faces)
        image, skips = nets.render(generator, mean + 0.1 * variance, torch.float32, (16,), 32)
        loss = (image * faces).sum() + skips[0].square().mean()
        parameters = [*encoder.parameters(), *generator.synthesis.parameters()]
        return [loss.detach(), *torch.autograd.grad(loss, parameters)]

    by_hand = gradients()
    monkeypatch.setattr(nets, "by_hand", lambda x: False)
    for found, wanted in zip(by_hand, gradients(), strict=True):
        close(found, wanted, 1e-3)


def test_training_render_equals_the_generator() -> None:
    torch.manual_seed(2)
    generator = Generator(nets.base_config(32, 256, 16))
    w = torch.randn(2, 256)
    image, _ = nets.render(generator, w, torch.float32, (), 32)
    close(image, generator.synthesis(w[:, None].expand(-1, generator.config.num_ws, -1)))


@pytest.mark.parametrize("shape", [(16, 90), (90, 16)])
def test_muon_steps_are_nearly_orthogonal(shape: tuple[int, int]) -> None:
    torch.manual_seed(3)
    matrix = torch.randn(shape)
    x = muon.orthogonal(matrix)
    values = torch.linalg.svdvals(x)
    assert float(values.min()) > 0.6
    assert float(values.max()) < 1.3
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    assert float(F.cosine_similarity(x.flatten(), (u @ v).flatten(), dim=0)) > 0.98
