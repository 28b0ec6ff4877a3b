"""Merges of scored changes, and what took one back: a change that was reverted went wrong, whatever its tests said."""

import sqlite3
from collections.abc import Sequence

from yantra_bot.domain.reverts import Revert
from yantra_bot.runs.schema import Database


class ScoredMerges:
    """Part of `records.Records`. A merge is named by its repository's number and its pull request's."""

    _database: Database

    def put_merge(self, repository_id: int, pull: int, commit: str) -> None:
        """Keep which commit a pull request became, where a change of it was scored."""
        self._database.run("put scored merge", (repository_id, pull, commit))

    def note_reverts(self, repository_id: int, reverts: Sequence[Revert], *, head: str) -> None:
        """Have the merges that are taken back count as gone wrong, and those whose revert is taken back not any more.

        `reverts` came with one push, the oldest first; `head` is the commit that the branch has with them.
        """
        if not reverts:
            return
        with self._database.write() as connection:
            for revert in reverts:
                for commit in revert.commits:
                    self._mark(connection, "merges of commit", (repository_id, commit), by=revert.by, head=head)
                    self._mark(connection, "merges reverted by", (repository_id, commit), by="", head="")
                for pull in revert.pulls:
                    self._mark(connection, "merge of pull", (repository_id, pull), by=revert.by, head=head)

    def _mark(
        self, connection: sqlite3.Connection, which: str, values: tuple[int, str | int], *, by: str, head: str
    ) -> None:
        for row in connection.execute(self._database.statement(which), values).fetchall():
            pull = (values[0], row["pull"])
            connection.execute(self._database.statement("mark merge"), (*pull, by, head))
            for table in ("scores", "target scores"):
                connection.execute(self._database.statement(f"mark {table} reverted"), (*pull, bool(by)))
