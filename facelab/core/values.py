"""The frozen values that travel between the layers.

Coordinates are photo pixels with the origin at the top-left CORNER of the upright photo (after
EXIF orientation): the centre of the first pixel is (0.5, 0.5). "left" and "right" are the image's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know that is no error: what was lost, or which fallback ran.

    code: translated by the UI; text: the English line the command line prints.
    """

    code: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded photo, upright, 8 bit, in its own RGB colour space.

    pixels: u8 [H, W, 3]. alpha: u8 [H, W] or None. icc: profile of `pixels`, None = sRGB.
    mode: Pillow mode of the file ("L", "RGB", "CMYK" ...), so that gray is written as gray.
    format: Pillow format of the file ("JPEG", "PNG" ...). source: the file, None for pasted pixels.
    data: the original file's bytes, for exact copies and embedding. notices: what was lost in reading.
    """

    pixels: U8
    alpha: U8 | None = None
    icc: bytes | None = None
    mode: str = "RGB"
    format: str = "PNG"
    source: str | None = None
    data: bytes | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """Five points f32 [5, 2]: left eye, right eye, nose, left and right mouth corner; photo px."""

    points: F32


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A found face. box: x, y, w, h in photo px; score in 0..1 (1 for points given by hand)."""

    box: tuple[float, float, float, float]
    landmarks: Landmarks
    score: float


@dataclass(frozen=True, slots=True)
class CropConvention:
    """How a generator's training faces were cut: see `facelab.core.alignment`."""

    scale: float = 1.0
    shift: float = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """Where the crop lies. quad: f64 [4, 2], TL, BL, BR, TR corners in photo px; size: crop side in px."""

    quad: F64
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """An aligned face. pixels: u8 [S, S, 3], sRGB."""

    pixels: U8
    alignment: Alignment


@dataclass(frozen=True, slots=True, eq=False)
class Latent:
    """A code in W+: f32 [num_ws, w_dim]. noise: explicit noise maps by layer name, or none."""

    w_plus: F32
    noise: Mapping[str, F32] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Pivot:
    """The code around which a generator was tuned. inverter: key in INVERTERS."""

    latent: Latent
    generator_sha256: str
    inverter: str
    seed: int


@dataclass(frozen=True, slots=True)
class GeneratorInfo:
    """All that the UI knows of a generator."""

    name: str
    sha256: str
    format: str
    resolution: int
    num_ws: int
    z_dim: int
    w_dim: int
    c_dim: int
    crop: CropConvention
    licence: str
    source: str
    parameters: int
