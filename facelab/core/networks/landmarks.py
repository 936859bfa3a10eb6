"""The landmark net: a small gray window around a face to five points and a face score."""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from facelab.core.networks.stage import Stage

WINDOW = 64
CHANNELS = (24, 48, 80, 128)
SLOPE = 0.1


class LandmarkNet(nn.Module):
    """Five points and a score from one window.

    Input: f32 [N, 1, 64, 64], gray, any scale: every window is normalised to mean 0 and deviation 1 here.
    Output: points [N, 5, 2] in window units (0, 0 = centre, -1..1 = the window's edges; they may lie outside)
    and the logit [N] of "this window shows a face".
    """

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.Sequential(*(Stage(a, b, SLOPE) for a, b in zip((1, *CHANNELS[:-1]), CHANNELS, strict=True)))
        side = WINDOW // 2 ** len(CHANNELS)
        self.hidden = nn.Linear(CHANNELS[-1] * side * side, 160)
        self.out = nn.Linear(160, 11)

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        mean = windows.mean(dim=(1, 2, 3), keepdim=True)
        deviation = windows.std(dim=(1, 2, 3), keepdim=True)
        x = self.stages((windows - mean) / (deviation + 1e-3))
        x = self.out(F.leaky_relu(self.hidden(x.flatten(1)), SLOPE))
        return x[:, :10].reshape(-1, 5, 2), x[:, 10]


def load_landmark_net(path: Path | str) -> LandmarkNet:
    """Read exported weights (safetensors, any float type) as float32."""
    net = LandmarkNet()
    net.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    return net.eval().requires_grad_(False)
