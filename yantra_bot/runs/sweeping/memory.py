"""What the last sweeps found, and what they ask of the tables: what was left by runs that ended, or never began."""

from typing import Final

from yantra_bot.domain.events import Origin
from yantra_bot.domain.run import Order
from yantra_bot.domain.sweeping import Sweep
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database

KEPT: Final = 50
"""Sweeps that are kept, the newest ones."""


class Sweeps:
    """Part of `records.Records`. Times are Unix time in seconds."""

    _database: Database

    def keep_sweep(self, sweep: Sweep) -> None:
        """Keep what a sweep found; older ones are forgotten."""
        with self._database.write() as connection:
            connection.execute(self._database.statement("keep sweep"), (sweep.ended_at, encode(sweep, Sweep)))
            connection.execute(self._database.statement("forget sweeps"), (KEPT,))

    def sweeps(self, limit: int = KEPT) -> tuple[Sweep, ...]:
        """Return the newest sweeps, newest first."""
        return tuple(decode(row["sweep"], Sweep) for row in self._database.rows("newest sweeps", (limit,)))

    def last_sweep(self) -> Sweep | None:
        """Return the newest sweep; None where there was none."""
        return next(iter(self.sweeps(1)), None)

    def rollouts_of_nobody(self) -> tuple[Order, ...]:
        """Return the orders whose run has ended and whose roll-out has not, oldest first."""
        return tuple(decode(row["order"], Order) for row in self._database.rows("roll-outs of nobody"))

    def free_locks_of_nobody(self, *, before: float) -> tuple[str, ...]:
        """Free the locks of issues, taken before a time, whose run ended or never began; return those runs."""
        return tuple(row["run_id"] for row in self._database.rows("free locks of nobody", (before,)))

    def last_step_at(self, run_id: str) -> float | None:
        """Return when a run's newest step began or ended; None where it took none."""
        row = self._database.row("last step time", (run_id,))
        return None if row is None or row["at"] is None else float(row["at"])

    def origins_at_work(self, *, since: float, limit: int) -> tuple[tuple[Origin, float], ...]:
        """Return the repositories of a forge in which runs were ordered since a time, those of the newest runs first.

        With each stands when its first run of all was ordered.
        """
        found = []
        for row in self._database.rows("repositories at work", (since, limit)):
            order: Order = decode(row["order"], Order)
            if order.installation_id:
                found.append((Origin(order.installation_id, order.repository), float(row["first_at"])))
        return tuple(found)
