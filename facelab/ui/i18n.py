"""Visible text: English in the code, other languages read straight from `resources/i18n/*.ts`.

A `.ts` file is small XML, so it is parsed at start (about 5 ms) instead of being compiled: a plain checkout
speaks every language without a build step, and no binary lies in the repository. `packaging/translations.py`
keeps the files complete.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

CONTEXT = "facelab"
LANGUAGES = {"en": "English", "ja": "日本語", "ko": "한국어"}


def tr(text: str, note: str | None = None, /, **values: object) -> str:
    """`text` in the current language, with `{name}` fields filled in. note: context for the translator.

    Called when the text is shown, never at import.
    """
    shown = QCoreApplication.translate(CONTEXT, text, note)
    return shown.format(**values) if values else shown


class TsTranslator(QTranslator):
    """Answers from one `.ts` file; unfinished entries fall back to English."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._texts = read_ts(path)

    def isEmpty(self) -> bool:
        return not self._texts

    def translate(
        self,
        context: str | bytes,
        sourceText: str | bytes,
        disambiguation: str | bytes | None = None,
        n: int = -1,
    ) -> str:
        if _text(context) != CONTEXT:
            return None  # type: ignore[return-value]  # a null string lets the next translator answer
        found = self._texts.get((_text(sourceText), _text(disambiguation or "")))
        return found or None  # type: ignore[return-value]  # as above: null, not empty


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def read_ts(path: Path) -> dict[tuple[str, str], str]:
    """Finished translations by (source, note)."""
    texts: dict[tuple[str, str], str] = {}
    for message in ElementTree.parse(path).getroot().iter("message"):
        translation = message.find("translation")
        if translation is None or translation.get("type") == "unfinished" or not translation.text:
            continue
        texts[(message.findtext("source") or "", message.findtext("comment") or "")] = translation.text
    return texts


def system_language() -> str:
    """The first of the user's interface languages that we speak, else English."""
    for name in QLocale.system().uiLanguages():
        code = name.replace("_", "-").split("-")[0]
        if code in LANGUAGES:
            return code
    return "en"


class Language(QObject):
    """Installs the translators of one language; installing them tells every widget to retranslate."""

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._installed: list[QTranslator] = []
        self.code = "en"

    def use(self, choice: str) -> None:
        """choice: a key of LANGUAGES, or "system"."""
        self.code = choice if choice in LANGUAGES else system_language()
        QLocale.setDefault(QLocale(self.code))
        for translator in self._installed:
            QCoreApplication.removeTranslator(translator)
        self._installed.clear()
        if self.code == "en":
            return
        own_buttons = QTranslator(self)  # Qt's own dialogs
        if own_buttons.load(f"qtbase_{self.code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            self._install(own_buttons)
        path = self._folder / f"{self.code}.ts"
        if path.is_file():
            self._install(TsTranslator(path, self))

    def _install(self, translator: QTranslator) -> None:
        QCoreApplication.installTranslator(translator)
        self._installed.append(translator)
