"""Our own tables: what every run was asked, did, cost and came to. What people and pages read.

Responsible for being complete enough to replay a run and to answer any question about it without the durable engine.
It must never decide anything, and never wait: methods are synchronous and short (a save < 5 ms, a lookup < 1 ms).
Any failure of the disk or of a lock is raised as `schema.StorageUnavailable`.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from yantra_bot.domain.race import Race
from yantra_bot.domain.run import Ending, Order, Outcome, Phase, RunEnded, Spent
from yantra_bot.errors import Permanent
from yantra_bot.ports import BlobStore
from yantra_bot.runs.blobs import Blobs
from yantra_bot.runs.codec import decode, describe_bug, encode
from yantra_bot.runs.deploying.words import RolloutWords
from yantra_bot.runs.environments import Environments
from yantra_bot.runs.follow_memory import FollowMemory
from yantra_bot.runs.healing.history import Healings
from yantra_bot.runs.incidents import Incidents
from yantra_bot.runs.ledger import Ledger
from yantra_bot.runs.links import Links
from yantra_bot.runs.locks import Locks
from yantra_bot.runs.memory_outbox import MemoryOutbox
from yantra_bot.runs.proposals import Proposals
from yantra_bot.runs.pull_memory import PullMemory
from yantra_bot.runs.reopening import Reopening
from yantra_bot.runs.schema import Database
from yantra_bot.runs.score_book import ScoreBook
from yantra_bot.runs.scored_merges import ScoredMerges
from yantra_bot.runs.slack_memory import SlackMemory
from yantra_bot.runs.sweeping.memory import Sweeps
from yantra_bot.runs.trail import LogLine, Trail
from yantra_bot.runs.waits import Waits
from yantra_bot.runs.wishes import Wishes

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PhaseTime:
    """When a run entered a phase, in Unix time."""

    phase: Phase
    at: float


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as people see it. `stop_by` is who asked it to stop."""

    order: Order
    phase: Phase
    phases: tuple[PhaseTime, ...]
    ending: Ending | None
    ended_at: float | None
    spent: Spent
    lines: tuple[LogLine, ...]
    stop_by: str | None


class Records(
    Environments,
    FollowMemory,
    Healings,
    Incidents,
    Ledger,
    Links,
    Locks,
    MemoryOutbox,
    Proposals,
    PullMemory,
    Reopening,
    RolloutWords,
    ScoreBook,
    ScoredMerges,
    SlackMemory,
    Sweeps,
    Trail,
    Waits,
    Wishes,
):
    """The tables in one SQLite file. Safe to use from several threads; other processes open it read-only."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        *,
        on_outcome: Sequence[Callable[[Outcome], None]] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._now = now
        self._meters = {}
        self._on_outcome = tuple(on_outcome)
        self.blobs = blobs

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        blobs: BlobStore | None = None,
        on_outcome: Sequence[Callable[[Outcome], None]] = (),
        now: Callable[[], float] = time.time,
        read_only: bool = False,
    ) -> "Records":
        """Open or create the file; blobs are kept in the folder `blobs` beside it unless a store is given.

        Raises SettingsError when the file is newer, damaged or another program's.
        """
        database = Database(path, read_only=read_only)
        store = blobs if blobs is not None else Blobs(path.parent / "blobs")
        return cls(database, store, on_outcome=on_outcome, now=now)

    def close(self) -> None:
        """Write what is held back and close the file."""
        for run_id in self._meters:
            self.flush_log(run_id)
        self._database.close()

    def start_run(self, order: Order, at: float) -> bool:
        """Store an accepted order as queued; return False when the run is there already."""
        person = 0 if order.is_unasked else order.requested_by.id  # what nobody asked for is nobody's to answer for
        issue = (order.repository.id, order.issue_number, person, order.accepted_at)
        with self._database.write() as connection:
            values = (order.run_id, encode(order, Order), *issue)
            is_new = connection.execute(self._database.statement("insert run"), values).rowcount > 0
            if is_new:
                connection.execute(self._database.statement("put phase"), (order.run_id, 0, Phase.QUEUED, at))
                if order.chat is not None:
                    connection.execute(self._database.statement("run in chat"), (order.run_id,))
        return is_new

    def phase(self, run_id: str, phase: Phase, at: float, *, ordinal: int | None = None) -> None:
        """Store a transition. With the same `ordinal` again (a replay) nothing changes."""
        if ordinal is None:
            last = self._database.row("last phase", (run_id,))
            ordinal = 0 if last is None else last["ordinal"] + 1
        self._database.run("put phase", (run_id, ordinal, phase, at))

    def end_run(self, run_id: str, ending: Ending, at: float) -> bool:
        """Store how a run ended, free its issue, then tell the subscribers; return False when it had ended before.

        Subscribers are told at least once: a kill in between tells them again when the run is ended again.
        """
        with self._database.write() as connection:
            values = (run_id, encode(ending, Ending), at)
            is_first = connection.execute(self._database.statement("end run"), values).rowcount > 0
            connection.execute(self._database.statement("free locks of run"), (run_id,))
            last = connection.execute(self._database.statement("last phase"), (run_id,)).fetchone()
            if is_first and (last is None or last["phase"] != ending.phase):
                ordinal = 0 if last is None else last["ordinal"] + 1
                connection.execute(self._database.statement("put phase"), (run_id, ordinal, ending.phase, at))
        self.flush_log(run_id)
        self._meters.pop(run_id, None)
        self._tell_ending(run_id)
        return is_first

    def _tell_ending(self, run_id: str) -> None:
        row = self._database.row("get run", (run_id,))
        if row is None or row["was_told"]:
            return
        self.publish(RunEnded(decode(row["order"], Order), decode(row["ending"], Ending)))
        self._database.run("mark told", (run_id,))

    def publish(self, outcome: Outcome) -> None:
        """Tell the subscribers of an outcome; one that fails is logged and holds nobody up."""
        for subscriber in self._on_outcome:
            try:
                subscriber(outcome)
            except Exception as problem:  # noqa: BLE001 (a subscriber's bug must not end the run)
                _log.error("a subscriber failed", run_id=outcome.order.run_id, evidence=describe_bug(problem))

    def run(self, run_id: str) -> RunRecord | None:
        """Return everything people see of a run, None when there is no such run."""
        row = self._database.row("get run", (run_id,))
        return None if row is None else self._record(row)

    def runs(self, limit: int = 50, *, repository_id: int | None = None) -> tuple[RunRecord, ...]:
        """Return the newest runs, newest first."""
        return tuple(self._record(row) for row in self._database.rows("list runs", (limit, repository_id)))

    def _record(self, row: sqlite3.Row) -> RunRecord:
        run_id = row["run_id"]
        phases = tuple(PhaseTime(phase, at) for phase, at in self.timeline(run_id))
        return RunRecord(
            order=decode(row["order"], Order),
            phase=phases[-1].phase if phases else Phase.QUEUED,
            phases=phases,
            ending=None if row["ending"] is None else decode(row["ending"], Ending),
            ended_at=row["ended_at"],
            spent=self.spent(run_id),
            lines=self.lines(run_id),
            stop_by=row["stop_by"],
        )

    def timeline(self, run_id: str) -> tuple[tuple[Phase, float], ...]:
        """Return the phases so far, each with the Unix time it began at."""
        return tuple((Phase(row["phase"]), row["at"]) for row in self._database.rows("list phases", (run_id,)))

    def ending_and_time(self, run_id: str) -> tuple[Ending | None, float | None]:
        """Return how a run ended, and when; None while it has not."""
        row = self._database.row("get run", (run_id,))
        if row is None or row["ending"] is None:
            return None, None
        return decode(row["ending"], Ending), row["ended_at"]

    def phase_of(self, run_id: str) -> Phase:
        """Return the phase that a run is in."""
        phases = self.timeline(run_id)
        return phases[-1][0] if phases else Phase.QUEUED

    def ending(self, run_id: str) -> Ending | None:
        """Return how a run ended, None while it has not. Raises Permanent when there is no such run."""
        row = self._database.row("get run", (run_id,))
        if row is None:
            raise Permanent(f"There is no run {run_id}. See `yantra runs` for the ones there are.")
        return None if row["ending"] is None else decode(row["ending"], Ending)

    def order(self, run_id: str) -> Order | None:
        """Return what a run was asked, None when there is no such run."""
        row = self._database.row("get run", (run_id,))
        return None if row is None else decode(row["order"], Order)

    def active(self, repository_id: int | None = None, issue_number: int | None = None) -> tuple[Order, ...]:
        """Return the orders that have not ended, oldest first: all, or those of one issue."""
        if repository_id is None or issue_number is None:
            rows = self._database.rows("open runs")
        else:
            rows = self._database.rows("open runs of issue", (repository_id, issue_number))
        return tuple(decode(row["order"], Order) for row in rows)

    def last_run_of_issue(self, repository_id: int, issue_number: int) -> RunRecord | None:
        row = self._database.row("last run of issue", (repository_id, issue_number))
        return None if row is None else self._record(row)

    def repositories(self) -> dict[int, str]:
        """Return the repositories of all runs by their numbers, each as it was last called."""
        return {row["repository_id"]: f"{row['owner']}/{row['name']}" for row in self._database.rows("repositories")}

    def runs_of_person(self, actor_id: int, *, since: float) -> int:
        """Return how many runs a person asked for since a moment (the rate limit)."""
        return int(self._database.rows("count runs of person", (actor_id, since))[0][0])

    def count_launch(self, run_id: str) -> int:
        """Count one more start of a run and return the starts since it last finished a step."""
        row = self._database.row("count launch", (run_id,))
        return 0 if row is None else int(row["launches"])

    def forget_launches(self, run_id: str) -> None:
        """Begin counting anew: the run made progress, or was put aside in good order."""
        self._database.run("forget launches", (run_id,))

    def note(self, run_id: str, key: str, value: str) -> None:
        """Keep a small fact of a run, such as the id of its progress comment; again replaces it."""
        self._database.run("put note", (run_id, key, value))

    def notes(self, run_id: str) -> dict[str, str]:
        return {row["key"]: row["value"] for row in self._database.rows("list notes", (run_id,))}

    def races(self, limit: int) -> tuple[Race, ...]:
        """Return how the newest races of two models went."""
        return tuple(decode(row["value"], Race) for row in self._database.rows("races", (limit,)))
