"""Git's comparison of two trees, read as a stream: which files differ, renames recognised, and in which lines.

The answer is not trusted: the lines of a hunk are counted, so that no content can pose as the next file. What comes
after the limits is listed, and said not to have been compared.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import structlog

from yantra_bot.domain.review import Hunk
from yantra_bot.errors import Transient, UserError
from yantra_bot.graphdb.history.gitlog import split_lines
from yantra_bot.review.trees import MAX_READ, Trees

_OPTIONS: Final = (
    *("diff-tree", "-r", "--raw", "-p", "-U0", "--inter-hunk-context=0", "-M", "-l1000", "--no-abbrev", "--full-index"),
    *("--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--submodule=short", "--diff-algorithm=myers"),
)
_RAW: Final = re.compile(rb":(\d{6}) (\d{6}) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])\d*\t([^\t]*)(?:\t([^\t]*))?")
_HUNK: Final = re.compile(rb"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_ESCAPE: Final = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a change is looked into. What is beyond is listed with the reason."""

    files: int = 3_000
    lines: int = 200_000
    """Changed lines of all files together; a file that goes over it is not compared, nor are those behind it."""
    file_lines: int = 50_000
    """Changed lines of one file."""


LIMITS: Final = Limits()
_log = structlog.get_logger()


@dataclass(slots=True)
class RawChange:
    """One file that differs, as git tells it. Names that are no UTF-8 have lone surrogates."""

    status: str
    """A, D, M, R, T."""
    old_mode: str
    new_mode: str
    old_id: str
    new_id: str
    old_path: str
    path: str
    hunks: list[Hunk] = field(default_factory=list)
    is_binary: bool = False
    not_compared: str = ""
    """Why its lines were not compared; empty where they were."""
    lines: int = 0
    """How many lines were removed and added, as far as they were read."""


def compare_trees(trees: Trees, base: str, head: str, limits: Limits = LIMITS) -> list[RawChange]:
    """Return what differs, in git's order. Raises UserError where git cannot read the trees."""
    reader = _Reader(limits)
    options = ("-c", f"core.bigFileThreshold={MAX_READ}", *_OPTIONS)
    try:
        for line in split_lines(trees.ask(*options, "--end-of-options", base, head, "--")):
            if not reader.take(line):
                break
    except Transient:
        reader.give_up("git took too long")
    except UserError as refused:
        if not reader.changes:
            raise
        # Files were listed already: in a partial clone the content of one is not there.
        reader.give_up("the repository does not have all of the content")
        _log.warning("review.not_compared", reason=str(refused))
    return reader.changes


class _Reader:
    """The state between two lines of the answer."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.changes: list[RawChange] = []
        self._sections: Iterator[RawChange] | None = None
        self._now: RawChange | None = None
        self._left = 0
        self._lines = 0

    def take(self, line: bytes) -> bool:
        """Take a line; return False where nothing more is to be read."""
        if self._left > 0:
            self._left -= not line.startswith(b"\\")
            return True
        if self._sections is None and line.startswith(b":"):
            self._take_raw(line)
        elif line.startswith(b"diff --git "):
            self._sections = self._sections or _in_order(self.changes)
            self._now = next(self._sections, None)
        elif line.startswith(b"@@ ") and self._now is not None:
            return self._take_hunk(line, self._now)
        elif line.startswith(b"Binary files ") and self._now is not None:
            self._now.is_binary = True
        return True

    def give_up(self, reason: str) -> None:
        """Note that this file and those behind it were not compared."""
        waiting = list(self._sections) if self._sections is not None else self.changes
        for change in [*([self._now] if self._now is not None else []), *waiting]:
            change.not_compared = change.not_compared or reason
            change.hunks = []

    def _take_raw(self, line: bytes) -> None:
        found = _RAW.fullmatch(line)
        if found is None:
            return
        old_mode, new_mode, old_id, new_id, status = (part.decode("ascii") for part in found.groups()[:5])
        path = unquote(found[6])
        new_path = path if found[7] is None else unquote(found[7])
        self.changes.append(RawChange(status, old_mode, new_mode, old_id, new_id, path, new_path))

    def _take_hunk(self, line: bytes, change: RawChange) -> bool:
        found = _HUNK.match(line)
        if found is None:
            return True
        old_start, old_lines, new_start, new_lines = (1 if part is None else int(part) for part in found.groups())
        self._left = old_lines + new_lines
        change.lines += self._left
        if change.lines > self._limits.file_lines:
            change.not_compared = f"over {self._limits.file_lines:,} changed lines"
            change.hunks = []
            return True
        self._lines += self._left
        if self._lines > self._limits.lines:
            self.give_up(f"the change has over {self._limits.lines:,} lines")
            return False
        change.hunks.append(Hunk(old_start, old_lines, new_start, new_lines))
        return True


def _in_order(changes: list[RawChange]) -> Iterator[RawChange]:
    """Yield each change as often as git shows a difference for it: twice where its type changed."""
    for change in changes:
        yield change
        if change.status == "T":
            yield change


def unquote(name: bytes) -> str:
    """Return a name as git means it: in quotes with escapes where it holds something odd."""
    if name.startswith(b'"') and name.endswith(b'"') and len(name) > 1:
        name = _ESCAPE.sub(lambda match: _unescape(match[1]), name[1:-1])
    return name.decode("utf-8", "surrogateescape")


def _unescape(escaped: bytes) -> bytes:
    return bytes([int(escaped, 8) & 255]) if len(escaped) == 3 else _ESCAPED.get(escaped, escaped)
