"""Learned scores of changes, and what came of each: what a repository's own calibration and standing rest on."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.scores import ChangeScore, ChangeSize, ScoredOutcome, ScoredPast
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database
from yantra_bot.scoring.standing import KEPT

VERSION: Final = 2
"""Of a stored score. 2: with the size of the change."""


@dataclass(frozen=True, slots=True)
class ScoredChange:
    """A change that was scored. `is_bad` is what came of it; None while that is not known."""

    run_id: str
    number: int
    """Of the attempt in its run; 0: of a review."""
    score: ChangeScore
    is_bad: bool | None


class ScoreBook:
    """Part of `records.Records`. Times are Unix time in seconds."""

    _database: Database

    def put_score(
        self, run_id: str, number: int, score: ChangeScore, is_bad: bool | None, *, place: tuple[int, str], at: float
    ) -> bool:
        """Keep a score and what came of it; again, as when a change is tested once more, changes nothing: False.

        `place` is the repository's number and what the change belongs to: of all scores of a run, or of a pull request,
        one counts, since what follows it is made in view of its failures. Without a name none does.
        """
        said = (score.model, score.faulty, score.baseline, encode(score, ChangeScore))
        size = None if score.size is None else encode(score.size, ChangeSize)
        return self._database.run("put score", (run_id, number, *place, *said, is_bad, at, VERSION, size)) > 0

    def scores_of_run(self, run_id: str) -> tuple[ScoredChange, ...]:
        """Return the scores of a run's attempts, or of its review, the first first."""
        return tuple(
            ScoredChange(
                run_id,
                row["number"],
                decode(row["score"], ChangeScore),
                None if row["is_bad"] is None else bool(row["is_bad"]),
            )
            for row in self._database.rows("scores of run", (run_id,))
        )

    def scored_past(self, repository_id: int, model: str) -> ScoredPast:
        """Return what came of the newest changes that a version of the model scored, one outcome each.

        What was recorded before sizes were is left out: nobody knows what a plain count would have said of it.
        """
        return _to_past(self._database.rows("scored outcomes", (repository_id, model, KEPT)))

    def put_target_score(self, run_id: str, repository_id: int, score: ChangeScore, *, at: float) -> None:
        """Keep what was said of the functions that a run's task points at, before anything is changed; again: nothing.

        What comes of it is told by `settle_target_score`.
        """
        size = None if score.size is None else encode(score.size, ChangeSize)
        said = (score.model, VERSION, score.faulty, score.baseline, size, encode(score, ChangeScore))
        self._database.run("put target score", (run_id, repository_id, *said, at))

    def target_score(self, run_id: str) -> ChangeScore | None:
        """Return what was said before a run's change; None where nothing was."""
        row = self._database.row("target score", (run_id,))
        return None if row is None else decode(row["score"], ChangeScore)

    def settle_target_score(self, run_id: str, *, is_bad: bool, at: float) -> None:
        """Keep what came of a run on the functions that were scored before it; the first word stands."""
        self._database.run("settle target score", (run_id, is_bad, at))

    def mark_routed(self, run_id: str) -> None:
        """Have a run not count for scores before a change: what comes of it is another model's merit."""
        self._database.run("mark routed", (run_id,))

    def target_past(self, repository_id: int, model: str) -> ScoredPast:
        """Return what came of the newest runs on functions that a version of the model had scored before."""
        return _to_past(self._database.rows("target outcomes", (repository_id, model, KEPT)))

    def newest_score_model(self, repository_id: int) -> str:
        """Return the version that scored last in a repository; empty where none did."""
        row = self._database.row("newest score model", (repository_id,))
        return "" if row is None else str(row["model"])


def _to_past(rows: Sequence[sqlite3.Row]) -> ScoredPast:
    """Return what the newest rows say, of which the newest is the first."""
    outcomes = [
        ScoredOutcome(row["faulty"], row["baseline"], bool(row["is_bad"]), decode(row["size"], ChangeSize))
        for row in reversed(rows)
    ]
    return ScoredPast(tuple(outcomes), before=rows[0]["known"] - len(rows) if rows else 0)
