"""A unified diff as lines by file and number, so that evidence can be looked up in it. Pure.

What is cut or broken is read as far as it goes: nothing of it counts as evidence that is not there.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_HEAD: Final = re.compile(r"^diff --git a/(.*) b/(.*)$")
_HUNK: Final = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_WORD: Final = re.compile(r"[^\W\d]\w*")


@dataclass(slots=True)
class FileDifference:
    """One file: the lines that the change wrote by their number, those that it removed, and the hunks around both."""

    written: dict[int, str] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    around: dict[int, str] = field(default_factory=dict)
    """Lines that are as they were, by their number after the change."""
    hunks: list[range] = field(default_factory=list)
    """Line numbers after the change; where all was removed, the line that follows."""

    def holds(self, line: int) -> bool:
        """Say whether the change touches the place of this line."""
        return any(line in hunk for hunk in self.hunks)


class Difference:
    """A change, by file."""

    def __init__(self, text: str) -> None:
        self.files: dict[str, FileDifference] = {}
        self._read(text)
        texts = (*self.lines(), *self.files)
        self.words: frozenset[str] = frozenset(word for text in texts for word in _WORD.findall(text))

    def _read(self, text: str) -> None:
        now: FileDifference | None = None
        line = 0
        for row in text.split("\n"):
            if match := _HEAD.match(row):
                now = self.files.setdefault(match[2], FileDifference())
            elif now is not None and (match := _HUNK.match(row)):
                line = int(match[1])
                now.hunks.append(range(line, line + max(1, int(match[2] or 1))))
            elif now is not None and now.hunks:
                line = _take(now, row, line)

    def lines(self) -> Iterator[str]:
        """Yield every line that the change shows, written, removed or around."""
        for one in self.files.values():
            yield from one.written.values()
            yield from one.removed
            yield from one.around.values()

    def find(self, path: str) -> str | None:
        """Return the path of the change that a path, or its last parts, means; None where it is none or unsure."""
        path = path.strip().removeprefix("./")
        if path in self.files:
            return path
        ends = [one for one in self.files if path and one.endswith(f"/{path}")]
        return ends[0] if len(ends) == 1 else None

    def quotes(self, text: str) -> bool:
        """Say whether the change has this line, or this part of one, written, removed or around."""
        wanted = _plain(text)
        return len(wanted) >= 3 and any(wanted in _plain(line) for line in self.lines())

    def written(self) -> Iterator[tuple[str, str]]:
        """Yield path and text of each line that the change wrote."""
        for path, one in self.files.items():
            for line in one.written.values():
                yield path, line


def _take(now: FileDifference, row: str, line: int) -> int:
    """Keep one row of a hunk; return the number of the line that follows it."""
    if row[:1] == "-":
        now.removed.append(row[1:])
    elif row[:1] == "+":
        now.written[line] = row[1:]
    elif row[:1] == " ":
        now.around[line] = row[1:]
    return line + (row[:1] in {"+", " "})


def _plain(text: str) -> str:
    return " ".join(text.split())
