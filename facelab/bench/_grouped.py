"""Synthesis as the paper writes it down, to compare with: one weight per sample, one convolution with N groups.

StyleGAN2 (arXiv 1912.04958), equations 1 and 3: w' = s w, w'' = w' / sqrt(sum w'^2 + eps), in the plain memory layout.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from facelab.core.networks.stylegan2 import SQRT_HALF, Block, StyledConv, Synthesis, ToRGB

SLOPE, SQRT2 = 0.2, math.sqrt(2)


class Grouped:
    """The weights of a synthesis network, copied to plain NCHW; call it like the network, with its constant noise."""

    def __init__(self, synthesis: Synthesis) -> None:
        self.synthesis = synthesis
        layers = [module for module in synthesis.modules() if isinstance(module, StyledConv | ToRGB)]
        self._weights = {layer: layer.weight.detach().contiguous() for layer in layers}

    @torch.no_grad()
    def __call__(self, ws: Tensor) -> Tensor:
        """w_plus [N, num_ws, w_dim] -> image f32 [N, 3, R, R]."""
        x, image, first = None, None, 0
        for block in self.synthesis.blocks:
            count = 1 if x is None else 2
            x = self._features(block, x, ws[:, first : first + count])
            image = None if image is None else block.image_up(image)
            if hasattr(block, "torgb"):
                y = self._to_rgb(block.torgb, x, ws[:, first + count])
                image = y if image is None else image + y
            first += count
        assert image is not None
        return image

    def _features(self, block: Block, x: Tensor | None, ws: Tensor) -> Tensor:
        dtype = block.dtype(ws.device)
        if x is None:
            const = block.const.to(dtype)[None].repeat(len(ws), 1, 1, 1)
            return self._styled(block.conv1, const, ws[:, 0])
        x = x.to(dtype)
        main = self._styled(block.conv1, self._styled(block.conv0, x, ws[:, 0]), ws[:, 1])
        if block.config.architecture != "resnet":
            return main
        side: Tensor = block.skip_up(block.skip(x, SQRT_HALF))
        return side + main * SQRT_HALF

    def _styled(self, layer: StyledConv, x: Tensor, w: Tensor) -> Tensor:
        weight = self._weights[layer][None] * layer.affine(w)[:, None, :, None, None]  # [N, O, I, 3, 3]
        weight = weight * torch.rsqrt(weight.square().sum(dim=(2, 3, 4), keepdim=True) + 1e-8)
        x = grouped(x, weight, up=layer.up)
        if layer.up:
            x = layer.blur(x, 1)
        x = x + (layer.noise_const * layer.noise_strength).to(x.dtype)
        x = F.leaky_relu(x + layer.bias.to(x.dtype)[:, None, None], SLOPE) * SQRT2
        return x if layer.clamp is None else x.clamp(-layer.clamp, layer.clamp)

    def _to_rgb(self, layer: ToRGB, x: Tensor, w: Tensor) -> Tensor:
        weight = self._weights[layer][None] * (layer.affine(w) * layer.gain)[:, None, :, None, None]
        y = grouped(x, weight, up=False).float() + layer.bias[:, None, None]
        return y if layer.clamp is None else y.clamp(-layer.clamp, layer.clamp)


def grouped(x: Tensor, weight: Tensor, *, up: bool) -> Tensor:
    """Convolve each sample of x [N, I, H, W] with its own weight [N, O, I, k, k]; up: transposed, stride 2."""
    n, o, i, k, _ = weight.shape
    x = x.reshape(1, n * i, *x.shape[2:])
    weight = weight.to(x.dtype)
    if up:
        weight = weight.transpose(1, 2).reshape(n * i, o, k, k)
        y = F.conv_transpose2d(x, weight, stride=2, groups=n)
    else:
        y = F.conv2d(x, weight.reshape(n * o, i, k, k), padding=k // 2, groups=n)
    return y.reshape(n, o, *y.shape[2:])
