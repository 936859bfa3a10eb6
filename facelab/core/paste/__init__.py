"""Paste back: an edit by a small generator carried into a large photo, with the photo's own detail kept.

`Place` and `Still` describe a face, `SliderMotion` how a slider moves it, `make_change` what an edit does to it,
`compose` lays that on the photo. The recipe and its reasons are in each module.
"""

from facelab.core.paste.change import Change, Layer, Motion, Nature, Place, Still, make_change
from facelab.core.paste.coarse import coarse
from facelab.core.paste.compose import Box, Canvas, Patch, compose, frame_box, grain_of, placed, sketch
from facelab.core.paste.knots import Draw, SliderMotion, mixed

__all__ = [
    "Box",
    "Canvas",
    "Change",
    "Draw",
    "Layer",
    "Motion",
    "Nature",
    "Patch",
    "Place",
    "SliderMotion",
    "Still",
    "coarse",
    "compose",
    "frame_box",
    "grain_of",
    "make_change",
    "mixed",
    "placed",
    "sketch",
]
