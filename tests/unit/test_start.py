"""What opening the program and starting to tune must not load, or measure twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tiny_models import tiny_generator

from facelab.core.losses import FeatureLoss
from facelab.core.networks.attributes import AttributeNet
from facelab.core.perceptual import choose_perceptual

CODE = """
import sys
from facelab.engine.toolkit import load_toolkit
load_toolkit(None)
heavy = [name for name in ("torch._dynamo", "sympy", "torchvision", "matplotlib", "sklearn") if name in sys.modules]
sys.exit(" ".join(heavy) or 0)
"""


def test_loading_a_model_leaves_the_compiler_alone() -> None:
    """torch's compiler takes as long to import as torch itself; arithmetic on the meta device would load it."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_layer_weights_of_the_perceptual_loss_are_measured_once(tmp_path: Path) -> None:
    """And are the same afterwards, so that two runs give one result; other weights are measured anew."""
    generator, cache = tiny_generator(), tmp_path / "cache"
    weights = tmp_path / "attributes.safetensors"
    nets = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        nets.append(AttributeNet().state_dict())
    save_file(nets[0], weights)

    def scales() -> list[float]:
        loss, _ = choose_perceptual(tmp_path, generator, hub=tmp_path, cache=cache)
        assert isinstance(loss, FeatureLoss)
        return list(loss.scales)

    measured = scales()
    (kept,) = cache.iterdir()
    assert scales() == measured
    kept.write_text(kept.read_text().replace(repr(measured[0]), "0.125", 1))
    assert scales() == [0.125, *measured[1:]]  # it really was read
    save_file(nets[1], weights)
    assert not set(scales()) & {0.125, *measured}
