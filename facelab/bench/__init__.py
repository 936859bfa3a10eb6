"""Measurements of speed and quality; each module has `run(options) -> dict`. Run by `facelab bench`."""
