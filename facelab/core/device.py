"""Which device computes, and how fast the ways of computing are on this machine."""

from __future__ import annotations

import os

import torch

from facelab.core.errors import DeviceUnavailable

DEVICES = ("auto", "cpu", "cuda", "mps")


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
