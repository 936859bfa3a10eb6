"""The encoder alone, and the hybrid start of idinvert (in-domain GAN inversion, arXiv 2004.00049)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from facelab.core.errors import MissingWeights
from facelab.core.inversion.problem import (
    Inversion,
    InversionPlan,
    InversionProblem,
    Search,
    descend,
    falling,
    repeat,
)
from facelab.core.losses import area_resize
from facelab.core.networks.encoder import Encoder
from facelab.core.progress import Progress, Steps
from facelab.core.values import Notice

HYBRID_RATE = 0.02


def encode(encoder: Encoder, image: Tensor) -> Tensor:
    """w [N, w_dim] of images [N, 3, R, R] at any R not below the encoder's own; differentiable in the image."""
    w: Tensor = encoder(area_resize(image, encoder.resolution))
    return w


@torch.no_grad()
def encoded(problem: InversionProblem) -> Tensor:
    """The encoder's code [1, w_dim] of the target. Raises MissingWeights when the model has no encoder."""
    if problem.encoder is None:
        name = problem.generator.info.name
        raise MissingWeights(what=f"The encoder of {name}", path="encoder.safetensors", next_step="Use --method w.")
    return encode(problem.encoder, problem.target)


@dataclass(frozen=True, slots=True)
class EncoderInversion:
    """One forward pass."""

    key: str = "encoder"

    def invert(self, problem: InversionProblem, plan: InversionPlan) -> Steps[Inversion]:
        code = repeat(encoded(problem), problem.generator)
        search = Search.of(problem, plan)
        with torch.no_grad():
            loss = float(search.distance(search.draw(code).detach()))
        yield Progress("invert", 1, 1, loss)
        return search.finish(code, self.key, [loss])


@dataclass(frozen=True, slots=True)
class Hybrid:
    """Encoder, then 100 steps in W+ that stay where the encoder would put them: + 2 |w - E(G(w))|^2."""

    key: str = "hybrid"

    def invert(self, problem: InversionProblem, plan: InversionPlan) -> Steps[Inversion]:
        if problem.encoder is None:
            from facelab.core.inversion.projection import WThenWPlus  # it needs `encoded` from here

            result = yield from WThenWPlus().invert(problem, replace(plan, start="mean"))
            text = "This model has no encoder: hybrid was replaced by w-then-w+."
            pivot = replace(result.pivot, inverter="w-then-w+")
            return replace(result, pivot=pivot, notices=(*result.notices, Notice("no_encoder", text)))
        encoder = problem.encoder
        code = repeat(encoded(problem), problem.generator).clone().requires_grad_(True)
        search = Search.of(problem, plan)

        def loss_of() -> Tensor:
            image = search.draw(code)
            return search.distance(image) + plan.in_domain * in_domain_distance(encoder, code, image)

        losses = yield from descend([code], loss_of, steps=plan.hybrid_steps, rate_at=falling(HYBRID_RATE))
        return search.finish(code, self.key, losses)


def in_domain_distance(encoder: Encoder, code: Tensor, image: Tensor) -> Tensor:
    """Scalar: mean square of w - E(G(w)) over layers and numbers, for codes [1, num_ws, w_dim] and their image."""
    return (code - encode(encoder, image).unsqueeze(1)).square().mean()
