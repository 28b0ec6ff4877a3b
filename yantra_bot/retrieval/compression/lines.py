"""Puts a text together again without its comments, blank lines and deep indents. Pure.

Lines are never joined, since in some languages their ends mean something; inside of strings nothing is changed.
"""

import re
from collections import Counter
from collections.abc import Sequence

from yantra_bot.retrieval.compression.spans import Spans

UNITS = (8, 4, 3, 2)
MOSTLY = 0.8
MARKS = "\x00\x01\x02\x03"
"""Signs of no source: one that the text has not stands for a string while lines are changed."""


def rebuild(text: str, spans: Spans, *, indents_matter: bool) -> str | None:
    """Return the text without comments and blank lines, one blank for a level of indent; None when there is no mark.

    `indents_matter` says that it is Python. The text has no carriage returns.
    """
    mark = next((sign for sign in MARKS if sign not in text), None)
    if mark is None:
        return None
    cut = cut_comments(text, spans, mark)
    lines = [line.rstrip(" \t") for line in cut.split("\n")]
    if indents_matter and "\\\n" in cut:
        # After a backslash a blank line ends what the backslash goes on with.
        lines = [line for place, line in enumerate(lines) if line or (place and lines[place - 1].endswith("\\"))]
    else:
        lines = [line for line in lines if line]
    code = "\n".join(flatten(lines, indents_matter=indents_matter))
    pieces = (f"{code}\n" if code and cut.rstrip(" \t").endswith("\n") else code).split(mark)
    told = [pieces[0]]
    for (start, end), piece in zip(spans.verbatim, pieces[1:], strict=True):
        told += (text[start:end], piece)
    return "".join(told)


def cut_comments(text: str, spans: Spans, mark: str) -> str:
    """Return the text without its comments, a mark in the place of each string of several lines."""
    kept: list[str] = []
    done = 0
    cuts = [(start, end, True) for start, end in spans.comments]
    cuts += [(start, end, False) for start, end in spans.verbatim]
    for start, end, is_comment in sorted(cuts):
        kept.append(text[done:start])
        done = end
        if not is_comment:
            kept.append(mark)
        elif "\n" in text[start:end]:
            kept.append("\n")  # an end of line inside of it may end a statement
        elif text[end : end + 1] == "\n" or end == len(text):
            kept[-1] = kept[-1].rstrip(" \t")
        elif start and not text[start - 1].isspace() and not text[end].isspace():
            kept.append(" ")
    kept.append(text[done:])
    return "".join(kept)


def flatten(lines: Sequence[str], *, indents_matter: bool) -> Sequence[str]:
    """Return lines with one blank for each level of indent, as they are where that might change what they mean."""
    bare = [line.lstrip(" ") for line in lines]
    widths = [len(line) - len(rest) for line, rest in zip(lines, bare, strict=True)]
    unit = find_unit(Counter(widths))
    if not unit or (indents_matter and not is_regular(lines, widths, unit)):
        return lines
    pads = {width: " " * -(-width // unit) for width in set(widths)}
    return [pads[width] + rest for width, rest in zip(widths, bare, strict=True)]


def find_unit(widths: Counter[int]) -> int:
    """Return by how many blanks lines are indented a level; 0 when they are not, or by one."""
    total = widths.total() - widths[0]
    for unit in UNITS:
        if total and sum(count for width, count in widths.items() if width and width % unit == 0) >= MOSTLY * total:
            return unit
    return 0


def is_regular(lines: Sequence[str], widths: Sequence[int], unit: int) -> bool:
    """Say whether every block of Python is indented by whole units: then each level stays apart from the next.

    The first line of a block follows a line that ends in a colon; all other indents are inside of brackets.
    """
    if any(width % unit for line, width in zip(lines, widths[1:], strict=False) if line.endswith(":")):
        return False
    code = "\n".join(lines)
    return not (widths[0] % unit or "\f" in code or ("\t" in code and re.search(r"^ *\t", code, re.MULTILINE)))
