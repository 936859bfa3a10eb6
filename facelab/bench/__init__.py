"""Measurements of speed and quality, run by `facelab bench`.

Each module has `run(options) -> dict`, and `lines(result)` where figures need words.
"""
