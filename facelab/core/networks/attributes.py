"""The attribute net: what is seen on an aligned 128 px face, as numbers.

It names and measures sliders and judges edits. Its figures are this net's judgement from few hand labels, not the
truth; pitch and quality are proxies from landmarks and sharpness (see models/base/MODEL_CARD.md).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from facelab.core.networks.attribute_keys import KEYS as KEYS
from facelab.core.networks.stage import Stage
from facelab.core.values import F32

UNITS = {"age": "years", "yaw": "degrees"}
"""All others are log odds or standard deviations."""
SIZE = 128
CHANNELS = (24, 48, 96, 128)
SLOPE = 0.1


class AttributeNet(nn.Module):
    """Crops f32 [N, 3, 128, 128] in [-1, 1] to standardised attributes [N, K] in the order of KEYS.

    mean, scale: f32 [K], from standard deviations over the training faces to the attribute's own unit.
    The ten further outputs are the five points in crop px / 128, a training aid.
    """

    mean: Tensor
    scale: Tensor
    flip: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.Sequential(*(Stage(a, b, SLOPE) for a, b in zip((12, *CHANNELS[:-1]), CHANNELS, strict=True)))
        self.hidden = nn.Linear(CHANNELS[-1] * 16, 160)
        self.out = nn.Linear(160, len(KEYS) + 10)
        self.register_buffer("mean", torch.zeros(len(KEYS)))
        self.register_buffer("scale", torch.ones(len(KEYS)))
        flip = torch.tensor([-1.0 if key == "yaw" else 1.0 for key in KEYS])
        self.register_buffer("flip", flip, persistent=False)

    def features(self, crops: Tensor) -> Tensor:
        """The hidden layer [N, 160]: on it a new attribute is learnt from a few labels."""
        x = self.stages(F.pixel_unshuffle(crops, 2))
        return F.leaky_relu(self.hidden(x.flatten(1)), SLOPE)

    def everything(self, crops: Tensor, drop: float = 0.0) -> Tensor:
        """All outputs [N, K + 10]; drop: dropout rate of the hidden layer, in training."""
        out: Tensor = self.out(F.dropout(self.features(crops), drop, self.training))
        return out

    def forward(self, crops: Tensor) -> Tensor:
        """Standardised attributes [N, K], the mean over the crop and its mirror image."""
        return self.seen(crops)[0]

    def seen(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Standardised attributes [N, K] as `forward` gives them, and the features [N, 160] of the unturned crop."""
        features = self.features(crops)
        straight, mirrored = (self.out(x)[:, : len(KEYS)] for x in (features, self.features(crops.flip(3))))
        return (straight + mirrored * self.flip) / 2, features

    def zeros(self) -> Tensor:
        """Standardised score [K] at which an attribute is neither there nor not: of the hand-labelled ones and yaw
        0 in their own unit, of gender half way, of age, pitch and quality the mean."""
        zeros = -self.mean / self.scale
        zeros[KEYS.index("gender")] += 0.5 / self.scale[KEYS.index("gender")]
        for key in ("age", "pitch", "quality"):
            zeros[KEYS.index(key)] = 0.0
        return zeros

    def judge(self, crops: Tensor) -> dict[str, F32]:
        """Attributes by key in their own units, each f32 [N]."""
        with torch.inference_mode():
            values = (self(crops) * self.scale + self.mean).float().cpu().numpy()
        return {key: np.asarray(values[:, i], np.float32) for i, key in enumerate(KEYS)}


def load_attribute_net(path: Path | str, device: torch.device | str = "cpu") -> AttributeNet:
    """Read exported weights (safetensors, any float type) as float32."""
    net = AttributeNet()
    net.load_state_dict({name: tensor.float() for name, tensor in load_file(path).items()})
    return net.eval().requires_grad_(False).to(device)
