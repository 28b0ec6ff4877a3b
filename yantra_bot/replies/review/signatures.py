"""Two signatures side by side, with only the parameters that differ. Pure, and for people: it parses no language."""

from difflib import SequenceMatcher
from typing import Final

OMITTED: Final = "…"
MAX_PARAMETERS: Final = 200
_OPENING: Final = "([{"
_CLOSING: Final = ")]}"


def narrow(before: str, after: str, limit: int) -> tuple[str, str]:
    """Return both without the parameters that are the same, where one is longer than `limit`."""
    if max(len(before), len(after)) <= limit:
        return before, after
    start = _first_difference(before, after)
    opening = _outermost(before, start) if start >= 0 else -1
    if opening < 0:
        return _from_difference(_without_parameters(before), _without_parameters(after), limit)
    old, old_end = _parameters(before, opening)
    new, new_end = _parameters(after, opening)
    if max(len(old), len(new)) > MAX_PARAMETERS:
        return before, after
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = [(block.a, block.b, block.size) for block in blocks if block.size]
    shown_old = _leave_out(old, [(a, size) for a, _, size in kept])
    shown_new = _leave_out(new, [(b, size) for _, b, size in kept])
    head = before[: opening + 1]
    return head + shown_old + before[old_end:], head + shown_new + after[new_end:]


def _first_difference(before: str, after: str) -> int:
    """Return where two texts begin to differ, -1 where one begins with the other."""
    return next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), -1)


def _from_difference(before: str, after: str, limit: int) -> tuple[str, str]:
    """Return two texts from the word in which they begin to differ, where they are still too long."""
    start = _first_difference(before, after)
    space = before.rfind(" ", 0, start) if start >= 0 else -1
    if max(len(before), len(after)) <= limit or space <= 0:
        return before, after
    return f"{OMITTED}{before[space:]}", f"{OMITTED}{after[space:]}"


def _outermost(text: str, end: int) -> int:
    """Return where the outermost parenthesis stands that is open at `end`, -1 where none is."""
    opened: list[int] = []
    for at, sign in enumerate(text[:end]):
        if sign in _OPENING:
            opened.append(at)
        elif sign in _CLOSING and opened:
            opened.pop()
    return next((at for at in opened if text[at] == "("), -1)


def _parameters(text: str, opening: int) -> tuple[list[str], int]:
    """Return what stands between the commas of a parenthesis, and where it ends."""
    found: list[str] = []
    depth, start = 0, opening + 1
    for at in range(opening + 1, len(text)):
        sign = text[at]
        if sign in _CLOSING and depth == 0:
            return [*found, text[start:at].strip()], at
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if sign == "," and depth == 0:
            found.append(text[start:at].strip())
            start = at + 1
    return [*found, text[start:].strip()], len(text)


def _leave_out(parameters: list[str], same: list[tuple[int, int]]) -> str:
    shown: list[str] = list(parameters)
    for start, size in same:
        shown[start : start + size] = [OMITTED] + [""] * (size - 1)
    told = [one for one in shown if one]
    return ", ".join(one for at, one in enumerate(told) if not (at and one == told[at - 1] == OMITTED))


def _without_parameters(text: str) -> str:
    """Return a signature of which only what stands behind the parameters matters."""
    opening = text.find("(")
    if opening < 0:
        return text
    _, end = _parameters(text, opening)
    return f"{text[: opening + 1]}{OMITTED}{text[end:]}" if end - opening > len(OMITTED) + 1 else text
