"""LPIPS (Zhang et al. 2018) when its backbone is on this computer. The only module that imports `lpips`.

Nothing is ever downloaded: the file is looked for, its sha256 compared with the digits in its name, and its
tensors are put into a randomly built backbone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, cast

import torch
from torch import Tensor

from facelab.core.errors import BrokenCheckpoint, ChecksumMismatch, MissingLibrary
from facelab.core.losses import PERCEPTUAL_SIDE, Features, area_resize

BACKBONES = {"alex": "alexnet-owt-7be5be79.pth", "vgg": "vgg16-397923af.pth", "squeeze": "squeezenet1_1-b8a52dc0.pth"}
"""Files of torchvision; the digits begin the file's sha256."""

MAX_BYTES = 1 << 30


def hub_checkpoints(environment: Mapping[str, str] = os.environ) -> Path:
    """Where torchvision keeps downloaded weights: $TORCH_HOME, $XDG_CACHE_HOME/torch or ~/.cache/torch."""
    home = environment.get("TORCH_HOME")
    if home is None:
        cache = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        home = str(Path(cache) / "torch")
    return Path(home).expanduser() / "hub" / "checkpoints"


def find_backbone(net: str = "alex", folder: Path | None = None) -> Path | None:
    """The backbone's file, or None when it is not on this computer."""
    path = (hub_checkpoints() if folder is None else folder) / BACKBONES[net]
    return path if path.is_file() else None


def read_backbone(path: Path) -> dict[str, Tensor]:
    """Tensors of a backbone file. Raises ChecksumMismatch when the digits in its name are not its hash's."""
    if path.stat().st_size > MAX_BYTES:
        raise BrokenCheckpoint(path=path, reason="larger than any LPIPS backbone")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    expected = path.stem.rsplit("-", 1)[-1]
    if not digest.startswith(expected):
        raise ChecksumMismatch(path=path, actual=digest[: len(expected)], expected=expected)
    try:
        return cast(dict[str, Tensor], torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:  # torch raises many kinds here
        raise BrokenCheckpoint(path=path, reason=type(error).__name__) from error


class _Net(Protocol):
    """What is used of lpips.LPIPS."""

    L: int

    def scaling_layer(self, image: Tensor) -> Tensor: ...

    def net(self, image: Tensor) -> tuple[Tensor, ...]: ...


class Lpips:
    """LPIPS v0.1 behind the PerceptualLoss protocol; images above 256 px are area-resized."""

    def __init__(self, network: _Net, net: str) -> None:
        self.network, self.name = network, f"lpips-{net}"

    def features(self, image: Tensor) -> Features:
        """Backbone activations divided by the length of each position's channel vector."""
        layers = self.network.net(self.network.scaling_layer(area_resize(image, PERCEPTUAL_SIDE)))
        return tuple(x / (x.square().sum(dim=1, keepdim=True).sqrt() + 1e-10) for x in layers)

    def distance(self, a: Features, b: Features) -> Tensor:
        """LPIPS of each image, [N]."""
        heads = cast(list[torch.nn.Module], self.network.lins)  # type: ignore[attr-defined]  # ModuleList of lpips
        terms = [head((x - y).square()).mean(dim=(1, 2, 3)) for head, x, y in zip(heads, a, b, strict=True)]
        return torch.stack(terms).sum(dim=0)


def load_lpips(path: Path, net: str = "alex", device: torch.device | str = "cpu") -> Lpips:
    """Build LPIPS from a backbone file. Raises MissingLibrary when `lpips` cannot be imported, ChecksumMismatch and
    BrokenCheckpoint for another file than the published one.
    """
    tensors = read_backbone(path)
    try:
        import lpips  # type: ignore[import-untyped]  # no stubs exist
    except (ImportError, RuntimeError, OSError) as error:
        # RuntimeError: a torchvision that does not belong to this torch
        reason = str(error).splitlines()[0]
        raise MissingLibrary(library="lpips", reason=reason, next_step="pip install lpips torchvision") from error
    network = lpips.LPIPS(net=net, pnet_rand=True, verbose=False)
    state = network.net.state_dict()  # "slice2.3.weight": the layer's number is torchvision's
    try:
        network.net.load_state_dict({name: tensors[f"features.{name.split('.', 1)[1]}"] for name in state})
    except (KeyError, RuntimeError) as error:
        raise BrokenCheckpoint(path=path, reason="other layers than expected") from error
    return Lpips(network.requires_grad_(False).eval().to(device), net)
