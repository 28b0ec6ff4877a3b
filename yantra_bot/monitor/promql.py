"""What an alert's expression needs data of, so that "below the threshold" and "no data" differ. Pure.

`errors / total > 0.05` gives nothing both where the share is small and where nothing is counted at all, and
`errors / total` tells the two apart. Where an expression cannot be taken apart, it says so, and guesses nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST: Final = 20_000
"""Signs of an expression that are looked at."""
MOST_OPERATORS: Final = 100
_SIGNS: Final = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
    |(?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:[a-z]+\d*)*)
    |(?P<word>[A-Za-z_:][A-Za-z0-9_:.]*)
    |(?P<compare>==|!=|<=|>=|<(?!/)|>(?!/))
    |(?P<open>[(\[{])
    |(?P<close>[)\]}])
    |(?P<other>=~|!~|=|,|@|[-+*/%^])""",
    re.VERBOSE | re.DOTALL,
)
_SETS: Final = frozenset({"or", "and", "unless"})
_MATCHING: Final = frozenset({"on", "ignoring", "group_left", "group_right"})
_EMPTYING: Final = frozenset({"and", "unless", "absent", "absent_over_time"})
_CONSTANT: Final = frozenset({"number", "other"})


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of an expression; `depth` counts the brackets around it."""

    kind: str
    text: str
    depth: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Bases:
    """Expressions that give data as long as there is anything to judge."""

    carrying: tuple[str, ...]
    """Those whose labels the alert's series have: each gives something, and one agrees with the alert."""
    beside: tuple[str, ...] = ()
    """Those that only have to give something."""


def bases_of(expression: str) -> Bases | None:
    """Return what has to give data, or None where it cannot be told from outside whether there is any."""
    signs = read_signs(expression)
    if not signs or sum(one.kind == "compare" or one.text.lower() in _SETS for one in signs) > MOST_OPERATORS:
        return None
    return _bases(expression, signs)


def read_signs(expression: str) -> tuple[Sign, ...]:
    """Return an expression's signs without spaces and comments; none where it is no expression that is known."""
    found, depth, at = [], 0, 0
    while at < len(expression) <= MOST:
        match = _SIGNS.match(expression, at)
        if match is None:
            return ()
        at, kind = match.end(), str(match.lastgroup)
        depth -= kind == "close"
        if kind != "space":
            found.append(Sign(kind, match.group(), depth, match.start(), at))
        depth += kind == "open"
        if depth < 0:
            return ()
    return tuple(found) if depth == 0 and len(expression) <= MOST else ()


def _bases(text: str, signs: Sequence[Sign]) -> Bases | None:
    signs = _without_brackets(signs)
    if signs and not _is_filtering(signs):
        return Bases((text[signs[0].begin : signs[-1].end],))
    for operators in ({"or"}, {"and", "unless"}):
        if (at := _last(signs, operators)) is not None:
            return _of_set(text, signs, at)
    if (at := _last_comparison(signs)) is not None:
        return _of_comparison(text, signs, at)
    return None


def _of_set(text: str, signs: Sequence[Sign], at: int) -> Bases | None:
    left, right = _bases(text, signs[:at]), _bases(text, _after(signs, at))
    if left is None or right is None:
        return None
    match signs[at].text.lower():
        case "or":
            return Bases((*left.carrying, *right.carrying), (*left.beside, *right.beside))
        case "and":
            return Bases(left.carrying, (*left.beside, *right.carrying, *right.beside))
    return left  # what is taken away may be nothing


def _of_comparison(text: str, signs: Sequence[Sign], at: int) -> Bases | None:
    left, right = signs[:at], _after(signs, at)
    if _is_constant(right):
        return _bases(text, left)
    if _is_constant(left):
        return _bases(text, right)
    found, other = _bases(text, left), _bases(text, right)
    if found is None or other is None:
        return None
    return Bases(found.carrying, (*found.beside, *other.carrying, *other.beside))


def _without_brackets(signs: Sequence[Sign]) -> Sequence[Sign]:
    """Return an expression without brackets around the whole of it."""
    while len(signs) > 1 and signs[0].text == "(":
        depth = signs[0].depth
        closing = next(at for at, one in enumerate(signs) if at and one.kind == "close" and one.depth == depth)
        if closing != len(signs) - 1:
            break
        signs = signs[1:-1]
    return signs


def _last(signs: Sequence[Sign], words: set[str]) -> int | None:
    outer = min((one.depth for one in signs), default=0)
    return next(
        (
            at
            for at in range(len(signs) - 1, -1, -1)
            if signs[at].depth == outer and signs[at].kind == "word" and signs[at].text.lower() in words
        ),
        None,
    )


def _last_comparison(signs: Sequence[Sign]) -> int | None:
    """Return where the outermost comparison stands that filters; with `bool` it answers always."""
    outer = min((one.depth for one in signs), default=0)
    found = [at for at, one in enumerate(signs) if one.depth == outer and one.kind == "compare"]
    return found[-1] if found and not _is_bool(signs, found[-1]) else None


def _is_bool(signs: Sequence[Sign], at: int) -> bool:
    return at + 1 < len(signs) and signs[at + 1].text.lower() == "bool"


def _after(signs: Sequence[Sign], at: int) -> Sequence[Sign]:
    """Return what stands on the right of an operator, without how its series are matched."""
    at += 1
    while at < len(signs) and signs[at].kind == "word" and signs[at].text.lower() in _MATCHING:
        at += 1
        if at < len(signs) and signs[at].text == "(":
            depth = signs[at].depth
            at = next(n for n in range(at + 1, len(signs)) if signs[n].kind == "close" and signs[n].depth == depth) + 1
    return signs[at:]


def _is_constant(signs: Sequence[Sign]) -> bool:
    return bool(signs) and all(
        one.kind in _CONSTANT or one.text in ("(", ")") or one.text.lower() in ("inf", "nan") for one in signs
    )


def _is_filtering(signs: Sequence[Sign]) -> bool:
    """Whether an expression may be empty although there is data: it filters within, or asks for what is not there."""
    in_matchers = False
    for at, one in enumerate(signs):
        if one.text in ("{", "}"):
            in_matchers = one.text == "{"
        if in_matchers:
            continue
        if one.kind == "compare" and not _is_bool(signs, at):
            return True
        if one.kind == "word" and one.text.lower() in _EMPTYING:
            return True
    return False
