"""A mistake that was made and what repaired it, as it is remembered: SPEC 9. Pure values."""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Category(StrEnum):
    """What kind of mistake it was."""

    SYNTAX = "syntax"
    ASYNC = "async"
    TYPE = "type"
    IMPORT = "import"
    SECURITY = "security"
    TEST = "test"
    API = "api"
    STYLE = "style"


class Severity(StrEnum):
    """How much it matters when it is made again."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Standing(StrEnum):
    """Whether a lesson is shown."""

    ACTIVE = "active"
    DOUBTFUL = "doubtful"
    """A person is asked before it is shown again."""
    ARCHIVED = "archived"
    """Not seen for long and never often: kept, not shown."""
    RETIRED = "retired"
    """Shown often without help, or contradicted: kept as evidence, never shown."""


@dataclass(frozen=True, slots=True)
class CodeNode:
    """A symbol that a lesson is about, as it was then."""

    name: str
    """Qualified."""
    digest: str
    """Of its source: where the symbol's source has another digest now, the lesson has to be looked at again."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a lesson is for."""

    repository: int
    """The forge's number. A lesson is shown there, and elsewhere only where both have agreed to share."""
    language: str
    family: str
    """Of the model that made the mistake: `claude`, `gpt`, `qwen`."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One mistake. Its texts are sanitised before they get here: see `learning.sanitise`."""

    id: str
    scope: Scope
    category: Category
    severity: Severity
    tried: str
    failed: str
    """The error in its tool's words, or a person's."""
    worked: str
    wrong: str = ""
    right: str = ""
    nodes: tuple[CodeNode, ...] = ()
    signature: str = ""
    source: str = ""
    """Address of where it was learnt."""
    first_seen: float = 0.0
    """Seconds since the epoch, as are all times here."""
    last_seen: float = 0.0
    frequency: int = 1
    shown: int = 0
    helped: int = 0
    """How often it was shown and the mistake was not made."""
    standing: Standing = Standing.ACTIVE

    @property
    def help_rate(self) -> float:
        """Return the share of showings that helped, as if one of two had before there are any."""
        return (self.helped + 1) / (self.shown + 2)


_VARYING: Final = (
    (re.compile(r"0x[0-9a-fA-F]+"), "0x"),
    (re.compile(r"(?:[A-Za-z]:)?(?:[\w.@~-]*[/\\])+(?=[\w.-])"), ""),
    (re.compile(r"\b\d+(?:\.\d+)?\b"), "0"),
    (re.compile(r"(['\"`])(?:(?!\1).){1,200}\1"), "'…'"),
    (re.compile(r"\s+"), " "),
)
"""What differs from one occurrence of an error to the next: addresses, folders, numbers, names in quotes, blanks."""
_LINES: Final = 3
_LETTERS: Final = 300


def normalise_error(text: str) -> str:
    """Return what two occurrences of the same error have in common: its last lines without what varies."""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    kept = " ".join(lines[-_LINES:])
    for pattern, instead in _VARYING:
        kept = pattern.sub(instead, kept)
    return kept[:_LETTERS].strip()


def sign(category: Category, error: str, nodes: tuple[CodeNode, ...] = ()) -> str:
    """Return the signature of a mistake, 16 hexadecimal digits: the same error about the same symbols has the same."""
    parts = (category, normalise_error(error), *sorted({node.name for node in nodes}))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
