"""What opening the program must not load."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from facelab.engine.toolkit import load_toolkit
load_toolkit(None)
heavy = [name for name in ("torch._dynamo", "sympy", "torchvision", "matplotlib", "sklearn") if name in sys.modules]
sys.exit(" ".join(heavy) or 0)
"""


def test_loading_a_model_leaves_the_compiler_alone() -> None:
    """torch's compiler takes as long to import as torch itself; arithmetic on the meta device would load it."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
