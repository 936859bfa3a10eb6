"""Our own format: safetensors under the official names, with everything the model says of itself.

The metadata entry "facelab" is JSON: kwargs, crop_scale, crop_shift, licence, training data, tensor hash.
A bare safetensors file of a generator, without that entry, is read as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import torch
from torch import Tensor

from facelab.core.errors import BrokenCheckpoint, UnsupportedCheckpoint
from facelab.core.formats.checkpoint import (
    Checkpoint,
    DiscriminatorCheckpoint,
    ModelMetadata,
    Options,
    discriminator_checkpoint,
    generator_checkpoint,
    positive_number,
    small_count,
    tensor_sha256,
)
from facelab.core.formats.safetensors_file import looks_like, read_file, write_file
from facelab.core.networks.stylegan2 import GeneratorConfig
from facelab.core.values import CropConvention, Notice

PREFIX = "discriminator."


class JudgeKwargs(msgspec.Struct):
    """What the shapes of the discriminator's tensors do not tell."""

    conv_clamp: float | None = None
    group_size: int = 4


class About(msgspec.Struct, omit_defaults=False):
    """The "facelab" entry of the metadata. kwargs: as the official constructor takes them, for other readers."""

    version: int = 1
    name: str = ""
    licence: str = "unknown"
    training_data: str = ""
    source: str = ""
    note: str = ""
    crop_scale: float = 1.0
    crop_shift: float = 0.1
    tensor_sha256: str = ""
    kwargs: dict[str, msgspec.Raw] = {}
    discriminator: JudgeKwargs = msgspec.field(default_factory=JudgeKwargs)


class SynthesisKwargs(msgspec.Struct):
    """The part of the constructor's arguments that shapes do not tell."""

    conv_clamp: float | None = None
    num_fp16_res: int = 0


class MappingKwargs(msgspec.Struct):
    lr_multiplier: float = 0.01


class NativeFormat:
    """`detect` looks at the content, never at the name."""

    key = "safetensors"
    label = "facelab or bare safetensors (.safetensors)"

    def detect(self, path: Path) -> bool:
        """Whether the file begins like safetensors."""
        with path.open("rb") as file:
            return looks_like(file.read(9))

    def load(self, path: Path) -> Checkpoint:
        """Read generator, discriminator (if inside) and metadata; checks the tensor hash when one is stored."""
        file = read_file(path)
        generator = {name: tensor for name, tensor in file.tensors.items() if not name.startswith(PREFIX)}
        judge = {name[len(PREFIX) :]: tensor for name, tensor in file.tensors.items() if name.startswith(PREFIX)}
        if not any(name.startswith("synthesis.") for name in generator):
            raise UnsupportedCheckpoint(
                path=path, reason="its tensors are no generator's", tried="StyleGAN2 generators"
            )
        about, options = _about(path, file.metadata)
        notices = () if about.tensor_sha256 else (Notice("no_hash", f"{path}: this file stores no tensor hash."),)
        metadata = ModelMetadata(
            name=about.name or path.stem,
            licence=about.licence,
            training_data=about.training_data,
            source=about.source,
            crop=CropConvention(about.crop_scale, about.crop_shift),
            note=about.note,
        )
        words = about.discriminator
        critic = discriminator_checkpoint(
            path, judge, Options(positive_number(words.conv_clamp), group_size=small_count(words.group_size) or 4)
        )
        checkpoint = generator_checkpoint(
            path, self.key, generator, options=options, metadata=metadata, discriminator=critic, notices=notices
        )
        if about.tensor_sha256 and about.tensor_sha256 != tensor_sha256(checkpoint.tensors):
            raise BrokenCheckpoint(path=path, reason="the tensors do not have the hash that the file states")
        return checkpoint


def _about(path: Path, metadata: Mapping[str, str]) -> tuple[About, Options]:
    if "facelab" not in metadata:
        return About(), Options()
    try:
        about = msgspec.json.decode(metadata["facelab"], type=About)
        synthesis = msgspec.json.decode(about.kwargs.get("synthesis_kwargs", b"{}"), type=SynthesisKwargs)
        mapping = msgspec.json.decode(about.kwargs.get("mapping_kwargs", b"{}"), type=MappingKwargs)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BrokenCheckpoint(path=path, reason=f"its description cannot be read: {error}") from error
    # NaN fails both comparisons
    if not (0.05 <= about.crop_scale <= 20 and -10 <= about.crop_shift <= 10):
        raise BrokenCheckpoint(path=path, reason="the crop convention in its description is out of range")
    if about.version > 1:
        raise UnsupportedCheckpoint(path=path, reason="a newer facelab wrote it: update facelab", tried="version 1")
    rate = positive_number(mapping.lr_multiplier) or 0.01
    return about, Options(positive_number(synthesis.conv_clamp), small_count(synthesis.num_fp16_res), rate)


def official_kwargs(config: GeneratorConfig) -> dict[str, object]:
    """The configuration as the official constructor's arguments; `channels` is ours (it allows any table)."""
    return {
        "z_dim": config.z_dim,
        "c_dim": config.c_dim,
        "w_dim": config.w_dim,
        "img_resolution": config.img_resolution,
        "img_channels": config.img_channels,
        "mapping_kwargs": {
            "num_layers": config.mapping_layers,
            "layer_features": config.mapping_width,
            "embed_features": config.embed_width,
            "lr_multiplier": config.mapping_rate,
        },
        "synthesis_kwargs": {
            "channels": list(config.channels),
            "architecture": config.architecture,
            "conv_clamp": config.conv_clamp,
            "num_fp16_res": config.num_fp16_res,
        },
    }


def save_native(
    path: Path | str,
    config: GeneratorConfig,
    tensors: Mapping[str, Tensor],
    metadata: ModelMetadata,
    *,
    half: bool = False,
    discriminator: DiscriminatorCheckpoint | None = None,
) -> str:
    """Write a generator atomically and return its tensor hash.

    half: all but the mapping network in float16; the hash is of the rounded values, as a reader sees them.
    """
    stored = {name: _stored(name, tensor, half) for name, tensor in tensors.items()}
    digest = tensor_sha256(stored)
    about = About(
        name=metadata.name,
        licence=metadata.licence,
        training_data=metadata.training_data,
        source=metadata.source,
        note=metadata.note,
        crop_scale=metadata.crop.scale,
        crop_shift=metadata.crop.shift,
        tensor_sha256=digest,
        kwargs={key: msgspec.Raw(msgspec.json.encode(value)) for key, value in official_kwargs(config).items()},
    )
    if discriminator is not None:
        about.discriminator = JudgeKwargs(discriminator.config.conv_clamp, discriminator.config.group_size)
        stored |= {PREFIX + name: _stored(name, t, half) for name, t in discriminator.tensors.items()}
    write_file(Path(path), stored, {"format": "pt", "facelab": msgspec.json.encode(about).decode()})
    return digest


def _stored(name: str, tensor: Tensor, half: bool) -> Tensor:
    if half and not name.startswith("mapping."):  # mapping weights are stored divided by 0.01: too large for float16
        return tensor.detach().to("cpu", torch.float16)
    return tensor.detach().to("cpu", torch.float32)


def load_discriminator_file(path: Path) -> DiscriminatorCheckpoint:
    """A safetensors file that holds a discriminator alone, under official names."""
    found = discriminator_checkpoint(path, read_file(path).tensors, Options())
    if found is None:
        raise UnsupportedCheckpoint(path=path, reason="its tensors are no discriminator's", tried="StyleGAN2 (resnet)")
    return found
