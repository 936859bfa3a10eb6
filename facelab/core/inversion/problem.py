"""What an inverter is given and gives back, and the pieces that several of them share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from facelab.core.generator import FaceGenerator, sample_w
from facelab.core.losses import Features, PerceptualLoss, area_resize, mse
from facelab.core.networks.encoder import Encoder
from facelab.core.optimiser import Adam
from facelab.core.progress import Progress, Steps
from facelab.core.recorded import Recorded, failure_notice
from facelab.core.values import F32, Latent, Notice, Pivot

W_SAMPLES = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class InversionProblem:
    """target: f32 [1, 3, R, R] in [-1, 1], R = the generator's resolution. encoder: of this generator, or None.

    attributes: what is seen on images [N, 3, R, R] in standard deviations, [N, K], differentiable; or None.
    """

    generator: FaceGenerator
    target: Tensor
    perceptual: PerceptualLoss
    encoder: Encoder | None = None
    seed: int = 0
    attributes: Callable[[Tensor], Tensor] | None = None

    def __post_init__(self) -> None:
        side = self.generator.info.resolution
        if self.target.shape != (1, 3, side, side):
            raise ValueError(f"the target must be [1, 3, {side}, {side}], not {tuple(self.target.shape)}")


@dataclass(frozen=True, slots=True)
class InversionPlan:
    """Constants; the defaults are those of StyleGAN2's projector and PTI's first step.

    steps, rate: of the W stage. plus_steps, plus_rate: of the W+ stage. start: "mean" or "encoder".
    pixel: weight of the MSE. perceptual: of the perceptual term. noise: None = the stored maps stay;
    otherwise the weight of their regularisation (1e5) while they are optimised. wander: noise added to w, in
    sigma, over the first `wander_share` of the steps. hybrid_steps: of the in-domain search, and in_domain its
    weight of |w - E(G(w))|^2. attributes: weight of the mean squared distance between the attributes seen in
    picture and photo (in standard deviations), where the problem can see them: a code that draws a closed mouth
    with a smile in it would leave the smile slider nothing to do.
    """

    steps: int = 450
    rate: float = 0.01
    plus_steps: int = 300
    plus_rate: float = 0.01
    start: str = "mean"
    pixel: float = 1.0
    perceptual: float = 1.0
    noise: float | None = 1e5
    wander: float = 0.05
    wander_share: float = 0.75
    hybrid_steps: int = 100
    in_domain: float = 2.0
    noise_stage_steps: int = 200
    noise_stage_rate: float = 5.0
    attributes: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Inversion:
    """pivot: code, noise and where they come from. losses: after each step. notices: fallbacks that ran."""

    pivot: Pivot
    losses: tuple[float, ...] = ()
    notices: tuple[Notice, ...] = ()


class Inverter(Protocol):
    """One way from a picture to a code. key: as on the command line."""

    @property
    def key(self) -> str: ...

    def invert(self, problem: InversionProblem, plan: InversionPlan) -> Steps[Inversion]:
        """Yields once per optimiser step (stage "invert")."""
        ...


@dataclass(slots=True, eq=False)
class Search:
    """The state of one optimisation: codes [1, num_ws, w_dim] come from `code()`, the best are kept."""

    problem: InversionProblem
    plan: InversionPlan
    features: Features
    noise: dict[str, Tensor] | None = None
    seen: Tensor | None = None

    @classmethod
    def of(cls, problem: InversionProblem, plan: InversionPlan, noise: Mapping[str, Tensor] | None = None) -> Search:
        with torch.no_grad():
            features = problem.perceptual.features(problem.target)
            seen = problem.attributes(problem.target) if problem.attributes and plan.attributes else None
        return cls(problem, plan, features, None if noise is None else dict(noise), seen)

    def draw(self, code: Tensor) -> Tensor:
        """Image of codes [N, num_ws, w_dim] with this search's noise; differentiable."""
        dtype = search_dtype(self.problem.generator.device)
        with torch.enable_grad():
            image: Tensor = self.problem.generator.network.synthesis(code, noise=self.noise, dtype=dtype)
        return image

    def distance(self, image: Tensor) -> Tensor:
        """Scalar: pixel and perceptual term; above 256 px both perceptual sides are area-resized."""
        loss = (
            self.plan.perceptual
            * self.problem.perceptual.distance(self.problem.perceptual.features(image), self.features).sum()
        )
        if self.plan.pixel:
            small = min(image.shape[-1], 256)
            loss = (
                loss + self.plan.pixel * mse(area_resize(image, small), area_resize(self.problem.target, small)).sum()
            )
        if self.seen is not None and self.problem.attributes is not None:
            apart = (self.problem.attributes(image) - self.seen).square().mean(1)
            loss = loss + self.plan.attributes * apart.sum()
        return loss

    def finish(self, code: Tensor, key: str, losses: list[float], notices: tuple[Notice, ...] = ()) -> Inversion:
        """Freeze the result."""
        noise = {name: to_numpy(value) for name, value in (self.noise or {}).items()}
        pivot = Pivot(Latent(to_numpy(code[0]), noise), self.problem.generator.info.sha256, key, self.problem.seed)
        return Inversion(pivot, tuple(losses), (*notices, *failure_notice()))


def descend(
    variables: list[Tensor],
    loss_of: Callable[[], Tensor],
    *,
    steps: int,
    rate_at: Callable[[float], float],
    before: Callable[[float], None] | None = None,
    after: Callable[[], None] | None = None,
    offset: int = 0,
    total: int = 0,
) -> Steps[list[float]]:
    """Adam (.9, .999) on `variables`; rate_at and before get the share of the steps done. The best are kept.

    Only variables of a loss that was really evaluated count as best. On close() they are installed, too. loss_of and
    after: as `Recorded` wants its work; what changes from step to step is written into tensors by `before`.
    """
    optimiser = Adam(variables, betas=(0.9, 0.999))

    def gradients() -> Tensor:
        optimiser.zero_grad()
        with torch.enable_grad():
            loss = loss_of()
        loss.backward()
        return loss.detach()

    slope = Recorded(gradients, variables[0].device)
    finish = None if after is None else Recorded(after, variables[0].device)
    losses: list[float] = []
    best: tuple[float, list[Tensor]] | None = None
    try:
        for step in range(steps):
            share = step / steps
            optimiser.param_groups[0]["lr"] = rate_at(share)
            if before is not None:
                before(share)
            loss = slope()
            assert loss is not None
            value = float(loss)
            if best is None or value < best[0]:
                best = value, [variable.detach().clone() for variable in variables]
            optimiser.step()
            if finish is not None:
                finish()
            losses.append(value)
            yield Progress("invert", offset + step + 1, total or steps, value)
    finally:
        if best is not None:
            with torch.no_grad():
                for variable, value_ in zip(variables, best[1], strict=True):
                    variable.copy_(value_)
    return losses


def search_dtype(device: torch.device) -> torch.dtype | None:
    """Of the activations while a code is sought. float16 has no room for the gradients of a mean over a million
    pixels (its least number is 6e-8); bfloat16 has.
    """
    return torch.bfloat16 if device.type == "cuda" else None


def ramped(rate: float, up: float = 0.05, down: float = 0.25) -> Callable[[float], float]:
    """StyleGAN2's schedule: linear ramp-up over `up` of the steps, cosine ramp-down over the last `down`."""

    def at(share: float) -> float:
        ramp = min(1.0, (1.0 - share) / down)
        ramp = 0.5 - 0.5 * math.cos(ramp * math.pi)
        return rate * ramp * min(1.0, (share + 1e-3) / up)

    return at


def falling(rate: float) -> Callable[[float], float]:
    """Linear to 0: for a start that is good already."""
    return lambda share: rate * (1.0 - share)


def w_statistics(generator: FaceGenerator, seed: int) -> tuple[F32, float]:
    """Mean w [w_dim] and sigma = root mean square of |w - mean| over 10,000 z (StyleGAN2, projector)."""
    codes = sample_w(generator, W_SAMPLES, seed)
    mean = codes.mean(axis=0)
    return mean, float(((codes - mean) ** 2).sum(axis=1).mean() ** 0.5)


def to_numpy(tensor: Tensor) -> F32:
    """A copy outside torch."""
    result: F32 = tensor.detach().cpu().float().numpy().copy()
    return result


def repeat(w: Tensor, generator: FaceGenerator) -> Tensor:
    """w [N, w_dim] -> [N, num_ws, w_dim]."""
    return w.unsqueeze(1).expand(-1, generator.info.num_ws, -1)
