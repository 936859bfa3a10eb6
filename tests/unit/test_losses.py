"""Losses: what methods.md promises of the noise regularisation and of the perceptual term."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import save_file
from tiny_models import picture, tiny_encoder, tiny_generator
from torch.nn import functional as F

from facelab.core.errors import ChecksumMismatch
from facelab.core.losses import (
    FeatureLoss,
    GradientPyramid,
    PerceptualLoss,
    encoder_trunk,
    face_scales,
    multi_scale_l1,
    noise_regularisation,
    peak_signal_to_noise,
    renormalise,
)
from facelab.core.lpips_adapter import BACKBONES, find_backbone, hub_checkpoints, load_lpips
from facelab.core.networks.attributes import AttributeNet
from facelab.core.perceptual import choose_perceptual, describe, sampled_faces, stored_scales


def white(seed: int, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_white_noise_is_near_zero_and_smooth_noise_far_above() -> None:
    """At R px the mean of R^2 products of unit variance has variance 1 / R^2, for two directions and each level."""
    expected = sum(2 / side**2 for side in (128, 64, 32, 16, 8))
    values = [float(noise_regularisation([white(seed, 128, 128)])) for seed in range(60)]
    assert sum(values) / len(values) == pytest.approx(expected, rel=0.3)
    smooth = F.avg_pool2d(white(1, 1, 1, 130, 130), 3, stride=1)[0, 0] * 3
    assert noise_regularisation([smooth]) > 20 * expected


def test_correlation_at_a_coarse_level_alone_is_punished() -> None:
    """Sign-alternating smooth noise looks white at full size: only the pyramid sees it."""
    coarse = white(2, 8, 8).repeat_interleave(8, 0).repeat_interleave(8, 1)
    hidden = coarse * 0.5 + white(3, 64, 64)
    assert noise_regularisation([hidden]) > 5 * noise_regularisation([white(3, 64, 64)])


def test_renormalised_maps_have_mean_0_and_variance_1() -> None:
    maps = [white(4, 16, 16) * 7 + 3, white(5, 64, 64) * 0.01 - 2]
    renormalise(maps)
    for noise in maps:
        assert abs(float(noise.mean())) < 1e-5
        assert abs(float(noise.var(unbiased=False)) - 1) < 1e-5


def losses() -> list[PerceptualLoss]:
    generator = tiny_generator()
    trunk = encoder_trunk(tiny_encoder(generator))
    return [GradientPyramid(), FeatureLoss("encoder", trunk, 32, face_scales(trunk, sampled_faces(generator, 32, 8)))]


@pytest.mark.parametrize("loss", losses(), ids=lambda loss: loss.name)
def test_perceptual_losses_are_zero_at_home_and_order_blur(loss: PerceptualLoss) -> None:
    image = picture(64)
    home = loss.features(image)
    assert float(loss.distance(home, home)) == 0.0
    distances = [float(loss.distance(loss.features(blur(image, sigma)), home)) for sigma in (1.0, 2.0, 4.0)]
    assert 0 < distances[0] < distances[1] < distances[2]


def blur(image: torch.Tensor, sigma: float) -> torch.Tensor:
    x = torch.arange(-12.0, 13.0)
    taps = torch.exp(-0.5 * (x / sigma) ** 2)
    kernel = torch.outer(taps, taps) / taps.sum() ** 2
    return F.conv2d(F.pad(image, (12,) * 4, mode="reflect").transpose(0, 1), kernel[None, None]).transpose(0, 1)


def test_layer_weights_make_neighbouring_faces_one_apart() -> None:
    generator = tiny_generator()
    trunk = encoder_trunk(tiny_encoder(generator))
    faces = sampled_faces(generator, 32, 12)
    loss = FeatureLoss("encoder", trunk, 32, face_scales(trunk, faces))
    features = loss.features(faces)
    distance = loss.distance(tuple(f[1:] for f in features), tuple(f[:-1] for f in features))
    assert float(distance.mean()) == pytest.approx(1.0, rel=1e-3)


def test_multi_scale_l1_weighs_a_shift_of_light_more_than_grain() -> None:
    image = picture(64)
    light, grain = image + 0.1, image + 0.1 * white(6, 1, 3, 64, 64).sign()
    assert multi_scale_l1(image, light) > 1.5 * multi_scale_l1(image, grain)


def test_psnr_of_a_known_difference() -> None:
    image = torch.zeros(1, 3, 8, 8)
    assert float(peak_signal_to_noise(image, image + 0.2)) == pytest.approx(20.0, abs=1e-4)


# --- which loss is used -----------------------------------------------------------------------


def test_without_backbones_and_attributes_the_encoder_is_used_and_said(tmp_path: Path) -> None:
    generator = tiny_generator()
    loss, notice = choose_perceptual(None, generator, encoder=tiny_encoder(generator), hub=tmp_path)
    assert loss.name == "encoder"
    assert notice is not None
    assert "encoder" in notice.text


def test_without_any_network_the_gradient_pyramid_is_used(tmp_path: Path) -> None:
    loss, notice = choose_perceptual(tmp_path, tiny_generator(), hub=tmp_path)
    assert loss.name == "gradient-pyramid"
    assert notice is not None


def test_a_file_that_is_not_the_backbone_is_refused_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / BACKBONES["alex"]
    path.write_bytes(b"<html>not found</html>")
    assert find_backbone("alex", tmp_path) == path
    with pytest.raises(ChecksumMismatch):
        load_lpips(path)
    loss, notice = choose_perceptual(None, tiny_generator(), hub=tmp_path)
    assert loss.name == "gradient-pyramid"
    assert notice is not None
    assert "checksum" in notice.text


def test_backbones_are_looked_for_where_torchvision_keeps_them() -> None:
    assert hub_checkpoints({"TORCH_HOME": "/t"}) == Path("/t/hub/checkpoints")
    assert hub_checkpoints({"XDG_CACHE_HOME": "/c"}) == Path("/c/torch/hub/checkpoints")


def attribute_net(folder: Path, seed: int = 0) -> Path:
    torch.manual_seed(seed)
    save_file(AttributeNet().state_dict(), folder / "attributes.safetensors")
    return folder / "attributes.safetensors"


def test_stored_layer_weights_belong_to_one_file(tmp_path: Path) -> None:
    weights, metadata = attribute_net(tmp_path), tmp_path / "perceptual.toml"
    metadata.write_bytes(msgspec.toml.encode(describe(weights, [0.5, 0.4, 0.3, 0.2], 10)))
    assert stored_scales(metadata, weights) == [0.5, 0.4, 0.3, 0.2]
    for broken in ([0.5, 0.4, 0.3], [0.5, 0.4, 0.3, float("nan")], [0.5, 0.4, 0.3, 0.0]):
        metadata.write_bytes(msgspec.toml.encode(describe(weights, broken, 10)))
        assert stored_scales(metadata, weights) is None
    metadata.write_bytes(msgspec.toml.encode(describe(weights, [0.5, 0.4, 0.3, 0.2], 10)))
    attribute_net(tmp_path, seed=1)
    assert stored_scales(metadata, weights) is None


def test_the_attribute_net_comes_first_and_its_measured_weights_are_kept(tmp_path: Path) -> None:
    generator, cache = tiny_generator(), tmp_path / "cache"
    attribute_net(tmp_path)
    loss, notice = choose_perceptual(tmp_path, generator, encoder=tiny_encoder(generator), hub=tmp_path, cache=cache)
    assert loss.name == "attributes"
    assert notice is not None
    assert "attributes" in notice.text
    assert len(list(cache.glob("perceptual-*.toml"))) == 1
    again, _ = choose_perceptual(tmp_path, generator, hub=tmp_path, cache=cache)
    assert isinstance(loss, FeatureLoss)
    assert isinstance(again, FeatureLoss)
    assert again.scales == pytest.approx(loss.scales)
