"""Write THIRD_PARTY.md from the packages that are installed: name, version, licence, home page.

python packaging/third_party.py            writes THIRD_PARTY.md
python packaging/third_party.py --check    exits 1 when a dependency is missing from the file
"""

from __future__ import annotations

import re
import sys
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

REPO = Path(__file__).resolve().parent.parent
TARGET = REPO / "THIRD_PARTY.md"
HEAD = """# Third-party software

facelab's own code is Apache-2.0 (`LICENSE`); its weights in `models/base` are CC BY 4.0 (`models/base/MODEL_CARD.md`).
It builds on the packages below, which pip installs beside it; none is copied into this repository. PySide6 (Qt for
Python) is used under the LGPL v3: it is installed as a separate package and can be replaced by the user.
Written by `python packaging/third_party.py` from what is installed.

Samples in `resources/samples`: `astronaut.png`, portrait of Eileen Collins by NASA, public domain, from scikit-image's
package; `grace_hopper.jpg`, portrait of Grace Hopper by the US Navy, public domain, from matplotlib's package. No
endorsement is implied.

| package | version | licence | home |
| --- | --- | --- | --- |
"""


def canonical(name: str) -> str:
    """PEP 503 name, so that `PySide6_Essentials` and `pyside6-essentials` are one package."""
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_name(line: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", line)
    return canonical(found.group(0)) if found else ""


def runtime_packages() -> list[str]:
    """Names of everything facelab needs at run time, dependencies of dependencies included."""
    seen: dict[str, None] = {}
    queue = ["facelab"]
    while queue:
        name = canonical(queue.pop())
        if name in seen:
            continue
        try:
            lines = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        seen[name] = None
        queue.extend(requirement_name(line) for line in lines if "extra ==" not in line)
    return sorted(set(seen) - {"facelab"})


def licence(info: Message) -> str:
    """The licence as the package states it: the SPDX expression, else the classifiers, else the field."""
    expression = info.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [c.split("::")[-1].strip() for c in info.get_all("Classifier") or [] if c.startswith("License")]
    named = [c for c in classifiers if c != "OSI Approved"]
    if named:
        return ", ".join(named)
    return (info.get("License") or "not stated").strip().splitlines()[0][:60]


def home(info: Message) -> str:
    if info.get("Home-page"):
        return str(info["Home-page"])
    urls = dict(entry.split(", ", 1) for entry in info.get_all("Project-URL") or [] if ", " in entry)
    return next((urls[key] for key in urls if key.lower() in ("homepage", "source", "repository")), "")


def table() -> str:
    rows = []
    for name in runtime_packages():
        info = cast(Message, metadata.metadata(name))  # always a Message; typed more narrowly
        rows.append(f"| {info['Name']} | {info['Version']} | {licence(info)} | {home(info)} |")
    return HEAD + "\n".join(rows) + "\n"


def main() -> int:
    if "--check" in sys.argv:
        written = {canonical(line.split("|")[1].strip()) for line in TARGET.read_text().splitlines() if "|" in line}
        missing = [name for name in runtime_packages() if name not in written]
        print("missing from THIRD_PARTY.md: " + ", ".join(missing) if missing else "THIRD_PARTY.md is complete")
        return 1 if missing else 0
    TARGET.write_text(table(), encoding="utf-8")
    print(f"wrote {TARGET.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
