"""Faults of conditions: the opposite is asked, a part is not asked, None is not looked for."""

import ast
from collections.abc import Iterator

from yantra_bot.domain.scores import BugClass
from yantra_bot.training.faults.blocks import dedented, without
from yantra_bot.training.faults.function import Function
from yantra_bot.training.faults.module import Edit
from yantra_bot.training.faults.operators import NEGATED, SIGNS, sign_between
from yantra_bot.training.faults.site import Site

_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant)
_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def find(function: Function) -> Iterator[Site]:
    """Give the places for the classes of this file."""
    for node in function.nodes:
        if isinstance(node, ast.If | ast.While | ast.IfExp):
            yield from _negated(function, node.test)
        if isinstance(node, ast.comprehension):
            for test in node.ifs:
                yield from _negated(function, test)
        if isinstance(node, ast.BoolOp):
            yield from _shortened(function, node)
        if isinstance(node, ast.If):
            yield from _unasked(function, node)
        if isinstance(node, ast.IfExp) and asks_none(node.test):
            yield from _always(function, node)


def asks_none(test: ast.AST) -> bool:
    """Tell whether a condition is `x is None` or `x is not None`."""
    return (
        isinstance(test, ast.Compare)
        and len(test.ops) == 1
        and isinstance(test.ops[0], ast.Is | ast.IsNot)
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value is None
    )


def negation(function: Function, test: ast.AST) -> Edit | None:
    """Return the edit that turns a condition into its opposite without parentheses; None where there is none."""
    module = function.module
    start = module.start(test)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = module.start(test.operand)
        is_plain = isinstance(test.operand, _ATOMS) and module.source[start:inner] == b"not "
        return (start, inner, b"") if is_plain else None
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        span = sign_between(function, test.left, test.comparators[0], test.ops[0])
        return None if span is None else (*span, NEGATED[SIGNS[type(test.ops[0])]].encode())
    if isinstance(test, _ATOMS) and not isinstance(test, ast.Constant):
        return start, start, b"not "
    return None


def _negated(function: Function, test: ast.expr) -> Iterator[Site]:
    edit = negation(function, test)
    if edit is not None:
        start = edit[0] if isinstance(test, ast.Compare) else function.module.start(test)
        yield function.site(BugClass.CONDITION, edit, start)


def _shortened(function: Function, node: ast.BoolOp) -> Iterator[Site]:
    """A condition of several parts loses one of them."""
    module = function.module
    low, high = module.start(node), module.end(node)
    parts = [module.extent(one, low, high) for one in node.values]
    if b"#" in module.text(node) or not module.is_one_line(node):
        return
    for at, value in enumerate(node.values):
        left = [one for one in node.values if one is not value]
        bug = BugClass.MISSING_NONE_CHECK if asks_none(value) else BugClass.CONDITION
        if bug is BugClass.MISSING_NONE_CHECK and at == len(node.values) - 1 and len(left) == 1:
            continue
        if len(left) > 1:
            span = (parts[at][0], parts[at + 1][0]) if at + 1 < len(parts) else (parts[at - 1][1], parts[at][1])
            yield function.site(bug, (*span, b""), low if at else None)
        else:
            edit = _only(function, node, left[0])
            if edit is not None:
                yield function.site(bug, edit)


def _only(function: Function, node: ast.BoolOp, kept: ast.expr) -> Edit | None:
    """Replace a condition by one of its parts, without parentheses that would be left."""
    module = function.module
    start, end = module.extent(node, 0, len(module.source))
    is_wrapped = start != module.start(node)
    is_plain = isinstance(function.parents[node], ast.If | ast.While | ast.Return | ast.Assign)
    if is_wrapped and not (is_plain or isinstance(kept, _ATOMS)):
        return None
    return None if b"\n" in module.source[start:end] else (start, end, module.text(kept))


def _unasked(function: Function, node: ast.If) -> Iterator[Site]:
    """A check is gone: with all that it guards against, or with what it guards now done always."""
    module = function.module
    is_elif = module.source[module.start(node) :][:4] == b"elif"
    if node.orelse or is_elif:
        return
    bug = BugClass.MISSING_NONE_CHECK if asks_none(node.test) else BugClass.CONDITION
    is_guard = isinstance(node.body[-1], _LEAVES)
    is_absent = asks_none(node.test) and isinstance(node.test, ast.Compare) and isinstance(node.test.ops[0], ast.Is)
    if is_absent or (is_guard and not asks_none(node.test)):
        edit = without(function, node)
        if edit is not None:
            yield function.site(bug, edit, min(function.around(node), edit[0]))
    elif not is_guard:
        body = dedented(function, node, node.body)
        if body is not None:
            yield function.site(bug, (module.start(node), module.end(node), body))


def _always(function: Function, node: ast.IfExp) -> Iterator[Site]:
    """`a.b if a is not None else c` becomes `a.b`."""
    module = function.module
    test = node.test
    is_present = isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot)
    kept = node.body if is_present else node.orelse
    start, end = module.extent(node, 0, len(module.source))
    if isinstance(kept, _ATOMS) and module.is_one_line(node) and b"\n" not in module.source[start:end]:
        yield function.site(BugClass.MISSING_NONE_CHECK, (start, end, module.text(kept)))
