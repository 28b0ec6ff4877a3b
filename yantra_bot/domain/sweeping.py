"""What a look at the truth found that nobody had heard of, or nobody had ended. Pure values."""

from dataclasses import dataclass
from enum import StrEnum


class LeftOver(StrEnum):
    """What can be left over."""

    DELIVERY = "missed delivery"
    COMMENT = "comment without an answer"
    RUN = "run without progress"
    ROLL_OUT = "roll-out without an end"
    LOCK = "lock of nobody"
    PLACE = "worker's folder, or what runs there, of nobody"
    HOLD = "commit held for nobody"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was left over."""

    kind: LeftOver
    what: str
    """One sentence of ours: what it is, and what was begun because of it."""
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One look at everything. Times are Unix time in seconds."""

    began_at: float
    ended_at: float
    found: tuple[Found, ...] = ()
    problems: tuple[str, ...] = ()
    """What could not be looked at, and why: silence about it would be taken for order."""
