"""A finding: what is wrong with a change, where, how sure that is, and what shows it. Pure values.

There is one kind of finding, whoever made it (the graph, a scanner, a type checker, a model), and it is rendered as
comments, suggestions, annotations, SARIF and terminal text elsewhere.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is, the least first."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for the least."""
        return list(Severity).index(self)


class Side(StrEnum):
    """Which version of a file a place is in."""

    BASE = "base"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that shows a finding: a caller, a step of a path, a line of a tool's output.

    `path` is empty and `line` 0 where it stands in no file; `confidence` is in [0, 1].
    """

    text: str
    path: str = ""
    line: int = 0
    side: Side = Side.HEAD
    confidence: float = 1.0
    url: str = ""
    """Where more is told of it; empty where nothing is."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Whole lines of one file of the head, `line` to `end_line` (from 1, both included), and what takes their place.

    `text` has no newline at its end; an empty text deletes the lines. `end_line` one less than `line` inserts before.
    """

    path: str
    line: int
    end_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that would mend a finding. `title` completes "This would …"."""

    title: str
    replacements: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem. Two findings of one fingerprint are the same one, wherever its line has moved to."""

    rule: str
    """For example `graph/breaks-callers`, `security/python-sql-injection`: the family, and the rule in it."""
    severity: Severity
    confidence: float
    """In [0, 1]: how sure it is that this is a problem, by what the evidence rests on."""
    message: str
    """One or two sentences for a person, in plain text: it may quote names of the repository, so that whoever
    renders it escapes it."""
    path: str
    line: int
    """From 1; 0 where the whole file is meant."""
    end_line: int = 0
    """The last line, included; 0: the same as `line`."""
    side: Side = Side.HEAD
    """BASE: the place is in the base, since the head has it no more."""
    anchor: str = ""
    """The text of the line, stripped: it tells findings apart when lines move."""
    symbol: str = ""
    """What it is about, such as a qualified name or a package: it tells two of one rule in one line apart."""
    evidence: tuple[Evidence, ...] = ()
    more_evidence: int = 0
    """How many pieces of evidence were left out of `evidence`."""
    fix: Fix | None = None

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that stay the same when the lines above it change."""
        parts = (self.rule, self.path, self.symbol, " ".join(self.anchor.split()))
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def is_from_model(self) -> bool:
        """Whether a model made it, which proves less than a rule does."""
        return self.rule.startswith("model/")

    @property
    def order(self) -> tuple[int, float, str, int, str]:
        """Sorts findings: the gravest first, then the surest, then by place."""
        return (-self.severity.rank, -self.confidence, self.path, self.line, self.rule)


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What a rule is, for reports that list rules.

    `title` is a short noun phrase; `help` says why it matters and what to do, in Markdown.
    """

    id: str
    title: str
    severity: Severity
    help: str
    tags: tuple[str, ...] = ()
    """For example `security`, `cwe-89`."""
