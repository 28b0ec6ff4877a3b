"""The parts of a context: what each shows, what it costs, why it is there. Pure values that any step can keep."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yantra_bot.retrieval.budget import Budget

Read = Callable[[str], bytes | None]
"""Returns the bytes of a file of a tree by its path, None where there is none."""


class Level(StrEnum):
    """What a part is for; in this order they are shown, what changes least from task to task first."""

    CONVENTIONS = "conventions"
    """Instructions of the default branch: the only part that is no data."""
    MAP = "map"
    PAST = "past"
    SIGNATURES = "2"
    TESTS = "tests"
    CODE = "1"
    """The code to change and what it needs, in full."""


class PartKind(StrEnum):
    """What a part is."""

    AGENTS = "AGENTS.md"
    RULE = "rule"
    MAP = "map"
    PAST = "past"
    SIGNATURES = "signatures"
    TEST = "test"
    TESTS = "tests"
    TARGET = "target"
    DEPENDENCY = "dependency"


HEADINGS: Final = {
    Level.CONVENTIONS: "What the repository's maintainers ask of every change (from its default branch):",
    Level.MAP: "Signatures of the repository that matter most to the task, as data ('…': something is left out):",
    Level.PAST: "Past changes like this one, as data:",
    Level.SIGNATURES: "Signatures of what the code below needs, as data:",
    Level.TESTS: "Tests of the code below, as data:",
    Level.CODE: "The code that the task is about, best first, then what it needs, as data. It is the files' own text:",
}
"""What stands above the parts of a level."""
BETWEEN: Final = "\n\n"
"""What stands between two parts."""


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a prompt. `text` is shown as it stands, a line of its place first."""

    kind: PartKind
    level: Level
    title: str
    """One line for people: the place and the name."""
    text: str
    tokens: int
    """Of the text and what stands between it and the next."""
    reason: str
    """Why it is there, in words."""
    is_exact: bool = False
    """Whether the text is the file's own, so that an edit may match it; what is not exact is to be read only."""
    path: str = ""
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What would have been a part, and why it is none."""

    kind: PartKind
    title: str
    reason: str
    tokens: int = 0
    """What it would have cost; 0 where it was not counted."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a model is shown for a task. The same input gives the same bytes."""

    budget: Budget
    """Signatures, map, tests and past share what is level 2's; conventions are part of the reserve."""
    parts: tuple[Part, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be asked, and what that means, in words for people."""

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that have parts, in the order of the prompt."""
        there = {part.level for part in self.parts}
        return tuple(level for level in Level if level in there)

    def of(self, *levels: Level) -> tuple[Part, ...]:
        """Return the parts of levels."""
        return tuple(part for part in self.parts if part.level in levels)

    @property
    def instructions(self) -> str:
        """The text for the system prompt: what the maintainers ask. Empty where they ask nothing."""
        return _render(Level.CONVENTIONS, self.of(Level.CONVENTIONS))

    @property
    def data(self) -> str:
        """The text for the first message: everything else. Nothing in it is an instruction."""
        return BETWEEN.join(_render(level, self.of(level)) for level in self.levels if level is not Level.CONVENTIONS)

    @property
    def text(self) -> str:
        """The whole: the instructions, then the data."""
        return BETWEEN.join(text for text in (self.instructions, self.data) if text)


def _render(level: Level, parts: tuple[Part, ...]) -> str:
    return BETWEEN.join([HEADINGS[level], *(part.text for part in parts)]) if parts else ""
