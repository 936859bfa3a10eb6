"""The training faces: aligned 128 px crops, packed once into one memory-mapped array.

`python -m models.training.data --faces FOLDER --out FOLDER` decodes the JPEGs of all zip shards to
`faces.npy` (u8 [N, 128, 128, 3] RGB) and `faces.json` (name, split, age, gender and points per row).
`split.csv` decides for every net who is trained on what: `test` is never trained on.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from facelab.core.values import F32, U8

POINTS = ("eye_l", "eye_r", "nose", "mouth_l", "mouth_r")
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """Packed faces. pixels: u8 [N, R, R, 3]; points: f32 [N, 5, 2] crop px; the lists have N rows."""

    pixels: U8
    points: F32
    names: list[str]
    splits: list[str]
    ages: list[str]
    genders: list[str]

    def rows(self, *splits: str) -> NDArray[np.int64]:
        """Row numbers of these splits, in the order of the file."""
        return np.array([i for i, split in enumerate(self.splits) if split in splits], dtype=np.int64)


def pack(source: Path, target: Path) -> int:
    """Decode every face of the shards in `source` into `target`; returns how many."""
    with (source / "split.csv").open() as lines:
        split_of = {row["file"]: row["split"] for row in csv.DictReader(lines)}
    with (source / "faces128.csv").open() as lines:
        table = sorted(csv.DictReader(lines), key=lambda row: (row["shard"], row["file"]))
    target.mkdir(parents=True, exist_ok=True)
    size = 128
    pixels = np.lib.format.open_memmap(
        target / "faces.npy", mode="w+", dtype=np.uint8, shape=(len(table), size, size, 3)
    )
    shards: dict[str, zipfile.ZipFile] = {}
    meta = []
    for i, row in enumerate(table):
        shard = shards.get(row["shard"]) or shards.setdefault(row["shard"], zipfile.ZipFile(source / row["shard"]))
        with Image.open(io.BytesIO(shard.read(row["file"]))) as image:
            pixels[i] = np.asarray(image.convert("RGB"))
        points = [[float(row[f"{name}_x"]), float(row[f"{name}_y"])] for name in POINTS]
        meta.append([row["file"], split_of[row["file"]], row["age"], row["gender"], points])
    pixels.flush()
    (target / "faces.json").write_text(json.dumps(meta))
    return len(table)


def load_faces(folder: Path) -> Faces:
    """Open a packed folder; the pixels stay on disk until they are used."""
    meta = json.loads((folder / "faces.json").read_text())
    names, splits, ages, genders, points = (list(column) for column in zip(*meta, strict=True))
    pixels = np.load(folder / "faces.npy", mmap_mode="r")
    return Faces(pixels, np.asarray(points, np.float32), names, splits, ages, genders)


def to_batch(pixels: U8, device: torch.device) -> torch.Tensor:
    """u8 [N, R, R, 3] to float32 [N, 3, R, R] in [-1, 1], channels last in memory."""
    batch = torch.from_numpy(np.ascontiguousarray(pixels)).to(device)
    return batch.permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0)


def draw(faces: Faces, rows: NDArray[np.int64], count: int, rng: np.random.Generator) -> U8:
    """`count` random faces of `rows`, each mirrored with probability one half: u8 [count, R, R, 3]."""
    chosen: U8 = faces.pixels[np.sort(rng.choice(rows, count, replace=False))]
    mirrored = rng.random(count) < 0.5
    chosen[mirrored] = chosen[mirrored, :, ::-1]
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=Path, required=True, help="folder with faces128-*.zip, faces128.csv, split.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder for faces.npy and faces.json")
    args = parser.parse_args()
    print(f"{pack(args.faces, args.out)} faces in {args.out}")


if __name__ == "__main__":
    main()
