"""Reading the golden sets: configurations, weights and recorded numbers of the reference implementations."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from facelab.core.networks.stylegan2 import GeneratorConfig, channel_table

SETS = ("r32", "r32_clamp", "r32_orig", "r32_resnet_cond", "r32_dims", "r64_map2", "r128", "r256")
# two exact formulations of the reference differ by 2e-6 to 1.4e-5, and by 3e-4 where activations are clamped at 256
TOLERANCE = {name: 3e-3 if name == "r32_clamp" else 1e-4 for name in SETS}


def module(folder: Path, name: str) -> ModuleType:
    """A script of the golden folder (it is not part of any package)."""
    sys.path.insert(0, str(folder))
    try:
        spec = importlib.util.spec_from_file_location(f"golden_{name}", folder / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        found = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(found)
        return found
    finally:
        sys.path.remove(str(folder))


def constructor(golden: Path, name: str) -> dict:
    return json.loads((golden / name / "kwargs.json").read_text())["constructor"]


def config(golden: Path, name: str) -> GeneratorConfig:
    """The configuration as the set's own kwargs state it (not as our reader finds it in the shapes)."""
    k = constructor(golden, name)
    synthesis, mapping = k["synthesis_kwargs"], k["mapping_kwargs"]
    return GeneratorConfig(
        z_dim=k["z_dim"],
        w_dim=k["w_dim"],
        c_dim=k["c_dim"],
        img_resolution=k["img_resolution"],
        channels=channel_table(k["img_resolution"], synthesis["channel_base"], synthesis["channel_max"]),
        mapping_layers=mapping.get("num_layers", 8),
        mapping_width=mapping.get("layer_features"),
        architecture=synthesis.get("architecture", "skip"),
        conv_clamp=synthesis.get("conv_clamp"),
        num_fp16_res=synthesis.get("num_fp16_res", 0),
    )


def weights(golden: Path, name: str) -> dict[str, Tensor]:
    """The state dict under official names, filters included."""
    file = golden / name / "weights.safetensors"
    if file.exists():
        return load_file(file)
    shapes = json.loads((golden / name / "shapes.json").read_text())["shapes"]
    return {key: torch.from_numpy(np.array(a)) for key, a in module(golden, "recipe").weights(name, shapes).items()}


def numbers(path: Path) -> dict[str, Tensor]:
    """io.npz as tensors."""
    with np.load(path, allow_pickle=False) as file:
        return {key: torch.from_numpy(file[key]) for key in file.files}
