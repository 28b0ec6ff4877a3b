"""Repositories, and who keeps their graphs, as far as a refresh asks them; they wait or fail as a test says."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from yantra_bot.domain.beside import Beside
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.graph import KeptGraph
from yantra_bot.domain.repository import Repository, RepositoryFacts
from yantra_bot.domain.talk import Reach, Thread


@dataclass
class Place:
    """One repository: what its forge says, its mirror, and its graph."""

    repository: Repository
    head: str | None = "1" * 40
    is_archived: bool = False
    size_kb: int = 10
    problem: Exception | None = None
    silence: Exception | None = None
    """What it says when it is asked for the past and the talk."""
    held: list[str] = field(default_factory=list)

    async def facts(self) -> RepositoryFacts:
        if self.problem is not None:
            raise self.problem
        return RepositoryFacts(self.repository, "main", self.size_kb, False, self.is_archived, self.head)

    async def list_threads(self, *, limit: int, reach: Reach) -> tuple[Thread, ...]:
        if self.silence is not None:
            raise self.silence
        return ()

    async def fetch(self, branch: str) -> str:
        assert branch == "main"
        return self.head or ""

    async def hold(self, commit: str, run_id: str) -> Path:
        self.held.append(run_id)
        return Path("/mirror")

    async def past(self, commit: str, *, depth: int) -> Path:
        if self.silence is not None:
            raise self.silence
        return Path("/past")

    async def release(self, run_id: str) -> None:
        self.held.remove(run_id)

    async def commit(self, base: str, changes: Changeset, *, message: str, at: float) -> str:
        raise AssertionError("nothing is committed")

    async def push(self, commit: str, branch: str, *, expected: str | None) -> None:
        raise AssertionError("nothing is pushed")


class Keeper:
    """Keeps commits by repository; it waits, or fails, as the test says."""

    def __init__(self) -> None:
        self.commits: dict[int, str] = {}
        self.built: list[tuple[str, str]] = []
        self.at_work = 0
        self.most_at_work = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()
        self.problem: Exception | None = None
        self.past: Path | None = None
        self.beside = Beside()

    def kept(self, repository: Repository) -> str:
        return self.commits.get(repository.id, "")

    def take_recording(self, repository: Repository, folder: Path, account: int | None) -> None:
        return

    async def keep(
        self, repository: Repository, commit: str, mirror: Path, *, past: Path | None = None, beside: Beside
    ) -> KeptGraph:
        self.past, self.beside = past, beside
        self.at_work += 1
        self.most_at_work = max(self.most_at_work, self.at_work)
        self.begun.set()
        try:
            await self.gate.wait()
            if self.problem is not None:
                raise self.problem
        finally:
            self.at_work -= 1
        self.commits[repository.id] = commit
        self.built.append((repository.name, commit[:1]))
        return KeptGraph(commit, 1, 0, 1, 1, 1, 0, 0)
