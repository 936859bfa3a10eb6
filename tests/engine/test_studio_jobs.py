"""The studio through the real engine: jobs with one end each, sliders that appear and go without a restart."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from facelab.core.editing.directions import Direction, save_direction
from facelab.core.recipe import Edit, EditRecipe
from facelab.engine import messages as m
from facelab.engine import studio_values as v
from facelab.engine.engine import Engine
from facelab.engine.mailbox import Mailbox
from facelab.paths import resource_root

SAMPLE = resource_root() / "resources" / "samples" / "astronaut.png"
ENDS = (m.JobFinished, m.JobFailed, m.JobCancelled)


class Desk:
    """An engine on a thread of its own."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self.events: queue.Queue[m.Event] = queue.Queue()
        self.seen: list[m.Event] = []
        self.thread = threading.Thread(target=Engine(self.mailbox, self.events.put, device="cpu", threads=1).run)
        self.thread.start()

    def until(self, *kinds: type) -> m.Event:
        """The next event of one of these kinds; those before it are in `seen`."""
        while True:
            event = self.events.get(timeout=240)
            self.seen.append(event)
            if isinstance(event, kinds):
                return event

    def study(self, job: int, task: v.StudioTask, face: int = 0) -> m.Event:
        self.mailbox.post(m.RunStudio(job, task, face))
        return self.until(*ENDS)

    def answer(self) -> v.StudioAnswer:
        return next(event.answer for event in reversed(self.seen) if isinstance(event, m.StudioAnswered))


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.mailbox.post(m.Shutdown())
    made.thread.join(60)
    assert not made.thread.is_alive()


def test_a_new_slider_works_on_the_open_photo_at_once(desk: Desk, tmp_path: Path) -> None:
    ready = desk.until(m.EngineReady)
    assert isinstance(ready, m.EngineReady)
    desk.mailbox.post(m.OpenPhoto(1, SAMPLE))
    desk.until(m.FacesFound)
    desk.mailbox.post(m.ChooseFace(1))
    session = desk.until(m.SessionReady)
    assert isinstance(session, m.SessionReady)
    np.save(tmp_path / "wave.npy", np.eye(256, dtype=np.float32)[3])
    end = desk.study(7, v.ImportArray(tmp_path / "wave.npy", "wave", {"en": "Wave"}), face=1)
    assert end == m.JobFinished(7)
    kept = desk.answer()
    assert isinstance(kept, v.DirectionKept)
    assert kept.strip is not None
    assert kept.strip.own, "the open face is among the previews"
    changed = next(event for event in desk.seen if isinstance(event, m.SlidersChanged))
    assert {info.spec.key for info in changed.sliders} == {info.spec.key for info in ready.sliders} | {"wave"}
    recipe = EditRecipe((Edit("direction", "wave", 2.0),))
    desk.mailbox.post(m.Render(1, 1, recipe, session.mask_box))
    rendered = desk.until(m.Rendered, m.RequestFailed)
    assert isinstance(rendered, m.Rendered), rendered
    assert "wave" in rendered.levels
    desk.study(8, v.RemoveDirection("wave"), face=1)
    gone = next(event for event in reversed(desk.seen) if isinstance(event, m.SlidersChanged))
    assert "wave" not in {info.spec.key for info in gone.sliders}


def test_failures_and_cancelling_end_a_job_once(desk: Desk, tmp_path: Path) -> None:
    desk.until(m.EngineReady)
    vector = np.eye(256, dtype=np.float32)[0]
    save_direction(Direction("stranger", vector, 1.0, "f" * 64), tmp_path / "stranger")
    end = desk.study(1, v.ImportArray(tmp_path / "stranger", "stranger"))
    assert isinstance(end, m.JobFailed)
    assert end.code == "wrong_generator"
    desk.mailbox.post(m.RunStudio(2, v.FitPlan("never", attribute="smile", samples=5000)))
    desk.until(m.JobProgressed)
    desk.mailbox.post(m.CancelJob(2))
    assert isinstance(desk.until(*ENDS), m.JobCancelled)
    assert not [event for event in desk.seen if isinstance(event, m.SlidersChanged)]
    drawn = desk.study(3, v.DrawFaces((0, 1)))
    assert drawn == m.JobFinished(3), "the engine goes on"


def test_another_photo_does_not_end_a_studio_job(desk: Desk) -> None:
    desk.until(m.EngineReady)
    desk.mailbox.post(m.RunStudio(1, v.FindComponents("pca", 2, 2000)))
    desk.mailbox.post(m.CloseSession(1))
    assert desk.until(*ENDS) == m.JobFinished(1)
