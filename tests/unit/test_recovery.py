"""After `kill -9` the session is offered back; a running one's never is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from facelab.core.recipe import Edit, EditRecipe, LayerRange
from facelab.project import recovery

RECIPE = EditRecipe(
    (Edit("direction", "smile", 1.5), Edit("direction", "age", 1.0, LayerRange(4, 7))), frozenset({"yaw"})
)

CHILD = """
import os, sys
from pathlib import Path
from facelab.project import recovery
from facelab.core.recipe import Edit, EditRecipe
folder = recovery.begin(Path(sys.argv[1]))
recovery.keep_photo(folder, b"photo")
recipe = EditRecipe((Edit("direction", "smile", 2.0),))
recovery.write_journal(folder, recovery.Journal(photo_name="a.jpg", recipe=recipe))
if sys.argv[2] == "mid-write":
    original = os.replace
    os.replace = lambda *a: os.kill(os.getpid(), 9)
    recovery.write_journal(folder, recovery.Journal(photo_name="half"))
print("ready", flush=True)
sys.stdin.read()
"""


def killed_child(state: Path, moment: str) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(state), moment], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()  # "ready", or the end of a child that killed itself
    if moment == "idle":
        assert recovery.find_recoverable(state) == ()  # its program still runs
        child.kill()
    child.communicate(timeout=30)


@pytest.mark.parametrize("moment", ["idle", "mid-write"])
def test_killed_session_is_offered_back_with_the_last_complete_journal(tmp_path: Path, moment: str) -> None:
    killed_child(tmp_path, moment)
    (found,) = recovery.find_recoverable(tmp_path)
    assert found.journal.photo_name == "a.jpg"
    assert found.journal.recipe.amount("smile") == 2.0
    assert found.photo is not None
    assert found.photo.read_bytes() == b"photo"
    assert found.weights is None
    recovery.end(found.folder)
    assert recovery.find_recoverable(tmp_path) == ()


def test_own_session_is_not_offered_and_is_gone_after_its_end(tmp_path: Path) -> None:
    folder = recovery.begin(tmp_path)
    recovery.keep_photo(folder, b"x")
    assert recovery.find_recoverable(tmp_path) == ()
    recovery.clear(tmp_path)
    assert folder.is_dir()
    recovery.end(folder)
    assert list((tmp_path / "recovery").iterdir()) == []


def test_everything_is_readable_by_the_user_only(tmp_path: Path) -> None:
    folder = recovery.begin(tmp_path)
    recovery.keep_photo(folder, b"x")
    recovery.write_journal(folder, recovery.Journal(recipe=RECIPE))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_pid_of_another_process_does_not_keep_a_session(tmp_path: Path) -> None:
    folder = recovery.begin(tmp_path)
    recovery.keep_photo(folder, b"x")
    recovery.write_journal(folder, recovery.Journal(recipe=RECIPE))
    owner = folder / "owner.json"
    owner.write_text(f'{{"pid": {os.getppid()}, "started": "12"}}')
    (found,) = recovery.find_recoverable(tmp_path)
    assert found.journal.recipe == RECIPE
    recovery.adopt(found)
    assert recovery.find_recoverable(tmp_path) == ()


@pytest.mark.parametrize("content", [b"", b"{", b'{"recipe": 3}', b"x" * (recovery.MAX_JOURNAL + 1)])
def test_damaged_journal_still_gives_the_photo_back(tmp_path: Path, content: bytes) -> None:
    folder = recovery.begin(tmp_path)
    recovery.keep_photo(folder, b"x")
    (folder / "journal.json").write_bytes(content)
    (folder / "owner.json").unlink()
    (found,) = recovery.find_recoverable(tmp_path)
    assert found.journal == recovery.Journal()
