"""Which repositories' graphs are to be made fresh: one row each, however many pushes asked for it.

Responsible for a wish being stored before its push counts as handled, and for one that comes while an earlier one is
being granted not being lost. It must never wait.
"""

from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.repository import Repository
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database

NEVER: Final = 1e18
"""As a time: after the next push, or the next start."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The graph of a repository's default branch is to be made fresh. `asked` is how often that was said."""

    repository: Repository
    installation_id: int
    asked: int
    tries: int


class Wishes:
    """Part of `records.Records`."""

    _database: Database

    def wish_graph(self, repository: Repository, installation_id: int, *, at: float) -> None:
        """Store that a repository's graph is to be made fresh."""
        values = (repository.id, encode(repository, Repository), installation_id, at)
        self._database.run("wish graph", values)

    def graph_wishes(self, *, now: float, limit: int) -> tuple[Wish, ...]:
        """Return the wishes that are due, oldest first."""
        return tuple(
            Wish(decode(row["repository"], Repository), row["installation_id"], row["asked"], row["tries"])
            for row in self._database.rows("graph wishes", (now, limit))
        )

    def grant_graph_wish(self, wish: Wish) -> bool:
        """Forget a wish; return False when it was said again since it was read: then it is still there."""
        return self._database.run("grant graph wish", (wish.repository.id, wish.asked)) > 0

    def put_off_graph_wish(self, wish: Wish, *, due: float, problem: str) -> bool:
        """Keep a wish that could not be granted for later; return False when it was said again meanwhile."""
        return self._database.run("put off graph wish", (wish.repository.id, wish.asked, due, problem)) > 0

    def revive_graph_wishes(self) -> int:
        """Make every wish due, those that were given up too; return how many there are."""
        return self._database.run("revive graph wishes")
