"""What a repair changed: the lines of two patches that one has and the other has not. Pure.

The first patch is the change as it was when something objected to it, the second as it was in the end.
"""

import re
from typing import Final

MOST_LINES: Final = 12
"""Of each example: a lesson shows a mistake, not a file."""
_HUNK: Final = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")


def added_lines(patch: str) -> dict[str, list[str]]:
    """Return the lines that a unified diff adds, by the path of their file; blank ones are left out."""
    found: dict[str, list[str]] = {}
    path, old, new = "", 0, 0
    for line in patch.splitlines():
        if old <= 0 and new <= 0:
            if line.startswith("+++ "):
                path = line[4:].removeprefix("b/").split("\t")[0].strip('"')
            elif hunk := _HUNK.match(line):
                old, new = (int(count) if count is not None else 1 for count in hunk.groups())
            continue
        sign = line[:1]
        old -= sign != "+"
        new -= sign != "-"
        if sign == "\\":  # no newline at the end of the file: a remark, and no line
            old, new = old + 1, new + 1
        elif sign == "+" and line[1:].strip():
            found.setdefault(path, []).append(line[1:])
    return found


def show_repair(wrong: str, right: str, *, file: str = "") -> tuple[str, str]:
    """Return the lines of the patch `wrong` that `right` has no more, and those that it has instead, MOST_LINES each.

    Of `file` alone where that differs: the mistake was made there.
    """
    before, after = added_lines(wrong), added_lines(right)
    paths = [path for path in dict.fromkeys([*before, *after]) if before.get(path) != after.get(path)]
    if file in paths:
        paths = [file]
    gone, come = ([line for path in paths for line in _less(one.get(path, []), other.get(path, []))]
                  for one, other in ((before, after), (after, before)))  # fmt: skip
    return _cut(gone), _cut(come)


def _less(lines: list[str], others: list[str]) -> list[str]:
    """Return lines that are not among the others, as often as they are more."""
    left = list(others)
    kept = []
    for line in lines:
        if line in left:
            left.remove(line)
        else:
            kept.append(line)
    return kept


def _cut(lines: list[str]) -> str:
    more = [f"… {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    return "\n".join([*lines[:MOST_LINES], *more])
