"""Looking at a generator's pictures with the attribute net, whatever crop the generator was trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from facelab.core.generator import FaceGenerator
from facelab.core.networks.attributes import KEYS, SIZE, AttributeNet
from facelab.core.progress import Progress, Steps
from facelab.core.values import F32, U8, CropConvention

NET_CROP = CropConvention(0.64, 0.53)
"""How the faces were cut that the attribute net was trained on."""
EYES_TO_MOUTH = 1.048
"""In eye distances, of the mean face (data of the training faces)."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """scores: standardised attribute by key, f32 [N]. features: f32 [N, F], the net's hidden layer.

    thumbs: u8 [N, T, T, 3], the pictures made small; empty when none were asked for.
    """

    scores: Mapping[str, F32]
    features: F32
    thumbs: U8


def join(parts: list[Seen]) -> Seen:
    """Several looks as one."""
    return Seen(
        {key: np.concatenate([part.scores[key] for part in parts]) for key in parts[0].scores},
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.thumbs for part in parts]),
    )


def net_box(crop: CropConvention) -> tuple[float, float, float]:
    """Where the attribute net's crop lies in a picture of another convention: left, top, side, as shares of its side.

    Both are squares of half side 2 x scale eye distances (the eyes' term of the FFHQ formula rules), whose centres
    lie `shift` x EYES_TO_MOUTH below the eyes.
    """
    side = NET_CROP.scale / crop.scale
    down = (NET_CROP.shift - crop.shift) * EYES_TO_MOUTH / (4.0 * crop.scale)
    return 0.5 - side / 2, 0.5 + down - side / 2, side


class Eyes:
    """Renders codes and judges the pictures."""

    def __init__(self, generator: FaceGenerator, net: AttributeNet) -> None:
        self.generator, self.net = generator, net
        self._box = net_box(generator.info.crop)

    @torch.no_grad()
    def render(self, w_plus: F32) -> U8:
        """w_plus [N, num_ws, w_dim] -> u8 [N, R, R, 3]."""
        images = self.generator.render(w_plus)
        levels = (images * 127.5 + 127.5).round().nan_to_num(0.0).clamp(0, 255).to(torch.uint8)
        return np.ascontiguousarray(levels.permute(0, 2, 3, 1).cpu().numpy())  # [N, 3, R, R] -> [N, R, R, 3]

    def judge(self, pictures: U8) -> Mapping[str, F32]:
        """Standardised attributes of pictures u8 [N, R, R, 3] by key, each f32 [N]."""
        return self.see(pictures).scores

    @torch.no_grad()
    def features(self, pictures: U8) -> F32:
        """The net's hidden layer f32 [N, F] of pictures u8 [N, R, R, 3]."""
        return np.asarray(self.net.features(self._crops(pictures)).float().cpu().numpy(), np.float32)

    @torch.no_grad()
    def see(self, pictures: U8, thumbs: int = 0) -> Seen:
        """Attributes and features of pictures; thumbs: side in px of the small copies, 0 = none."""
        scores, features = (found.float().cpu().numpy() for found in self.net.seen(self._crops(pictures)))
        small = np.zeros((len(pictures), 0, 0, 3), np.uint8) if thumbs <= 0 else shrink(pictures, thumbs)
        by_key = {key: np.asarray(scores[:, i], np.float32) for i, key in enumerate(KEYS)}
        return Seen(by_key, np.asarray(features, np.float32), small)

    def look(self, w_plus: F32, *, batch: int = 8, thumbs: int = 0, stage: str = "look") -> Steps[Seen]:
        """Render and see codes [N, num_ws, w_dim] in portions, memory bounded by `batch`."""
        parts: list[Seen] = []
        for first in range(0, len(w_plus), batch):
            parts.append(self.see(self.render(w_plus[first : first + batch]), thumbs))
            yield Progress(stage, min(first + batch, len(w_plus)), len(w_plus))
        return join(parts)

    def matters(self, images: Tensor) -> Tensor:
        """What a code should agree with a photo about: standardised attributes [N, K] of images f32 [N, 3, R, R] in
        [-1, 1], differentiable. Not hats and sharpness, which no code holds well."""
        seen: Tensor = self.net(self.crops_of(images))
        return seen[:, [i for i, key in enumerate(KEYS) if key not in ("hat", "quality")]]

    def _crops(self, pictures: U8) -> Tensor:
        """u8 [N, R, R, 3] -> f32 [N, 3, 128, 128] in the net's own crop."""
        x = torch.from_numpy(np.ascontiguousarray(pictures)).to(self.net.mean.device)
        return self.crops_of(x.permute(0, 3, 1, 2).float() / 127.5 - 1)  # [N, R, R, 3] -> [N, 3, R, R]

    def crops_of(self, images: Tensor) -> Tensor:
        """Images f32 [N, 3, R, R] in [-1, 1] -> the net's own crop [N, 3, 128, 128]; differentiable.

        Outside of the image its border is repeated.
        """
        side = images.shape[-1]
        left, top, share = self._box
        x0, y0, wide = round(left * side), round(top * side), max(1, round(share * side))
        if (x0, y0, wide) != (0, 0, side):
            rows = torch.arange(y0, y0 + wide, device=images.device).clamp(0, side - 1)
            columns = torch.arange(x0, x0 + wide, device=images.device).clamp(0, side - 1)
            images = images[:, :, rows][:, :, :, columns]
        if wide == SIZE:
            return images
        if wide > SIZE:
            return F.interpolate(images, size=SIZE, mode="area")
        return F.interpolate(images, size=SIZE, mode="bicubic", align_corners=False).clamp(-1, 1)


def shrink(pictures: U8, side: int) -> U8:
    """u8 [N, R, R, 3] -> [N, side, side, 3]."""
    if pictures.shape[1] == side:
        return pictures.copy()
    method = cv2.INTER_AREA if pictures.shape[1] > side else cv2.INTER_CUBIC
    return np.stack([np.asarray(cv2.resize(p, (side, side), interpolation=method), np.uint8) for p in pictures])
