"""A loaded generator with the few verbs that everything else uses."""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from facelab.core.device import choose_device
from facelab.core.errors import OutOfMemory
from facelab.core.formats import Checkpoint, load_checkpoint, tensor_sha256
from facelab.core.networks.discriminator import Discriminator
from facelab.core.networks.ops import restore_constants
from facelab.core.networks.stylegan2 import Generator
from facelab.core.recorded import Recorded
from facelab.core.values import F32, GeneratorInfo, Notice

__all__ = ["FaceGenerator", "build_generator", "load_generator", "sample_w", "tensor_sha256"]


class FaceGenerator:
    """A generator on its device, without gradients on its parameters.

    network: the module itself, for losses that need gradients. discriminator: the checkpoint's own, or None.
    """

    def __init__(
        self,
        network: Generator,
        info: GeneratorInfo,
        *,
        discriminator: Discriminator | None = None,
        notices: tuple[Notice, ...] = (),
    ) -> None:
        self.network = network
        self.info = info
        self.discriminator = discriminator
        self.notices = notices
        self._live: _Live | None = None

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.network.mapping.w_avg.device

    @property
    def w_avg(self) -> F32:
        """The mean w, f32 [w_dim]."""
        return _numpy(self.network.mapping.w_avg)

    @torch.no_grad()
    def map(self, z: F32, psi: float = 1.0, *, cutoff: int | None = None, c: F32 | None = None) -> F32:
        """z [N, z_dim] (and the condition c [N, c_dim]) -> w_plus [N, num_ws, w_dim], truncated by psi."""
        condition = None if c is None else self._tensor(c)
        return _numpy(self.network.mapping(self._tensor(z), condition, psi, cutoff))

    @torch.no_grad()
    def render(self, w_plus: Tensor | F32, noise: Mapping[str, Tensor | F32] | None = None) -> Tensor:
        """w_plus [N, num_ws, w_dim] or [num_ws, w_dim] -> image f32 [N, 3, R, R], noise const.

        noise: maps [R, R] by layer name that replace the stored ones.
        """
        codes = self._tensor(w_plus)
        maps = None if noise is None else {name: self._tensor(value) for name, value in noise.items()}
        codes = codes if codes.ndim == 3 else codes.unsqueeze(0)
        if self.device.type == "cuda" and len(codes) == 1:
            if self._live is None or not self._live.fits(self.network, maps):
                self._live = _Live(self.network, codes, maps)
            return self._live(codes, maps)
        image: Tensor = self.network.synthesis(codes, noise=maps)
        return image

    def copy_for_tuning(self) -> FaceGenerator:
        """Own weights that may be trained; this generator stays untouched. The mapping network is shared, frozen."""
        shared = {id(self.network.mapping): self.network.mapping}
        network = copy.deepcopy(self.network, shared)
        return FaceGenerator(network, replace(self.info), discriminator=self.discriminator, notices=self.notices)

    def _tensor(self, value: Tensor | F32) -> Tensor:
        tensor = torch.from_numpy(np.asarray(value)) if isinstance(value, np.ndarray) else value
        return tensor.to(self.device, torch.float32)


class _Live:
    """One picture at a time on CUDA, as a recorded graph over the weights as they are at each call."""

    def __init__(self, network: Generator, codes: Tensor, maps: Mapping[str, Tensor] | None) -> None:
        with torch.inference_mode(False):
            self._codes = codes.clone()
            self._maps = None if maps is None else {name: value.clone() for name, value in maps.items()}
        self._weights = _places(network)
        self._draw = Recorded(lambda: network.synthesis(self._codes, noise=self._maps), codes.device)
        self._lock = threading.Lock()

    def fits(self, network: Generator, maps: Mapping[str, Tensor] | None) -> bool:
        """Whether the recording is of these weights in this memory, and of maps of these layers."""
        return _places(network) == self._weights and (self._maps or {}).keys() == (maps or {}).keys()

    @torch.no_grad()
    def __call__(self, codes: Tensor, maps: Mapping[str, Tensor] | None) -> Tensor:
        with self._lock:
            self._codes.copy_(codes)
            for name, value in (maps or {}).items():
                assert self._maps is not None
                self._maps[name].copy_(value)
            image = self._draw()
            assert image is not None
            return image.clone()


def _places(network: Generator) -> tuple[int, ...]:
    """Where the weights lie in memory."""
    return tuple(parameter.data_ptr() for parameter in network.synthesis.parameters())


def _numpy(tensor: Tensor) -> F32:
    return np.array(tensor.detach().cpu().numpy(), dtype=np.float32)


def build_generator(checkpoint: Checkpoint, path: Path | str, device: torch.device | str = "cpu") -> FaceGenerator:
    """Put a checkpoint's tensors into networks on `device`; OutOfMemory when they do not fit."""
    try:
        with torch.device("meta"):
            network = Generator(checkpoint.config)
        network.load_state_dict(dict(checkpoint.tensors), assign=True)
        restore_constants(network)
        network.arrange()
        judge = None
        if checkpoint.discriminator is not None:
            with torch.device("meta"):
                judge = Discriminator(checkpoint.discriminator.config)
            judge.load_state_dict(dict(checkpoint.discriminator.tensors), assign=True)
            restore_constants(judge)
            judge.eval().requires_grad_(False).to(device)
        network.eval().requires_grad_(False).to(device)
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemory(what=f"the generator {path}") from error
    info = _info(checkpoint, str(path))
    return FaceGenerator(network, info, discriminator=judge, notices=checkpoint.notices)


def load_generator(path: Path | str, device: str = "cpu") -> FaceGenerator:
    """Read any known checkpoint format; `device` as in `choose_device`."""
    return build_generator(load_checkpoint(path), path, choose_device(device))


def _info(checkpoint: Checkpoint, source: str) -> GeneratorInfo:
    config, about = checkpoint.config, checkpoint.metadata
    buffers = ("noise_const", "w_avg")
    return GeneratorInfo(
        name=about.name or Path(source).stem,
        sha256=tensor_sha256(checkpoint.tensors),
        format=checkpoint.format,
        resolution=config.img_resolution,
        num_ws=config.num_ws,
        z_dim=config.z_dim,
        w_dim=config.w_dim,
        c_dim=config.c_dim,
        crop=about.crop,
        licence=about.licence,
        source=source,
        parameters=sum(t.numel() for name, t in checkpoint.tensors.items() if not name.endswith(buffers)),
    )


def sample_w(generator: FaceGenerator, count: int, seed: int, psi: float = 1.0) -> F32:
    """w [count, w_dim] of z = RandomState(seed).randn; conditional generators get a zero condition."""
    z = np.random.RandomState(seed).randn(count, generator.info.z_dim).astype(np.float32)
    parts = [generator.map(z[i : i + 1000], psi)[:, 0] for i in range(0, count, 1000)]
    return np.concatenate(parts) if parts else np.zeros((0, generator.info.w_dim), np.float32)
