"""Which lines of a change its tests run, and what came of tests that were written for those that none runs. Pure."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Executed:
    """What a run of tests executed of a change."""

    lines: dict[str, tuple[int, ...]]
    """By path, rising, from 1. A file that no test loaded is not in it."""
    suffixes: tuple[str, ...]
    """Ends of the names of files that the runner can measure, such as `.py`."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Changed code of one function, or of a file's top level, that no test runs."""

    path: str
    inside: str
    """Name of the function in its file, with its classes before it; empty at the top level."""
    spans: tuple[tuple[int, int], ...]
    """First and last line of each piece, from 1."""
    text: str = ""
    """The function with the numbers of its lines, `>` before those that no test runs. A repository's words."""


@dataclass(frozen=True, slots=True)
class ChangedLines:
    """How much of a change's code its tests run. A statement counts as one line, wherever it is broken."""

    executable: int
    covered: int
    gaps: tuple[Gap, ...] = ()

    @property
    def share(self) -> float:
        """In [0, 1]; 1 where the change has no line that could be run."""
        return self.covered / self.executable if self.executable else 1.0


@dataclass(frozen=True, slots=True)
class JudgedTest:
    """A test that was written for lines that no test ran, and why it was kept or dropped, as half a sentence."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Generated:
    """What came of having tests written."""

    rounds: int = 0
    """How often the model was asked."""
    before: ChangedLines | None = None
    """What the tests ran before; None where that is not known."""
    after: ChangedLines | None = None
    """What they ran in the end; None where nothing was kept."""
    kept: tuple[JudgedTest, ...] = ()
    dropped: tuple[JudgedTest, ...] = ()
    put_back: tuple[str, ...] = ()
    """Paths that are no tests and that the model changed all the same."""
    problem: str = ""
    """Why it was not done, or not to its end; a sentence."""
    question: str = ""
    """What the model asks after it saw its tests fail: the change itself may be wrong."""


NOT_GENERATED: Final = Generated()
"""Where enough is covered, or nobody wants tests written."""
