"""How a model's room is shared out (SPEC 1), and what a request fills of it. Pure: numbers in, numbers out.

All figures are tokens as they are counted here; the margin of a model whose vocabulary is not public is taken off its
room beforehand. This module knows no model and reads no settings.
"""

from dataclasses import dataclass
from enum import StrEnum

LEVEL_1_PERCENT, LEVEL_2_PERCENT = 40, 30
"""The rest is the reserve, for system prompt and answer."""
WARN_PERCENT, TRIM_PERCENT = 85, 90
CONVERSATION = 2
"""How many times the budget of its first prompt a conversation may fill, if the window has the room."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The shares of a first prompt."""

    level_1: int
    """Full code of the targets and their direct dependencies."""
    level_2: int
    """Signatures of what level 1 depends on."""
    reserve: int
    """System prompt and answer."""

    @classmethod
    def split(cls, total: int) -> "Budget":
        """Return 40, 30 and 30 % of `total`, whole numbers that sum to it. Raises ValueError below nought."""
        if total < 0:
            raise ValueError(f"a budget of {total} tokens cannot be split. Cure: give a number that is not negative")
        level_1, level_2 = total * LEVEL_1_PERCENT // 100, total * LEVEL_2_PERCENT // 100
        return cls(level_1, level_2, total - level_1 - level_2)

    @property
    def total(self) -> int:
        return self.level_1 + self.level_2 + self.reserve

    @property
    def context(self) -> int:
        """What both levels may fill together: a level that needs less leaves the other more."""
        return self.level_1 + self.level_2


class Fill(StrEnum):
    """How full a window is."""

    ROOM = "room"
    WARN = "warn"
    TRIM = "trim"


@dataclass(frozen=True, slots=True)
class WindowUse:
    """What one call fills of its window."""

    system: int
    """The system prompt and the tools."""
    user: int
    """The conversation."""
    context: int
    """What was assembled for the first prompt."""
    total: int
    """The window. What the answer may take is no part of the other figures: `answer` says it."""
    answer: int = 0

    @property
    def used(self) -> int:
        return self.system + self.user + self.context + self.answer

    @property
    def remaining(self) -> int:
        """What is left; 0 when more is used than there is."""
        return max(0, self.total - self.used)

    @property
    def percent(self) -> float:
        """How full it is, above 100 when it overflows; 100 for a window of nothing."""
        return 100 * self.used / self.total if self.total > 0 else 100.0

    @property
    def fill(self) -> Fill:
        """Whether to warn (from 85 %) or to trim (from 90 %)."""
        if self.used * 100 >= self.total * TRIM_PERCENT:
            return Fill.TRIM
        return Fill.WARN if self.used * 100 >= self.total * WARN_PERCENT else Fill.ROOM

    def __str__(self) -> str:
        parts = f"system {self.system:,}, user {self.user:,}, context {self.context:,}, answer {self.answer:,}"
        return f"{parts}; {self.used:,} of {self.total:,} tokens ({self.percent:.0f} %), {self.remaining:,} left"


def trim_limit(total: int, answer: int) -> int:
    """Return the most tokens that a request may hold beside an answer so long, without filling 90 % of `total`."""
    return max(0, -(-total * TRIM_PERCENT // 100) - 1 - answer)


def conversation_room(window: int, budget: int, margin: float) -> int:
    """Return the most tokens, counted here, that a conversation may fill: never more than the vendor's window."""
    return max(0, min(int(window / margin), CONVERSATION * budget))
