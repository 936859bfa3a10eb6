"""The mailbox: newest render wins, requests keep their order, cancel and pause reach waiting jobs."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

from facelab.core.recipe import EditRecipe
from facelab.engine.mailbox import Mailbox
from facelab.engine.messages import (
    CancelJob,
    ChooseFace,
    CloseSession,
    OpenPhoto,
    PauseJob,
    Region,
    Render,
    Request,
    SaveProject,
    Shutdown,
    StartTuning,
)

REGION = Region(0, 0, 8, 8)


def render(ticket: int, session: int = 1) -> Render:
    return Render(session, ticket, EditRecipe(), REGION)


def test_newest_render_replaces_the_waiting_one() -> None:
    mailbox = Mailbox()
    for ticket in range(500):
        mailbox.post(render(ticket))
    assert mailbox.take() == render(499)
    assert mailbox.take(timeout=0) is None


def test_requests_keep_their_order_and_come_before_renders() -> None:
    mailbox = Mailbox()
    mailbox.post(render(1))
    choose = ChooseFace(1)  # holds arrays, so it compares by identity
    mailbox.post(OpenPhoto(1))
    mailbox.post(choose)
    assert [mailbox.take() for _ in range(3)] == [OpenPhoto(1), choose, render(1)]


def test_take_wakes_up_when_another_thread_posts() -> None:
    mailbox = Mailbox()
    taken: list[Request | None] = []
    start = Barrier(2)

    def worker() -> None:
        start.wait(10)
        taken.append(mailbox.take(timeout=10))

    thread = Thread(target=worker)
    thread.start()
    start.wait(10)
    mailbox.post(OpenPhoto(7))
    thread.join(10)
    assert taken == [OpenPhoto(7)]


def test_storm_from_many_threads_leaves_one_render_and_all_requests() -> None:
    mailbox = Mailbox()
    start = Barrier(4)

    def storm(number: int) -> None:
        start.wait(10)
        for ticket in range(100):
            mailbox.post(render(ticket, session=number))
            mailbox.post(OpenPhoto(number * 1000 + ticket))

    threads = [Thread(target=storm, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    opened = [mailbox.take(timeout=0) for _ in range(400)]
    assert all(isinstance(request, OpenPhoto) for request in opened)
    for number in range(4):
        mine = [r.session for r in opened if isinstance(r, OpenPhoto) and r.session // 1000 == number]
        assert mine == sorted(mine)
    last = mailbox.take(timeout=0)
    assert isinstance(last, Render)
    assert last.ticket == 99
    assert mailbox.take(timeout=0) is None


def test_beside_a_job_renders_and_short_requests_are_served_but_no_second_long_job() -> None:
    mailbox = Mailbox()
    save = SaveProject(1, 2, Path("a.facelab"), EditRecipe())
    second = StartTuning(1, 3)
    mailbox.post(save)
    mailbox.post(second)
    mailbox.post(OpenPhoto(2))
    mailbox.post(render(5))
    assert mailbox.take_beside_job() is save
    assert mailbox.take_beside_job() == render(5)
    assert mailbox.take_beside_job() is None  # OpenPhoto does not overtake the waiting long job
    assert mailbox.take() is second
    assert mailbox.take() == OpenPhoto(2)


def test_a_waiting_job_that_is_cancelled_is_given_out_as_cancelled() -> None:
    mailbox = Mailbox()
    first, second = StartTuning(1, 1), StartTuning(1, 2)
    mailbox.post(first)
    mailbox.post(second)
    assert mailbox.take_cancelled() is None
    mailbox.post(CancelJob(2))
    assert mailbox.take_cancelled() is second
    assert mailbox.take() is first
    assert not mailbox.cancelled(first)
    assert mailbox.cancelled(second)


def test_closing_a_session_drops_its_render_and_cancels_its_jobs_only() -> None:
    mailbox = Mailbox()
    mailbox.post(render(1, session=1))
    mine, other = StartTuning(1, 1), StartTuning(2, 2)
    mailbox.post(mine)
    mailbox.post(other)
    mailbox.post(CloseSession(1))
    assert not mailbox.render_waiting()
    mailbox.post(render(2, session=1))
    assert not mailbox.render_waiting()
    assert mailbox.take_cancelled() is mine
    assert mailbox.take_cancelled() is None
    assert mailbox.cancelled(mine)
    assert not mailbox.cancelled(other)


def test_a_paused_job_waits_serves_renders_and_goes_on() -> None:
    mailbox = Mailbox()
    job = StartTuning(1, 1)
    assert not mailbox.wait_while_paused(job)
    mailbox.post(PauseJob(1, True))
    mailbox.post(render(1))
    assert mailbox.wait_while_paused(job)
    assert mailbox.take_beside_job() == render(1)
    results: list[bool] = []
    waiter = Thread(target=lambda: results.append(mailbox.wait_while_paused(job)))
    waiter.start()
    mailbox.post(PauseJob(1, False))
    waiter.join(10)
    assert results == [False]


def test_cancel_ends_a_pause() -> None:
    mailbox = Mailbox()
    job = StartTuning(1, 1)
    mailbox.post(PauseJob(1, True))
    mailbox.post(CancelJob(1))
    assert not mailbox.wait_while_paused(job)
    assert mailbox.cancelled(job)


def test_shutdown_comes_first_and_nothing_is_accepted_after_it() -> None:
    mailbox = Mailbox()
    mailbox.post(OpenPhoto(1))
    mailbox.post(PauseJob(4, True))
    mailbox.post(Shutdown())
    mailbox.post(OpenPhoto(2))
    assert mailbox.closing
    assert mailbox.cancelled(StartTuning(1, 4))
    assert mailbox.take() == Shutdown()
    assert mailbox.take() == Shutdown()
