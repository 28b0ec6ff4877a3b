"""How a page is written: its line endings, its lists, its headings; so that what is added looks like the rest. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from yantra_bot.graphdb.docs.markdown import Item, Page

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$")
_GAP = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])([ \t]+)")


@dataclass(frozen=True, slots=True)
class ListStyle:
    """How the items of one list are written."""

    indent: str = ""
    marker: str = "-"
    gap: str = " "
    is_loose: bool = False
    """Whether a blank line stands between two items."""

    def write(self, text: str, *, below: Sequence[str] = ()) -> list[str]:
        """Return the lines of an item, with lines nested in it."""
        inner = self.indent + " " * (len(self.marker) + len(self.gap))
        return [f"{self.indent}{self.marker}{self.gap}{text}", *(f"{inner}- {line}" for line in below)]


@dataclass(slots=True)
class Draft:
    """The lines of a page with their endings, while it is edited."""

    lines: list[str]
    newline: str = "\n"
    first_added: int = field(default=0)

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def insert(self, after: int, lines: Sequence[str]) -> None:
        """Put lines after line `after` (0: before the first), each with the page's own ending."""
        if after and after <= len(self.lines) and not self.lines[after - 1].endswith(("\n", "\r")):
            self.lines[after - 1] += self.newline
        self.lines[after:after] = [line + self.newline for line in lines]
        self.first_added = after + 1


def open_draft(text: str) -> Draft:
    """Return the lines of a page; its line ending is the one that most of its lines have."""
    lines = _LINE.findall(text)
    pairs = sum(line.endswith("\r\n") for line in lines)
    return Draft(lines, "\r\n" if pairs * 2 > len(lines) else "\n")


def style_of(page: Page, items: Sequence[Item]) -> ListStyle:
    """Return how these items of one list are written; one after another of an ordered list takes the next number."""
    last = items[-1]
    line = page.lines[last.line - 1]
    gap = _GAP.match(line)
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    return ListStyle(indent, next_marker(items), gap[1] if gap else " ", is_loose(page, items))


def next_marker(items: Sequence[Item]) -> str:
    marker = items[-1].marker
    if not marker[0].isdigit():
        return marker
    is_constant = len(items) > 1 and items[-2].marker == marker
    return marker if is_constant else f"{int(marker[:-1]) + 1}{marker[-1]}"


def is_loose(page: Page, items: Sequence[Item]) -> bool:
    """Tell whether blank lines stand between these items; of one alone, whether they do elsewhere on the page."""
    pairs = list(pairwise(items))
    if not pairs:
        others = [item for item in page.items if item.depth == items[-1].depth]
        pairs = [pair for pair in pairwise(others) if pair[0].heading == pair[1].heading]
    blank = sum(not page.lines[second.line - 2].strip() for _, second in pairs)
    return blank * 2 > len(pairs)


def blanks_before(page: Page, level: int) -> int:
    """Return how many blank lines stand before headings of a level, in most places; 1 where there is none to see."""
    counts: list[int] = []
    for heading in page.headings:
        if heading.level == level and heading.line > 1:
            above = page.lines[: heading.line - 1]
            counts.append(next((number for number, line in enumerate(reversed(above)) if line.strip()), len(above)))
    return max(set(counts), key=counts.count) if counts else 1


def blanks_after(page: Page, level: int) -> int:
    """Return how many blank lines follow headings of a level, in most places; 1 where there is none to see."""
    counts = [
        next((number for number, line in enumerate(page.lines[heading.line : heading.line + 5]) if line.strip()), 1)
        for heading in page.headings
        if heading.level == level
    ]
    return max(set(counts), key=counts.count) if counts else 1


def last_text_line(page: Page, first: int, last: int) -> int:
    """Return the last line from `first` to `last` that is not blank; `first` where all are."""
    return next((number for number in range(last, first, -1) if page.lines[number - 1].strip()), first)
