"""Compound statements: conditions, loops, `with`, `try`."""

from collections.abc import Sequence
from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.lowering import site_of
from yantra_bot.graphdb.languages.python.expressions import children_of, test_truth
from yantra_bot.graphdb.languages.python.flow import (
    begin,
    close_loop,
    end,
    join,
    merge_any_point,
    open_loop,
)
from yantra_bot.graphdb.languages.python.narrowing import forget, narrow, tells_when_false
from yantra_bot.graphdb.languages.python.patterns import bind
from yantra_bot.graphdb.languages.python.scope import UNBOUND, Changes, Run, Scope

MOST_FAILED: Final = 64
"""Tests of types that are remembered along a chain of branches; each is looked at again in every later one."""
_HANDLERS: Final = frozenset({"except_clause", "except_group_clause"})


def _block_of(node: Node) -> Node | None:
    return next((child for child in reversed(node.named_children) if child.type == "block"), None)


def run_branch(
    scope: Scope, block: Node | None, condition: Node | None = None, failed: Sequence[Node] = ()
) -> Changes | None:
    """Lower a block as a branch, entered where a condition holds and others do not, and return what it changed."""
    around = begin(scope)
    narrowed: Changes = {}
    for one in failed:
        narrowed.update(narrow(scope, one, holds=False))
    if condition is not None:
        narrowed.update(narrow(scope, condition))
    if block is not None:
        scope.run(block)
    return forget(end(scope, around), narrowed)


def _fail(scope: Scope, failed: list[Node], condition: Node | None) -> None:
    """Note a condition that the branches from here on are entered without: one that tells them anything."""
    if condition is not None and len(failed) < MOST_FAILED and tells_when_false(scope, condition):
        failed.append(condition)


def _lower_if(scope: Scope, node: Node) -> None:
    condition = node.child_by_field_name("condition")
    if condition is not None:
        test_truth(scope, condition)
    outcomes = [run_branch(scope, node.child_by_field_name("consequence"), condition)]
    failed: list[Node] = []
    _fail(scope, failed, condition)
    has_else = False
    for child in node.named_children:
        if child.type == "elif_clause":
            test = child.child_by_field_name("condition")
            if test is not None:
                test_truth(scope, test)
            outcomes.append(run_branch(scope, child.child_by_field_name("consequence"), test, failed))
            _fail(scope, failed, test)
        elif child.type == "else_clause":
            has_else = True
            outcomes.append(run_branch(scope, _block_of(child), None, failed))
    join(scope, outcomes if has_else else [*outcomes, {}])
    if not has_else and scope.live and all(outcome is None for outcome in outcomes):
        for one in failed:
            narrow(scope, one, holds=False)


# Loops


def _lower_for(scope: Scope, node: Node) -> None:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    body = node.child_by_field_name("body")
    element = NOTHING
    iterable = scope.value(right) if right is not None else NOTHING
    if iterable >= 0 and right is not None and iterable not in scope.const_values:
        scope.note_call()
        element = scope.new()
        scope.emit((Op.ITER, element, iterable, site_of(right)))
    heads = open_loop(scope, body) if body is not None else {}
    around = begin(scope)
    if left is not None:
        bind(scope, left, element, scope.assign)
    _finish_loop(scope, node, body, heads, around, endless=False)


def _lower_while(scope: Scope, node: Node) -> None:
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("body")
    heads = open_loop(scope, body) if body is not None else {}
    if condition is not None:
        test_truth(scope, condition)
    endless = condition is not None and scope.unit.text(condition) in {"True", "1"}
    _finish_loop(scope, node, body, heads, begin(scope), endless=endless)


def _finish_loop(
    scope: Scope, node: Node, body: Node | None, heads: dict[str, Value], around: int, *, endless: bool
) -> None:
    if body is None:
        join(scope, [end(scope, around), {}])
        return
    scope.run(body)
    rounds, breaks = close_loop(scope, heads, end(scope, around))
    alternative = node.child_by_field_name("alternative")
    if endless:
        join(scope, breaks)
        return
    join(scope, [{}, *rounds])
    if alternative is None:
        join(scope, [{}, *breaks])
        return
    after = {name: scope.env.get(name, UNBOUND) for one in breaks for name in one}
    changed = run_branch(scope, _block_of(alternative))
    join(scope, [changed, *({**after, **one} for one in breaks)])


# with


def _lower_with(scope: Scope, node: Node) -> None:
    for clause in node.named_children:
        if clause.type == "with_clause":
            for item in clause.named_children:
                if item.type == "with_item":
                    _enter(scope, item)
    body = node.child_by_field_name("body")
    if body is not None:
        scope.run(body)


def _enter(scope: Scope, item: Node) -> None:
    value = item.child_by_field_name("value")
    if value is None:
        return
    target = None
    if value.type == "as_pattern":
        parts = children_of(value)
        value, target = parts[0], parts[-1]
    manager = scope.value(value)
    entered = NOTHING
    if manager >= 0:
        scope.note_call()
        entered = scope.new()
        scope.emit((Op.ENTER, entered, manager, site_of(value)))
    if target is not None:
        bind(scope, target, entered, scope.assign)


# try


def _lower_try(scope: Scope, node: Node) -> None:
    whole: dict[str, list[Value]] = {}
    trace: dict[str, list[Value]] = {}
    scope.traces += [whole, trace]
    around = begin(scope)
    body = node.child_by_field_name("body")
    if body is not None:
        scope.run(body)
    scope.traces.pop()
    for child in node.named_children:
        if child.type == "else_clause":
            block = _block_of(child)
            if block is not None and scope.live:
                scope.run(block)
    outcomes = [end(scope, around)]
    entry = merge_any_point(scope, trace)
    outcomes += [_handle(scope, child, entry) for child in node.named_children if child.type in _HANDLERS]
    scope.traces.pop()
    final = next((child for child in node.named_children if child.type == "finally_clause"), None)
    if final is None:
        join(scope, outcomes)
    else:
        _finish(scope, final, outcomes, whole)


def _handle(scope: Scope, clause: Node, entry: Changes) -> Changes | None:
    around = begin(scope)
    for name, version in entry.items():
        scope.set_version(name, version)
    caught: str | None = None
    for child in clause.named_children:
        if child.type == "block":
            scope.run(child)
        elif child.type == "as_pattern":
            parts = children_of(child)
            types = scope.value(parts[0])
            for target in parts[-1].named_children:
                caught = scope.unit.text(target)
                scope.assign(caught, _caught(scope, parts[0], types))
        else:
            scope.value(child)
    if caught is not None:
        scope.set_version(caught, UNBOUND)
    return end(scope, around)


def _caught(scope: Scope, node: Node, types: Value) -> Value:
    """Return the exception that a clause catches: an instance of a class, or of one of several."""
    if types < 0:
        return NOTHING
    value = scope.new()
    for one in scope.tuples.get(types, [types]) if node.type == "tuple" else [types]:
        if one >= 0:
            scope.emit((Op.INSTANCE, value, one))
    return value


def _finish(scope: Scope, clause: Node, outcomes: list[Changes | None], whole: dict[str, list[Value]]) -> None:
    """`finally` runs after all ways; after it only the normal ways go on."""
    exceptional = merge_any_point(scope, whole)
    join(scope, outcomes)
    live = scope.live
    around = begin(scope)
    entry = {
        name: scope.merge([scope.env.get(name, UNBOUND), version]) if live else version
        for name, version in exceptional.items()
    }
    for name, version in entry.items():
        scope.set_version(name, version)
    block = _block_of(clause)
    if block is not None:
        scope.run(block)
    changes = end(scope, around)
    kept = None
    if changes is not None and live:
        kept = {name: version for name, version in changes.items() if entry.get(name, UNBOUND - 1) != version}
    join(scope, [kept])


CONTROL: Final[dict[str, Run]] = {
    "if_statement": _lower_if,
    "for_statement": _lower_for,
    "while_statement": _lower_while,
    "with_statement": _lower_with,
    "try_statement": _lower_try,
}
