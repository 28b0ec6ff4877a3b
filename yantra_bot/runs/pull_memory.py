"""What is remembered of pull requests between their reviews: who wants quiet, what is ignored, what was posted.

Responsible for a word of a person counting from the moment it was heard, whatever runs meanwhile. It must never wait.
"""

from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.runs.schema import Database


class Quiet(StrEnum):
    """How a pull request is left alone: no review begins by itself."""

    PAUSED = "paused"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Hush:
    """Somebody wants quiet on a pull request."""

    quiet: Quiet
    by: str


@dataclass(frozen=True, slots=True)
class LastReview:
    """The review that was posted last. `blob` names it in the blob store, as JSON."""

    run_id: str
    head: str
    blob: str


class PullMemory:
    """Part of `records.Records`. A pull request is named by its repository's number and its own."""

    _database: Database

    def hush_pull(self, repository_id: int, number: int, quiet: Quiet, by: str, *, at: float) -> None:
        """Leave a pull request alone from now on; the last word counts."""
        self._database.run("hush pull", (repository_id, number, quiet, by, at))

    def unhush_pull(self, repository_id: int, number: int) -> bool:
        """Undo that; return whether there was anything to undo."""
        return self._database.run("unhush pull", (repository_id, number)) > 0

    def hush_of_pull(self, repository_id: int, number: int) -> Hush | None:
        """Return who wants quiet there, None when nobody does."""
        row = self._database.row("hush of pull", (repository_id, number))
        return None if row is None else Hush(Quiet(row["quiet"]), row["by"])

    def ignore_on_pull(self, repository_id: int, number: int, what: str, by: str, *, at: float) -> None:
        """Remember a rule, with wildcards, or a fingerprint, that is not to be raised there."""
        self._database.run("ignore on pull", (repository_id, number, what, by, at))

    def heed_on_pull(self, repository_id: int, number: int, what: str) -> bool:
        """Undo that; return whether there was anything to undo."""
        return self._database.run("heed on pull", (repository_id, number, what)) > 0

    def ignored_on_pull(self, repository_id: int, number: int) -> tuple[str, ...]:
        """Return what is ignored there, in the order of its names."""
        return tuple(row["what"] for row in self._database.rows("ignored on pull", (repository_id, number)))

    def remember_remarks(self, repository_id: int, number: int, fingerprints: tuple[str, ...]) -> None:
        """Remember which remarks were posted, so that one that a person deletes is not posted again."""
        with self._database.write() as connection:
            rows = [(repository_id, number, fingerprint) for fingerprint in fingerprints]
            connection.executemany(self._database.statement("remember remark"), rows)

    def remembered_remarks(self, repository_id: int, number: int) -> frozenset[str]:
        rows = self._database.rows("remembered remarks", (repository_id, number))
        return frozenset(row["fingerprint"] for row in rows)

    def remember_review(self, repository_id: int, number: int, last: LastReview, *, at: float) -> None:
        """Remember the review that was posted last."""
        self._database.run("remember review", (repository_id, number, last.run_id, last.head, last.blob, at))

    def last_review(self, repository_id: int, number: int) -> LastReview | None:
        """Return the review that was posted last, None where none was."""
        row = self._database.row("last review", (repository_id, number))
        return None if row is None else LastReview(row["run_id"], row["head"], row["blob"])
