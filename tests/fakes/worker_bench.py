"""Real workers on real mirrors: what every test of the worker starts from. Import the fixtures to use them."""

import shutil
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.mirror import MirrorMaker
from yantra_bot.domain.changes import Changeset
from yantra_bot.ports import TestCommand
from yantra_bot.sandbox.package_index import PackageIndex
from yantra_bot.worker.client import WorkerFactory, WorkerWorkspace
from yantra_bot.worker.config import WorkerConfig
from yantra_bot.worker.protocol import hash_blob

FIRST_ACCOUNT = 58_000
PYTEST = TestCommand()
FILES = {
    "calc.py": b"def add(a, b):\n    return a - b\n",
    "test_calc.py": b"from calc import add\n\n\ndef test_add():\n    assert add(2, 2) == 4\n",
    "README.md": b"# Calc\n",
}


class DictBlobs:
    """A blob store in memory."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        digest = hash_blob(data)
        self.stored[digest] = data
        return digest

    def get(self, digest: str) -> bytes:
        return self.stored[digest]


@pytest.fixture(scope="session")
def cache_folder() -> Iterator[Path]:
    """Where the copy of the interpreter is kept, for all tests."""
    with _open_folder() as folder:
        yield folder / "cache"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that the workers' accounts can get to, unlike pytest's own."""
    with _open_folder() as folder:
        yield folder


class _open_folder:  # noqa: N801 (used as a function)
    def __enter__(self) -> Path:
        self.folder = Path(tempfile.mkdtemp(prefix="yantra-test-"))
        self.folder.chmod(0o711)
        return self.folder

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder)


@pytest.fixture
def config(open_folder: Path, cache_folder: Path) -> WorkerConfig:
    return WorkerConfig(
        work_folder=open_folder / "work", cache_folder=cache_folder, first_account=FIRST_ACCOUNT, places=4
    )


@pytest.fixture
def blobs() -> DictBlobs:
    return DictBlobs()


@pytest.fixture
def maker(tmp_path: Path) -> MirrorMaker:
    """A mirror below a folder that is closed to the workers' accounts."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    return MirrorMaker(closed / "mirror.git")


@dataclass
class Crew:
    """A factory, and the workspaces that have to be closed."""

    factory: WorkerFactory
    maker: MirrorMaker
    blobs: DictBlobs
    config: WorkerConfig
    hired: list[WorkerWorkspace]

    async def hire(self, tests: TestCommand = PYTEST) -> WorkerWorkspace:
        workspace = await self.factory(f"run-{len(self.hired)}", self.maker.folder, tests)
        assert isinstance(workspace, WorkerWorkspace)
        self.hired.append(workspace)
        return workspace

    async def open(self, files: dict[str, bytes | tuple[str, bytes]], tests: TestCommand = PYTEST) -> WorkerWorkspace:
        workspace = await self.hire(tests)
        await workspace.open(self.maker.commit(files), Changeset())
        return workspace


@pytest.fixture
async def crew(config: WorkerConfig, maker: MirrorMaker, blobs: DictBlobs) -> AsyncIterator[Crew]:
    crew = Crew(WorkerFactory(config, blobs), maker, blobs, config, [])
    yield crew
    for workspace in crew.hired:
        await workspace.close()
    left = [path.name for path in config.work_folder.iterdir() if path.name != "locks"]
    assert left == [], "a worker left its folder behind"


def make_index(folder: Path) -> PackageIndex:
    """Return a source of packages: empty ones by the names of those that every environment needs."""
    folder.mkdir()
    for name in ("pytest", "coverage"):
        info = f"{name}-99.0.dist-info"
        with zipfile.ZipFile(folder / f"{name}-99.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}.py", "")
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 99.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    return PackageIndex(find_links=(folder,))
