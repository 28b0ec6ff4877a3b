"""What a condition of a sketch asks, as far as the problem's words settle it; a hole where they do not. Pure."""

import re
from collections.abc import Collection
from typing import Final

from yantra_bot.codex.problem import Problem
from yantra_bot.codex.tree import Hole, IsBelow, IsEmpty, IsIn, IsNoneOf, Kind, Name, Parameter, Test

_SETTLED: Final = frozenset({Kind.TEXT, Kind.WHOLE, Kind.LIST, Kind.MAP, Kind.TRUTH})
_EMPTY: Final = re.compile(r"\bempty\b", re.IGNORECASE)
_NEGATIVE: Final = re.compile(r"\bnegative\b", re.IGNORECASE)
_POSITIVE: Final = re.compile(r"\bpositive\b", re.IGNORECASE)


def may_be_missing(problem: Problem, checked: Collection[str]) -> str:
    """Return the parameter that is looked at next: one that may be missing before others; empty without any left."""
    left = [one for one in problem.parameters if one.name not in checked]
    optional = next((one.name for one in left if one.type.is_optional), "")
    return optional or (left[0].name if left else "")


def allowed(problem: Problem) -> Test:
    """Return what the words say that a parameter must not be: empty, negative, not positive."""
    for one in problem.parameters:
        if one.type.kind in {Kind.TEXT, Kind.LIST, Kind.MAP} and _EMPTY.search(problem.text):
            return IsEmpty(Name(one.name))
        if one.type.kind in {Kind.WHOLE, Kind.REAL} and _NEGATIVE.search(problem.text):
            return IsBelow(Name(one.name), 0)
        if one.type.kind is Kind.WHOLE and _POSITIVE.search(problem.text):
            return IsBelow(Name(one.name), 1)
    return Hole("which values are not allowed")


def of_type(problem: Problem, *, refuses: bool) -> Test:
    """Return whether a parameter is of none but its own type, where the block refuses it."""
    one = next((one for one in problem.parameters if one.type.kind in _SETTLED), None)
    return Hole("which type") if one is None or not refuses else IsNoneOf(Name(one.name), one.type)


def there(problem: Problem, item: str, collected: str) -> Test:
    """Return whether the item at hand, or a key, is in a map or in what is collected."""
    kept = next((one.name for one in problem.parameters if one.type.kind is Kind.MAP), "")
    wanted = item or next((one.name for one in problem.parameters if one.type.kind in {Kind.TEXT, Kind.WHOLE}), "")
    place = kept or collected
    return IsIn(Name(wanted), Name(place), bool(kept)) if wanted and place else Hole("what is already there")


def sounds_many(parameter: Parameter) -> bool:
    """Tell whether a parameter without a known type is named like many things."""
    name = parameter.name
    return parameter.type.kind is Kind.ANY and len(name) > 3 and name.endswith("s") and not name.endswith("ss")
