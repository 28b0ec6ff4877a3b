"""Changed files by the contents of both versions, where no git can be asked: a tree that is being edited. Pure."""

import difflib
from typing import Final

from yantra_bot.domain.review import ChangedFile, FileKind, FileStatus, Hunk
from yantra_bot.graphdb.languages import language_of
from yantra_bot.review.changes.kinds import Attributes, kind_of_name
from yantra_bot.review.subject import LOOKED_INTO

MAX_LINES: Final = 20_000
"""Where more lines than this differ, they count as one stretch: the time grows with their product."""


def describe_change(path: str, before: bytes | None, after: bytes | None, attributes: Attributes) -> ChangedFile:
    """Return a changed file. None stands for no file; `attributes` are the base's."""
    kind = kind_of_name(path, attributes)
    if any(data is not None and b"\0" in data for data in (before, after)):
        kind = FileKind.BINARY
    hunks = () if kind is FileKind.BINARY else _compare(before or b"", after or b"")
    status = FileStatus.MODIFIED
    if before is None or after is None:
        status = FileStatus.ADDED if before is None else FileStatus.REMOVED
    return ChangedFile(
        path,
        status,
        kind,
        language=language_of(path) if kind in LOOKED_INTO else None,
        added=sum(hunk.new_lines for hunk in hunks),
        removed=sum(hunk.old_lines for hunk in hunks),
        hunks=hunks,
        skipped="binary" if kind is FileKind.BINARY else "",
    )


def _compare(before: bytes, after: bytes) -> tuple[Hunk, ...]:
    """Return where two texts differ, without context."""
    old, new = before.splitlines(), after.splitlines()
    first = _count_equal(old, new)
    last = _count_equal(old[first:][::-1], new[first:][::-1])
    old, new = old[first : len(old) - last], new[first : len(new) - last]
    if len(old) + len(new) > MAX_LINES:
        return (_hunk(first, 0, len(old), 0, len(new)),)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        _hunk(first, old_from, old_to, new_from, new_to)
        for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes()
        if tag != "equal"
    )


def _count_equal(one: list[bytes], other: list[bytes]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _hunk(first: int, old_from: int, old_to: int, new_from: int, new_to: int) -> Hunk:
    """Return lines counted from 1; where a side has none, its start is the line before."""
    old_lines, new_lines = old_to - old_from, new_to - new_from
    return Hunk(first + old_from + (old_lines > 0), old_lines, first + new_from + (new_lines > 0), new_lines)
