"""A workbench for tests of the forge: a test GitHub, our client of it, mirrors, blobs, and a clock that never waits."""

import functools
import hashlib
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from tests.fakes.github import FakeGitHub, git_repository, start
from tests.fakes.github.fake import make_key
from tests.fakes.github.judge import Judge
from tests.fakes.github.state import Installation
from tests.fakes.github.state import Repository as FakeRepository
from yantra_bot.domain.changes import Changeset, FileChange, FileMode
from yantra_bot.domain.repository import Repository
from yantra_bot.forge.app_auth import AppClaims, PlainToken
from yantra_bot.forge.git_process import Git
from yantra_bot.forge.git_remote import GitRemote
from yantra_bot.forge.github import GitHub, GitHubRepository
from yantra_bot.forge.remotes import GitHubRemotes, Mirrors
from yantra_bot.forge.transport import HttpTransport

FILES: dict[str, str | bytes | None] = {"README.md": "# Demo\n", "src/app.py": "def add(a, b):\n    return a - b\n"}


class VirtualClock:
    """Time that passes only by sleeping, and then at once."""

    def __init__(self, start_at: float | None = None) -> None:
        self.time = time.time() if start_at is None else start_at
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


class MemoryBlobs:
    """A `ports.BlobStore` in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self._kept[digest] = data
        return digest

    def get(self, digest: str) -> bytes:
        return self._kept[digest]

    def change(self, files: dict[str, bytes | None], *, mode: FileMode = FileMode.REGULAR) -> Changeset:
        """Return a change that gives these paths these contents."""
        blobs = {path: None if content is None else self.put(content) for path, content in files.items()}
        return Changeset(tuple(FileChange(path, blobs[path], mode) for path in sorted(blobs)))


class Bench:
    """One repository on the test GitHub with the App installed on it, seen by our code."""

    def __init__(self, fake: FakeGitHub, clock: VirtualClock, folder: Path, transport: HttpTransport) -> None:
        self.fake = fake
        self.clock = clock
        self.folder = folder
        self.transport = transport
        self.blobs = MemoryBlobs()
        self.there: FakeRepository = fake.add_repository("octo/demo", files=FILES)
        self.installation: Installation = fake.install("octo", repositories=[self.there])
        self.claims = AppClaims(str(fake.app.id), SecretStr(fake.private_key), clock)
        self.github = self.open_github(self.claims)

    @property
    def repository(self) -> Repository:
        return Repository(self.there.id, "octo", self.there.name)

    @property
    def forge(self) -> GitHubRepository:
        return self.github(self.repository, self.installation.id)

    @property
    def remote(self) -> GitRemote:
        return self.remotes()(self.repository, self.installation.id)

    @property
    def mirror(self) -> Path:
        return self.folder / "mirrors" / f"{self.there.id}.git"

    def open_github(self, identity: AppClaims | PlainToken, *, base_url: str | None = None) -> GitHub:
        """Return another client, with caches of its own."""
        return GitHub(self.transport, self.clock, base_url=base_url or self.fake.api_url, identity=identity)

    def remotes(self, git: Git | None = None) -> GitHubRemotes:
        mirrors = Mirrors(self.folder / "mirrors", git or Git(self.folder / "helper"), self.clock)
        return GitHubRemotes(self.github, mirrors, self.blobs, self.clock, base_url=self.fake.git_url)

    def head(self, branch: str = "main") -> str | None:
        """Return what the test GitHub has on a branch."""
        return git_repository.head_of(self.there.git_dir, branch)


@functools.cache
def app_key() -> str:
    """Return the App's private key, PEM, the same for all tests of a process: making one takes a while."""
    return make_key()


@asynccontextmanager
async def open_bench(folder: Path, *, timeout: float = 5.0, judge: Judge | None = None) -> AsyncGenerator[Bench, None]:
    """Start everything; closing checks that no request was other than GitHub's description allows."""
    clock = VirtualClock()
    fake = await start(folder / "github", now=clock.now, private_key=app_key(), judge=judge)
    transport = HttpTransport(timeout=timeout)
    try:
        yield Bench(fake, clock, folder, transport)
    finally:
        await transport.close()
        await fake.close()
