"""What a repository's past says about its symbols: commits, authors, touches, churn, co-change, ownership. Pure values.

E-mail addresses are personal data: none is kept, only a hash that tells two people of one name apart.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from yantra_bot.domain.graph import Problem


class TouchEvidence(StrEnum):
    """How a touched symbol was found, from the surest to a guess."""

    LINES = "lines"
    """The changed lines are lines of today's symbol."""
    AROUND = "around"
    """The changed lines are gone, but what stood before and after them belongs to the symbol."""
    HEADER = "header"
    """Only the name that git prints beside the hunk says so."""
    FILE = "file"
    """Nothing but the file is known to be touched."""


@dataclass(frozen=True, slots=True)
class Author:
    """A person or a bot that wrote commits. `key` is the name, with ` (2)` for a second one of that name."""

    key: str
    name: str
    is_bot: bool = False
    identity: str = field(default="", repr=False)
    """A keyed hash of the address, to recognise the author in a later reading. It is for no output."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. `time` is when it was written, in seconds since 1970; `references` as `#12` or `owner/name#12`."""

    sha: str
    author: str
    time: int
    subject: str
    parents: tuple[str, ...] = ()
    coauthors: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    """Those of the references that it closes."""
    files: int = 0
    added: int = 0
    removed: int = 0

    @property
    def is_merge(self) -> bool:
        return len(self.parents) > 1


@dataclass(frozen=True, slots=True)
class Touch:
    """What one commit did to one symbol, or to a file where `symbol` is None. `path` is the file's name today."""

    commit: str
    path: str
    symbol: str | None
    added: int
    removed: int
    confidence: float
    evidence: TouchEvidence


@dataclass(frozen=True, slots=True)
class Churn:
    """How often something changed. Its key is that of a symbol, or a path. Times are in seconds since 1970."""

    key: str
    commits: int
    added: int
    removed: int
    authors: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class CoChange:
    """Two things that change together: `support` commits touch both.

    `confidence` is how often one of `a` touches `b` too, `reverse` the other way; `lift` is how many times more often
    than by chance.
    """

    a: str
    b: str
    support: int
    confidence: float
    reverse: float
    lift: float


@dataclass(frozen=True, slots=True)
class Ownership:
    """An author's share in something, from 0 to 1; recent work counts more."""

    key: str
    author: str
    share: float
    commits: int
    lines: int
    last: int


@dataclass(frozen=True, slots=True)
class History:
    """Everything that was read, newest commit first. `absence` says why there is none; empty where there is one."""

    commits: tuple[Commit, ...] = ()
    authors: tuple[Author, ...] = ()
    touches: tuple[Touch, ...] = ()
    problems: tuple[Problem, ...] = ()
    absence: str = ""
