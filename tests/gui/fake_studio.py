"""What the fake engine answers to the direction studio: synthetic pictures, and sliders that really appear."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from facelab.core.editing.directions import Direction
from facelab.core.studio.calibrate import Effect, Range
from facelab.core.studio.components import Components
from facelab.core.studio.measure import Leakage
from facelab.engine import studio_values as v

SHA = "0" * 64
FOLDER = Path("own")


def strip() -> v.Strip:
    shades = np.linspace(40, 200, 3 * 3 * 96 * 96 * 3).reshape(3, 3, 96, 96, 3).astype(np.uint8)
    return v.Strip(shades, True)


def direction(key: str, names: dict[str, str]) -> Direction:
    return Direction(key, np.eye(8, dtype=np.float32)[0], 1.0, SHA, labels={"en": key, **names}, source="test")


class FakeStudio:
    """own: the sliders made so far, by key."""

    def __init__(self) -> None:
        self.own: dict[str, Direction] = {}

    def answer(self, task: v.StudioTask) -> v.StudioAnswer:
        match task:
            case v.DrawFaces():
                photos = [path for path in task.photos if path.is_file()]
                faces = (*(f"seed:{seed}" for seed in task.seeds), *(f"photo:{path}" for path in photos))
                thumbs = np.full((len(faces), 112, 112, 3), 120, np.uint8)
                return v.FacesDrawn(faces, thumbs, tuple(p for p in task.photos if p not in photos))
            case v.SuggestFaces():
                known = {face for face, _ in task.labels}
                fresh = [f"seed:{seed}" for seed in range(240) if f"seed:{seed}" not in known]
                return v.FacesSuggested(tuple(fresh[: task.count]))
            case v.FitPlan():
                return self._fit(task)
            case v.FindComponents():
                found = Components(
                    np.eye(task.count, 32, dtype=np.float32), np.ones(task.count, np.float32), np.zeros(32, np.float32)
                )
                return v.ComponentsFound(task.kind, found, (1.0,) * task.count, (strip(),) * task.count)
            case v.KeepComponent():
                return self._keep(task.key, dict(task.names))
            case v.MeasureMatrix():
                keys = ("smile", "age", "yaw")
                before = np.array([[0.5, 0.2, -0.1], [0.1, 0.6, 0.3], [0.0, 0.05, 0.4]])
                after = np.where(np.eye(3, dtype=bool), before, before / 4)
                return v.MatrixMeasured(Leakage(keys, before), Leakage(keys, after))
            case v.ImportArray():
                return self._keep(task.key, dict(task.names), "e4e direction in W+")
            case v.ExportDirection():
                return v.DirectionKept(self.own[task.key], task.folder)
            case v.ConditionSlider():
                return self._keep(task.key, dict(task.names))
            case v.DrawLadder():
                return v.LadderDrawn(task.key, np.full((300, 400, 3), 90, np.uint8), (-3.0, 3.0))
            case v.Calibrate():
                return self._fit(v.FitPlan(task.key)) if task.key in self.own else self._measured(task.key)
            case v.RemoveDirection():
                self.own.pop(task.key)
                return v.DirectionRemoved(task.key)

    def _keep(self, key: str, names: dict[str, str], note: str = "") -> v.DirectionKept:
        self.own[key] = direction(key, names)
        return v.DirectionKept(self.own[key], FOLDER / key, note, strip())

    def _measured(self, key: str) -> v.FitResult:
        result = self._fit(v.FitPlan(key))
        self.own.pop(key)
        return result

    def _fit(self, plan: v.FitPlan) -> v.FitResult:
        made = self.own[plan.key] = direction(plan.key, dict(plan.names))
        effect = Effect(2.0, 0.97, (0.9, 0.99), 1.2, 0.81, -1.3, 0.2, 48)
        learnt = 0.86 if plan.scores else float("nan")
        kept = 0.8 if plan.conditions else 1.0
        return v.FitResult(
            made, 0.95, (0.9, 0.98), 0.93, (0.88, 0.97), 200, 80, len(plan.scores), learnt, effect,
            Range(-2.5, 3.0, (-1.0, 0.0, 1.0)), "encoder", kept, None, strip(), FOLDER,
        )  # fmt: skip
