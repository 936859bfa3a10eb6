"""CPU and CUDA must agree: golden numbers, and the same edit of the same face on both.

`python -m models.training.gpu.parity --model models/base --data runs/data --golden GOLDEN --out $OUT/parity.json`

delta-E (CIE76) between an edit computed on the CPU and on the other device, mean over the pixels of `--count` faces and
all sliders at +2, from the encoder's code; and the error of the golden cases (`--golden`, optional) as a share of the
expected image's deviation. Exit status 1 when the mean delta-E is above 1 or a golden case is off by more than 2 %.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from facelab.core.editing.directions import load_directions
from facelab.core.generator import FaceGenerator, load_generator
from facelab.core.networks.encoder import load_encoder
from facelab.core.networks.stylegan2 import Generator, GeneratorConfig, channel_table
from facelab.core.values import F32
from models.training.data import load_faces, to_batch

MOST_DELTA_E, MOST_GOLDEN = 1.0, 0.02


def delta_e(a: Tensor, b: Tensor) -> float:
    """Mean CIE76 difference of two pictures [1, 3, R, R] in [-1, 1]."""
    first, second = (
        cv2.cvtColor(
            np.ascontiguousarray(((x[0].clamp(-1, 1).cpu() + 1) / 2).permute(1, 2, 0).numpy(), np.float32),
            cv2.COLOR_RGB2LAB,
        )
        for x in (a, b)
    )
    return float(np.sqrt(((first - second) ** 2).sum(2)).mean())


def edits(model: Path, data: Path, device: str, count: int) -> dict[str, float]:
    """Mean delta-E by slider."""
    here, there = (load_generator(model / "generator.safetensors", name) for name in ("cpu", device))
    encoders = [load_encoder(model / "encoder.safetensors", name) for name in ("cpu", device)]
    directions = load_directions(model / "directions", here.info.sha256)
    faces = load_faces(data)
    rows = faces.rows("test")[:count]
    found: dict[str, list[float]] = {key: [] for key in directions}
    for row in rows:
        batch = to_batch(faces.pixels[row][None], torch.device("cpu"))
        with torch.inference_mode():
            codes = [
                encoder(batch.to(device_)).cpu().numpy()
                for encoder, device_ in zip(encoders, ("cpu", device), strict=True)
            ]
        for key, direction in directions.items():
            step = 2.0 * direction.step(here.info.num_ws)
            pictures = [_edited(g, code, step) for g, code in zip((here, there), codes, strict=True)]
            found[key].append(delta_e(*pictures))
    return {key: float(np.mean(values)) for key, values in found.items()}


def _edited(generator: FaceGenerator, code: F32, step: F32) -> Tensor:
    return generator.render(np.repeat(code, generator.info.num_ws, 0) + step).cpu()


def golden(folder: Path, device: str) -> dict[str, float]:
    """Largest error over images of the golden cases that come with weights, as a share of the images' deviation."""
    found = {}
    for path in sorted(folder.glob("r*/weights.safetensors")):
        options = json.loads((path.parent / "kwargs.json").read_text())["constructor"]
        synthesis, mapping = options["synthesis_kwargs"], options["mapping_kwargs"]
        resolution = options["img_resolution"]
        config = GeneratorConfig(
            options["z_dim"], options["w_dim"], resolution,
            channel_table(resolution, synthesis["channel_base"], synthesis["channel_max"]),
            c_dim=options["c_dim"], mapping_layers=mapping.get("num_layers", 8),
            mapping_width=mapping.get("layer_features"), architecture=synthesis.get("architecture", "skip"),
            conv_clamp=synthesis.get("conv_clamp"),
        )  # fmt: skip
        network = Generator(config).eval().requires_grad_(False)
        tensors = load_file(path)
        network.load_state_dict({key: t for key, t in tensors.items() if not key.endswith("resample_filter")})
        network.to(device)
        with np.load(path.parent / "io.npz") as io:
            if "image_wplus_const" in io:
                w_plus, wanted = torch.from_numpy(io["w_plus"]).to(device), torch.from_numpy(io["image_wplus_const"])
                image = network.synthesis(w_plus).cpu()
                found[path.parent.name] = float((image - wanted).abs().max() / wanted.std())
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/base"))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--golden", type=Path)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    by_slider = edits(args.model, args.data, args.device, args.count)
    cases = golden(args.golden, args.device) if args.golden else {}
    mean = float(np.mean(list(by_slider.values())))
    args.out.write_text(json.dumps({"mean_delta_e": mean, "sliders": by_slider, "golden": cases}, indent=1) + "\n")
    print(f"mean delta-E {mean:.4f}, golden {cases}")
    if mean > MOST_DELTA_E or any(error > MOST_GOLDEN for error in cases.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
