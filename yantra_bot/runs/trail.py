"""What is kept for people to look back on: a run's log lines, and the audit trail of outside writes.

Responsible for a flood of lines costing its own run and nobody else (bounded, rate-limited, written in batches), and
for the audit trail being append-only. It must never fail a run because a log line could not be kept.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from yantra_bot.runs.schema import Database, StorageUnavailable

MAX_LINE = 500
"""Characters kept of one line."""
MAX_LINES = 2_000
"""Lines kept of one run; older ones go."""
LINES_PER_SECOND = 50.0
BURST = 200.0
"""How many lines a run may write at once before `LINES_PER_SECOND` holds."""
BATCH = 100
"""Lines that are written in one transaction."""
BATCH_SECONDS = 0.5

_log = structlog.get_logger()


@dataclass(slots=True)
class _Meter:
    allowance: float
    last: float
    written_at: float
    dropped: int = 0
    is_failing: bool = False
    waiting: deque[tuple[float, str]] = field(default_factory=deque)

    def admit_dropped(self, at: float) -> None:
        """Say in the log itself how much of it is missing."""
        if self.dropped:
            self.waiting.append((at, f"… {self.dropped} lines left out: too many at once"))
            self.dropped = 0


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a run's log. `at` is Unix time in seconds."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One write to the outside: who did what, in which run, at which commit, when."""

    run_id: str
    who: str
    what: str
    sha: str
    at: float


class Trail:
    """Part of `records.Records`."""

    _database: Database
    _meters: dict[str, _Meter]
    _now: Callable[[], float]

    def log(self, run_id: str, line: str) -> None:
        """Keep one line for the run's page. Cheap: lines are written in batches, and a flood is cut."""
        at = self._now()
        meter = self._meters.get(run_id)
        if meter is None:
            meter = self._meters[run_id] = _Meter(allowance=BURST, last=at, written_at=at)
        meter.allowance = min(BURST, meter.allowance + max(0.0, at - meter.last) * LINES_PER_SECOND)
        meter.last = at
        if meter.allowance < 1:
            meter.dropped += 1
            return
        meter.allowance -= 1
        meter.admit_dropped(at)
        meter.waiting.append((at, line[:MAX_LINE]))
        is_full = len(meter.waiting) >= BATCH and not meter.is_failing
        if is_full or abs(at - meter.written_at) >= BATCH_SECONDS:
            self.flush_log(run_id)

    def flush_log(self, run_id: str) -> None:
        """Write what `log` holds back. What cannot be written now is kept for the next time, within bounds."""
        meter = self._meters.get(run_id)
        if meter is None:
            return
        meter.written_at = self._now()
        meter.admit_dropped(meter.written_at)
        if not meter.waiting:
            return
        try:
            with self._database.write() as connection:
                rows = [(run_id, moment, text) for moment, text in meter.waiting]
                connection.executemany(self._database.statement("put line"), rows)
                connection.execute(self._database.statement("trim lines"), (run_id, MAX_LINES))
        except (StorageUnavailable, sqlite3.IntegrityError) as problem:
            _log.warning("log lines not written", run_id=run_id, problem=str(problem))
            meter.is_failing = True
            while len(meter.waiting) > MAX_LINES:
                meter.waiting.popleft()
            return
        meter.is_failing = False
        meter.waiting.clear()

    def lines(self, run_id: str) -> tuple[LogLine, ...]:
        """Return a run's newest lines, oldest first."""
        return tuple(LogLine(row["at"], row["text"]) for row in self._database.rows("list lines", (run_id,)))

    def audit(self, run_id: str, *, what: str, sha: str, who: str, at: float) -> None:
        """Append one row about a write to the outside; the very same row again (a replay) is not added twice."""
        self._database.run("put audit", (run_id, who, what, sha, at))

    def audit_rows(self, run_id: str | None = None) -> tuple[AuditRow, ...]:
        """Return the audit trail of one run, or all of it, oldest first."""
        rows = self._database.rows("list audit", (run_id,))
        return tuple(AuditRow(row["run_id"], row["who"], row["what"], row["sha"], row["at"]) for row in rows)
