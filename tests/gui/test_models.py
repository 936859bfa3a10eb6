"""The models dialog: adding by dropping, and downloads against a server on this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from conftest import Driver
from fake_engine import Script
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMessageBox

from facelab import catalog
from facelab.core.formats import ModelMetadata, save_native
from facelab.core.networks.stylegan2 import Generator, GeneratorConfig
from facelab.engine import messages as m
from facelab.ui.models_dialog import ModelsDialog, Work

BODY = bytes(range(256)) * 8192  # 2 MB


class Server(ThreadingHTTPServer):
    """Serves BODY; after `stop_at` bytes it goes silent until `go_on` is set."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.go_on = threading.Event()
        self.stop_at = len(BODY)
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/weights.pt"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        wanted = self.headers.get("Range", "")
        server.asked.append(wanted)
        start = int(wanted[6:-1]) if wanted else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        stop = max(start, server.stop_at)
        self.wfile.write(BODY[start:stop])
        self.wfile.flush()
        if stop < len(BODY):
            server.go_on.wait(30)
            self.wfile.write(BODY[stop:])

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.go_on.set()
    made.shutdown()
    made.server_close()


@pytest.fixture
def dialog(driver: Driver) -> ModelsDialog:
    driver.ready()
    driver.window.commands.run("models")
    return next(iter(driver.window.findChildren(ModelsDialog)))


def entry(server: Server, sha256: str = "") -> catalog.CatalogEntry:
    return catalog.CatalogEntry(
        key="loopback", kind="perceptual", title="Weights", file="weights.pt", folder="models", licence="CC0",
        improves="nothing", address=server.address, bytes=len(BODY), sha256=sha256,
    )  # fmt: skip


def test_download_is_checked_and_shown(driver: Driver, dialog: ModelsDialog, server: Server) -> None:
    wanted = entry(server, hashlib.sha256(BODY).hexdigest())
    dialog.start_download(wanted)
    driver.wait(wanted.path.is_file)
    driver.wait(lambda: "checksum is right" in dialog.message.text())
    assert wanted.path.read_bytes() == BODY
    dialog.close()


def test_download_without_a_published_hash_is_recorded_and_called_unverified(
    driver: Driver, dialog: ModelsDialog, server: Server
) -> None:
    wanted = entry(server)
    dialog.start_download(wanted)
    driver.wait(lambda: "unverified" in dialog.message.text())
    noted = wanted.path.with_name("weights.pt.sha256").read_text()
    assert noted.startswith(hashlib.sha256(BODY).hexdigest())
    dialog.close()


def test_wrong_hash_is_refused_in_words(driver: Driver, dialog: ModelsDialog, server: Server) -> None:
    wanted = entry(server, "0" * 64)
    dialog.start_download(wanted)
    driver.wait(lambda: "checksum of weights.pt is wrong" in dialog.message.text())
    assert not wanted.path.exists()
    dialog.close()


def test_closing_while_a_server_is_silent_does_not_wait_and_resumes_later(
    driver: Driver, dialog: ModelsDialog, server: Server
) -> None:
    server.stop_at = 1 << 20
    wanted = entry(server, hashlib.sha256(BODY).hexdigest())
    part = wanted.path.with_name("weights.pt.part")
    dialog.start_download(wanted)
    driver.wait(lambda: part.is_file() and part.stat().st_size >= 1 << 19)
    dialog.close()
    driver.qtbot.wait(10)
    assert driver.window.isEnabled(), "the window goes on at once"
    assert driver.director.findChildren(Work), "the thread ends when the server answers or the time is out"
    server.go_on.set()
    driver.wait(lambda: not driver.director.findChildren(Work))
    assert not wanted.path.exists()
    driver.window.commands.run("models")
    again = driver.window.findChildren(ModelsDialog)[-1]
    again.start_download(wanted)
    driver.wait(wanted.path.is_file)
    assert server.asked[-1].startswith("bytes=")
    assert wanted.path.read_bytes() == BODY
    again.close()


def test_nothing_is_fetched_without_the_question(
    driver: Driver, dialog: ModelsDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: asked.append(box.informativeText()) or 0)
    row = next(i for i, model in enumerate(dialog.models) if model.name == "ffhq-1024")
    dialog.list.setCurrentRow(row)
    assert "non-commercial" in dialog.details.text()
    dialog.fetch.click()
    assert "https://" in asked[0]
    assert "MB" in asked[0]
    assert "NVIDIA Source Code License" in asked[0]
    assert not driver.director.findChildren(Work)
    dialog.close()


def test_dropped_checkpoint_is_added_and_can_be_used(driver: Driver, script: Script, tmp_path: Path) -> None:
    driver.ready()
    config = GeneratorConfig(z_dim=8, w_dim=8, img_resolution=16, channels=(4, 4, 4), mapping_layers=2)
    torch.manual_seed(0)
    path = tmp_path / "mine.safetensors"
    save_native(path, config, Generator(config).state_dict(), ModelMetadata("Mine", licence="CC0"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(200, 200), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    driver.window.dropEvent(event)
    dialog = next(iter(driver.window.findChildren(ModelsDialog)))
    driver.wait(lambda: "mine" in [model.name for model in dialog.models], 30_000)
    dialog.list.setCurrentRow([model.name for model in dialog.models].index("mine"))
    dialog.use.click()
    driver.wait(lambda: any(isinstance(request, m.UseModel) and request.name == "mine" for request in script.requests))
    assert driver.window.settings.model == "mine"


def test_dropped_nonsense_is_refused_in_words(driver: Driver, dialog: ModelsDialog, tmp_path: Path) -> None:
    path = tmp_path / "evil.pkl"
    path.write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    dialog.add_file(path)
    driver.wait(lambda: bool(dialog.message.text()), 30_000)
    assert "evil.pkl" in dialog.message.text()
    assert str(tmp_path) not in dialog.message.text()
    dialog.close()
