"""`facelab generate`: faces of people who do not exist, with the pixels the public generators write."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

from facelab import __version__
from facelab.cli.outputs import check_targets
from facelab.cli.report import Console, check_report_target


def run(options: argparse.Namespace) -> int:
    """Write seed0000.png ... into --out."""
    import numpy as np
    from PIL import Image

    from facelab.core.files import write_atomic
    from facelab.core.image import to_pixels_truncated
    from facelab.engine.toolkit import load_toolkit

    console = Console(options)
    targets: list[Path] = [options.out / f"seed{seed:04d}.png" for seed in options.seeds]
    check_targets(targets, [], force=options.force)
    check_report_target(options)
    toolkit = load_toolkit(options.model, options.device)
    console.notices(toolkit.notices)
    generator = toolkit.generator
    for seed, target in zip(options.seeds, targets, strict=True):
        z = np.random.RandomState(seed).randn(1, generator.info.z_dim).astype(np.float32)
        pixels = to_pixels_truncated(generator.render(generator.map(z, options.psi)))
        buffer = io.BytesIO()
        Image.fromarray(pixels).save(buffer, "PNG")
        write_atomic(target, buffer.getvalue())
        console.result(str(target))
    info = generator.info
    console.report(
        {
            "schema": 1,
            "facelab": __version__,
            "device": str(toolkit.device),
            "model": {"name": info.name, "sha256": info.sha256},
            "psi": options.psi,
            "images": [{"seed": seed, "out": str(path)} for seed, path in zip(options.seeds, targets, strict=True)],
        }
    )
    return 0
