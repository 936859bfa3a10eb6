"""What the studio is asked for and what it answers: frozen values, for the window and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from facelab.core.editing.directions import Direction
from facelab.core.recipe import LayerRange
from facelab.core.studio.calibrate import Effect, Range
from facelab.core.studio.components import Components
from facelab.core.studio.measure import Leakage
from facelab.core.values import F32, U8

# --- asked ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FitPlan:
    """A slider from scores. attribute: judged by the attribute net, or "" for `scores`.

    scores: (face, value) pairs; a face is "seed:12" or "photo:PATH"; two kinds of values are labels. samples: faces
    that are scored, from `seed` on. share, plain: see core.studio.fitting.FitOptions. conditions: keys that it must
    not move. names: by language.
    """

    key: str
    names: Mapping[str, str] = field(default_factory=dict)
    attribute: str = ""
    scores: tuple[tuple[str, float], ...] = ()
    space: str = "w"
    samples: int = 1000
    seed: int = 0
    share: float = 0.2
    plain: bool = False
    conditions: tuple[str, ...] = ()
    replace: bool = False


@dataclass(frozen=True, slots=True)
class DrawFaces:
    """Pictures to label: sampled faces by seed and, from photos, the largest face of each."""

    seeds: tuple[int, ...] = ()
    photos: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class SuggestFaces:
    """Which of the drawn faces are worth a label now. labels: (face, yes)."""

    labels: tuple[tuple[str, bool], ...]
    count: int


@dataclass(frozen=True, slots=True)
class FindComponents:
    """kind: "pca" (GANSpace) or "sefa". samples: w for the PCA."""

    kind: str
    count: int = 12
    samples: int = 100_000
    layers: LayerRange | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class KeepComponent:
    """Make the found component `index` a slider; sign: -1 turns it round."""

    key: str
    names: Mapping[str, str]
    index: int
    sign: int = 1
    replace: bool = False


@dataclass(frozen=True, slots=True)
class MeasureMatrix:
    """Leakage among sliders; keys: empty = all that can be judged. faces: sampled ones."""

    keys: tuple[str, ...] = ()
    faces: int = 16
    seed: int = 0


@dataclass(frozen=True, slots=True)
class ImportArray:
    """path: an array file or a direction's folder. space: auto, z, w or w+."""

    path: Path
    key: str
    names: Mapping[str, str] = field(default_factory=dict)
    component: int = 0
    space: str = "auto"
    source: str = ""
    licence: str = ""
    replace: bool = False


@dataclass(frozen=True, slots=True)
class ExportDirection:
    key: str
    folder: Path
    replace: bool = False


@dataclass(frozen=True, slots=True)
class RemoveDirection:
    key: str


@dataclass(frozen=True, slots=True)
class ConditionSlider:
    """A copy of the slider `primal` that leaves `conditions` alone."""

    key: str
    names: Mapping[str, str]
    primal: str
    conditions: tuple[str, ...]
    replace: bool = False


@dataclass(frozen=True, slots=True)
class DrawLadder:
    key: str
    samples: int = 2000
    rungs: int = 7


@dataclass(frozen=True, slots=True)
class Calibrate:
    """photos: real faces for the spread; none = it stays as it was."""

    key: str
    photos: tuple[Path, ...] = ()


StudioTask = (
    FitPlan | DrawFaces | SuggestFaces | FindComponents | KeepComponent | MeasureMatrix | ImportArray
    | ExportDirection | RemoveDirection | ConditionSlider | DrawLadder | Calibrate
)  # fmt: skip


# --- answered ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Previews of one step: u8 [F, 3, S, S, 3], per face at -reach, 0 and +reach sigma. own: the first face is the
    one that is open in the window."""

    pictures: U8
    own: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FitResult:
    """accuracy: of the boundary on held-out codes; along: of the slider's own coordinate on them; each with its
    95 % interval. labels: how many there were (0 = none), learnt: their held-out accuracy (NaN = none).
    kept: what is left of the step's length after conditioning. identity: name of the net that measured it.
    """

    direction: Direction
    accuracy: float
    interval: tuple[float, float]
    along: float
    along_interval: tuple[float, float]
    train: int
    held_out: int
    labels: int
    learnt: float
    effect: Effect
    range: Range
    identity: str
    kept: float = 1.0
    scorer: F32 | None = None
    strip: Strip | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FacesDrawn:
    """faces: "seed:12" or "photo:PATH"; thumbs: u8 [N, T, T, 3]. missed: photos without a usable face."""

    faces: tuple[str, ...]
    thumbs: U8
    missed: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class FacesSuggested:
    faces: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ComponentsFound:
    """strips: one per component; sigmas: of its slider."""

    kind: str
    components: Components
    sigmas: tuple[float, ...]
    strips: tuple[Strip, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class MatrixMeasured:
    """Before and after each slider was locked against all others."""

    before: Leakage
    after: Leakage


@dataclass(frozen=True, slots=True, eq=False)
class DirectionKept:
    """A slider was made, imported or exported; note: what it was taken for."""

    direction: Direction
    path: Path
    note: str = ""
    strip: Strip | None = None


@dataclass(frozen=True, slots=True)
class DirectionRemoved:
    key: str


@dataclass(frozen=True, slots=True, eq=False)
class LadderDrawn:
    """picture: u8 [H, W, 3]; ends: lowest and highest distance, in sigma."""

    key: str
    picture: U8
    ends: tuple[float, float]


StudioAnswer = (
    FitResult | FacesDrawn | FacesSuggested | ComponentsFound | MatrixMeasured | DirectionKept | DirectionRemoved
    | LadderDrawn
)  # fmt: skip
