"""Pivotal tuning as a job: the live weights can be rendered between steps, the best are kept and installed.

PTI, equations 3-6: min over theta of lambda_P P(x, G(w_p; theta)) + lambda_2 L2, plus the same between the old
and the new generator near the pivot (locality). Noise found by the inversion is kept as it was found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor

from facelab.core.errors import OutOfMemory, WrongGenerator
from facelab.core.generator import FaceGenerator, sample_w
from facelab.core.losses import Features, PerceptualLoss, l1, mse
from facelab.core.optimiser import Adam
from facelab.core.progress import Progress, Steps
from facelab.core.recorded import Recorded, failure_notice
from facelab.core.tuning.plans import TuningPlan
from facelab.core.values import Notice, Pivot

SNAPSHOT_EVERY = 5
SAMPLES_FOR_SPREAD = 2000


def fast_half(device: str) -> bool:
    """Whether bfloat16 has hardware there; emulated on a CPU it takes ten times as long as float32."""
    return device != "cpu" or torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


@dataclass(frozen=True, slots=True, eq=False)
class TunedGenerator:
    """A generator with weights of its own, and the codes it was tuned around. Never leaves the engine.

    base_sha256: of the generator it was tuned from. losses: of each photo, with the weights kept.
    steps: done so far in all. notices: fallbacks that ran.
    """

    generator: FaceGenerator
    pivots: tuple[Pivot, ...]
    base_sha256: str
    losses: tuple[float, ...] = ()
    steps: int = 0
    notices: tuple[Notice, ...] = ()


@dataclass(slots=True, eq=False)
class _Photo:
    """One target on the device. apart: perceptual distance of the last picture drawn for its gradients."""

    image: Tensor
    features: Features
    code: Tensor
    noise: Mapping[str, Tensor] | None
    loss: float = float("inf")
    apart: Tensor | None = None


class Tuning:
    """One generator fitted to N photos. `steps(plan)` may be called again to go on from where it stood.

    generator: the LIVE copy, to be rendered under no_grad between steps. base: never changed.
    targets: f32 [N, 3, R, R] in [-1, 1]; pivots: one each, of `base`. start: weights to begin from (a tuned
    generator that was saved), default the base's own.
    """

    def __init__(
        self,
        base: FaceGenerator,
        targets: Tensor,
        pivots: Sequence[Pivot],
        perceptual: PerceptualLoss,
        *,
        seed: int = 0,
        start: TunedGenerator | None = None,
    ) -> None:
        if len(targets) != len(pivots) or not pivots:
            raise ValueError(f"{len(targets)} photos need as many pivots, not {len(pivots)}")
        for pivot in pivots:
            if pivot.generator_sha256 != base.info.sha256:
                raise WrongGenerator(what="The pivot", expected=pivot.generator_sha256, actual=base.info.sha256)
        self.base, self.pivots, self.perceptual = base, tuple(pivots), perceptual
        self.generator = (base if start is None else start.generator).copy_for_tuning()
        self.done = 0 if start is None else start.steps
        self.notices: list[Notice] = []
        self._photos = [self._photo(targets[i : i + 1], pivot) for i, pivot in enumerate(pivots)]
        self._random = torch.Generator().manual_seed(seed)
        self._spread = rms_distance(base, seed)
        self._optimiser: Adam | None = None
        self._best: tuple[float, list[Tensor]] | None = None
        self._pieces = _Pieces(self.generator.device)

    @property
    def result(self) -> TunedGenerator:
        """What has been reached; after the end of `steps` these are the best weights."""
        losses = tuple(photo.loss for photo in self._photos)
        notices = (*self.notices, *failure_notice())
        return TunedGenerator(self.generator, self.pivots, self.base.info.sha256, losses, self.done, notices)

    def steps(self, plan: TuningPlan) -> Steps[TunedGenerator]:
        """Tune. Yields inside each step; at the end, and on close(), the best weights are installed."""
        parameters = self._parameters(plan)
        history: list[float] = []
        try:
            for step in range(plan.steps):
                self._set_rate(parameters, plan, step)
                try:
                    yield from self._step(plan, parameters, step)
                except (MemoryError, RuntimeError) as error:
                    plan = self._smaller(plan, error)
                    continue
                history.append(self._mean_loss())
                self.done += 1
                yield Progress("tune", step + 1, plan.steps, history[-1], fresh_weights=True)
                if self._should_stop(plan, history):
                    break
        finally:
            self._measure(plan)
            if self._install_best(parameters):
                self._measure(plan)
            for parameter in parameters:
                parameter.requires_grad_(False)
                parameter.grad = None
            self._pieces.forget()
        return self.result

    # --- one step -----------------------------------------------------------------------------

    def _step(self, plan: TuningPlan, parameters: list[Tensor], step: int) -> Steps[None]:
        """Gradients of all photos, one after the other (so that memory does not grow with N), then one update."""
        assert self._optimiser is not None
        self._optimiser.zero_grad()
        waiting = Progress("tune", step, plan.steps, self._mean_loss() if step else None)
        for photo in self._photos:
            if self._pieces.wanted:
                photo.loss = self._photo_at_once(photo, plan) * len(self._photos)
                continue
            image = self._draw(photo.code, photo.noise, plan)
            yield waiting
            share = yield from _descend(image, partial(self._photo_loss, photo=photo, plan=plan), waiting)
            photo.loss = share * len(self._photos)
            yield waiting
        if plan.locality_every and step % plan.locality_every == 0:
            yield from self._locality(plan, waiting)
        if step % SNAPSHOT_EVERY == 0:
            self._keep_if_best(parameters)
        self._optimiser.step()

    def _locality(self, plan: TuningPlan, waiting: Progress) -> Steps[None]:
        """PTI, equation 5-6, N_r = 1: the tuned generator must agree with the base near the pivot."""
        photo = self._photos[int(torch.randint(len(self._photos), (1,), generator=self._random))]
        code = self.locality_code(photo.code, plan.alpha)
        if self._pieces.wanted:
            self._locality_at_once(photo, code, plan)
            return
        old = self.base.render(code, photo.noise)
        with torch.no_grad():
            features = self.perceptual.features(old) if plan.perceptual else ()
        yield waiting
        new = self._draw(code, photo.noise, plan)
        yield waiting
        yield from _descend(new, lambda image: plan.locality * self._distance(image, old, features, plan), waiting)
        yield waiting

    def _photo_at_once(self, photo: _Photo, plan: TuningPlan) -> float:
        """The gradients of one photo and its share of the loss, where a step is too short to wait within it."""

        def work() -> Tensor:
            image = self._draw(photo.code, photo.noise, plan)
            with torch.enable_grad():
                loss = self._photo_loss(image, photo, plan)
            loss.backward()
            return loss.detach()

        return float(self._pieces.do(("photo", id(photo), plan), work))

    def _locality_at_once(self, photo: _Photo, code: Tensor, plan: TuningPlan) -> None:
        """The gradients of `_locality`; the code goes through a tensor that stays where it is."""
        where = self._pieces.tensor(("code", id(photo)), code)

        def work() -> Tensor:
            with torch.no_grad():
                old = self.base.network.synthesis(where, noise=photo.noise, dtype=self._dtype(plan))
                features = self.perceptual.features(old) if plan.perceptual else ()
            new = self._draw(where, photo.noise, plan)
            with torch.enable_grad():
                loss = plan.locality * self._distance(new, old, features, plan)
            loss.backward()
            return loss.detach()

        self._pieces.do(("locality", id(photo), plan), work)

    def locality_code(self, code: Tensor, alpha: float) -> Tensor:
        """w_p + a (w_z - w_p) / |w_z - w_p| in each layer, a = alpha x rms|w - w_avg|; [1, num_ws, w_dim]."""
        info = self.base.info
        z = torch.randn(1, info.z_dim, generator=self._random)
        with torch.no_grad():
            towards: Tensor = self.base.network.mapping(z.to(code)) - code
        length = towards.square().sum(dim=-1).mean(dim=-1).sqrt().clamp_min(1e-8)  # rms over the layers
        return code + (alpha * self._spread / length) * towards

    def _draw(self, code: Tensor, noise: Mapping[str, Tensor] | None, plan: TuningPlan) -> Tensor:
        # no context manager is open while the job is suspended: the renderer must not inherit it
        device, dtype = self.generator.device.type, self._dtype(plan)
        automatic = dtype is None and plan.half and fast_half(device)
        with torch.enable_grad(), torch.autocast(device, torch.bfloat16, enabled=automatic):
            image: Tensor = self.generator.network.synthesis(code, noise=noise, dtype=dtype)
        return image.float()

    def _dtype(self, plan: TuningPlan) -> torch.dtype | None:
        """Of the activations on CUDA, see `search_dtype`; elsewhere None, and autocast where the plan says half."""
        if self.generator.device.type != "cuda":
            return None
        return torch.bfloat16 if plan.half else torch.float32

    def _photo_loss(self, image: Tensor, photo: _Photo, plan: TuningPlan) -> Tensor:
        """Share of one photo in the mean over all."""
        return self._distance(image, photo.image, photo.features, plan, photo) / len(self._photos)

    def _distance(
        self, image: Tensor, target: Tensor, features: Features, plan: TuningPlan, photo: _Photo | None = None
    ) -> Tensor:
        """Scalar. photo: where the perceptual part is noted."""
        loss = plan.mse * mse(image, target).sum()
        if plan.l1:
            loss = loss + plan.l1 * l1(image, target).sum()
        if plan.perceptual:
            apart = self.perceptual.distance(self.perceptual.features(image), features).sum()
            loss = loss + plan.perceptual * apart
            if photo is not None:
                photo.apart = apart.detach()
        return loss

    # --- state --------------------------------------------------------------------------------

    def _photo(self, image: Tensor, pivot: Pivot) -> _Photo:
        device = self.base.device
        image = image.to(device, torch.float32)
        with torch.no_grad():
            features = self.perceptual.features(image)
        code = torch.tensor(pivot.latent.w_plus, device=device)[None]
        noise = {name: torch.tensor(value, device=device) for name, value in pivot.latent.noise.items()}
        return _Photo(image, features, code, noise or None)

    def _parameters(self, plan: TuningPlan) -> list[Tensor]:
        """The synthesis weights that the plan tunes; the optimiser's state survives from an earlier call."""
        blocks = [b for b in self.generator.network.synthesis.blocks if b.resolution >= plan.first_resolution]
        chosen = [parameter for block in blocks for parameter in block.parameters()]
        for parameter in chosen:
            parameter.requires_grad_(True)
        if self._optimiser is None or len(self._optimiser.param_groups[0]["params"]) != len(chosen):
            self._optimiser = Adam(chosen, lr=plan.learning_rate, betas=plan.betas)
            self._best = None
        return list(chosen)

    def _set_rate(self, parameters: list[Tensor], plan: TuningPlan, step: int) -> None:
        assert self._optimiser is not None
        left = 1 - step / plan.steps
        factor = min(1.0, left / plan.decay) if plan.decay else 1.0
        for group in self._optimiser.param_groups:
            group["lr"], group["betas"] = plan.learning_rate * factor, plan.betas

    def _mean_loss(self) -> float:
        return sum(photo.loss for photo in self._photos) / len(self._photos)

    @torch.no_grad()
    def _keep_if_best(self, parameters: list[Tensor]) -> None:
        loss = self._mean_loss()
        if self._best is None:
            self._best = loss, [parameter.detach().clone() for parameter in parameters]
        elif loss < self._best[0]:
            torch._foreach_copy_(self._best[1], parameters)
            self._best = loss, self._best[1]

    @torch.no_grad()
    def _measure(self, plan: TuningPlan) -> None:
        """The losses of the weights as they stand, in full precision."""
        exact = replace(plan, half=False)
        for photo in self._photos:
            image = self.generator.render(photo.code, photo.noise)
            photo.loss = float(self._distance(image, photo.image, photo.features, exact))

    @torch.no_grad()
    def _install_best(self, parameters: list[Tensor]) -> bool:
        """Whether weights seen earlier were better than the last ones."""
        if self._best is None or self._mean_loss() <= self._best[0]:
            return False
        torch._foreach_copy_(parameters, self._best[1])
        return True

    def _should_stop(self, plan: TuningPlan, history: list[float]) -> bool:
        if len(self._photos) > 1:  # multi-ID: no early stop
            return False
        if plan.stop_lpips is not None and self.perceptual.name.startswith("lpips"):
            apart = self._photos[0].apart
            return apart is not None and float(apart) <= plan.stop_lpips
        if plan.plateau is None or len(history) <= 2 * plan.plateau.steps:
            return False
        steps = plan.plateau.steps
        return min(history[-steps:]) > (1 - plan.plateau.share) * min(history[:-steps])

    def _smaller(self, plan: TuningPlan, error: MemoryError | RuntimeError) -> TuningPlan:
        """The next plan when memory ran out: half precision, then no locality, then give up."""
        assert self._optimiser is not None
        # the CPU allocator raises a plain RuntimeError
        known = isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "allocate memory" in str(error)
        if not known:
            raise error
        self._optimiser.zero_grad()
        if not plan.half:
            self.notices.append(Notice("memory_half", "Memory ran out: tuning goes on in bfloat16."))
            return replace(plan, half=True)
        if plan.locality_every:
            self.notices.append(Notice("memory_locality", "Memory ran out: tuning goes on without locality."))
            return replace(plan, locality_every=0)
        raise OutOfMemory(what="tuning this generator") from error


class _Pieces:
    """The recorded parts of a step on CUDA, and the tensors they read; those of one plan at a time."""

    def __init__(self, device: torch.device) -> None:
        self._device, self.wanted = device, device.type == "cuda"
        self._plan: TuningPlan | None = None
        self._recorded: dict[tuple[str, int], Recorded] = {}
        self._tensors: dict[tuple[str, int], Tensor] = {}

    def do(self, key: tuple[str, int, TuningPlan], work: Callable[[], Tensor]) -> Tensor:
        """Do the work of this name, photo and plan: recorded, if it has been done often enough."""
        kind, photo, plan = key
        if plan != self._plan:
            self._recorded, self._plan = {}, plan
        if (kind, photo) not in self._recorded:
            pools = [recorded.pool for recorded in self._recorded.values() if recorded.pool is not None]
            self._recorded[kind, photo] = Recorded(work, self._device, pools[0] if pools else None)
        result = self._recorded[kind, photo]()
        assert result is not None
        return result

    def tensor(self, key: tuple[str, int], value: Tensor) -> Tensor:
        """A tensor that stays where it is, with this value."""
        found = self._tensors.setdefault(key, value.clone())
        found.copy_(value)
        return found

    def forget(self) -> None:
        """Give the memory back."""
        self._recorded, self._tensors, self._plan = {}, {}, None


def _descend(image: Tensor, loss_of: Callable[[Tensor], Tensor], waiting: Progress) -> Steps[float]:
    """Gradients of a loss of `image` and its value, in two parts: down to the picture, then through the generator.

    The numbers are those of one `backward`, bit by bit; but nobody has to wait for both.
    """
    picture = image.detach().requires_grad_()
    with torch.enable_grad():
        loss = loss_of(picture)
    loss.backward()
    yield waiting
    assert picture.grad is not None
    image.backward(picture.grad.contiguous())  # one `backward` has it in this layout: the same sums, bit by bit
    return float(loss.detach())


def tune(
    base: FaceGenerator,
    targets: Tensor,
    pivots: Sequence[Pivot],
    plan: TuningPlan,
    perceptual: PerceptualLoss,
    *,
    seed: int = 0,
) -> Steps[TunedGenerator]:
    """`Tuning(...).steps(plan)` for callers that do not render between steps."""
    return Tuning(base, targets, pivots, perceptual, seed=seed).steps(plan)


def rms_distance(generator: FaceGenerator, seed: int = 0) -> float:
    """Root mean square of |w - w_avg| over sampled codes: the size of the model's W."""
    codes = sample_w(generator, SAMPLES_FOR_SPREAD, seed)
    mean_square: float = ((codes - generator.w_avg) ** 2).sum(axis=1).mean()
    return float(mean_square**0.5)
