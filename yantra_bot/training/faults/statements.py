"""Faults of statements: nothing is returned, nothing is closed, another exception is caught or raised."""

import ast
import builtins
import re
from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.scores import BugClass
from yantra_bot.training.faults.blocks import dedented, without
from yantra_bot.training.faults.function import Function, last_name
from yantra_bot.training.faults.site import Site
from yantra_bot.training.faults.weak import is_unread

_RESOURCE: Final = re.compile(
    r"(?i)^(open|.*_open|fdopen|urlopen|socket|create_connection|connect|.*connection|.*session|cursor|popen|.*file|mmap"
    r"|.*client|closing|.*reader|.*writer|.*stream|.*transport|.*pool|.*executor|.*handle|.*database)$"
)
_FAMILIES: Final = (
    ("KeyError", "IndexError", "AttributeError", "TypeError", "ValueError"),
    ("FileNotFoundError", "PermissionError", "FileExistsError", "NotADirectoryError"),
    ("ImportError", "AttributeError", "ValueError"),
    ("OSError", "ValueError", "RuntimeError"),
    ("UnicodeDecodeError", "UnicodeEncodeError", "LookupError"),
    ("StopIteration", "KeyError", "IndexError"),
    ("NotImplementedError", "TypeError", "RuntimeError"),
    ("Exception", "ValueError", "KeyError"),
)


def find(function: Function) -> Iterator[Site]:
    """Give the places for the classes of this file."""
    is_generator = any(isinstance(one, ast.Yield | ast.YieldFrom) for one in function.nodes)
    for node in function.nodes:
        if isinstance(node, ast.Return) and not is_generator and not is_unread(function):
            yield from _unreturned(function, node)
        elif isinstance(node, ast.With | ast.AsyncWith):
            yield from _unclosed(function, node)
        elif isinstance(node, ast.Expr):
            yield from _without_close(function, node)
        elif isinstance(node, ast.ExceptHandler):
            yield from _wrongly_caught(function, node)
        elif isinstance(node, ast.Raise):
            yield from _wrongly_raised(function, node)


def _unreturned(function: Function, node: ast.Return) -> Iterator[Site]:
    module, value = function.module, node.value
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        return
    start, inner = module.start(node), module.start(value)
    call = value.value if isinstance(value, ast.Await) else value
    if isinstance(call, ast.Call) and module.source[start:inner] == b"return ":
        yield function.site(BugClass.MISSING_RETURN, (start, inner, b""))
    elif isinstance(value, ast.Name | ast.Attribute):
        edit = without(function, node)
        if edit is not None:
            yield function.site(BugClass.MISSING_RETURN, edit, min(function.around(node), edit[0]))


def _unclosed(function: Function, node: ast.With | ast.AsyncWith) -> Iterator[Site]:
    """`with open(…) as f:` becomes `f = open(…)`."""
    module, item = function.module, node.items[0]
    if len(node.items) > 1 or isinstance(node, ast.AsyncWith) or not isinstance(item.optional_vars, ast.Name):
        return
    call = item.context_expr
    if not isinstance(call, ast.Call) or not _RESOURCE.match(last_name(call.func)) or not module.is_one_line(call):
        return
    body = dedented(function, node, node.body)
    if body is None or node.body[0].lineno == call.end_lineno:
        return
    opened = module.text(item.optional_vars) + b" = " + module.text(call)
    text = opened + b"\n" + module.indent(node) + body
    yield function.site(BugClass.RESOURCE_NOT_CLOSED, (module.start(node), module.end(node), text))


def _without_close(function: Function, node: ast.Expr) -> Iterator[Site]:
    call = node.value
    if (
        isinstance(call, ast.Call)
        and last_name(call.func) in ("close", "release", "unlock", "shutdown")
        and not call.args
    ):
        edit = without(function, node) if isinstance(call.func, ast.Attribute) else None
        if edit is not None:
            yield function.site(BugClass.RESOURCE_NOT_CLOSED, edit, min(function.around(node), edit[0]))


def _wrongly_caught(function: Function, node: ast.ExceptHandler) -> Iterator[Site]:
    module = function.module
    if isinstance(node.type, ast.Name):
        for other in _others(node.type.id):
            yield function.site(
                BugClass.WRONG_EXCEPTION, (module.start(node.type), module.end(node.type), other.encode())
            )
    elif isinstance(node.type, ast.Tuple) and len(node.type.elts) > 1 and module.is_one_line(node.type):
        for left_out in node.type.elts:
            kept = [module.text(one) for one in node.type.elts if one is not left_out]
            text = kept[0] if len(kept) == 1 else b"(" + b", ".join(kept) + b")"
            edit = (module.start(node.type), module.end(node.type), text)
            if not _is_covered(left_out, [one for one in node.type.elts if one is not left_out]):
                yield function.site(BugClass.WRONG_EXCEPTION, edit)


def _wrongly_raised(function: Function, node: ast.Raise) -> Iterator[Site]:
    named = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    if isinstance(named, ast.Name):
        module = function.module
        for other in _others(named.id):
            if other != "UnicodeDecodeError" and other != "UnicodeEncodeError":
                edit = (module.start(named), module.end(named), other.encode())
                yield function.site(BugClass.WRONG_EXCEPTION, edit)


def _others(name: str) -> list[str]:
    """Exceptions that are taken for this one by mistake, none of which would catch it too."""
    own = _exception(name)
    near = dict.fromkeys(other for family in _FAMILIES if name in family for other in family if other != name)
    found = [(other, _exception(other)) for other in near]
    return [other for other, kind in found if own and kind and not issubclass(own, kind)][:3]


def _is_covered(left_out: ast.expr, kept: list[ast.expr]) -> bool:
    """Tell whether what is left out is caught all the same."""
    own = _exception(last_name(left_out))
    others = [_exception(last_name(one)) for one in kept]
    return bool(own) and any(one is not None and own is not None and issubclass(own, one) for one in others)


def _exception(name: str) -> type[BaseException] | None:
    found = getattr(builtins, name, None)
    return found if isinstance(found, type) and issubclass(found, BaseException) else None
