"""facelab: edit real photos of faces with a personal StyleGAN2 generator."""

import os

# Set before torch can be imported: with OpenMP's default spin-wait two torch threads on a busy
# two-core machine take many times as long as one.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
