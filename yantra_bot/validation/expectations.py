"""What a Python test expects, and whether a change made it expect less or something else. Pure: parsed, never run.

A test that was there and whose expected value is another one now may be right; nobody can tell that from its passing.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

MOST_TEXT: Final = 60
_EQUALS: Final = frozenset({"assertEqual", "assertEquals", "assertListEqual", "assertDictEqual", "assertSequenceEqual"})
_LOOSE: Final = frozenset(
    {"approx", "isclose", "allclose", "assert_allclose", "assertAlmostEqual", "assert_almost_equal"}
)
_WIDENED_BY_MORE: Final = frozenset({"abs", "rel", "rel_tol", "abs_tol", "rtol", "atol", "delta"})
_WIDENED_BY_LESS: Final = frozenset({"places", "decimal"})
_RAISES: Final = frozenset({"raises", "assertRaises", "assertRaisesRegex"})
_ANYTHING: Final = frozenset({"Exception", "BaseException"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Expectations:
    """What one test expects, as text."""

    equal: dict[str, str] = field(default_factory=dict)
    """What is compared for equality, and the value that it has to have."""
    loose: int = 0
    """Comparisons within a tolerance."""
    more: dict[str, float] = field(default_factory=dict)
    """The widest tolerance by its name, where a larger number is wider."""
    less: dict[str, float] = field(default_factory=dict)
    """The same, where a smaller one is."""
    raises: set[str] = field(default_factory=set)
    matches: int = 0
    """Errors whose text is held too."""
    cases: list[str] = field(default_factory=list)
    """Values that it is run with."""


def read_expectations(function: Function) -> Expectations:
    """Return what a test function expects."""
    found = Expectations()
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
            _take_compare(node.test, found)
        elif isinstance(node, ast.Call):
            _take_call(node, found)
    return found


def compare_expectations(name: str, old: Expectations, new: Expectations) -> Iterator[str]:
    """Yield, for people, what a test expects less or otherwise than before."""
    for actual, value in old.equal.items():
        now = new.equal.get(actual)
        if now is not None and now != value:
            yield f"{name} expects something else now: {_short(actual)} was {_short(value)}, is {_short(now)}"
    yield from _compare_tolerances(name, old, new)
    if new.raises & _ANYTHING and not old.raises & _ANYTHING and old.raises:
        yield f"{name} takes any error now, where it took {_short(', '.join(sorted(old.raises)))}"
    elif new.matches < old.matches and len(new.raises) >= len(old.raises):
        yield f"{name} does not hold the text of an error any more"
    yield from _compare_cases(name, old, new)


def _compare_tolerances(name: str, old: Expectations, new: Expectations) -> Iterator[str]:
    for key, value in new.more.items():
        if key in old.more and value > old.more[key]:
            yield f"{name} has a wider tolerance: {key} was {old.more[key]:g}, is {value:g}"
    for key, value in new.less.items():
        if key in old.less and value < old.less[key]:
            yield f"{name} has a wider tolerance: {key} was {old.less[key]:g}, is {value:g}"
    lost = [actual for actual in old.equal if actual not in new.equal]
    if new.loose > old.loose and lost:
        yield f"{name} compares within a tolerance now: {_short(lost[0])}"


def _compare_cases(name: str, old: Expectations, new: Expectations) -> Iterator[str]:
    """Yield the first case that is gone; cases that are new are more, not less."""
    left: list[str] = list(new.cases)
    gone = []
    for case in old.cases:
        if case in left:
            left.remove(case)
        else:
            gone.append(case)
    if gone:
        more = f", and {len(gone) - 1} more" if len(gone) > 1 else ""
        yield f"{name} is not run with {_short(gone[0])} any more{more}"


def _take_compare(test: ast.Compare, found: Expectations) -> None:
    if len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq | ast.Is):
        return
    left, right = test.left, test.comparators[0]
    if _is_value(left) and not _is_value(right):
        left, right = right, left
    if not _is_value(left) and not _is_loose(left) and not _is_loose(right):
        found.equal[ast.unparse(left)] = ast.unparse(right)


def _take_call(node: ast.Call, found: Expectations) -> None:
    name = _last_name(node.func)
    if name in _EQUALS and len(node.args) >= 2:
        left, right = node.args[:2]
        if _is_value(left) and not _is_value(right):
            left, right = right, left
        if not _is_value(left):
            found.equal[ast.unparse(left)] = ast.unparse(right)
    elif name in _LOOSE:
        found.loose += 1
        _take_tolerances(node.keywords, found)
    elif name in _RAISES and node.args:
        found.raises |= set(_error_names(node.args[0]))
        found.matches += name == "assertRaisesRegex" or any(one.arg == "match" for one in node.keywords)
    elif name == "parametrize" and len(node.args) >= 2 and isinstance(node.args[1], ast.List | ast.Tuple):
        found.cases += [ast.unparse(case) for case in node.args[1].elts]


def _take_tolerances(keywords: list[ast.keyword], found: Expectations) -> None:
    for one in keywords:
        value = one.value.value if isinstance(one.value, ast.Constant) else None
        if one.arg is None or not isinstance(value, int | float):
            continue
        if one.arg in _WIDENED_BY_MORE:
            found.more[one.arg] = max(float(value), found.more.get(one.arg, float(value)))
        elif one.arg in _WIDENED_BY_LESS:
            found.less[one.arg] = min(float(value), found.less.get(one.arg, float(value)))


def _error_names(node: ast.expr) -> list[str]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [_last_name(part) for part in parts]


def _is_loose(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Call) and _last_name(part.func) in _LOOSE for part in ast.walk(node))


def _is_value(node: ast.expr) -> bool:
    """Say whether an expression is written out as a value: no name is read, nothing is called."""
    return not any(isinstance(part, ast.Name | ast.Call | ast.Attribute | ast.Await) for part in ast.walk(node))


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MOST_TEXT else f"{line[: MOST_TEXT - 1]}…"
