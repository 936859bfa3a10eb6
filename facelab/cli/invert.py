"""`facelab invert`: the code of a face by a method of one's choice; the generator is not tuned."""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from facelab.cli.drawing import of_face
from facelab.cli.edit import figures_of
from facelab.cli.main import require
from facelab.cli.outputs import check_targets, report_targets, unique_names
from facelab.cli.report import Console, failures
from facelab.cli.work import box_of, each_photo, hand_points, load, model_report, open_slot, split_notices
from facelab.core.errors import CannotWrite

if TYPE_CHECKING:
    from torch import Tensor, nn

    from facelab.core.inversion import Inversion
    from facelab.core.progress import Steps
    from facelab.core.values import U8
    from facelab.engine.session import FaceWork, Session
    from facelab.engine.toolkit import Toolkit

GIF_FRAMES = 40  # about, spread over each search
FIRST_TICKS, TICKS, LAST_TICKS = 50, 8, 150  # 1/100 s


def run(options: argparse.Namespace) -> int:
    """Write NAME.npz, NAME.png and, if asked for, NAME.gif for every face."""
    console = Console(options)
    require(options.steps is None or options.steps >= 1, f"--steps {options.steps}: at least 1")
    require(not (options.aligned and options.eyes), "--aligned takes the whole photo: no --eyes and --mouth")
    if options.out.exists() and not options.out.is_dir():
        raise CannotWrite(path=options.out, reason="--out is a folder, and this is a file")
    names = unique_names(options.photos)
    targets = [path for name in names for path in _targets(options, options.out / f"{name}.npz")]
    check_targets([*targets, *report_targets(options)], options.photos, force=options.force)
    for path in options.photos:
        hand_points(options, path)
    toolkit = load(options, console)
    entries: list[dict[str, object]] = []

    def work(index: int, path: Path) -> None:
        console.say_progress(index, len(options.photos), path)
        entries.extend(_invert(console, toolkit, options, path, options.out / f"{names[index]}.npz"))

    code = each_photo(options.photos, console, work)
    head = {**model_report(toolkit), "method": options.method, "noise_stage": options.noise_stage}
    console.report({**head, "photos": entries, **failures(console)})
    return code


def _targets(options: argparse.Namespace, npz: Path) -> list[Path]:
    suffixes = (".npz", ".png", ".gif") if options.progress_gif else (".npz", ".png")
    return [npz.with_name(f"{npz.stem}{suffix}") for suffix in suffixes]


def _invert(
    console: Console, toolkit: Toolkit, options: argparse.Namespace, path: Path, npz: Path
) -> list[dict[str, object]]:
    from facelab.engine.session import Session

    session = Session(toolkit, seed=options.seed)
    slot = open_slot(session, path, console)
    points = hand_points(options, path)
    console.drive(session.prepare(slot, options.face, points, aligned=options.aligned))
    files = [_targets(options, of_face(npz, work, session.faces)) for work in session.faces]
    check_targets([each for more in files[1:] for each in more], [], force=options.force)
    entries = []
    for work, each in zip(session.faces, files, strict=True):
        _search(console, session, work, options, each)
        console.notices((*toolkit.notices, *session.notices), path.name)
        figures = figures_of(session, work) if options.json is not None else {}
        fallbacks, remarks = split_notices((*toolkit.notices, *session.notices))
        for written in each:
            console.result(str(written))
        entries.append(
            {
                "file": str(path),
                "face": work.index,
                "box": box_of(work),
                "seconds": console.take_seconds(),
                **figures,
                "fallbacks": fallbacks,
                "notices": remarks,
                "out": [str(written) for written in each],
            }
        )
    return entries


def _search(console: Console, session: Session, work: FaceWork, options: argparse.Namespace, files: list[Path]) -> None:
    """Find the code of one face and write its files."""
    from facelab.core.image import to_pixels
    from facelab.core.photo.writer import write_picture

    generator = session.toolkit.generator
    with _watching(generator.network.synthesis) as seen:
        frames = console.drive(_steps(session, work, options, seen))
    began = time.monotonic()
    shown = to_pixels(generator.render(work.latent.w_plus, work.latent.noise or None))
    _write_codes(session, work, files[0])
    write_picture(shown, files[1], edit_mark=False, replace=options.force)
    if options.progress_gif:
        _write_gif(files[2], [*frames, shown])
    console.add_seconds("export", time.monotonic() - began)


def _steps(session: Session, work: FaceWork, options: argparse.Namespace, seen: list[Tensor]) -> Steps[list[U8]]:
    """The search, then the noise stage; returns pictures of the way for --progress-gif, from the mean face on."""
    from facelab.core.image import to_pixels
    from facelab.core.inversion import InversionPlan, inverter, noise_stage
    from facelab.engine.fitting import keep_inversion, problem_of

    plan = InversionPlan()
    if options.steps is not None:
        n = options.steps
        plan = replace(plan, steps=n, plus_steps=n, hybrid_steps=n, noise_stage_steps=n)
    problem = problem_of(session, work)
    frames: list[U8] = []
    if options.progress_gif:
        generator = session.toolkit.generator
        frames.append(to_pixels(generator.render(generator.w_avg[None].repeat(generator.info.num_ws, axis=0))))
        seen.clear()
    search = inverter(options.method).invert(problem, plan)
    found = yield from _recorded(keep_inversion(session, work, search), seen, frames)
    if options.noise_stage:
        search = _as_noise(noise_stage(problem, found, plan))
        yield from _recorded(keep_inversion(session, work, search), seen, frames)
    return frames


def _recorded(steps: Steps[Inversion], seen: list[Tensor], frames: list[U8]) -> Steps[Inversion]:
    """Pass the steps on; where `frames` holds a first picture, add some of those drawn since."""
    from facelab.core.image import to_pixels

    try:
        while True:
            try:
                progress = next(steps)
            except StopIteration as stop:
                found: Inversion = stop.value
                return found
            if frames and seen and progress.step % max(1, progress.total // GIF_FRAMES) == 0:
                frames.append(to_pixels(seen[0]))
            yield progress
    finally:
        steps.close()


def _as_noise(steps: Steps[Inversion]) -> Steps[Inversion]:
    """The same steps under the name of the noise stage."""
    try:
        while True:
            try:
                progress = next(steps)
            except StopIteration as stop:
                found: Inversion = stop.value
                return found
            yield replace(progress, stage="noise")
    finally:
        steps.close()


@contextmanager
def _watching(synthesis: nn.Module) -> Iterator[list[Tensor]]:
    """A list that holds the picture [N, 3, R, R] drawn last, whichever method draws it."""
    seen: list[Tensor] = []

    def keep(module: nn.Module, given: object, drawn: Tensor) -> None:
        seen[:] = [drawn.detach()[:1]]

    hook = synthesis.register_forward_hook(keep)
    try:
        yield seen
    finally:
        hook.remove()


def _write_gif(path: Path, frames: list[U8]) -> None:
    """The face appears, stays for a while, and begins again."""
    from facelab.core.files import write_atomic
    from facelab.core.movie.gif import write_gif
    from facelab.core.progress import run as run_steps

    ticks = [FIRST_TICKS, *[TICKS] * (len(frames) - 2), LAST_TICKS]
    write_atomic(path, run_steps(write_gif(frames, range(len(frames)), ticks)))


def _write_codes(session: Session, work: FaceWork, path: Path) -> None:
    """NAME.npz: w_plus, the noise maps the picture was drawn with, and the generator they belong to."""
    import numpy as np

    from facelab.core.files import write_atomic

    synthesis = session.toolkit.generator.network.synthesis
    maps = {name: synthesis.get_buffer(f"{name}.noise_const").cpu().numpy() for name in synthesis.noise_shapes}
    maps |= dict(work.latent.noise)
    arrays = {f"noise_{name}": np.asarray(value, np.float32) for name, value in maps.items()}
    buffer = io.BytesIO()
    sha256 = np.array(session.toolkit.generator.info.sha256)
    np.savez(buffer, allow_pickle=False, w_plus=work.latent.w_plus, generator_sha256=sha256, **arrays)
    write_atomic(path, buffer.getvalue())
