"""Edits that change nothing of what a function does, made to sound and faulty ones alike.

Without them a network could learn that something was edited instead of what is wrong.
"""

import ast
import builtins
from collections.abc import Iterator, Sequence

from yantra_bot.training.faults.conditions import negation
from yantra_bot.training.faults.function import Function
from yantra_bot.training.faults.module import Edit, FunctionNode, Module
from yantra_bot.training.faults.operators import NEGATED, SIGNS, sign_between

_PLAIN = (ast.Name, ast.Attribute, ast.Constant)
_BUILTINS = frozenset(dir(builtins))


def neutral_edits(module: Module, node: FunctionNode, names: Sequence[str] = ()) -> list[Edit]:
    """Return edits of a function that leave its meaning as it is, in the order of the text.

    `names`: what variables may be called instead; those that the file has already are not taken.
    """
    function = Function(module, node)
    return sorted(set(_found(function, names)))


def local_names(modules: Sequence[Module]) -> list[str]:
    """Return what the local variables of some files are called, but for names that say something on their own."""
    found = {
        one.id
        for module in modules
        for node in module.functions
        for one in ast.walk(node)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    return sorted(name for name in found - _BUILTINS if name.islower() and not name.startswith("_"))


def _found(function: Function, names: Sequence[str]) -> Iterator[Edit]:
    yield from _renamed(function, names)
    for node in function.nodes:
        if isinstance(node, ast.Compare):
            yield from _turned(function, node)
        elif isinstance(node, ast.IfExp):
            yield from _inverted_expression(function, node)
        elif isinstance(node, ast.If):
            yield from _inverted(function, node)
        elif isinstance(node, ast.AugAssign):
            yield from _written_out(function, node)
        elif isinstance(node, ast.Call):
            yield from _reordered(function, node)


def _renamed(function: Function, names: Sequence[str]) -> Iterator[Edit]:
    """A local variable gets another name that is usual around it, everywhere."""
    module = function.module
    free = [name for name in names if name not in module.names and name not in module.parameters]
    if not free or b"locals()" in module.text(function.node) or _has_own_scopes(function):
        return
    for name, stores in function.stores.items():
        if name in function.parameters or name.startswith("_") or not stores:
            continue
        other = free[module.start(stores[0]) % len(free)]
        places = [one for one in ast.walk(function.node) if isinstance(one, ast.Name) and one.id == name]
        known = [one for one in function.nodes if isinstance(one, ast.Name) and one.id == name]
        if len(places) == len(known):
            yield module.joined([(module.start(one), module.end(one), other.encode()) for one in known])


def _has_own_scopes(function: Function) -> bool:
    """Tell whether names may stand in functions inside, or where places are not known: in formatted texts."""
    return any(
        isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.JoinedStr)
        and one is not function.node
        for one in ast.walk(function.node)
    )


def _turned(function: Function, node: ast.Compare) -> Iterator[Edit]:
    """`a == b` becomes `b == a`, `a < b` becomes `b > a`."""
    left, right = node.left, node.comparators[0]
    if len(node.ops) > 1 or not isinstance(left, _PLAIN) or not isinstance(right, _PLAIN):
        return
    sign = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(SIGNS[type(node.ops[0])])
    span = sign_between(function, left, right, node.ops[0])
    module = function.module
    if sign is None or span is None or isinstance(left, ast.Constant) or isinstance(right, ast.Constant):
        return
    before, after = module.source[module.end(left) : span[0]], module.source[span[1] : module.start(right)]
    if before.strip() or after.strip():
        return
    text = module.text(right) + before + sign.encode() + after + module.text(left)
    yield module.start(left), module.end(right), text


def _inverted_expression(function: Function, node: ast.IfExp) -> Iterator[Edit]:
    module = function.module
    edit = negation(function, node.test)
    parts = (node.body, node.orelse)
    if edit is None or not _keeps_meaning(node.test) or not all(isinstance(one, (*_PLAIN, ast.Call)) for one in parts):
        return
    one, other = (module.extent(part, module.start(node), module.end(node)) for part in parts)
    if one != (module.start(node.body), module.end(node.body)) or module.end(node) != other[1]:
        return
    swapped = [(*one, module.source[slice(*other)]), (*other, module.source[slice(*one)])]
    yield module.joined([*swapped, edit])


def _keeps_meaning(test: ast.expr) -> bool:
    """Tell whether the negated operator is the opposite for all values: not so of an order with NaN or sets."""
    return not isinstance(test, ast.Compare) or SIGNS[type(test.ops[0])] in set(NEGATED) - {"<", "<=", ">", ">="}


def _inverted(function: Function, node: ast.If) -> Iterator[Edit]:
    """`if a: x else: y` becomes `if not a: y else: x`."""
    module = function.module
    edit = negation(function, node.test)
    if edit is None or not _keeps_meaning(node.test) or not node.orelse or isinstance(node.orelse[0], ast.If):
        return
    if module.source[module.start(node) :][:4] == b"elif" or node.body[0].lineno == node.lineno:
        return
    one = (module.start(node.body[0]), module.end(node.body[-1]))
    other = (module.start(node.orelse[0]), module.end(node.orelse[-1]))
    is_alike = module.indent(node.body[0]) == module.indent(node.orelse[0]) and not module.indent(node.body[0]).strip()
    if is_alike:
        swapped = [(*one, module.source[slice(*other)]), (*other, module.source[slice(*one)])]
        yield module.joined([*swapped, edit])


def _written_out(function: Function, node: ast.AugAssign) -> Iterator[Edit]:
    """`n += 1` becomes `n = n + 1`, for numbers alone: a list would no longer be changed in place."""
    module = function.module
    is_number = isinstance(node.value, ast.Constant) and type(node.value.value) in (int, float)
    span = sign_between(function, node.target, node.value, node.op)
    if is_number and isinstance(node.target, ast.Name) and span is not None:
        name, sign = module.text(node.target), SIGNS[type(node.op)].encode()
        start = module.start(node)
        if module.source[module.end(node.target) : module.start(node.value)] == b" " + sign + b"= ":
            yield start, module.end(node), name + b" = " + name + b" " + sign + b" " + module.text(node.value)


def _reordered(function: Function, node: ast.Call) -> Iterator[Edit]:
    """Two keywords change places, where their values are only read."""
    module = function.module
    for left, right in zip(node.keywords, node.keywords[1:], strict=False):
        is_plain = left.arg and right.arg and isinstance(left.value, _PLAIN) and isinstance(right.value, _PLAIN)
        between = module.source[module.end(left) : module.start(right)]
        if is_plain and between.strip() == b",":
            yield module.start(left), module.end(right), module.text(right) + between + module.text(left)
