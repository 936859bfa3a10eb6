"""Make a checkpoint small enough to bring back: moving averages and judges in half precision, without moments.

`python -m models.training.gpu.slim --run runs/a --out $OUT`

Writes at most 8 files below 16 MiB: the parts, state.json, the newest sheet and metrics.csv. Every stage can start from
it (`--start`), and `export` can read it as `OUT/checkpoint`; the moments are rebuilt in the warm-up.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from torch import Tensor

from models.training.state import read_parts, write_parts

KEPT = ("average/", "net/discriminator/", "net/heads/")
MOST_FILES, MOST_BYTES = 8, 16 * 2**20


def slim(flat: dict[str, Tensor]) -> dict[str, Tensor]:
    """What is needed to go on, in half precision; the mapping network stays float32 (its weights span decades)."""
    kept = {name: tensor for name, tensor in flat.items() if name.startswith(KEPT)}
    return {name: tensor if "/mapping." in name else tensor.half() for name, tensor in kept.items()}


def bring_back(run: Path, out: Path) -> list[Path]:
    """Write the slim checkpoint of a run; returns the files. Raises ValueError when they are too many or too large."""
    checkpoint = out / "checkpoint"
    checkpoint.mkdir(parents=True, exist_ok=True)
    write_parts(slim(read_parts(run / "checkpoint")), checkpoint)
    shutil.copyfile(run / "checkpoint" / "state.json", checkpoint / "state.json")
    if (run / "metrics.csv").exists():
        shutil.copyfile(run / "metrics.csv", out / "metrics.csv")
    sheets = sorted(run.glob("sheet-*.png"))
    if sheets:
        shutil.copyfile(sheets[-1], out / sheets[-1].name)
    files = [path for path in out.rglob("*") if path.is_file()]
    if len(files) > MOST_FILES or max(path.stat().st_size for path in files) > MOST_BYTES:
        raise ValueError(f"{len(files)} files, the largest {max(path.stat().st_size for path in files)} bytes")
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    for path in bring_back(args.run, args.out):
        print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
