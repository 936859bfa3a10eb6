"""Which perceptual loss is used: LPIPS when its backbone is on disk, else the best network that is at hand.

Without LPIPS the features of the embedded encoder won the admission test and the comparison at equal seconds
(`facelab bench inversion`, tests/benchmark/perceptual.json): SqueezeNet distance and identity after tuning
were better than with the discriminator, the gradient pyramid or pixels alone.
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
    discriminator_trunk,
    encoder_trunk,
    face_scales,
)
from facelab.core.lpips_adapter import find_backbone, load_lpips
from facelab.core.networks.encoder import Encoder, load_encoder
from facelab.core.values import Notice

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

    model_dir: folder of the embedded model (its encoder.safetensors serves any generator's crops), or None.
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
    weights = None if model_dir is None else model_dir / "encoder.safetensors"
    if encoder is None and weights is not None and weights.is_file():
        encoder = load_encoder(weights, generator.device)
    if encoder is not None:
        if model_dir is None or weights is None or not weights.is_file():
            return encoder_loss(encoder, generator)
        scales = stored_scales(model_dir / METADATA, weights)
        kept = None if cache is None else cache / f"perceptual-{generator.info.sha256[:16]}.toml"
        if scales is not None or kept is None:
            return encoder_loss(encoder, generator, scales)
        scales = stored_scales(kept, weights)
        loss = encoder_loss(encoder, generator, scales)
        if scales is None:
            _keep_scales(kept, weights, loss)
        return loss
    if generator.discriminator is not None:
        return discriminator_loss(generator.discriminator, generator)
    return GradientPyramid()


def encoder_loss(encoder: Encoder, generator: FaceGenerator, scales: Sequence[float] | None = None) -> FeatureLoss:
    """Features of the encoder's trunk; without `scales` they are measured on faces of the generator."""
    trunk = encoder_trunk(encoder)
    if scales is None or len(scales) != len(encoder.st) + 1:
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


def _keep_scales(metadata: Path, weights: Path, loss: FeatureLoss) -> None:
    """Remember layer weights; where that is not possible they are measured again, which takes a second."""
    sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()
    content = PerceptualMetadata(name=loss.name, weights_sha256=sha256, scales=list(loss.scales), faces=FACES)
    with suppress(OSError, CannotWrite):
        metadata.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(metadata, msgspec.toml.encode(content))


def stored_scales(metadata: Path, weights: Path) -> list[float] | None:
    """Layer weights stored with the model, if they were measured for exactly these encoder weights."""
    try:
        stored = msgspec.toml.decode(metadata.read_bytes(), type=PerceptualMetadata)
    except (OSError, msgspec.MsgspecError):
        return None
    same = stored.weights_sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()
    return stored.scales if same and stored.name == "encoder" else None
