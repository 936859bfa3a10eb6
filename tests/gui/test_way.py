"""The user's way through the window, step by step, with a fake engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SAMPLE, Driver
from fake_engine import Script, face
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage, QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from facelab.core.recipe import EditRecipe, layer_range
from facelab.core.values import Landmarks
from facelab.engine import messages as m
from facelab.ui.canvas_tools import CropTool, FaceTool, PointTool
from facelab.ui.document import Change, Phase
from facelab.ui.export_dialog import ExportDialog
from facelab.ui.values import Compare, Source


def posted(script: Script, kind: type[m.Request]) -> list[m.Request]:
    return [request for request in script.requests if isinstance(request, kind)]


def drop(driver: Driver, data: QMimeData) -> None:
    event = QDropEvent(
        QPointF(200, 200), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    driver.window.dropEvent(event)


# --- 1 start ----------------------------------------------------------------------------------


def test_window_shows_what_it_loads_and_then_the_model(driver: Driver) -> None:
    assert driver.window.isVisible()
    assert driver.window.job_bar.text.text() == "Loading the model"
    driver.ready()
    assert "128 px" in driver.window.job_bar.text.text()
    assert len(driver.window.panel.rows) == 11


def test_photo_on_the_command_line_is_opened(start: Callable[..., Driver]) -> None:
    driver = start(SAMPLE)
    driver.wait(lambda: driver.document.phase is Phase.EDITING)
    assert driver.document.name == "astronaut.png"


def test_dropped_file_and_dropped_image_data_are_opened(driver: Driver, script: Script) -> None:
    driver.ready()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(SAMPLE))])
    drop(driver, data)
    driver.wait(lambda: driver.document.phase is Phase.EDITING)
    pixels = QMimeData()
    pixels.setImageData(QImage(40, 30, QImage.Format.Format_RGB32))
    drop(driver, pixels)
    driver.wait(lambda: len(posted(script, m.OpenPhoto)) == 2)
    opened = posted(script, m.OpenPhoto)[1]
    assert isinstance(opened, m.OpenPhoto)
    assert opened.data is not None
    assert opened.data.startswith(b"\x89PNG")


def test_photo_is_pasted_from_the_clipboard(driver: Driver, script: Script) -> None:
    driver.ready()
    QGuiApplication.clipboard().setImage(QImage(40, 30, QImage.Format.Format_RGB32))
    driver.window.start_page.paste.click()
    driver.wait(lambda: driver.document.phase is Phase.EDITING)
    assert len(posted(script, m.OpenPhoto)) == 1


def test_samples_and_recent_files_open_by_a_click(start: Callable[..., Driver]) -> None:
    driver = start()
    driver.ready()
    driver.window.start_page.samples[0].click()
    driver.wait(lambda: driver.document.phase is Phase.EDITING)
    assert driver.window.recents.read() == [str(SAMPLE)]
    assert (driver.window.places.state / "recent.json").stat().st_mode & 0o777 == 0o600


def test_broken_photo_shows_a_message_and_an_empty_window(driver: Driver, tmp_path: Path) -> None:
    driver.ready()
    driver.window.commands.open_path(tmp_path / "gone.jpg")
    driver.wait(lambda: bool(driver.window.notice_bar.messages))
    assert "gone.jpg" in driver.window.notice_bar.text.text()
    assert str(tmp_path) not in driver.window.notice_bar.text.text()
    assert driver.document.phase is Phase.EMPTY


# --- 2 faces ----------------------------------------------------------------------------------


def test_several_faces_are_chosen_with_the_keyboard(driver: Driver, script: Script) -> None:
    script.faces = 3
    driver.ready()
    driver.window.commands.open_path(SAMPLE)
    driver.wait(lambda: driver.document.phase is Phase.CHOOSING)
    assert isinstance(driver.window.canvas.tool, FaceTool)
    driver.qtbot.keyClick(driver.window.canvas, Qt.Key.Key_Right)
    driver.qtbot.keyClick(driver.window.canvas, Qt.Key.Key_Return)
    driver.wait(lambda: driver.document.phase is Phase.EDITING)
    assert driver.director.face_index == 1
    assert driver.window.panel.faces.text.text() == "Face 2 of 3"
    driver.window.actions_["next_face"].trigger()
    driver.wait(lambda: driver.director.face_index == 2 and driver.document.phase is Phase.EDITING)


def test_arrow_keys_go_to_the_face_beside_on_the_photo(driver: Driver, script: Script) -> None:
    """Numbers follow size; two rows of faces, the largest in the middle of the lower one."""
    places = [(300, 400), (500, 400), (100, 400), (300, 100), (500, 100)]
    script.size, script.boxes = (640, 520), tuple(face(x, y, 60.0) for x, y in places)
    driver.ready()
    driver.window.commands.open_path(SAMPLE)
    driver.wait(lambda: driver.document.phase is Phase.CHOOSING)
    canvas, picker = driver.window.canvas, driver.window.panel.faces
    keys = Qt.Key
    for key, number in (
        (keys.Key_Right, 2), (keys.Key_Right, 2), (keys.Key_Up, 5), (keys.Key_Left, 4), (keys.Key_Down, 1),
        (keys.Key_Left, 3), (keys.Key_BracketRight, 4), (keys.Key_BracketLeft, 3),
    ):  # fmt: skip
        driver.qtbot.keyClick(canvas, key)
        assert picker.text.text() == f"Face {number} of 5"
    picker.next.click()
    assert driver.document.phase is Phase.CHOOSING
    assert picker.text.text() == "Face 4 of 5"


def test_small_face_is_brought_near_and_the_next_one_too(driver: Driver, script: Script) -> None:
    script.size, script.faces = (4000, 3000), 2
    script.areas = m.Region(900, 1000, 240, 240), m.Region(2900, 1200, 240, 240)
    driver.ready()
    driver.window.commands.open_path(SAMPLE)
    driver.wait(lambda: driver.document.phase is Phase.CHOOSING)
    canvas = driver.window.canvas
    assert canvas.mode == "fit"
    driver.qtbot.keyClick(canvas, Qt.Key.Key_Return)
    for index, middle in enumerate((QPointF(1020, 1120), QPointF(3020, 1320))):
        driver.wait(lambda index=index: driver.director.face_index == index and driver.document.phase is Phase.EDITING)  # type: ignore[misc]  # bound now
        assert canvas.mode == "face"
        assert 240 * canvas.scale > 0.9 * min(canvas.width(), canvas.height())
        seen = canvas.to_widget(middle)
        assert abs(seen.x() - canvas.width() / 2) < 2
        assert abs(seen.y() - canvas.height() / 2) < 2
        driver.window.actions_["next_face"].trigger()


def test_several_faces_are_chosen_with_a_click(driver: Driver, script: Script) -> None:
    script.faces = 2
    driver.ready()
    driver.window.commands.open_path(SAMPLE)
    driver.wait(lambda: driver.document.phase is Phase.CHOOSING)
    x, y, w, h = driver.director.faces[1].box
    spot = driver.window.canvas.to_widget(QPointF(x + w / 2, y + h / 2)).toPoint()
    driver.qtbot.mouseMove(driver.window.canvas, spot)
    driver.qtbot.mouseClick(driver.window.canvas, Qt.MouseButton.LeftButton, pos=spot)
    driver.wait(lambda: driver.document.phase is Phase.EDITING)
    assert driver.director.face_index == 1


def place(driver: Driver, spots: list[tuple[float, float]]) -> None:
    canvas = driver.window.canvas
    for spot in spots:
        driver.qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.to_widget(QPointF(*spot)).toPoint())
    driver.qtbot.keyClick(canvas, Qt.Key.Key_Return)


def test_points_by_hand_when_no_face_is_found(driver: Driver, script: Script) -> None:
    script.faces = 0
    driver.ready()
    driver.window.commands.open_path(SAMPLE)
    driver.wait(lambda: driver.document.phase is Phase.PLACING)
    assert isinstance(driver.window.canvas.tool, PointTool)
    assert "left eye" in driver.window.job_bar.text.text()
    place(driver, [(100, 80), (180, 80), (110, 150), (170, 150)])
    driver.wait(lambda: driver.document.phase is Phase.EDITING)
    chosen = posted(script, m.ChooseFace)[-1]
    assert isinstance(chosen, m.ChooseFace)
    assert isinstance(chosen.landmarks, Landmarks)
    assert abs(chosen.landmarks.points[0] - (100, 80)).max() < 2
    assert chosen.landmarks.points.shape == (5, 2)


def test_points_that_form_no_face_are_refused_with_words(driver: Driver, script: Script) -> None:
    script.faces = 0
    driver.ready()
    driver.window.commands.open_path(SAMPLE)
    driver.wait(lambda: driver.document.phase is Phase.PLACING)
    place(driver, [(180, 80), (100, 80), (110, 150), (170, 150)])
    assert "left eye left of the right one" in driver.window.notice_bar.text.text()
    assert driver.document.phase is Phase.PLACING
    assert not posted(script, m.ChooseFace)


def test_crop_can_be_adjusted_before_the_work_starts(driver: Driver, script: Script) -> None:
    driver.open()
    before = driver.director.faces[0].landmarks.points
    driver.window.panel.faces.crop.click()
    canvas = driver.window.canvas
    assert isinstance(canvas.tool, CropTool)
    centre = canvas.to_widget(QPointF(*canvas.tool.quad.mean(axis=0)))
    driver.qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=centre.toPoint())
    driver.qtbot.mouseMove(canvas, (centre + QPointF(20 * canvas.scale, 0)).toPoint())
    driver.qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=(centre + QPointF(20 * canvas.scale, 0)).toPoint())
    driver.qtbot.keyClick(canvas, Qt.Key.Key_Return)
    driver.wait(lambda: len(posted(script, m.ChooseFace)) == 2)
    moved = posted(script, m.ChooseFace)[-1]
    assert isinstance(moved, m.ChooseFace)
    assert moved.landmarks is not None
    assert abs(moved.landmarks.points - before - (20, 0)).max() < 1.5


# --- 3 fitting --------------------------------------------------------------------------------


def test_fitting_shows_words_steps_and_keeps_sliders_alive(driver: Driver, script: Script) -> None:
    script.step_seconds = 0.01
    driver.open()
    driver.window.panel.fit_box.start.click()
    driver.wait(lambda: "step" in driver.window.job_bar.text.text())
    assert driver.window.job_bar.text.text().startswith("Making it yours: fitting the model to this face")
    driver.document.set_amount("smile", 1.0)
    driver.settle()
    assert driver.director.tuning is not None, "the picture came while fitting went on"
    driver.wait(lambda: driver.director.tuning is None)
    assert driver.document.tuned
    assert driver.window.panel.fit_box.start.text() == "Go on"


def test_fitting_can_be_paused_and_cancelled(driver: Driver, script: Script) -> None:
    script.steps = 10_000
    driver.open()
    driver.window.panel.fit_box.start.click()
    driver.wait(lambda: "step" in driver.window.job_bar.text.text())
    driver.window.job_bar.pause.click()
    driver.wait(lambda: "paused" in driver.window.job_bar.text.text())
    driver.document.set_amount("smile", 0.5)
    driver.settle()
    driver.window.job_bar.cancel.click()
    driver.wait(lambda: not driver.director.jobs)
    assert driver.document.phase is Phase.EDITING
    assert driver.document.tuned, "what was reached stays, and fitting can go on later"
    assert driver.window.panel.fit_box.start.text() == "Go on"


def test_presets_say_their_time_before_the_press(driver: Driver) -> None:
    driver.ready()
    box = driver.window.panel.fit_box.preset
    assert [box.itemText(i) for i in range(3)] == [
        "Fast · about 10 s",
        "Balanced · about 40 s",
        "Faithful · about 3 min",
    ]


# --- 4 sliders --------------------------------------------------------------------------------


def test_one_drag_is_one_undo_entry(driver: Driver, script: Script) -> None:
    driver.open()
    track = driver.window.panel.rows["smile"].track
    start = QPoint(round(track.position(0)), track.height() // 2)
    driver.qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=start)
    for amount in (0.4, 0.8, 1.5, 1.2):
        driver.qtbot.mouseMove(track, QPoint(round(track.position(amount)), start.y()))
    driver.qtbot.mouseRelease(track, Qt.MouseButton.LeftButton)
    assert abs(driver.document.recipe.amount("smile") - 1.2) < 0.1
    assert len(driver.document.entries) == 2
    assert driver.document.describe(driver.document.entries[1].change).startswith("Smile +1.")
    driver.window.actions_["undo"].trigger()
    assert driver.document.recipe == EditRecipe()
    assert track.amount() == 0
    driver.window.actions_["redo"].trigger()
    assert track.amount() == pytest.approx(driver.document.recipe.amount("smile"), abs=0.02)


def test_slider_is_driven_by_keys_typing_and_double_click(driver: Driver) -> None:
    driver.open()
    row = driver.window.panel.rows["age"]
    row.track.setFocus()
    driver.qtbot.keyClick(row.track, Qt.Key.Key_Right)
    assert driver.document.recipe.amount("age") == pytest.approx(0.1)
    driver.qtbot.keyClick(row.track, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert driver.document.recipe.amount("age") == pytest.approx(0.11)
    row.number.setFocus()
    row.number.setText("-1,25")
    driver.qtbot.keyClick(row.number, Qt.Key.Key_Return)
    assert driver.document.recipe.amount("age") == pytest.approx(-1.25)
    assert row.number.text() == "\N{MINUS SIGN}1.25"
    driver.qtbot.mouseDClick(row.track, Qt.MouseButton.LeftButton)
    assert driver.document.recipe.amount("age") == 0


def test_typed_nonsense_changes_nothing(driver: Driver) -> None:
    driver.open()
    number = driver.window.panel.rows["age"].number
    for text in ("abc", "nan", ""):
        number.setFocus()
        number.setText(text)
        driver.qtbot.keyClick(number, Qt.Key.Key_Return)
        assert driver.document.recipe == EditRecipe()
        assert number.text() == "0.0"


def wheel(widget: object, turn: int) -> None:
    nothing = Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, nothing,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_wheel_moves_a_slider_only_with_focus(driver: Driver) -> None:
    driver.open()
    track = driver.window.panel.rows["smile"].track
    driver.window.canvas.setFocus()
    wheel(track, 120)
    assert driver.document.recipe.amount("smile") == 0
    track.setFocus()
    wheel(track, 120)
    assert driver.document.recipe.amount("smile") == pytest.approx(0.1)


def test_beyond_the_measured_range_is_by_intent(driver: Driver) -> None:
    driver.open()
    track = driver.window.panel.rows["smile"].track
    middle = track.height() // 2
    driver.qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(round(track.position(0)), middle))
    driver.qtbot.mouseMove(track, QPoint(round(track.position(3.0)) + 8, middle))
    assert track.amount() == pytest.approx(3.0, abs=0.02), "the handle stays at the end of the range"
    driver.qtbot.mouseMove(track, QPoint(round(track.position(3.0)) + 40, middle))
    driver.qtbot.mouseRelease(track, Qt.MouseButton.LeftButton)
    assert track.amount() > 3.2, "pulled further it follows"


def test_padlock_locks_and_reset_keys_act_on_the_focused_slider(driver: Driver) -> None:
    driver.open()
    row = driver.window.panel.rows["age"]
    row.track.setFocus()
    driver.window.actions_["lock"].trigger()
    assert driver.document.recipe.locks == {"age"}
    assert "kept" in row.lock.accessibleName()
    driver.document.set_amount("age", 1.0)
    driver.window.actions_["reset"].trigger()
    assert driver.document.recipe.amount("age") == 0
    assert driver.document.recipe.locks == {"age"}


def test_live_level_stands_beside_the_slider(driver: Driver) -> None:
    driver.open()
    driver.document.set_amount("smile", 1.0)
    driver.settle()
    row = driver.window.panel.rows["smile"]
    assert row.level.text().endswith("+1.1")
    assert "Accuracy on unseen faces: 91 %" in "\n".join(row.explanation())
    assert "Also moves Age by 8 %" in "\n".join(row.explanation())


def test_mark_of_the_photo_itself_follows_the_fitted_model(driver: Driver) -> None:
    """Else the two marks of a slider at 0 would stand apart once the model is fitted."""
    driver.open()
    driver.document.set_amount("smile", 1.0)
    driver.settle()
    assert driver.document.photo_levels["smile"] == 0.1
    driver.document.reset_all()
    driver.settle()
    assert driver.document.live_levels == driver.document.photo_levels


def test_filter_hides_rows_and_empty_groups(driver: Driver) -> None:
    driver.ready()
    driver.window.panel.filter.setText("笑")
    shown = [key for key, row in driver.window.panel.rows.items() if row.isVisible()]
    assert shown == ["smile"]
    assert not driver.window.panel._titles["pose"].isVisible()


def test_layers_of_a_slider_behind_the_advanced_switch(driver: Driver) -> None:
    driver.open()
    advanced = driver.window.panel.advanced
    assert not advanced.body.isVisible()
    advanced.switch.click()
    assert advanced.body.isVisible()
    row = driver.window.panel.rows["smile"]
    row.track.setFocus()
    driver.qtbot.keyClick(row.track, Qt.Key.Key_Right)
    advanced.layers.setCurrentIndex(advanced.layers.findData("middle"))
    advanced.layers.activated.emit(advanced.layers.currentIndex())
    layers = driver.document.recipe.edits[0].layers
    assert layers is not None
    assert (layers.first, layers.last) == (4, 7)
    advanced.layers.setCurrentIndex(advanced.layers.findData("all"))
    advanced.layers.activated.emit(advanced.layers.currentIndex())
    assert driver.document.recipe.edits[0].layers == layer_range("all", advanced._num_ws)
    advanced.layers.setCurrentIndex(0)  # the slider's own
    advanced.layers.activated.emit(0)
    assert driver.document.recipe.edits[0].layers is None


# --- 5 live picture ---------------------------------------------------------------------------


def test_storm_of_movements_ends_with_the_newest_picture(driver: Driver, script: Script) -> None:
    driver.open()
    script.render_seconds = 0.002
    for step in range(200):
        driver.document.set_amount("smile", step / 100)
    driver.settle()
    renders = posted(script, m.Render)
    assert len(renders) < 200, "the slot keeps only the newest"
    last = renders[-1]
    assert isinstance(last, m.Render)
    assert last.recipe == driver.document.recipe


def test_region_is_the_box_at_screen_resolution(driver: Driver, script: Script) -> None:
    script.size = (4000, 3000)
    driver.open()
    canvas = driver.window.canvas
    region = canvas.wanted_region()
    assert region is not None
    assert region.scale == pytest.approx(canvas.scale, abs=1e-3)
    canvas.actual_size()
    near = canvas.wanted_region()
    assert near is not None
    assert near.scale == 1
    assert near.width <= canvas.width() + 2


def test_wheel_zooms_at_the_cursor_and_space_drag_pans(driver: Driver, script: Script) -> None:
    script.size = (4000, 3000)
    driver.open()
    canvas = driver.window.canvas
    spot = QPointF(100, 120)
    before = canvas.to_photo(spot)
    event = QWheelEvent(
        spot, QPointF(canvas.mapToGlobal(spot.toPoint())), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)
    after = canvas.to_photo(spot)
    assert abs(before.x() - after.x()) < 1
    assert abs(before.y() - after.y()) < 1
    canvas.setFocus()
    driver.qtbot.keyPress(canvas, Qt.Key.Key_Space)
    driver.qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    driver.qtbot.mouseMove(canvas, QPoint(150, 200))
    driver.qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(150, 200))
    driver.qtbot.keyRelease(canvas, Qt.Key.Key_Space)
    assert canvas.to_photo(spot).x() == pytest.approx(after.x() + 50 / canvas.scale, abs=1)


# --- 6 compare --------------------------------------------------------------------------------


def test_split_line_is_dragged_and_keeps_its_place(driver: Driver) -> None:
    driver.open()
    canvas = driver.window.canvas
    driver.window.actions_["split"].trigger()
    middle = QPoint(canvas.width() // 2, 300)
    driver.qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    driver.qtbot.mouseMove(canvas, QPoint(canvas.width() // 4, 300))
    driver.qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton)
    assert canvas.split == pytest.approx(0.25, abs=0.01)
    driver.document.set_amount("smile", 1)
    driver.settle()
    assert canvas.split == pytest.approx(0.25, abs=0.01)


def test_backslash_held_shows_the_photo_itself(driver: Driver) -> None:
    driver.open()
    driver.document.set_amount("smile", 3)
    driver.settle()
    canvas = driver.window.canvas
    spot = canvas.rect().center()
    edited = canvas.grab().toImage().pixelColor(spot).red()
    driver.qtbot.keyPress(driver.window, Qt.Key.Key_Backslash)
    original = canvas.grab().toImage().pixelColor(spot).red()
    driver.qtbot.keyRelease(driver.window, Qt.Key.Key_Backslash)
    assert edited - original > 40
    assert canvas.grab().toImage().pixelColor(spot).red() == edited


def test_side_by_side_and_difference_ask_for_the_right_view(driver: Driver, script: Script) -> None:
    driver.open()
    driver.window.actions_["side"].trigger()
    assert len(driver.window.canvas.panes()) == 2
    driver.window.actions_["difference"].trigger()
    driver.settle()
    last = posted(script, m.Render)[-1]
    assert isinstance(last, m.Render)
    assert last.view == "difference"
    driver.window.actions_["difference"].trigger()
    driver.settle()
    assert driver.window.canvas.compare is Compare.AFTER


# --- 7 history --------------------------------------------------------------------------------


def test_history_panel_jumps_and_variants_come_back(driver: Driver) -> None:
    driver.open()
    panel = driver.window.history
    for key, amount in (("smile", 1.0), ("age", -1.0)):
        driver.document.set_amount(key, amount)
        driver.document.commit(Change("set", key, amount))
        driver.settle()
    assert [panel.history.item(i).text() for i in range(3)] == ["Photo opened", "Smile +1.0", "Age \N{MINUS SIGN}1.0"]
    panel.add.click()
    panel.history.itemClicked.emit(panel.history.item(0))
    assert driver.document.recipe == EditRecipe()
    panel.variants.itemClicked.emit(panel.variants.item(0))
    assert driver.document.recipe.amount("age") == -1.0
    driver.wait(lambda: driver.document.variants[0].thumbnail is not None)


def test_edits_are_copied_to_another_photo(driver: Driver) -> None:
    driver.open()
    driver.document.set_amount("smile", 1.5)
    driver.document.set_lock("age", True)
    driver.window.actions_["copy_edits"].trigger()
    recipe = driver.document.recipe
    driver.document.set_dirty(False)
    driver.open()
    assert driver.document.recipe == EditRecipe()
    driver.window.actions_["paste_edits"].trigger()
    assert driver.document.recipe == recipe


# --- 8 export ---------------------------------------------------------------------------------


def opened_dialog(driver: Driver) -> ExportDialog:
    driver.window.actions_["export"].trigger()
    return next(child for child in driver.window.findChildren(ExportDialog))


def test_export_dialog_previews_estimates_and_exports(driver: Driver, script: Script, tmp_path: Path) -> None:
    driver.open()
    driver.document.set_amount("smile", 1)
    dialog = opened_dialog(driver)
    dialog.kind.setCurrentIndex(dialog.kind.findData("gif"))
    driver.wait(lambda: len(dialog.preview.frames) == 8)
    assert "MB" in dialog.estimate.text()
    dialog.fps.setValue(10)
    dialog.path.setText(str(tmp_path / "smile.gif"))
    dialog.start.click()
    driver.wait(lambda: (tmp_path / "smile.gif").is_file() and not driver.director.jobs)
    exported = posted(script, m.Export)[-1]
    assert isinstance(exported, m.Export)
    assert exported.options.animate
    assert exported.options.fps == 10
    assert "smile.gif" in driver.window.notice_bar.text.text()
    assert driver.window.settings.exports["gif"].fps == 10, "the last choice is remembered per kind"


def test_nothing_is_replaced_silently_and_the_original_never(driver: Driver, tmp_path: Path) -> None:
    driver.open()
    dialog = opened_dialog(driver)
    taken = tmp_path / "there.png"
    taken.write_bytes(b"mine")
    dialog.path.setText(str(taken))
    assert not dialog.start.isEnabled()
    dialog.replace_file.setChecked(True)
    assert dialog.start.isEnabled()
    dialog.path.setText(str(SAMPLE))
    assert not dialog.start.isEnabled()
    assert "original" in dialog.warning.text()
    dialog.close()


def test_edited_photo_is_copied_at_full_size(driver: Driver) -> None:
    driver.open()
    driver.document.set_amount("smile", 2)
    driver.settle()
    driver.window.actions_["copy"].trigger()
    driver.wait(lambda: QGuiApplication.clipboard().image().width() == 320)


# --- 9 saving ---------------------------------------------------------------------------------


def test_dirty_photo_asks_and_saving_goes_on(
    driver: Driver, script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.open()
    driver.document.set_amount("smile", 1)
    driver.document.commit(Change("set", "smile", 1))
    assert driver.window.isWindowModified()
    target = tmp_path / "me.facelab"
    monkeypatch.setattr(QMessageBox, "exec", lambda _box: QMessageBox.StandardButton.Save)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(target), ""))
    driver.window.commands.open_path(SAMPLE)
    driver.wait(lambda: len(posted(script, m.OpenPhoto)) == 2)
    assert target.is_file()


def test_project_opens_with_its_edits(driver: Driver, tmp_path: Path) -> None:
    driver.ready()
    project = tmp_path / "me.facelab"
    project.write_bytes(b"")
    driver.window.commands.open_path(project)
    driver.wait(lambda: driver.document.phase is Phase.EDITING)
    assert driver.document.tuned
    assert driver.document.project_path == str(project)


def test_another_photo_of_the_person_fills_the_film_strip(driver: Driver, script: Script) -> None:
    script.steps = 3
    driver.open()
    driver.document.set_amount("smile", 1)
    driver.document.commit(Change("set", "smile", 1))
    driver.director.add_photo(SAMPLE, "fast")
    driver.wait(lambda: not driver.director.jobs)
    assert driver.window.film_strip.isVisible()
    assert driver.window.film_strip.list.count() == 2
    driver.window.film_strip.list.itemClicked.emit(driver.window.film_strip.list.item(0))
    driver.wait(lambda: driver.director.photo_index == 0 and driver.director.session is not None)
    assert driver.document.recipe.amount("smile") == 1, "the same recipe on all photos"


def test_source_knows_projects() -> None:
    assert Source(path=Path("a.FACELAB")).is_project
    assert not Source(path=Path("a.jpg")).is_project
