"""Carry the training faces to another machine in several small steps, without loss.

Here:   `python -m models.training.gpu.shards --faces FACES128 --measure MEASURE --out runs/shards --megabytes 28`
There:  `python -m models.training.gpu.shards --unpack runs/shards --data runs/data`

A shard is a folder `N/` with `faces.bin` (JPEG files as they are, one after the other) and `faces.json` (name, split,
age, gender, points and length of each). The first also has the fixed SqueezeNet features. Unpacking adds what is there
to `runs/data`; shards may arrive one at a time, in any order, and twice.

With `--quality 76` the faces are encoded again as AVIF (about 2.7 kB a face instead of 4.7), and only `--held-out`
faces of each split that is not trained on are taken: two shards instead of four.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from facelab.core.values import U8
from models.training.data import POINTS

Row = list[object]
FEATURES = "squeezenet11_features.safetensors"


def stored(folder: Path) -> Iterator[tuple[Row, bytes]]:
    """Name, split, age, gender and points of every face, with its file, in the order of models.training.data."""
    with (folder / "split.csv").open() as lines:
        split_of = {row["file"]: row["split"] for row in csv.DictReader(lines)}
    with (folder / "faces128.csv").open() as lines:
        table = sorted(csv.DictReader(lines), key=lambda row: (row["shard"], row["file"]))
    archives: dict[str, zipfile.ZipFile] = {}
    for row in table:
        archive = archives.get(row["shard"])
        if archive is None:
            archive = archives[row["shard"]] = zipfile.ZipFile(folder / row["shard"])
        points = [[float(row[f"{name}_x"]), float(row[f"{name}_y"])] for name in POINTS]
        yield [row["file"], split_of[row["file"]], row["age"], row["gender"], points], archive.read(row["file"])


def some(rows: list[tuple[Row, bytes]], held_out: int) -> list[tuple[Row, bytes]]:
    """All training faces, and the first `held_out` of every other split."""
    seen: dict[str, int] = {}
    kept = []
    for row, data in rows:
        split = str(row[1])
        seen[split] = seen.get(split, 0) + 1
        if split == "train" or seen[split] <= held_out:
            kept.append((row, data))
    return kept


def smaller(data: bytes, quality: int) -> bytes:
    """The picture as AVIF."""
    target = io.BytesIO()
    with Image.open(io.BytesIO(data)) as image:
        image.convert("RGB").save(target, "AVIF", quality=quality, speed=6, max_threads=1)
    return target.getvalue()


def write_shards(
    faces: Path, measure: Path, out: Path, most_bytes: int, *, quality: int = 0, held_out: int | None = None
) -> int:
    """Write the shard folders, each at most `most_bytes`; returns how many. Faces are spread evenly over them.

    quality: of the AVIF files the faces become, 0 = leave them as they are. held_out: see `some`, None = all.
    """
    everything = list(stored(faces))
    if held_out is not None:
        everything = some(everything, held_out)
    if quality:
        with ThreadPoolExecutor() as pool:
            pictures = list(pool.map(lambda item: smaller(item[1], quality), everything))
        everything = [(row, data) for (row, _), data in zip(everything, pictures, strict=True)]
    total = sum(len(data) + 200 for _, data in everything) + (measure / FEATURES).stat().st_size
    count = -(-total // most_bytes)
    shutil.rmtree(out, ignore_errors=True)
    for number in range(count):
        folder = out / str(number)
        folder.mkdir(parents=True)
        chosen = everything[number::count]
        (folder / "faces.bin").write_bytes(b"".join(data for _, data in chosen))
        (folder / "faces.json").write_text(json.dumps([[*row, len(data)] for row, data in chosen]))
    shutil.copyfile(measure / FEATURES, out / "0" / FEATURES)
    return count


def decoded(data: bytes) -> U8:
    """The picture u8 [R, R, 3]."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def unpack(shards: Path, data: Path) -> int:
    """Add the faces of all shards that are there to a packed folder; returns how many faces it then has."""
    data.mkdir(parents=True, exist_ok=True)
    meta: list[Row] = json.loads((data / "faces.json").read_text()) if (data / "faces.json").exists() else []
    pixels = [np.load(data / "faces.npy")] if meta else []
    known = {row[0] for row in meta}
    for folder in sorted(path.parent for path in shards.glob("*/faces.json")):
        if (folder / FEATURES).exists():
            shutil.copyfile(folder / FEATURES, data / FEATURES)
        content, start, fresh = (folder / "faces.bin").read_bytes(), 0, []
        for *row, length in json.loads((folder / "faces.json").read_text()):
            if row[0] not in known:
                known.add(row[0])
                meta.append(row)
                fresh.append(content[start : start + length])
            start += length
        with ThreadPoolExecutor() as pool:
            pixels += [np.stack(list(pool.map(decoded, fresh)))] if fresh else []
    np.save(data / "faces.npy", np.concatenate(pixels))
    (data / "faces.json").write_text(json.dumps(meta))
    return len(meta)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=Path, help="folder with faces128-*.zip, faces128.csv, split.csv")
    parser.add_argument("--measure", type=Path, help=f"folder with {FEATURES}")
    parser.add_argument("--out", type=Path, default=Path("runs/shards"))
    parser.add_argument("--megabytes", type=float, default=28.0)
    parser.add_argument("--quality", type=int, default=0, help="encode the faces again as AVIF of this quality")
    parser.add_argument("--held-out", type=int, help="faces of each split that is not trained on (default: all)")
    parser.add_argument("--unpack", type=Path, help="folder of shard folders")
    parser.add_argument("--data", type=Path, default=Path("runs/data"))
    args = parser.parse_args()
    if args.unpack is not None:
        print(f"{unpack(args.unpack, args.data)} faces in {args.data}")
    else:
        count = write_shards(
            args.faces, args.measure, args.out, int(args.megabytes * 2**20),
            quality=args.quality, held_out=args.held_out,
        )  # fmt: skip
        print(f"{count} shards in {args.out}")


if __name__ == "__main__":
    main()
