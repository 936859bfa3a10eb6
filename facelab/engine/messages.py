"""Everything that travels between a front end and the engine: frozen values, nothing else.

Requests go into the mailbox (`facelab.engine.mailbox`), events come back through one callback
(in the window: one Qt signal). `session` numbers an opened photo, `job` a long job.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from facelab.core.progress import Progress
from facelab.core.recipe import EditRecipe, ParamSpec
from facelab.core.values import U8, Face, GeneratorInfo, Landmarks, Notice
from facelab.engine.studio_values import StudioAnswer, StudioTask

# --- values ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SliderInfo:
    """A direction as the panel shows it. spec: key, label, group, usable range (sigma).

    labels: name by language ("en", "ja", "ko"). accuracy: held-out, 0..1. leakage: share of the
    attribute's own movement by which others move, by key. spread: (low, high) quantiles over encoded
    real faces, sigma.
    """

    spec: ParamSpec
    labels: Mapping[str, str] = field(default_factory=dict)
    accuracy: float | None = None
    leakage: Mapping[str, float] = field(default_factory=dict)
    spread: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class PresetInfo:
    """fast, balanced or faithful; seconds: expected on this device (None = not yet measured)."""

    key: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device that can be chosen. key: cpu, cuda or mps; name: of the hardware; memory: bytes, 0 = unknown."""

    key: str
    name: str
    memory: int


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the photo (x, y, w, h in photo px) and the scale at which it is wanted (1 = full size)."""

    x: int
    y: int
    width: int
    height: int
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Suffix of `path` chooses the kind, as on the command line. Sizes in px, quality 1..100."""

    path: Path
    quality: int = 95
    strip_metadata: bool = False
    keep_gps: bool = False
    edit_mark: bool = True
    crop_only: bool = False
    animate: bool = False
    size: int = 640
    frames: int = 24
    fps: float = 20
    hold: float = 0.5
    strip_key: str | None = None
    replace: bool = False


# --- requests --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenPhoto:
    """Read a photo and find its faces -> PhotoOpened, FacesFound."""

    session: int
    path: Path | None = None
    data: bytes | None = None  # pasted or dropped image data


@dataclass(frozen=True, slots=True)
class OpenProject:
    """Read a .facelab file -> PhotoOpened (when it holds one), SessionReady, JobFinished."""

    session: int
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class ChooseFace:
    """Take a found face (or points given by hand), align and encode it -> SessionReady."""

    session: int
    index: int = 0
    landmarks: Landmarks | None = None


@dataclass(frozen=True, slots=True)
class StartTuning:
    """Fit the model to this face with a preset; runs as a job while renders are served."""

    session: int
    job: int
    preset: str = "balanced"
    more: bool = False  # go on from the weights reached


@dataclass(frozen=True, slots=True)
class AddPhoto:
    """One more photo of this person: tune one generator for all of the session's photos."""

    session: int
    job: int
    path: Path
    preset: str = "balanced"


@dataclass(frozen=True, slots=True)
class SelectPhoto:
    """Show another photo of the session's film strip -> PhotoOpened, SessionReady."""

    session: int
    index: int


@dataclass(frozen=True, slots=True)
class Render:
    """Draw the recipe. Only the newest waiting Render is kept. draft: coarser and faster.

    view: "after", "model" (the generator's own crop), "difference" (what the model cannot explain).
    once: a picture for a preview or the clipboard. It waits its turn like any request instead of taking the
    one slot, so that no slider movement can push it out, and it is not drawn again with newer weights.
    """

    session: int
    ticket: int
    recipe: EditRecipe
    region: Region
    draft: bool = False
    view: str = "after"
    once: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    session: int
    job: int
    recipe: EditRecipe
    options: ExportOptions


@dataclass(frozen=True, slots=True)
class SaveProject:
    session: int
    job: int
    path: Path
    recipe: EditRecipe
    with_photos: bool = True
    variants: tuple[tuple[str, EditRecipe], ...] = ()


@dataclass(frozen=True, slots=True)
class RunStudio:
    """A task of the direction studio, as a job -> StudioAnswered, perhaps SlidersChanged, JobFinished.

    session: always 0, since it belongs to the model; face: the session whose face the previews show.
    """

    job: int
    task: StudioTask
    face: int = 0
    session: int = 0


@dataclass(frozen=True, slots=True)
class CancelJob:
    job: int


@dataclass(frozen=True, slots=True)
class PauseJob:
    job: int
    paused: bool


@dataclass(frozen=True, slots=True)
class CloseSession:
    session: int


@dataclass(frozen=True, slots=True)
class UseModel:
    """Change the generator for photos opened from now on. name: catalogue name or path."""

    name: str
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class Shutdown:
    pass


Request = (
    OpenPhoto | OpenProject | ChooseFace | StartTuning | AddPhoto | SelectPhoto | Render | Export
    | SaveProject | RunStudio | CancelJob | PauseJob | CloseSession | UseModel | Shutdown
)  # fmt: skip


# --- events ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EngineReady:
    """torch is loaded and the model stands. device: "cpu", "cuda:0" ...; devices: those that are here."""

    info: GeneratorInfo
    sliders: tuple[SliderInfo, ...]
    presets: tuple[PresetInfo, ...]
    device: str
    devices: tuple[DeviceInfo, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PhotoOpened:
    """pixels: u8 [H, W, 3], sRGB, upright, for showing. photo_index/photo_count: the film strip."""

    session: int
    pixels: U8
    name: str
    notices: tuple[Notice, ...]
    photo_index: int = 0
    photo_count: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class FacesFound:
    session: int
    faces: tuple[Face, ...]


@dataclass(frozen=True, slots=True, eq=False)
class SessionReady:
    """The face is encoded: sliders work. quad: f64 [4, 2]; mask_box: where pixels may change.

    levels: the model's judgement of the photo itself by direction key, in sigma.
    recipe: what to start from (a reopened project's), tuned: the generator is personal already.
    """

    session: int
    quad: tuple[tuple[float, float], ...]
    mask_box: Region
    levels: Mapping[str, float]
    recipe: EditRecipe = field(default_factory=EditRecipe)
    tuned: bool = False
    variants: tuple[tuple[str, EditRecipe], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A picture of `region` (pixels at region.scale), sRGB u8 [h, w, 3].

    Shown when (ticket, weights_step) is newer than the pair shown last. levels: the judgement of this picture;
    own: of the photo itself, which changes while the model is fitted.
    """

    session: int
    ticket: int
    weights_step: int
    region: Region
    pixels: U8
    draft: bool
    seconds: float
    levels: Mapping[str, float] = field(default_factory=dict)
    view: str = "after"
    own: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobProgressed:
    job: int
    progress: Progress
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class JobFinished:
    """paths: files written, notices: fallbacks that ran."""

    job: int
    paths: tuple[Path, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class JobCancelled:
    """tuned: the session's generator is personal, also by what the job reached."""

    job: int
    tuned: bool = False


@dataclass(frozen=True, slots=True)
class JobFailed:
    """tuned: as in JobCancelled."""

    job: int
    code: str
    params: Mapping[str, object]
    tuned: bool = False


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """A request that is no job (open, choose, render) failed. code "bug" carries params["report"]."""

    session: int
    code: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something to tell that is no error."""

    session: int
    notice: Notice


@dataclass(frozen=True, slots=True, eq=False)
class StudioAnswered:
    """What a task of the studio found."""

    job: int
    answer: StudioAnswer


@dataclass(frozen=True, slots=True)
class SlidersChanged:
    """The model has other sliders now: one was made, imported or removed."""

    sliders: tuple[SliderInfo, ...]


@dataclass(frozen=True, slots=True)
class EngineStopped:
    """The engine died; `report` is a traceback without paths or pixels."""

    report: str


Event = (
    EngineReady | PhotoOpened | FacesFound | SessionReady | Rendered | JobProgressed | JobFinished
    | JobCancelled | JobFailed | RequestFailed | Noticed | StudioAnswered | SlidersChanged | EngineStopped
)  # fmt: skip
