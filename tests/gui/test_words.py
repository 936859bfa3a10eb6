"""Words: every text translated, every code explained, nothing cut off, every control named."""

from __future__ import annotations

import importlib.util
import os
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from conftest import SAMPLE, Driver
from fake_engine import Script
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QScrollBar,
    QSpinBox,
    QStyle,
    QStyleOptionButton,
    QToolButton,
    QWidget,
)

from facelab import catalog
from facelab.core import errors
from facelab.engine import messages as m
from facelab.paths import resource_root
from facelab.ui import notices, theme
from facelab.ui.actions import COMMANDS, ShortcutSheet, command_text
from facelab.ui.export_dialog import ExportDialog
from facelab.ui.i18n import LANGUAGES, read_ts, tr
from facelab.ui.models_dialog import ModelsDialog, purpose_of
from facelab.ui.overlays import About, RecoverDialog
from facelab.ui.settings_dialog import SettingsDialog

Start = Callable[..., Driver]


def translations() -> ModuleType:
    path = resource_root() / "packaging" / "translations.py"
    spec = importlib.util.spec_from_file_location("translations", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def all_errors(base: type[errors.FacelabError] = errors.FacelabError) -> Iterator[type[errors.FacelabError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from all_errors(kind)


@pytest.mark.parametrize("kind", list(all_errors()), ids=lambda kind: kind.code)
def test_every_error_has_words_and_its_fields_fit(kind: type[errors.FacelabError], qapp: object) -> None:
    fields = {name: "x" for _, name, _, _ in string.Formatter().parse(kind.template) if name}
    message = notices.for_error(kind.code, fields)
    assert kind.code in notices.error_texts()
    assert "\N{EN DASH}" not in message.text, "a field of the message is not among the error's parameters"
    assert message.action == "" or notices.action_text(message.action)


def test_unknown_errors_offer_a_report_and_no_trace(qapp: object) -> None:
    message = notices.for_error("bug", {"report": "facelab 0.1\n  facelab/engine.py:1"})
    assert message.action == "copy_report"
    assert message.report.startswith("facelab")
    assert "engine.py" not in message.text


def test_every_text_is_translated() -> None:
    assert translations().missing() == {language: [] for language in LANGUAGES if language != "en"}


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_translations_keep_the_fields(language: str) -> None:
    for (source, _), translated in read_ts(resource_root() / "resources" / "i18n" / f"{language}.ts").items():
        wanted = {name for _, name, _, _ in string.Formatter().parse(source) if name}
        assert {name for _, name, _, _ in string.Formatter().parse(translated) if name} == wanted, source


def test_language_is_switched_live(driver: Driver) -> None:
    import msgspec

    driver.open()
    window = driver.window
    assert window.toolbar.export.text() == "Export"
    window.use_settings(msgspec.structs.replace(window.settings, language="ja"))
    driver.wait(lambda: window.toolbar.export.text() == "書き出す")
    assert window.panel.rows["smile"].name.text() == "笑顔"
    assert window.history.history.item(0).text() == "写真を開いた"
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "キャンセル", "Qt's own buttons too"
    window.use_settings(msgspec.structs.replace(window.settings, language="en"))
    driver.wait(lambda: window.panel.rows["smile"].name.text() == "Smile")


def test_catalogue_entries_are_explained_in_every_language(qapp: object) -> None:
    for model in catalog.list_models():
        assert purpose_of(model) == model.improves, "the words of the catalogue and of the window have drifted apart"


def test_commands_have_words(qapp: object) -> None:
    assert all(command_text(command.name) for command in COMMANDS)
    assert tr("{name} back to 0", name="Smile") == "Smile back to 0"


# --- nothing cut off, everything named --------------------------------------------------------


def dialogs(driver: Driver) -> list[QDialog]:
    window = driver.window
    icons = resource_root() / "resources" / "icons" / "facelab.svg"
    made: list[QDialog] = [
        SettingsDialog(window.settings, (m.DeviceInfo("cpu", "", 8 << 30),), window),
        ModelsDialog(driver.director, window.settings, window.theme.icons, window),
        ExportDialog(driver.director, window.canvas, {}, Path("/"), edit_mark=True, keep_gps=False, parent=window),
        ShortcutSheet(window),
        About(icons, resource_root() / "models" / "base" / "MODEL_CARD.md", Path("none"), window),
        RecoverDialog("portrait.jpg", 12, window),
    ]
    for dialog in made:
        dialog.show()
    driver.qtbot.wait(20)
    return made


def needed_width(widget: QWidget) -> int:
    """Pixels that the widget's text wants."""
    if isinstance(widget, QLabel):
        return 0 if widget.wordWrap() else widget.sizeHint().width()
    icon_only = Qt.ToolButtonStyle.ToolButtonIconOnly
    if isinstance(widget, QToolButton) and widget.toolButtonStyle() == icon_only and not widget.icon().isNull():
        return 0
    if isinstance(widget, QAbstractButton):
        text = widget.fontMetrics().horizontalAdvance(widget.text().replace("&", ""))
        option = QStyleOptionButton()
        option.initFrom(widget)
        inside = widget.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, widget).width()
        padding = widget.width() - inside if type(widget).__name__ == "QPushButton" else 0
        return text + max(0, padding)
    if isinstance(widget, QComboBox):
        return widget.fontMetrics().horizontalAdvance(widget.currentText()) + 30
    return 0


def visible(root: QWidget, kind: type[QWidget]) -> list[QWidget]:
    return [part for part in root.findChildren(kind) if part.isVisible() and part.window() is root.window()]


def cut_off(root: QWidget) -> list[str]:
    """Texts that are wider than their widget, or wrapped higher than it."""
    found = []
    for kind in (QLabel, QAbstractButton, QComboBox):
        for widget in visible(root, kind):
            ignored = widget.sizePolicy().horizontalPolicy() == widget.sizePolicy().Policy.Ignored
            if not ignored and needed_width(widget) > widget.width() + 1:
                found.append(f"{type(widget).__name__} {widget.text() if hasattr(widget, 'text') else ''!r}")  # type: ignore[attr-defined]
            wrapped = isinstance(widget, QLabel) and widget.wordWrap() and bool(widget.text())
            if wrapped and widget.heightForWidth(widget.width()) > widget.height() + 1:
                found.append(f"QLabel (too low) {widget.text()!r}")
    return found


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_nothing_is_cut_off(start: Start, script: Script, language: str) -> None:
    script.steps = 100_000
    driver = start(language=language)
    driver.window.resize(1000, 640)
    driver.ready()
    driver.qtbot.wait(30)
    assert cut_off(driver.window) == []
    driver.open()
    driver.window.panel.advanced.switch.click()
    driver.window.panel.fit_box.start.click()
    driver.wait(lambda: driver.window.job_bar.bar.value() > 2)
    driver.window._failed("no_face", {})
    driver.qtbot.wait(30)
    assert cut_off(driver.window) == []
    assert driver.window.width() == 1000, "the texts do not widen the window"
    assert driver.window.height() == 640
    for dialog in dialogs(driver):
        assert cut_off(dialog) == [], type(dialog).__name__
        assert dialog.width() <= 1000
        assert dialog.height() <= 640
        dialog.close()
    driver.director.cancel(1)
    driver.wait(lambda: not driver.director.jobs)


def test_nothing_is_cut_off_at_200_percent() -> None:
    """The scale is a matter of the whole process, so the test above runs in another one."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        __file__,
        "-k",
        "test_nothing_is_cut_off and [",
    ]
    scaled = {**os.environ, "QT_SCALE_FACTOR": "2"}
    done = subprocess.run(command, env=scaled, cwd=resource_root(), capture_output=True, text=True, timeout=120)
    assert "3 passed" in done.stdout, done.stdout[-3000:]


def controls(root: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QComboBox, QLineEdit, QSpinBox, QAbstractSlider, QListWidget)
    found = [part for kind in kinds for part in visible(root, kind)]
    return [part for part in found if not isinstance(part, QScrollBar) and part.objectName() != "qt_spinbox_lineedit"]


def name_of(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.accessibleName() or text


def test_every_control_has_an_accessible_name(driver: Driver) -> None:
    driver.open()
    driver.window.panel.advanced.switch.click()
    own = [part for part in controls(driver.window) if not part.objectName().startswith("qt_")]
    assert len(own) > 50
    own = [part for part in own if not isinstance(part.parentWidget(), QLineEdit)]  # Qt's clear button
    nameless = [f"{type(part).__name__} in {type(part.parentWidget()).__name__}" for part in own if not name_of(part)]
    assert nameless == []
    for dialog in dialogs(driver):
        assert [type(part).__name__ for part in controls(dialog) if not name_of(part)] == [], type(dialog).__name__
        dialog.close()


def test_whole_job_can_be_reached_with_tab(driver: Driver) -> None:
    driver.open()
    window = driver.window
    window.activateWindow()
    window.toolbar.plain["open"].setFocus()
    seen = set()
    for _ in range(120):
        seen.add(window.focusWidget())
        window.focusNextPrevChild(True)
    row = window.panel.rows["smile"]
    wanted = [window.canvas, row.track, row.number, row.lock, window.panel.fit_box.start, window.toolbar.export]
    assert [type(part).__name__ for part in wanted if part not in seen] == []


# --- colours ----------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [theme.DARK, theme.LIGHT], ids=["dark", "light"])
def test_contrast_is_sufficient(colours: theme.Colours) -> None:
    for behind in (colours.panel, colours.canvas, colours.raised):
        assert contrast(colours.text, behind) >= 4.5
        assert contrast(colours.secondary, behind) >= 4.5
    assert contrast(colours.amber, colours.panel) >= 4.5
    assert contrast(colours.red, colours.panel) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.control, colours.panel) >= 3
    assert contrast(colours.accent, colours.panel) >= 3


def test_theme_is_switched_live(driver: Driver) -> None:
    import msgspec

    window = driver.window
    dark = window.palette().window().color().name()
    window.use_settings(msgspec.structs.replace(window.settings, theme="light"))
    driver.qtbot.wait(10)
    assert (dark, window.palette().window().color().name()) == (theme.DARK.panel, theme.LIGHT.panel)
    assert window.toolbar.more.icon().pixmap(20, 20).toImage().pixelColor(4, 10).lightness() < 128


def test_icons_are_one_family() -> None:
    for path in (resource_root() / "resources" / "icons").glob("*.svg"):
        if path.stem != "facelab":
            text = path.read_text()
            assert 'viewBox="0 0 20 20"' in text, path.name
            assert 'stroke-width="1.5"' in text, path.name
            assert "currentColor" in text, path.name
            assert "#" not in text.replace("http://www.w3.org", ""), f"{path.name} has a colour of its own"


def test_change_event_reaches_every_view(driver: Driver) -> None:
    for part in driver.window.findChildren(QWidget):
        QCoreApplication.sendEvent(part, QEvent(QEvent.Type.LanguageChange))
    assert driver.window.start_page.open.text() == "Open…"


assert SAMPLE.is_file()
