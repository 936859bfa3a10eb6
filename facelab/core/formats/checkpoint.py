"""What every checkpoint format is turned into, and the checks that all of them share.

The generator's configuration is read from the tensors' shapes; a file's own words are only used for what
shapes do not tell. Nothing is allocated by a size that a file merely declares.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from facelab.core.errors import BrokenCheckpoint, UnsupportedCheckpoint
from facelab.core.networks.discriminator import Discriminator, DiscriminatorConfig
from facelab.core.networks.stylegan2 import Generator, GeneratorConfig
from facelab.core.values import CropConvention, Notice

State = Mapping[str, Tensor]
MAX_RESOLUTION = 4096


@dataclass(frozen=True, slots=True)
class ModelMetadata:
    """What a model says of itself. Foreign formats know none of it: the FFHQ convention is assumed."""

    name: str = ""
    licence: str = "unknown"
    training_data: str = ""
    source: str = ""
    crop: CropConvention = field(default_factory=CropConvention)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """What the shapes do not tell."""

    conv_clamp: float | None = None
    num_fp16_res: int = 0
    mapping_rate: float = 0.01
    group_size: int = 4


@dataclass(frozen=True, slots=True, eq=False)
class DiscriminatorCheckpoint:
    """tensors: f32, by official name."""

    config: DiscriminatorConfig
    tensors: State


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A generator as found in a file. tensors: f32, by official name, without `resample_filter`s."""

    format: str
    config: GeneratorConfig
    tensors: State
    discriminator: DiscriminatorCheckpoint | None = None
    metadata: ModelMetadata = field(default_factory=ModelMetadata)
    notices: tuple[Notice, ...] = ()


def tensor_sha256(state: State) -> str:
    """Hash over names, shapes and float32 values of all tensors; independent of file format and storage type."""
    digest = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().to("cpu", torch.float32).contiguous()
        digest.update(f"{name} {list(tensor.shape)}\n".encode())
        digest.update(tensor.numpy().tobytes())
    return digest.hexdigest()


def generator_checkpoint(
    path: Path,
    format_key: str,
    tensors: State,
    *,
    options: Options,
    metadata: ModelMetadata | None = None,
    discriminator: DiscriminatorCheckpoint | None = None,
    notices: tuple[Notice, ...] = (),
) -> Checkpoint:
    """Check tensors under official names against the network they describe and convert them to float32.

    The tensors must be the caller's own: they are kept where they are float32 already.

    Raises BrokenCheckpoint (missing, misshapen or non-finite tensors) or UnsupportedCheckpoint (another filter).
    """
    tensors = _without_filters(path, tensors)
    try:
        config = _generator_config(tensors, options)
    except (KeyError, ValueError, IndexError) as error:
        raise BrokenCheckpoint(path=path, reason=f"no complete StyleGAN2 generator: {_say(error)}") from error
    with torch.device("meta"):
        expected = Generator(config).state_dict()
    found = _checked(path, tensors, expected)
    return Checkpoint(format_key, config, found, discriminator, metadata or ModelMetadata(name=path.stem), notices)


def discriminator_checkpoint(path: Path, tensors: State, options: Options) -> DiscriminatorCheckpoint | None:
    """The discriminator among `tensors`; None when it is of an architecture we do not have (it is optional)."""
    tensors = _without_filters(path, tensors)
    try:
        config = _discriminator_config(tensors, options)
    except (KeyError, ValueError, IndexError):
        return None
    with torch.device("meta"):
        expected = Discriminator(config).state_dict()
    if set(expected) != set(tensors):
        return None
    return DiscriminatorCheckpoint(config, _checked(path, tensors, expected))


def _say(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)


def _without_filters(path: Path, tensors: State) -> dict[str, Tensor]:
    """Drop the constant filters after a look whether they are the ones our networks use."""
    kept = {}
    for name, tensor in tensors.items():
        if not name.endswith("resample_filter"):
            kept[name] = tensor
            continue
        taps = torch.tensor([1.0, 3.0, 3.0, 1.0])
        expected = torch.outer(taps, taps) / 64
        if tensor.shape != expected.shape or not torch.allclose(tensor.float(), expected, atol=1e-4):
            raise UnsupportedCheckpoint(
                path=path, reason="its resampling filter is not [1, 3, 3, 1]", tried="StyleGAN2 generators"
            )
    return kept


def _resolutions(tensors: State, pattern: str) -> list[int]:
    found = {int(m[1]) for name in tensors if (m := re.match(pattern, name)) and len(m[1]) <= 4}
    top = max(found, default=0)
    if not 4 <= top <= MAX_RESOLUTION:
        raise ValueError("no blocks of known resolutions")
    wanted = [2**i for i in range(2, top.bit_length())]
    if sorted(found) != wanted:
        raise ValueError(f"blocks of {sorted(found)} px, expected {wanted}")
    return wanted


def _generator_config(tensors: State, options: Options) -> GeneratorConfig:
    resolutions = _resolutions(tensors, r"synthesis\.b(\d+)\.")
    channels = tuple(tensors[f"synthesis.b{r}.conv1.weight"].shape[0] for r in resolutions)
    layers = len([name for name in tensors if re.fullmatch(r"mapping\.fc\d+\.weight", name)])
    first, last = tensors["mapping.fc0.weight"], tensors[f"mapping.fc{max(layers - 1, 0)}.weight"]
    w_dim, hidden = last.shape[0], first.shape[0] if layers > 1 else None
    embed = tensors.get("mapping.embed.weight")
    architecture = "orig"
    if len(resolutions) > 1 and f"synthesis.b{resolutions[1]}.skip.weight" in tensors:
        architecture = "resnet"
    elif "synthesis.b4.torgb.weight" in tensors:
        architecture = "skip"
    return GeneratorConfig(
        z_dim=first.shape[1] - (0 if embed is None else embed.shape[0]),
        w_dim=w_dim,
        img_resolution=resolutions[-1],
        channels=channels,
        c_dim=0 if embed is None else embed.shape[1],
        img_channels=tensors[f"synthesis.b{resolutions[-1]}.torgb.weight"].shape[0],
        mapping_layers=layers,
        mapping_width=None if hidden == w_dim else hidden,
        embed_width=None if embed is None or embed.shape[0] == w_dim else embed.shape[0],
        mapping_rate=options.mapping_rate,
        architecture=architecture,  # type: ignore[arg-type]  # one of the three literals above
        conv_clamp=options.conv_clamp,
        num_fp16_res=options.num_fp16_res,
    )


def _discriminator_config(tensors: State, options: Options) -> DiscriminatorConfig:
    resolutions = _resolutions(tensors, r"b(\d+)\.")[:0:-1]
    channels = [tensors[f"b{r}.conv0.weight"].shape[0] for r in resolutions]
    width = tensors["b4.conv.weight"].shape[0]
    return DiscriminatorConfig(
        img_resolution=resolutions[0],
        channels=(*channels, width),
        img_channels=tensors[f"b{resolutions[0]}.fromrgb.weight"].shape[1],
        conv_clamp=options.conv_clamp,
        group_size=options.group_size,
        deviation_channels=tensors["b4.conv.weight"].shape[1] - width,
    )


def _checked(path: Path, tensors: State, expected: State) -> dict[str, Tensor]:
    """float32 copies in the network's order; BrokenCheckpoint names the first tensor that does not fit."""
    surplus = sorted(set(tensors) - set(expected))
    if surplus:
        raise BrokenCheckpoint(path=path, reason=f"it holds {surplus[0]}, which such a network does not have")
    result = {}
    for name, wanted in expected.items():
        if name not in tensors:
            raise BrokenCheckpoint(path=path, reason=f"{name} is missing")
        tensor = tensors[name]
        if tensor.shape != wanted.shape:
            shapes = f"{list(tensor.shape)}, expected {list(wanted.shape)}"
            raise BrokenCheckpoint(path=path, reason=f"{name} has the shape {shapes}")
        if not tensor.is_floating_point():
            raise BrokenCheckpoint(path=path, reason=f"{name} holds {tensor.dtype}, not floating-point numbers")
        value = tensor.to(torch.float32).contiguous()
        if not torch.isfinite(value).all():
            raise BrokenCheckpoint(path=path, reason=f"{name} holds numbers that are not finite")
        result[name] = value
    return result


def positive_number(value: object) -> float | None:
    """A clamp as found in a file: a finite number above zero, else None."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e30 and math.isfinite(value):
        return float(value)
    return None


def small_count(value: object) -> int:
    """A count as found in a file: 0 to 16, else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 16 else 0
