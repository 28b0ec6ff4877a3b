"""Faults of operators and bounds: the wrong one of a family, one too many, a chain that says another thing."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.scores import BugClass
from yantra_bot.training.faults.function import Function, last_name
from yantra_bot.training.faults.module import Edit
from yantra_bot.training.faults.site import Site

SIGNS: Final[dict[type[ast.AST], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.And: "and",
    ast.Or: "or",
}
NEGATED: Final = {"==": "!=", "!=": "==", "is": "is not", "is not": "is", "in": "not in", "not in": "in"} | {
    "<": ">=",
    ">=": "<",
    ">": "<=",
    "<=": ">",
}
_WRONG: Final = {
    "+": "-",
    "-": "+",
    "*": "/",
    "/": "*",
    "//": "/",
    "%": "//",
    "&": "|",
    "|": "&",
    "<<": ">>",
    ">>": "<<",
    "==": "!=",
    "!=": "==",
    "<": ">",
    ">": "<",
    "<=": ">=",
    ">=": "<=",
    "is": "is not",
    "is not": "is",
    "in": "not in",
    "not in": "in",
}
_STRICT: Final = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_INDEX: Final = re.compile(
    r"^(i|j|k|n|m|idx|index|pos|position|start|end|stop|offset|begin|first|last|count|\w+_(index|idx|pos))$"
)


def find(function: Function) -> Iterator[Site]:
    """Give the places for the classes of this file."""
    for node in function.nodes:
        if isinstance(node, ast.BinOp):
            yield from _arithmetic(function, node)
        elif isinstance(node, ast.AugAssign):
            yield from _augmented(function, node)
        elif isinstance(node, ast.Compare):
            yield from _compared(function, node)
        elif isinstance(node, ast.BoolOp):
            yield from _joined(function, node)
        elif isinstance(node, ast.Subscript):
            yield from _subscript(function, node)
        elif isinstance(node, ast.Call) and last_name(node.func) == "range" and not node.keywords:
            yield from _range(function, node)


def sign_between(function: Function, left: ast.AST, right: ast.AST, operator: ast.AST) -> tuple[int, int] | None:
    """Return where an operator stands between its operands; None where a comment makes that unsure."""
    low, high = function.module.end(left), function.module.start(right)
    between = function.module.source[low:high]
    sign = SIGNS.get(type(operator), "").encode()
    if not sign or b"#" in between or b"\\" in between or between.count(sign) != 1:
        return None
    at = low + between.index(sign)
    return at, at + len(sign)


def is_text(node: ast.AST) -> bool:
    """Tell whether a node surely is a text, for which other operators are nonsense at first sight."""
    if isinstance(node, ast.BinOp):
        return is_text(node.left) or is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))


def _arithmetic(function: Function, node: ast.BinOp) -> Iterator[Site]:
    sign = SIGNS.get(type(node.op), "")
    span = sign_between(function, node.left, node.right, node.op)
    if span is not None and sign in _WRONG and not is_text(node) and function.module.text(node.right) != b"1":
        yield function.site(BugClass.WRONG_OPERATOR, (*span, _WRONG[sign].encode()))
    if sign in ("+", "-") and isinstance(node.right, ast.Constant) and node.right.value == 1:
        yield from _dropped_one(function, node)


def _dropped_one(function: Function, node: ast.BinOp) -> Iterator[Site]:
    """`n - 1` becomes `n`, unless something stands around that shows it."""
    module = function.module
    parent = function.parents[node]
    start, end = module.extent(node, 0, len(module.source))
    kept = isinstance(node.left, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
    if kept and module.is_one_line(node) and not isinstance(parent, ast.Slice | ast.AugAssign):
        is_wrapped = start != module.start(node)
        if not is_wrapped or isinstance(parent, ast.BinOp | ast.Compare | ast.Call):
            yield function.site(BugClass.OFF_BY_ONE, (start, end, module.text(node.left)))


def _augmented(function: Function, node: ast.AugAssign) -> Iterator[Site]:
    sign = SIGNS.get(type(node.op), "")
    span = sign_between(function, node.target, node.value, node.op)
    is_number = not is_text(node.value) and not isinstance(node.value, ast.List | ast.ListComp | ast.Tuple)
    if span is not None and sign in ("+", "-", "*", "|", "&") and is_number:
        yield function.site(BugClass.WRONG_OPERATOR, (*span, _WRONG[sign].encode()))


def _compared(function: Function, node: ast.Compare) -> Iterator[Site]:
    operands = [node.left, *node.comparators]
    for at, operator in enumerate(node.ops):
        sign = SIGNS[type(operator)]
        span = sign_between(function, operands[at], operands[at + 1], operator)
        if span is None:
            continue
        if len(node.ops) > 1:
            if sign in _TURNED:
                yield function.site(BugClass.COMPARISON_CHAIN, (*span, _TURNED[sign].encode()))
            continue
        if sign in _STRICT:
            yield function.site(BugClass.OFF_BY_ONE, (*span, _STRICT[sign].encode()))
        is_condition = isinstance(function.parents[node], ast.If | ast.While | ast.IfExp | ast.comprehension)
        if not is_condition or sign in _TURNED:
            yield function.site(BugClass.WRONG_OPERATOR, (*span, _WRONG[sign].encode()))


def _joined(function: Function, node: ast.BoolOp) -> Iterator[Site]:
    """`and` for `or`; where both sides ask about the same thing, that is a wrong chain."""
    other = b"or" if isinstance(node.op, ast.And) else b"and"
    is_condition = not isinstance(function.parents[node], ast.BoolOp) and not any(
        isinstance(one, ast.BoolOp) for one in node.values
    )
    for left, right in zip(node.values, node.values[1:], strict=False):
        span = sign_between(function, left, right, node.op)
        if span is None or len(node.values) > 2:
            continue
        about = _about(function, left) & _about(function, right)
        if about and is_condition:
            yield function.site(BugClass.COMPARISON_CHAIN, (*span, other))
            yield from _forgotten(function, left, right)
        elif is_condition:
            yield function.site(BugClass.WRONG_OPERATOR, (*span, other))


def _forgotten(function: Function, left: ast.AST, right: ast.AST) -> Iterator[Site]:
    """`a == 1 or a == 2` becomes `a == 1 or 2`."""
    if isinstance(left, ast.Compare) and isinstance(right, ast.Compare) and len(right.ops) == 1 == len(left.ops):
        is_same = isinstance(left.ops[0], ast.Eq) and isinstance(right.ops[0], ast.Eq)
        if is_same and ast.dump(left.left) == ast.dump(right.left) and function.module.is_one_line(right):
            edit = (
                function.module.start(right),
                function.module.end(right),
                function.module.text(right.comparators[0]),
            )
            yield function.site(BugClass.COMPARISON_CHAIN, edit)


def _about(function: Function, node: ast.AST) -> set[bytes]:
    if not isinstance(node, ast.Compare):
        return set()
    found = [one for one in (node.left, *node.comparators) if not isinstance(one, ast.Constant)]
    return {function.module.text(one) for one in found}


def _subscript(function: Function, node: ast.Subscript) -> Iterator[Site]:
    if isinstance(node.ctx, ast.Del):
        return
    if isinstance(node.slice, ast.Name) and _INDEX.match(node.slice.id):
        for sign in (b"+", b"-"):
            yield _moved(function, node.slice, sign)
    elif isinstance(node.slice, ast.Slice):
        for bound in (node.slice.lower, node.slice.upper):
            if isinstance(bound, ast.Constant) and type(bound.value) is int and bound.value > 0:
                text = str(bound.value + 1).encode()
                edit: Edit = (function.module.start(bound), function.module.end(bound), text)
                yield function.site(BugClass.OFF_BY_ONE, edit)
                if bound.value > 1:
                    yield function.site(BugClass.OFF_BY_ONE, (*edit[:2], str(bound.value - 1).encode()))
            elif isinstance(bound, ast.Name):
                yield _moved(function, bound, b"+")


def _range(function: Function, node: ast.Call) -> Iterator[Site]:
    if not node.args:  # a method of that name
        return
    last = node.args[1] if len(node.args) > 1 else node.args[0]
    if isinstance(last, ast.Starred) or not function.module.is_one_line(node):
        return
    if isinstance(last, ast.Name | ast.Attribute | ast.Call):
        for sign in (b"+", b"-"):
            yield _moved(function, last, sign)
    first = node.args[0]
    if len(node.args) == 1:
        start = function.module.start(first)
        yield function.site(BugClass.OFF_BY_ONE, (start, start, b"1, "))
    elif isinstance(first, ast.Constant) and type(first.value) is int and first.value >= 0:
        text = str(first.value - 1 if first.value else 1).encode()
        yield function.site(BugClass.OFF_BY_ONE, (function.module.start(first), function.module.end(first), text))


def _moved(function: Function, node: ast.AST, sign: bytes) -> Site:
    module = function.module
    edit = (module.start(node), module.end(node), module.sum_of(module.text(node), sign, b"1"))
    return function.site(BugClass.OFF_BY_ONE, edit)
