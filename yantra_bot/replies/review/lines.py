"""Which lines of which side a forge shows in the difference of a change: where a comment can stand. Pure."""

from dataclasses import dataclass

from yantra_bot.domain.findings import Side
from yantra_bot.domain.review import ChangedFile

CONTEXT = 3
"""Unchanged lines that are shown around a change."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that are shown together, from 1, both included."""

    first: int
    last: int

    def holds(self, line: int, end_line: int) -> bool:
        """Tell whether all of a range is in it."""
        return self.first <= line <= end_line <= self.last


def shown_stretches(file: ChangedFile, side: Side) -> tuple[Stretch, ...]:
    """Return the lines of one side that can carry a comment, in order.

    Of the head they are the changed lines and those around them; of the base the removed ones alone, since an
    unchanged line belongs to the head.
    """
    found: list[Stretch] = []
    for hunk in sorted(file.hunks, key=lambda one: (one.new_start, one.old_start)):
        if side is Side.BASE:
            if hunk.old_lines:
                found.append(Stretch(hunk.old_start, hunk.old_start + hunk.old_lines - 1))
            continue
        # Where the head has no line of its own, its start is the line before the gap.
        first = hunk.new_start if hunk.new_lines else hunk.new_start + 1
        stretch = Stretch(max(first - CONTEXT, 1), first + hunk.new_lines - 1 + CONTEXT)
        if found and stretch.first <= found[-1].last + 1:
            stretch = Stretch(found[-1].first, max(found[-1].last, stretch.last))
            found.pop()
        found.append(stretch)
    return tuple(found)


def find_stretch(file: ChangedFile, side: Side, line: int, end_line: int = 0) -> Stretch | None:
    """Return the stretch that holds all of the lines, None where a comment cannot stand on them."""
    last = max(end_line, line)
    return next((one for one in shown_stretches(file, side) if one.holds(line, last)), None)
