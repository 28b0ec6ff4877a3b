"""A run that has ended is opened again where it failed: what it did before stays in its record, and is not done again.

Responsible for the record then meaning the same as before the failure. It must never open a run that succeeded.
"""

from collections.abc import Sequence
from typing import Final

from yantra_bot.domain.commands import Verb
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.errors import UserError
from yantra_bot.runs.codec import decode
from yantra_bot.runs.schema import Database

RESUMABLE: Final = frozenset({Phase.FAILED, Phase.STOPPED})
RESUME: Final = "resume"
"""The note under which is kept who asked a run to go on."""
_DEAR: Final = frozenset({"model", "tools", "test", "test base", "push", "review", "answer", "answer thread"})
"""Steps that are never taken again: they cost, or are seen outside. After a failure none of them follows."""
_CHANGES_CLUSTERS: Final = frozenset({Verb.DEPLOY, Verb.ROLLBACK, Verb.HEAL})
_ANEW: Final = frozenset({"now", "progress", "publish", "authorise"})
"""Steps before the one that failed that are taken anew with it: permissions are looked at again."""


class Reopening:
    """Part of `records.Records`."""

    _database: Database

    def ask_resume(self, run_id: str, by: str) -> None:
        """Store that a run is to go on; the server that works with these records does it.

        Raises UserError for a run that is not there, goes on already, or ended in another way than by a failure.
        """
        row = self._database.row("get run", (run_id,))
        if row is None:
            raise UserError(f"There is no run {run_id}. `yantra runs list` names them.")
        if row["ending"] is None:
            raise UserError(f"Run {run_id} has not ended: it goes on by itself while a server runs.")
        if decode(row["order"], Order).command.verb in _CHANGES_CLUSTERS:
            raise UserError(f"Run {run_id} is about a cluster, and what it judged is over. Cure: order it anew.")
        phase = decode(row["ending"], Ending).phase
        if phase not in RESUMABLE:
            raise UserError(f"Run {run_id} ended as {phase}. Only one that failed or was stopped can go on.")
        self._database.run("put note", (run_id, RESUME, by))

    def resumes_asked(self) -> tuple[str, ...]:
        """Return the runs that are to go on."""
        return tuple(row["run_id"] for row in self._database.rows("resumes asked"))

    def forget_resume(self, run_id: str) -> None:
        """Forget that a run is to go on."""
        self._database.run("drop note", (run_id, RESUME))

    def reopen_run(self, run_id: str) -> bool:
        """Take back a run's ending and the step that it failed in; return False when it has not ended."""
        steps = self._database.rows("steps of run", (run_id,))
        cut = find_cut([(row["name"], row["error"]) for row in steps])
        with self._database.write() as connection:
            if not connection.execute(self._database.statement("reopen run"), (run_id,)).rowcount:
                return False
            if cut < len(steps):
                connection.execute(self._database.statement("cut steps"), (run_id, steps[cut]["number"]))
                connection.execute(self._database.statement("cut phases"), (run_id, steps[cut]["started_at"]))
            connection.execute(self._database.statement("cut last phase"), (run_id,))
            connection.execute(self._database.statement("reopen run in chat"), (run_id,))
        return True


def find_cut(steps: Sequence[tuple[str, str | None]]) -> int:
    """Return the place of the first step that is taken anew, of steps with their failures' kinds."""
    place = len(steps)
    while place and steps[place - 1][1] is None and _base(steps[place - 1][0]) not in _DEAR:
        place -= 1
    if place and steps[place - 1][1] is not None:
        place -= 1
    while place and steps[place - 1][1] is None and _base(steps[place - 1][0]) in _ANEW:
        place -= 1
    return place


def _base(name: str) -> str:
    return name.partition("#")[0]
