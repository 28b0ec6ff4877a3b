"""What to say when a search text is not in a file: why, and which lines come nearest. Pure, and bounded in time."""

import difflib
import re
from collections import Counter

_NUMBERED = re.compile(r"\s*\d+[\t|:]")
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})")
_WORD = re.compile(r"\w+")
_MAX_LINES = 20_000
_MAX_SHOWN = 12
_MAX_LINE = 200
_CANDIDATES = 4
_LIKELY = 0.5
_SHORT = 8
_MAX_WANTED = 200


def describe_miss(text: str, search: str, replace: str) -> str:
    """Return the reason why `search` is not in `text`, with numbered lines that are near it, and what to do next."""
    lines, wanted = text.split("\n"), search.strip("\n").split("\n")
    note = ""
    if len(replace.strip()) > _SHORT and replace in text:
        place = text.count("\n", 0, text.find(replace)) + 1
        note = f"\nThe replacement is in the file already, at line {place}: the edit may be done."
    return _describe(lines, wanted) + note


def _describe(lines: list[str], wanted: list[str]) -> str:
    if all(_NUMBERED.match(line) for line in wanted):
        return "The search text starts with line numbers. Leave out what read_file puts in front of each line."
    if (stripped := "\n".join(wanted)) and stripped in "\n".join(lines):
        return (
            "The text is there, but not with the line breaks at its start or end. Leave those out of the search text."
        )
    if _ESCAPE.search(stripped) and _ESCAPE.sub(_read_escape, stripped) in "\n".join(lines):
        return (
            "The file has the characters themselves where escapes such as \\x1b are shown. Search for the characters."
        )
    start = _find_loosely(lines, wanted)
    if start is not None:
        return (
            f"The search text is not there: only white space or indentation differs from lines "
            f"{start + 1}-{start + len(wanted)}. Copy them exactly:\n{show_lines(lines, start, len(wanted))}"
        )
    best = _find_nearest(lines, wanted)
    if best is None:
        return "The search text is not there, and nothing like it. Read the file, or use search to find the place."
    start, likeness = best
    return (
        f"The search text is not there. Nearest are lines {start + 1}-{min(start + len(wanted), len(lines))} "
        f"({likeness:.0%} alike); copy what is in the file exactly:\n{show_lines(lines, start, len(wanted))}"
        f"{_first_difference(lines, wanted, start)}"
    )


def show_lines(lines: list[str], start: int, count: int) -> str:
    """Return up to `_MAX_SHOWN` lines from index `start`, numbered from 1, each cut at `_MAX_LINE` characters."""
    end = min(start + min(count, _MAX_SHOWN), len(lines))
    shown = [f"{number + 1:>6}\t{lines[number][:_MAX_LINE]}" for number in range(start, end)]
    return "\n".join(shown)


def _read_escape(match: re.Match[str]) -> str:
    return chr(int(match[1] or match[2], 16))


def _find_loosely(lines: list[str], wanted: list[str]) -> int | None:
    have, want = [_squeeze(line) for line in lines], [_squeeze(line) for line in wanted]
    if not any(want) or len(want) > _MAX_WANTED:
        return None
    for start, line in enumerate(have):
        if line == want[0] and have[start : start + len(want)] == want:
            return start
    return None


def _squeeze(line: str) -> str:
    return "".join(line.split())


def _find_nearest(lines: list[str], wanted: list[str]) -> tuple[int, float] | None:
    starts = _rank_by_words(lines[:_MAX_LINES], wanted)
    target = _comparable(wanted)
    scored = []
    for start in starts:
        matcher = difflib.SequenceMatcher(None, _comparable(lines[start : start + len(wanted)]), target, autojunk=False)
        agreeing = sum(line == want for line, want in zip(lines[start:], wanted, strict=False))
        scored.append((matcher.ratio(), agreeing, -start))
    likeness, _, start = max(scored, default=(0.0, 0, 0))
    return (-start, likeness) if likeness >= _LIKELY else None


def _comparable(lines: list[str]) -> str:
    return "\n".join(line[:_MAX_LINE] for line in lines[:_MAX_SHOWN])


def _rank_by_words(lines: list[str], wanted: list[str]) -> list[int]:
    """Return where the few windows start that share most words with `wanted`, rare words counting more."""
    words = [set(_WORD.findall(line[:_MAX_LINE])) for line in lines]
    frequency = Counter(word for line in words for word in line)
    sought = {word for line in wanted[:_MAX_SHOWN] for word in _WORD.findall(line[:_MAX_LINE])}
    weights = [sum(1 / frequency[word] for word in line & sought) for line in words]
    size = min(len(wanted), _MAX_SHOWN)
    windows, total = [], sum(weights[:size])
    for start in range(max(1, len(lines) - size + 1)):
        windows.append((total, -start))
        if start + size < len(weights):
            total += weights[start + size] - weights[start]
    return [-start for total, start in sorted(windows, reverse=True)[:_CANDIDATES] if total > 0]


def _first_difference(lines: list[str], wanted: list[str], start: int) -> str:
    for offset, line in enumerate(wanted):
        have = lines[start + offset] if start + offset < len(lines) else "(the file ends here)"
        if have != line:
            return (
                f"\nFirst difference, line {start + offset + 1}:\n  file:   {have[:_MAX_LINE]!r}\n"
                f"  search: {line[:_MAX_LINE]!r}"
            )
    return ""
