"""`facelab doctor`: what works on this computer, and what is missing for more."""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import importlib.util
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

from facelab import __version__
from facelab.cli.report import Console, check_report_target
from facelab.core.errors import FacelabError
from facelab.paths import config_dir, log_file, state_dir, torch_checkpoints_dir, user_models_dir

LIBRARIES = (
    "torch", "numpy", "pillow", "opencv-python", "PySide6-Essentials", "superqt", "safetensors", "pi-heif",
    "scikit-learn", "scikit-image", "lpips", "face-alignment", "av",
)  # fmt: skip
OPTIONAL_LIBRARIES = frozenset({"lpips", "face-alignment", "av"})
# file -> what it improves; the hex digits begin the sha256
WEIGHTS = {
    "alexnet-owt-7be5be79.pth": "LPIPS-Alex as tuning loss",
    "vgg16-397923af.pth": "LPIPS-VGG as tuning loss",
    "2DFAN4-11f355bf06.pth.tar": "68-point landmarks",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """state: ok, missing (optional), wrong."""

    what: str
    state: str
    detail: str


def run(options: argparse.Namespace) -> int:
    """List every finding; exit 4 if something facelab needs is wrong."""
    console = Console(options)
    check_report_target(options)
    findings = [*_versions(), *_libraries(), *_screen(), *_device(options.device), *_model(options.model), *_weights()]
    findings += _folders()
    for finding in findings:
        console.result(f"{finding.state:8} {finding.what:24} {finding.detail}")
    console.report({"schema": 1, "facelab": __version__, "findings": [asdict(finding) for finding in findings]})
    return 4 if any(finding.state == "wrong" for finding in findings) else 0


def _versions() -> list[Finding]:
    return [
        Finding("facelab", "ok", __version__),
        Finding("Python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
    ]


def _libraries() -> list[Finding]:
    found = []
    for name in LIBRARIES:
        try:
            found.append(Finding(name, "ok", importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            optional = name in OPTIONAL_LIBRARIES
            found.append(
                Finding(name, "missing" if optional else "wrong", "optional" if optional else "reinstall facelab")
            )
    for module, package in (("cv2", "libgl1 libglib2.0-0"), ("PySide6.QtGui", "libegl1 libxkbcommon0")):
        try:
            importlib.import_module(module)
        except ImportError as error:
            found.append(Finding(module, "wrong", f"{error}; sudo apt-get install {package}"))
    return found


def _screen() -> list[Finding]:
    if platform.system() != "Linux":
        return []
    screen = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    detail = screen or "none: editing on the command line works, the window does not"
    return [Finding("screen", "ok" if screen else "missing", detail)]


def _device(name: str) -> list[Finding]:
    import torch

    from facelab.core.device import choose_device, thread_count

    found = []
    try:
        found.append(Finding("device", "ok", str(choose_device(name))))
    except FacelabError as error:
        found.append(Finding("device", "wrong", str(error)))
    capability = torch.backends.cpu.get_cpu_capability()
    detail = f"{thread_count()} cores, {torch.get_num_threads()} torch threads, {capability}"
    found.append(Finding("processor", "ok", detail))
    for i in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(i)
        name = torch.cuda.get_device_name(i)
        found.append(Finding(f"cuda:{i}", "ok", f"{name}, {free >> 20} of {total >> 20} MB free"))
    return found


def _model(name: str | None) -> list[Finding]:
    from facelab.engine.toolkit import load_toolkit

    try:
        toolkit = load_toolkit(name, "cpu")
    except FacelabError as error:
        return [Finding("model", "wrong", str(error))]
    info = toolkit.generator.info
    hashed = "hash ok" if not any(n.code == "no_hash" for n in toolkit.notices) else "no hash stored"
    detail = f"{info.name}, {info.resolution} px, {info.sha256[:12]} ({hashed}), {info.licence}"
    return [
        Finding("model", "ok", detail),
        Finding("encoder", "ok" if toolkit.encoder else "missing", "of the model"),
        Finding("sliders", "ok" if toolkit.directions else "missing", " ".join(toolkit.directions) or "none"),
    ]


def _weights() -> list[Finding]:
    folder = torch_checkpoints_dir()
    found = []
    for name, use in WEIGHTS.items():
        path = folder / name
        if not path.is_file():
            found.append(Finding(name, "missing", f"optional: {use}"))
        elif _sha256(path).startswith(name.split("-")[-1].split(".")[0]):
            found.append(Finding(name, "ok", use))
        else:
            found.append(Finding(name, "wrong", "its checksum does not match: download it again"))
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folders() -> list[Finding]:
    folders = {"settings": config_dir(), "state": state_dir(), "added models": user_models_dir(), "log": log_file()}
    return [Finding(what, "ok", str(path)) for what, path in folders.items()]
