"""What `fast`, `balanced` and `faithful` do. The figures of the first two come from tests/benchmark/curve.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

FFHQ_ALPHA = 7.07 / 9
"""Distance of the locality samples from the pivot, per layer, in rms|w - w_avg| of the model (30 over a stacked
18 x 512 code in the public code of PTI = 7.07 per layer, where FFHQ's rms is 9)."""


@dataclass(frozen=True, slots=True)
class Plateau:
    """Stop when the best loss fell by less than `share` over the last `steps` steps."""

    share: float = 0.01
    steps: int = 30


@dataclass(frozen=True, slots=True)
class TuningPlan:
    """Constants of one tuning.

    steps: at most, per photo. perceptual, mse, l1: weights of the losses. decay: share of the steps, at the
    end, over which the learning rate falls linearly to 0. locality_every: 0 = off, 1 = every step ...;
    locality: weight of the locality losses. alpha: in rms|w - w_avg|. half: bfloat16 arithmetic, float32
    weights. stop_lpips: early stop, only for LPIPS. plateau: early stop for every other loss.
    first_resolution: layers below it stay as they are.
    """

    steps: int
    learning_rate: float
    betas: tuple[float, float] = (0.9, 0.99)
    perceptual: float = 1.0
    mse: float = 1.0
    l1: float = 0.0
    decay: float = 0.0
    locality_every: int = 1
    locality: float = 0.1
    alpha: float = FFHQ_ALPHA
    half: bool = False
    stop_lpips: float | None = None
    plateau: Plateau | None = None
    first_resolution: int = 4


@dataclass(frozen=True, slots=True)
class Preset:
    """inverter: key in INVERTERS; start: "encoder" or "mean", where its optimisation begins.

    attributes: weight of what the attribute net sees, in the search for the code.
    lpips: the plan when the perceptual loss is LPIPS (the paper's stop), tuning: with any other.
    """

    key: str
    inverter: str
    start: str
    inversion_steps: int
    inversion_rate: float
    attributes: float
    tuning: TuningPlan
    lpips: TuningPlan

    def plan(self, perceptual_name: str) -> TuningPlan:
        """The tuning plan for a perceptual loss."""
        return self.lpips if perceptual_name.startswith("lpips") else self.tuning


FAST = TuningPlan(
    steps=40, learning_rate=2.5e-3, perceptual=0.5, l1=1.0, decay=0.5, locality_every=4, locality=0.2, half=True
)
BALANCED = TuningPlan(
    steps=140, learning_rate=2.5e-3, perceptual=0.5, l1=1.0, decay=0.5, locality_every=4, locality=0.4, half=True
)
PAPER = TuningPlan(steps=350, learning_rate=3e-4, betas=(0.9, 0.999), stop_lpips=0.06)
FAITHFUL = TuningPlan(steps=1500, learning_rate=3e-4, betas=(0.9, 0.999), plateau=Plateau())

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {
        "fast": Preset("fast", "w", "encoder", 12, 0.05, 0.3, FAST, FAST),
        "balanced": Preset("balanced", "w", "encoder", 40, 0.05, 0.3, BALANCED, BALANCED),
        "faithful": Preset("faithful", "w", "mean", 450, 0.01, 0.0, FAITHFUL, PAPER),
    }
)
"""faithful: the paper's learning rate, weights and locality. Its cap of 350 steps belongs to the stop at
LPIPS-Alex <= 0.06; without LPIPS the plateau ends it."""
