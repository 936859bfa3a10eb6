"""The official network pickle (stylegan2-ada-pytorch): a dict with G, D, G_ema; `pickle_machine` reads it.

Each module in it carries the source text of its class. It is never compiled: a module is read as a record of
parameters, buffers and child modules, and our own network is built from the shapes.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from facelab.core.errors import BrokenCheckpoint, UnsupportedCheckpoint
from facelab.core.formats.checkpoint import (
    Checkpoint,
    DiscriminatorCheckpoint,
    Options,
    discriminator_checkpoint,
    generator_checkpoint,
    positive_number,
    small_count,
)
from facelab.core.formats.pickle_machine import AllowList, BadPickle, Budget, ForeignPickle, read_pickle
from facelab.core.formats.torch_records import (
    LEGACY_HEAD,
    TENSOR_CALLS,
    View,
    empty_record,
    materialise,
    nested_storage,
    numpy_scalar,
    numpy_type,
)
from facelab.core.values import Notice

MAX_MODULE_DEPTH = 8
MAX_TENSORS = 5000


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A persistent module: `state` is its instance dictionary."""

    class_name: str
    state: dict[object, object]

    def children(self, key: str) -> dict[object, object]:
        """The dict `_modules`, `_parameters` or `_buffers`; empty when absent."""
        found = self.state.get(key)
        return found if isinstance(found, dict) else {}


def _module(args: tuple[object, ...]) -> Module:
    meta = args[0] if len(args) == 1 else None
    if not isinstance(meta, dict):
        raise BadPickle("a module in it is damaged")
    name, state = meta.get("class_name"), meta.get("state")
    if meta.get("type") != "class" or not isinstance(name, str) or not isinstance(state, dict):
        raise BadPickle("a module in it is damaged")
    return Module(name, state)


def _set(args: tuple[object, ...]) -> set[str]:
    if len(args) > 1 or (args and not isinstance(args[0], list)):
        raise BadPickle("a set in it is damaged")
    items = args[0] if args else []
    assert isinstance(items, list)
    if not all(isinstance(item, str) for item in items):
        raise BadPickle("a set in it is damaged")
    return set(items)


def _encoder(limit: int) -> Callable[[tuple[object, ...]], memoryview]:
    """`codecs.encode(text, 'latin1')`, by which protocol 2 writes bytes; all together no more than the file has."""
    left = limit

    def encode(args: tuple[object, ...]) -> memoryview:
        nonlocal left
        if len(args) != 2 or not isinstance(args[0], str) or args[1] != "latin1":
            raise BadPickle("bytes in it are in an unknown encoding")
        left -= len(args[0])
        if left < 0:
            raise BadPickle("it repeats its bytes without bound")
        try:
            return memoryview(args[0].encode("latin-1"))
        except UnicodeEncodeError as error:
            raise BadPickle("bytes in it are damaged") from error

    return encode


def _allowed(size: int, budget: Budget) -> AllowList:
    easy = ("dnnlib.util", "EasyDict")
    calls = {
        **TENSOR_CALLS,
        easy: empty_record,
        ("torch_utils.persistence", "_reconstruct_persistent_obj"): _module,
        ("torch.storage", "_load_from_bytes"): nested_storage(budget),
        ("numpy.core.multiarray", "scalar"): numpy_scalar,
        ("numpy._core.multiarray", "scalar"): numpy_scalar,
        ("numpy", "dtype"): numpy_type,
        ("builtins", "set"): _set,
        ("__builtin__", "set"): _set,
        ("_codecs", "encode"): _encoder(size),
    }
    return AllowList(calls, news=frozenset({easy, ("collections", "OrderedDict")}))


class NvlabsFormat:
    """`detect`: a pickle of protocol 2 to 5 that is no torch file of the old kind."""

    key = "nvlabs"
    label = "official StyleGAN2-ADA pickles (.pkl)"

    def detect(self, path: Path) -> bool:
        """By the first bytes alone."""
        with path.open("rb") as file:
            head = file.read(len(LEGACY_HEAD))
        return len(head) >= 2 and head[0] == 0x80 and 2 <= head[1] <= 5 and head != LEGACY_HEAD

    def load(self, path: Path) -> Checkpoint:
        """G_ema, and D where it is of the kind we have."""
        try:
            return self._load(path)
        except ForeignPickle as error:
            raise UnsupportedCheckpoint(path=path, reason=str(error), tried=self.label) from error
        except BadPickle as error:
            raise BrokenCheckpoint(path=path, reason=str(error)) from error

    def _load(self, path: Path) -> Checkpoint:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        budget = Budget()
        content, _ = read_pickle(data, _allowed(len(data), budget), budget)
        generator = content.get("G_ema") if isinstance(content, dict) else None
        if not isinstance(content, dict) or not isinstance(generator, Module):
            raise ForeignPickle("it is a pickle, but holds no generator (G_ema)")
        views = _tensors(generator)
        if not any(name.startswith("synthesis.b4.") for name in views):
            raise ForeignPickle("its generator is no StyleGAN2")
        notices: tuple[Notice, ...] = ()
        judge = self._judge(path, content.get("D"))
        if judge is None and content.get("D") is not None:
            notices = (Notice("no_discriminator", f"{path}: its discriminator is of another kind and is left out."),)
        options = _options(generator)
        return generator_checkpoint(
            path, self.key, materialise(views), options=options, discriminator=judge, notices=notices
        )

    def _judge(self, path: Path, module: object) -> DiscriminatorCheckpoint | None:
        if not isinstance(module, Module):
            return None
        return discriminator_checkpoint(path, materialise(_tensors(module)), _options(module))


def _options(module: Module) -> Options:
    """What the constructor was told and shapes do not show."""
    kwargs = module.children("_init_kwargs")
    synthesis, mapping, epilogue = (kwargs.get(k) for k in ("synthesis_kwargs", "mapping_kwargs", "epilogue_kwargs"))
    inner = {**kwargs, **synthesis} if isinstance(synthesis, dict) else kwargs
    if inner.get("activation", "lrelu") != "lrelu":
        raise ForeignPickle("its activation function is not the leaky ReLU")
    rate = positive_number(mapping.get("lr_multiplier")) if isinstance(mapping, dict) else None
    group = small_count(epilogue.get("mbstd_group_size")) if isinstance(epilogue, dict) else 0
    return Options(
        conv_clamp=positive_number(inner.get("conv_clamp")),
        num_fp16_res=small_count(inner.get("num_fp16_res")),
        mapping_rate=rate or 0.01,
        group_size=group or 4,
    )


def _tensors(top: Module) -> dict[str, View]:
    """Full name -> tensor of all parameters and buffers; bounded, because modules may refer to each other."""
    found: dict[str, View] = {}
    waiting: list[tuple[str, Module, int]] = [("", top, 0)]
    for _ in range(MAX_TENSORS):
        if not waiting:
            return found
        prefix, module, depth = waiting.pop()
        for kind in ("_parameters", "_buffers"):
            for name, tensor in module.children(kind).items():
                if isinstance(tensor, View):
                    found[f"{prefix}{str(name)[:100]}"] = tensor
        for name, child in module.children("_modules").items():
            if isinstance(child, Module) and depth < MAX_MODULE_DEPTH:
                waiting.append((f"{prefix}{str(name)[:100]}.", child, depth + 1))
        if len(found) > MAX_TENSORS or len(waiting) > MAX_TENSORS:
            break
    raise BadPickle("it has more modules than any StyleGAN2")
