"""The StyleGAN2 generator (Karras et al., arXiv 1912.04958), with the state-dict names of the official files.

Written for the CPU: instead of one weight per sample, the input channels are scaled by the style, one
shared weight convolves the batch, and the output channels are scaled by the demodulation (paper, equation 3).
All of it is differentiable twice, as path length regularisation needs, until `Generator.arrange` is called.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from facelab.core.networks.ops import SQRT2, Blur, Conv, Dense, Upsample, activate, normal, normalise
from facelab.core.networks.quick import Layer, over_kernel, styled_conv
from facelab.core.recorded import recording

NoiseMode = Literal["const", "random", "none"]
Architecture = Literal["skip", "orig", "resnet"]
SQRT_HALF = math.sqrt(0.5)


def channel_table(resolution: int, base: int, most: int) -> tuple[int, ...]:
    """Channels of the blocks 4, 8, ... resolution by the published rule min(base / R, most)."""
    return tuple(min(base // 2**i, most) for i in range(2, resolution.bit_length()))


@dataclass(frozen=True, slots=True)
class GeneratorConfig:
    """Everything that the shapes and the arithmetic of a generator depend on.

    channels: of the blocks 4, 8, ... img_resolution. mapping_width: of the hidden mapping layers, None = w_dim.
    conv_clamp: bound of the activations, None = none. num_fp16_res: the highest resolutions run in
    half precision on CUDA (never on the CPU).
    """

    z_dim: int
    w_dim: int
    img_resolution: int
    channels: tuple[int, ...]
    c_dim: int = 0
    img_channels: int = 3
    mapping_layers: int = 8
    mapping_width: int | None = None
    embed_width: int | None = None
    mapping_rate: float = 0.01
    architecture: Architecture = "skip"
    conv_clamp: float | None = None
    num_fp16_res: int = 0

    def __post_init__(self) -> None:
        if self.img_resolution < 4 or self.img_resolution & (self.img_resolution - 1):
            raise ValueError(f"resolution {self.img_resolution} is not a power of two from 4 upwards")
        if len(self.channels) != len(self.resolutions) or min(self.channels) < 1:
            raise ValueError(f"{len(self.resolutions)} blocks need as many channel counts, not {self.channels}")

    @property
    def resolutions(self) -> tuple[int, ...]:
        """4, 8, ... img_resolution."""
        return tuple(2**i for i in range(2, self.img_resolution.bit_length()))

    @property
    def num_ws(self) -> int:
        """Latents of a code in W+: one per convolution and one for the last toRGB."""
        return 2 * len(self.resolutions)

    @property
    def fp16_resolution(self) -> int:
        """The lowest resolution that runs in half precision on CUDA."""
        return max(2 * self.img_resolution >> self.num_fp16_res, 8)


class MappingNetwork(nn.Module):
    """z (and the condition c) to w: normalise, dense layers with leaky ReLU."""

    w_avg: Tensor

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        inputs = config.z_dim
        if config.c_dim:
            embed = config.embed_width or config.w_dim
            self.embed = Dense(config.c_dim, embed)
            inputs += embed
        hidden = config.mapping_width or config.w_dim
        widths = [inputs, *[hidden] * (config.mapping_layers - 1), config.w_dim]
        for i in range(config.mapping_layers):
            self.add_module(f"fc{i}", Dense(widths[i], widths[i + 1], rate=config.mapping_rate))
        self.register_buffer("w_avg", torch.zeros(config.w_dim))

    def w(self, z: Tensor, c: Tensor | None = None) -> Tensor:
        """z [N, z_dim], c [N, c_dim] (conditional networks; None = zeros) -> w [N, w_dim]."""
        config = self.config
        parts = [normalise(z.float())] if config.z_dim else []
        if config.c_dim:
            c = torch.zeros(len(z), config.c_dim, device=z.device) if c is None else c.float()
            parts.append(normalise(self.embed(c)))
        x = torch.cat(parts, dim=1)
        for i in range(config.mapping_layers):
            x = activate(self.get_submodule(f"fc{i}")(x), SQRT2, None)
        return x

    @staticmethod
    @torch.no_grad()
    def mean_of(layers: list[tuple[Tensor, Tensor]], samples: int, rate: float = 0.01) -> Tensor:
        """Mean w [w_dim] over z ~ N(0, I), seed 0, for stored weights and biases of an unconditional network."""
        x = normalise(torch.randn(samples, layers[0][0].shape[1], generator=torch.Generator().manual_seed(0)))
        for weight, bias in layers:
            x = torch.addmm(bias * rate, x, weight.t(), alpha=rate / math.sqrt(weight.shape[1]))
            x = activate(x, SQRT2, None)
        return x.mean(dim=0)

    def truncate(self, w: Tensor, psi: float = 1.0, cutoff: int | None = None) -> Tensor:
        """w [N, w_dim] -> [N, num_ws, w_dim]; the first `cutoff` latents are w_avg + psi (w - w_avg)."""
        w_plus = w.unsqueeze(1).expand(-1, self.config.num_ws, -1)  # [N, w] -> [N, num_ws, w]
        if psi == 1.0:
            return w_plus
        near = torch.lerp(self.w_avg, w_plus, psi)
        return near if cutoff is None else torch.cat([near[:, :cutoff], w_plus[:, cutoff:]], dim=1)

    def forward(self, z: Tensor, c: Tensor | None = None, psi: float = 1.0, cutoff: int | None = None) -> Tensor:
        """z [N, z_dim], c [N, c_dim] -> w_plus [N, num_ws, w_dim], truncated."""
        return self.truncate(self.w(z, c), psi, cutoff)


class StyledConv(nn.Module):
    """Modulated 3x3 convolution, noise, bias, leaky ReLU; `up` doubles the size first."""

    noise_const: Tensor

    def __init__(
        self, inputs: int, outputs: int, w_dim: int, resolution: int, clamp: float | None, *, up: bool
    ) -> None:
        super().__init__()
        self.affine = Dense(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(normal(outputs, inputs, 3, 3))
        self.noise_strength = nn.Parameter(torch.zeros([]))
        self.register_buffer("noise_const", normal(resolution, resolution))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.up, self.clamp, self.resolution = up, clamp, resolution
        self._kept: tuple[Tensor, int, Tensor] | None = None
        self.once_differentiable = False
        if up:
            self.blur = Blur(outputs, 4.0)

    def forward(self, x: Tensor, w: Tensor, noise: Tensor | None, gain: float = 1.0) -> Tensor:
        """x [N, I, H, W], w [N, w_dim], noise [R, R], [N, 1, R, R] or None -> [N, O, R, R]."""
        styles = self.affine(w)
        weight: Tensor = self.weight
        gain = gain * SQRT2
        if self.once_differentiable and self._fits_quick(x, noise):
            layer = Layer(self.blur.kernel if self.up else None, gain, self._bound(gain), self._energy())
            return styled_conv(x, weight, styles, noise, self.noise_strength, self.bias, layer)
        if x.dtype == torch.float16:  # keep sums below 65504; demodulation cancels both scales
            weight = weight * (weight[0].numel() ** -0.5 / weight.abs().amax(dim=(1, 2, 3), keepdim=True))
            styles = styles / styles.abs().amax(dim=1, keepdim=True)
        energy = self._energy() if weight is self.weight else None
        energy = over_kernel(weight.square(), up=self.up) if energy is None else energy
        demod = gain * torch.rsqrt(styles.square() @ energy.t() + 1e-8)  # [N, O]
        x = x * styles.to(x.dtype)[:, :, None, None]
        weight = weight.to(x.dtype)
        x = self._enlarged(x, weight) if self.up else F.conv2d(x, weight, padding=1)
        x = torch.addcmul(self._shift(noise, gain).to(x.dtype), x, demod.to(x.dtype)[:, :, None, None])
        return activate(x, 1.0, self._bound(gain))

    def _enlarged(self, x: Tensor, weight: Tensor) -> Tensor:
        """[N, I, R, R] convolved to [N, O, 2R, 2R]."""
        return self.blur(F.conv_transpose2d(x, weight.transpose(0, 1), stride=2), 1)  # type: ignore[no-any-return]

    def _bound(self, gain: float) -> float | None:
        """The clamp of activations that carry `gain`."""
        return None if self.clamp is None else self.clamp * gain / SQRT2

    def _fits_quick(self, x: Tensor, noise: Tensor | None) -> bool:
        """One sample in single precision on a CPU, for its picture or to tune the weights: what `quick` is for."""
        if x.device.type != "cpu" or x.dtype != torch.float32 or len(x) > 1 or torch.is_autocast_enabled("cpu"):
            return False
        if not torch.is_grad_enabled():
            return True
        return bool(self.weight.requires_grad) and (noise is None or not noise.requires_grad)

    def _shift(self, noise: Tensor | None, gain: float) -> Tensor:
        """What is added to every sample: bias and noise, [1 or N, O, R or 1, R or 1], channels last in memory."""
        bias = self.bias * gain
        if noise is None:
            return bias[None, :, None, None]
        maps = noise[None, :, :, None] if noise.ndim == 2 else noise.permute(0, 2, 3, 1)  # [1 or N, R, R, 1]
        return (maps * (self.noise_strength * gain) + bias).permute(0, 3, 1, 2)

    def _energy(self) -> Tensor | None:
        """Sum of squares of the weight over its 3x3, [O, I], kept until the weight changes; None while it is tuned."""
        weight: Tensor = self.weight
        if torch.is_grad_enabled() and weight.requires_grad:
            return None
        if weight.is_inference() or recording(weight.device):  # no version; a recording outlives the values
            return over_kernel(weight.square(), up=self.up)
        kept = self._kept
        if kept is None or kept[0] is not weight or kept[1] != weight._version:
            with torch.inference_mode(False):  # kept for callers that differentiate later
                kept = (weight, weight._version, over_kernel(weight.detach().square(), up=self.up))
            self._kept = kept
        return kept[2]


class ToRGB(nn.Module):
    """Modulated 1x1 convolution to the image, without demodulation."""

    def __init__(self, inputs: int, outputs: int, w_dim: int, clamp: float | None) -> None:
        super().__init__()
        self.affine = Dense(w_dim, inputs, bias=1.0)
        self.weight = nn.Parameter(normal(outputs, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.clamp, self.gain = clamp, 1 / math.sqrt(inputs)

    def forward(self, x: Tensor, w: Tensor) -> Tensor:
        """x [N, C, R, R], w [N, w_dim] -> f32 [N, 3, R, R]."""
        styles = self.affine(w) * self.gain
        # three output channels: scaling the weight of each sample is cheaper than scaling its input
        weight = (self.weight[None, :, :, 0, 0] * styles[:, None, :]).to(x.dtype)  # [N, 3, C]
        n, c, h, wide = x.shape
        if n == 1:
            y = F.conv2d(x, weight[0, :, :, None, None])
        else:
            pixels = x.permute(0, 2, 3, 1).reshape(n, h * wide, c)  # no copy when the channels are last
            y = torch.bmm(pixels, weight.transpose(1, 2)).reshape(n, h, wide, -1).permute(0, 3, 1, 2)
        y = y.to(self.bias.dtype) + self.bias[:, None, None]
        return y if self.clamp is None else y.clamp(-self.clamp, self.clamp)


class Block(nn.Module):
    """All layers of one resolution."""

    def __init__(self, config: GeneratorConfig, index: int) -> None:
        super().__init__()
        self.config, self.resolution = config, config.resolutions[index]
        outputs, w_dim, clamp = config.channels[index], config.w_dim, config.conv_clamp
        inputs = config.channels[index - 1] if index else 0
        self.is_last = self.resolution == config.img_resolution
        if index == 0:
            self.const = nn.Parameter(normal(outputs, 4, 4))
        else:
            self.conv0 = StyledConv(inputs, outputs, w_dim, self.resolution, clamp, up=True)
        self.conv1 = StyledConv(outputs, outputs, w_dim, self.resolution, clamp, up=False)
        if self.is_last or config.architecture == "skip":
            self.torgb = ToRGB(outputs, config.img_channels, w_dim, clamp)
        if index and config.architecture == "resnet":
            self.skip = Conv(inputs, outputs, 1, bias=False, linear=True)
            self.skip_up = Upsample(outputs)
        if index and config.architecture == "skip":
            self.image_up = Upsample(config.img_channels)

    def dtype(self, device: torch.device) -> torch.dtype:
        """Half precision for the highest resolutions on CUDA, else the type of the parameters."""
        half = device.type == "cuda" and self.resolution >= self.config.fp16_resolution and self.resolution > 4
        return torch.float16 if half and self.config.num_fp16_res else self.conv1.weight.dtype

    def features(
        self, x: Tensor | None, ws: list[Tensor], noises: list[Tensor | None], dtype: torch.dtype | None = None
    ) -> Tensor:
        """x of the block before (None in block 4) -> [N, C, R, R]; one latent and noise per convolution."""
        dtype = self.dtype(ws[0].device) if dtype is None else dtype
        if x is None:
            const = self.const.to(dtype).unsqueeze(0).contiguous(memory_format=torch.channels_last)
            const = const.expand(len(ws[0]), -1, -1, -1)
            return self.conv1(const, ws[0], noises[0])  # type: ignore[no-any-return]  # nn.Module.__call__
        x = x.to(dtype)
        if self.config.architecture != "resnet":
            return self.conv1(self.conv0(x, ws[0], noises[0]), ws[1], noises[1])  # type: ignore[no-any-return]
        side: Tensor = self.skip_up(self.skip(x, SQRT_HALF))
        main: Tensor = self.conv1(self.conv0(x, ws[0], noises[0]), ws[1], noises[1], SQRT_HALF)
        return side + main


class Synthesis(nn.Module):
    """w_plus to the image."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        for index, resolution in enumerate(config.resolutions):
            self.add_module(f"b{resolution}", Block(config, index))

    @property
    def num_ws(self) -> int:
        """Latents per code."""
        return self.config.num_ws

    @property
    def blocks(self) -> list[Block]:
        """From 4 px upwards."""
        return [self.get_submodule(f"b{r}") for r in self.config.resolutions]  # type: ignore[misc]

    @property
    def noise_shapes(self) -> dict[str, tuple[int, int]]:
        """Shape of each noise map, by layer name ("b8.conv0")."""
        return {name: (r, r) for r in self.config.resolutions for name in _conv_names(r)}

    def styles(self, ws: Tensor) -> dict[str, Tensor]:
        """S space: output [N, channels] of every affine layer by its name, for w_plus [N, num_ws, w_dim]."""
        codes: dict[str, Tensor] = {}
        first = 0
        for block in self.blocks:
            names = [name for name in ("conv0", "conv1", "torgb") if hasattr(block, name)]
            for i, name in enumerate(names):
                affine = block.get_submodule(f"{name}.affine")
                codes[f"b{block.resolution}.{name}"] = affine(ws[:, first + i])
            first += len(_conv_names(block.resolution))
        return codes

    def forward(
        self,
        ws: Tensor,
        noise_mode: NoiseMode = "const",
        noise: Mapping[str, Tensor] | None = None,
        dtype: torch.dtype | None = None,
    ) -> Tensor:
        """w_plus [N, num_ws, w_dim] -> image f32 [N, 3, R, R], not clipped.

        noise: maps ([R, R] or [N, 1, R, R]) by layer name that replace those of `noise_mode`. dtype: of the activations
        (bfloat16 or float32), None = as the configuration says. Styles, demodulation and the sum of the images are
        float32 in any case.
        """
        if ws.shape[1:] != (self.num_ws, self.config.w_dim):
            raise ValueError(f"w_plus must be [N, {self.num_ws}, {self.config.w_dim}], not {tuple(ws.shape)}")
        x: Tensor | None = None
        image: Tensor | None = None
        latents = list(ws.to(self.blocks[0].const.dtype).unbind(dim=1))  # [N, num_ws, w] -> num_ws x [N, w]
        for block in self.blocks:
            names = _conv_names(block.resolution)
            noises = [self._noise(name, len(ws), noise_mode, noise) for name in names]
            x = block.features(x, latents[: len(names)], noises, dtype)
            latents = latents[len(names) :]
            if image is not None:
                image = block.get_submodule("image_up")(image)
            if hasattr(block, "torgb"):
                y = block.torgb(x, latents[0])
                image = y if image is None else image + y
        assert image is not None  # the last block always has toRGB
        return image

    def _noise(self, name: str, count: int, mode: NoiseMode, explicit: Mapping[str, Tensor] | None) -> Tensor | None:
        layer = self.get_submodule(name)
        assert isinstance(layer, StyledConv)
        if explicit is not None and name in explicit:
            return explicit[name]
        if mode == "none":
            return None
        if mode == "const":
            return layer.noise_const
        return torch.randn(count, 1, layer.resolution, layer.resolution, device=layer.noise_const.device)


def _conv_names(resolution: int) -> tuple[str, ...]:
    return ("b4.conv1",) if resolution == 4 else (f"b{resolution}.conv0", f"b{resolution}.conv1")


class Generator(nn.Module):
    """Mapping and synthesis. `state_dict` has the official names, without the constant `resample_filter`s."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        self.synthesis = Synthesis(config)
        self.mapping = MappingNetwork(config)

    def arrange(self) -> Generator:
        """Lay the weights out in memory as the convolutions read them (values and names stay); returns itself.

        From then on single samples on a CPU use `facelab.core.networks.quick`: they can be differentiated once.
        Measured on a CPU, 128 px: a fifth less time than with the plain layout. Copies keep all this.
        """
        for module in self.synthesis.modules():
            if isinstance(module, StyledConv):
                weight = module.weight.data
                if module.up:  # the transposed convolution reads [I, O, 3, 3]
                    weight = weight.transpose(0, 1).contiguous(memory_format=torch.channels_last).transpose(0, 1)
                else:
                    weight = weight.contiguous(memory_format=torch.channels_last)
                module.weight.data = weight
                module.once_differentiable = True
        return self

    def forward(self, z: Tensor, c: Tensor | None = None, psi: float = 1.0, noise_mode: NoiseMode = "const") -> Tensor:
        """z [N, z_dim] (and c [N, c_dim]) -> image [N, 3, R, R]."""
        return self.synthesis(self.mapping(z, c, psi), noise_mode)  # type: ignore[no-any-return]
