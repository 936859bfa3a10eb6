"""Where the files that came with facelab are, and writing files so that a reader never sees half of one."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from facelab.core.errors import CannotWrite


def data_root() -> Path:
    """The folder that holds `models/` and `resources/`.

    It is `facelab/data` in an installed wheel, else the folder of the package: the repository or the unpacked bundle.
    """
    package = Path(__file__).resolve().parents[1]
    inside = package / "data"
    return inside if inside.is_dir() else package.parent


def small_file(path: Path, limit: int) -> bytes:
    """All bytes of a regular file of at most `limit` bytes: a pipe would be waited for. Raises ValueError, OSError."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise ValueError("it is not a regular file")
    if status.st_size > limit:
        raise ValueError(f"it is larger than {limit >> 10} KiB")
    return path.read_bytes()


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Give a temporary path beside `path` (same suffix) and move it there when the block succeeds.

    The content is flushed to the disk before the move, so that a crash leaves the old file or the
    new one. Any exception, Ctrl-C included, removes the temporary file. private: mode 0600.
    Raises CannotWrite.
    """
    temporary = path.with_name(f".{path.stem[:40]}-{secrets.token_hex(4)}{path.suffix}")
    try:
        yield temporary
        if private:
            temporary.chmod(0o600)
        descriptor = os.open(temporary, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        os.replace(temporary, path)
    except OSError as error:
        raise CannotWrite(path=path, reason=error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def write_atomic(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write all of `data` or nothing. Raises CannotWrite."""
    with replacing(path, private=private) as temporary:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(temporary, flags, 0o600 if private else 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
