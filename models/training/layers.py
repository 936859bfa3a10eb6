"""Choose the layers that each slider drives by default: what moves the attribute and leaves the person alone.

`FACELAB_MEASURE_DIR=M python -m models.training.layers --model MODEL --data PACKED`, after `directions`

A step in all layers changes more than its attribute needs: the coarsest layers carry who it is, the finest ones colour
and light. Each slider is moved by -2 and +2 in ranges of layers, on encoded validation faces and on samples. Of the
ranges that keep KEPT of the movement, leak no more than LEAK_LIMIT and raise the attribute in RAISED of many samples
(or do as well as all layers), the one that costs the least identity per movement is taken; the slider's own range and
its leakage are then measured with it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch

from facelab.core.editing.directions import Direction, load_directions, save_direction
from facelab.core.generator import sample_w
from facelab.core.recipe import LayerRange
from facelab.core.studio.calibrate import Identity
from facelab.core.values import F32, U8
from facelab.engine.studio_faces import identity_measure
from facelab.engine.toolkit import load_toolkit
from models.training.data import load_faces
from models.training.directions import FEATURES, LEAK_LIMIT, NUISANCE, SLIDERS, Studio, measured_range, studio_of
from models.training.metrics import pixels_of

FIRSTS = (0, 2, 4)
LASTS = (7, 9, 11)
"""First and last latents of the ranges that are tried; at 128 px latent 11 is the last."""
KEPT = 0.8
REACH = 2.0
RAISED = 0.95
FACES = 20
"""Encoded, and as many samples."""
MANY = 150
"""Samples that tell whether a step of +2 raises the attribute."""
SEED = 5000


@dataclass(frozen=True, slots=True)
class Measured:
    """A slider in a range of layers. own: its movement, in deviations per sigma; leaks: of the others, over it;
    identity: mean similarity of both ends to the face."""

    layers: LayerRange
    own: float
    leaks: dict[str, float]
    identity: float

    @property
    def worst(self) -> float:
        """The largest leak."""
        return max((abs(value) for value in self.leaks.values()), default=0.0)


def best(found: list[Measured], everywhere: Measured, raised: Callable[[LayerRange], float]) -> Measured:
    """The range that costs the least identity per movement, among those that keep enough of it and leak little.

    raised: share of samples in which a step raises the attribute.
    """
    limit = max(LEAK_LIMIT, everywhere.worst)
    good = [m for m in found if m.own >= KEPT * everywhere.own and m.worst <= limit]
    wanted = min(RAISED, raised(everywhere.layers))
    for candidate in sorted([*good, everywhere], key=lambda m: (1.0 - m.identity) / max(m.own, 1e-6)):
        if candidate.layers == everywhere.layers or raised(candidate.layers) >= wanted:
            return candidate
    return everywhere


def measure(
    studio: Studio, codes: F32, direction: Direction, layers: LayerRange, unit: F32, same: Identity,
    before: U8, others: tuple[str, ...],
) -> Measured:  # fmt: skip
    """The slider on w_plus codes whose pictures are `before`. unit: deviation of each of FEATURES over faces."""
    step = replace(direction, layers=layers).step(codes.shape[1]) * np.float32(REACH)
    low, high = studio.render_plus(codes - step), studio.render_plus(codes + step)
    moved = (studio.judge(high) - studio.judge(low)).mean(0) / (2 * REACH) / unit
    own = float(moved[FEATURES.index(direction.key)])
    leaks = {key: float(moved[FEATURES.index(key)]) / own for key in others if key != direction.key}
    identity = float(np.mean([same(before, np.stack(pixels_of(side))).mean() for side in (low, high)]))
    return Measured(layers, own, leaks, identity)


def raised_in(studio: Studio, codes: F32, unmoved: F32, direction: Direction, layers: LayerRange) -> float:
    """Share of w_plus codes whose attribute a step of REACH raises. unmoved: their features, f32 [N, F]."""
    step = replace(direction, layers=layers).step(codes.shape[1]) * np.float32(REACH)
    column = FEATURES.index(direction.key)
    return float((studio.judge(studio.render_plus(codes + step))[:, column] > unmoved[:, column]).mean())


def choose(
    studio: Studio, directions: dict[str, Direction], encoded: F32, unit: F32, same: Identity,
    say: Callable[[str], None],
) -> tuple[dict[str, Direction], dict[str, object]]:  # fmt: skip
    """The directions with their layers, leakage and range, and the figures.

    encoded: w [N, w_dim] of validation faces. Light and background stay in all layers.
    """
    num_ws = studio.generator.info.num_ws
    sampled = sample_w(studio.generator, FACES, SEED, 0.7)
    codes = np.repeat(np.concatenate([encoded[:FACES], sampled])[:, None], num_ws, 1)
    before = np.stack(pixels_of(studio.render_plus(codes)))
    others = tuple(key for key in directions if key in FEATURES and key not in NUISANCE)
    many = np.repeat(sample_w(studio.generator, MANY, SEED + 1, 0.7)[:, None], num_ws, 1)
    unmoved = studio.judge(studio.render_plus(many))
    result = dict(directions)
    figures: dict[str, object] = {}
    for key in (key for key in directions if key in SLIDERS):
        ranges = [LayerRange(a, b) for a in FIRSTS for b in LASTS if a < b < num_ws]
        found = [measure(studio, codes, directions[key], r, unit, same, before, others) for r in ranges]
        everywhere = next(m for m in found if m.layers == LayerRange(0, num_ws - 1))
        chosen = best(found, everywhere, partial(raised_in, studio, many, unmoved, directions[key]))
        if chosen is not everywhere:  # else it stays as it was measured
            direction = replace(directions[key], layers=chosen.layers, leakage=chosen.leaks)
            reach = measured_range(studio, encoded[:16], direction, FEATURES.index(key), same)
            result[key] = replace(direction, low=reach.low, high=reach.high)
        figures[key] = {
            "layers": [chosen.layers.first, chosen.layers.last],
            "moved_per_sigma": round(chosen.own, 3), "worst_leak": round(chosen.worst, 3),
            "identity": round(chosen.identity, 3),
            "in_all_layers": [round(x, 3) for x in (everywhere.own, everywhere.worst, everywhere.identity)],
            "range": [result[key].low, result[key].high],
        }  # fmt: skip
        say(f"{key:11s} {figures[key]}")
    return result, figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/base"))
    parser.add_argument("--data", type=Path, required=True, help="packed folder of models.training.data")
    args = parser.parse_args()
    torch.set_num_threads(1)
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:6.1f} s  {text}", flush=True)

    studio = studio_of(args.model)
    faces = load_faces(args.data)
    net, same = identity_measure(load_toolkit(str(args.model / "generator.safetensors"), "cpu"))
    assert same is not None, "the model has an encoder"
    say(f"identity by {net}")
    rng = np.random.default_rng(0)
    some = np.sort(rng.choice(faces.rows("train"), 400, replace=False))
    held = np.sort(rng.choice(faces.rows("validation"), 96, replace=False))
    unit = studio.look(studio.encode(faces.pixels[some])).std(0)
    folder = args.model / "directions"
    directions, figures = choose(studio, load_directions(folder), studio.encode(faces.pixels[held]), unit, same, say)
    for key, direction in directions.items():
        save_direction(direction, folder / key)
    (folder / "layers.json").write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
