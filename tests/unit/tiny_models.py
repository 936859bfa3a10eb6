"""Tiny seeded networks and a real picture, for tests that must be fast."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from facelab.core.formats import tensor_sha256
from facelab.core.generator import FaceGenerator
from facelab.core.image import to_tensor
from facelab.core.networks.encoder import Encoder
from facelab.core.networks.stylegan2 import Generator, GeneratorConfig
from facelab.core.values import CropConvention, GeneratorInfo

SAMPLES = Path(__file__).resolve().parents[2] / "resources" / "samples"


def tiny_generator(resolution: int = 32, w_dim: int = 32, seed: int = 0) -> FaceGenerator:
    """A random StyleGAN2 whose noise does something and whose w_avg is the mean of its w."""
    torch.manual_seed(seed)
    channels = tuple(32 if 2**i <= 16 else 16 for i in range(2, resolution.bit_length()))
    config = GeneratorConfig(z_dim=w_dim, w_dim=w_dim, img_resolution=resolution, channels=channels, mapping_layers=2)
    network = Generator(config).eval()
    with torch.no_grad():
        for name, parameter in network.synthesis.named_parameters():
            if name.endswith("noise_strength"):
                parameter.fill_(0.1)
        network.mapping.w_avg.copy_(network.mapping.w(torch.randn(2000, w_dim)).mean(dim=0))
    network.requires_grad_(False)
    sha = tensor_sha256(network.state_dict())
    info = GeneratorInfo(
        "tiny", sha, "native", resolution, config.num_ws, w_dim, w_dim, 0, CropConvention(), "none", "", 0
    )
    return FaceGenerator(network, info)


def tiny_encoder(generator: FaceGenerator, seed: int = 0) -> Encoder:
    """A random encoder that answers near the generator's w_avg."""
    torch.manual_seed(seed)
    encoder = Encoder(generator.info.w_dim, 32)
    with torch.no_grad():
        encoder.out.weight.mul_(3.0)
        encoder.pca.weight.mul_(0.3)
        encoder.pca.bias.copy_(torch.from_numpy(generator.w_avg))
    return encoder.eval().requires_grad_(False)


def picture(side: int = 32, name: str = "astronaut.png", left: float = 0.33) -> Tensor:
    """A real face, f32 [1, 3, side, side]: no generator drew it."""
    with Image.open(SAMPLES / name) as image:
        rgb = image.convert("RGB")
        width = rgb.width // 4
        x, y = int(rgb.width * left), int(rgb.height * 0.08)
        small = rgb.crop((x, y, x + width, y + width)).resize((side, side), Image.Resampling.BOX)
    return to_tensor(np.asarray(small))
