"""Keeps the stored graphs of default branches fresh: wishes that pushes have left are granted one by one.

One repository at a time, two repositories side by side; pushes in quick succession are one wish, and what is built is
the newest commit. What fails is said, counted, and tried again later or at the next push: never does it hold up a run.
Control's side: no byte of a repository is looked at here.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import perf_counter
from typing import Final

import structlog

from yantra_bot.domain.graph import KeptGraph
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Permanent, Transient, UserError, YantraError
from yantra_bot.ports import Clock, ForgeFactory, GraphKeeper, RemoteFactory
from yantra_bot.runs.beside import gather_beside
from yantra_bot.runs.records import Records
from yantra_bot.runs.wishes import NEVER, Wish

SIDE_BY_SIDE: Final = 2
MAX_TRIES: Final = 6
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 5.0, 600.0
LOOK_SECONDS: Final = 1.0
"""How often wishes that were put off are looked for; a new one is seen at once."""

_log = structlog.get_logger()


class Result(StrEnum):
    """What became of one try."""

    KEPT = "kept"
    FRESH = "fresh"
    """The stored graph is of that commit already."""
    NOTHING = "nothing"
    """The repository is empty or archived."""
    PUT_OFF = "put off"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """One try, as metrics hear of it."""

    result: Result
    seconds: float
    kept: KeptGraph | None = None


class Freshness:
    """Grants wishes for as long as control runs."""

    def __init__(
        self,
        *,
        records: Records,
        forge: ForgeFactory,
        remote: RemoteFactory,
        graphs: GraphKeeper,
        clock: Clock,
        max_repository_kb: int,
        on_result: Callable[[Refreshed], None] = lambda _: None,
    ) -> None:
        self._records, self._forge, self._remote, self._graphs = records, forge, remote, graphs
        self._clock, self._max_kb, self._on_result = clock, max_repository_kb, on_result
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()

    def ask(self, repository: Repository, installation_id: int) -> None:
        """Store that a repository's graph is to be made fresh, and begin soon. Raises StorageUnavailable."""
        self._records.wish_graph(repository, installation_id, at=self._clock.now())
        self._wake.set()

    async def run(self) -> None:
        """Work until cancelled. What was being built then is built at the next start."""
        try:
            self._revive()
            while True:
                self._wake.clear()
                self.begin()
                try:
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._wake.wait()
                except TimeoutError:
                    continue
        finally:
            tasks = list(self._busy.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def begin(self) -> None:
        """Begin with what is due, as far as there is room."""
        try:
            wishes = self._records.graph_wishes(now=self._clock.now(), limit=SIDE_BY_SIDE + len(self._busy))
        except YantraError as problem:
            _log.warning("wishes for graphs cannot be read now", problem=str(problem))
            return
        for wish in wishes:
            key = wish.repository.id
            if key not in self._busy and len(self._busy) < SIDE_BY_SIDE:
                self._busy[key] = asyncio.create_task(self._grant(wish))

    async def drain(self) -> None:
        """Grant what is due now."""
        self.begin()
        await asyncio.gather(*self._busy.values())

    def _revive(self) -> None:
        try:
            self._records.revive_graph_wishes()
        except YantraError as problem:
            _log.warning("wishes for graphs cannot be read now", problem=str(problem))

    async def _grant(self, wish: Wish) -> None:
        began = perf_counter()
        kept = None
        try:
            result, kept = await self._try(wish)
        except Transient as problem:
            result = await self._put_off(wish, problem)
        except (UserError, Permanent) as problem:
            result = await self._give_up(wish, str(problem))
        except Exception as problem:  # noqa: BLE001 (one repository's bug must not stop the others)
            _log.exception("a graph could not be refreshed", repository=wish.repository.full_name)
            result = await self._give_up(wish, f"a bug: {type(problem).__name__}. It is in the log; please report it.")
        finally:
            del self._busy[wish.repository.id]
            self._wake.set()
        self._on_result(Refreshed(result, perf_counter() - began, kept))

    async def _try(self, wish: Wish) -> tuple[Result, KeptGraph | None]:
        result, kept = await self._refresh(wish.repository, wish.installation_id)
        self._records.grant_graph_wish(wish)
        return result, kept

    async def _refresh(self, repository: Repository, installation_id: int) -> tuple[Result, KeptGraph | None]:
        """Bring the graph to what the default branch is now, whatever a push has said of it."""
        began = perf_counter()
        forge = self._forge(repository, installation_id)
        facts = await forge.facts()
        if facts.is_archived or facts.head is None:
            return Result.NOTHING, None
        if facts.size_kb > self._max_kb:
            raise Permanent(
                f"The repository has {facts.size_kb / 1024:,.0f} MB, and the limit is {self._max_kb / 1024:,.0f} MB. "
                "The operator can raise YANTRA_MAX_REPOSITORY_MB."
            )
        remote, holder = self._remote(repository, installation_id), f"graph-{repository.id}"
        commit = await remote.fetch(facts.default_branch)
        if self._graphs.kept(repository) == commit:
            return Result.FRESH, None
        mirror = await remote.hold(commit, holder)
        try:
            past, beside = await gather_beside(forge, remote, facts, commit)
            kept = await self._graphs.keep(repository, commit, mirror, past=past, beside=beside)
        finally:
            await remote.release(holder)
        _log.info(
            "graph refreshed",
            repository=repository.full_name,
            branch=facts.default_branch,
            commit=commit,
            parsed=kept.parsed,
            removed=kept.removed,
            files=kept.files,
            symbols=kept.symbols,
            edges=kept.edges,
            unresolved=kept.unresolved,
            problems=kept.problems,
            seconds=round(perf_counter() - began, 2),
        )
        return Result.KEPT, kept

    async def _put_off(self, wish: Wish, problem: Transient) -> Result:
        if wish.tries + 1 >= MAX_TRIES:
            return await self._give_up(wish, f"{problem} That was try {wish.tries + 1}.")
        wait = min(FIRST_WAIT_SECONDS * 2**wish.tries, LONGEST_WAIT_SECONDS)
        wait = max(wait, problem.retry_after or 0.0)
        _log.warning(
            "graph not refreshed now",
            repository=wish.repository.full_name,
            problem=str(problem),
            cure=f"none needed: it is tried again in {wait:.0f} s, and the graph of before is in use",
        )
        await self._keep_wish(wish, self._clock.now() + wait, str(problem))
        return Result.PUT_OFF

    async def _give_up(self, wish: Wish, problem: str) -> Result:
        _log.error(
            "graph not refreshed",
            repository=wish.repository.full_name,
            problem=problem,
            cure="see the problem; the next push or start tries again, and the graph of before is in use",
        )
        await self._keep_wish(wish, NEVER, problem)
        return Result.GIVEN_UP

    async def _keep_wish(self, wish: Wish, due: float, problem: str) -> None:
        try:
            self._records.put_off_graph_wish(wish, due=due, problem=problem[:500])
        except YantraError as trouble:  # it stays due
            _log.warning("a wish for a graph cannot be put off now", problem=str(trouble))
            await self._clock.sleep(LONGEST_WAIT_SECONDS)
