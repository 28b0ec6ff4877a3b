"""Places where a fault would change nothing that anybody could see: these are no faults, as far as the file tells."""

import ast
import builtins
import inspect
from collections.abc import Iterator
from typing import Final

from yantra_bot.training.faults.function import Function, last_name
from yantra_bot.training.faults.module import FUNCTIONS, FunctionNode, Module

_KNOWN: Final = {
    ("encode", "encoding"): ("utf-8", "utf8", "UTF-8"),
    ("decode", "encoding"): ("utf-8", "utf8", "UTF-8"),
    ("encode", "errors"): ("strict",),
    ("decode", "errors"): ("strict",),
    ("split", "maxsplit"): (-1,),
    ("splitlines", "keepends"): (False,),
    ("sort", "reverse"): (False,),
}
"""What methods of texts and lists take where they are not told: by method and keyword."""
_COPIES: Final = frozenset({
    "len", "list", "tuple", "set", "dict", "frozenset", "sorted", "sum", "min", "max", "any", "all",
    "enumerate", "zip", "map", "filter", "iter", "reversed", "bool", "str", "repr", "isinstance", "print",
})  # fmt: skip
"""Functions that neither change nor keep a container."""
_READS: Final = frozenset({
    "get", "items", "keys", "values", "copy", "index", "count", "union", "intersection", "difference",
    "issubset", "issuperset", "isdisjoint",
})  # fmt: skip
_SHARED: Final = frozenset({"object", "Generic", "Protocol", "ABC"})
"""Bases that do nothing when they are made."""
_UNREAD: Final = frozenset({
    "__init__", "__del__", "__setattr__", "__delattr__", "__setitem__", "__delitem__", "__set__",
    "__delete__", "__set_name__",
})  # fmt: skip
"""Methods whose result nobody gets."""
_DEPTH: Final = 20


def is_default(function: Function, call: ast.Call, keyword: ast.keyword) -> bool:
    """Tell whether what is called takes the same value where the keyword is not given."""
    value = keyword.value
    if isinstance(value, ast.Constant) and _is_known_default(call.func, keyword.arg or "", value.value):
        return True
    called = _called(function, call.func)
    default = None if called is None else dict(defaults_of(called)).get(keyword.arg or "")
    return default is not None and ast.dump(default) == ast.dump(value)


def _is_known_default(func: ast.expr, keyword: str, value: object) -> bool:
    """Tell whether a method of texts and lists, or a function of the language, takes a value by default."""
    if isinstance(func, ast.Attribute):
        known = _KNOWN.get((func.attr, keyword), ())
        return any(type(one) is type(value) and one == value for one in known)
    try:
        parameter = inspect.signature(getattr(builtins, last_name(func))).parameters.get(keyword)
    except (AttributeError, TypeError, ValueError):  # not of the language, or one that does not say what it takes
        return False
    return parameter is not None and type(parameter.default) is type(value) and parameter.default == value


def defaults_of(node: FunctionNode) -> Iterator[tuple[str, ast.expr]]:
    """Give the parameters of a function that have a default, with it."""
    given = node.args
    places = [*given.posonlyargs, *given.args]
    first = len(places) - len(given.defaults)
    yield from ((one.arg, value) for one, value in zip(places[first:], given.defaults, strict=True))
    for one, value in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if value is not None:
            yield one.arg, value


def _called(function: Function, func: ast.expr) -> FunctionNode | None:
    """Return what is called where the file has one of that name alone: a function, a constructor, an own method."""
    module = function.module
    if isinstance(func, ast.Name):
        found = [one for one in module.tree.body if isinstance(one, (*FUNCTIONS, ast.ClassDef)) and one.name == func.id]
        if len(found) != 1:
            return None
        return _method(found[0], "__init__") if isinstance(found[0], ast.ClassDef) else found[0]
    around = module.classes.get(function.node)
    is_own = isinstance(func, ast.Attribute) and last_name(func.value) in ("self", "cls")
    return _method(around, func.attr) if is_own and around is not None and isinstance(func, ast.Attribute) else None


def _method(around: ast.ClassDef, name: str) -> FunctionNode | None:
    return next((one for one in around.body if isinstance(one, FUNCTIONS) and one.name == name), None)


def is_shared(function: Function, parameter: str, replaced: ast.AST | None = None) -> bool:
    """Tell whether a container that a parameter has by default is changed or kept by anybody.

    `replaced`: what the parameter alone comes in place of.
    """
    for node in ast.walk(function.node):
        if isinstance(node, ast.AugAssign) and last_name(node.target) == parameter:
            return True
    parents = {child: node for node in ast.walk(function.node) for child in ast.iter_child_nodes(node)}
    for node, parent in parents.items():
        if isinstance(node, ast.Name) and node.id == parameter and isinstance(node.ctx, ast.Load):
            used = replaced if replaced is not None and parent is replaced else node
            if not _is_only_read(used, parents):
                return True
    return False


def _is_only_read(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether a container is looked at in an expression, and neither changed nor handed on."""
    parent = parents[node]
    if isinstance(parent, ast.Attribute):
        call = parents[parent]
        return isinstance(call, ast.Call) and call.func is parent and parent.attr in _READS
    if isinstance(parent, ast.Subscript):
        return isinstance(parent.ctx, ast.Load)
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in _COPIES
    if isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension):
        return parent.iter is node
    if isinstance(parent, ast.If | ast.While | ast.IfExp):
        return parent.test is node
    is_unpacked = isinstance(parent, ast.keyword) and parent.arg is None
    return is_unpacked or isinstance(
        parent, ast.Compare | ast.UnaryOp | ast.Starred | ast.BinOp | ast.FormattedValue | ast.YieldFrom
    )


def does_nothing_above(function: Function, method: str) -> bool:
    """Tell whether no class above the function's has the method, as far as all of them stand in the file."""
    around = function.module.classes.get(function.node)
    return around is not None and _is_absent_above(function.module, around, method, _DEPTH)


def _is_absent_above(module: Module, around: ast.ClassDef, method: str, depth: int) -> bool:
    if around.keywords or depth == 0:
        return False
    for base in around.bases:
        name = last_name(base.value if isinstance(base, ast.Subscript) else base)
        if name in _SHARED and method.startswith("__"):
            continue
        found = [one for one in ast.walk(module.tree) if isinstance(one, ast.ClassDef) and one.name == name]
        if len(found) != 1 or _method(found[0], method) is not None:
            return False
        if not _is_absent_above(module, found[0], method, depth - 1):
            return False
    return True


def is_unread(function: Function) -> bool:
    """Tell whether nobody gets what a function returns."""
    return function.node.name in _UNREAD and function.node in function.module.classes
