"""The window with the real engine and the embedded model: the whole way, with few steps of fitting.

One program serves the first part, test after test, because loading the engine is what takes long.
"""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import SAMPLE, living
from PySide6.QtCore import QEvent, QThread, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import facelab.core.tuning
import facelab.core.tuning.plans
import facelab.engine.fitting
from facelab.app import Program, real_engine
from facelab.core.recipe import Edit, EditRecipe
from facelab.core.tuning import PRESETS
from facelab.engine import messages as m
from facelab.engine import painter
from facelab.paths import resource_root
from facelab.settings import Settings
from facelab.ui.document import Change, Phase
from facelab.ui.engine_thread import ShownTile
from facelab.ui.values import Compare

OTHER = resource_root() / "resources" / "samples" / "grace_hopper.jpg"
PATIENCE_MS = 240_000
"""These tests wait for conditions; on a machine with other work the engine may need minutes."""


def short(plan: facelab.core.tuning.plans.TuningPlan, steps: int) -> facelab.core.tuning.plans.TuningPlan:
    return dataclasses.replace(plan, steps=steps, half=False)


class Driver:
    """The program as its user has it."""

    def __init__(self, program: Program, qtbot: QtBot) -> None:
        self.program, self.qtbot = program, qtbot
        self.window, self.document, self.director = program.window, program.document, program.director
        self.tiles: list[ShownTile] = []
        self.failures: list[str] = []
        self.director.tile_shown.connect(self.tiles.append)
        self.director.failed.connect(lambda code, params: self.failures.append(f"{code} {dict(params)}"))

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(lambda: bool(self.failures) or condition(), timeout=PATIENCE_MS)
        assert self.failures == []

    def open(self, path: Path = SAMPLE) -> None:
        self.document.set_dirty(False)
        self.window.commands.open_path(path)
        self.wait(lambda: self.document.phase is Phase.EDITING and self.director.up_to_date)

    def edit(self, key: str, amount: float) -> QImage:
        self.document.set_amount(key, amount)
        self.document.commit(Change("set", key, amount))
        return self.settle()

    def settle(self) -> QImage:
        self.wait(lambda: self.director.up_to_date)
        return self.tiles[-1].image

    def finish(self) -> None:
        self.wait(lambda: not self.director.jobs)

    def export(self, options: m.ExportOptions) -> None:
        self.director.export(options)
        self.finish()


@pytest.fixture
def no_leaks() -> None:
    """One program lives through this module; the last test looks for what it leaves."""


@pytest.fixture(scope="module", autouse=True)
def few_steps() -> Iterator[None]:
    """Presets with the same arithmetic and few steps."""
    small = {
        key: dataclasses.replace(
            preset, inversion_steps=2, tuning=short(preset.tuning, count), lpips=short(preset.lpips, count)
        )
        for (key, preset), count in zip(PRESETS.items(), (2, 3, 500), strict=True)
    }
    patch = pytest.MonkeyPatch()
    for module in (facelab.engine.fitting, facelab.core.tuning, facelab.core.tuning.plans):
        patch.setattr(module, "PRESETS", types.MappingProxyType(small))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def program(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    patch = pytest.MonkeyPatch()
    patch.setenv("FACELAB_HOME", str(tmp_path_factory.mktemp("real-home")))
    made = Program(qapp, Settings(language="en", theme="dark", hints_seen=True, consent_seen=True), real_engine)
    made.start()
    yield made
    made.document.set_dirty(False)
    made.window.close_quietly()
    made.window.deleteLater()
    made.deleteLater()
    patch.undo()


@pytest.fixture
def driver(program: Program, qtbot: QtBot) -> Iterator[Driver]:
    driver = Driver(program, qtbot)
    driver.wait(lambda: driver.director.ready is not None)
    program.window.notice_bar.clear()
    yield driver
    driver.director.tile_shown.disconnect(driver.tiles.append)
    program.window.set_compare(Compare.AFTER)


def pixels(image: QImage) -> np.ndarray:
    """u8 [h, w, 3]."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(bytes(image.constBits()), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)


def difference(first: QImage, second: QImage) -> float:
    """Mean absolute difference in levels."""
    return float(np.abs(pixels(first).astype(int) - pixels(second)).mean())


# --- the way ----------------------------------------------------------------------------------


def test_sliders_work_before_any_fitting(driver: Driver) -> None:
    driver.open()
    assert not driver.director.jobs
    assert not driver.document.tuned
    plain = driver.settle()
    level = driver.document.live_levels["smile"]
    smiling = driver.edit("smile", 1.5)
    assert difference(plain, smiling) > 0.2, "the face follows"
    assert driver.document.live_levels["smile"] > level + 0.5, "the model judges it to smile more"
    driver.document.undo()
    assert difference(driver.settle(), plain) == 0, "undo brings back the same picture, bit for bit"


def test_identity_recipe_shows_the_photo_itself(driver: Driver) -> None:
    driver.open()
    tile = driver.tiles[-1]
    region, scale = tile.event.region, tile.event.region.scale
    photo = driver.window.canvas.photo
    assert photo is not None
    part = photo.levels[0].copy(region.x, region.y, region.width, region.height)
    if scale == 1:
        assert difference(part, tile.image) == 0
    else:
        assert abs(pixels(part).mean() - pixels(tile.image).mean()) < 1


def test_every_slider_moves_its_own_attribute(driver: Driver) -> None:
    driver.open()
    for key in driver.window.panel.rows:
        before = driver.document.photo_levels[key]
        driver.edit(key, 1.0)
        assert driver.document.live_levels[key] > before + 0.3, key
        driver.document.reset(key)
    driver.settle()


def test_a_padlock_keeps_its_attribute(driver: Driver) -> None:
    driver.open()
    driver.edit("age", 2.0)
    free = driver.document.live_levels["gender"] - driver.document.photo_levels["gender"]
    driver.document.set_lock("gender", True)
    driver.settle()
    kept = driver.document.live_levels["gender"] - driver.document.photo_levels["gender"]
    assert abs(kept) < max(0.05, 0.5 * abs(free))


def test_views_of_the_real_painter_differ(driver: Driver) -> None:
    driver.open()
    after = driver.edit("smile", 1.0)
    driver.window.set_compare(Compare.DIFFERENCE)
    heat = driver.settle()
    assert driver.tiles[-1].event.view == "difference"
    assert difference(after, heat) > 5
    driver.window.set_compare(Compare.SIDE)
    driver.settle()
    driver.window.set_compare(Compare.AFTER)
    assert difference(driver.settle(), after) == 0


def test_previews_never_reach_the_screen(driver: Driver) -> None:
    driver.open()
    after = driver.edit("smile", 2.0)
    count = len(driver.tiles)
    got: list[QImage] = []
    assert driver.director.session is not None
    box = driver.director.session.mask_box
    driver.director.picture_of(EditRecipe(), m.Region(box.x, box.y, box.width, box.height, 0.25), got.append)
    driver.director.full_picture(got.append)
    driver.wait(lambda: len(got) == 2)
    assert got[1].width() == box.width
    assert len(driver.tiles) == count
    assert driver.director.up_to_date
    assert difference(driver.tiles[-1].image, after) == 0


# --- fitting ----------------------------------------------------------------------------------


def test_sliders_and_pictures_go_on_while_fitting(driver: Driver) -> None:
    driver.open()
    driver.edit("smile", 1.0)
    seen: list[str] = []
    driver.director.job_progressed.connect(lambda _job, event: seen.append(event.progress.stage))
    first = driver.tiles[-1].event.weights_step
    job = driver.director.tune("faithful")
    driver.wait(lambda: driver.director.weights_step > first)
    driver.edit("age", 1.0)
    assert driver.director.tuning is not None, "the picture came while fitting went on"
    driver.document.set_amount("age", 1.1)
    driver.settle()
    assert driver.tiles[-1].event.draft, "a hand is on the slider"
    driver.director.pause(job.number, True)
    driver.settle()
    assert not driver.tiles[-1].event.draft
    driver.edit("age", 1.2)
    driver.director.pause(job.number, False)
    driver.director.cancel(job.number)
    driver.finish()
    driver.wait(lambda: not driver.tiles[-1].event.draft)
    assert seen[0] == "invert"
    assert "tune" in seen
    assert driver.document.recipe.amount("age") == 1.2
    pairs = [(tile.event.ticket, tile.event.weights_step) for tile in driver.tiles]
    assert pairs == sorted(set(pairs)), "no stale picture, none twice"


def test_cancelled_fitting_keeps_what_was_reached_and_goes_on_later(driver: Driver, tmp_path: Path) -> None:
    assert driver.document.tuned, "the test before this one cancelled"
    reached = driver.director.weights_step
    driver.document.set_dirty(False)
    driver.director.tune("fast", more=True)
    driver.finish()
    driver.settle()
    assert driver.director.weights_step > reached
    assert driver.document.tuned


def test_saved_generator_opens_with_edits_picture_and_variants(driver: Driver, tmp_path: Path) -> None:
    driver.document.add_variant("older")
    driver.window.canvas.fit()
    before = driver.settle()
    path = tmp_path / "me.facelab"
    driver.director.save(path)
    driver.finish()
    assert not driver.document.dirty
    recipe = driver.document.recipe
    driver.open(path)
    assert driver.document.recipe == recipe
    assert driver.document.tuned
    assert [variant.name for variant in driver.document.variants] == ["older"]
    assert difference(driver.settle(), before) < 0.5, "the weights are kept as half-precision differences"


def test_another_photo_shares_the_generator_and_the_recipe(driver: Driver) -> None:
    driver.open()
    driver.edit("smile", 1.0)
    driver.director.add_photo(OTHER, "fast")
    driver.finish()
    driver.settle()
    assert (driver.director.photo_index, driver.director.photo_count) == (1, 2)
    assert driver.window.film_strip.isVisible()
    assert driver.document.recipe.amount("smile") == 1.0
    driver.director.select_photo(0)
    driver.wait(lambda: driver.director.photo_index == 0 and driver.director.session is not None)
    driver.settle()
    assert driver.document.recipe.amount("smile") == 1.0


# --- export -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        m.ExportOptions(Path("photo.png")),
        m.ExportOptions(Path("photo.jpg"), quality=80),
        m.ExportOptions(Path("photo.webp"), quality=80),
        m.ExportOptions(Path("photo.tif")),
        m.ExportOptions(Path("crop.png"), crop_only=True),
        m.ExportOptions(Path("swing.gif"), animate=True, size=96, frames=6),
        m.ExportOptions(Path("swing.webp"), animate=True, size=96, frames=6),
        m.ExportOptions(Path("strip.png"), strip_key="smile"),
    ],
    ids=lambda options: options.path.name,
)
def test_every_kind_is_exported(driver: Driver, tmp_path: Path, options: m.ExportOptions) -> None:
    from PIL import Image

    if driver.document.phase is not Phase.EDITING or driver.director.photo_count != 1:
        driver.open()
    driver.document.apply(EditRecipe((Edit("direction", "smile", 1.5),)), Change("paste"))
    path = tmp_path / options.path.name
    driver.export(dataclasses.replace(options, path=path))
    with Image.open(path) as picture:
        frames = getattr(picture, "n_frames", 1)
        assert (frames > 6) == options.animate, "there and back"
        if not options.animate and not options.crop_only and options.strip_key is None:
            with Image.open(SAMPLE) as sample:
                assert picture.size == sample.size
    assert path.name in driver.window.notice_bar.text.text()


def test_cancelled_export_leaves_no_file(driver: Driver, tmp_path: Path) -> None:
    driver.document.apply(EditRecipe((Edit("direction", "smile", 1.4),)), Change("paste"))
    seen: list[int] = []
    driver.director.job_progressed.connect(lambda _job, event: seen.append(event.progress.step))
    job = driver.director.export(m.ExportOptions(tmp_path / "long.gif", animate=True, size=640, frames=96))
    driver.wait(lambda: bool(seen))
    driver.director.cancel(job.number)
    driver.finish()
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_not_replaced(driver: Driver, tmp_path: Path) -> None:
    path = tmp_path / "mine.png"
    path.write_bytes(b"mine")
    driver.director.export(m.ExportOptions(path))
    driver.qtbot.waitUntil(lambda: bool(driver.failures), timeout=PATIENCE_MS)
    assert driver.failures[0].startswith("output_exists")
    assert driver.window.notice_bar.action.text() == "Choose another name"
    assert path.read_bytes() == b"mine"


def test_dragged_out_file_is_complete_private_and_made_once(driver: Driver) -> None:
    driver.open()
    driver.edit("smile", 1.0)
    carrying = driver.window.commands.carrying
    assert not carrying.start(), "nothing to carry before it is written"
    carrying.prepare()
    driver.finish()
    path = driver.window.places.state / "drag" / "astronaut-edited.png"
    assert path.stat().st_mode & 0o077 == 0 or path.parent.stat().st_mode & 0o077 == 0
    assert QImage(str(path)).width() == driver.window.canvas.photo_size.width()
    carrying.prepare()
    assert not driver.director.jobs, "the file shows the present picture already"


# --- when things go wrong ---------------------------------------------------------------------


def test_dead_engine_comes_back_with_photo_edits_and_personal_weights(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open()
    driver.director.tune("fast")
    driver.finish()
    driver.wait(lambda: not driver.director.autosaving and driver.program.keeper.weights() is not None)
    driver.edit("smile", 1.0)
    died: list[str] = []
    driver.director.engine_died.connect(died.append)

    def kill(*_arguments: object, **_more: object) -> object:
        monkeypatch.undo()
        raise KeyboardInterrupt("not an Exception: it ends the engine")

    monkeypatch.setattr(painter, "draw", kill)
    driver.document.set_amount("age", 1.0)
    driver.document.commit(Change("set", "age", 1.0))
    driver.wait(lambda: bool(died))
    driver.wait(lambda: driver.director.session is not None)
    driver.settle()
    assert driver.document.tuned
    assert (driver.document.recipe.amount("smile"), driver.document.recipe.amount("age")) == (1.0, 1.0)
    assert driver.window.notice_bar.action.text() == "Copy report"


def test_closing_while_fitting_leaves_nothing_running(driver: Driver, qapp: QApplication) -> None:
    """The last test of the shared program."""
    driver.open()
    driver.director.tune("faithful")
    driver.wait(lambda: driver.director.weights_step > 0)
    driver.document.set_dirty(False)
    driver.window.close_quietly()
    assert driver.program.ended_in_time, "the step that ran when the window closed ended by itself"
    for _ in range(3):
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        qapp.processEvents()
    assert not living(QThread)
    assert not living(QTimer)


CRASH = """
import dataclasses, sys, time, types
from pathlib import Path
from PySide6.QtWidgets import QApplication
from PySide6.QtCore import QTimer
from facelab.app import Program, real_engine
from facelab.settings import Settings
from facelab.ui.document import Change, Phase
import facelab.engine.fitting as fitting
def short(preset):
    tuning = dataclasses.replace(preset.tuning, steps=2000, half=False, locality_every=0)
    return dataclasses.replace(preset, inversion_steps=2, tuning=tuning)
fitting.PRESETS = types.MappingProxyType(dict((key, short(preset)) for key, preset in fitting.PRESETS.items()))
app = QApplication([])
program = Program(app, Settings(hints_seen=True, consent_seen=True, language="en"), real_engine)
stage, since = 0, 0.0
def work():
    global stage, since
    director = program.director
    if stage == 0 and program.document.phase is Phase.EDITING and director.up_to_date:
        program.document.set_amount("smile", 1.5)
        program.document.commit(Change("set", "smile", 1.5))
        director.tune("fast")
        stage = 1
    elif stage == 1 and director.weights_step > 2:
        stage, since = 2, time.time()
    elif stage == 2 and program.keeper.weights() and program.keeper.weights().stat().st_mtime > since + 1:
        program.document.set_amount("age", 1.0)
        program.document.commit(Change("set", "age", 1.0))
        print("ready", flush=True)
        return
    QTimer.singleShot(20, work)
program.start(Path({sample!r}))
QTimer.singleShot(20, work)
app.exec()
"""


@pytest.mark.slow
def test_killed_while_fitting_comes_back_fitted(qapp: QApplication, qtbot: QtBot) -> None:
    code = CRASH.format(sample=str(SAMPLE))
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=resource_root()) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL)
    settings = Settings(language="en", theme="dark", hints_seen=True, consent_seen=True)
    program = Program(qapp, settings, real_engine)
    driver = Driver(program, qtbot)
    program.start()
    driver.wait(lambda: driver.director.ready is not None and program.recovering.dialog is not None)
    assert program.recovering.dialog is not None
    program.recovering.dialog.recover.click()
    driver.wait(lambda: driver.document.phase is Phase.EDITING and driver.director.up_to_date)
    assert driver.document.tuned
    assert (driver.document.recipe.amount("smile"), driver.document.recipe.amount("age")) == (1.5, 1.0)
    assert driver.document.name == "astronaut.png"
    driver.document.set_dirty(False)
    program.window.close_quietly()
    program.window.deleteLater()
    program.deleteLater()
