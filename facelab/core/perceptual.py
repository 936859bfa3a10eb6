"""Which perceptual loss is used: LPIPS when its backbone is on disk, else the best network that is at hand.

Without LPIPS the features of the attribute net won: it passes the admission test, and after equal seconds of tuning
SqueezeNet's distance and the identity are better than with the encoder, the discriminator, the gradient pyramid or
pixels alone (tests/benchmark/perceptual.json).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
import torch
from torch import Tensor, nn

from facelab.core.errors import CannotWrite, FacelabError
from facelab.core.files import write_atomic
from facelab.core.generator import FaceGenerator, sample_w
from facelab.core.losses import (
    FeatureLoss,
    GradientPyramid,
    PerceptualLoss,
    attribute_trunk,
    discriminator_trunk,
    encoder_trunk,
    face_scales,
)
from facelab.core.lpips_adapter import find_backbone, load_lpips
from facelab.core.networks.attributes import CHANNELS, SIZE, load_attribute_net
from facelab.core.networks.encoder import Encoder, load_encoder
from facelab.core.values import Notice

NAME = "attributes"
METADATA = "perceptual.toml"
FACES = 24


class PerceptualMetadata(msgspec.Struct, forbid_unknown_fields=True):
    """models/*/perceptual.toml: the winner of the admission test and its layer weights over 1,000 faces."""

    name: str
    weights_sha256: str
    scales: list[float]
    faces: int


def choose_perceptual(
    model_dir: Path | None,
    generator: FaceGenerator,
    *,
    encoder: Encoder | None = None,
    hub: Path | None = None,
    cache: Path | None = None,
) -> tuple[PerceptualLoss, Notice | None]:
    """The loss for photos of `generator`'s size, and a Notice that names it when it is not LPIPS.

    model_dir: folder of the model, or None; its attributes.safetensors and encoder.safetensors are looked for.
    encoder: an encoder that is loaded already. hub: folder of the LPIPS backbones, default torchvision's own.
    cache: folder that may keep what was measured on faces of this generator.
    """
    path, reason = find_backbone("alex", hub), "its backbone is not on this computer"
    if path is not None:
        try:
            return load_lpips(path, "alex", generator.device), None
        except FacelabError as error:
            reason = str(error)
    loss = _at_hand(model_dir, generator, encoder, cache)
    return loss, Notice("perceptual", f"Perceptual loss: {loss.name}, as LPIPS cannot be used ({reason}).")


def _at_hand(
    model_dir: Path | None, generator: FaceGenerator, encoder: Encoder | None, cache: Path | None
) -> PerceptualLoss:
    attributes = None if model_dir is None else model_dir / "attributes.safetensors"
    if attributes is not None and attributes.is_file():
        return attribute_loss(attributes, generator, cache)
    weights = None if model_dir is None else model_dir / "encoder.safetensors"
    if encoder is None and weights is not None and weights.is_file():
        encoder = load_encoder(weights, generator.device)
    if encoder is not None:
        return encoder_loss(encoder, generator)
    if generator.discriminator is not None:
        return discriminator_loss(generator.discriminator, generator)
    return GradientPyramid()


def attribute_loss(weights: Path, generator: FaceGenerator, cache: Path | None = None) -> FeatureLoss:
    """Features of the attribute net. Its layer weights lie beside it, or are measured on faces of the generator.

    cache: folder that may keep what was measured.
    """
    trunk = attribute_trunk(load_attribute_net(weights, generator.device))
    scales = stored_scales(weights.parent / METADATA, weights)
    kept = None if cache is None else cache / f"perceptual-{generator.info.sha256[:16]}.toml"
    if scales is None and kept is not None:
        scales = stored_scales(kept, weights)
    if scales is None:
        scales = list(face_scales(trunk, sampled_faces(generator, SIZE, FACES)))
        if kept is not None:
            _keep_scales(kept, weights, scales)
    return FeatureLoss(NAME, trunk, SIZE, scales)


def encoder_loss(encoder: Encoder, generator: FaceGenerator) -> FeatureLoss:
    """Features of the encoder's trunk, their weights measured on faces of the generator."""
    trunk = encoder_trunk(encoder)
    scales = face_scales(trunk, sampled_faces(generator, encoder.resolution, FACES))
    return FeatureLoss("encoder", trunk, encoder.resolution, scales)


def discriminator_loss(discriminator: nn.Module, generator: FaceGenerator) -> FeatureLoss:
    """Features of a discriminator at its own resolution."""
    side: int = discriminator.config.img_resolution  # type: ignore[union-attr,assignment]  # nn.Module attribute
    trunk = discriminator_trunk(discriminator)
    return FeatureLoss("discriminator", trunk, side, face_scales(trunk, sampled_faces(generator, side, FACES)))


@torch.no_grad()
def sampled_faces(generator: FaceGenerator, side: int, count: int, seed: int = 0) -> Tensor:
    """Images [count, 3, side, side] of seeded codes at psi 0.8."""
    codes = sample_w(generator, count, seed, 0.8)
    parts = []
    for code in codes:
        image = generator.render(code[None].repeat(generator.info.num_ws, axis=0))
        parts.append(torch.nn.functional.interpolate(image, size=(side, side), mode="area"))
    return torch.cat(parts)


def _keep_scales(metadata: Path, weights: Path, scales: Sequence[float]) -> None:
    """Remember layer weights; where that is not possible they are measured again, which takes a second."""
    with suppress(OSError, CannotWrite):
        metadata.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(metadata, msgspec.toml.encode(describe(weights, scales, FACES)))


def describe(weights: Path, scales: Sequence[float], faces: int) -> PerceptualMetadata:
    """The metadata of layer weights that were measured for exactly this file, on so many faces."""
    sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()
    return PerceptualMetadata(name=NAME, weights_sha256=sha256, scales=list(scales), faces=faces)


def stored_scales(metadata: Path, weights: Path) -> list[float] | None:
    """Stored layer weights, if they were measured for exactly these weights of the attribute net."""
    try:
        stored = msgspec.toml.decode(metadata.read_bytes(), type=PerceptualMetadata)
    except (OSError, msgspec.MsgspecError):
        return None
    same = stored.weights_sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()
    usable = len(stored.scales) == len(CHANNELS) and all(0 < scale < float("inf") for scale in stored.scales)
    return stored.scales if same and stored.name == NAME and usable else None
