"""A linear layer that reads the judged attributes from codes: trained along, it makes them linear in W.

Sliders and levels are linear in W. Of what the attribute net sees in a photo, an encoder that only has to rebuild it
keeps much, but bent: hand-labelled gender was told with an area of .955 from the photo and .876 along a line in W.
"""

from __future__ import annotations

import numpy as np
import torch
from sklearn.linear_model import Ridge
from torch import Tensor, nn

from facelab.core.networks.attributes import KEYS, AttributeNet
from facelab.core.networks.encoder import Encoder
from facelab.core.values import F32, F64
from models.training.data import Faces, to_batch
from models.training.losses import JUDGED

FACES = 3000
STRENGTH = 0.01
"""Of the ridge regression it starts from, in mean variances of a component of w."""


def regression(codes: F32, scores: F32) -> tuple[F64, F64]:
    """Weights [K, w_dim] and intercepts [K] of the ridge regression of scores [N, K] on codes [N, w_dim]."""
    strength = STRENGTH * float(codes.var(0, dtype=np.float64).mean()) * len(codes)
    found = Ridge(alpha=strength).fit(codes.astype(np.float64), scores.astype(np.float64))
    return np.asarray(found.coef_, np.float64), np.asarray(found.intercept_, np.float64)


def scores_of(net: AttributeNet, faces: Tensor) -> Tensor:
    """Standardised attributes f32 [N, len(JUDGED)] of faces [N, 3, 128, 128], 0 = neither there nor not."""
    with torch.no_grad(), torch.autocast(faces.device.type, enabled=False):
        scores: Tensor = net.out(net.features(faces.float()))[:, : len(KEYS)] - net.zeros().to(faces.device)
        return scores[:, JUDGED].clamp(-3, 3)


@torch.no_grad()
def fitted(encoder: Encoder, net: AttributeNet, faces: Faces, device: torch.device) -> nn.Linear:
    """The ridge regression of the scores of training faces on their codes [N, w_dim] -> [N, len(JUDGED)]."""
    rows = faces.rows("train")[:FACES]
    batches = [to_batch(faces.pixels[part], device) for part in np.array_split(rows, max(1, len(rows) // 64))]
    codes = torch.cat([encoder(batch).float().cpu() for batch in batches])
    scores = torch.cat([scores_of(net, batch).float().cpu() for batch in batches])
    weights, intercepts = regression(codes.numpy(), scores.numpy())
    layer = nn.Linear(codes.shape[1], scores.shape[1])
    layer.weight.copy_(torch.from_numpy(weights))
    layer.bias.copy_(torch.from_numpy(intercepts))
    return layer.to(device)
