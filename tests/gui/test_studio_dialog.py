"""The direction studio as a user goes through it: labels, a slider, components, the matrix, files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SAMPLE, Driver
from fake_engine import Script
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from test_words import cut_off

from facelab.engine import messages as m
from facelab.engine import studio_values as v
from facelab.paths import state_dir
from facelab.project.label_store import load_labels
from facelab.ui.i18n import LANGUAGES
from facelab.ui.studio_dialog import StudioDialog
from facelab.ui.studio_ladder import LadderDialog
from facelab.ui.theme import DARK, LIGHT

Start = Callable[..., Driver]


def open_studio(driver: Driver) -> StudioDialog:
    driver.ready()
    driver.window.actions_["studio"].trigger()
    dialog = next(child for child in driver.window.findChildren(StudioDialog) if child.isVisible())
    driver.wait(dialog.isVisible)
    return dialog


def settle(driver: Driver, dialog: StudioDialog) -> None:
    driver.wait(lambda: not dialog.line.waiting)


def begin(driver: Driver, dialog: StudioDialog, name: str = "Freckles") -> None:
    dialog.label_tab.name.setEditText(name)
    QTest.mouseClick(dialog.label_tab.begin, Qt.MouseButton.LeftButton)
    driver.wait(lambda: len(dialog.label_tab.grid.faces) == 12)
    settle(driver, dialog)


def tasks(driver: Driver, kind: type) -> list[object]:
    return [r.task for r in driver.script.requests if isinstance(r, m.RunStudio) and isinstance(r.task, kind)]


def test_thirty_labels_by_two_keys_become_a_slider_without_restart(driver: Driver) -> None:
    driver.open()
    dialog = open_studio(driver)
    begin(driver, dialog)
    tab, grid = dialog.label_tab, dialog.label_tab.grid
    assert not tab.make.isEnabled()
    for i in range(36):
        QTest.keyClick(grid, Qt.Key.Key_J if i % 3 else Qt.Key.Key_F)
        settle(driver, dialog)
    assert tab.set is not None
    assert tab.set.counts == (24, 12)
    assert len(tasks(driver, v.SuggestFaces)) == 3, "a new page after each full one"
    assert "enough" in tab.counts.text()
    tab.make.click()
    assert dialog.tabs.currentWidget() is dialog.fit_tab
    driver.wait(lambda: "freckles" in driver.window.panel.rows)
    settle(driver, dialog)
    (plan,) = tasks(driver, v.FitPlan)
    assert isinstance(plan, v.FitPlan)
    assert len(plan.scores) == 36
    assert "“Freckles” is now among your sliders." in dialog.fit_tab.figures.text()
    assert "97%" in dialog.fit_tab.figures.text()
    assert driver.window.panel.rows["freckles"].title == "Freckles"
    dialog.close()
    driver.document.set_amount("freckles", 1.0)
    driver.settle()


def test_previews_are_asked_for_on_the_open_face(driver: Driver) -> None:
    driver.open()
    dialog = open_studio(driver)
    begin(driver, dialog)
    request = next(r for r in driver.script.requests if isinstance(r, m.RunStudio))
    render = next(r for r in reversed(driver.script.requests) if isinstance(r, m.Render))
    assert request.face == render.session
    dialog.close()


def test_skip_undo_and_arrow_keys(driver: Driver) -> None:
    dialog = open_studio(driver)
    begin(driver, dialog)
    tab, grid = dialog.label_tab, dialog.label_tab.grid
    QTest.keyClick(grid, Qt.Key.Key_Space)
    QTest.keyClick(grid, Qt.Key.Key_J)
    assert tab.set is not None
    assert tab.set.state(grid.faces[0]) == "skipped"
    assert grid.current == 2
    assert "no label yet" in grid.accessibleDescription()
    QTest.keyClick(grid, Qt.Key.Key_Backspace)
    assert grid.current == 1
    assert tab.set.state(grid.faces[1]) is None
    QTest.keyClick(grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert tab.set.marks == []
    assert not tab.undo.isEnabled()
    QTest.keyClick(grid, Qt.Key.Key_Down)
    QTest.keyClick(grid, Qt.Key.Key_Left)
    assert grid.current == 3
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid._cell(7).center())
    assert grid.current == 7
    QTest.mouseClick(tab.no, Qt.MouseButton.LeftButton)
    assert tab.set.state(grid.faces[7]) is False
    dialog.close()


def test_labelling_goes_on_another_day(start: Start) -> None:
    driver = start()
    dialog = open_studio(driver)
    begin(driver, dialog)
    for _ in range(5):
        QTest.keyClick(dialog.label_tab.grid, Qt.Key.Key_J)
    dialog.close()
    (kept,) = load_labels(state_dir(), driver.director.ready.info.sha256).values()  # type: ignore[union-attr]
    assert kept.counts == (5, 0)
    again = open_studio(driver)
    tab = again.label_tab
    assert tab.name.itemText(0) == "Freckles"
    tab.name.setCurrentIndex(0)
    assert tab.begin.text() == "Go on"
    tab.begin.click()
    driver.wait(lambda: len(tab.grid.faces) == 12)
    assert tab.set is not None
    assert tab.set.counts == (5, 0)
    assert tab.grid.current == 5
    again.close()


def test_real_photos_are_labelled_too_and_those_without_a_face_are_named(driver: Driver, tmp_path: Path) -> None:
    dialog = open_studio(driver)
    begin(driver, dialog)
    dialog.label_tab.add_photos([SAMPLE, tmp_path / "empty.jpg"])
    settle(driver, dialog)
    assert dialog.label_tab.grid.faces == [f"photo:{SAMPLE}"]
    assert "empty.jpg" in dialog.message.text()
    QTest.keyClick(dialog.label_tab.grid, Qt.Key.Key_J)
    settle(driver, dialog)
    assert dialog.label_tab.set is not None
    assert dialog.label_tab.set.labels == {f"photo:{SAMPLE}": True}
    dialog.close()


def test_the_model_s_own_slider_is_never_replaced(driver: Driver) -> None:
    dialog = open_studio(driver)
    tab = dialog.fit_tab
    dialog.tabs.setCurrentWidget(tab)
    tab.source.setCurrentIndex(tab.source.findData("net:smile"))
    tab.name.setText("Smile")
    tab.alone.item(0).setCheckState(Qt.CheckState.Checked)
    tab.go.click()
    driver.wait(lambda: "smile_own" in driver.window.panel.rows)
    settle(driver, dialog)
    (plan,) = tasks(driver, v.FitPlan)
    assert isinstance(plan, v.FitPlan)
    assert (plan.key, plan.attribute, plan.conditions) == ("smile_own", "smile", ("smile",))
    assert "80%" in tab.figures.text()
    tab.remove.click()
    driver.wait(lambda: "smile_own" not in driver.window.panel.rows)
    assert "smile" in driver.window.panel.rows
    assert not tab.remove.isEnabled()
    settle(driver, dialog)
    dialog.close()


def test_an_existing_slider_is_copied_laddered_and_measured_again(driver: Driver, tmp_path: Path) -> None:
    dialog = open_studio(driver)
    tab = dialog.fit_tab
    dialog.tabs.setCurrentWidget(tab)
    tab.source.setCurrentIndex(tab.source.findData("slider:smile"))
    assert tab.ladder.isEnabled()
    assert not tab.remove.isEnabled(), "the model's own sliders stay"
    assert not tab.space.isEnabled()
    tab.ladder.click()
    driver.wait(lambda: any(child.isVisible() for child in driver.window.findChildren(LadderDialog)))
    ladder = next(child for child in driver.window.findChildren(LadderDialog) if child.isVisible())
    ladder.save_to(tmp_path / "ladder.png")
    assert (tmp_path / "ladder.png").stat().st_size > 0
    ladder.close()
    settle(driver, dialog)
    tab.again.click()
    settle(driver, dialog)
    assert "97%" in tab.figures.text()
    tab.alone.item(5).setCheckState(Qt.CheckState.Checked)
    tab.go.click()
    driver.wait(lambda: "smile_own" in driver.window.panel.rows)
    settle(driver, dialog)
    (task,) = tasks(driver, v.ConditionSlider)
    assert isinstance(task, v.ConditionSlider)
    assert (task.primal, task.conditions) == ("smile", ("age",))
    assert tab.current == "smile_own"
    tab.remove.click()
    driver.wait(lambda: "smile_own" not in driver.window.panel.rows)
    settle(driver, dialog)
    dialog.close()


def test_a_component_is_named_and_becomes_a_slider_by_one_click(driver: Driver) -> None:
    dialog = open_studio(driver)
    tab = dialog.components_tab
    dialog.tabs.setCurrentWidget(tab)
    tab.kind.setCurrentIndex(1)
    tab.search_button.click()
    driver.wait(lambda: len(tab.rows) == 12)
    settle(driver, dialog)
    row = tab.rows[3]
    assert all(one.strip.height() >= one.strip.sizeHint().height() for one in tab.rows), "squeezed into the window"
    assert not row.keep.isEnabled()
    row.name.setText("Warm light")
    row.turn.setChecked(True)
    row.keep.click()
    driver.wait(lambda: "warm_light" in driver.window.panel.rows)
    settle(driver, dialog)
    (kept,) = tasks(driver, v.KeepComponent)
    assert isinstance(kept, v.KeepComponent)
    assert (kept.index, kept.sign) == (3, -1)
    assert "Warm light" in tab.state.text()
    dialog.close()


def test_matrix_shows_both_states_in_figures_and_words(driver: Driver) -> None:
    dialog = open_studio(driver)
    tab = dialog.matrix_tab
    dialog.tabs.setCurrentWidget(tab)
    tab.measure.click()
    driver.wait(lambda: tab.found is not None)
    settle(driver, dialog)
    assert tab.table.rowCount() == 3
    assert tab.table.item(0, 1).text() == "+0.40"
    assert tab.table.item(0, 1).toolTip() == "Smile moves Age by +0.40 of its own movement"
    tab.after.click()
    assert tab.table.item(0, 1).text() == "+0.10"
    dialog.close()


def test_files_come_in_and_go_out(driver: Driver, tmp_path: Path) -> None:
    dialog = open_studio(driver)
    tab = dialog.import_tab
    dialog.tabs.setCurrentWidget(tab)
    assert not tab.take.isEnabled()
    tab.choose(tmp_path / "curly_hair.npy")
    assert tab.name.text() == "Curly hair"
    tab.take.click()
    driver.wait(lambda: "curly_hair" in driver.window.panel.rows)
    settle(driver, dialog)
    assert "e4e" in tab.state.text()
    tab.own.setCurrentRow(0)
    assert tab.current == "curly_hair"
    tab.export_to(tmp_path / "out")
    settle(driver, dialog)
    assert "out" in tab.state.text()
    tab.remove.click()
    driver.wait(lambda: "curly_hair" not in driver.window.panel.rows)
    settle(driver, dialog)
    dialog.close()


def test_what_goes_wrong_is_said_in_the_dialog_and_it_stays_usable(driver: Driver, tmp_path: Path) -> None:
    dialog = open_studio(driver)
    driver.script.fail[m.RunStudio] = ("wrong_generator", {"what": "The direction x", "expected": "a", "actual": "b"})
    tab = dialog.import_tab
    dialog.tabs.setCurrentWidget(tab)
    tab.choose(tmp_path / "x.npy")
    tab.name.setText("Other")
    tab.take.click()
    driver.wait(lambda: "another model" in dialog.message.text())
    settle(driver, dialog)
    assert tab.take.isEnabled()
    dialog.close()


def test_cancel_ends_the_job_and_closing_cancels_too(driver: Driver, script: Script) -> None:
    script.steps, script.step_seconds = 100_000, 0.002
    dialog = open_studio(driver)
    dialog.tabs.setCurrentWidget(dialog.components_tab)
    dialog.components_tab.search_button.click()
    driver.wait(lambda: dialog.bar.value() > 2)
    assert dialog.cancel.isVisible()
    dialog.cancel.click()
    settle(driver, dialog)
    assert dialog.components_tab.rows == []
    assert dialog.components_tab.search_button.isEnabled()
    dialog.components_tab.search_button.click()
    driver.wait(lambda: dialog.bar.value() > 2)
    dialog.close()
    driver.wait(lambda: not driver.director.jobs)


def test_opening_another_photo_does_not_end_the_studio_s_job(driver: Driver, script: Script) -> None:
    script.steps, script.step_seconds = 40, 0.002
    driver.open()
    job = driver.director.study(v.FindComponents("pca", 2))
    driver.open()
    driver.wait(lambda: not driver.director.jobs)
    assert job.number not in driver.director.jobs
    assert not [r for r in driver.script.requests if isinstance(r, m.CancelJob)]


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_nothing_is_cut_off_and_everything_is_named(start: Start, language: str, theme: str) -> None:
    driver = start(language=language, theme=theme)
    driver.open()
    dialog = open_studio(driver)
    begin(driver, dialog)
    dialog.components_tab.search_button.click()
    settle(driver, dialog)
    dialog.matrix_tab.measure.click()
    settle(driver, dialog)
    dialog.fit_tab.fit()
    settle(driver, dialog)
    for index in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(index)
        driver.qtbot.wait(20)
        assert cut_off(dialog) == [], index
        assert dialog.width() <= 1000, (index, dialog.width())
        assert dialog.height() <= 640, (index, dialog.height())
    colours = DARK if theme == "dark" else LIGHT
    assert dialog.palette().window().color().name() == colours.panel
    dialog.close()


def test_every_control_is_reached_by_tab_and_named(driver: Driver) -> None:
    from test_words import controls, name_of

    dialog = open_studio(driver)
    begin(driver, dialog)
    for index in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(index)
        driver.qtbot.wait(10)
        found = [part for part in controls(dialog) if not part.objectName().startswith("qt_")]
        nameless = [type(part).__name__ for part in found if not name_of(part) and not _inside_field(part)]
        assert nameless == [], index
    dialog.tabs.setCurrentIndex(0)
    dialog.activateWindow()
    dialog.label_tab.name.setFocus()
    seen = set()
    for _ in range(40):
        seen.add(dialog.focusWidget())
        dialog.focusNextPrevChild(True)
    tab = dialog.label_tab
    assert {tab.grid, tab.yes, tab.no, tab.skip, tab.photos, dialog.close_button} <= seen
    dialog.close()


def _inside_field(part: QWidget) -> bool:
    """Qt's own line edit of a combo box, which answers with the box's name."""
    return type(part.parentWidget()).__name__ in ("QComboBox", "QSpinBox", "QLineEdit")


def test_the_studio_waits_for_the_model(start: Start, script: Script) -> None:
    driver = start()
    driver.ready()
    driver.director.ready = None
    driver.window.actions_["studio"].trigger()
    assert not [child for child in driver.window.findChildren(StudioDialog) if child.isVisible()]
    assert "studio" in driver.window.notice_bar.text.text().lower()
