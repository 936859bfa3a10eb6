"""The encoder of the embedded model: an aligned face to one code w in one forward pass.

A small plain residual network plus a linear layer that began as a PCA of 32 px images, so that the
code has light, colour and pose before the network has learnt anything.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from facelab.core.networks.ops import SLOPE
from facelab.core.networks.stage import Stage

CHANNELS = (32, 64, 128, 192, 256)
HEAD_WIDTH = 512
PCA_SIZE = 32


class Encoder(nn.Module):
    """Face to code. `variational=True` adds a log variance per code number, used in training only.

    resolution must be a multiple of 32; the head fits one resolution.
    """

    def __init__(self, w_dim: int = 256, resolution: int = 128, *, variational: bool = False) -> None:
        super().__init__()
        self.w_dim, self.resolution = w_dim, resolution
        self.stem = nn.Conv2d(12, CHANNELS[0], 3, padding=1)
        self.st = nn.ModuleList(Stage(a, b, SLOPE) for a, b in itertools.pairwise(CHANNELS))
        side = resolution // 32
        self.head = nn.Linear(CHANNELS[-1] * side * side, HEAD_WIDTH)
        self.out = nn.Linear(HEAD_WIDTH, 2 * w_dim if variational else w_dim)
        self.pca = nn.Linear(3 * PCA_SIZE * PCA_SIZE, w_dim)

    def distribution(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance [N, w_dim] of the code; the log variance is empty after export."""
        x = F.leaky_relu(self.stem(F.pixel_unshuffle(crops, 2)), SLOPE)
        for stage in self.st:
            x = stage(x)
        # flattened by channel, row, column, whatever the memory format is
        x = self.out(F.leaky_relu(self.head(x.flatten(1)), SLOPE))
        small = F.avg_pool2d(crops, self.resolution // PCA_SIZE)
        mean, log_variance = x[:, : self.w_dim], x[:, self.w_dim :]
        return mean + self.pca(small.flatten(1)), log_variance

    def forward(self, crops: Tensor) -> Tensor:
        """Crops [N, 3, R, R] in [-1, 1] to w [N, w_dim]."""
        return self.distribution(crops)[0]


def load_encoder(path: Path | str, device: torch.device | str = "cpu") -> Encoder:
    """Read an exported encoder (safetensors, any float type) as float32, ready for use."""
    tensors = {name: tensor.float() for name, tensor in load_file(path).items()}
    w_dim = tensors["pca.weight"].shape[0]
    side = round((tensors["head.weight"].shape[1] / CHANNELS[-1]) ** 0.5)
    encoder = Encoder(w_dim, 32 * side, variational=tensors["out.weight"].shape[0] == 2 * w_dim)
    encoder.load_state_dict(tensors)
    return encoder.eval().requires_grad_(False).to(device)
