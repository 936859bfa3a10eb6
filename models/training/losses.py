"""Losses of training: pooled pixel distances, SqueezeNet features, KL, adversarial heads, R1.

SqueezeNet 1.1 is a training loss and a measure only; it is not shipped with the application.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from facelab.core.networks.attributes import KEYS, AttributeNet

JUDGED = tuple(i for i, key in enumerate(KEYS) if key not in ("hat", "quality"))
"""Attributes that a reconstruction must keep; sharpness and hats are left to the pixels."""
SHIFT = 4

FIRES = (3, 4, 6, 7, 9, 10, 11, 12)
POOLED_BEFORE = (3, 6, 9)
ALL_LAYERS = (0, 4, 7, 9, 10, 11, 12)
TRAIN_LAYERS = (0, 4, 7, 10, 12)
MEAN_BGR = (103.939, 116.779, 123.68)


class SqueezeNet(nn.Module):
    """Convolutional features of SqueezeNet 1.1 (arXiv 1602.07360), weights fixed."""

    def __init__(self, path: Path | str) -> None:
        super().__init__()
        self.names: dict[str, str] = {}
        for name, tensor in load_file(path).items():
            self.names[name] = name.replace(".", "_")
            self.register_buffer(self.names[name], tensor.float().contiguous(memory_format=torch.contiguous_format))
        self.register_buffer("mean", torch.tensor(MEAN_BGR).view(1, 3, 1, 1))

    def _conv(self, x: Tensor, name: str, stride: int = 1, padding: int = 0) -> Tensor:
        weight, bias = (self.get_buffer(self.names[f"{name}.{kind}"]) for kind in ("weight", "bias"))
        return F.relu(F.conv2d(x, weight, bias, stride=stride, padding=padding), inplace=True)

    def forward(self, images: Tensor, layers: Sequence[int] = ALL_LAYERS) -> list[Tensor]:
        """Images [N, 3, R, R] RGB in [-1, 1] to the activations after ReLU of the named layers."""
        x = (images.flip(1) + 1.0) * 127.5 - self.get_buffer("mean")
        x = self._conv(x, "features.0", stride=2)
        found = [x] if 0 in layers else []
        for fire in FIRES:
            if fire in POOLED_BEFORE:
                x = F.max_pool2d(x, 3, 2, ceil_mode=True)
            if fire > max(layers):
                break
            squeezed = self._conv(x, f"features.{fire}.squeeze")
            one = self._conv(squeezed, f"features.{fire}.expand1x1")
            x = torch.cat([one, self._conv(squeezed, f"features.{fire}.expand3x3", padding=1)], 1)
            if fire in layers:
                found.append(x)
        return found


def unit(features: Tensor) -> Tensor:
    """Divide every position's channel vector by its norm (+1e-10)."""
    return features / (features.square().sum(1, keepdim=True).sqrt() + 1e-10)


def feature_distance(a: Sequence[Tensor], b: Sequence[Tensor]) -> Tensor:
    """The perceptual distance per image [N]: squared distance of unit channel vectors, mean over layers."""
    parts = []
    for x, y in zip(a, b, strict=True):
        # in float32: the norms are small differences in half precision
        parts.append((unit(x.float()) - unit(y.float())).square().sum(1).mean((1, 2)))
    return torch.stack(parts).mean(0)


def pixel_loss(image: Tensor, target: Tensor) -> Tensor:
    """L1 at full, 1/4 and 1/8 size plus 4 x mean square: the pooled parts carry light, colour and shape."""
    loss = (image - target).abs().mean() + 4.0 * (image - target).square().mean()
    for factor in (4, 8):
        loss = loss + (F.avg_pool2d(image, factor) - F.avg_pool2d(target, factor)).abs().mean()
    return loss


def skip_loss(skips: Sequence[Tensor], target: Tensor) -> Tensor:
    """L1 + 4 x mean square of the generator's intermediate RGB sums against the reduced target."""
    loss = target.new_zeros(())
    for skip in skips:
        small = F.avg_pool2d(target, target.shape[-1] // skip.shape[-1])
        difference = skip - small
        loss = loss + difference.abs().mean() + 4.0 * difference.square().mean()
    return loss


def kl_nats(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence from N(0, 1) of each code, nats per image, averaged over the batch."""
    return 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance).sum(1).mean()


def attribute_loss(net: AttributeNet, image: Tensor, target: Tensor, source: torch.Generator) -> Tensor:
    """Squared distance of the judged attributes, and of the features (relative), of two batches [N, 3, 128, 128].

    Both are moved alike by up to SHIFT px, so that no pattern in the picture can please the net in one place. Without
    this loss glasses and beards came out at 0.7 of the strength they have in the photographs.
    """
    dx, dy = torch.randint(-SHIFT, SHIFT + 1, (2,), generator=source).tolist()
    with torch.autocast(image.device.type, enabled=False):
        seen, wanted = (net.features(x.float().roll((dy, dx), (2, 3))) for x in (image, target))
        outputs, labels = (net.out(x)[:, JUDGED] for x in (seen, wanted))
    features = (seen - wanted).square().mean() / (wanted.var(0).mean() + 1e-4)
    loss: Tensor = (outputs - labels).square().mean() + 0.2 * features
    return loss


class FeatureHeads(nn.Module):
    """Small patch discriminators on SqueezeNet layers 4, 7, 10 and 12 (projected discriminators, arXiv 2111.01007)."""

    LAYERS = (4, 7, 10, 12)
    CHANNELS = (128, 256, 384, 512)

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.m = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(channels, width, 1),
                nn.LeakyReLU(0.2),
                nn.Conv2d(width, width, 3, padding=1),
                nn.LeakyReLU(0.2),
                nn.Conv2d(width, 1, 3, padding=1),
            )
            for channels in self.CHANNELS
        )
        for i, channels in enumerate(self.CHANNELS, start=1):
            # fixed standardisation of each channel, measured on faces
            self.register_buffer(f"mu{i}", torch.zeros(channels))
            self.register_buffer(f"sc{i}", torch.ones(channels))

    def forward(self, features: Sequence[Tensor]) -> list[Tensor]:
        """Activations of LAYERS to one map of logits [N, h, w] each."""
        logits = []
        for i, (head, x) in enumerate(zip(self.m, features, strict=True), start=1):
            mu, scale = self.get_buffer(f"mu{i}"), self.get_buffer(f"sc{i}")
            logits.append(head((x - mu.view(1, -1, 1, 1)) * scale.view(1, -1, 1, 1))[:, 0])
        return logits
