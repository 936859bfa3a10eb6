"""The noise stage of Image2StyleGAN++ (arXiv 1911.11544): the code is frozen, the noise maps take the rest."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from facelab.core.inversion.problem import Inversion, InversionPlan, InversionProblem, descend, falling, to_numpy
from facelab.core.losses import mse
from facelab.core.progress import Steps
from facelab.core.values import Latent

WEAKEST = 0.01
"""A layer that hears its noise less than this share of the loudest one's strength is not driven any further."""


def noise_stage(problem: InversionProblem, found: Inversion, plan: InversionPlan) -> Steps[Inversion]:
    """MSE only, learning rate about 5, one pass after W+. Noise hides what the code cannot say: not for editing.

    Adam moves every number by about the learning rate, but what a map adds is it times its layer's learnt strength, and
    these differ by a factor of 260 in the embedded model: its 128 px maps would never be heard. So each map is searched
    in the unit of the loudest layer (measured there: 43 dB after 200 steps, against 37 dB in its own unit).
    """
    network = problem.generator.network.synthesis
    device = problem.generator.device
    units = _units(problem)
    maps: dict[str, Tensor] = {}
    for name in network.noise_shapes:
        stored = found.pivot.latent.noise.get(name)
        value = network.get_buffer(f"{name}.noise_const") if stored is None else torch.tensor(stored, device=device)
        maps[name] = (value / units[name]).detach().clone().requires_grad_(True)
    code = torch.tensor(found.pivot.latent.w_plus, device=device)[None]
    dtype = torch.float32 if device.type == "cuda" else None  # what the maps say is finer than bfloat16

    def heard() -> dict[str, Tensor]:
        return {name: value * units[name] for name, value in maps.items()}

    losses = yield from descend(
        list(maps.values()),
        lambda: mse(network(code, noise=heard(), dtype=dtype), problem.target).sum(),
        steps=plan.noise_stage_steps,
        rate_at=falling(plan.noise_stage_rate),
    )
    noise = {name: to_numpy(value) for name, value in heard().items()}
    pivot = replace(found.pivot, latent=Latent(found.pivot.latent.w_plus, noise))
    return replace(found, pivot=pivot, losses=(*found.losses, *losses))


def _units(problem: InversionProblem) -> dict[str, float]:
    """Of each map: the strength of the loudest layer over its own, 1 where no layer hears any noise."""
    network = problem.generator.network.synthesis
    strengths = {name: abs(float(network.get_parameter(f"{name}.noise_strength"))) for name in network.noise_shapes}
    loudest = max(strengths.values())
    return {name: loudest / max(own, WEAKEST * loudest) if loudest else 1.0 for name, own in strengths.items()}
