"""Small questions about single nodes of Python's syntax trees."""

import ast
from typing import Final

_EXPECTING: Final = frozenset(
    {*("NameError", "UnboundLocalError", "Exception", "BaseException"), *("ImportError", "ModuleNotFoundError")}
    | {"AttributeError"}
)
CATCHERS: Final = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress"})


def parameters(arguments: ast.arguments) -> list[ast.arg]:
    """Return all parameters of a function."""
    stars = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]


def parse_annotation(node: ast.Constant) -> list[ast.expr]:
    """Return the expression that an annotation writes as a string, at the string's place."""
    try:
        found = ast.parse(str(node.value).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    for inner in ast.walk(found):
        if isinstance(inner, ast.expr):
            inner.lineno, inner.col_offset, inner.end_lineno = node.lineno, node.col_offset, node.end_lineno
    return [found]


def last_name(node: ast.expr) -> str:
    """Return a name, or the last attribute of a chain; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def expects(kind: ast.expr | None) -> bool:
    """Tell whether a handler takes what a missing name raises."""
    if kind is None:
        return True
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(last_name(one) in _EXPECTING for one in kinds)


def asks_for_version(test: ast.expr) -> bool:
    """Tell whether a condition chooses by a version, a platform, or by what there is."""
    names = {last_name(node) for node in ast.walk(test) if isinstance(node, ast.Name | ast.Attribute)}
    texts = {node.value for node in ast.walk(test) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    spoken = " ".join(str(one).lower() for one in (*names, *texts))
    return any(word in spoken for word in ("version", "py2", "py3", "platform", "builtin", "hasattr", "windows"))
