"""Offers what the last run left behind and brings it back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from facelab.core.values import Landmarks
from facelab.project.recovery import Journal, Recoverable
from facelab.ui.i18n import tr
from facelab.ui.keeper import Keeper
from facelab.ui.main_window import MainWindow
from facelab.ui.overlays import RecoverDialog
from facelab.ui.values import Source


class Recovering(QObject):
    def __init__(self, keeper: Keeper, window: MainWindow) -> None:
        super().__init__(window)
        self._keeper, self._window = keeper, window
        self.dialog: RecoverDialog | None = None
        self._waiting: Journal | None = None
        window.director.session_ready.connect(self._arrived)

    def offer(self) -> None:
        """Ask about the newest session that was not closed."""
        found = self._keeper.found()
        if not found:
            return
        newest = found[0]
        edits = max(0, len(newest.journal.history) - 1)
        self.dialog = RecoverDialog(newest.journal.photo_name or tr("A photo"), edits, self._window)
        self.dialog.recovered.connect(lambda: self.bring_back(newest))
        self.dialog.discarded.connect(lambda: self._keeper.discard(newest))
        self.dialog.open()

    def bring_back(self, found: Recoverable) -> None:
        """The tuned weights where they exist, else the photo; the journal's recipe, undo list and variants."""
        journal = found.journal
        window = self._window
        window.commands.recovering = True
        landmarks = Landmarks(np.array(journal.points, np.float32)) if journal.points else None
        if found.weights is not None:
            source = Source(path=found.weights)
        else:
            assert found.photo is not None  # find_recoverable lists nothing without photo and weights
            source = Source(data=found.photo.read_bytes())
        self._keeper.adopt(found)
        window.director.recover(source, journal.photo_name, journal.recipe, journal.face, landmarks)
        window.document.set_variants(journal.variants)
        window.document.project_path = journal.project
        self._waiting = journal

    def _arrived(self) -> None:
        """The photo is there again: its undo list follows."""
        journal, self._waiting = self._waiting, None
        if journal is not None:
            self._window.document.restore(journal.history, journal.position)
            self._window.document.set_dirty(True)
