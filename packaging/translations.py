"""Keep resources/i18n/*.ts complete: every tr("...") in the code has an entry in every language.

    python packaging/translations.py            adds new texts as unfinished, drops texts no longer used
    python packaging/translations.py --check    exits 1 when something is missing or unfinished

The window reads the .ts files directly, so there is nothing to compile.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from xml.sax.saxutils import escape

REPO = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPO))

from facelab.ui.i18n import CONTEXT, LANGUAGES, read_ts  # noqa: E402  (the repository's own package)

SOURCES = (REPO / "facelab" / "ui", REPO / "facelab" / "app.py")
FOLDER = REPO / "resources" / "i18n"
Key = tuple[str, str]


def used_texts() -> dict[Key, str]:
    """(text, note) of every tr() call, with the file it was first seen in. A tr() of no literal is an error."""
    found: dict[Key, str] = {}
    files = [path for source in SOURCES for path in (sorted(source.glob("*.py")) if source.is_dir() else [source])]
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr":
                values = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
                if not values or not all(isinstance(value, str) for value in values):
                    raise SystemExit(f"{path.name}:{node.lineno}: tr() needs literal texts")
                text, note = str(values[0]), str(values[1]) if len(values) > 1 else ""
                found.setdefault((text, note), path.name)
    return found


def ts_text(language: str, used: dict[Key, str], known: dict[Key, str]) -> str:
    """The .ts file: entries in the order of the code's files, unfinished where no translation is known."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>", f'<TS version="2.1" language="{language}">']
    lines += ["<context>", f"    <name>{CONTEXT}</name>"]
    for (text, note), file in sorted(used.items(), key=lambda item: (item[1], item[0])):
        lines.append("    <message>")
        lines.append(f'        <location filename="../../facelab/ui/{file}"/>')
        lines.append(f"        <source>{escape(text)}</source>")
        if note:
            lines.append(f"        <comment>{escape(note)}</comment>")
        done = known.get((text, note), "")
        state = "" if done else ' type="unfinished"'
        lines.append(f"        <translation{state}>{escape(done)}</translation>")
        lines.append("    </message>")
    return "\n".join([*lines, "</context>", "</TS>", ""])


def missing() -> dict[str, list[Key]]:
    """Texts without a finished translation, by language."""
    used = used_texts()
    lacking = {}
    for language in LANGUAGES:
        if language != "en":
            path = FOLDER / f"{language}.ts"
            known = read_ts(path) if path.is_file() else {}
            lacking[language] = [key for key in used if key not in known]
    return lacking


def main() -> int:
    if "--check" not in sys.argv:
        used = used_texts()
        for language in LANGUAGES:
            if language != "en":
                path = FOLDER / f"{language}.ts"
                known = read_ts(path) if path.is_file() else {}
                path.write_text(ts_text(language, used, known), encoding="utf-8")
    lacking = missing()
    for language, keys in lacking.items():
        print(f"{language}: {len(keys)} texts to translate")
        for text, note in keys:
            print(f"  {text!r}" + (f"  ({note})" if note else ""))
    return 1 if any(lacking.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
