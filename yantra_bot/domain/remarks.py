"""What a review leaves on a pull request, as values: remarks on lines, annotations of a check. Pure.

A remark carries the fingerprint of its finding, by which it is found again: it is posted once, and a person who
declines it has declined the finding.
"""

from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.domain.findings import Side
from yantra_bot.domain.repository import Comment


class AnnotationLevel(StrEnum):
    """How the forge shows an annotation."""

    NOTICE = "notice"
    WARNING = "warning"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation of a check run, on lines of the head that need not be in the diff."""

    path: str
    start_line: int
    end_line: int
    level: AnnotationLevel
    title: str
    message: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class NewRemark:
    """A remark to post on lines of the diff: `start_line` to `line`, both included; 0: on `line` alone."""

    fingerprint: str
    path: str
    line: int
    body: str
    """Markdown, without the hidden mark; it may have `suggestion` blocks, which replace exactly these lines."""
    start_line: int = 0
    side: Side = Side.HEAD


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark of ours that stands on a pull request, and what became of its thread."""

    fingerprint: str
    comment_id: int
    path: str = ""
    body: str = ""
    """What it says, without its mark; cut."""
    thread_id: str = ""
    """The forge's name of the thread; empty where it does not tell, and the thread cannot be resolved then."""
    is_resolved: bool = False
    resolved_by: str = ""
    """Login of the person who resolved it; empty where no person did, or where it is not told."""
    thumbs_down: tuple[str, ...] = ()
    """Logins of the people who put a thumb down at it."""
    replies: tuple[Comment, ...] = ()
    """What was said after it, the bot's own words included, oldest first; each cut."""
    says_fixed: bool = False
    """Whether the thread was told that it is fixed, where it could not be resolved."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of remarks: how many are new, and the fingerprints of those that the forge took on no line."""

    count: int = 0
    refused: tuple[str, ...] = ()
