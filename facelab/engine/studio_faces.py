"""The faces that the studio looks at: sampled by seed, or of photos through their inversion; each looked at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import torch

from facelab.core.errors import FacelabError, MissingWeights
from facelab.core.image import to_tensor
from facelab.core.photo import read_photo
from facelab.core.progress import Progress, Steps
from facelab.core.studio.sampling import draw, seeded_z
from facelab.core.studio.seeing import Eyes, Seen, join, shrink
from facelab.core.values import F32, U8, Notice
from facelab.engine.quality import NET_NAME, embedding, recognition_net
from facelab.engine.session import Session, convention_points
from facelab.engine.toolkit import ATTRIBUTES, EMBEDDED, Toolkit
from facelab.paths import models_dir

THUMB_PX = 112
TEST_SEED = 3_000_000_000
"""Faces from here on are never fitted on: effects and ranges are measured on them."""
MAX_KEPT = 4000
"""Faces that are remembered from one task to the next; about 60 kB each."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """ids: "seed:12", "mixed:12" or "photo:PATH". w_plus: f32 [N, num_ws, w_dim]."""

    ids: tuple[str, ...]
    w_plus: F32
    seen: Seen


@dataclass(slots=True, eq=False)
class Gallery:
    """Owned by one thread. notices: photos that could not be used."""

    toolkit: Toolkit
    notices: list[Notice] = field(default_factory=list)
    _kept: dict[str, tuple[F32, Seen]] = field(default_factory=dict)
    _thumbs: dict[str, U8] = field(default_factory=dict)

    @property
    def eyes(self) -> Eyes:
        """Raises MissingWeights without an attribute net."""
        eyes = self.toolkit.eyes()
        if eyes is None:
            path = models_dir() / EMBEDDED / ATTRIBUTES
            raise MissingWeights(
                what="The direction studio", path=path, next_step="Install facelab again: it is part of it."
            )
        return eyes

    def look(self, ids: Sequence[str]) -> Steps[Faces]:
        """These faces; those not seen before are drawn and looked at. Photos without a face are left out."""
        new = [name for name in dict.fromkeys(ids) if name not in self._kept]
        done = 0
        for portion in _portions([name for name in new if not name.startswith("photo:")], 8):
            self._keep(portion, self._draw(portion))
            done += len(portion)
            yield Progress("look", done, len(new))
        for name in [name for name in new if name.startswith("photo:")]:
            self._invert(name)
            done += 1
            yield Progress("look", done, len(new))
        present = [name for name in ids if name in self._kept]
        if not present:
            none = np.zeros((0, 0), np.float32)
            return Faces((), np.zeros((0, *self._shape), np.float32), Seen({}, none, _NO_THUMBS))
        codes = np.stack([self._kept[name][0] for name in present])
        faces = Faces(tuple(present), codes, join([self._kept[name][1] for name in present]))
        while len(self._kept) > MAX_KEPT:
            oldest = next(iter(self._kept))
            self._kept.pop(oldest)
            self._thumbs.pop(oldest, None)
        return faces

    def thumbs(self, ids: Sequence[str]) -> U8:
        """Small pictures u8 [N, T, T, 3] of faces that `look` has just returned."""
        return np.stack([self._thumbs[name] for name in ids]) if ids else _NO_THUMBS

    @property
    def drawn(self) -> tuple[str, ...]:
        """Unmixed faces and photos that were looked at."""
        return tuple(name for name in self._kept if not name.startswith("mixed:"))

    @property
    def _shape(self) -> tuple[int, int]:
        info = self.toolkit.generator.info
        return info.num_ws, info.w_dim

    def _draw(self, names: Sequence[str]) -> F32:
        mixed = names[0].startswith("mixed:")
        return draw(self.toolkit.generator, [int(name.partition(":")[2]) for name in names], mixed=mixed).w_plus

    def _keep(self, names: Sequence[str], codes: F32) -> None:
        pictures = self.eyes.render(codes)
        seen = self.eyes.see(pictures)
        small = shrink(pictures, THUMB_PX)
        for i, name in enumerate(names):
            one = Seen(
                {key: score[i : i + 1] for key, score in seen.scores.items()},
                seen.features[i : i + 1],
                seen.thumbs[i : i + 1],
            )
            self._kept[name] = (codes[i], one)
            if len(self._thumbs) < MAX_KEPT:
                self._thumbs[name] = small[i]

    def _invert(self, name: str) -> None:
        """The largest face of a photo through the encoder; it is judged by the photo itself, not its reconstruction."""
        path = Path(name.partition(":")[2])
        try:
            session = Session(self.toolkit)
            slot = session.add_photo(read_photo(path), path.name)
            work = session.take(slot, session.pick(slot, 0)[0].landmarks)
            session.encode(work)
        except FacelabError as error:
            self.notices.append(Notice("photo_left_out", f"Left out: {error}"))
            return
        self._kept[name] = (work.latent.w_plus, self.eyes.see(work.crop.pixels[None]))
        self._thumbs[name] = shrink(work.crop.pixels[None], THUMB_PX)[0]

    def z_of(self, ids: Iterable[str]) -> F32:
        """z of sampled faces, f32 [N, z_dim]; photos have none."""
        return seeded_z([int(name.partition(":")[2]) for name in ids], self.toolkit.generator.info.z_dim)


_NO_THUMBS: U8 = np.zeros((0, THUMB_PX, THUMB_PX, 3), np.uint8)


def _portions(names: Sequence[str], size: int) -> list[list[str]]:
    """Portions of one kind each."""
    kinds = {kind: [name for name in names if name.startswith(kind)] for kind in ("seed:", "mixed:")}
    return [group[i : i + size] for group in kinds.values() for i in range(0, len(group), size)]


def identity_measure(toolkit: Toolkit) -> tuple[str, Callable[[U8, U8], F32] | None]:
    """(name, similarity of pairs of pictures u8 [N, R, R, 3]) with the recognition net, else with the encoder.

    The stand-in is the cosine between the encoder's codes around the mean code; without an encoder there is none.
    """
    net = recognition_net()
    info = toolkit.generator.info
    if net is not None:
        points = convention_points(info.crop.scale, info.crop.shift).astype(np.float64) * info.resolution
        return NET_NAME, lambda a, b: _by_recognition(net, a, b, points)
    encoder = toolkit.encoder
    if encoder is None:
        return "", None
    middle = toolkit.generator.w_avg

    @torch.no_grad()
    def similar(a: U8, b: U8) -> F32:
        codes = [np.concatenate([encoder(to_tensor(p, toolkit.device)).cpu().numpy() for p in part]) for part in (a, b)]
        x, y = (code - middle for code in codes)
        cosine = (x * y).sum(1) / (np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1) + 1e-12)
        return np.asarray(cosine, np.float32)

    return "encoder", similar


def _by_recognition(net: cv2.dnn.Net, a: U8, b: U8, points: np.ndarray) -> F32:
    pairs = [float(embedding(net, x, points) @ embedding(net, y, points)) for x, y in zip(a, b, strict=True)]
    return np.asarray(pairs, np.float32)
