"""What is asked about a service that fails, and what its code's past says to it. Pure values."""

from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.faults import Fault, Frame
from yantra_bot.domain.incidents import Suspect

MOST_COMMITS: Final = 60
"""Commits that are looked at, the newest first."""
MOST_WORDS: Final = 20_000
"""Characters of the words that are looked for."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which of the commits that came into production last may have brought what is seen there."""

    serves: str
    """The commit that serves, or that is taken for it."""
    good: str = ""
    """The commit that served well before it; empty: unknown."""
    faults: tuple[Fault, ...] = ()
    """Errors with their traces, what caused others before those; their texts are untrusted."""
    words: str = ""
    """What alerts and logs say, without any trace: untrusted, cut."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A function that what is seen points to: one of the trace, or one that speaks the same words."""

    name: str
    place: str
    """`path:line`."""
    is_frame: bool = True


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the past of the code says. Names and texts are a stranger's."""

    suspects: tuple[Suspect, ...] = ()
    """The likeliest first, at most MOST_SUSPECTS."""
    frames: tuple[Frame, ...] = ()
    """Those of the trace that lie in the repository, with their paths there, outermost first."""
    anchors: tuple[Anchor, ...] = ()
    owners: tuple[str, ...] = ()
    """Of the files of the first suspect and of the deepest frame, as CODEOWNERS at `serves` names them."""
    commits: int = 0
    """How many were looked at."""
    gaps: tuple[str, ...] = ()
    """What was not looked at, and why: sentences of ours."""
