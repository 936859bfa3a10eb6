"""All that belongs to one generator: its encoder, sliders and perceptual loss, loaded once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch

from facelab.core.device import choose_device
from facelab.core.editing.directions import Direction, load_directions
from facelab.core.errors import ModelNotFound, UnknownDirection, WrongGenerator
from facelab.core.generator import FaceGenerator, load_generator
from facelab.core.losses import PerceptualLoss
from facelab.core.networks.attributes import load_attribute_net
from facelab.core.networks.encoder import Encoder, load_encoder
from facelab.core.perceptual import choose_perceptual
from facelab.core.studio.seeing import Eyes
from facelab.core.tuning.estimate import StepSeconds
from facelab.core.values import Notice
from facelab.engine.messages import SliderInfo
from facelab.engine.own_directions import load_own
from facelab.paths import cache_dir, models_dir, user_models_dir

EMBEDDED = "base"
GENERATOR, ENCODER, DIRECTIONS = "generator.safetensors", "encoder.safetensors", "directions"
ATTRIBUTES = "attributes.safetensors"


@dataclass(slots=True, eq=False)
class Toolkit:
    """name: as the user asked for it. folder: where encoder and directions were looked for."""

    name: str
    folder: Path
    generator: FaceGenerator
    encoder: Encoder | None
    directions: Mapping[str, Direction]
    device: torch.device
    notices: tuple[Notice, ...] = ()
    step_seconds: dict[str, StepSeconds] = field(default_factory=dict)
    _perceptual: PerceptualLoss | None = None
    _eyes: Eyes | None = None

    def perceptual(self) -> PerceptualLoss:
        """The perceptual loss for this generator, chosen at the first use; says so in `notices`."""
        if self._perceptual is None:
            self._perceptual, notice = choose_perceptual(
                self.folder, self.generator, encoder=self.encoder, cache=cache_dir()
            )
            self.notices += (notice,) if notice is not None else ()
        return self._perceptual

    def eyes(self) -> Eyes | None:
        """The attribute net, this model's own or the embedded one, which looks at any generator's crops; or None."""
        if self._eyes is None:
            found = [folder / ATTRIBUTES for folder in (self.folder, models_dir() / EMBEDDED)]
            path = next((path for path in found if path.is_file()), None)
            if path is not None:
                self._eyes = Eyes(self.generator, load_attribute_net(path, self.device))
        return self._eyes

    def direction(self, key: str) -> Direction:
        """Raises UnknownDirection, which names the sliders there are."""
        return pick_direction(self.directions, key, self.name)


def pick_direction(directions: Mapping[str, Direction], key: str, model: str) -> Direction:
    """The direction `key`, or UnknownDirection, which names the sliders there are."""
    if key not in directions:
        raise UnknownDirection(key=key, model=model, known=", ".join(directions) or "none")
    return directions[key]


def locate_model(name: str | None) -> Path:
    """The checkpoint of a model given by name or path; None = the embedded one. Raises ModelNotFound."""
    if name is None or name == EMBEDDED:
        return models_dir() / EMBEDDED / GENERATOR
    if Path(name).is_file():
        return Path(name)
    if (Path(name) / GENERATOR).is_file():  # a model's folder
        return Path(name) / GENERATOR
    for root in (user_models_dir(), models_dir()):
        folder = root / name
        if Path(name).name == name and folder.is_dir():
            found = sorted(path for path in folder.iterdir() if path.suffix in (".safetensors", ".pkl", ".pt"))
            named = [path for path in found if path.name == GENERATOR] or found
            if named:
                return named[0]
    raise ModelNotFound(name=name)


def load_toolkit(name: str | None, device: str = "auto") -> Toolkit:
    """Load a generator and what lies beside it. Raises ModelNotFound, UnsupportedCheckpoint, BrokenCheckpoint ..."""
    path = locate_model(name)
    chosen = choose_device(device)
    generator = load_generator(path, str(chosen))
    notices = list(generator.notices)
    encoder = _encoder(path.parent / ENCODER, generator, chosen) if path.name == GENERATOR else None
    directions: Mapping[str, Direction] = {}
    try:
        directions = load_directions(path.parent / DIRECTIONS, generator.info.sha256)
    except WrongGenerator as error:
        notices.append(Notice("wrong_generator", str(error)))
    own, remarks = load_own(generator.info.sha256)
    directions, notices = {**directions, **own}, [*notices, *remarks]
    return Toolkit(name or EMBEDDED, path.parent, generator, encoder, directions, chosen, tuple(notices))


def model_directions(toolkit: Toolkit) -> Mapping[str, Direction]:
    """The sliders that came with the model, without the user's own."""
    try:
        return load_directions(toolkit.folder / DIRECTIONS, toolkit.generator.info.sha256)
    except WrongGenerator:
        return {}


def _encoder(path: Path, generator: FaceGenerator, device: torch.device) -> Encoder | None:
    """The encoder that belongs to this generator; None when there is none that fits."""
    if not path.is_file():
        return None
    encoder = load_encoder(path, device)
    info = generator.info
    return encoder if (encoder.w_dim, encoder.resolution) == (info.w_dim, info.resolution) else None


def find_base(name: str, sha256: str) -> FaceGenerator:
    """The generator a .facelab file was tuned from, by its hash. Raises ModelNotFound or WrongGenerator."""
    try:
        generator = load_generator(locate_model(name))
    except ModelNotFound:
        generator = load_generator(locate_model(None))
    if generator.info.sha256 != sha256:
        found = f"{generator.info.name} {generator.info.sha256[:12]}"
        raise WrongGenerator(what=f"This project ({name})", expected=sha256[:12], actual=found)
    return generator


def slider_infos(directions: Mapping[str, Direction]) -> tuple[SliderInfo, ...]:
    """The sliders as the panel shows them."""
    return tuple(SliderInfo(d.spec, dict(d.labels), d.accuracy, dict(d.leakage), d.spread) for d in directions.values())
