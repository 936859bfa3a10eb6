"""What the engine does ahead: sliders answer at their first touch, and nobody waits for what is not wanted yet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit"))

from tiny_models import SAMPLES

from facelab.core.editing.directions import Direction
from facelab.core.photo import read_photo
from facelab.core.recipe import Edit, EditRecipe
from facelab.core.values import F32
from facelab.engine import ahead, changing
from facelab.engine import messages as m
from facelab.engine.ahead import measure_ahead
from facelab.engine.engine import Engine
from facelab.engine.idle import IdleWork
from facelab.engine.mailbox import Mailbox
from facelab.engine.painter import draw
from facelab.engine.session import FaceWork, Session
from facelab.engine.toolkit import Toolkit, load_toolkit

PHOTO = SAMPLES / "astronaut.png"
REGION = m.Region(140, 40, 180, 180)


@pytest.fixture(scope="module")
def toolkit() -> Toolkit:
    return load_toolkit(None, "cpu")


def face_of(toolkit: Toolkit) -> tuple[Session, FaceWork]:
    session = Session(toolkit)
    slot = session.add_photo(read_photo(PHOTO), "astronaut")
    work = session.take(slot, session.find(slot)[0].landmarks)
    session.encode(work)
    return session, work


def edit(**amounts: float) -> EditRecipe:
    return EditRecipe(tuple(Edit("direction", key, amount) for key, amount in amounts.items()))


class Drawn:
    """Counts the pictures that the generator draws."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self._picture = changing.picture
        monkeypatch.setattr(changing, "picture", self)

    def __call__(self, session: Session, work: FaceWork, code: F32) -> F32:
        self.count += 1
        return self._picture(session, work, code)


def motion_of(work: FaceWork, key: str, *, plus: bool = True) -> changing.SliderMotion | None:
    cache = work.caches["face"]
    assert isinstance(cache, changing.FaceCache)
    return cache.sliders.get(("direction", key, None, frozenset(), plus))


# --- motions ----------------------------------------------------------------------------------


def test_a_slider_measured_ahead_answers_with_one_picture(toolkit: Toolkit, monkeypatch: pytest.MonkeyPatch) -> None:
    session, work = face_of(toolkit)
    draw(session, work, EditRecipe(), REGION)
    few = {key: toolkit.directions[key] for key in ("smile", "yaw")}
    session.directions = few
    for _ in measure_ahead(session, work, EditRecipe()):
        pass
    drawn = Drawn(monkeypatch)
    for key, amount in (("smile", 1.5), ("smile", -1.2), ("yaw", 0.3)):
        draw(session, work, edit(**{key: amount}), REGION)
    assert drawn.count == 3, "the edited face, and nothing to measure"
    draw(session, work, edit(smile=3.0), REGION, draft=True)
    assert drawn.count == 4, "a draft stretches what is known"
    draw(session, work, edit(smile=3.0), REGION)
    assert drawn.count == 4 + 3, "the full picture measures the rest"


def test_the_slider_in_use_comes_first_and_is_measured_to_both_ends(toolkit: Toolkit) -> None:
    session, work = face_of(toolkit)
    smile = toolkit.directions["smile"]
    draw(session, work, edit(smile=0.4), REGION)
    parts = measure_ahead(session, work, edit(smile=0.4))
    others = [(key, plus) for key in toolkit.directions for plus in (True, False) if key != "smile"]
    while all(motion_of(work, key, plus=plus) is None for key, plus in others):
        next(parts)
    for end in (smile.low, smile.high):
        motion = motion_of(work, "smile", plus=end > 0)
        assert motion is not None
        assert motion.missing(end) == 0


def test_the_picture_after_drafts_and_broken_off_work_is_the_picture_without(toolkit: Toolkit) -> None:
    recipe = edit(smile=2.0, yaw=1.2)
    calm = draw(*face_of(toolkit), recipe, REGION).pixels
    session, work = face_of(toolkit)
    for moved in (0.4, 1.1, 2.0):
        draw(session, work, edit(smile=moved, yaw=1.2), REGION, draft=True)
        parts = measure_ahead(session, work, edit(smile=moved, yaw=1.2))
        for _ in range(4):
            next(parts)
    released = draw(session, work, recipe, REGION)
    assert not released.draft
    np.testing.assert_array_equal(released.pixels, calm)


def test_motions_of_earlier_weights_serve_drafts_and_never_a_full_picture(
    toolkit: Toolkit, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = edit(smile=1.0)
    calm = draw(*face_of(toolkit), recipe, REGION).pixels
    session, work = face_of(toolkit)
    draw(session, work, recipe, REGION)
    earlier = motion_of(work, "smile")
    session.weights.step += changing.DRAFT_STEPS + 1
    drawn = Drawn(monkeypatch)
    draw(session, work, recipe, REGION, draft=True)
    assert drawn.count == 2, "the reconstruction and the edited face: a draft measures nothing that is known"
    np.testing.assert_array_equal(draw(session, work, recipe, REGION).pixels, calm)
    assert motion_of(work, "smile") is not earlier
    draw(session, work, edit(smile=-1.0), REGION)
    session.weights.step += changing.DRAFT_STEPS + 1
    draw(session, work, edit(smile=0.9), REGION)
    between = drawn.count
    draw(session, work, edit(smile=-1.1), REGION, draft=True)
    assert drawn.count == between + 1, "the other side was measured before"


def test_a_draft_under_new_weights_is_drawn_by_them(toolkit: Toolkit, monkeypatch: pytest.MonkeyPatch) -> None:
    session, work = face_of(toolkit)
    draw(session, work, edit(smile=1.0), REGION, draft=True)
    drawn = Drawn(monkeypatch)
    draw(session, work, edit(smile=1.0), REGION, draft=True)
    assert drawn.count == 0
    session.weights.step += 1
    draw(session, work, edit(smile=1.0), REGION, draft=True)
    assert drawn.count == 1


def test_a_draft_finds_the_reconstruction_renewed(toolkit: Toolkit, monkeypatch: pytest.MonkeyPatch) -> None:
    session, work = face_of(toolkit)
    draw(session, work, edit(smile=1.0), REGION)
    drawn = Drawn(monkeypatch)
    for _ in range(2 * changing.DRAFT_STEPS + 2):
        session.weights.step += 1
        changing.renew(session, work)
        between = drawn.count
        draw(session, work, edit(smile=1.0), REGION, draft=True)
        assert drawn.count == between + 1, "the edited face alone"
    assert drawn.count > 2 * changing.DRAFT_STEPS + 2, "it was looked at again, but not by the drafts"


@pytest.mark.parametrize("change", ["weights", "face"])
def test_work_ahead_ends_when_it_would_be_of_no_use(toolkit: Toolkit, change: str) -> None:
    session, work = face_of(toolkit)
    parts = measure_ahead(session, work, EditRecipe())
    next(parts)
    if change == "weights":
        session.weights.step += 1
    else:
        work.caches.clear()
    assert list(parts) == []


def test_sliders_that_add_without_moving_are_not_measured(toolkit: Toolkit) -> None:
    session, work = face_of(toolkit)
    session.directions = {key: d for key, d in toolkit.directions.items() if _adds(d)}
    assert session.directions, "glasses are among the embedded sliders"
    assert list(measure_ahead(session, work, EditRecipe())) == []


def _adds(direction: Direction) -> bool:
    return direction.klass == "none"


# --- the loop ---------------------------------------------------------------------------------


class Program:
    """The real engine in this thread: every event is answered at once, by `answer` after the face is shown."""

    def __init__(self) -> None:
        self.mailbox = Mailbox()
        self.log: list[str] = []
        self.answer: Callable[[m.Event], None] = lambda _event: None

    def run(self) -> list[str]:
        Engine(self.mailbox, self._take, device="cpu").run()
        return self.log

    def _take(self, event: m.Event) -> None:
        match event:
            case m.EngineReady():
                self.mailbox.post(m.OpenPhoto(1, path=PHOTO))
            case m.FacesFound():
                self.mailbox.post(m.ChooseFace(1, 0))
            case m.SessionReady():
                self.render(1)
            case m.Rendered(ticket=ticket):
                self.log.append(f"picture {ticket}")
            case m.EngineStopped(report=report):
                raise AssertionError(report)
            case _:
                self.answer(event)

    def render(self, ticket: int, *, once: bool = False) -> None:
        self.mailbox.post(m.Render(1, ticket, EditRecipe(), REGION, False, once=once))

    def parts(self, name: str, acts: dict[int, Callable[[], None]], count: int = 4) -> Iterator[None]:
        """Idle work; `acts` happen in the middle of a part."""
        try:
            for part in range(1, count + 1):
                self.log.append(f"{name}{part}")
                acts.get(part, lambda: None)()
                yield
        finally:
            self.log.append(f"{name} gone")


def test_a_request_that_arrives_in_idle_work_is_served_before_the_next_part(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program()
    plans = [
        program.parts("a", {2: lambda: program.render(2)}),
        program.parts("b", {1: lambda: program.render(3, once=True), 4: lambda: program.mailbox.post(m.Shutdown())}),
    ]
    monkeypatch.setattr(ahead, "measure_ahead", lambda *_arguments: plans.pop(0))
    log = program.run()
    assert log[:5] == ["picture 1", "a1", "a2", "picture 2", "a gone"], "the new picture brings new plans"
    assert log[5:10] == ["b1", "picture 3", "b2", "b3", "b4"], "a preview does not"


def test_closing_a_session_forgets_the_work_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program()

    def close() -> None:
        program.mailbox.post(m.CloseSession(1))
        program.mailbox.post(m.OpenPhoto(2, data=b"no photo"))

    def stop(event: m.Event) -> None:
        if isinstance(event, m.RequestFailed):
            program.log.append("asked for something else")
            program.mailbox.post(m.Shutdown())

    program.answer = stop
    monkeypatch.setattr(ahead, "measure_ahead", lambda *_arguments: program.parts("a", {2: close}))
    assert program.run() == ["picture 1", "a1", "a2", "a gone", "asked for something else"]


def test_idle_work_waits_for_a_pause_and_survives_a_failure() -> None:
    def failing() -> Iterator[None]:
        yield
        raise RuntimeError("no memory")

    idle = IdleWork()
    assert not idle.waits
    idle.plan(failing())
    assert 0 < idle.pause <= 0.15
    idle.do_a_part()
    assert idle.waits
    idle.do_a_part()
    assert not idle.waits, "it is not tried again until the next picture"
