"""Write `models/base` from a checkpoint (or from another model folder): fp16 safetensors and model.toml.

`python -m models.training.export --run RUN --start models/base --out models/base --note "..."`
The moving averages are what is exported; w_avg is measured anew on 10,000 samples.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
import torch
from safetensors.torch import load_file
from torch import Tensor

from facelab import __version__
from facelab.core.formats import save_native, tensor_sha256
from facelab.core.formats.checkpoint import ModelMetadata
from facelab.core.formats.safetensors_file import write_file
from facelab.core.networks.stylegan2 import Generator
from facelab.core.values import CropConvention
from models.training import nets
from models.training.state import read_parts

LICENCE = "CC BY 4.0"
DATA = (
    "18,010 aligned adult faces of FairFace (Kärkkäinen and Joo, published under CC BY 4.0; "
    "its photos come from public collections with licences of their own)"
)
SOURCE = "trained from random weights by models/training"
CROP = CropConvention(0.64, 0.53)
WARM_START = {"images": 91_440, "samples": 12_552, "minutes": 73.5}


@dataclass(frozen=True, slots=True)
class Parts:
    """The tensors of a model by file name, float32 or as stored, and the counters of its training."""

    files: dict[str, dict[str, Tensor]]
    counters: dict[str, float]


def parts_of_folder(folder: Path) -> Parts:
    """A model folder such as models/base, or the warm start."""
    names = ("generator", "encoder", "discriminator", "feature_heads")
    files = {
        name: load_file(folder / f"{name}.safetensors") for name in names if (folder / f"{name}.safetensors").exists()
    }
    counters: dict[str, float] = dict(WARM_START)
    if (folder / "model.toml").exists():
        counters = tomllib.loads((folder / "model.toml").read_text())["training"]["counters"]
    return Parts(files, counters)


def parts_of_run(folder: Path) -> Parts:
    """The moving averages (and, where there are any, discriminator and heads) of a run's checkpoint."""
    flat = read_parts(folder / "checkpoint")
    files: dict[str, dict[str, Tensor]] = {}
    wanted = {
        "generator": "average/generator/",
        "encoder": "average/encoder/",
        "discriminator": "net/discriminator/",
        "feature_heads": "net/heads/",
    }
    for name, prefix in wanted.items():
        found = {key[len(prefix) :]: tensor for key, tensor in flat.items() if key.startswith(prefix)}
        if found:
            files[name] = found
    counters = json.loads((folder / "checkpoint" / "state.json").read_text())
    return Parts(
        files, {"images": counters["images"], "samples": counters["samples"], "minutes": counters["seconds"] / 60}
    )


def without_variance(encoder: dict[str, Tensor]) -> dict[str, Tensor]:
    """Drop the log-variance half of the encoder's output: training starts it anew at a fixed sigma."""
    w_dim = len(encoder["pca.bias"])
    return {name: t[:w_dim].clone() if name.startswith("out.") else t for name, t in encoder.items()}


@torch.no_grad()
def mean_code(generator: dict[str, Tensor]) -> Tensor:
    """w_avg [w_dim]: the mean of 10,000 mapped z, seed 0."""
    network = Generator(nets.base_config())
    network.load_state_dict({name: t.float() for name, t in generator.items()})
    z = torch.randn(10_000, nets.Z_DIM, generator=torch.Generator().manual_seed(0))
    return network.mapping.w(z).mean(0)


def write_model(parts: Parts, out: Path, *, note: str, metrics: dict[str, Any]) -> str:
    """Write all files; returns the generator's tensor hash."""
    out.mkdir(parents=True, exist_ok=True)
    generator = {name: t for name, t in parts.files["generator"].items() if not name.endswith("resample_filter")}
    generator["mapping.w_avg"] = mean_code(generator)
    metadata = ModelMetadata("base", LICENCE, DATA, SOURCE, CROP, note)
    hashes = {
        "generator": save_native(out / "generator.safetensors", nets.base_config(), generator, metadata, half=True)
    }
    for name in ("encoder", "discriminator", "feature_heads"):
        if name not in parts.files:
            continue
        tensors = without_variance(parts.files[name]) if name == "encoder" else parts.files[name]
        kept = {key: t.half().contiguous() for key, t in tensors.items() if not key.endswith("resample_filter")}
        hashes[name] = tensor_sha256(kept)
        about = {"licence": LICENCE, "training_data": DATA, "tensor_sha256": hashes[name]}
        write_file(out / f"{name}.safetensors", kept, {"format": "pt", "facelab_part": json.dumps(about)})
    write_description(out, hashes, parts.counters, note, metrics)
    return hashes["generator"]


def write_description(
    out: Path, hashes: dict[str, str], counters: dict[str, float], note: str, metrics: dict[str, Any]
) -> None:
    """model.toml: what the model is, what it was trained on, and how far."""
    config = nets.base_config()
    description = {
        "id": "base",
        "name": "facelab base, 128 px",
        "licence": LICENCE,
        "training_data": DATA,
        "source": SOURCE,
        "code_version": __version__,
        "note": note,
        "crop": {"crop_scale": CROP.scale, "crop_shift": CROP.shift, "size": config.img_resolution},
        "kwargs": {
            "z_dim": config.z_dim,
            "c_dim": config.c_dim,
            "w_dim": config.w_dim,
            "img_resolution": config.img_resolution,
            "img_channels": config.img_channels,
            "mapping_layers": config.mapping_layers,
            "channels": list(config.channels),
        },
        "tensor_sha256": hashes,
        "training": {
            "cpu_hours": round(counters["minutes"] / 60, 2),
            "cpu_hours_of_the_warm_start": round(WARM_START["minutes"] / 60, 2),
            "counters": counters,
        },
    }
    if metrics:
        description["metrics"] = metrics
    (out / "model.toml").write_bytes(tomli_w.dumps(description).encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, help="run whose checkpoint is exported; without it, --start is converted")
    parser.add_argument("--start", type=Path, required=True, help="model folder for the parts the run does not train")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--note", default="")
    parser.add_argument("--metrics", type=Path, help="JSON written by models.training.evaluate")
    args = parser.parse_args()
    parts = parts_of_folder(args.start)
    if args.run is not None:
        trained = parts_of_run(args.run)
        # a run counts on from the counters of the folder it started from
        parts = Parts(parts.files | trained.files, trained.counters)
    metrics = json.loads(args.metrics.read_text()) if args.metrics else {}
    print(write_model(parts, args.out, note=args.note, metrics=metrics))


if __name__ == "__main__":
    main()
