"""What the memory of mistakes is still to be told, and what runs were reminded of: kept with the records.

Responsible for everything being told at least once, in order; no run waits for it and no kill loses it.
"""

from dataclasses import dataclass
from typing import Any, Final

from yantra_bot.domain.lessons import Judgement, Occurrence, Reminded, Showing
from yantra_bot.runs.codec import decode, encode
from yantra_bot.runs.schema import Database

NEVER: Final = 1e18
"""As a time: it was given up."""
NOTE: Final = "reminded"


@dataclass(frozen=True, slots=True)
class Reminding:
    """What a run was reminded of, and why it may not have been of all."""

    of: tuple[Reminded, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that was told in a form that is not known here: it is damaged, or of another version."""

    problem: str


@dataclass(frozen=True, slots=True)
class Told:
    """One thing for the memory. `tries` is how often it could not be stored."""

    number: int
    about: Occurrence | Showing | Judgement | Unreadable
    tries: int


class MemoryOutbox:
    """Part of `records.Records`."""

    _database: Database

    def keep_reminded(self, run_id: str, told: Reminding) -> None:
        """Keep what a run was reminded of, in place of what was kept before."""
        self._database.run("put note", (run_id, NOTE, encode(told, Reminding)))

    def reminded(self, run_id: str) -> Reminding:
        """Return what a run was reminded of."""
        row = next((row for row in self._database.rows("list notes", (run_id,)) if row["key"] == NOTE), None)
        return Reminding() if row is None else decode(row["value"], Reminding)

    def tell_memory(self, *told: Occurrence | Showing | Judgement) -> None:
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

    def retake_memory(self) -> int:
        """Make due what was given up; return how much."""
        return self._database.run("retake memory", (NEVER,))

    def drop_told(self, repository_id: int | None) -> int:
        """Drop what was learnt and is not stored yet: all, or of a repository; return how much."""
        return self._database.run("drop told lessons", (repository_id,))

    def put_off_memory(self, told: Told, *, due: float) -> None:
        """Keep for later what could not be stored."""
        self._database.run("put off memory", (told.number, due))


def _row(told: Occurrence | Showing | Judgement) -> tuple[str, str | None, str | None, str | None]:
    match told:
        case Occurrence():
            return told.id, encode(told, Occurrence), None, None
        case Showing():
            return f"{told.run} {told.lesson}", None, encode(told, Showing), None
        case Judgement():
            return f"{told.lesson} {told.at}", None, None, encode(told, Judgement)


def _read(row: Any) -> Told:
    kinds = {"occurrence": Occurrence, "showing": Showing, "judgement": Judgement}
    about: Occurrence | Showing | Judgement | Unreadable
    try:
        column = next(name for name in kinds if row[name] is not None)
        about = decode(row[column], kinds[column])
    except (ValueError, StopIteration) as problem:  # its text would quote what was told
        about = Unreadable(f"what was told cannot be read: {type(problem).__name__}")
    return Told(row["number"], about, row["tries"])
