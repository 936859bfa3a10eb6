"""Which device computes, and how fast the ways of computing are on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch

from facelab.core.errors import DeviceUnavailable

DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass(frozen=True, slots=True)
class Device:
    """A device that is there. key: one of DEVICES; name: of the hardware; memory: in bytes, 0 = unknown."""

    key: str
    name: str
    memory: int


def present_devices() -> tuple[Device, ...]:
    """What this machine can compute on, the processor first."""
    found = [Device("cpu", "", _system_memory())]
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        found.append(Device("cuda", str(properties.name), int(properties.total_memory)))
    if torch.backends.mps.is_available():
        found.append(Device("mps", "Apple", int(torch.mps.recommended_max_memory())))
    return tuple(found)


def _system_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 0


def choose_device(name: str = "auto") -> torch.device:
    """auto = CUDA, else Apple's MPS, else the CPU. DeviceUnavailable when the one asked for is not there."""
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    match name.split(":")[0]:
        case "auto":
            return torch.device("cuda" if cuda else "mps" if mps else "cpu")
        case "cpu":
            return torch.device("cpu")
        case "cuda" if cuda:
            return torch.device(name)
        case "mps" if mps:
            return torch.device("mps")
        case "cuda":
            raise DeviceUnavailable(device=name, reason="no CUDA device or a torch without CUDA")
        case "mps":
            raise DeviceUnavailable(device=name, reason="no Apple GPU")
    raise DeviceUnavailable(device=name, reason=f"unknown; one of {', '.join(DEVICES)}")


def thread_count() -> int:
    """Cores that this process may use."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # Windows and macOS have no affinity call
        return max(1, os.cpu_count() or 1)
