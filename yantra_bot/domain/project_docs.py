"""What a project's Markdown says about itself: features, decisions, changes, plan tasks. Pure values."""

from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.domain.graph import Problem


class EntryKind(StrEnum):
    """What an entry of the documentation is."""

    FEATURE = "feature"
    DECISION = "decision"
    CHANGE = "change"
    TASK = "task"


class Status(StrEnum):
    """How far it is. Tasks take the first five, decisions the next five, changes the last three; features none."""

    OPEN = "open"
    IN_PROGRESS = "in progress"
    BLOCKED = "blocked"
    DONE = "done"
    CANCELLED = "cancelled"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEPRECATED = "deprecated"
    SUPERSEDED = "superseded"
    UNRELEASED = "unreleased"
    RELEASED = "released"
    YANKED = "yanked"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a page says, with its place. Lines count from 1, the last one is included."""

    kind: EntryKind
    title: str
    path: str
    line: int
    end_line: int
    status: Status | None = None
    group: str = ""
    """The milestone of a task, the version of a change, the section of a feature."""
    category: str = ""
    """Of a change: Added, Fixed, … as it is written there."""
    number: str = ""
    """Of a decision or a task, as it is written there, such as `7` or `T3`."""
    date: str = ""
    """Of a decision or a version, as it is written there."""
    references: tuple[str, ...] = ()
    """Issues and pull requests it names, such as `#12`."""
    depends_on: tuple[str, ...] = ()
    """Of a task: keys of other entries, or what is written there where no entry is meant (`#12`, an issue)."""
    user_actions: tuple[str, ...] = ()
    """Of a task: what a person has to do for it."""
    parent: str = ""
    """Key of the task or the feature that it is nested in."""
    key: str = ""
    """`path#line` of its first line: unique, and a link."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Entries of one kind with the same title, or decisions with the same number."""

    kind: EntryKind
    what: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that was read, in the order of paths and lines."""

    entries: tuple[Entry, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
