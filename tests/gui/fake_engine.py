"""An engine without torch: answers every message with synthetic pictures, step by step.

It drives the same mailbox by the same rules as the real one, so the window cannot tell the difference.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from fake_studio import FakeStudio

from facelab.core.errors import FacelabError, UnreadablePhoto
from facelab.core.progress import Progress
from facelab.core.recipe import EditRecipe, ParamSpec
from facelab.core.values import CropConvention, Face, GeneratorInfo, Landmarks, Notice
from facelab.engine import messages as m
from facelab.engine.mailbox import Mailbox
from facelab.engine.studio_values import FindComponents, FitPlan, MeasureMatrix

DIRECTIONS = (
    ("smile", "Smile", "笑顔", "미소", "expression", 3.0),
    ("mouth_open", "Mouth open", "口の開き", "입 벌림", "expression", 2.5),
    ("eyes", "Eyes open", "目の開き", "눈 뜸", "expression", 2.0),
    ("yaw", "Turn", "左右の向き", "좌우 회전", "pose", 2.5),
    ("pitch", "Nod", "上下の向き", "상하 회전", "pose", 2.0),
    ("age", "Age", "年齢", "나이", "look", 3.0),
    ("gender", "Masculine", "男性らしさ", "남성미", "look", 2.5),
    ("glasses", "Glasses", "眼鏡", "안경", "look", 3.0),
    ("beard", "Beard", "ひげ", "수염", "look", 2.5),
    ("background", "Background brightness", "背景の明るさ", "배경 밝기", "style", 2.0),
    ("quality", "Quality", "画質", "화질", "style", 2.0),
)
INFO = GeneratorInfo("base", "0" * 64, "native", 128, 12, 512, 512, 0, CropConvention(), "CC BY 4.0", "test", 1)


def sliders() -> tuple[m.SliderInfo, ...]:
    return tuple(
        m.SliderInfo(
            ParamSpec(key, english, group, -high, high),
            {"en": english, "ja": japanese, "ko": korean}, 0.91, {"age": 0.08}, (-1.5, 1.5),
        )
        for key, english, japanese, korean, group, high in DIRECTIONS
    )  # fmt: skip


def face(x: float, y: float, side: float) -> Face:
    points = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.75], [0.65, 0.75]]) * side + (x, y)
    return Face((x, y, side, side), Landmarks(points.astype(np.float32)), 0.9)


class Script:
    """What the fake does; tests change the fields before they act."""

    def __init__(self) -> None:
        self.faces = 1
        self.steps = 40
        self.step_seconds = 0.005
        self.render_seconds = 0.0
        self.size = (320, 240)
        self.requests: list[m.Request] = []
        self.die_on: type[object] | None = None
        self.stop_before_ready = False
        self.photo: np.ndarray | None = None
        self.boxes: tuple[Face, ...] = ()
        self.areas: tuple[m.Region, ...] = ()  # what is edited, by face; else the middle of the photo
        self.fail: dict[type[object], tuple[str, dict[str, object]]] = {}


class FakeEngine:
    def __init__(self, mailbox: Mailbox, emit: Callable[[m.Event], None], script: Script) -> None:
        self.mailbox, self.emit, self.script = mailbox, emit, script
        self.thread = threading.get_ident()
        self.weights = 0
        self.photos = 1
        self.pixels = np.zeros((1, 1, 3), np.uint8)
        self.box = m.Region(0, 0, 1, 1)
        self.studio = FakeStudio()

    def run(self) -> None:
        presets = (m.PresetInfo("fast", 12.0), m.PresetInfo("balanced", 38.0), m.PresetInfo("faithful", 170.0))
        self.emit(m.EngineReady(INFO, sliders(), presets, "cpu"))
        while True:
            request = self.mailbox.take()
            if isinstance(request, m.Shutdown) or request is None:
                return
            self.serve(request)

    def serve(self, request: m.Request) -> None:
        self.script.requests.append(request)
        if self.script.die_on is type(request):
            self.script.die_on = None
            raise RuntimeError("the fake dies as told")
        if type(request) in self.script.fail:
            self._fail(request)
            return
        match request:
            case m.OpenPhoto():
                self._open(request)
            case m.OpenProject(session=session):
                self._photo(session, Path("me.jpg"))
                self.emit(self._ready(session, EditRecipe(), tuned=True))
            case m.ChooseFace(session=session, index=index):
                if self.script.areas:
                    self.box = self.script.areas[index]
                self.emit(self._ready(session, EditRecipe(), tuned=False))
            case m.SelectPhoto(session=session, index=index):
                self._photo(session, Path(f"photo{index}.jpg"), index)
                self.emit(self._ready(session, EditRecipe(), tuned=True))
            case m.Render():
                self._render(request)
            case m.StartTuning() | m.AddPhoto():
                self._tune(request)
            case m.Export() | m.SaveProject():
                self._write(request)
            case m.RunStudio():
                self._study(request)
            case m.UseModel():
                presets = (m.PresetInfo("fast", 12.0),)
                self.emit(m.EngineReady(INFO, sliders(), presets, "cpu"))
            case _:
                pass

    def _fail(self, request: m.Request) -> None:
        code, params = self.script.fail.pop(type(request))
        job = getattr(request, "job", None)
        if job is not None:
            self.emit(m.JobFailed(job, code, params))
        else:
            self.emit(m.RequestFailed(getattr(request, "session", 0), code, params))

    def _open(self, request: m.OpenPhoto) -> None:
        try:
            if request.path is not None and not request.path.is_file():
                raise UnreadablePhoto(path=request.path, reason="not there")
        except FacelabError as error:
            self.emit(m.RequestFailed(request.session, error.code, error.params))
            return
        self._photo(request.session, request.path or Path("pasted"))
        width, height = self.script.size
        side = min(width, height) * 0.5
        found = [face(width * (0.08 + 0.3 * i), height * 0.2, side * 0.55) for i in range(self.script.faces)]
        if self.script.faces == 1:
            found = [face(width * 0.3, height * 0.25, side)]
        self.emit(m.FacesFound(request.session, self.script.boxes or tuple(found)))

    def _photo(self, session: int, path: Path, index: int = 0) -> None:
        width, height = self.script.size
        if self.script.photo is not None:
            self.pixels = self.script.photo
            height, width = self.pixels.shape[:2]
            self.script.size = (width, height)
        else:
            ramp = np.linspace(40, 200, width, dtype=np.float32)[None, :, None]
            self.pixels = np.broadcast_to(ramp, (height, width, 3)).astype(np.uint8).copy()
        side = int(min(width, height) * 0.6)
        self.box = m.Region((width - side) // 2, (height - side) // 3, side, side)
        self.emit(m.PhotoOpened(session, self.pixels, path.name, (), index, self.photos))

    def _ready(self, session: int, recipe: EditRecipe, *, tuned: bool) -> m.SessionReady:
        b = self.box
        quad = ((b.x, b.y), (b.x, b.y + b.height), (b.x + b.width, b.y + b.height), (b.x + b.width, b.y))
        levels = {key: 0.1 * i - 0.4 for i, (key, *_) in enumerate(DIRECTIONS)}
        return m.SessionReady(session, tuple((float(x), float(y)) for x, y in quad), b, levels, recipe, tuned)

    def _render(self, request: m.Render) -> None:
        """The photo, brighter with every sigma; what a picture shows can be computed from its recipe."""
        time.sleep(self.script.render_seconds)
        region = request.region
        width, height = max(1, round(region.width * region.scale)), max(1, round(region.height * region.scale))
        rows = np.linspace(region.y, region.y + region.height - 1, height).astype(int)
        columns = np.linspace(region.x, region.x + region.width - 1, width).astype(int)
        part = self.pixels[rows][:, columns].astype(np.float32)
        change = sum(edit.amount for edit in request.recipe.edits)
        pixels = np.clip(part + 20 * change, 0, 255).astype(np.uint8)
        levels = {key: request.recipe.amount(key) + 0.1 for key, *_ in DIRECTIONS}
        self.emit(
            m.Rendered(
                request.session, request.ticket, self.weights, region, pixels, request.draft,
                self.script.render_seconds, levels, request.view, dict.fromkeys(levels, 0.1),
            )
        )  # fmt: skip

    def _tune(self, request: m.StartTuning | m.AddPhoto) -> None:
        for step in range(1, self.script.steps + 1):
            while self.mailbox.wait_while_paused(request):
                self._beside()
            if self.mailbox.cancelled(request):
                self.emit(m.JobCancelled(request.job, tuned=self.weights > 0))
                return
            time.sleep(self.script.step_seconds)
            self.weights += 1
            left = (self.script.steps - step) * self.script.step_seconds
            self.emit(m.JobProgressed(request.job, Progress("tune", step, self.script.steps, 1 / step, True), left))
            self._beside()
        if isinstance(request, m.AddPhoto):
            self.photos += 1
            self._photo(request.session, request.path, self.photos - 1)
            self.emit(self._ready(request.session, EditRecipe(), tuned=True))
        self.emit(m.JobFinished(request.job, notices=(Notice("perceptual", "built-in measure"),)))

    def _study(self, request: m.RunStudio) -> None:
        """The studio's answers, after as many steps as a fitting has where the task is a long one."""
        long = isinstance(request.task, FitPlan | FindComponents | MeasureMatrix)
        for step in range(1, (self.script.steps if long else 2) + 1):
            if self.mailbox.cancelled(request):
                self.emit(m.JobCancelled(request.job))
                return
            time.sleep(self.script.step_seconds if long else 0)
            self.emit(m.JobProgressed(request.job, Progress("look", step, self.script.steps), 1.0))
            self._beside()
        before = set(self.studio.own)
        self.emit(m.StudioAnswered(request.job, self.studio.answer(request.task)))
        if set(self.studio.own) != before:
            own = tuple(m.SliderInfo(d.spec, dict(d.labels)) for d in self.studio.own.values())
            self.emit(m.SlidersChanged((*sliders(), *own)))
        self.emit(m.JobFinished(request.job))

    def _beside(self) -> None:
        request = self.mailbox.take_beside_job()
        if request is not None and not isinstance(request, m.Shutdown):
            self.serve(request)

    def _write(self, request: m.Export | m.SaveProject) -> None:
        path = request.options.path if isinstance(request, m.Export) else request.path
        stage = "export" if isinstance(request, m.Export) else "save"
        for step in range(1, 6):
            self.emit(m.JobProgressed(request.job, Progress(stage, step, 5), 0.1))
        path.write_bytes(b"picture")
        self.emit(m.JobFinished(request.job, (path,)))
