"""Who judges what a slider changes: the attribute net, or what the slider's own labels taught."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from facelab.core.networks.attributes import KEYS
from facelab.core.progress import Steps
from facelab.core.studio.calibrate import Score
from facelab.core.studio.gradient import mean_gradients
from facelab.core.values import F32, U8
from facelab.engine.own_directions import load_scorer
from facelab.engine.studio_faces import Gallery


class Judges:
    """Of one gallery's generator."""

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery

    @property
    def judged(self) -> tuple[str, ...]:
        """Attributes that the net judges."""
        return KEYS

    def judge_of(self, key: str) -> Score | None:
        """What judges pictures for a slider: the attribute net, or what the slider's own labels taught."""
        eyes = self._gallery.eyes
        if key in self.judged:
            return lambda pictures: eyes.judge(pictures)[key]
        direction = self._gallery.toolkit.directions.get(key)
        scorer = None if direction is None else load_scorer(direction, eyes.net.hidden.out_features)
        return None if scorer is None else self.by_weights(scorer[:-1], float(scorer[-1]))

    def by_weights(self, weight: F32, bias: float) -> Score:
        """A linear score of the net's features."""
        eyes = self._gallery.eyes
        return lambda pictures: np.asarray(eyes.features(pictures) @ weight + bias, np.float32)

    def of_all(self, judges: Mapping[str, Score | None]) -> Callable[[U8], Mapping[str, F32]]:
        """One look at a picture answers for all these sliders."""
        eyes = self._gallery.eyes
        directions, size = self._gallery.toolkit.directions, eyes.net.hidden.out_features
        by_label = {key: load_scorer(directions[key], size) for key in judges if key not in self.judged}

        def judge(pictures: U8) -> Mapping[str, F32]:
            seen = eyes.see(pictures)
            own = {
                k: np.asarray(seen.features @ s[:-1] + s[-1], np.float32) for k, s in by_label.items() if s is not None
            }
            return {**seen.scores, **own}

        return judge

    def zero(self, judge: str | F32) -> float:
        """The score at which an attribute is neither there nor not."""
        return float(self._gallery.eyes.net.zeros()[KEYS.index(judge)]) if isinstance(judge, str) else 0.0

    def normal(self, judge: str | F32, w: F32) -> Steps[tuple[F32, float]]:
        """How a judged attribute grows in W: (unit f32 [w_dim], bias, 0 at the boundary).

        judge: an attribute of the net, or a scorer's weights and bias; w: codes f32 [N, w_dim] to average over.
        """
        eyes = self._gallery.eyes

        def judged(images: Tensor) -> Tensor:
            crops = eyes.crops_of(images)
            if isinstance(judge, str):
                column = KEYS.index(judge)
                scores: Tensor = eyes.net(crops)[:, column] - eyes.net.zeros()[column]
            else:
                weights = torch.from_numpy(judge).to(crops)
                scores = eyes.net.features(crops) @ weights[:-1] + weights[-1]
            return scores[:, None]

        found = yield from mean_gradients(self._gallery.toolkit.generator, judged, w)
        return found.vectors[0], float(found.biases[0])
