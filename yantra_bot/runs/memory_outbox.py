"""What the memory of mistakes is still to be told: kept with the records; no run waits for it and no kill loses it.

Responsible for everything being told at least once, in order. It must never wait.
"""

from dataclasses import dataclass
from typing import Any

from yantra_bot.domain.lessons import Occurrence, Showing
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database

NEVER = 1e18
"""As a time: it was given up."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing for the memory. `tries` is how often it could not be stored."""

    number: int
    about: Occurrence | Showing
    tries: int


class MemoryOutbox:
    """Part of `records.Records`."""

    _database: Database

    def tell_memory(self, *told: Occurrence | Showing) -> None:
        """Keep something for the memory; the same again changes nothing until it was heard."""
        with self._database.write() as connection:
            for one in told:
                connection.execute(self._database.statement("tell memory"), _row(one))

    def told_memory(self, *, now: float, limit: int) -> tuple[Told, ...]:
        """Return what is due, oldest first."""
        return tuple(_read(row) for row in self._database.rows("told memory", (now, limit)))

    def memory_heard(self, told: Told) -> None:
        """Drop what the memory has stored."""
        self._database.run("memory heard", (told.number,))

    def put_off_memory(self, told: Told, *, due: float) -> None:
        """Keep for later what could not be stored."""
        self._database.run("put off memory", (told.number, due))


def _row(told: Occurrence | Showing) -> tuple[str, str | None, str | None]:
    if isinstance(told, Occurrence):
        return told.id, encode(told, Occurrence), None
    return f"{told.run} {told.lesson}", None, encode(told, Showing)


def _read(row: Any) -> Told:
    column, kind = ("showing", Showing) if row["occurrence"] is None else ("occurrence", Occurrence)
    return Told(row["number"], decode(row[column], kind), row["tries"])
