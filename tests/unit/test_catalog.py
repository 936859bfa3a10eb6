"""Models: what is listed, verified, added; and downloads against a server on this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
import torch

from facelab import catalog, paths
from facelab.catalog_download import download
from facelab.core.errors import (
    BrokenCheckpoint,
    ChecksumMismatch,
    DownloadFailed,
    ModelNotFound,
    OutputExists,
    UnsupportedCheckpoint,
    UsageError,
)
from facelab.core.formats import ModelMetadata, save_native
from facelab.core.networks.stylegan2 import Generator, GeneratorConfig
from facelab.core.progress import Progress, run


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    config = GeneratorConfig(z_dim=8, w_dim=8, img_resolution=16, channels=(4, 4, 4), mapping_layers=2)
    torch.manual_seed(0)
    path = tmp_path / "My model.safetensors"
    save_native(path, config, Generator(config).state_dict(), ModelMetadata("Mine", licence="CC0"))
    return path


def test_every_known_entry_says_what_it_is() -> None:
    entries = catalog.load_catalog()
    assert len({entry.key for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.licence
        assert entry.improves
        if entry.folder != "embedded":
            assert entry.address.startswith("https://")
            assert entry.source
    assert {"base", "ffhq-1024", "lpips-alex", "lpips-vgg", "landmarks-2dfan4"} <= {entry.key for entry in entries}
    assert not next(entry for entry in entries if entry.key == "ffhq-1024").commercial


def test_the_embedded_model_is_listed_and_sound() -> None:
    base = next(model for model in catalog.list_models() if model.name == "base")
    assert base.present
    report = catalog.inspect_model(None)
    assert (report.resolution, report.num_ws) == (128, 12)
    assert report.convention == (0.64, 0.53)
    assert "CC BY 4.0" in report.licence
    assert {found.state for found in catalog.verify_model()} == {"ok"}


def test_an_added_model_is_found_by_name(checkpoint: Path) -> None:
    added = catalog.add_model(checkpoint)
    assert added.name == "My-model"
    assert added.licence == "CC0"
    assert added.path.parent == paths.user_models_dir() / "My-model"
    assert catalog.find_model("My-model").read_bytes() == checkpoint.read_bytes()
    assert [model.name for model in catalog.list_models()].count("My-model") == 1
    assert [found.state for found in catalog.verify_model("My-model")] == ["ok"]
    assert catalog.add_model(checkpoint) == added, "adding the same again changes nothing"
    assert catalog.inspect_model("My-model").name == "Mine"


def test_damage_to_an_added_model_is_seen(checkpoint: Path) -> None:
    added = catalog.add_model(checkpoint, "mine")
    data = bytearray(added.path.read_bytes())
    data[-1] ^= 1
    added.path.write_bytes(data)
    assert [found.state for found in catalog.verify_model("mine")] == ["wrong"]
    with pytest.raises(BrokenCheckpoint):
        catalog.verify_model(str(added.path))


def test_only_checked_models_are_added(tmp_path: Path, checkpoint: Path) -> None:
    (tmp_path / "text.pkl").write_bytes(b"no model")
    with pytest.raises(UnsupportedCheckpoint):
        catalog.add_model(tmp_path / "text.pkl")
    for name in ("base", "../x", "", ".hidden", "a/b"):
        if name:
            with pytest.raises(UsageError):
                catalog.add_model(checkpoint, name)
    assert not paths.user_models_dir().exists()
    catalog.add_model(checkpoint, "taken")
    other = tmp_path / "other.safetensors"
    config = GeneratorConfig(z_dim=8, w_dim=8, img_resolution=8, channels=(4, 4), mapping_layers=1)
    save_native(other, config, Generator(config).state_dict(), ModelMetadata("Other"))
    with pytest.raises(OutputExists):
        catalog.add_model(other, "taken")


def test_unknown_names(tmp_path: Path) -> None:
    for name in ("nothing", "../base", str(tmp_path / "x.pkl")):
        with pytest.raises(ModelNotFound):
            catalog.find_model(name)


def test_user_folders_follow_the_home_variable() -> None:
    import os

    home = Path(os.environ["FACELAB_HOME"])
    for folder in (paths.config_dir(), paths.state_dir(), paths.cache_dir(), paths.user_models_dir(), paths.log_file()):
        assert folder.is_relative_to(home)


# --- downloads --------------------------------------------------------------------------------

CONTENT = bytes(range(256)) * 4000  # 1 MB, four blocks


class _Server(ThreadingHTTPServer):
    """Sends CONTENT; `cut` bytes at most per answer, `ranges` whether it resumes; remembers what was asked."""

    cut: int | None = None
    ranges = True
    stall = False
    asked: list[str | None]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.asked.append(asked)
        if self.path == "/missing":
            self.send_error(404)
            return
        start = int(asked[len("bytes=") : -1]) if asked and self.server.ranges else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        if self.server.stall:
            self.wfile.write(CONTENT[:1000])
            self.wfile.flush()
            self.server.released.wait(20)
            return
        self.wfile.write(CONTENT[start:][: self.server.cut])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[_Server]:
    made = _Server(("127.0.0.1", 0), _Handler)
    made.asked, made.released = [], threading.Event()
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.released.set()
    made.shutdown()
    made.server_close()


def entry(server: _Server, page: str = "x", sha256: str = "") -> catalog.CatalogEntry:
    address = f"http://127.0.0.1:{server.server_address[1]}/{page}"
    return catalog.CatalogEntry(
        key="x", kind="generator", title="x", file="x.bin", folder="models", licence="-", improves="-",
        address=address, sha256=sha256,
    )  # fmt: skip


def test_a_download_is_checked_and_reported(server: _Server) -> None:
    seen: list[Progress] = []
    whole = hashlib.sha256(CONTENT).hexdigest()
    path = run(download(entry(server, sha256=whole[:8])), seen.append)
    assert path.read_bytes() == CONTENT
    assert seen[-1].step == seen[-1].total == len(CONTENT)
    assert len(seen) > 2
    assert list(path.parent.iterdir()) == [path]


def test_a_broken_download_is_resumed(server: _Server) -> None:
    server.cut = 300_000
    with pytest.raises(DownloadFailed, match="ended"):
        run(download(entry(server)))
    server.cut = None
    path = run(download(entry(server)))
    assert path.read_bytes() == CONTENT
    assert server.asked == [None, "bytes=300000-"]


def test_a_cancelled_download_is_resumed_from_where_it_was(server: _Server) -> None:
    steps = download(entry(server))
    first = next(steps)
    steps.close()
    assert not entry(server).path.exists()
    assert run(download(entry(server))).read_bytes() == CONTENT
    assert server.asked[1] == f"bytes={first.step}-"


def test_a_server_that_cannot_resume_sends_all_again(server: _Server) -> None:
    server.cut = 300_000
    with pytest.raises(DownloadFailed):
        run(download(entry(server)))
    server.cut, server.ranges = None, False
    assert run(download(entry(server))).read_bytes() == CONTENT


def test_a_whole_part_needs_no_bytes(server: _Server) -> None:
    path = entry(server).path
    path.parent.mkdir(parents=True)
    path.with_name("x.bin.part").write_bytes(CONTENT)
    assert run(download(entry(server))).read_bytes() == CONTENT


def test_a_wrong_checksum_leaves_nothing(server: _Server) -> None:
    with pytest.raises(ChecksumMismatch):
        run(download(entry(server, sha256="00000000")))
    assert list(entry(server).path.parent.iterdir()) == []


def test_an_unknown_hash_is_recorded_and_holds_from_then_on(server: _Server) -> None:
    path = run(download(entry(server)))
    note = path.with_name("x.bin.sha256")
    assert note.read_text().split()[0] == hashlib.sha256(CONTENT).hexdigest()
    path.unlink()
    note.write_text("0" * 64 + "  x.bin\n")
    with pytest.raises(ChecksumMismatch):
        run(download(entry(server)))


def test_network_errors_are_ours(server: _Server) -> None:
    with pytest.raises(DownloadFailed, match="404"):
        run(download(entry(server, "missing")))
    gone = msgspec.structs.replace(entry(server), address="http://127.0.0.1:9/x")
    with pytest.raises(DownloadFailed):
        run(download(gone))
    server.stall = True
    with pytest.raises(DownloadFailed, match="timed out"):
        run(download(entry(server), timeout=0.3))
