"""What opening the program and starting to tune must not load, or measure twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tiny_models import tiny_encoder, tiny_generator

from facelab.core.losses import FeatureLoss
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
    generator = tiny_generator()
    encoder = tiny_encoder(generator)
    (tmp_path / "encoder.safetensors").write_bytes(b"weights")
    cache = tmp_path / "cache"

    def scales(folder: Path = tmp_path) -> list[float]:
        loss, _ = choose_perceptual(folder, generator, encoder=encoder, hub=tmp_path, cache=cache)
        assert isinstance(loss, FeatureLoss)
        return list(loss.scales)

    measured = scales()
    (kept,) = cache.iterdir()
    assert scales() == measured
    kept.write_text(kept.read_text().replace(repr(measured[0]), "0.125", 1))
    assert scales() == [0.125, *measured[1:]]  # it really was read
    (tmp_path / "encoder.safetensors").write_bytes(b"other weights")
    assert scales() == measured
