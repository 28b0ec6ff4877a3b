"""What a model is shown of a change to review it, and what it observes, with the proof that it has to bring. Pure."""

from dataclasses import dataclass, field
from enum import StrEnum

from yantra_bot.domain.findings import Severity, Side
from yantra_bot.domain.run import Spent


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of one file as evidence, each with its number. `why` says what they are, such as `calls parse.scan`."""

    path: str
    line: int
    """Of the first line."""
    text: str
    why: str = ""
    """What they are, and for what they are shown."""


@dataclass(frozen=True, slots=True)
class HunkBrief:
    """One stretch of a change with what is around it: what a model needs to judge it, and what judges the model."""

    path: str
    line: int
    """First and last line of the stretch in the head, context included."""
    end_line: int
    diff: str
    """One line a line: number in the head (or in the base where it was removed), sign, text."""
    changed: tuple[int, ...] = ()
    """Numbers of the head's lines that the change wrote, or that stand where lines were removed."""
    symbols: tuple[str, ...] = ()
    """Qualified names of the changed symbols in it."""
    related: tuple[Excerpt, ...] = ()
    """What it uses, who calls it and tests that do, by the code graph; each line with its number."""
    old_path: str = ""
    """Where the file was renamed from; empty where it was not."""


class Judgement(StrEnum):
    """What the second, sceptical look at a remark came to."""

    HOLDS = "holds"
    REFUTED = "refuted"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Observation:
    """What a model remarks about one place of a change."""

    path: str
    line: int
    end_line: int
    quote: str
    """The text of its first line, as the model read it; it has to be there."""
    message: str
    severity: Severity
    suggestion: str | None = None
    """What would take the place of the lines, None where the model offers nothing."""
    side: Side = Side.HEAD
    """BASE: it is about a line that the change removed, which nothing took the place of."""
    old_path: str = ""
    """Where its file was renamed from; empty where it was not."""

    @property
    def place(self) -> str:
        """The path of its file in the version that its line is of."""
        return self.old_path if self.side is Side.BASE and self.old_path else self.path


@dataclass(frozen=True, slots=True)
class Dropped:
    """A remark that was not posted, and why. Counted in the review, kept in its record."""

    remark: Observation
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model's part of a review came to. `looked` and `total` count stretches of the change."""

    model: str
    looked: int = 0
    total: int = 0
    posted: int = 0
    """Its remarks that held and are among the findings."""
    dropped: tuple[Dropped, ...] = ()
    """Cut; `more_dropped` counts the rest."""
    more_dropped: int = 0
    spent: Spent = field(default_factory=Spent)
    problem: str = ""
    """Why it ended early; empty when it did not."""
