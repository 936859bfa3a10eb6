"""`facelab` and `python -m facelab`: a verb of the command line, or the window."""

from __future__ import annotations

import sys


def main() -> int:
    from facelab.cli.main import main as command_line
    from facelab.cli.main import missing_library, wants_window

    arguments = sys.argv[1:]
    if not wants_window(arguments):
        return command_line(arguments)
    try:
        from facelab.app import main as window  # PySide6 only when there is a window
    except ImportError as error:
        return missing_library(error)
    return window(arguments)


if __name__ == "__main__":
    sys.exit(main())
