"""Faults of names: another variable than was meant, a name that hides another, a loop's variable after its time."""

import ast
import builtins
from collections.abc import Iterator
from typing import Final

from yantra_bot.domain.scores import BugClass
from yantra_bot.training.faults.function import Function, Loop
from yantra_bot.training.faults.site import Site

_MOST: Final = 3
"""Other names that are tried at one place: the nearest."""
_BUILTINS: Final = frozenset(dir(builtins))


def find(function: Function) -> Iterator[Site]:
    """Give the places for the classes of this file."""
    for read in function.loads:
        if read.id in function.stores or read.id in function.parameters:
            yield from _misused(function, read)
            yield from _stale(function, read)
    yield from _shadowed(function)


def _misused(function: Function, read: ast.Name) -> Iterator[Site]:
    if _is_called(function, read) or read.id in _bound_around(function, read):
        return
    start = function.module.start(read)
    is_parameter = read.id in function.parameters
    rank = {name: at for name, at in _known_before(function, read).items() if name != read.id}
    stale = set(_stale_names(function, read))
    others = [name for name in rank if name not in stale and not _is_alias(function, name, read.id)]
    others.sort(key=lambda name: ((name in function.parameters) != is_parameter, -rank[name], name))
    for name in others[:_MOST]:
        yield function.site(BugClass.VARIABLE_MISUSE, (start, function.module.end(read), name.encode()))


def _stale(function: Function, read: ast.Name) -> Iterator[Site]:
    if _is_called(function, read) or read.id in _bound_around(function, read):
        return
    for name in sorted(set(_stale_names(function, read)) - {read.id})[:_MOST]:
        edit = (function.module.start(read), function.module.end(read), name.encode())
        yield function.site(BugClass.STALE_LOOP_VARIABLE, edit)


def _stale_names(function: Function, read: ast.Name) -> Iterator[str]:
    """Names that loops set whose time is over at a read, or that an outer loop sets where the inner one's is read."""
    start = function.module.start(read)
    own: list[Loop] = [node for node in function.ancestors(read) if isinstance(node, Loop)]
    inner = [names for loop, names in function.loops if loop in own and function.is_in(read, loop.body)]
    for loop, names in function.loops:
        is_over = function.module.end(loop) <= start
        is_outer = loop in own and names not in inner[-1:] and bool(inner) and read.id in inner[-1]
        if is_over or is_outer:
            yield from (name for name in names if name != "_" and name not in function.foreign)


def _known_before(function: Function, read: ast.Name) -> dict[str, int]:
    """The variables that have a value at a read, with the place in the text where they got it last."""
    start = function.module.start(function.statement(read))
    known = {name: at - 1000 for at, name in enumerate(function.parameters) if name not in function.foreign}
    for name, places in function.stores.items():
        ends = [function.module.start(one) for one in places if _is_done(function, one, read, start)]
        if ends and name != "_":
            known[name] = max(ends)
    return known


def _is_done(function: Function, store: ast.Name, read: ast.Name, start: int) -> bool:
    """Tell whether a write has surely happened at a read: it stands before, in a block around the read."""
    if function.module.start(store) >= start and not _is_head_of(function, store, read):
        return False
    writing = function.statement(store)
    if isinstance(writing, Loop) and not _is_head_of(function, store, read):
        return False
    parent = function.parents[writing]
    return parent is function.node or parent in function.ancestors(read)


def _is_head_of(function: Function, store: ast.Name, read: ast.Name) -> bool:
    """Tell whether a loop or a `with` sets a name that is read in its body."""
    writing = function.statement(store)
    return isinstance(writing, Loop | ast.With | ast.AsyncWith) and function.is_in(read, writing.body)


def _is_alias(function: Function, one: str, other: str) -> bool:
    """Tell whether a name is only assigned to the other somewhere, so that both may be the same."""
    for node in function.of(ast.Assign):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            targets = {target.id for target in node.targets if isinstance(target, ast.Name)}
            if {one, other} <= targets | {node.value.id}:
                return True
    return False


def _is_called(function: Function, read: ast.Name) -> bool:
    parent = function.parents[read]
    return isinstance(parent, ast.Call) and parent.func is read


def _bound_around(function: Function, read: ast.Name) -> set[str]:
    """Names that comprehensions and lambdas around a read have for themselves."""
    bound: set[str] = set()
    for node in function.ancestors(read):
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            bound.update(
                one.id for part in node.generators for one in ast.walk(part.target) if isinstance(one, ast.Name)
            )
        elif isinstance(node, ast.Lambda):
            bound.update(one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg))
    return bound


def _shadowed(function: Function) -> Iterator[Site]:
    """A local variable that takes the name of something that is still needed after it."""
    nested = {one.id for one in function.nodes if isinstance(one, ast.Name) and function.is_in_scope_of_own(one)}
    for name, stores in function.stores.items():
        if name in function.parameters or name in nested or name == "_":
            continue
        first = function.module.start(stores[0])
        places = sorted(
            (one for one in function.nodes if isinstance(one, ast.Name) and one.id == name), key=function.module.start
        )
        last = function.module.start(places[-1])
        if len(places) < 2 or function.module.start(places[0]) != first or _is_typed(function, stores[0]):
            continue
        for other in _needed_after(function, name, first, last)[:_MOST]:
            edits = [(function.module.start(one), function.module.end(one), other.encode()) for one in places]
            yield function.site(BugClass.SHADOWED_NAME, function.module.joined(edits))


def _is_typed(function: Function, store: ast.Name) -> bool:
    return isinstance(function.parents[store], ast.AnnAssign)


def _needed_after(function: Function, name: str, first: int, last: int) -> list[str]:
    """Names that are read after a variable's first write, and had their value before it: the variables first."""
    locals_before = {
        other for other, stores in function.stores.items() if all(function.module.start(one) < first for one in stores)
    } | {one for one in function.parameters if one not in function.stores}
    found: dict[str, None] = {}
    for read in function.loads:
        other, start = read.id, function.module.start(read)
        if start <= first or other in (name, "self", "cls", "super") or other in function.foreign:
            continue
        is_outside = other not in function.stores and other in _BUILTINS and other[:1].islower()
        if (other in locals_before or is_outside) and (start > last or not is_outside):
            found.setdefault(other)
    return sorted(found, key=lambda other: (other not in locals_before, other))
