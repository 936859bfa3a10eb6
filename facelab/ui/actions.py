"""Every command once: its words, its keys, and the sheet that lists them (F1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from facelab.ui.i18n import tr
from facelab.ui.widgets import Dialog, button, label, rule


@dataclass(frozen=True, slots=True)
class Command:
    """keys: as Qt writes key sequences; the first is shown."""

    name: str
    group: str
    keys: tuple[str, ...]


COMMANDS = (
    Command("open", "file", ("Ctrl+O",)),
    Command("paste", "file", ("Ctrl+V",)),
    Command("save", "file", ("Ctrl+S",)),
    Command("save_as", "file", ("Ctrl+Shift+S",)),
    Command("add_photo", "file", ("Ctrl+Shift+O",)),
    Command("export", "file", ("Ctrl+E",)),
    Command("copy", "file", ("Ctrl+C",)),
    Command("close", "file", ("Ctrl+W",)),
    Command("quit", "file", ("Ctrl+Q",)),
    Command("undo", "edit", ("Ctrl+Z",)),
    Command("redo", "edit", ("Ctrl+Shift+Z", "Ctrl+Y")),
    Command("copy_edits", "edit", ("Ctrl+Shift+C",)),
    Command("paste_edits", "edit", ("Ctrl+Shift+V",)),
    Command("lock", "edit", ("L",)),
    Command("reset", "edit", ("R",)),
    Command("reset_all", "edit", ("Ctrl+Shift+R",)),
    Command("fit", "edit", ("Ctrl+F",)),
    Command("filter", "edit", ("Ctrl+K",)),
    Command("previous_face", "view", ("[",)),
    Command("next_face", "view", ("]",)),
    Command("zoom_fit", "view", ("0",)),
    Command("zoom_100", "view", ("1",)),
    Command("zoom_face", "view", ("2",)),
    Command("zoom_in", "view", ("Ctrl++", "Ctrl+=")),
    Command("zoom_out", "view", ("Ctrl+-",)),
    Command("split", "view", ("S",)),
    Command("side", "view", ("D",)),
    Command("difference", "view", ("F",)),
    Command("models", "more", ("Ctrl+M",)),
    Command("studio", "more", ("Ctrl+D",)),
    Command("settings", "more", ("Ctrl+,",)),
    Command("shortcuts", "more", ("F1", "?")),
    Command("about", "more", ()),
)


def command_text(name: str) -> str:
    texts = {
        "open": tr("Open…"), "paste": tr("Paste photo"), "save": tr("Save personal model"),
        "save_as": tr("Save personal model as…"), "add_photo": tr("Add another photo of this person…"),
        "export": tr("Export…"), "copy": tr("Copy edited photo"), "close": tr("Close photo"), "quit": tr("Quit"),
        "undo": tr("Undo"), "redo": tr("Redo"), "copy_edits": tr("Copy edits"), "paste_edits": tr("Paste edits"),
        "lock": tr("Keep the focused slider"), "reset": tr("Reset the focused slider"), "reset_all": tr("Reset all"),
        "fit": tr("Fit the model to this face"), "filter": tr("Filter the sliders"),
        "previous_face": tr("Previous face"), "next_face": tr("Next face"), "zoom_fit": tr("Whole photo"),
        "zoom_100": tr("100 %"), "zoom_face": tr("Fill with the face"), "zoom_in": tr("Zoom in"),
        "zoom_out": tr("Zoom out"), "split": tr("Compare: split"), "side": tr("Compare: side by side"),
        "difference": tr("Compare: difference"), "models": tr("Models…"), "studio": tr("Direction studio…"),
        "settings": tr("Settings…"),
        "shortcuts": tr("Keyboard shortcuts"), "about": tr("About facelab"),
    }  # fmt: skip
    return texts[name]


class Actions:
    """The window's QActions by name."""

    def __init__(self, window: QWidget, run: Callable[[str], None]) -> None:
        self.all: dict[str, QAction] = {}
        for command in COMMANDS:
            action = QAction(window)
            action.setShortcuts([QKeySequence(keys) for keys in command.keys])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(lambda _=False, name=command.name: run(name))
            window.addAction(action)
            self.all[command.name] = action
        self.retranslate()

    def __getitem__(self, name: str) -> QAction:
        return self.all[name]

    def enable(self, names: tuple[str, ...], enabled: bool) -> None:
        for name in names:
            self.all[name].setEnabled(enabled)

    def retranslate(self) -> None:
        for name, action in self.all.items():
            action.setText(command_text(name))


def shown_keys(name: str) -> str:
    keys = next(command.keys for command in COMMANDS if command.name == name)
    return QKeySequence(keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if keys else ""


class ShortcutSheet(Dialog):
    """All keys in two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        title = label("title", text=tr("Keyboard shortcuts"))
        layout.addWidget(title)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        grid.setColumnMinimumWidth(2, 24)
        rows = [(shown_keys(command.name), command_text(command.name)) for command in COMMANDS if command.keys]
        rows += [
            ("\\", tr("Hold: before")), ("Space", tr("Hold and drag: move the photo")),
            ("Shift", tr("Fine movement of a slider")), ("←  →", tr("Move the focused slider")),
        ]  # fmt: skip
        half = (len(rows) + 1) // 2
        for side, part in enumerate((rows[:half], rows[half:])):
            for row, (keys, text) in enumerate(part):
                grid.addWidget(label("quiet", text=keys), row, 3 * side)
                grid.addWidget(label(text=text), row, 3 * side + 1)
        layout.addLayout(grid)
        layout.addWidget(rule())
        close = button()
        close.setText(tr("Close"))
        close.clicked.connect(self.close)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
