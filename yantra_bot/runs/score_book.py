"""Learned scores of changes, and what came of each: what a repository's own calibration and standing rest on."""

from dataclasses import dataclass

from yantra_bot.domain.scores import ChangeScore, ScoredOutcome
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database

NEWEST = 2_000


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
        return self._database.run("put score", (run_id, number, *place, *said, is_bad, at)) > 0

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

    def scored_outcomes(self, repository_id: int, model: str) -> tuple[ScoredOutcome, ...]:
        """Return what came of the newest changes that a version of the model scored, the oldest first; one each."""
        rows = self._database.rows("scored outcomes", (repository_id, model, NEWEST))
        return tuple(ScoredOutcome(row["faulty"], row["baseline"], bool(row["is_bad"])) for row in reversed(rows))

    def newest_score_model(self, repository_id: int) -> str:
        """Return the version that scored last in a repository; empty where none did."""
        row = self._database.row("newest score model", (repository_id,))
        return "" if row is None else str(row["model"])
