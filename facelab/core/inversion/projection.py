"""Optimisation of codes: W (StyleGAN2, appendix D), W+ (Image2StyleGAN) and W followed by W+."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from facelab.core.inversion.encoding import encoded
from facelab.core.inversion.problem import (
    Inversion,
    InversionPlan,
    InversionProblem,
    Search,
    descend,
    falling,
    ramped,
    repeat,
    w_statistics,
)
from facelab.core.losses import noise_regularisation, renormalise
from facelab.core.progress import Steps
from facelab.core.values import Notice


def start_code(problem: InversionProblem, plan: InversionPlan) -> tuple[Tensor, float, tuple[Notice, ...]]:
    """w [1, w_dim] to begin from, sigma of the model's W, and a Notice when there is no encoder to begin with."""
    mean, sigma = w_statistics(problem.generator, problem.seed)
    device = problem.generator.device
    if plan.start == "encoder" and problem.encoder is not None:
        return encoded(problem), sigma, ()
    notices: tuple[Notice, ...] = ()
    if plan.start == "encoder":
        text = "This model has no encoder: the search began at its mean face, with the paper's number of steps."
        notices = (Notice("no_encoder", text),)
    return torch.tensor(mean, device=device)[None], sigma, notices


@dataclass(frozen=True, slots=True)
class WProjection:
    """One code for all layers: the most editable, the least exact."""

    key: str = "w"

    def invert(self, problem: InversionProblem, plan: InversionPlan) -> Steps[Inversion]:
        w, sigma, notices = start_code(problem, plan)
        from_encoder = plan.start == "encoder" and not notices
        if notices:
            paper = InversionPlan()
            plan = replace(plan, start="mean", steps=max(plan.steps, paper.steps), rate=paper.rate)
        w = w.clone().requires_grad_(True)
        noise = None if plan.noise is None else starting_noise(problem)
        search = Search.of(problem, plan, noise)
        random = torch.Generator().manual_seed(problem.seed)
        maps = list((search.noise or {}).values())

        wander = torch.zeros_like(w)

        def before(share: float) -> None:
            amount = 0.0 if from_encoder else sigma * plan.wander * max(0.0, 1.0 - share / plan.wander_share) ** 2
            with torch.no_grad():
                wander.copy_(amount * torch.randn(w.shape, generator=random))

        def loss_of() -> Tensor:
            loss = search.distance(search.draw(repeat(w + wander, problem.generator)))
            return loss if plan.noise is None else loss + plan.noise * noise_regularisation(maps)

        schedule = falling(plan.rate) if from_encoder else ramped(plan.rate)
        losses = yield from descend(
            [w, *maps], loss_of, steps=plan.steps, rate_at=schedule, before=before,
            after=(lambda: renormalise(maps)) if maps else None,
        )  # fmt: skip
        return search.finish(repeat(w, problem.generator), self.key, losses, notices)


@dataclass(frozen=True, slots=True)
class WPlusProjection:
    """A code per layer, from the mean (or the encoder's) code. Fits better than W and edits worse."""

    key: str = "w+"

    def invert(self, problem: InversionProblem, plan: InversionPlan) -> Steps[Inversion]:
        w, _, notices = start_code(problem, plan)
        code = repeat(w, problem.generator).clone()
        search = Search.of(problem, plan)
        losses = yield from extend(search, code, plan)
        return search.finish(code, self.key, losses, notices)


@dataclass(frozen=True, slots=True)
class WThenWPlus:
    """W first, then W+ from there with the noise that was found: nearer the mean than plain W+."""

    key: str = "w-then-w+"

    def invert(self, problem: InversionProblem, plan: InversionPlan) -> Steps[Inversion]:
        first = yield from WProjection().invert(problem, plan)
        device = problem.generator.device
        noise = {name: torch.tensor(value, device=device) for name, value in first.pivot.latent.noise.items()}
        code = torch.tensor(first.pivot.latent.w_plus, device=device)[None]
        search = Search.of(problem, plan, noise or None)
        losses = yield from extend(search, code, plan, offset=len(first.losses))
        return search.finish(code, self.key, [*first.losses, *losses], first.notices)


def extend(search: Search, code: Tensor, plan: InversionPlan, offset: int = 0) -> Steps[list[float]]:
    """Optimise `code` [1, num_ws, w_dim] in place in W+: pixel and perceptual term, the noise as it is."""
    code.requires_grad_(True)
    total = offset + plan.plus_steps
    return (
        yield from descend(
            [code],
            lambda: search.distance(search.draw(code)),
            steps=plan.plus_steps,
            rate_at=ramped(plan.plus_rate, up=0.01),
            offset=offset,
            total=total,
        )
    )


def starting_noise(problem: InversionProblem) -> dict[str, Tensor]:
    """Seeded white maps of every layer, mean 0, variance 1, to be optimised."""
    random = torch.Generator().manual_seed(problem.seed + 1)
    shapes = problem.generator.network.synthesis.noise_shapes
    maps = {name: torch.randn(shape, generator=random) for name, shape in shapes.items()}
    renormalise(maps.values())
    return {name: value.to(problem.generator.device).requires_grad_(True) for name, value in maps.items()}
