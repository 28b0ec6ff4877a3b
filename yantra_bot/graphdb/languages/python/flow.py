"""Branches, loops and exceptions: what the versions of names are where several ways meet.

Every change is logged, so that a join costs what was changed and not what is known.
"""

from collections.abc import Iterable
from typing import Final

from tree_sitter import Node

from yantra_bot.graphdb.facts import NOTHING, Op, Value
from yantra_bot.graphdb.languages.python.scope import UNBOUND, Changes, Loop, Scope

_TARGETS: Final = frozenset({"assignment", "augmented_assignment", "named_expression"})
_NO_BLOCKS: Final = frozenset({"function_definition", "class_definition", "lambda"})
_COMPOUND: Final = frozenset(
    [
        "block",
        "expression_statement",
        "if_statement",
        "elif_clause",
        "else_clause",
        "for_statement",
        "while_statement",
        "try_statement",
        "except_clause",
        "except_group_clause",
        "finally_clause",
        "with_statement",
        "with_clause",
        "with_item",
        "match_statement",
        "case_clause",
        "decorated_definition",
        "as_pattern",
    ]
)


def begin(scope: Scope) -> int:
    """Start a branch; returns what `end` needs."""
    around = scope.branch
    scope.branches += 1
    scope.branch = scope.branches
    scope.log = {}
    scope.logs.append(scope.log)
    scope.live = True
    scope.note_read()
    return around


def end(scope: Scope, around: int) -> Changes | None:
    """End a branch: take its changes back and return them; None when its end is never reached."""
    changes = take_back(scope)
    scope.branch = around
    scope.stored.clear()
    scope.fresh.clear()
    return changes if scope.live else None


def take_back(scope: Scope) -> Changes:
    """Undo what was changed since the innermost log began, and return it."""
    log, env = scope.logs.pop(), scope.env
    changes = {name: env[name] for name in log if name in env}
    for name, before in log.items():
        if before == UNBOUND:
            env.pop(name, None)
        else:
            env[name] = before
    scope.log = scope.logs[-1]
    return changes


def join(scope: Scope, outcomes: Iterable[Changes | None]) -> None:
    """Go on from where branches meet: each outcome is what one changed; None is left out."""
    reached = [one for one in outcomes if one is not None]
    scope.live = bool(reached)
    if len(reached) == 1:
        for name, version in reached[0].items():
            scope.set_version(name, version)
        return
    names = dict.fromkeys(name for one in reached for name in one)
    for name in names:
        before = scope.env.get(name, UNBOUND)
        scope.set_version(name, scope.merge([one.get(name, before) for one in reached]))


def changes_since(scope: Scope, depth: int) -> Changes:
    """Return the present versions of all names that were changed since there were so many logs."""
    return {name: scope.env[name] for log in scope.logs[depth:] for name in log if name in scope.env}


def open_loop(scope: Scope, body: Node) -> dict[str, Value]:
    """Start a loop: a name that its body assigns may have the version of an earlier round. Returns these joins."""
    heads: dict[str, Value] = {}
    for name in sorted(assigned_names(scope, body)):
        if name in scope.forced:
            continue
        head = scope.new()
        scope.phis.add(head)
        before = scope.env.get(name, UNBOUND)
        if before >= 0:
            scope.emit((Op.COPY, head, before))
        scope.set_version(name, head)
        heads[name] = head
    scope.stored.clear()
    scope.fresh.clear()
    scope.loops.append(Loop(len(scope.logs), [], []))
    return heads


def close_loop(scope: Scope, heads: dict[str, Value], last: Changes | None) -> tuple[list[Changes], list[Changes]]:
    """End a loop's body: carry versions to its head. Returns what rounds that end normally, and breaks, changed."""
    loop = scope.loops.pop()
    rounds = [*loop.continues, *([] if last is None else [last])]
    for changes in rounds:
        for name, version in changes.items():
            head = heads.get(name)
            if head is not None:
                if version >= 0 and version != head:
                    scope.emit((Op.COPY, head, version))
                changes[name] = head
    return rounds, loop.breaks


def merge_any_point(scope: Scope, trace: dict[str, list[Value]]) -> Changes:
    """Return the versions that names can have when an exception leaves a block at any point of it."""
    found: Changes = {}
    for name, versions in trace.items():
        merged = scope.merge([scope.env.get(name, UNBOUND), *versions])
        found[name] = NOTHING if merged == UNBOUND else merged
    return found


def assigned_names(scope: Scope, block: Node) -> set[str]:
    """Return the names that the statements of a block assign, without those of inner functions and classes."""
    found: set[str] = set()
    pending = [block]
    everywhere = scope.unit.has_walrus
    while pending:
        node = pending.pop()
        kind = node.type
        if kind in _NO_BLOCKS:
            _add_name(scope, node, found)
        elif kind == "import_statement" or kind == "import_from_statement":
            continue
        else:
            if kind in _TARGETS or kind == "for_statement":
                _add_targets(scope, node.named_children[0], found)
            elif kind == "as_pattern_target":
                _add_targets(scope, node, found)
            if everywhere or kind in _COMPOUND or kind in _TARGETS:
                pending.extend(node.named_children)
    return found


def _add_name(scope: Scope, node: Node, found: set[str]) -> None:
    name = node.child_by_field_name("name")
    if name is not None:
        found.add(scope.unit.text(name))


def _add_targets(scope: Scope, target: Node, found: set[str]) -> None:
    pending = [target]
    while pending:
        node = pending.pop()
        if node.type == "identifier":
            found.add(scope.unit.text(node))
        elif node.type not in {"attribute", "subscript", "call"}:
            pending.extend(node.named_children)
