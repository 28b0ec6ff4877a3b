"""What people say to a roll-out at work: promote, abort. Each a row, there before anybody acts on it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yantra_bot.runs.schema import Database

ANY_STAGE: Final = -1


class Word(StrEnum):
    """What may be said."""

    PROMOTE = "promote"
    ABORT = "abort"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said."""

    word: Word
    by: str


class RolloutWords:
    """Part of `records.Records`."""

    _database: Database

    def hold_still(self, run_id: str, stage: int, *, due: float) -> float:
        """Store that a stage waits for a person; return until when. Again keeps the first time."""
        with self._database.write() as connection:
            connection.execute(self._database.statement("hold still"), (run_id, stage, due))
            row = connection.execute(self._database.statement("held stage"), (run_id, stage)).fetchone()
            return float(row["due"])

    def promote(self, run_id: str, *, by: str, at: float) -> bool:
        """Let the stage that holds still go on; return False where none does, or somebody was first."""
        return self._database.run("promote stage", (run_id, by, at)) > 0

    def abort(self, run_id: str, *, by: str, at: float) -> bool:
        """Have a roll-out go back; return False where somebody said so before."""
        return self._database.run("abort roll-out", (run_id, ANY_STAGE, by, at)) > 0

    def said_of(self, run_id: str, stage: int) -> Said | None:
        """Return what was said that counts for a stage: an abort always, a promotion of this very stage."""
        row = self._database.row("said of stage", (run_id, stage, ANY_STAGE))
        return None if row is None else Said(Word(row["word"]), str(row["said_by"]))
