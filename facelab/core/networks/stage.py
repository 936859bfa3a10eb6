"""The block our small networks are stacked of."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class Stage(nn.Module):
    """Halve the size with one convolution, then add one residual convolution: [N, C, H, W] to [N, outputs, H/2, W/2].

    slope: of the leaky ReLU.
    """

    def __init__(self, inputs: int, outputs: int, slope: float) -> None:
        super().__init__()
        self.slope = slope
        self.a = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)
        self.b = nn.Conv2d(outputs, outputs, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.leaky_relu(self.a(x), self.slope)
        return x + F.leaky_relu(self.b(x), self.slope)
