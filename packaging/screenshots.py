"""Pictures of every state of the window, made by the program itself, into resources/screenshots.

    python packaging/screenshots.py            all of them (several minutes: the model is fitted to a sample)
    python packaging/screenshots.py --only empty,editing-dark-en
    python packaging/screenshots.py --full --quick --out /tmp/look    to look at while changing the window

The two for the README have the window's size, the others are smaller; `before-after.gif` is an export of
the program. They are drawn offscreen, so any machine makes the same ones (Japanese and Korean need fonts-noto-cjk).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if "--double" in sys.argv:
    os.environ["QT_SCALE_FACTOR"] = "2"
REPO = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPO))

import msgspec  # noqa: E402  (after the path)
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt  # noqa: E402
from PySide6.QtGui import QFontDatabase, QImage, QPainter, QPixmap  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QDialog, QWidget  # noqa: E402

from facelab.app import Program, real_engine  # noqa: E402
from facelab.engine.messages import ExportOptions  # noqa: E402
from facelab.settings import Settings  # noqa: E402
from facelab.ui.document import Change, Phase  # noqa: E402
from facelab.ui.engine_thread import EngineFactory  # noqa: E402
from facelab.ui.overlays import RecoverDialog  # noqa: E402
from facelab.ui.studio_dialog import StudioDialog  # noqa: E402
from facelab.ui.values import Compare  # noqa: E402

FOLDER = REPO / "resources" / "screenshots"
SAMPLES = REPO / "resources" / "samples"
LARGE, SMALL = QSize(1280, 800), QSize(1000, 640)
HEROES = ("editing-dark-en", "compare-split")
SMALLER_PX = 960
HERO_QUALITY, WEBP_QUALITY = 90, 66
LOOK = {"smile": -1.5, "age": 1.5, "yaw": 0.6}


class Camera:
    def __init__(
        self,
        engine: Callable[[Settings], EngineFactory],
        folder: Path,
        only: frozenset[str],
        *,
        full: bool,
        quick: bool,
    ) -> None:
        made = QApplication.instance() or QApplication(["facelab"])
        assert isinstance(made, QApplication)
        systems = QFontDatabase.WritingSystem.Japanese, QFontDatabase.WritingSystem.Korean
        if not all(QFontDatabase.families(system) for system in systems):
            raise SystemExit("no font for Japanese and Korean, only boxes: install fonts-noto-cjk")
        self.application, self.folder, self.only = made, folder, only
        self.full, self.preset = full, "fast" if quick else "balanced"
        settings = Settings(language="en", theme="dark", hints_seen=True, consent_seen=True, autosave=True)
        self.program = Program(made, settings, engine)
        self.window, self.director, self.document = self.program.window, self.program.director, self.program.document
        self.window.resize(LARGE)
        self.program.start()
        QTest.mouseMove(self.window.job_bar)  # no button looks hovered

    # --- helpers ------------------------------------------------------------------------------

    def wait(self, condition: Callable[[], bool], seconds: float = 300.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError([message.text for message in self.window.notice_bar.messages])
            self.pause(0.01)

    def pause(self, seconds: float) -> None:
        """Let the window work. `QTest.qWait` would keep Python's lock, and the engine's thread would starve."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.application.processEvents()
            time.sleep(0.002)

    def look(self, theme: str, language: str) -> None:
        changed = msgspec.structs.replace(self.window.settings, theme=theme, language=language)
        self.window.use_settings(changed)
        self.pause(0.06)

    def shoot(self, name: str, dialog: QWidget | None = None) -> None:
        """Save the window; a dialog is drawn where it would stand over it."""
        if self.only and not any(name.startswith(part) for part in self.only):
            return
        QApplication.sendEvent(self.window.canvas, QEvent(QEvent.Type.Leave))  # nor the face
        self.pause(0.06)
        picture = self.window.grab()
        if dialog is not None:
            picture = self._over(picture, dialog)
        self._write(picture.toImage(), name)
        print(name)

    def _over(self, picture: QPixmap, dialog: QWidget) -> QPixmap:
        ratio = picture.devicePixelRatio()
        part = dialog.grab()
        painter = QPainter(picture)
        painter.fillRect(picture.rect(), Qt.GlobalColor.transparent)
        painter.setOpacity(0.35)
        painter.fillRect(picture.rect(), Qt.GlobalColor.black)
        painter.setOpacity(1.0)
        size = part.size() / ratio
        corner = QPoint((self.window.width() - size.width()) // 2, (self.window.height() - size.height()) // 2)
        painter.drawPixmap(corner, part)
        painter.end()
        return picture

    def _write(self, image: QImage, name: str) -> None:
        from PIL import Image

        image = image.convertToFormat(QImage.Format.Format_RGB888)
        data = bytes(image.constBits())
        picture = Image.frombuffer("RGB", (image.width(), image.height()), data, "raw", "RGB", image.bytesPerLine(), 1)
        if self.full:
            picture.save(self.folder / f"{name}.png")
        elif name in HEROES:
            picture.save(self.folder / f"{name}.webp", quality=HERO_QUALITY, method=6)
        else:
            picture.thumbnail((SMALLER_PX, SMALLER_PX), Image.Resampling.LANCZOS)
            picture.save(self.folder / f"{name}.webp", quality=WEBP_QUALITY, method=6)

    def open(self, path: Path) -> None:
        self.document.set_dirty(False)
        self.window.commands.open_path(path)

    def edit(self, amounts: dict[str, float]) -> None:
        for key, amount in amounts.items():
            if key in self.window.panel.rows:
                self.document.set_amount(key, amount)
                self.document.commit(Change("set", key, amount))
                self.settle()

    def settle(self) -> None:
        self.wait(lambda: self.director.up_to_date)

    def dialog(self, command: str) -> QDialog:
        self.window.commands.run(command)
        self.pause(0.12)
        return next(child for child in self.window.findChildren(QDialog) if child.isVisible())

    # --- the states ---------------------------------------------------------------------------

    def empty(self) -> None:
        self.shoot("start-loading")
        self.wait(self._timed)
        for theme in ("dark", "light"):
            for language in ("en", "ja", "ko"):
                self.look(theme, language)
                self.shoot(f"empty-{theme}-{language}")
        self.look("dark", "en")
        self.window.show_hints()
        self.pause(0.05)
        self.shoot("hints")
        hints = self.window.findChild(QWidget, "hints")
        assert hints is not None
        QTest.keyClick(hints, Qt.Key.Key_Escape)

    def _timed(self) -> bool:
        """Whether the model is loaded and the presets say how long they take."""
        ready = self.director.ready
        return ready is not None and all(preset.seconds is not None for preset in ready.presets)

    def faces(self, group: Path) -> None:
        self.open(group)
        self.wait(lambda: self.document.phase in (Phase.CHOOSING, Phase.EDITING, Phase.PLACING))
        self.shoot("faces")

    def points(self, blank: Path) -> None:
        self.open(blank)
        self.wait(lambda: self.document.phase in (Phase.PLACING, Phase.EDITING))
        if self.document.phase is Phase.PLACING:
            canvas = self.window.canvas
            for spot in ((0.43, 0.25), (0.5, 0.25)):
                size = canvas.photo_size
                here = canvas.to_widget(QPointF(spot[0] * size.width(), spot[1] * size.height())).toPoint()
                QTest.mouseMove(canvas, here)
                QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=here)
            self.shoot("points")

    def editing(self) -> None:
        self.open(SAMPLES / "astronaut.png")
        self.wait(lambda: self.document.phase is Phase.EDITING)
        self.settle()
        self.window.panel.faces.crop.click()
        self.shoot("crop")
        QTest.keyClick(self.window.canvas, Qt.Key.Key_Escape)
        box = self.window.panel.fit_box
        box.preset.setCurrentIndex(box.preset.findData(self.preset))
        box.start.click()
        self.wait(lambda: self.window.job_bar.last is not None and self.window.job_bar.last.progress.step > 2)
        self.edit({"smile": 0.8})
        for theme in ("dark", "light"):
            self.look(theme, "en")
            self.shoot(f"tuning-{theme}")
        self.look("dark", "en")
        self.wait(lambda: not self.director.jobs, 1500)
        self.window.notice_bar.clear()
        self.document.reset_all()
        self.edit(LOOK)
        self.document.add_variant("Older")
        self.window.canvas.zoom_to_face()
        self.settle()
        for theme in ("dark", "light"):
            for language in ("en", "ja", "ko"):
                self.look(theme, language)
                self.shoot(f"editing-{theme}-{language}")
        self.look("dark", "en")

    def animation(self) -> None:
        """The before/after GIF, as a user exports it."""
        if not self.only or any("before-after".startswith(part) for part in self.only):
            path = self.folder / "before-after.gif"
            options = ExportOptions(path, animate=True, size=448, frames=12, fps=12, hold=0.8, replace=True)
            self.director.export(options)
            self.wait(lambda: not self.director.jobs)
            self.window.notice_bar.clear()

    def compare(self) -> None:
        for mode in (Compare.SPLIT, Compare.BEFORE, Compare.SIDE, Compare.DIFFERENCE):
            self.window.set_compare(mode)
            self.settle()
            self.shoot(f"compare-{mode.value}")
        self.window.set_compare(Compare.AFTER)
        self.settle()

    def small(self) -> None:
        self.window.resize(SMALL)
        self.window.panel.advanced.switch.setChecked(True)
        for language in ("en", "ja", "ko"):
            self.look("light", language)
            self.settle()
            self.shoot(f"small-{language}")
        self.window.panel.advanced.switch.setChecked(False)
        self.window.resize(LARGE)
        self.look("dark", "en")

    def dialogs(self) -> None:
        for theme, language in (("dark", "en"), ("light", "ja"), ("light", "ko")):
            self.look(theme, language)
            for command in ("export", "models", "settings", "shortcuts", "about"):
                dialog = self.dialog(command)
                if command == "export":
                    kind = dialog.kind  # type: ignore[attr-defined]  # an ExportDialog
                    kind.setCurrentIndex(kind.findData("gif"))
                    self.wait(lambda dialog=dialog: len(dialog.preview.frames) == 8)  # type: ignore[misc]  # bound now
                if command == "export":
                    dialog.path.setText("astronaut-edited.gif")  # type: ignore[attr-defined]  # nobody's folder
                self.shoot(f"{command}-{theme}-{language}", dialog)
                dialog.close()
                self.pause(0.03)
        self.look("dark", "en")

    def studio(self) -> None:
        """The studio's tabs with something in each; what nobody asked for is not computed."""
        names = ("studio-label", "studio-fit", "studio-components", "studio-matrix")
        wanted = {name for name in names if not self.only or any(name.startswith(part) for part in self.only)}
        if not wanted:
            return
        dialog = self.dialog("studio")
        assert isinstance(dialog, StudioDialog)
        label, fit, components, matrix = (
            dialog.label_tab, dialog.fit_tab, dialog.components_tab, dialog.matrix_tab,
        )  # fmt: skip
        label.name.setEditText("Hat")
        fit.source.setCurrentIndex(max(0, fit.source.findData("net:hat")))
        tabs: tuple[tuple[QWidget, Callable[[], None]], ...] = (
            (label, label.start), (fit, fit.fit), (components, components.search), (matrix, matrix.run),
        )  # fmt: skip
        for name, (tab, begin) in zip(names, tabs, strict=True):
            if name in wanted:
                dialog.tabs.setCurrentWidget(tab)
                begin()
                self.wait(lambda: not dialog.line.waiting, 900)
                for answer in (True, False, None, True, False) if tab is label else ():
                    label.grid.mark(answer)
                self.shoot(name, dialog)
        dialog.close()
        self.pause(0.03)

    def recovery(self) -> None:
        dialog = RecoverDialog("astronaut.png", 3, self.window)
        dialog.open()
        self.shoot("recovery", dialog)
        dialog.close()
        self.pause(0.03)

    def errors(self) -> None:
        self.director.failed.emit("out_of_memory", {"what": "fitting"})
        self.shoot("error")
        self.window.notice_bar.clear()

    def end(self) -> None:
        self.document.set_dirty(False)
        self.window.close_quietly()


def group_photo(folder: Path) -> Path:
    """The two sample portraits beside each other: a photo with two faces."""
    from PIL import Image

    first = Image.open(SAMPLES / "astronaut.png").convert("RGB")
    second = Image.open(SAMPLES / "grace_hopper.jpg").convert("RGB")
    second = second.resize((round(second.width * 512 / second.height), 512))
    both = Image.new("RGB", (first.width + second.width, 512))
    both.paste(first, (0, 0))
    both.paste(second, (first.width, 0))
    path = folder / "group.png"
    both.save(path)
    return path


def no_face(folder: Path) -> Path:
    """The sample upside down: no face is found."""
    from PIL import Image

    path = folder / "turned.png"
    Image.open(SAMPLES / "astronaut.png").convert("RGB").rotate(180).save(path)
    return path


def main(engine: Callable[[Settings], EngineFactory] = real_engine) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="comma-separated beginnings of names")
    parser.add_argument("--double", action="store_true", help="as on a screen with 200 %% scale")
    parser.add_argument("--full", action="store_true", help="everything as a PNG of the window's size")
    parser.add_argument("--quick", action="store_true", help="fit with the fast preset")
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FACELAB_HOME"] = folder  # no recent files of the user in the pictures
        only = frozenset(filter(None, options.only.split(",")))
        camera = Camera(engine, options.out, only, full=options.full, quick=options.quick)
        camera.empty()
        camera.faces(group_photo(Path(folder)))
        camera.points(no_face(Path(folder)))
        camera.editing()
        camera.compare()
        camera.animation()
        camera.small()
        camera.dialogs()
        camera.recovery()
        camera.errors()
        camera.studio()
        camera.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
