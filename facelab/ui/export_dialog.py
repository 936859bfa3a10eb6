"""Export: left a live preview, right what matters, below the size and where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QImage, QPainter
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from facelab.engine.messages import ExportOptions, Region
from facelab.settings import ExportChoice
from facelab.ui.canvas import Canvas
from facelab.ui.director import Director
from facelab.ui.export_preview import PREVIEW_PX, Preview, area, encoded, swept
from facelab.ui.i18n import tr
from facelab.ui.widgets import Dialog, button, label, rule

SWEEP = 8
KINDS: dict[str, tuple[str, ...]] = {
    "photo": (".png", ".jpg", ".webp", ".tif"),
    "gif": (".gif",),
    "movie": (".mp4", ".webm"),
    "webp": (".webp",),
    "strip": (".png", ".jpg"),
}


class ExportDialog(Dialog):
    export = Signal(object)  # ExportOptions
    remembered = Signal(str, object)  # kind, ExportChoice

    def __init__(
        self,
        director: Director,
        canvas: Canvas,
        choices: Mapping[str, ExportChoice],
        folder: Path,
        *,
        edit_mark: bool,
        keep_gps: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._director, self._canvas, self._choices, self._folder = director, canvas, choices, folder
        self._frames: dict[int, QImage] = {}  # the changeable part, and below the whole photo with it
        self._shown: dict[int, QImage] = {}
        self._stem = Path(director.document.name or "photo").stem + "-edited"
        self.preview = Preview()
        self.kind, self.format, self.key = QComboBox(), QComboBox(), QComboBox()
        self.quality, self.longer_side, self.fps, self.frames, self.hold = (
            QSlider(Qt.Orientation.Horizontal), QSpinBox(), QSpinBox(), QSpinBox(), QSpinBox(),
        )  # fmt: skip
        self.crop_only, self.keep_metadata, self.keep_gps, self.edit_mark = (QCheckBox() for _ in range(4))
        self.path = QLineEdit()
        self.browse, self.cancel, self.start = button(), button(), button(primary=True)
        self.estimate, self.warning = label("quiet"), label("amber", wrap=True)
        self.replace_file = QCheckBox()
        self._form = QFormLayout()
        self._quality_text = label("quiet")
        self._fill(edit_mark, keep_gps)
        self._lay_out()
        self._connect()
        self.retranslate()
        self._kind_changed()
        self._ask_frame(SWEEP - 1)

    # --- building -----------------------------------------------------------------------------

    def _fill(self, edit_mark: bool, keep_gps: bool) -> None:
        for kind in KINDS:
            self.kind.addItem("", kind)
        for key, name in self._director.document.labels.items():
            self.key.addItem(name, key)
        self.quality.setRange(40, 100)
        for box, low, high in (
            (self.longer_side, 64, 4096),
            (self.fps, 5, 50),
            (self.frames, 6, 96),
            (self.hold, 0, 3000),
        ):
            box.setRange(low, high)
            box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.keep_metadata.setChecked(True)
        self.edit_mark.setChecked(edit_mark)
        self.keep_gps.setChecked(keep_gps)

    def _lay_out(self) -> None:
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        quality = QHBoxLayout()
        quality.addWidget(self.quality, 1)
        quality.addWidget(self._quality_text)
        self._quality_text.setFixedWidth(28)
        self._quality_row = QWidget()
        self._quality_row.setLayout(quality)
        quality.setContentsMargins(0, 0, 0, 0)
        self._rows = {
            name: (label(), field)
            for name, field in (
                ("kind", self.kind), ("format", self.format), ("key", self.key), ("size", self.longer_side),
                ("frames", self.frames), ("fps", self.fps), ("hold", self.hold), ("quality", self._quality_row),
            )
        }  # fmt: skip
        for text, field in self._rows.values():
            text.setBuddy(field)
            self._form.addRow(text, field)
        for box in (self.crop_only, self.keep_metadata, self.keep_gps, self.edit_mark):
            self._form.addRow(box)
        right = QVBoxLayout()
        right.addLayout(self._form)
        right.addStretch(1)
        right.addWidget(self.estimate)
        upper = QHBoxLayout()
        upper.setSpacing(24)
        upper.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        upper.addLayout(right, 1)
        where = QHBoxLayout()
        where.addWidget(self.path, 1)
        where.addWidget(self.browse)
        end = QHBoxLayout()
        end.addWidget(self.warning, 1)
        end.addWidget(self.replace_file)
        end.addWidget(self.cancel)
        end.addWidget(self.start)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(upper)
        layout.addWidget(rule())
        layout.addLayout(where)
        layout.addLayout(end)
        self.setMinimumWidth(720)

    def _connect(self) -> None:
        self.kind.currentIndexChanged.connect(self._kind_changed)
        self.format.currentIndexChanged.connect(self._format_changed)
        for box in (self.longer_side, self.fps, self.frames, self.hold):
            box.valueChanged.connect(self._changed)
        self.quality.valueChanged.connect(self._changed)
        self.path.textChanged.connect(self._check)
        self.replace_file.toggled.connect(self._check)
        self.browse.clicked.connect(self._browse)
        self.cancel.clicked.connect(self.close)
        self.start.clicked.connect(self._export)
        self.start.setDefault(True)
        self.keep_metadata.toggled.connect(self.keep_gps.setEnabled)
        self.crop_only.toggled.connect(self._play)
        self.crop_only.toggled.connect(self._estimate)

    # --- choices ------------------------------------------------------------------------------

    @property
    def chosen(self) -> str:
        return str(self.kind.currentData())

    def _kind_changed(self) -> None:
        kind = self.chosen
        choice = self._choices.get(kind, ExportChoice())
        self.quality.setValue(choice.quality)
        self.longer_side.setValue(choice.size)
        self.frames.setValue(choice.frames)
        self.fps.setValue(choice.fps)
        self.hold.setValue(round(choice.hold * 1000))
        blocked = self.format.blockSignals(True)
        self.format.clear()
        for suffix in KINDS[kind]:
            self.format.addItem(suffix[1:].upper().replace("JPG", "JPEG").replace("TIF", "TIFF"), suffix)
        self.format.blockSignals(blocked)
        animated = kind in ("gif", "movie", "webp")
        shown = {
            "format": len(KINDS[kind]) > 1, "key": kind == "strip", "size": animated, "frames": animated,
            "fps": animated, "hold": animated, "quality": kind in ("photo", "webp", "strip"),
        }  # fmt: skip
        for name, visible in shown.items():
            self._form.setRowVisible(self._rows[name][1], visible)
        for box in (self.crop_only, self.keep_metadata, self.keep_gps):
            self._form.setRowVisible(box, kind == "photo")
        self._format_changed()
        self._play()

    def _format_changed(self) -> None:
        suffix = str(self.format.currentData() or KINDS[self.chosen][0])
        tail = "-strip" if self.chosen == "strip" else ""
        current = Path(self.path.text()) if self.path.text() else self._folder / self._stem
        self.path.setText(str(current.with_name(self._stem + tail + suffix)))
        if self.chosen in ("photo", "strip"):
            self._form.setRowVisible(self._rows["quality"][1], suffix in (".jpg", ".webp"))
        self._changed()

    def _changed(self) -> None:
        self._quality_text.setText(str(self.quality.value()))
        per_frame = 1000 / self.fps.value() * self.frames.value() / SWEEP
        self.preview.set_speed(round(per_frame), self.hold.value())
        self._estimate()

    def _browse(self) -> None:
        suffix = Path(self.path.text()).suffix
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Export"), self.path.text(), f"{suffix[1:].upper()} (*{suffix})"
        )
        if chosen:
            self._stem = Path(chosen).stem
            self.path.setText(str(Path(chosen).with_suffix(suffix)))
            self.replace_file.setChecked(Path(self.path.text()).exists())  # the file dialog has asked

    def _check(self) -> None:
        """Never replace silently: an existing file needs its own tick, the original is refused."""
        path = Path(self.path.text())
        exists = path.is_file()
        source = self._director.source.path
        original = source is not None and exists and source.is_file() and path.samefile(source)
        self.replace_file.setVisible(exists and not original)
        folder = path.parent.is_dir()
        if original:
            self.warning.setText(tr("This is the original photo, which is never overwritten."))
        elif exists and not self.replace_file.isChecked():
            self.warning.setText(tr("A file with this name exists."))
        elif not folder:
            self.warning.setText(tr("This folder does not exist."))
        else:
            self.warning.setText("")
        self.start.setEnabled(
            folder and not original and bool(path.stem) and (not exists or self.replace_file.isChecked())
        )

    def options(self) -> ExportOptions:
        return ExportOptions(
            Path(self.path.text()),
            quality=self.quality.value(),
            strip_metadata=not self.keep_metadata.isChecked(),
            keep_gps=self.keep_gps.isChecked(),
            edit_mark=self.edit_mark.isChecked(),
            crop_only=self.crop_only.isChecked(),
            animate=self.chosen in ("gif", "movie", "webp"),
            size=self.longer_side.value(),
            frames=self.frames.value(),
            fps=self.fps.value(),
            hold=self.hold.value() / 1000,
            strip_key=str(self.key.currentData()) if self.chosen == "strip" else None,
            replace=self.replace_file.isChecked(),
        )

    def _export(self) -> None:
        choice = ExportChoice(
            quality=self.quality.value(), size=self.longer_side.value(), frames=self.frames.value(),
            fps=self.fps.value(), hold=self.hold.value() / 1000,
        )  # fmt: skip
        self.remembered.emit(self.chosen, choice)
        self.export.emit(self.options())
        self.close()

    # --- preview ------------------------------------------------------------------------------

    def _ask_frame(self, index: int) -> None:
        """Pictures come one by one: the render slot holds only the newest wish."""
        session = self._director.session
        if session is None:
            return
        box = session.mask_box
        scale = min(1.0, PREVIEW_PX * self.devicePixelRatioF() / max(box.width, box.height))
        region = Region(box.x, box.y, box.width, box.height, scale)
        recipe = swept(self._director.document.recipe, index / (SWEEP - 1))
        self._director.picture_of(recipe, region, lambda image: self._frame(index, image))

    def _frame(self, index: int, image: QImage) -> None:
        self._frames[index] = image
        self._shown[index] = self._in_photo(image)
        self._play()
        self._estimate()
        missing = next((i for i in range(SWEEP) if i not in self._frames), None)
        if missing is not None:
            self._ask_frame(missing)

    def _play(self) -> None:
        animated = self.chosen in ("gif", "movie", "webp") and len(self._frames) == SWEEP
        if animated:
            self.preview.set_frames([self._shown[i] for i in range(SWEEP)], playing=True)
        elif SWEEP - 1 in self._frames:
            part = self.chosen == "strip" or (self.chosen == "photo" and self.crop_only.isChecked())
            self.preview.set_frames([(self._frames if part else self._shown)[SWEEP - 1]], playing=False)

    def _in_photo(self, image: QImage) -> QImage:
        """The whole photo at the preview's size with the edited part in it: what is exported."""
        photo, session = self._canvas.photo, self._director.session
        if photo is None or session is None:
            return image
        full, box = photo.levels[0], session.mask_box
        scale = PREVIEW_PX * self.devicePixelRatioF() / max(full.width(), full.height())
        level = next((one for one in reversed(photo.levels) if one.width() >= full.width() * scale), full)
        size = QSize(max(1, round(full.width() * scale)), max(1, round(full.height() * scale)))
        smooth = Qt.TransformationMode.SmoothTransformation
        made = level.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(box.x * scale, box.y * scale, box.width * scale, box.height * scale), image)
        painter.end()
        return made

    # --- size ---------------------------------------------------------------------------------

    def _estimate(self) -> None:
        """From encoding what is seen, scaled to what is written; shown as about.

        Of an animation, only the first picture counts in full, then what changes; bytes per px as measured.
        """
        count = self._estimated_bytes()
        self.estimate.setText(tr("about {size} MB", size=f"{count / 1e6:.1f}") if count else "")

    def _estimated_bytes(self) -> float:
        last = self._frames.get(SWEEP - 1)
        photo = self._canvas.photo
        if last is None or photo is None:
            return 0.0
        full = photo.levels[0]
        if self.chosen == "photo":
            sample = last if self.crop_only.isChecked() else photo.levels[-1]
            pixels = last.width() * last.height() if self.crop_only.isChecked() else full.width() * full.height()
            count = encoded(sample, str(self.format.currentData()), self.quality.value())
            return float(count * pixels / area(sample))
        if self.chosen == "strip":
            return 7.0 * encoded(last, str(self.format.currentData()), self.quality.value())
        assert self._director.session is not None  # there is a frame
        box = self._director.session.mask_box
        ratio = (self.longer_side.value() / max(full.width(), full.height())) ** 2
        whole, changing = area(full) * ratio, box.width * box.height * ratio
        still = encoded(last, ".webp", self.quality.value()) / area(last) if self.chosen == "webp" else 0.0
        first, next_ones = {"gif": (0.65, 0.04), "movie": (0.25, 0.013), "webp": (still, 0.43 * still)}[self.chosen]
        return first * whole + next_ones * changing * (2 * self.frames.value() - 2)

    # --- words --------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Export"))
        names = {
            "photo": tr("Photo"), "gif": tr("Before/after GIF"), "movie": tr("Movie"), "webp": tr("Animated WebP"),
            "strip": tr("Strip from \N{MINUS SIGN}3 to +3"),
        }  # fmt: skip
        for index in range(self.kind.count()):
            self.kind.setItemText(index, names[str(self.kind.itemData(index))])
        words = {
            "kind": tr("Kind"),
            "format": tr("Format"),
            "key": tr("Slider"),
            "size": tr("Longer side"),
            "frames": tr("Pictures"),
            "fps": tr("Speed"),
            "hold": tr("Hold at the ends"),
            "quality": tr("Quality", "of compression"),
        }
        for name, (text, field) in self._rows.items():
            text.setText(words[name])
            field.setAccessibleName(words[name])
        self.quality.setAccessibleName(words["quality"])
        self.longer_side.setSuffix(" px")
        self.fps.setSuffix(" " + tr("per second"))
        self.hold.setSuffix(" ms")
        self.crop_only.setText(tr("Only the face, as the model draws it"))
        self.keep_metadata.setText(tr("Keep the photo's metadata"))
        self.keep_gps.setText(tr("Keep the place (GPS)"))
        self.edit_mark.setText(tr("Mark as edited with facelab"))
        self.path.setAccessibleName(tr("File"))
        self.browse.setText(tr("Browse…"))
        self.replace_file.setText(tr("Replace it"))
        self.cancel.setText(tr("Cancel"))
        self.start.setText(tr("Export"))
        self._check()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.preview.stop()
        self._director.forget_previews()
        super().closeEvent(event)
