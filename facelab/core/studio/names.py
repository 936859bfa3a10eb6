"""Names of sliders: what people call them, and the key that scripts use."""

from __future__ import annotations

import re
import unicodedata
import zlib

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


def key_of(name: str) -> str:
    """A key for a name in any script: "Curly hair" -> curly_hair, "そばかす" -> own_ and a checksum."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    if len(key) >= 2 and key[0].isalpha():
        return key
    return f"own_{zlib.crc32(name.encode()):08x}"
