"""A linear layer that reads the judged attributes from codes: trained along, it makes them linear in W.

Sliders and levels are linear in W. Of what the attribute net sees in a photo, an encoder that only has to rebuild it
keeps much, but bent: hand-labelled gender was told with an area of .955 from the photo and .876 along a line in W.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from facelab.core.networks.attributes import KEYS, AttributeNet
from facelab.core.networks.encoder import Encoder
from models.training.data import Faces, to_batch
from models.training.losses import JUDGED

FACES = 3000
STRENGTH = 0.01
"""Of the ridge regression it starts from, in mean variances of a component of w."""


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
    codes = torch.cat([encoder(batch).double() for batch in batches])
    scores = torch.cat([scores_of(net, batch).double() for batch in batches])
    centre, middle = codes.mean(0), scores.mean(0)
    square = (codes - centre).T @ (codes - centre)
    square += STRENGTH * square.trace() / len(square) * torch.eye(len(square), device=device)
    weights = torch.linalg.solve(square, (codes - centre).T @ (scores - middle)).T
    layer = nn.Linear(codes.shape[1], scores.shape[1]).to(device)
    layer.weight.copy_(weights)
    layer.bias.copy_(middle - weights @ centre)
    return layer
