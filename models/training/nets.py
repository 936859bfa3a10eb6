"""The networks of `facelab.core.networks` set up for training: bfloat16, channels last, intermediate images."""

from __future__ import annotations

import copy
import json
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from facelab.core.networks.encoder import PCA_SIZE, Encoder
from facelab.core.networks.ops import SLOPE, SQRT2
from facelab.core.networks.stage import Stage
from facelab.core.networks.stylegan2 import Generator, GeneratorConfig, StyledConv, ToRGB, channel_table
from models.training import convolve
from models.training.state import Counters, State, load_state, read_parts

Z_DIM = W_DIM = 256
RESOLUTION = 128


def base_config(resolution: int = RESOLUTION, channel_base: int = 4096, channel_max: int = 256) -> GeneratorConfig:
    """The embedded model's architecture."""
    channels = channel_table(resolution, channel_base, channel_max)
    return GeneratorConfig(Z_DIM, W_DIM, resolution, channels, mapping_layers=4)


def by_hand(x: Tensor) -> bool:
    """Whether the convolutions of `models.training.convolve` are the faster ones: float32 on a CPU."""
    return x.device.type == "cpu" and x.dtype == torch.float32


def _activated(layer: nn.Conv2d, x: Tensor, kind: convolve.Kind) -> Tensor:
    assert layer.bias is not None
    return convolve.activated(x, layer.weight, layer.bias, kind)


def encode(encoder: Encoder, crops: Tensor) -> tuple[Tensor, Tensor]:
    """`encoder.distribution(crops)`, with the faster gradients where there are any."""
    if not by_hand(crops) or torch.is_autocast_enabled(crops.device.type):
        return encoder.distribution(crops)
    x = F.pixel_unshuffle(crops, 2).contiguous(memory_format=torch.channels_last)
    x = _activated(encoder.stem, x, "same")
    for stage in encoder.st:
        assert isinstance(stage, Stage)
        x = _activated(stage.a, x, "half")
        x = x + _activated(stage.b, x, "same")
    x = encoder.out(F.leaky_relu(encoder.head(x.flatten(1)), SLOPE))
    small = F.avg_pool2d(crops, encoder.resolution // PCA_SIZE)
    return x[:, : encoder.w_dim] + encoder.pca(small.flatten(1)), x[:, encoder.w_dim :]


def _to_image(layer: ToRGB, x: Tensor, w: Tensor) -> Tensor:
    """ToRGB as a product over the channels-last memory: x [N, C, R, R] -> f32 [N, 3, R, R]."""
    styles = layer.affine(w) * layer.gain
    weight = layer.weight[None, :, :, 0, 0] * styles[:, None, :]  # [N, 3, C]
    n, c, h, wide = x.shape
    pixels = x.permute(0, 2, 3, 1).reshape(n, h * wide, c)
    y = torch.bmm(pixels, weight.transpose(1, 2).to(x.dtype))  # [N, HW, 3]
    return y.reshape(n, h, wide, -1).permute(0, 3, 1, 2).float() + layer.bias[:, None, None]


def _convolve(layer: StyledConv, x: Tensor, w: Tensor) -> Tensor:
    """StyledConv with constant noise that keeps activations and gradients channels last in memory."""
    styles = layer.affine(w)
    demod = SQRT2 * torch.rsqrt(styles.square() @ layer.weight.square().sum(dim=(2, 3)).t() + 1e-8)  # [N, O]
    if by_hand(x):
        kernel = layer.blur.kernel if layer.up else None
        bias, gain = layer.bias * SQRT2, layer.noise_strength * SQRT2
        return convolve.styled(x, styles, layer.weight, demod, bias, gain, layer.noise_const, kernel)
    x = x * styles.to(x.dtype)[:, :, None, None]
    weight = layer.weight.to(x.dtype)
    if layer.up:
        x = F.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
        x = layer.blur(x, 1)
    else:
        x = F.conv2d(x, weight, padding=1)
    noise = layer.noise_const[:, :, None] * (layer.noise_strength * SQRT2)  # [R, R, 1]
    shift = (layer.bias * SQRT2 + noise).to(x.dtype).permute(2, 0, 1)[None]  # [1, O, R, R], channels last
    x = torch.addcmul(shift, x, demod.to(x.dtype)[:, :, None, None])
    return F.leaky_relu_(x, SLOPE)


def render(
    generator: Generator, w: Tensor, dtype: torch.dtype, sizes: Sequence[int] = (), resolution: int = RESOLUTION
) -> tuple[Tensor, list[Tensor]]:
    """One w [N, w_dim] for all layers to the image [N, 3, R, R] and the skip sums at `sizes`, f32.

    resolution: R; a smaller one stops after that block, whose skip sum is the image.

    The same arithmetic as `generator.synthesis` with constant noise, in `dtype` and without autocast.
    """
    w = w.float()
    image: Tensor | None = None
    skips: list[Tensor] = []
    x: Tensor | None = None
    with torch.autocast(w.device.type, enabled=False):
        for block in generator.synthesis.blocks:
            if x is None:
                x = block.const.to(dtype).unsqueeze(0).expand(len(w), -1, -1, -1)
                x = x.contiguous(memory_format=torch.channels_last)
            else:
                x = _convolve(block.conv0, x, w)
            x = _convolve(block.conv1, x, w)
            y = _to_image(block.torgb, x, w)
            image = y if image is None else block.image_up(image) + y
            if block.resolution == resolution:
                break
            if block.resolution in sizes:
                skips.append(image)
    assert image is not None
    return image, skips


Render = Callable[
    [Generator, Tensor, torch.dtype, Sequence[int], int],
    tuple[Tensor, list[Tensor]],
]
"""`render`, or what torch.compile makes of it."""


def generator_of(state: State) -> Generator:
    """The trained generator of a state."""
    found = state.nets["generator"]
    assert isinstance(found, Generator)
    return found


def encoder_of(state: State) -> Encoder:
    """The trained encoder of a state."""
    found = state.nets["encoder"]
    assert isinstance(found, Encoder)
    return found


def averages_of(state: State) -> tuple[Encoder, Generator]:
    """The moving averages, which are what is measured and exported."""
    encoder, generator = state.averages["encoder"], state.averages["generator"]
    assert isinstance(encoder, Encoder)
    assert isinstance(generator, Generator)
    return encoder, generator


def read_weights(module: nn.Module, path: Path) -> None:
    """Load a stored network as float32; constant filters in the file are ignored."""
    tensors = {name: t.float() for name, t in load_file(path).items() if not name.endswith("resample_filter")}
    module.load_state_dict(tensors)


def variational_encoder(path: Path) -> Encoder:
    """The stored encoder with its log-variance half; an exported one without it starts at sigma 0.25."""
    encoder = Encoder(W_DIM, RESOLUTION, variational=True)
    tensors = {name: t.float() for name, t in load_file(path).items()}
    if len(tensors["out.bias"]) == W_DIM:
        tensors["out.weight"] = torch.cat([tensors["out.weight"], torch.zeros(W_DIM, tensors["out.weight"].shape[1])])
        tensors["out.bias"] = torch.cat([tensors["out.bias"], torch.full((W_DIM,), -2.8)])
    encoder.load_state_dict(tensors)
    return encoder


def autoencoder_state(start: Path, device: torch.device) -> State:
    """Generator and encoder of a model folder or of another run's checkpoint, with their moving averages.

    From a checkpoint the averages are taken, and its counters go on; the moments are rebuilt in the warm-up.
    """
    generator, counters = Generator(base_config()), Counters()
    if (start / "state.json").exists():
        flat = read_parts(start)
        generator.load_state_dict(part_of(flat, "average/generator/"))
        encoder = Encoder(W_DIM, RESOLUTION, variational=True)
        encoder.load_state_dict(part_of(flat, "average/encoder/"))
        counters = Counters(**json.loads((start / "state.json").read_text()))
        counters.stage_images = 0
    else:
        read_weights(generator, start / "generator.safetensors")
        encoder = variational_encoder(start / "encoder.safetensors")
        counters.images, counters.samples, counters.seconds = counters_of(start)
    nets: dict[str, nn.Module] = {"generator": generator, "encoder": encoder}
    for module in nets.values():
        module.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub
    averages = {name: copy.deepcopy(module).requires_grad_(False) for name, module in nets.items()}
    return State(nets, averages, {}, counters)


def part_of(flat: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors of one network of a checkpoint, without constant filters."""
    return {
        key[len(prefix) :]: tensor
        for key, tensor in flat.items()
        if key.startswith(prefix) and not key.endswith("resample_filter")
    }


def counters_of(folder: Path) -> tuple[int, int, float]:
    """Images, samples and seconds that the model in this folder has behind it (zeros when it does not say)."""
    if not (folder / "model.toml").exists():
        return 0, 0, 0.0
    found = tomllib.loads((folder / "model.toml").read_text())["training"]["counters"]
    return int(found["images"]), int(found["samples"]), 60.0 * float(found["minutes"])


def resume(state: State, run: Path) -> bool:
    """Continue from the run's checkpoint when there is one."""
    if not (run / "checkpoint" / "state.json").exists():
        return False
    load_state(state, run / "checkpoint")
    return True
