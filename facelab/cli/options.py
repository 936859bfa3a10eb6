"""The flags of every verb. Parsing imports neither numpy nor torch, so that `--help` is instant."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from facelab import __version__
from facelab.cli.directions_options import add_direction_verbs

PRESETS = ("fast", "balanced", "faithful")
METHODS = ("w", "w+", "w-then-w+", "encoder", "hybrid")
PHOTO_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
MOVIE_SUFFIXES = (".gif", ".mp4", ".webm")
SEEDS = 2**32


AddVerb = Callable[[str, str], argparse.ArgumentParser]


class Parser(argparse.ArgumentParser):
    """Wrong usage is one line, as every error: what is wrong and where the options are listed."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"facelab: {message}. See: {self.prog} --help\n")


@dataclass(frozen=True, slots=True)
class Setting:
    """One `--set KEY=VALUE[@LAYERS]`. layers: as written, resolved when the model is known."""

    key: str
    value: float
    layers: str | None


FARTHEST = 20.0
"""sigma; beyond that no generator has anything to draw."""


def setting(text: str) -> Setting:
    """Read KEY=VALUE[@LAYERS]; argparse turns the ValueError into exit 2."""
    key, equals, rest = text.partition("=")
    number, at, layers = rest.partition("@")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not key or not equals or not math.isfinite(value) or (at and not layers):
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE[@LAYERS], for example smile=1.5 or age=2@4-7")
    if abs(value) > FARTHEST:
        raise argparse.ArgumentTypeError(f"{text!r} is farther than {FARTHEST:.0f} sigma; sliders end at 3 to 4")
    return Setting(key, value, layers or None)


def numbers(count: int) -> Callable[[str], tuple[float, ...]]:
    """A parser of exactly `count` finite numbers separated by commas."""

    def parse(text: str) -> tuple[float, ...]:
        try:
            values = tuple(float(part) for part in text.split(","))
        except ValueError:
            values = ()
        if len(values) != count or not all(map(math.isfinite, values)):
            raise argparse.ArgumentTypeError(f"{text!r} is not {count} numbers separated by commas")
        return values

    return parse


def face_choice(text: str) -> int | None:
    """An index from 0, or None for "all"."""
    if text == "all":
        return None
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number from 0 nor 'all'")
    return int(text)


def seed_range(text: str) -> tuple[int, ...]:
    """Read "0-3", "7" or "1,5,8-9"."""
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            raise argparse.ArgumentTypeError(f"{text!r} is not a range of seeds such as 0-3 or 1,5")
        numbers = range(int(first), int(last or first) + 1)
        if numbers.stop > SEEDS or len(numbers) + len(seeds) > 100_000:
            raise argparse.ArgumentTypeError(f"{text!r}: up to 100000 seeds below {SEEDS}")
        seeds += numbers
    if not seeds:
        raise argparse.ArgumentTypeError(f"{text!r} is not a range of seeds such as 0-3 or 1,5")
    return tuple(seeds)


def seed(text: str) -> int:
    """One seed, as numpy takes them."""
    if not text.isdigit() or int(text) >= SEEDS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 below {SEEDS}")
    return int(text)


def keys(text: str) -> tuple[str, ...]:
    """Names separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def common() -> Parser:
    """The options that every verb understands."""
    parser = Parser(add_help=False, allow_abbrev=False)
    group = parser.add_argument_group("common options")
    group.add_argument("--model", metavar="M", help="generator: a name from 'facelab models list' or a file")
    group.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    group.add_argument("--seed", type=seed, default=0, help="seed of everything random (default 0)")
    group.add_argument("--preset", choices=PRESETS, default="balanced", help="how long to tune (default balanced)")
    group.add_argument("--json", metavar="FILE|-", help="write a report; - = standard output")
    group.add_argument("--quiet", action="store_true", help="no progress and no remarks, only errors")
    group.add_argument("--force", action="store_true", help="replace outputs that exist")
    return parser


def add_face_options(parser: argparse.ArgumentParser, *, choice: bool = True) -> None:
    """Which face, or where it is."""
    if choice:
        parser.add_argument("--face", type=face_choice, default=0, metavar="N|all", help="0 = the largest (default)")
        parser.add_argument("--aligned", action="store_true", help="the input is an aligned crop already")
    parser.add_argument("--eyes", type=numbers(4), metavar="x,y,x,y", help="image-left eye, image-right eye")
    parser.add_argument("--mouth", type=numbers(4), metavar="x,y,x,y", help="image-left and image-right mouth corner")


def add_edit_options(parser: argparse.ArgumentParser) -> None:
    """What to change and what to write; shared by `edit` and `render`."""
    parser.add_argument(
        "--set", dest="settings", type=setting, action="append", default=[], metavar="KEY=VALUE[@LAYERS]",
        help="move a slider, in sigma; LAYERS: 3, 4-7, all, coarse, middle, fine (default: its own); may be repeated",
    )  # fmt: skip
    parser.add_argument("--lock", type=keys, action="append", default=[], metavar="K,K", help="keep these attributes")
    parser.add_argument("--psi", type=float, default=None, help="truncation: 1 = none (default), 0 = the mean face")
    parser.add_argument(
        "--out", type=Path, action="append", default=[], metavar="OUT",
        help="photo (.png .jpg .webp .tif), animation (.gif .mp4 .webm) or folder; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--project", type=Path, metavar="P.facelab", help="save generator and photo (several: a folder)"
    )
    parser.add_argument("--mask-out", type=Path, metavar="M.png", help="write the region that may change")
    parser.add_argument("--crop-only", action="store_true", help="write the aligned face only, at the model's size")
    parser.add_argument("--strip", action="store_true", help="write the sliders of --set from -3 to +3 side by side")
    group = parser.add_argument_group("animation")
    group.add_argument("--animate", action="store_true", help="write .webp as an animation")
    group.add_argument("--size", type=int, default=640, help="longest side in px (default 640)")
    group.add_argument("--frames", type=int, default=24, help="frames from before to after (default 24)")
    group.add_argument("--fps", type=float, default=20, help="frames per second (default 20)")
    group = parser.add_argument_group("metadata")
    group.add_argument("--strip-metadata", action="store_true", help="leave out date, camera, author and so on")
    group.add_argument("--keep-gps", action="store_true", help="keep the place where the photo was taken")
    group.add_argument("--no-edit-mark", action="store_true", help="no 'edited with facelab' mark")
    group.add_argument("--quality", type=int, default=95, help="of JPEG and WebP, 1-100 (default 95)")


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = Parser(
        prog="facelab", allow_abbrev=False,
        description="Edit real photos of faces with a personal generator. Without a verb: the window.",
        epilog="facelab [PHOTO|FILE.facelab] opens the window. Exit codes: 0; 2 usage; 3 bad input; "
        "4 cannot be done here; 130 interrupted; 1 a bug.",
    )  # fmt: skip
    parser.add_argument("--version", action="version", version=f"facelab {__version__}")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(
            name, help=text, description=text, parents=[common()], allow_abbrev=False, conflict_handler="resolve"
        )

    _add_editing_verbs(verb)
    _add_looking_verbs(verb)
    _add_service_verbs(verb)
    text = "the sliders of a model, and the studio that finds new ones"
    add_direction_verbs(verbs.add_parser("directions", help=text, description=text, allow_abbrev=False), common, keys)
    return parser


def _add_editing_verbs(verb: AddVerb) -> None:
    edit = verb("edit", "edit photos, each its own person")
    edit.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    add_face_options(edit)
    add_edit_options(edit)
    personalize = verb("personalize", "one generator for all photos, of one person or several")
    personalize.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    add_face_options(personalize)
    personalize.add_argument("--out", type=Path, required=True, metavar="me.facelab")
    personalize.add_argument("--with-photos", action="store_true", help="put the photos into the file, too")
    render = verb("render", "edit a .facelab file again, without tuning")
    render.add_argument("file", type=Path, metavar="FILE.facelab")
    add_edit_options(render)
    render.add_argument("--photo", type=Path, metavar="PHOTO", help="paste into this photo, not the one in the file")
    render.add_argument("--pivot", type=int, metavar="N", help="which photo of the file (default 0; all into a folder)")


def _add_looking_verbs(verb: AddVerb) -> None:
    invert = verb("invert", "find the code of a face, without tuning")
    invert.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    add_face_options(invert)
    invert.add_argument("--method", choices=METHODS, default="hybrid")
    invert.add_argument("--noise-stage", action="store_true", help="afterwards fit the noise maps, too")
    invert.add_argument("--progress-gif", action="store_true", help="write NAME.gif that shows the face appear")
    invert.add_argument("--steps", type=int, help="steps of each stage (default: the method's)")
    invert.add_argument("--out", type=Path, required=True, metavar="DIR")
    align = verb("align", "write the aligned face of a photo")
    align.add_argument("photo", type=Path, metavar="PHOTO")
    align.add_argument("--face", type=face_choice, default=0, metavar="N", help="0 = the largest (default)")
    add_face_options(align, choice=False)
    align.add_argument("--out", type=Path, required=True, metavar="CROP.png")
    faces = verb("faces", "list the faces of photos, largest first")
    faces.add_argument("photos", nargs="+", type=Path, metavar="PHOTO")
    generate = verb("generate", "draw faces of people who do not exist")
    generate.add_argument("--seeds", type=seed_range, required=True, metavar="0-3")
    generate.add_argument("--psi", type=float, default=1.0, help="truncation (default 1 = none)")
    generate.add_argument("--out", type=Path, required=True, metavar="DIR")


def _add_service_verbs(verb: AddVerb) -> None:
    models = verb("models", "the generators facelab knows")
    models.add_argument("action", choices=("list", "info", "verify", "add"))
    models.add_argument("name", nargs="?", help="a name from the list or a file")
    verb("doctor", "what works on this computer")
    bench = verb("bench", "measure the speed of this computer")
    bench.add_argument("what", nargs="?", default="speed", metavar="WHAT", help="speed (default), ui, inversion, faces")
    bench.add_argument("path", nargs="?", type=Path, metavar="DIR", help="photos, for inversion and faces")
    bench.add_argument("--model", dest="models", action="append", default=[], metavar="M", help="may be repeated")
