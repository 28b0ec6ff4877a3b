"""What keeps runs apart and lets people hold them back: issue locks, pauses, stop requests.

Responsible for these three facts being stored before anybody acts on them. It must never wait: a lock that is held is
answered with its holder.
"""

from yantra_bot.runs.schema import Database

EVERYTHING = -1
"""The repository number under which a pause of everything is stored."""


class Locks:
    """Part of `records.Records`."""

    _database: Database

    def lock_issue(self, repository_id: int, issue_number: int, run_id: str, *, at: float) -> str:
        """Return the run that holds the issue: `run_id` when it took the lock or had it already.

        The lock of a run that has ended is taken over. Issue 0 (a task without an issue) is never locked.
        """
        if issue_number == 0:
            return run_id
        with self._database.write() as connection:
            key = (repository_id, issue_number)
            connection.execute(self._database.statement("take lock"), (*key, run_id, at))
            return str(connection.execute(self._database.statement("lock holder"), key).fetchone()["run_id"])

    def unlock_issue(self, repository_id: int, issue_number: int, run_id: str) -> bool:
        """Free the issue if `run_id` holds it; return whether it did. The end of a run frees its lock by itself."""
        return self._database.run("free lock", (repository_id, issue_number, run_id)) > 0

    def issue_holder(self, repository_id: int, issue_number: int) -> str | None:
        row = self._database.row("lock holder", (repository_id, issue_number))
        return None if row is None else str(row["run_id"])

    def pause(self, repository_id: int | None, by: str, *, at: float) -> None:
        """Hold back new runs of a repository, or of all (None)."""
        self._database.run("pause", (EVERYTHING if repository_id is None else repository_id, by, at))

    def resume(self, repository_id: int | None) -> bool:
        """Undo `pause` for the same scope; return whether there was one."""
        return self._database.run("resume", (EVERYTHING if repository_id is None else repository_id,)) > 0

    def paused_by(self, repository_id: int) -> str | None:
        """Return who paused this repository or everything, None when neither is paused."""
        row = self._database.row("paused by", (repository_id,))
        return None if row is None else str(row["by"])

    def is_paused(self, repository_id: int) -> bool:
        """Say whether everything, or this repository, is paused."""
        return self.paused_by(repository_id) is not None

    def request_stop(self, run_id: str, by: str, *, at: float) -> bool:
        """Store that a run has to stop; return False when it has ended, is unknown, or was asked to already."""
        return self._database.run("request stop", (run_id, by, at)) > 0

    def stop_requested(self, run_id: str) -> str | None:
        """Return who asked the run to stop, None when nobody did."""
        row = self._database.row("get run", (run_id,))
        return None if row is None or row["stop_by"] is None else str(row["stop_by"])

    def stops_asked(self) -> tuple[str, ...]:
        """Return the runs that were asked to stop and have not ended, oldest first."""
        return tuple(row["run_id"] for row in self._database.rows("stops asked"))
