"""A bare repository of our own for each repository on the forge, which no untrusted code has ever touched.

One writer at a time, across tasks and processes. The folder is readable by the worker's user and holds no secret.
"""

import asyncio
import contextlib
import dataclasses
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator
from pathlib import Path

import structlog

from yantra_bot.errors import Permanent, Transient
from yantra_bot.forge.git_failures import words_of
from yantra_bot.forge.git_process import Done, Git, Job
from yantra_bot.ports import Clock

LOCK_WAIT = 120.0
"""Seconds another process may hold the mirror before this one gives up for now."""
LOCK_POLL = 0.1
PACKS_BEFORE_CLEANING = 20
LARGEST_BLOB = 10 * 1024 * 1024
"""Bytes of a file at most; larger ones are left on the server, since nothing in this product reads them."""
PARTIAL = ("remote.origin.promisor=true", f"remote.origin.partialclonefilter=blob:limit={LARGEST_BLOB}")
"""Tells one command that absent files are meant. Never in the mirror's own configuration: the worker's git would then
try to fetch them and fail, where it has to see that they are missing."""


class Mirror:
    """One bare repository. Everything but `folder` and `ask` needs `writing` around it."""

    def __init__(self, folder: Path, git: Git, clock: Clock) -> None:
        self.folder = folder
        self._git = git
        self._clock = clock
        self._lock = asyncio.Lock()
        self._lock_fd: int | None = None

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncGenerator[None, None]:
        """Be the only writer. Makes the repository if there is none; raises Transient when another process is at it."""
        async with self._lock:
            self.folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            fd = os.open(self.folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                await self._wait_for(fd)
                self._lock_fd = fd
                self._sweep()
                await self._make()
                yield
            finally:
                self._lock_fd = None
                # A git that outlived us would hold the lock through its own copy of the descriptor.
                os.close(fd)

    async def run(self, job: Job) -> Done:
        """Run git here; the lock lasts as long as the process does."""
        keep = () if self._lock_fd is None else (self._lock_fd,)
        return await self._git.run(dataclasses.replace(job, git_dir=self.folder, keep_fds=keep))

    async def ask(self, *arguments: str, stdin: bytes = b"", environment: dict[str, str] | None = None) -> Done:
        """Run a git command that speaks to nobody."""
        return await self.run(Job(arguments, self.folder, stdin=stdin, environment=environment or {}))

    async def must(self, *arguments: str, stdin: bytes = b"", environment: dict[str, str] | None = None) -> str:
        """Return what the command printed; raise Permanent when it fails, which it never should."""
        done = await self.ask(*arguments, stdin=stdin, environment=environment)
        if done.code != 0:
            raise Permanent(f"git {arguments[0]} failed in the mirror: {words_of(done)}. Ask for a new run.")
        return done.text

    async def has_commit(self, commit: str) -> bool:
        """Tell whether the commit and its tree are here."""
        return (await self.ask("rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}")).code == 0

    async def renew(self) -> None:
        """Throw the repository away and make an empty one: its objects can all be fetched again."""
        await self._discard()
        await self._make()

    async def clean(self) -> None:
        """Drop what no run holds, once there are many packs. Nothing is dropped while a run is under way."""
        packs = list((self.folder / "objects" / "pack").glob("*.pack"))
        if len(packs) < PACKS_BEFORE_CLEANING or await self.must("for-each-ref", "--count=1", "refs/yantra/runs"):
            return
        await self.run(Job(("gc", "--quiet", "--prune=now"), self.folder, config=PARTIAL))

    async def _make(self) -> None:
        if (self.folder / "HEAD").is_file():
            return
        draft = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder.parent))
        try:
            target = draft / "mirror"
            done = await self._git.run(Job(("init", "--bare", "--quiet", "--template=", str(target)), target))
            if done.code != 0:
                raise Permanent(f"A mirror cannot be made in {self.folder.parent}: {words_of(done)}. Free some space.")
            await self._discard()
            target.rename(self.folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    async def _discard(self) -> None:
        if not self.folder.exists():
            return
        structlog.get_logger().warning("mirror is damaged and made anew", folder=self.folder.name)
        aside = Path(tempfile.mkdtemp(prefix=".damaged-", dir=self.folder.parent))
        self.folder.rename(aside / "old")
        await asyncio.to_thread(shutil.rmtree, aside, ignore_errors=True)

    async def _wait_for(self, fd: int) -> None:
        waited = 0.0
        while True:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            if waited >= LOCK_WAIT:
                raise Transient(f"Another process is writing the mirror {self.folder.name}. It is tried again.")
            await self._clock.sleep(LOCK_POLL)
            waited += LOCK_POLL

    def _sweep(self) -> None:
        """Remove what a killed git left behind: we hold the lock, so that nobody is using it."""
        stale = [
            *self.folder.glob("*.lock"),
            *self.folder.glob("refs/**/*.lock"),
            *self.folder.glob("objects/info/*.lock"),
        ]
        for left in (*stale, *self.folder.glob("objects/pack/tmp_*"), *self.folder.glob("objects/pack/.tmp-*")):
            left.unlink(missing_ok=True)
