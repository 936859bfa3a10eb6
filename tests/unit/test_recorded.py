"""Recorded work: on a CPU it is called; on CUDA each call must do it once, recorded or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import numpy as np
import pytest
import torch
from tiny_models import tiny_generator
from torch import Tensor

from facelab.core import recorded
from facelab.core.generator import _Live, sample_w
from facelab.core.recorded import Recorded, failure_notice

CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


@pytest.mark.parametrize("name", ["cpu", pytest.param("cuda", marks=CUDA)])
def test_every_call_does_the_work_once(name: str) -> None:
    device = torch.device(name)
    total = torch.zeros(3, device=device)
    weight = torch.ones(3, device=device, requires_grad=True)
    weight.grad = torch.zeros_like(weight)

    def work() -> Tensor:
        total.add_(1)
        loss = (weight * total).sum()
        loss.backward()
        return loss.detach()

    step = Recorded(work, device)
    results = []
    for _ in range(5):
        found = step()
        assert found is not None
        results.append(float(found))
    assert results == [3.0, 6.0, 9.0, 12.0, 15.0]
    assert total.tolist() == [5.0] * 3
    assert weight.grad.tolist() == [15.0] * 3


@CUDA
def test_a_picture_follows_the_code_the_noise_and_the_weights() -> None:
    generator = tiny_generator()
    generator.network.to("cuda")
    codes = np.repeat(sample_w(generator, 6, 0)[:, None], generator.info.num_ws, 1)
    for code in codes:
        expected = generator.network.synthesis(torch.from_numpy(code[None]).cuda())
        torch.testing.assert_close(generator.render(code), expected, rtol=1e-4, atol=1e-4)
    with torch.no_grad():
        for parameter in generator.network.synthesis.parameters():
            parameter.mul_(1.1)
    expected = generator.network.synthesis(torch.from_numpy(codes[:1]).cuda())
    torch.testing.assert_close(generator.render(codes[0]), expected, rtol=1e-4, atol=1e-4)


@CUDA
def test_what_cannot_be_recorded_is_computed_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorded, "_failure", None)
    source = torch.ones(2)
    step = Recorded(lambda: source.cuda() * 2, torch.device("cuda"))  # a copy from pageable memory
    for _ in range(4):
        found = step()
        assert found is not None
        assert found.tolist() == [2.0, 2.0]
    assert failure_notice()[0].code == "no_graph"


def test_a_failure_is_a_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    assert failure_notice() == ()
    monkeypatch.setattr(recorded, "_failure", "operation not permitted when stream is capturing")
    assert "operation not permitted" in failure_notice()[0].text


def test_a_live_picture_belongs_to_weights_in_one_place_and_to_maps_of_some_layers() -> None:
    generator = tiny_generator()
    codes = torch.from_numpy(np.repeat(sample_w(generator, 3, 0)[:, None], generator.info.num_ws, 1))
    name = next(iter(generator.network.synthesis.noise_shapes))
    maps = {name: torch.randn(generator.network.synthesis.noise_shapes[name])}
    plain, noisy = _Live(generator.network, codes[:1], None), _Live(generator.network, codes[:1], maps)
    for code in codes.split(1):
        for live, noise in ((plain, None), (noisy, {name: torch.randn_like(maps[name])})):
            torch.testing.assert_close(live(code, noise), generator.network.synthesis(code, noise=noise))
    assert plain.fits(generator.network, None)
    assert not plain.fits(generator.network, maps)
    assert noisy.fits(generator.network, maps)
    assert not plain.fits(generator.copy_for_tuning().network, None)


class FakeCard:
    """Stands for torch.cuda: counts what is done, and may refuse to record."""

    def __init__(self, error: RuntimeError | None) -> None:
        self.error, self.replayed = error, 0

    def wait_stream(self, other: object) -> None:
        """As a stream does."""

    def replay(self) -> None:
        """As a graph does."""
        self.replayed += 1

    @contextmanager
    def graph(self, *_: object, **__: object) -> Iterator[None]:
        if self.error is not None:
            raise self.error
        yield

    def put_in_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("Stream", "current_stream", "CUDAGraph"):
            monkeypatch.setattr(torch.cuda, name, lambda *_: self)
        monkeypatch.setattr(torch.cuda, "stream", lambda stream: nullcontext())
        monkeypatch.setattr(torch.cuda, "graph", self.graph)
        monkeypatch.setattr(torch.cuda, "graph_pool_handle", lambda: (0, 1))
        monkeypatch.setattr(torch.cuda, "empty_cache", lambda: None)
        monkeypatch.setattr(recorded, "_failure", None)


def test_the_third_call_records_and_replays(monkeypatch: pytest.MonkeyPatch) -> None:
    card, done = FakeCard(None), []
    card.put_in_place(monkeypatch)
    step = Recorded(lambda: done.append(1), torch.device("cuda"))
    for _ in range(5):
        step()
    assert len(done) == 2 + 1  # twice for real, once for the recording
    assert card.replayed == 3


@pytest.mark.parametrize("error", [RuntimeError("not permitted\nlong story"), torch.OutOfMemoryError("out of memory")])
def test_what_cannot_be_recorded_is_still_done_once_a_call(
    monkeypatch: pytest.MonkeyPatch, error: RuntimeError
) -> None:
    card, done = FakeCard(error), []
    card.put_in_place(monkeypatch)
    step = Recorded(lambda: done.append(1), torch.device("cuda"))
    for calls in range(1, 6):
        step()
        assert len(done) == calls
    assert card.replayed == 0
    text = failure_notice()[0].text
    assert ("too small" if isinstance(error, torch.OutOfMemoryError) else "(not permitted)") in text
