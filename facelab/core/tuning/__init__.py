"""Personalisation: pivotal tuning of a generator's weights around one or several codes (PTI, arXiv 2106.05744)."""

from facelab.core.tuning.estimate import expected_seconds
from facelab.core.tuning.job import TunedGenerator, Tuning, tune
from facelab.core.tuning.plans import PRESETS, Preset, TuningPlan

__all__ = ["PRESETS", "Preset", "TunedGenerator", "Tuning", "TuningPlan", "expected_seconds", "tune"]
