"""Checkpoints of the rosinality layout (.pt): zip files and the format before torch 1.6, converted or of training.

They are read with the same machine as the official pickles; the tensors are renamed to the official names.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from facelab.core.errors import BrokenCheckpoint, UnsupportedCheckpoint
from facelab.core.formats.checkpoint import (
    Checkpoint,
    DiscriminatorCheckpoint,
    Options,
    discriminator_checkpoint,
    generator_checkpoint,
)
from facelab.core.formats.pickle_machine import AllowList, BadPickle, Budget, ForeignPickle, read_pickle
from facelab.core.formats.torch_records import (
    LEGACY_HEAD,
    STORAGE_NAMES,
    TENSOR_CALLS,
    Storage,
    View,
    materialise,
    read_legacy,
    storage_id,
)
from facelab.core.formats.zip_store import first_name, member_bytes, read_directory
from facelab.core.networks.stylegan2 import MappingNetwork
from facelab.core.values import Notice

W_AVG_SAMPLES = 10_000
LAYER_NAMES = {
    "conv.modulation.weight": "affine.weight",
    "conv.modulation.bias": "affine.bias",
    "conv.weight": "weight",
    "noise.weight": "noise_strength",
    "activate.bias": "bias",
    "bias": "bias",
}


class RosinalityFormat:
    """`detect`: torch's zip or its older format. Other torch files are recognised, and refused by `load`."""

    key = "rosinality"
    label = "rosinality StyleGAN2 checkpoints (.pt)"

    def detect(self, path: Path) -> bool:
        """By the first bytes alone."""
        with path.open("rb") as file:
            head = file.read(30 + 256)
        return head.startswith(LEGACY_HEAD) or first_name(head).endswith("/data.pkl")

    def load(self, path: Path) -> Checkpoint:
        """g_ema (or g), the discriminator of training checkpoints, latent_avg."""
        try:
            with path.open("rb") as file:
                data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            content = read_torch(data, _allowed, Budget())
            return _convert(path, self.key, content)
        except ForeignPickle as error:
            raise UnsupportedCheckpoint(path=path, reason=str(error), tried=self.label) from error
        except BadPickle as error:
            raise BrokenCheckpoint(path=path, reason=str(error)) from error


def _allowed(refer: Callable[[object], object]) -> AllowList:
    news = frozenset({("collections", "OrderedDict"), ("argparse", "Namespace")})
    return AllowList(TENSOR_CALLS, news=news, bare=STORAGE_NAMES | news, persistent=refer)


Allowed = Callable[[Callable[[object], object]], AllowList]
"""From the function that resolves a persistent id to what a file may name."""


def read_torch(data: memoryview, allowed: Allowed, budget: Budget) -> object:
    """The content of a torch file, zip or older. Raises BadPickle, ForeignPickle."""
    return _read_zip(data, allowed, budget) if bytes(data[:2]) == b"PK" else read_legacy(data, allowed, budget)


def _read_zip(data: memoryview, allowed: Allowed, budget: Budget) -> object:
    """Members are looked up by their exact names; others, whatever their names, are never touched."""
    members = read_directory(data)
    tops = [name[: -len("data.pkl")] for name in members if name.endswith("/data.pkl") and name.count("/") == 1]
    if len(tops) != 1:
        raise BadPickle("the archive has no data.pkl, or several")
    order = members.get(f"{tops[0]}byteorder")
    if order is not None and bytes(member_bytes(data, order)) != b"little":
        raise ForeignPickle("its numbers are big-endian")
    storages: dict[str, Storage] = {}

    def refer(value: object) -> Storage:
        dtype, key, count = storage_id(value)
        if key not in storages:
            member = members.get(f"{tops[0]}data/{key}")
            if member is None:
                raise BadPickle("the data of a tensor is missing")
            storages[key] = Storage(dtype, count)
            storages[key].attach(member_bytes(data, member))
        if storages[key].dtype != dtype or storages[key].count != count:
            raise BadPickle("a storage in it has two sizes")
        return storages[key]

    content = member_bytes(data, members[f"{tops[0]}data.pkl"])
    return read_pickle(content, allowed(refer), budget)[0]


def _convert(path: Path, key: str, content: object) -> Checkpoint:
    if not isinstance(content, dict):
        raise ForeignPickle("it is a torch file, but no checkpoint")
    state = next((content[k] for k in ("g_ema", "g") if isinstance(content.get(k), dict)), content)
    views = {str(name): value for name, value in state.items() if isinstance(value, View)}
    if "input.input" not in views:
        raise ForeignPickle("it is a torch file, but its tensors are no StyleGAN2 generator's")
    average = content.get("latent_avg")
    if isinstance(average, View):
        views["latent_avg"] = average
    tensors = _official_names(materialise(views))
    notices = _fill_noise(path, tensors) + _fill_average(path, tensors)
    judge = _judge(path, content.get("d"))
    if judge is None and "d" in content:
        notices += (Notice("no_discriminator", f"{path}: its discriminator is of another kind and is left out."),)
    return generator_checkpoint(path, key, tensors, options=Options(), discriminator=judge, notices=notices)


def _layer(name: str) -> str | None:
    """`convs.3` -> `synthesis.b16.conv1`; None for what is no layer of the generator."""
    if name == "conv1":
        return "synthesis.b4.conv1"
    if name == "to_rgb1":
        return "synthesis.b4.torgb"
    match = re.fullmatch(r"(convs|to_rgbs)\.(\d{1,2})", name)
    if match is None:
        return None
    index = int(match[2])
    if match[1] == "to_rgbs":
        return f"synthesis.b{8 << index}.torgb"
    return f"synthesis.b{8 << index // 2}.conv{index % 2}"


def _official_names(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The table of both layouts; constant blur kernels fall away. Names that fit nothing are kept as they are, so
    that the check against the network reports them."""
    result = {}
    for name, tensor in tensors.items():
        if name.endswith((".blur.kernel", ".upsample.kernel")):
            _check_kernel(tensor)
            continue
        official, value = name, tensor
        if name == "latent_avg":
            official, value = "mapping.w_avg", tensor.reshape(-1)
        elif name == "input.input":
            official, value = "synthesis.b4.const", _without_first(tensor)
        elif match := re.fullmatch(r"style\.(\d{1,2})\.(weight|bias)", name):
            official = f"mapping.fc{int(match[1]) - 1}.{match[2]}"
        elif match := re.fullmatch(r"noises\.noise_(\d{1,2})", name):
            index = int(match[1])
            layer = "conv1" if index == 0 else f"convs.{index - 1}"
            official, value = f"{_layer(layer)}.noise_const", tensor.reshape(tensor.shape[-2:])
        else:
            parts = re.fullmatch(r"(conv1|to_rgb1|convs\.\d{1,2}|to_rgbs\.\d{1,2})\.(.*)", name)
            if parts is not None and parts[2] in LAYER_NAMES and (layer_name := _layer(parts[1])):
                official = f"{layer_name}.{LAYER_NAMES[parts[2]]}"
                value = _layer_value(parts[2], tensor)
        result[official] = value
    return result


def _layer_value(kind: str, tensor: Tensor) -> Tensor:
    if kind == "conv.weight":
        return _without_first(tensor)  # [1, O, I, k, k] -> [O, I, k, k]
    if kind in ("noise.weight", "bias"):
        return tensor.reshape(()) if kind == "noise.weight" and tensor.numel() == 1 else tensor.reshape(-1)
    return tensor


def _without_first(tensor: Tensor) -> Tensor:
    return tensor[0] if tensor.ndim and len(tensor) == 1 else tensor


def _check_kernel(tensor: Tensor) -> None:
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0])
    if tensor.shape != (4, 4) or not torch.allclose(tensor.float(), torch.outer(taps, taps) / 16, atol=1e-4):
        raise ForeignPickle("its resampling filter is not [1, 3, 3, 1]")


def _fill_noise(path: Path, tensors: dict[str, Tensor]) -> tuple[Notice, ...]:
    """Checkpoints of 2019 and 2020 may lack the noise maps: they were random, not zero."""
    source, missing = torch.Generator().manual_seed(0), False
    for name in sorted(name for name in tensors if re.fullmatch(r"synthesis\.b\d+\.conv[01]\.weight", name)):
        noise = name.replace(".weight", ".noise_const")
        if noise not in tensors:
            size = int(name.split(".")[1][1:])
            if size > 4096:
                raise BadPickle("it has more layers than any StyleGAN2")
            tensors[noise], missing = torch.randn(size, size, generator=source), True
    if not missing:
        return ()
    return (Notice("random_noise", f"{path}: it has no noise maps; random ones (seed 0) are used."),)


def _fill_average(path: Path, tensors: dict[str, Tensor]) -> tuple[Notice, ...]:
    """Training checkpoints lack the mean w: it is estimated from 10,000 samples."""
    if "mapping.w_avg" in tensors:
        return ()
    layers = len([name for name in tensors if re.fullmatch(r"mapping\.fc\d+\.weight", name)])
    try:
        w_avg = MappingNetwork.mean_of(
            [(tensors[f"mapping.fc{i}.weight"].float(), tensors[f"mapping.fc{i}.bias"].float()) for i in range(layers)],
            W_AVG_SAMPLES,
        )
    except (KeyError, IndexError, RuntimeError) as error:
        raise BadPickle("its mapping network is incomplete") from error
    tensors["mapping.w_avg"] = w_avg
    return (Notice("w_avg_estimated", f"{path}: it has no mean latent; the mean of {W_AVG_SAMPLES} samples is used."),)


def _judge(path: Path, state: object) -> DiscriminatorCheckpoint | None:
    if not isinstance(state, dict):
        return None
    views = {str(name): value for name, value in state.items() if isinstance(value, View)}
    names = _discriminator_names(views)
    if names is None:
        return None
    return discriminator_checkpoint(path, materialise({names[name]: views[name] for name in names}), Options())


def _discriminator_names(views: Mapping[str, View]) -> dict[str, str] | None:
    """Name -> official name; None when the layout is another."""
    blocks = max((int(m[1]) for name in views if (m := re.match(r"convs\.(\d{1,2})\.", name))), default=0)
    if not 1 <= blocks <= 10:
        return None
    size = 4 << blocks
    tails = {"final_conv.0.weight": "b4.conv.weight", "final_conv.1.bias": "b4.conv.bias"}
    tails |= {f"final_linear.{i}.{kind}": f"b4.{layer}.{kind}" for i, layer in enumerate(("fc", "out"))
              for kind in ("weight", "bias")}  # fmt: skip
    tails |= {"convs.0.0.weight": f"b{size}.fromrgb.weight", "convs.0.1.bias": f"b{size}.fromrgb.bias"}
    names = {}
    for name in views:
        if name.endswith(".kernel"):
            continue
        match = re.fullmatch(r"convs\.(\d{1,2})\.(conv1|conv2|skip)\.[012]\.(weight|bias)", name)
        if match is not None and int(match[1]) >= 1:
            layer = {"conv1": "conv0", "conv2": "conv1", "skip": "skip"}[match[2]]
            names[name] = f"b{size >> int(match[1]) - 1}.{layer}.{match[3]}"
        elif name in tails:
            names[name] = tails[name]
        else:
            return None
    return names
