"""The flags of `facelab directions`. Parsing imports neither numpy nor torch."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

Keys = Callable[[str], tuple[str, ...]]
SHARED_TEXT = "KEY is a slider of the model (facelab directions list)."


def label_name(text: str) -> tuple[str, str]:
    """LANGUAGE=NAME, for example ja=眼鏡."""
    language, equals, name = text.partition("=")
    if not equals or not language.isalpha() or not name.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not LANGUAGE=NAME, for example en=Freckles")
    return language.lower(), name.strip()


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return parse


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= 0.5:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share between 0 and 0.5")
    return value


def add_direction_verbs(
    directions: argparse.ArgumentParser, common: Callable[[], argparse.ArgumentParser], keys: Keys
) -> None:
    """The verbs below `directions`; options.action names the chosen one."""
    verbs = directions.add_subparsers(dest="action", metavar="VERB", required=True)

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=text, parents=[common()], allow_abbrev=False)

    verb("list", "the sliders of a model")
    verb("show", "all that is known of a slider").add_argument("key", metavar="KEY")
    _add_fit(verb("fit", "find a slider from scores or labels (InterFaceGAN) and keep it"), keys)
    _add_condition(verb("condition", "a direction that leaves others alone, by least squares"))
    ladder = verb("ladder", f"samples ordered by their distance to a slider's boundary. {SHARED_TEXT}")
    ladder.add_argument("key", metavar="KEY")
    ladder.add_argument("--samples", type=_whole(50, 100_000), default=2000, help="default 2000")
    ladder.add_argument("--rungs", type=_whole(3, 20), default=7, help="default 7")
    ladder.add_argument("--out", type=Path, required=True, metavar="LADDER.png")
    matrix = verb("matrix", f"how much each slider moves the others, measured in pictures. {SHARED_TEXT}")
    matrix.add_argument("keys", nargs="*", metavar="KEY", help="default: all that can be judged")
    matrix.add_argument(
        "--faces", type=_whole(4, 1000), default=24, help="sampled faces it is measured on (default 24)"
    )
    matrix.add_argument("--out", type=Path, metavar="MATRIX.png", help="draw it as a heat map, too")
    _add_components(verb("pca", "principal components of sampled w (GANSpace)"), pca=True)
    _add_components(verb("sefa", "eigenvectors of the style layers (SeFa)"), pca=False)
    calibrate = verb("calibrate", f"measure sliders again: sigma, spread, effect, range. {SHARED_TEXT}")
    calibrate.add_argument("keys", nargs="+", metavar="KEY")
    calibrate.add_argument("--photos", type=Path, metavar="DIR", help="real faces for the spread")
    calibrate.add_argument("--faces", type=_whole(8, 1000), default=48, help="sampled faces (default 48)")
    _add_import(verb("import", "take in a direction from a file of others, or a folder that was exported"))
    export = verb("export", f"write a slider as a folder for others. {SHARED_TEXT}")
    export.add_argument("key", metavar="KEY")
    export.add_argument("--out", type=Path, required=True, metavar="DIR")
    remove = verb("remove", "delete a slider of your own; those of the model stay")
    remove.add_argument("key", metavar="KEY")


def _add_names(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--name", type=label_name, action="append", default=[], metavar="LANGUAGE=NAME",
        help="en=Freckles, ja=..., ko=...; may be repeated",
    )  # fmt: skip


def _add_fit(fit: argparse.ArgumentParser, keys: Keys) -> None:
    fit.add_argument("key", metavar="KEY", help="name of the new slider: a-z, 0-9, _")
    source = fit.add_mutually_exclusive_group(required=True)
    source.add_argument("--attribute", metavar="NAME", help="score with the attribute net: smile, age, quality ...")
    source.add_argument(
        "--scores", type=Path, metavar="CSV",
        help="columns seed (as of 'facelab generate') or photo (a path), and score; two kinds of scores are labels",
    )  # fmt: skip
    fit.add_argument("--space", choices=("z", "w", "w+"), default="w")
    fit.add_argument("--samples", type=_whole(100, 20_000), default=1000, help="faces that are scored (default 1000)")
    fit.add_argument("--share", type=_share, default=0.2, help="of the scores at each end (default 0.2)")
    fit.add_argument("--plain", action="store_true", help="the boundary's own normal, as in the paper, not whitened")
    fit.add_argument("--on", type=keys, action="append", default=[], metavar="K,K", help="leave these sliders alone")
    fit.add_argument("--out", type=Path, metavar="DIR", help="write the folder there instead of keeping the slider")
    fit.add_argument("--ladder", type=Path, metavar="LADDER.png", help="draw the distance ladder, too")
    _add_names(fit)


def _add_condition(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--primal", required=True, metavar="A.npy|KEY")
    parser.add_argument("--on", action="append", required=True, metavar="B.npy|KEY", help="may be repeated")
    parser.add_argument("--out", type=Path, metavar="D.npy", help="write the unit vector")
    parser.add_argument("--key", metavar="NEW", help="keep it as a slider (when the primal is one)")
    _add_names(parser)


def _add_components(parser: argparse.ArgumentParser, *, pca: bool) -> None:
    if pca:
        parser.add_argument("--samples", type=_whole(500, 2_000_000), default=100_000, help="w (default 100000)")
    parser.add_argument("--components", type=_whole(1, 512), default=20, help="how many (default 20)")
    parser.add_argument("--layers", metavar="LAYERS", help="3, 4-7, all, coarse, middle or fine (default all)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write components.npz and, with --sheet, sheet.png")
    parser.add_argument("--sheet", action="store_true", help="draw what each component does")
    parser.add_argument("--faces", type=_whole(0, 100), default=0, help="measure the change against random directions")
    parser.add_argument("--keep", action="append", default=[], metavar="N=KEY", help="make component N a slider")
    _add_names(parser)


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="FILE|DIR", help=".npy, .npz or .pt (nothing in it is run)")
    parser.add_argument("--key", default="", metavar="NEW", help="name of the slider (default: the file's)")
    parser.add_argument("--space", choices=("auto", "z", "w", "w+"), default="auto")
    parser.add_argument("--component", type=_whole(0, 10_000), default=0, metavar="N", help="of a GANSpace file")
    parser.add_argument("--source", default="", help="where it comes from")
    parser.add_argument("--licence", default="", help="its licence")
    _add_names(parser)
