"""Fetching one known file, because the user asked for it: resumable, with a time-out, checked before it counts."""

from __future__ import annotations

import hashlib
import os
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from facelab.catalog import CatalogEntry
from facelab.core.errors import CannotWrite, ChecksumMismatch, DownloadFailed
from facelab.core.progress import Progress, Steps

BLOCK = 1 << 18
TIMEOUT = 30.0  # seconds without a byte
MAX_BYTES = 4 << 30


def download(entry: CatalogEntry, target: Path | None = None, timeout: float = TIMEOUT) -> Steps[Path]:
    """Fetch `entry` to its place; Progress counts bytes. A cancelled or broken download is resumed the next time.

    The file appears under its name only when its sha256 fits. Where none is known, the hash of the first download
    is written beside it (NAME.sha256) and later ones must fit. Raises DownloadFailed, ChecksumMismatch, CannotWrite.
    """
    target = target or entry.path
    if not entry.address:
        raise DownloadFailed(address=entry.key, reason="it has no address")
    note = target.with_name(target.name + ".sha256")
    expected = entry.sha256.lower() or (note.read_text(encoding="ascii").split()[0] if note.is_file() else "")
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield from _fetch(entry, part, timeout)
        digest = _digest(part)
        if expected and not digest.startswith(expected):
            part.unlink()  # resuming it would only repeat the damage
            raise ChecksumMismatch(path=target, actual=digest, expected=expected)
        if not expected:
            note.write_text(f"{digest}  {target.name}\n", encoding="ascii")
        os.replace(part, target)
    except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
        raise DownloadFailed(address=entry.address, reason=_reason(error)) from error
    except OSError as error:
        raise CannotWrite(path=target, reason=error.strerror or str(error)) from error
    return target


def _fetch(entry: CatalogEntry, part: Path, timeout: float) -> Steps[None]:
    have = part.stat().st_size if part.is_file() else 0
    headers = {"User-Agent": "facelab", "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    request = urllib.request.Request(entry.address, headers=headers)
    try:
        answer: HTTPResponse = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # nothing is left to send: the part is whole, or the hash will say
            return
        raise
    with answer:
        if answer.status != 206:
            have = 0  # the server sends all of it again
        length = int(answer.headers.get("Content-Length") or 0)
        total = have + length if length else entry.bytes
        with part.open("ab" if have else "wb") as file:
            while block := answer.read(BLOCK):
                file.write(block)
                have += len(block)
                if have > MAX_BYTES:
                    raise DownloadFailed(address=entry.address, reason="it does not end")
                yield Progress("download", have, total)
        if length and have < total:
            raise DownloadFailed(address=entry.address, reason=f"the connection ended at {have} of {total} bytes")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the server answers {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
