"""What a review looks at: the two versions of a repository, as files, as facts and as a graph, and what differs.

It holds and finds; it judges nothing.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from yantra_bot.domain.findings import Side
from yantra_bot.domain.graph import Language
from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, SymbolChange
from yantra_bot.graphdb.facts import FileFacts
from yantra_bot.graphdb.syntax import Syntax
from yantra_bot.graphdb.view import GraphView

LOOKED_INTO = frozenset({FileKind.SOURCE, FileKind.TEST})


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the repository. Rows of its view mean nothing in the other version's; keys may."""

    view: GraphView
    facts: Mapping[str, FileFacts]
    """By path, of every source file that was read."""
    read: Callable[[str], bytes | None]
    """Returns the content of any file of the version; None where there is none, or it is no regular file."""
    paths: Collection[str] = ()
    """Of every file of the version, code or not."""
    syntax: Syntax = field(init=False, compare=False, repr=False)
    """The trees of its files, which several parts look at."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "syntax", Syntax(self.read))


@dataclass(frozen=True)
class Subject:
    """Two versions and their difference, as far as it is to be reviewed."""

    base: Version
    head: Version
    files: tuple[ChangedFile, ...]
    symbols: tuple[SymbolChange, ...] = ()
    scope: frozenset[str] | None = None
    """Paths to which findings are limited (those that changed since the last review); None: all of `files`."""
    _lines: dict[tuple[Side, str], list[str]] = field(default_factory=dict, compare=False, repr=False)

    def version(self, side: Side) -> Version:
        return self.head if side is Side.HEAD else self.base

    @cached_property
    def by_path(self) -> dict[str, ChangedFile]:
        """The changed files by their path in the head."""
        return {file.path: file for file in self.files}

    def sources(self, language: Language | None = None) -> list[ChangedFile]:
        """Return the changed files of code that exist in the head and were looked into, of one language or of all."""
        return [
            file
            for file in self.files
            if file.kind in LOOKED_INTO and not file.skipped and file.status is not FileStatus.REMOVED
            if language is None or file.language is language
        ]

    def lines(self, path: str, side: Side = Side.HEAD) -> list[str]:
        """Return the lines of a file without their ends, as text; undecodable bytes are replaced."""
        key = (side, path)
        if key not in self._lines:
            data = self.version(side).read(path)
            lines = (data or b"").decode("utf-8", "replace").split("\n")
            self._lines[key] = lines if lines[-1] else lines[:-1]
        return self._lines[key]

    def anchor(self, path: str, line: int, side: Side = Side.HEAD) -> str:
        """Return the text of a line, stripped: what a finding is recognised by. Empty where there is no such line."""
        lines = self.lines(path, side)
        return lines[line - 1].strip()[:200] if 0 < line <= len(lines) else ""

    def is_added(self, path: str, line: int) -> bool:
        """Tell whether a line of the head is one that the change wrote."""
        file = self.by_path.get(path)
        return file is not None and any(hunk.new_start <= line < hunk.new_start + hunk.new_lines for hunk in file.hunks)
