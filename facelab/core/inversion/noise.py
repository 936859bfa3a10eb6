"""The noise stage of Image2StyleGAN++ (arXiv 1911.11544): the code is frozen, the noise maps take the rest."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from facelab.core.inversion.problem import Inversion, InversionPlan, InversionProblem, descend, falling, to_numpy
from facelab.core.losses import mse
from facelab.core.progress import Steps
from facelab.core.values import Latent


def noise_stage(problem: InversionProblem, found: Inversion, plan: InversionPlan) -> Steps[Inversion]:
    """MSE only, learning rate about 5, one pass after W+. Noise hides what the code cannot say: not for editing."""
    network = problem.generator.network.synthesis
    device = problem.generator.device
    maps: dict[str, Tensor] = {}
    for name in network.noise_shapes:
        stored = found.pivot.latent.noise.get(name)
        value = network.get_buffer(f"{name}.noise_const") if stored is None else torch.tensor(stored, device=device)
        maps[name] = value.detach().clone().requires_grad_(True)
    code = torch.tensor(found.pivot.latent.w_plus, device=device)[None]
    losses = yield from descend(
        list(maps.values()),
        lambda share: mse(network(code, noise=maps), problem.target).sum(),
        steps=plan.noise_stage_steps,
        rate_at=falling(plan.noise_stage_rate),
    )
    noise = {name: to_numpy(value) for name, value in maps.items()}
    pivot = replace(found.pivot, latent=Latent(found.pivot.latent.w_plus, noise))
    return replace(found, pivot=pivot, losses=(*found.losses, *losses))
