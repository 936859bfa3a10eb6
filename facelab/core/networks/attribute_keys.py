"""What the attribute net judges; no torch is needed to know it."""

from __future__ import annotations

KEYS = ("smile", "mouth_open", "eyes", "glasses", "beard", "hat", "gender", "age", "yaw", "pitch", "quality")
"""Plus = broader smile, mouth open, eyes open, glasses, beard, hat, more masculine, older, nose to the right in the
image, chin up, sharper."""
