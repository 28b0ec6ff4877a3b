"""Plans that wait for a person, and what people said to runs at work: each a row, there before anybody acts on it.

Responsible for a decision being stored once, whoever comes first, and for what was said being kept once. It must never
wait.
"""

from dataclasses import dataclass

from yantra_bot.domain.plan import Decision, Forecast
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database


@dataclass(frozen=True, slots=True)
class Wait:
    """A plan that waits. Times are Unix time in seconds."""

    run_id: str
    comment_id: int
    """The comment that shows the plan; reactions on it count."""
    asked_at: float
    due: float
    """When nobody is waited for any more."""


@dataclass(frozen=True, slots=True)
class Steering:
    """What somebody with write access said on the issue while a run worked."""

    comment_id: int
    by: str
    body: str


class Waits:
    """Part of `records.Records`."""

    _database: Database

    def await_decision(self, run_id: str, *, comment_id: int, at: float, due: float) -> None:
        """Store that a run waits for a decision about its plan; again changes nothing."""
        self._database.run("await decision", (run_id, comment_id, at, due))

    def decide(self, run_id: str, decision: Decision, *, at: float) -> bool:
        """Store what was decided; return False when nothing waits for it, or something was decided before."""
        return self._database.run("decide", (run_id, encode(decision, Decision), at)) > 0

    def decision(self, run_id: str) -> Decision | None:
        """Return what was decided about a run's plan, None while nothing was."""
        row = self._database.row("decision", (run_id,))
        return None if row is None or row["decision"] is None else decode(row["decision"], Decision)

    def wait_of_issue(self, repository_id: int, issue_number: int) -> Wait | None:
        """Return the undecided wait of an issue's plan, None where there is none; a deployment's is found nowhere."""
        row = self._database.row("wait of issue", (repository_id, issue_number))
        return None if row is None else _read(row)

    def waits(self, run_id: str) -> bool:
        """Tell whether a run's plan waits for a decision now."""
        return self.waits_since(run_id) is not None

    def waits_since(self, run_id: str) -> float | None:
        """Return since when a run waits for a decision, None where it does not."""
        row = self._database.row("undecided wait", (run_id,))
        return None if row is None else float(row["asked_at"])

    def waits_to_look_at(self, *, now: float, limit: int) -> tuple[Wait, ...]:
        """Return the undecided waits of which it is time to look at the reactions, or which are due."""
        return tuple(_read(row) for row in self._database.rows("waits to look at", (now, limit)))

    def look_again(self, run_id: str, *, at: float) -> None:
        """Store when a wait is looked at next."""
        self._database.run("look again", (run_id, at))

    def waiting_runs(self) -> tuple[str, ...]:
        """Return the runs that have not ended and have a wait that is not decided."""
        return tuple(row["run_id"] for row in self._database.rows("waiting runs"))

    def decided_runs(self) -> tuple[str, ...]:
        """Return the runs that have not ended and did not hear yet what was decided."""
        return tuple(row["run_id"] for row in self._database.rows("decided runs"))

    def decision_heard(self, run_id: str) -> None:
        """Store that a run goes on with what was decided."""
        self._database.run("decision heard", (run_id,))

    def earlier_runs(self, repository_id: int, *, limit: int) -> Forecast:
        """Return what the newest runs that were completed in a repository took on average, waits left out."""
        row = self._database.row("earlier runs", (repository_id, limit))
        if row is None or not row["runs"]:
            return Forecast(0)
        return Forecast(0, None, row["runs"], row["usd"], row["seconds"])

    def keep_steering(self, run_id: str, said: Steering, *, most: int) -> bool:
        """Keep what was said to a run; return False when it is kept already, or there are as many as may be."""
        values = (run_id, said.comment_id, said.by, said.body, most)
        return self._database.run("keep steering", values) > 0

    def steering(self, run_id: str) -> tuple[Steering, ...]:
        """Return what was said to a run, oldest first."""
        rows = self._database.rows("list steering", (run_id,))
        return tuple(Steering(row["comment_id"], row["by"], row["body"]) for row in rows)


def _read(row: object) -> Wait:
    found: dict[str, object] = dict(row)  # type: ignore[call-overload]  # a row of SQLite is a mapping
    return Wait(**{name: found[name] for name in ("run_id", "comment_id", "asked_at", "due")})  # type: ignore[arg-type]  # the table says it
