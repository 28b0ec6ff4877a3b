"""The fetcher of pinned things, against archives made here and the real pip and npm."""

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from yantra_bot import artefacts
from yantra_bot.artefacts import Artefact, Kind, Store, download, fetch_all, read_lock, relative_to_root, unpack
from yantra_bot.errors import Permanent, SettingsError, Transient, UserError

CHECKOUT = Path(__file__).parents[2]


def artefact(**fields: object) -> Artefact:
    defaults = {
        "name": "thing", "kind": Kind.PIP_WHEEL, "package": "yantra-thing", "version": "1.0", "sha256": "0" * 64,
        "root": "thing", "purpose": "testing", "required": True,
    }  # fmt: skip
    return Artefact(**{**defaults, **fields})  # type: ignore[arg-type]  (a test's short hand)


def write_lock(folder: Path, *blocks: dict[str, object]) -> Path:
    lines = []
    for block in blocks:
        lines.append("[[artefact]]")
        lines += [f"{key} = {json.dumps(value)}" for key, value in block.items()]
    lock = folder / "artefacts.lock"
    lock.write_text("\n".join(lines))
    return lock


def block(archive: Path, **fields: object) -> dict[str, object]:
    return {
        "name": "thing", "kind": "pip-wheel", "package": "yantra-thing", "version": "1.0",
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(), "root": "thing", "purpose": "testing",
        "required": True, **fields,
    }  # fmt: skip


def make_tar(path: Path, files: dict[str, bytes], *, link: str | None = None) -> Path:
    with tarfile.open(path, "w:gz") as tarball:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o755 if name.endswith(".sh") else 0o600
            tarball.addfile(info, io.BytesIO(content))
        if link is not None:
            info = tarfile.TarInfo(link)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tarball.addfile(info)
    return path


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip looks in, and nowhere else."""
    folder = tmp_path / "packages"
    folder.mkdir()
    for name in ("PIP_CONSTRAINT", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def wheel(packages: Path) -> Path:
    path = packages / "yantra_thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("thing/data/one.txt", "one")
        archive.writestr("thing/two.txt", "two")
        archive.writestr("other/three.txt", "three")
        info = "yantra_thing-1.0.dist-info"
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: yantra-thing\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def sdist(packages: Path) -> Path:
    backend = (
        b"import os\n"
        b"def prepare_metadata_for_build_wheel(folder, config_settings=None):\n"
        b"    os.mkdir(os.path.join(folder, 'yantra_thing-1.0.dist-info'))\n"
        b"    with open(os.path.join(folder, 'yantra_thing-1.0.dist-info', 'METADATA'), 'w') as out:\n"
        b"        out.write('Metadata-Version: 2.1\\nName: yantra-thing\\nVersion: 1.0\\n')\n"
        b"    return 'yantra_thing-1.0.dist-info'\n"
        b"def build_wheel(*args, **kwargs):\n    raise SystemExit('nothing is built')\n"
    )
    project = b'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    files = {"pyproject.toml": project, "backend.py": backend, "run.sh": b"true\n", "tests/test_thing.py": b""}
    return make_tar(packages / "yantra-thing-1.0.tar.gz", {f"yantra-thing-1.0/{n}": c for n, c in files.items()})


def test_a_wheel_is_fetched_once(wheel: Path, tmp_path: Path) -> None:
    """A pinned wheel's members end below the artefact's folder, and a second fetch downloads nothing."""
    store = Store(write_lock(tmp_path, block(wheel, members=["data/*"])), tmp_path / "store")
    assert not store.available("thing")
    place = store.fetch("thing")
    assert [path.relative_to(place).as_posix() for path in place.rglob("*.txt")] == ["data/one.txt"]
    wheel.unlink()
    assert store.fetch("thing") == place == store.path("thing")
    assert [path.name for path in (tmp_path / "store").iterdir()] == [place.name]


def test_an_sdist_keeps_its_executables(sdist: Path, tmp_path: Path) -> None:
    """An sdist is unpacked whole, with executable bits and ordinary modes."""
    pinned = block(sdist, kind="pip-sdist", root="yantra-thing-1.0")
    place = Store(write_lock(tmp_path, pinned), tmp_path / "store").fetch("thing")
    modes = {path.name: path.stat().st_mode & 0o777 for path in place.rglob("*") if path.is_file()}
    assert modes == {"pyproject.toml": 0o644, "backend.py": 0o644, "run.sh": 0o755, "test_thing.py": 0o644}


def test_another_hash_is_refused(wheel: Path, tmp_path: Path) -> None:
    """Bytes that are not the pinned ones are never unpacked."""
    store = Store(write_lock(tmp_path, block(wheel, sha256="0" * 64)), tmp_path / "store")
    with pytest.raises(Transient, match=r"(?is)do not match the hashes"):
        store.fetch("thing")
    assert not store.available("thing")
    assert list((tmp_path / "store").iterdir()) == []


def test_a_lost_race_is_no_error(wheel: Path, tmp_path: Path) -> None:
    """Several fetchers at once end with one folder and no error."""
    store = Store(write_lock(tmp_path, block(wheel)), tmp_path / "store")
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(store.fetch("thing"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [store.path("thing")] * 3


def test_a_change_of_members_is_another_folder(wheel: Path, tmp_path: Path) -> None:
    """A lock that asks for other members never finds the folder of the earlier choice."""
    one = Store(write_lock(tmp_path, block(wheel, members=["data/*"])), tmp_path / "store").fetch("thing")
    two = Store(write_lock(tmp_path, block(wheel, purpose="x")), tmp_path / "store").fetch("thing")
    assert one != two
    assert (two / "two.txt").read_text() == "two"


@pytest.mark.parametrize("name", ["/etc/passwd", "thing/../../up", "thing/..", "thing\\..\\up"])
def test_paths_that_lead_out_are_refused(name: str) -> None:
    """No member's name leads out of the artefact's folder."""
    with pytest.raises(Permanent, match="leads out"):
        relative_to_root(name, "thing")


def test_links_are_refused(tmp_path: Path) -> None:
    """A symbolic link in an archive is refused, wherever it points."""
    archive = make_tar(tmp_path / "a.tgz", {"thing/a": b"a"}, link="thing/b")
    (tmp_path / "out").mkdir()
    with pytest.raises(Permanent, match="link or a device"):
        unpack(artefact(), archive, tmp_path / "out")


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive over the limits is refused."""
    monkeypatch.setattr(artefacts, "MAX_FILES", 1)
    archive = make_tar(tmp_path / "a.tgz", {"thing/a": b"a", "thing/b": b"b"})
    (tmp_path / "out").mkdir()
    with pytest.raises(Permanent, match="unpacks to more"):
        unpack(artefact(), archive, tmp_path / "out")


def test_nothing_to_unpack_is_an_error(tmp_path: Path) -> None:
    """A root or members that match nothing are an error, not an empty artefact."""
    archive = make_tar(tmp_path / "a.tgz", {"thing": b"a", "elsewhere/b": b"b"})
    (tmp_path / "out").mkdir()
    with pytest.raises(Permanent, match=r"nothing in a\.tgz"):
        unpack(artefact(), archive, tmp_path / "out")


def test_what_is_missing_is_said(tmp_path: Path, packages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing optional artefact is loud and no error; a missing required one is an error."""
    archive = make_tar(packages / "x.tgz", {"thing/a": b"a"})
    optional = block(archive, required=False, purpose="flying")
    assert fetch_all(Store(write_lock(tmp_path, optional), tmp_path / "store"))
    assert "OFF from now on: flying" in capsys.readouterr().err
    assert not fetch_all(Store(write_lock(tmp_path, block(archive)), tmp_path / "store"))
    assert "REQUIRED: testing" in capsys.readouterr().err


def test_fetching_all_twice_says_nothing_the_second_time(
    wheel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Set-up is silent when everything is there."""
    store = Store(write_lock(tmp_path, block(wheel)), tmp_path / "store")
    assert fetch_all(store)
    assert "Fetching thing" in capsys.readouterr().out
    assert fetch_all(store)
    assert capsys.readouterr() == ("", "")


def test_asking_for_what_is_not_there_tells_the_cure(wheel: Path, tmp_path: Path) -> None:
    """An artefact that was not fetched, and one that does not exist, are told apart and tell the cure."""
    store = Store(write_lock(tmp_path, block(wheel)), tmp_path / "store")
    with pytest.raises(UserError, match="make setup"):
        store.path("thing")
    with pytest.raises(UserError, match="use one of: thing"):
        store.available("other")


def test_a_missing_client_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without npm on PATH an npm artefact says that npm is not installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Transient, match="npm is not installed"):
        download(artefact(kind=Kind.NPM), tmp_path)


@pytest.mark.parametrize(
    "text",
    ["[[artefact]]\nname = 'x'", "not toml", "[[artefact]]\nkind = 'exe'", "artefact = 3", "[[artefact]]\na = 1"],
)
def test_a_wrong_lock_is_a_settings_error(tmp_path: Path, text: str) -> None:
    """A lock file that is wrong names itself and the cure."""
    lock = tmp_path / "artefacts.lock"
    lock.write_text(text)
    with pytest.raises(SettingsError, match=r"artefacts\.lock cannot be read"):
        read_lock(lock)


def test_two_of_a_name_are_a_settings_error(wheel: Path, tmp_path: Path) -> None:
    """Names are keys."""
    with pytest.raises(SettingsError, match="two artefacts of one name"):
        read_lock(write_lock(tmp_path, block(wheel), block(wheel)))


class Registry(BaseHTTPRequestHandler):
    """The two answers that `npm pack` asks a registry for."""

    tarball = b""

    def do_GET(self) -> None:
        here = f"http://127.0.0.1:{self.server.server_address[1]}"
        version = {"name": "thing", "version": "1.0.0", "dist": {"tarball": f"{here}/thing-1.0.0.tgz"}}
        document = {"name": "thing", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
        body = self.tarball if self.path.endswith(".tgz") else json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    files = {"package/package.json": b'{"name": "thing", "version": "1.0.0"}', "package/data/a.json": b"{}"}
    archive = make_tar(tmp_path / "thing-1.0.0.tgz", files)
    handler = type("Handler", (Registry,), {"tarball": archive.read_bytes()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm-cache"))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield archive
        server.shutdown()
        thread.join()


@pytest.mark.skipif(shutil.which("npm") is None, reason="needs npm")
def test_an_npm_package_is_fetched(registry: Path, tmp_path: Path) -> None:
    """An npm package's members end below the artefact's folder; another hash is refused."""
    pinned = block(registry, kind="npm", package="thing", version="1.0.0", root="package/data")
    place = Store(write_lock(tmp_path, pinned), tmp_path / "store").fetch("thing")
    assert [path.name for path in place.iterdir()] == ["a.json"]
    wrong = Store(write_lock(tmp_path, pinned | {"sha256": "0" * 64}), tmp_path / "store")
    with pytest.raises(Permanent, match="find out why it changed"):
        wrong.fetch("thing")


def test_an_installed_package_uses_the_users_cache(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside a checkout the lock lies beside the module, and what only tests and the demo need is left out."""
    package, cache = tmp_path / "site" / "yantra_bot", tmp_path / "cache"
    package.mkdir(parents=True)
    write_lock(package, block(wheel), block(wheel, name="demo", checkout_only=True))
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    store = artefacts.default_store(package / "artefacts.py")
    assert list(store.artefacts) == ["thing"]
    assert store.fetch("thing").parent == cache / "yantra" / "artefacts"


def test_a_file_can_be_kept_as_it_is(wheel: Path, tmp_path: Path) -> None:
    """With `unpacked = false` the artefact's folder holds the downloaded file itself."""
    pinned = block(wheel, unpacked=False)
    place = Store(write_lock(tmp_path, pinned), tmp_path / "store").fetch("thing")
    assert [path.name for path in place.iterdir()] == [wheel.name]


def test_the_real_lock_holds_what_the_product_needs() -> None:
    """The checkout's own lock is read, its token ranks are required, need only pip, and carry tiktoken's names."""
    pinned = read_lock(CHECKOUT / "artefacts.lock")
    ranks = pinned["token-ranks"]
    assert ranks.required
    assert ranks.kind is Kind.PIP_WHEEL
    home = "https://openaipublic.blob.core.windows.net/encodings/"
    names = {hashlib.sha1(f"{home}{name}_base.tiktoken".encode()).hexdigest() for name in ("cl100k", "o200k")}
    assert set(ranks.members) == names
    assert artefacts.default_store().folder == CHECKOUT / ".artefacts"
    assert all(entry.kind is not Kind.NPM for entry in pinned.values() if entry.required)


def test_the_fetched_ranks_work_without_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """tiktoken counts with the fetched rank files alone."""
    import tiktoken

    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(artefacts.path("token-ranks")))
    assert artefacts.available("token-ranks")
    assert len(tiktoken.get_encoding("cl100k_base").encode("one two three")) == 3


def test_an_environment_is_installed_from_its_own_lock(wheel: Path, tmp_path: Path) -> None:
    """A tool with pins of its own gets an environment of its own, every byte of it hashed, found like any artefact."""
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock = tmp_path / "locks" / "thing.txt"
    lock.parent.mkdir()
    lock.write_text(f"yantra-thing==1.0 --hash=sha256:{digest}\n")
    pinned = block(lock, kind="environment", lock="locks/thing.txt")
    place = Store(write_lock(tmp_path, pinned), tmp_path / "store").fetch("thing")
    command = [place / "bin" / "python", "-c", "import importlib.metadata as m; print(m.version('yantra-thing'))"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "1.0\n"


def test_an_environment_is_refused_when_its_lock_was_changed(wheel: Path, tmp_path: Path) -> None:
    """A lock file that is not the pinned one, or is not there, installs nothing and says what to do."""
    lock = tmp_path / "thing.txt"
    lock.write_text(f"yantra-thing==1.0 --hash=sha256:{'0' * 64}\n")
    pinned = block(lock, kind="environment", lock="thing.txt")
    store = Store(write_lock(tmp_path, pinned), tmp_path / "store")
    with pytest.raises(Transient, match=r"(?is)do not match the hashes"):
        store.fetch("thing")
    lock.write_text("yantra-thing==1.0\n")
    with pytest.raises(Permanent, match="pin the new one"):
        store.fetch("thing")
    lock.unlink()
    with pytest.raises(Permanent, match="is missing"):
        store.fetch("thing")
    assert not store.available("thing")


@pytest.mark.parametrize("tool", ["semgrep", "playwright"])
def test_a_tool_is_pinned_exactly(tool: str) -> None:
    """A tool's lock has hashes for all it pins, and the artefact is that lock's."""
    pinned = read_lock(CHECKOUT / "artefacts.lock")[tool]
    lock = CHECKOUT / pinned.lock
    assert hashlib.sha256(lock.read_bytes()).hexdigest() == pinned.sha256
    assert f"{tool}=={pinned.version} " in lock.read_text()
    assert not pinned.required
