"""The table of a model: samples, reconstruction, latent optimisation, sliders. One command, minutes on one core.

`python -m models.training.metrics --model models/base --data D --measure M --out metrics.json`

Reconstruction, identity and sliders on the `test` split, which no net was trained on. Sliders are judged by the second
attribute net (`judge.safetensors`: other seed, other half of the labels), never used to make a slider. `--part` runs
one part (samples, reconstruction, codes, sliders, tuned, groups) into the same JSON; `--part labelled --faces F`
measures the sliders' levels on hand-labelled faces.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from facelab.core.editing.directions import levels
from facelab.core.generator import FaceGenerator, sample_w
from facelab.core.image import to_pixels
from facelab.core.inversion import InversionProblem, invert_for
from facelab.core.networks.attributes import KEYS, AttributeNet, load_attribute_net
from facelab.core.networks.encoder import Encoder
from facelab.core.progress import Steps
from facelab.core.studio.boundary import wilson
from facelab.core.tuning import PRESETS, Tuning
from facelab.core.values import F32, U8, Pivot
from facelab.engine.toolkit import Toolkit, load_toolkit
from models.training import frechet
from models.training.attributes import NOSE_LENGTH, HandLabels, load_labels
from models.training.data import Faces, load_faces, to_batch
from models.training.judges import Detector, Recogniser
from models.training.losses import ALL_LAYERS, SqueezeNet, feature_distance

CPU = torch.device("cpu")
JUDGE = Path(__file__).parent / "judge.safetensors"
REACH = 2.0
CODE_RATE = 0.1
"""Adam's learning rate of the search for codes: that of StyleGAN2's projector (arXiv 1912.04958, appendix D)."""
EDITED = ("smile", "yaw", "age")
PARTS = ("samples", "reconstruction", "codes", "sliders", "steps", "tuned", "groups")
STEP_SEED = 77
LABELLED = "labelled"
Figures = dict[str, object]


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """A model and everything that judges it."""

    toolkit: Toolkit
    faces: Faces
    squeeze: SqueezeNet
    judge: AttributeNet
    detector: Detector
    recogniser: Recogniser

    @property
    def generator(self) -> FaceGenerator:
        """The model's."""
        return self.toolkit.generator

    @property
    def encoder(self) -> Encoder:
        """The model's."""
        assert self.toolkit.encoder is not None, "the model has no encoder"
        return self.toolkit.encoder

    @torch.inference_mode()
    def render(self, w: F32) -> Tensor:
        """w [N, w_dim] -> pictures [N, 3, R, R] in [-1, 1]."""
        return self.render_plus(everywhere(self.generator, w))

    @torch.inference_mode()
    def render_plus(self, w_plus: F32) -> Tensor:
        """w_plus [N, num_ws, w_dim] -> pictures [N, 3, R, R] in [-1, 1]."""
        return torch.cat([self.generator.render(part) for part in portions(w_plus, 16)]).clamp(-1, 1)

    @torch.inference_mode()
    def encode(self, rows: np.ndarray) -> F32:
        """Codes f32 [N, w_dim] of packed faces."""
        parts = [self.encoder(to_batch(self.faces.pixels[part], CPU)).numpy() for part in portions(rows, 64)]
        return np.concatenate(parts).astype(np.float32)

    @torch.inference_mode()
    def judged(self, pictures: Tensor) -> F32:
        """The judge's attributes f32 [N, K] in their own units."""
        parts = [self.judge(part) * self.judge.scale + self.judge.mean for part in pictures.split(64)]
        return torch.cat(parts).numpy().astype(np.float32)

    def real(self, *splits: str, most: int | None = None) -> Iterator[Tensor]:
        """Packed faces in batches."""
        for part in portions(self.faces.rows(*splits)[:most], 64):
            yield to_batch(self.faces.pixels[part], CPU)


def portions(array: np.ndarray, size: int) -> list[np.ndarray]:
    """The array in parts of at most `size` rows."""
    return [array[i : i + size] for i in range(0, len(array), size)]


def everywhere(generator: FaceGenerator, w: F32) -> F32:
    """w [N, w_dim] in every layer."""
    return np.repeat(w[:, None], generator.info.num_ws, axis=1)


def pixels_of(pictures: Tensor) -> list[U8]:
    """u8 [R, R, 3] each."""
    return [to_pixels(picture[None]) for picture in pictures]


def psnr(a: Tensor, b: Tensor) -> F32:
    """Decibel per picture; the range of the values is 2."""
    return np.asarray(10 * torch.log10(4 / (a - b).square().mean((1, 2, 3))), np.float32)


def run(steps: Steps[object]) -> object:
    """Drive a job to its result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def samples(bench: Bench, count: int) -> Figures:
    """One face in samples at psi 0.7; Fréchet ratio at psi 1 against validation and test faces."""
    near = bench.render(sample_w(bench.generator, min(600, count), 11, 0.7))
    found = [len(bench.detector.on_crop(picture)) for picture in pixels_of(near)]
    far = (bench.render(part) for part in portions(sample_w(bench.generator, count, 12), 64))
    held = frechet.pooled(bench.squeeze, bench.real("validation", "test"))
    train = frechet.pooled(bench.squeeze, bench.real("train", most=count))
    made = frechet.pooled(bench.squeeze, far)
    floor, distance = frechet.distance(train, held), frechet.distance(made, held)
    codes = bench.encode(bench.faces.rows("validation", "test")[:count])
    rebuilt = frechet.pooled(bench.squeeze, (bench.render(part) for part in portions(codes, 64)))
    return {
        "one_face_share": float(np.mean(np.array(found) == 1)),
        "one_face_of_real": _one_face_of_real(bench),
        "frechet": distance,
        "frechet_of_train_faces": floor,
        "frechet_ratio": distance / floor,
        "frechet_ratio_of_reconstructions": frechet.distance(rebuilt, held) / floor,
        "samples": count,
    }


def _one_face_of_real(bench: Bench) -> float:
    rows = bench.faces.rows("test")[:200]
    return float(np.mean([len(bench.detector.on_crop(bench.faces.pixels[row])) == 1 for row in rows]))


@dataclass(frozen=True, slots=True, eq=False)
class Rebuilt:
    """Per face of the test split, f32 [N]."""

    psnr: F32
    identity: F32
    distance: F32


def rebuild(bench: Bench, rows: np.ndarray) -> Rebuilt:
    """Encoder and generator on packed faces; identity with the photo's own points on both pictures."""
    parts: list[tuple[F32, F32, F32]] = []
    for part in portions(rows, 32):
        batch = to_batch(bench.faces.pixels[part], CPU)
        made = bench.render(bench.encode(part))
        distance = feature_distance(bench.squeeze(made, ALL_LAYERS), bench.squeeze(batch, ALL_LAYERS)).numpy()
        same = []
        for row, picture in zip(part, pixels_of(made), strict=True):
            points = bench.faces.points[row]
            same.append(bench.recogniser(bench.faces.pixels[row], points) @ bench.recogniser(picture, points))
        parts.append((psnr(made, batch), np.array(same, np.float32), distance))
    return Rebuilt(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def reconstruction(bench: Bench, count: int) -> Figures:
    """Means over the test split."""
    found = rebuild(bench, bench.faces.rows("test")[:count])
    names = ("psnr", "identity", "distance")
    figures: Figures = {name: float(getattr(found, name).mean()) for name in names}
    return figures | {"faces": len(found.psnr)}


def ita(pixels: U8, points: F32) -> float:
    """Individual typology angle in degrees of the cheeks, from sRGB: atan((L - 50) / b). Larger = lighter."""
    import cv2

    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    eyes, mouth = points[:2], points[3:]
    centres = 0.5 * eyes + 0.5 * mouth  # the cheeks, between each eye and its mouth corner
    patches = [lab[int(y) - 5 : int(y) + 6, int(x) - 5 : int(x) + 6].reshape(-1, 3) for x, y in centres]
    light, _, yellow = np.median(np.concatenate(patches), axis=0)
    return float(np.degrees(np.arctan2(light - 50, yellow)))


def groups(bench: Bench, count: int) -> Figures:
    """Reconstruction by age group, gender and three equal groups of cheek ITA, which lighting moves as well."""
    rows = bench.faces.rows("test")[:count]
    found = rebuild(bench, rows)
    angle = np.array([ita(bench.faces.pixels[row], bench.faces.points[row]) for row in rows])
    low, high = np.quantile(angle, [1 / 3, 2 / 3])
    tone = np.where(angle < low, "darkest third", np.where(angle < high, "middle third", "lightest third"))
    columns = {
        "age": np.array([bench.faces.ages[row].replace("more than 70", "70+") for row in rows]),
        "gender": np.array([bench.faces.genders[row] for row in rows]),
        "cheek ITA": tone,
    }
    table: Figures = {"ita_borders": [float(low), float(high)]}
    for name, values in columns.items():
        for value in np.unique(values):
            of = values == value
            spread = float(found.psnr[of].std() / np.sqrt(of.sum()))
            table[f"{name}: {value}"] = {
                "faces": int(of.sum()),
                "psnr": round(float(found.psnr[of].mean()), 2),
                "standard_error": round(spread, 2),
                "identity": round(float(found.identity[of].mean()), 3),
                "distance": round(float(found.distance[of].mean()), 3),
            }
    return table


def optimise(bench: Bench, target: Tensor, start: Tensor, steps: int, perceptual: float = 0.2) -> float:
    """Best PSNR within `steps` of Adam on the code (W or W+), on 4 x mean square + `perceptual` x the seven layers'
    distance: at 0.2 in about equal parts."""
    code = start.clone().requires_grad_()
    optimiser = torch.optim.Adam([code], lr=CODE_RATE)
    wanted = bench.squeeze(target, ALL_LAYERS)
    best = -np.inf
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = CODE_RATE * min(1.0, 4 * (1 - step / steps))
        image = bench.generator.network.synthesis(code.expand(1, bench.generator.info.num_ws, -1))
        error = (image - target).square().mean()
        loss = 4 * error
        if perceptual:
            loss = loss + perceptual * feature_distance(bench.squeeze(image, ALL_LAYERS), wanted).mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        best = max(best, float(psnr(image.detach().clamp(-1, 1), target)[0]))
    return best


def codes(bench: Bench, count: int, steps: int) -> Figures:
    """Gain in dB over the encoder of optimising w (also for the pixels alone), and w_plus, from the encoder's code."""
    rows = bench.faces.rows("test")[:count]
    found = bench.encode(rows)
    start = bench.render(found)
    gains: dict[str, list[float]] = {"w": [], "w_for_pixels": [], "w_plus": []}
    for i, row in enumerate(rows):
        target = to_batch(bench.faces.pixels[row][None], CPU)
        before = float(psnr(start[i : i + 1], target)[0])
        one = torch.from_numpy(found[i])[None, None]  # [1, 1, w_dim]
        gains["w"].append(optimise(bench, target, one, steps) - before)
        gains["w_for_pixels"].append(optimise(bench, target, one, steps, perceptual=0.0) - before)
        all_layers = one.repeat(1, bench.generator.info.num_ws, 1)
        gains["w_plus"].append(optimise(bench, target, all_layers, steps) - before)
    figures: Figures = {f"gain_{name}": float(np.mean(gain)) for name, gain in gains.items()}
    return figures | {"faces": len(rows), "steps": steps}


def sliders(bench: Bench, count: int) -> Figures:
    """-2 to +2 sigma on encoded test faces: own movement, share that follows, the largest leak, by the judge."""
    found = bench.encode(bench.faces.rows("test")[:count])
    spread = bench.judged(torch.cat(list(bench.real("test", most=400)))).std(0)
    table: Figures = {}
    for key, direction in bench.toolkit.directions.items():
        if key in KEYS:
            codes, offset = everywhere(bench.generator, found), REACH * direction.step(bench.generator.info.num_ws)
            low, high = (bench.judged(bench.render_plus(codes + sign * offset)) for sign in (-1, 1))
            table[key] = moved(key, low, high, spread)
    return table


def steps_up(bench: Bench, count: int) -> Figures:
    """+2 sigma on samples at psi .7: share in which the judge sees the attribute raised, and the mean identity."""
    w = sample_w(bench.generator, count, STEP_SEED, 0.7)
    before = bench.render(w)
    judged, pixels = bench.judged(before), pixels_of(before)
    table: Figures = {}
    points = [bench.detector.on_crop(picture) for picture in pixels]
    seen = [i for i, found in enumerate(points) if found]
    who = {i: bench.recogniser(pixels[i], points[i][0]) for i in seen}
    for key, direction in bench.toolkit.directions.items():
        if key in KEYS:
            offset = REACH * direction.step(bench.generator.info.num_ws)
            after = bench.render_plus(everywhere(bench.generator, w) + offset)
            rise = bench.judged(after)[:, KEYS.index(key)] - judged[:, KEYS.index(key)]
            edited = pixels_of(after)
            same = [identity_of(bench, edited[i], who[i]) for i in seen]
            table[key] = [round(float((rise > 0).mean()), 3), round(float(np.nanmean(same)), 3)]
    return table


def moved(key: str, low: F32, high: F32, spread: F32) -> Figures:
    """How one slider moved the judge's attributes f32 [N, K] between both ends."""
    own = KEYS.index(key)
    change = (high - low).mean(0) / spread
    share = {other: float(change[i] / change[own]) for i, other in enumerate(KEYS) if i != own}
    worst = max(share, key=lambda other: abs(share[other]))
    return {
        "moved": round(float((high - low)[:, own].mean()), 3),
        "follow": round(float((high[:, own] > low[:, own]).mean()), 3),
        "worst_leak": worst,
        "worst_share": round(share[worst], 3),
        "leaks": {other: round(value, 2) for other, value in share.items() if abs(value) > 0.35},
    }


def tuned(bench: Bench, count: int, preset: str) -> Figures:
    """The same three sliders on faces whose generator was tuned, with identity against the face at 0."""
    keys = [key for key in EDITED if key in bench.toolkit.directions]
    ends: dict[str, list[tuple[F32, F32]]] = {key: [] for key in keys}
    same: dict[str, list[float]] = {key: [] for key in keys}
    turn: list[float] = []
    quality: list[float] = []
    for row in bench.faces.rows("test")[:count]:
        target = to_batch(bench.faces.pixels[row][None], CPU)
        generator, code = personalise(bench, target, preset)
        with torch.inference_mode():
            neutral = generator.render(code).clamp(-1, 1)
        quality.append(float(psnr(neutral, target)[0]))
        who = bench.recogniser(to_pixels(neutral), bench.faces.points[row])
        for key in keys:
            step = REACH * bench.toolkit.directions[key].step(generator.info.num_ws)
            with torch.inference_mode():
                pair = [generator.render(code + sign * step).clamp(-1, 1) for sign in (-1, 1)]
            low, high = (bench.judged(picture)[0] for picture in pair)
            ends[key].append((low, high))
            same[key] += [identity_of(bench, to_pixels(picture), who) for picture in pair]
            if key == "yaw":
                angles = [yaw_of(bench, to_pixels(picture)) for picture in pair]
                turn.append(angles[1] - angles[0])
    table: Figures = {"psnr": float(np.mean(quality)), "faces": count, "preset": preset}
    for key in keys:
        own = KEYS.index(key)
        change = np.array([high[own] - low[own] for low, high in ends[key]])
        table[key] = {
            "moved": round(float(change.mean()), 3),
            "follow": round(float((change > 0).mean()), 3),
            "identity": round(float(np.nanmean(same[key])), 3),
            "faces_lost": int(np.isnan(same[key]).sum()),
        }
    table["yaw_degrees_by_points"] = round(float(np.nanmean(turn)), 1) if turn else None
    return table


def labelled(bench: Bench, labels: HandLabels, preset: str) -> Figures:
    """Balanced accuracy of every slider's level on hand-labelled test faces, with 95 % intervals.

    Codes of the encoder, and of the search of `preset` that goes on from them (where the program puts the face).
    """
    test = np.flatnonzero(labels.splits == "test")
    parts = [bench.encoder(to_batch(labels.pixels[part], CPU)).detach().numpy() for part in portions(test, 64)]
    codes = {
        "encoder": np.concatenate([everywhere(bench.generator, part) for part in parts]),
        preset: np.stack(
            [search(bench.toolkit, to_batch(labels.pixels[row][None], CPU), preset).latent.w_plus for row in test]
        ),
    }
    table: Figures = {"faces": len(test)}
    for key, direction in bench.toolkit.directions.items():
        if key not in labels.values or key == "age":
            continue
        value = labels.values[key][test]
        clear = np.abs(value) >= 1 if key == "yaw" else np.ones(len(test), bool)
        truth = (value > 0.5) if key == "gender" else value > 0
        figures: dict[str, object] = {"positives": int(truth[clear].sum()), "of": int(clear.sum())}
        for name, w_plus in codes.items():
            above = levels(direction, w_plus) > 0
            rates = above[clear & truth].mean(), (~above)[clear & ~truth].mean()
            smaller = int(min((clear & truth).sum(), (clear & ~truth).sum()))
            share = float(np.mean(rates))
            figures[name] = [round(x, 3) for x in (share, *wilson(share, 2 * smaller))]
        table[key] = figures
    return table


def search(toolkit: Toolkit, target: Tensor, preset: str) -> Pivot:
    """The code that a preset finds for one crop [1, 3, R, R]."""
    eyes = toolkit.eyes()
    assert eyes is not None, "the model folder holds the attribute net"
    problem = InversionProblem(toolkit.generator, target, toolkit.perceptual(), toolkit.encoder, 0, eyes.matters)
    pivot: Pivot = run(invert_for(PRESETS[preset], problem)).pivot  # type: ignore[attr-defined]  # the job's result
    return pivot


def personalise(bench: Bench, target: Tensor, preset: str) -> tuple[FaceGenerator, F32]:
    """A generator tuned to one crop [1, 3, R, R], and its code [num_ws, w_dim]."""
    pivot, perceptual = search(bench.toolkit, target, preset), bench.toolkit.perceptual()
    tuning = Tuning(bench.generator, target, [pivot], perceptual, seed=0)
    run(tuning.steps(PRESETS[preset].plan(perceptual.name)))
    return tuning.generator, pivot.latent.w_plus


def identity_of(bench: Bench, picture: U8, who: F32) -> float:
    """Cosine to the neutral face, aligned by the points found in the edited picture; NaN when no face is found."""
    points = bench.detector.on_crop(picture)
    return float(bench.recogniser(picture, points[0]) @ who) if points else float("nan")


def yaw_of(bench: Bench, picture: U8) -> float:
    """Degrees from the nose's offset between the eyes; NaN when no face is found."""
    found = bench.detector.on_crop(picture)
    if not found:
        return float("nan")
    eye_l, eye_r, nose = found[0][:3]
    across = eye_r - eye_l
    offset = float((nose - (eye_l + eye_r) / 2) @ across / (across @ across))
    return float(np.degrees(np.arctan(offset / NOSE_LENGTH)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/base"))
    parser.add_argument("--data", type=Path, required=True, help="packed faces (python -m models.training.data)")
    parser.add_argument("--measure", type=Path, required=True, help="folder with YuNet, MobileFaceNet, SqueezeNet")
    parser.add_argument("--out", type=Path, required=True, help="JSON; parts measured before are kept")
    parser.add_argument("--part", nargs="*", choices=(*PARTS, LABELLED), default=PARTS)
    parser.add_argument("--faces", type=Path, help="folder with labelled.csv: for the part `labelled`")
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--count", type=int, default=500, help="test faces for reconstruction and groups")
    parser.add_argument("--few", type=int, default=20, help="test faces for codes and tuned")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--preset", default="fast")
    args = parser.parse_args()
    if LABELLED in args.part and args.faces is None:
        parser.error("--part labelled needs --faces")
    torch.set_num_threads(1)
    bench = Bench(
        load_toolkit(str(args.model / "generator.safetensors"), "cpu"), load_faces(args.data),
        SqueezeNet(args.measure / "squeezenet11_features.safetensors"), load_attribute_net(JUDGE),
        Detector(args.measure), Recogniser(args.measure),
    )  # fmt: skip
    parts: dict[str, Callable[[], Figures]] = {
        "samples": lambda: samples(bench, args.samples),
        "reconstruction": lambda: reconstruction(bench, args.count),
        "codes": lambda: codes(bench, args.few, args.steps),
        "sliders": lambda: sliders(bench, min(args.count, 100)),
        "steps": lambda: steps_up(bench, 150),
        "tuned": lambda: tuned(bench, args.few, args.preset),
        "groups": lambda: groups(bench, args.count),
        LABELLED: lambda: labelled(bench, load_labels(args.faces), args.preset),
    }
    found: Figures = json.loads(args.out.read_text()) if args.out.exists() else {}
    for name in args.part:
        started = time.monotonic()
        found[name] = parts[name]()
        args.out.write_text(json.dumps(found, indent=1) + "\n")
        print(f"{name} ({time.monotonic() - started:.0f} s): {json.dumps(found[name])}", flush=True)


if __name__ == "__main__":
    main()
