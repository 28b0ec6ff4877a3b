"""Healing actions that were begun, and what came of them: what limits and cooldowns count."""

from yantra_bot.domain.healing import Healed
from yantra_bot.domain.incidents import HealingKind
from yantra_bot.domain.proof import Verdict
from yantra_bot.runs.schema import Database


class Healings:
    """Part of `records.Records`. Times are Unix time in seconds."""

    _database: Database

    def begin_healing(self, repository_id: int, healed: Healed) -> None:
        """Keep that an action is about to be done; again changes nothing. It counts from here on."""
        place = (repository_id, healed.service, healed.environment)
        self._database.run("begin healing", (healed.run_id, *place, healed.kind, healed.target, healed.at))

    def is_healing_begun(self, run_id: str) -> bool:
        """Say whether a run has begun its action: then the change may have been made, by it."""
        return self._database.row("healing", (run_id,)) is not None

    def end_healing(self, run_id: str, verdict: Verdict, *, is_undone: bool) -> None:
        """Keep whether it helped, and whether it was undone."""
        self._database.run("end healing", (run_id, verdict, int(is_undone)))

    def healings(
        self, repository_id: int, service: str, environment: str, *, since: float, without: str = ""
    ) -> tuple[Healed, ...]:
        """Return a service's actions since a time, newest first; `without` is a run to leave out."""
        values = (repository_id, service, environment, since, without)
        return tuple(
            Healed(
                run_id=row["run_id"],
                service=row["service"],
                environment=row["environment"],
                kind=HealingKind(row["kind"]),
                target=row["target"],
                at=row["at"],
                verdict=None if row["verdict"] is None else Verdict(row["verdict"]),
                is_undone=bool(row["is_undone"]),
            )
            for row in self._database.rows("healings", values)
        )
