"""What is to be followed up, and what was: one row for each head or pull request, however many checks or people spoke.

Responsible for a wish being stored before its webhook counts as handled, and for no run being counted twice. It must
never wait.
"""

from dataclasses import dataclass

from yantra_bot.domain.follow_up import Cause
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.run import Order
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database


@dataclass(frozen=True, slots=True)
class FollowUpWish:
    """A head whose checks failed, or a pull request that people said something of, is to be followed up."""

    repository: Repository
    installation_id: int
    cause: Cause
    subject: str
    """The head for checks, the number of the pull request for a review."""
    since: float
    """Unix time of the first word; with the subject it names the run that comes of it."""
    due: float
    asked: int
    tries: int


class FollowMemory:
    """Part of `records.Records`."""

    _database: Database

    def wish_follow_up(
        self,
        repository: Repository,
        installation_id: int,
        cause: Cause,
        subject: str,
        *,
        at: float,
        quiet: float,
        longest: float,
    ) -> None:
        """Store that something is to be followed up once `quiet` seconds passed without another word of it.

        It is due `longest` seconds after the first word at the latest.
        """
        kept = encode(repository, Repository)
        self._database.run(
            "wish follow-up", (repository.id, cause, subject, kept, installation_id, at, at + quiet, longest)
        )

    def follow_up_wishes(self, *, now: float, limit: int) -> tuple[FollowUpWish, ...]:
        """Return the wishes that are due, oldest first."""
        return tuple(
            FollowUpWish(
                decode(row["repository"], Repository),
                row["installation_id"],
                Cause(row["cause"]),
                row["subject"],
                row["since"],
                row["due"],
                row["asked"],
                row["tries"],
            )
            for row in self._database.rows("follow-up wishes", (now, limit))
        )

    def end_follow_up_wish(self, wish: FollowUpWish, *, at: float) -> None:
        """Forget a wish that was acted on. What was said meanwhile is a wish of its own, since `at`."""
        key = (wish.repository.id, wish.cause, wish.subject)
        with self._database.write() as connection:
            if not connection.execute(self._database.statement("end follow-up wish"), (*key, wish.asked)).rowcount:
                connection.execute(self._database.statement("renew follow-up wish"), (*key, at))

    def put_off_follow_up(self, wish: FollowUpWish, *, due: float) -> None:
        """Keep a wish for later."""
        self._database.run("put off follow-up", (wish.repository.id, wish.cause, wish.subject, due))

    def remember_follow_up(self, order: Order, *, at: float) -> None:
        """Count a run that follows something up; the same run again changes nothing."""
        if order.follows is not None:
            key = (order.run_id, order.repository.id, order.issue_number)
            self._database.run("remember follow-up", (*key, order.follows.cause, order.follows.head, at))

    def followed_heads(self, repository_id: int, number: int, cause: Cause) -> tuple[str, ...]:
        """Return the head of each run that followed up a pull request for this cause, oldest first."""
        rows = self._database.rows("followed heads", (repository_id, number, cause))
        return tuple(row["head"] for row in rows)

    def opener_of_pull(self, repository_id: int, number: int) -> Order | None:
        """Return the order whose run opened a pull request, None where no run that has ended did."""
        row = self._database.row("opener of pull", (repository_id, number))
        return None if row is None else decode(row["order"], Order)

    def worker_of_thread(self, repository_id: int, number: int) -> str | None:
        """Return the newest run that worked on an issue, or whose pull request has this number; None where none did."""
        row = self._database.row("worker of thread", (repository_id, number))
        return None if row is None else str(row["run_id"])
