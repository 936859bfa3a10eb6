"""What a run remembers: networks, moving averages, optimiser moments, counters; saved in small parts.

A checkpoint is a folder of `part-N.safetensors` (each below 16 MiB) and `state.json`, written last. The
moments are kept in bfloat16 precision: saving rounds the running moments too, so that a resumed run is
bit for bit the run that went on.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

PART_BYTES = 15 * 2**20


@dataclass(slots=True)
class Counters:
    """How far training is. seconds: inside training steps, summed over all runs: processor time of all threads (wall
    clock on CUDA; of `models/base` wall clock up to 9,536 images of the adversarial stage, as it was counted before).

    stage_images: since the start of this stage; planned_images: its length where it was measured, else 0.
    augmentation, path_length: running figures of the adversarial stage.
    """

    step: int = 0
    images: int = 0
    samples: int = 0
    seconds: float = 0.0
    stage_images: int = 0
    planned_images: int = 0
    kl_weight: float = 1e-4
    augmentation: float = 0.0
    path_length: float = 0.0


@dataclass(slots=True)
class State:
    """Trained networks by name, their moving averages (`<name>_ema`), and one optimiser per group of networks."""

    nets: dict[str, nn.Module]
    averages: dict[str, nn.Module]
    optimisers: dict[str, torch.optim.Optimizer]
    counters: Counters = field(default_factory=Counters)

    def average(self, decay: float) -> None:
        """Move the averages towards the networks: a = decay a + (1 - decay) p."""
        with torch.no_grad():
            for name, slow in self.averages.items():
                fast = self.nets[name]
                torch._foreach_lerp_(list(slow.parameters()), list(fast.parameters()), 1.0 - decay)
                for a, b in zip(slow.buffers(), fast.buffers(), strict=True):
                    a.copy_(b)

    def tensors(self) -> dict[str, Tensor]:
        """Every tensor of the state by a flat name."""
        flat: dict[str, Tensor] = {}
        for group, modules in (("net", self.nets), ("average", self.averages)):
            for name, module in modules.items():
                flat |= {f"{group}/{name}/{key}": tensor for key, tensor in module.state_dict().items()}
        for name, optimiser in self.optimisers.items():
            for index, slots in optimiser.state_dict()["state"].items():
                for key, value in slots.items():
                    tensor = torch.as_tensor(value)
                    flat[f"optimiser/{name}/{index}/{key}"] = tensor
        return flat

    def round_moments(self) -> None:
        """Round the optimisers' moments to bfloat16, the precision in which they are saved."""
        for optimiser in self.optimisers.values():
            for slots in optimiser.state.values():
                for value in slots.values():
                    if isinstance(value, Tensor) and value.dim() > 0:
                        value.copy_(value.bfloat16())


def save_state(state: State, folder: Path) -> None:
    """Write a checkpoint; the previous one is replaced only when the new one is complete."""
    state.round_moments()
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    write_parts(
        {
            name: tensor.bfloat16() if name.startswith("optimiser/") and tensor.dim() > 0 else tensor
            for name, tensor in state.tensors().items()
        },
        fresh,
    )
    counters = {key: getattr(state.counters, key) for key in Counters.__slots__}
    (fresh / "state.json").write_text(json.dumps(counters, indent=1))
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(fresh, folder)
    shutil.rmtree(old, ignore_errors=True)


def write_parts(flat: dict[str, Tensor], folder: Path) -> None:
    """Write tensors by name as part-N.safetensors, each below PART_BYTES (one tensor alone may be larger)."""
    part: dict[str, Tensor] = {}
    size = number = 0
    for name, tensor in flat.items():
        stored = tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
        if part and size + stored.nbytes > PART_BYTES:
            save_file(part, folder / f"part-{number}.safetensors")
            part, size, number = {}, 0, number + 1
        part[name] = stored
        size += stored.nbytes
    save_file(part, folder / f"part-{number}.safetensors")


def read_parts(folder: Path) -> dict[str, Tensor]:
    """All tensors of a checkpoint by flat name. Raises FileNotFoundError when there is none."""
    if not (folder / "state.json").exists():
        raise FileNotFoundError(f"no checkpoint in {folder}")
    flat: dict[str, Tensor] = {}
    for path in sorted(folder.glob("part-*.safetensors")):
        flat |= load_file(path)
    return flat


def load_state(state: State, folder: Path) -> None:
    """Fill `state` from a checkpoint; networks and optimisers missing there keep their start values."""
    flat = read_parts(folder)
    for group, modules in (("net", state.nets), ("average", state.averages)):
        for name, module in modules.items():
            prefix = f"{group}/{name}/"
            found = {key[len(prefix) :]: tensor for key, tensor in flat.items() if key.startswith(prefix)}
            if found:
                module.load_state_dict(found)
    for name, optimiser in state.optimisers.items():
        prefix = f"optimiser/{name}/"
        slots: dict[int, dict[str, Tensor]] = {}
        for key, tensor in flat.items():
            if key.startswith(prefix):
                index, slot = key[len(prefix) :].split("/")
                slots.setdefault(int(index), {})[slot] = tensor.float()
        if slots:
            groups = optimiser.state_dict()["param_groups"]
            optimiser.load_state_dict({"state": slots, "param_groups": groups})
    for key, value in json.loads((folder / "state.json").read_text()).items():
        setattr(state.counters, key, value)
