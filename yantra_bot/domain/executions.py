"""What was executed because a model asked for it, as it is kept in the record; what it printed is kept elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

SNIPPET: Final = ("python", "-")
"""How a program of a model's own stands in the record."""
MAX_WORDS: Final = 40
MAX_WORD: Final = 200


@dataclass(frozen=True, slots=True)
class Execution:
    """One command that a model asked for. `exit_code` is None when it was refused or ended by a limit."""

    argv: tuple[str, ...]
    risk: str
    """low, medium or high."""
    exit_code: int | None
    seconds: float
    refusal: str = ""
    """Why it was not run; empty where it was."""

    @property
    def is_snippet(self) -> bool:
        return self.argv == SNIPPET

    @property
    def ended(self) -> str:
        """How it ended, in a few words."""
        if self.refusal:
            return f"{self.risk} risk, refused"
        code = "ended by a limit" if self.exit_code is None else f"exit code {self.exit_code}"
        return f"{self.risk} risk, {code}, {self.seconds:.1f} s"

    def cut(self) -> "Execution":
        """Return it as it is kept: long arguments are cut."""
        argv = tuple(word[:MAX_WORD] for word in self.argv[:MAX_WORDS])
        return Execution(argv, self.risk, self.exit_code, self.seconds, self.refusal[:MAX_WORD])


@dataclass(frozen=True, slots=True)
class Success:
    """How programs of models' own went."""

    run: int
    succeeded: int
    refused: int

    @property
    def share(self) -> float | None:
        """In [0, 1]; None where none was run."""
        return self.succeeded / self.run if self.run else None


def count_success(executions: Iterable[Execution]) -> Success:
    """Count the programs of models' own; one succeeded that ended by itself with exit code 0."""
    every = [one for one in executions if one.is_snippet]
    run = [one for one in every if not one.refusal]
    return Success(len(run), sum(1 for one in run if one.exit_code == 0), len(every) - len(run))
