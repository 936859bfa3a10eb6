"""From a picture to a code. A new inverter is one file here and one line in INVERTERS."""

from __future__ import annotations

from facelab.core.inversion.encoding import EncoderInversion, Hybrid, in_domain_distance
from facelab.core.inversion.noise import noise_stage
from facelab.core.inversion.problem import Inversion, InversionPlan, InversionProblem, Inverter
from facelab.core.inversion.projection import WPlusProjection, WProjection, WThenWPlus
from facelab.core.progress import Steps
from facelab.core.tuning.plans import Preset

__all__ = [
    "INVERTERS",
    "Inversion",
    "InversionPlan",
    "InversionProblem",
    "Inverter",
    "in_domain_distance",
    "invert_for",
    "inverter",
    "noise_stage",
]

INVERTERS: tuple[Inverter, ...] = (WProjection(), WPlusProjection(), WThenWPlus(), EncoderInversion(), Hybrid())


def inverter(key: str) -> Inverter:
    """The entry of INVERTERS; KeyError for an unknown key."""
    found = {entry.key: entry for entry in INVERTERS}
    return found[key]


def invert_for(preset: Preset, problem: InversionProblem) -> Steps[Inversion]:
    """The inversion that a preset starts its tuning from. Only `faithful` optimises the noise maps."""
    plan = InversionPlan(
        steps=preset.inversion_steps,
        rate=preset.inversion_rate,
        start=preset.start,
        noise=None if preset.start == "encoder" else 1e5,
        attributes=preset.attributes,
    )
    return inverter(preset.inverter).invert(problem, plan)
