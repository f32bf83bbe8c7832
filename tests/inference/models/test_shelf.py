"""Weights from every source, and never the wrong ones."""

import hashlib
import os
import subprocess
import sys
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from data_contracts import settings
from inference.models import shelf

PAYLOAD = b"weights " * 1000
DIGEST = hashlib.sha256(PAYLOAD).hexdigest()


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COVERLOOP_MODELS_DIR", str(tmp_path / "models"))
    return tmp_path / "models"


def write_shelf(folder: Path, sha256: str = DIGEST, **fields) -> Path:
    file = {"name": "w.bin", "size": len(PAYLOAD), "sha256": sha256}
    packages = fields.pop("packages", None)
    entry = {"role": "test", "licence": "MIT", "files": [{**file, **({"packages": packages} if packages else {})}]}
    path = folder / "shelf.yaml"
    path.write_text(yaml.safe_dump({"toy": {**entry, **fields}}))
    return path


def make_wheel(folder: Path, name: str, content: bytes) -> None:
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}/data/part.bin", content)
        wheel.writestr(f"{name}/__init__.py", "raise RuntimeError('code of a weights package was imported')")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def two_part_package(tmp_path, monkeypatch):
    """The payload in two wheels on an offline index, as pip sees it."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    make_wheel(wheels, "toyparta", PAYLOAD[:3000])
    make_wheel(wheels, "toypartb", PAYLOAD[3000:])
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return [{"package": f"{name}==1.0", "member": f"{name}/data/part.bin"} for name in ("toyparta", "toypartb")]


def test_every_pinned_file_is_well_formed():
    for entry in shelf.read_shelf().values():
        assert entry.licence
        assert entry.files
        for file in entry.files:
            assert len(file.sha256) == 64
            assert file.size > 0
            assert file.packages


@pytest.mark.parametrize("name", sorted(shelf.read_shelf()))
def test_every_entry_resolves_to_its_pinned_bytes(name):
    entry = shelf.read_shelf()[name]
    folder = shelf.resolve(name)
    assert [(folder / file.name).stat().st_size for file in entry.files] == [file.size for file in entry.files]
    assert shelf.is_present(entry)


def test_parts_in_packages_are_joined_without_importing_them(empty_cache, tmp_path, two_part_package):
    folder = shelf.resolve("toy", write_shelf(tmp_path, packages=two_part_package))
    assert (folder / "w.bin").read_bytes() == PAYLOAD
    assert sorted(path.name for path in folder.iterdir()) == [".lock", "w.bin"]


def test_a_package_with_other_bytes_is_refused_and_not_kept(empty_cache, tmp_path, two_part_package):
    path = write_shelf(tmp_path, sha256="0" * 64, packages=two_part_package)
    with pytest.raises(shelf.WrongDigest, match="pinned is 0000"):
        shelf.resolve("toy", path)
    assert not (empty_cache / "toy" / "w.bin").exists()


def test_a_cached_file_with_other_bytes_is_refused(empty_cache, tmp_path):
    (empty_cache / "toy").mkdir(parents=True)
    (empty_cache / "toy" / "w.bin").write_bytes(b"tampered")
    with pytest.raises(shelf.WrongDigest, match="delete it"):
        shelf.resolve("toy", write_shelf(tmp_path))


def test_a_cached_file_needs_no_source(empty_cache, tmp_path):
    (empty_cache / "toy").mkdir(parents=True)
    (empty_cache / "toy" / "w.bin").write_bytes(PAYLOAD)
    assert shelf.resolve("toy", write_shelf(tmp_path)) == empty_cache / "toy"


def test_what_no_source_has_is_named_with_what_was_tried(empty_cache, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    packages = [{"package": "no-such-package==1.0", "member": "x"}]
    with pytest.raises(shelf.NotAvailable, match=r"w\.bin found nowhere.*no-such-package"):
        shelf.resolve("toy", write_shelf(tmp_path, packages=packages))


def test_an_unknown_name_is_a_key_error(empty_cache):
    with pytest.raises(KeyError):
        shelf.resolve("no-such-model")


class HubHandler(SimpleHTTPRequestHandler):
    """The two answers of a model hub that a download takes, over real HTTP."""

    def do_HEAD(self):
        self.answer(body=False)

    def do_GET(self):
        self.answer(body=True)

    def answer(self, body: bool) -> None:
        found = self.path.split("?")[0] == "/acme/toy/resolve/main/w.bin"
        self.send_response(200 if found or self.path == "/" else 404)
        self.send_header("X-Repo-Commit", "a" * 40)
        self.send_header("ETag", f'"{DIGEST}"')
        self.send_header("Content-Length", str(len(PAYLOAD) if found else 0))
        self.end_headers()
        if body and found:
            self.wfile.write(PAYLOAD)

    def log_message(self, *_):
        pass


def test_the_hub_is_asked_before_packages(empty_cache, tmp_path):
    shelf_file = write_shelf(tmp_path, hub={"repository": "acme/toy", "revision": "main"})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(HubHandler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    code = (
        f"from inference.models import shelf; from pathlib import Path; shelf.resolve('toy', Path({str(shelf_file)!r}))"
    )
    environment = {**os.environ, "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HUB_DISABLE_XET": "1"}
    environment["HF_HOME"] = str(tmp_path / "hf")
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=settings.REPOSITORY, capture_output=True)
    server.shutdown()
    assert done.returncode == 0, done.stderr.decode()
    assert (empty_cache / "toy" / "w.bin").read_bytes() == PAYLOAD
