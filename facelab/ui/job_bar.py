"""The bottom line: what is being done, how far it is, pause and cancel; otherwise the state of things."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QWidget

from facelab.engine.messages import JobProgressed
from facelab.ui.i18n import tr
from facelab.ui.theme import Icons
from facelab.ui.values import JobState
from facelab.ui.widgets import IconButton, View, label


def stage_text(stage: str) -> str:
    """What happens to the picture, in plain words."""
    match stage:
        case "find":
            return tr("Looking for faces")
        case "load":
            return tr("Loading the model")
        case "encode" | "align":
            return tr("Recognising the face")
        case "invert" | "noise":
            return tr("Searching for this face in the model")
        case "tune" | "locality":
            return tr("Making it yours: fitting the model to this face")
        case "paste":
            return tr("Putting the face back into the photo")
        case "export" | "frames" | "write":
            return tr("Exporting")
        case "save":
            return tr("Saving")
        case "look" | "effect" | "range" | "matrix" | "gradient":
            return tr("Looking at faces")
        case "fit":
            return tr("Fitting the slider")
        case "components":
            return tr("Looking for components")
        case "preview":
            return tr("Drawing previews")
        case "download":
            return tr("Downloading")
        case _:
            return tr("Working")


def time_left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 90:
        return tr("about {count} s left", count=max(1, round(seconds)))
    return tr("about {count} min left", count=round(seconds / 60))


class JobBar(View):
    cancelled = Signal(int)
    paused = Signal(int, bool)

    def __init__(self, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: JobState | None = None
        self._last: JobProgressed | None = None
        self._idle = ""
        self.setObjectName("jobbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.text = label("quiet")
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.pause = IconButton(icons, "pause", size=16, side=24)
        self.cancel = IconButton(icons, "close", size=16, side=24)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 2, 8, 2)
        layout.setSpacing(8)
        layout.addWidget(self.text, 1)
        for part in (self.bar, self.pause, self.cancel):
            layout.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setFixedHeight(32)
        self.pause.clicked.connect(self._pause)
        self.cancel.clicked.connect(lambda: self._job and self.cancelled.emit(self._job.number))
        self._show()

    @property
    def last(self) -> JobProgressed | None:
        """What is shown of the running job."""
        return self._last

    def set_idle(self, text: str) -> None:
        self._idle = text
        self._show()

    def start(self, job: JobState) -> None:
        self._job, self._last = job, None
        self._show()

    def progress(self, job: JobState, event: JobProgressed) -> None:
        self._job, self._last = job, event
        self._show()

    def end(self, job: JobState, others: list[JobState]) -> None:
        if self._job is job:
            self._job, self._last = (others[-1] if others else None), None
        self._show()

    def _pause(self) -> None:
        if self._job is not None:
            self.paused.emit(self._job.number, not self._job.paused)
            self._show()

    def _show(self) -> None:
        job = self._job
        for part in (self.bar, self.cancel):
            part.setVisible(job is not None)
        self.pause.setVisible(job is not None and job.kind in ("tune", "add"))
        if job is None:
            self.text.setText(self._idle)
            return
        self.pause.set_icon("play" if job.paused else "pause")
        self.text.setText(self._words(job))
        self.text.setToolTip(self._details())
        self.retranslate_buttons()

    def _words(self, job: JobState) -> str:
        first = {"export": "export", "drag": "export", "save": "save", "tune": "tune", "add": "tune"}.get(job.kind, "")
        if self._last is None:
            self.bar.setRange(0, 0)
            return stage_text(first)
        progress = self._last.progress
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.step)
        parts = [stage_text(progress.stage)]
        if progress.total:
            parts.append(tr("step {step} of {total}", step=progress.step, total=progress.total))
        left = tr("paused") if job.paused else time_left(self._last.seconds_left)
        return " · ".join([*parts, left] if left else parts)

    def _details(self) -> str:
        """For the expert: the stage's key and the loss."""
        if self._last is None:
            return ""
        progress = self._last.progress
        return progress.stage if progress.loss is None else f"{progress.stage} · loss {progress.loss:.4f}"

    def retranslate_buttons(self) -> None:
        paused = self._job is not None and self._job.paused
        self.pause.describe(tr("Go on") if paused else tr("Pause"))
        self.cancel.describe(tr("Cancel; what was reached stays"))
        self.bar.setAccessibleName(tr("Progress"))

    def retranslate(self) -> None:
        self._show()
