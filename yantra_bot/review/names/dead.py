"""Private code and imports whose last user a change removed. Code by the graph, imports in Python files alone."""

import ast
from collections.abc import Iterator
from typing import Final

import numpy as np

from yantra_bot.domain.findings import Evidence, Finding, Side
from yantra_bot.domain.graph import NodeKind, Symbol, Visibility
from yantra_bot.domain.review import FileStatus
from yantra_bot.graphdb.dead_code import CANDIDATES
from yantra_bot.graphdb.mentions import find_mentions
from yantra_bot.graphdb.structure import GUESS
from yantra_bot.graphdb.view import GraphView
from yantra_bot.graphdb.walks import USE_KINDS
from yantra_bot.review.names.look import Look, Place, is_silenced
from yantra_bot.review.names.python import PythonFile
from yantra_bot.review.names.rules import DEAD
from yantra_bot.review.names.scopes import Binding, BindingKind
from yantra_bot.review.subject import LOOKED_INTO

_MOST: Final = 50
"""Candidates that are looked for in the files."""


def find_dead_code(look: Look) -> Iterator[Finding]:
    """Yield a finding for each private function, method or class of a changed file, and each import."""
    candidates = list(_candidates(look))[:_MOST]
    if candidates:
        yield from _unmentioned(look, candidates)
    yield from _imports(look)


def _candidates(look: Look) -> Iterator[tuple[Symbol, Evidence]]:
    """Yield what nobody uses in the head, with its last user of the base."""
    head, base = look.subject.head.view, look.subject.base.view
    for file in look.subject.files:
        if file.kind not in LOOKED_INTO or file.skipped or file.status not in (FileStatus.MODIFIED, FileStatus.RENAMED):
            continue
        for row in head.in_file(file.path):
            symbol = head.symbol(row)
            if not _is_candidate(symbol):
                continue
            before = base.index_of(f"{file.base_path}::{symbol.key.partition('::')[2]}")
            if before is None or _count_users(head, row) or _is_doubtful(head, symbol):
                continue
            user = _find_user(base, before)
            if user is not None:
                yield symbol, user


def _is_candidate(symbol: Symbol) -> bool:
    is_private = symbol.visibility is not Visibility.PUBLIC or symbol.name.startswith("_")
    is_special = symbol.name.startswith("__") and symbol.name.endswith("__")
    return symbol.kind in CANDIDATES and is_private and not is_special and not symbol.decorators


def _is_doubtful(view: GraphView, symbol: Symbol) -> bool:
    """Tell whether something that has no known target may mean it, or its class's parent may call it."""
    return bool(view.count_unresolved(symbol.name)) or symbol.kind is NodeKind.METHOD


def _users(view: GraphView, row: int) -> list[int]:
    edges = view.edges_in(row, USE_KINDS)
    inside = {row}
    return [edge for edge in edges.tolist() if int(view.sources(np.array([edge]))[0]) not in inside]


def _count_users(view: GraphView, row: int) -> int:
    return len(_users(view, row))


def _find_user(view: GraphView, row: int) -> Evidence | None:
    edges = [view.edge(edge) for edge in _users(view, row)]
    sure = [edge for edge in edges if edge.confidence >= GUESS]
    if not sure:
        return None
    edge = min(sure, key=lambda one: (one.path, one.line))
    return Evidence(f"the base used it here, in {edge.source.partition('::')[2] or edge.path}", edge.path, edge.line,
                    Side.BASE, edge.confidence)  # fmt: skip


def _unmentioned(look: Look, candidates: list[tuple[Symbol, Evidence]]) -> Iterator[Finding]:
    """Yield those whose names stand nowhere but where they are defined."""
    names = {symbol.name for symbol, _ in candidates}
    places = find_mentions(look.subject.head.read, look.subject.head.facts, names)
    for symbol, user in candidates:
        own = range(symbol.span.line, symbol.span.end_line + 1)
        others = [place for place in places[symbol.name] if place[0] != symbol.path or place[1] not in own]
        if not others:
            anchor = look.anchor(symbol.path, symbol.span.line)
            place = Place(symbol.qualified_name, symbol.path, symbol.span.line, anchor)
            message = f"Nothing uses `{symbol.name}` any more: the change removed its last user."
            yield look.finding(DEAD, place, message, evidence=[user], confidence=min(0.9, user.confidence))


def _imports(look: Look) -> Iterator[Finding]:
    for file, head in look.changed():
        base = look.before(file)
        if base is None or head.is_package or base.is_package or head.reader.is_dynamic:
            continue
        lost = {load.name for load in base.reader.loads} - {load.name for load in head.reader.loads}
        lost &= head.scope.bindings.keys() & base.scope.bindings.keys()
        for name in sorted(lost - _exported(head) if lost else ()):
            bindings = head.scope.bindings[name]
            is_alone = len(bindings) == 1 and _is_plain_import(head, bindings[0])
            if is_alone and not _is_taken(look, file.path, name):
                yield _tell_of_import(look, head, name, bindings[0])


def _exported(file: PythonFile) -> set[str]:
    """Return the names that stand in the file's strings, `__all__` among them."""
    nodes = ast.walk(file.tree)
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _is_plain_import(file: PythonFile, binding: Binding) -> bool:

    node = binding.node
    is_again = isinstance(node, ast.alias) and node.asname == node.name
    line = getattr(node, "lineno", 0)
    is_future = isinstance(binding.statement, ast.ImportFrom) and binding.statement.module == "__future__"
    is_quiet = is_silenced(file.line(line)) or is_silenced(file.line(getattr(binding.statement, "lineno", 0)))
    return binding.kind is BindingKind.IMPORT and not is_again and not is_future and not is_quiet


def _is_taken(look: Look, path: str, name: str) -> bool:
    """Tell whether another file takes the name from this one, by the graph or by what stands in its text."""
    view = look.subject.head.view
    row = next((row for row in view.in_file(path) if view.symbol(row).name == name), None)
    if row is not None and len(view.edges_in(row, USE_KINDS)):
        return True
    stem = path.rpartition("/")[2].removesuffix(".py").encode()
    others = (other for other in look.subject.head.facts if other != path and other.endswith(".py"))
    texts = (look.subject.head.read(other) or b"" for other in others)
    return any(name.encode() in text and stem in text for text in texts)


def _tell_of_import(look: Look, file: PythonFile, name: str, binding: Binding) -> Finding:
    line = getattr(binding.node, "lineno", 1)
    place = Place(f"import {name}", file.path, line, file.line(line).strip())
    message = f"The import of `{name}` is not used any more: the change removed its last use."
    return look.finding(DEAD, place, message, confidence=0.9)
