"""Who refers to a symbol, in the head: by the head's graph, and by the base's where the line has stayed as it was.

The base's graph knows callers in unchanged code even where the head's could only be resolved around the change.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from yantra_bot.domain.findings import Side
from yantra_bot.domain.graph import Edge, EdgeKind, Evidence, Language, NodeKind, Symbol, Visibility
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.breaks.lines import Lines, Place
from yantra_bot.review.breaks.syntax import Trees, text
from yantra_bot.review.subject import Subject

REFERRING = (EdgeKind.CALLS, EdgeKind.USES, EdgeKind.IMPORTS, EdgeKind.INHERITS, EdgeKind.IMPLEMENTS)
LEAST = 0.75
"""Less sure edges are not followed: they are guesses by an equal name."""
_WRAPPERS = frozenset({"contextmanager", "asynccontextmanager", "lru_cache", "cache"})
"""What a library makes of a function that is called like it: its calls are known as the library's."""
_CLASSES = frozenset({NodeKind.CLASS, NodeKind.TYPE})
MAX_REFERENCES = 2_000


@dataclass(frozen=True, slots=True)
class Reference:
    """One place in the head that refers to a symbol. `old` is that place in the base, None where the line is new."""

    place: Place
    old: Place | None
    kind: EdgeKind
    confidence: float
    source: str
    """The key of the symbol it stands in."""

    @property
    def language(self) -> Language | None:
        """Of the file."""
        return language_of(self.place[0])


class Context:
    """Both versions as trees and graphs, with what was asked for already."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.base, self.head = Trees(subject.base), Trees(subject.head)
        self.lines = Lines(subject)
        self._twice: dict[str, bool] = {}
        self._edges: dict[tuple[Side, str], dict[tuple[int, int], list[Edge]]] = {}

    @cached_property
    def languages(self) -> frozenset[Language]:
        """Of the changed files that were looked into."""
        return frozenset(file.language for file in self.subject.files if file.language and not file.skipped)

    def references(self, old: str | None, new: str | None, kinds: Collection[EdgeKind] = REFERRING) -> list[Reference]:
        """Return who refers to a symbol by its keys in the base and in the head, each place once."""
        found: dict[tuple[Place, EdgeKind], Reference] = {}
        for edge in _edges_to(self.subject.base.view, old, kinds):
            place = self.lines.to_head((edge.path, edge.line, edge.column))
            if place is not None and self._is_sure(Side.BASE, edge):
                was = (edge.path, edge.line, edge.column)
                found[place, edge.kind] = Reference(place, was, edge.kind, edge.confidence, edge.source)
        for edge in _edges_to(self.subject.head.view, new, kinds):
            place = (edge.path, edge.line, edge.column)
            known = found.get((place, edge.kind))
            if not self._is_sure(Side.HEAD, edge):
                continue
            if known is None or known.confidence < edge.confidence:
                was_at = None if known is None else known.old
                found[place, edge.kind] = Reference(place, was_at, edge.kind, edge.confidence, edge.source)
        return sorted(found.values(), key=lambda one: one.place)

    def _is_sure(self, side: Side, edge: Edge) -> bool:
        """Tell whether an edge is no guess. Of what a library calls, that is what it wraps and the place names."""
        if edge.evidence is not Evidence.LIBRARY:
            return edge.evidence is not Evidence.NAME
        version = self.subject.version(side)
        row = version.view.index_of(edge.target)
        symbol = None if row is None else version.view.symbol(row)
        if symbol is None or _WRAPPERS.isdisjoint(
            one.partition("(")[0].rpartition(".")[2] for one in symbol.decorators
        ):
            return False
        name = (self.base if side is Side.BASE else self.head).at(edge.path, edge.line, edge.column)
        return name is not None and text(name) == symbol.name

    def name_at(self, reference: Reference) -> Node | None:
        """Return the node of the name that refers, in the head."""
        return self.head.at(*reference.place)

    def old_name_at(self, reference: Reference) -> Node | None:
        """Return the node of the name that referred, in the base."""
        return None if reference.old is None else self.base.at(*reference.old)

    def edges_at(self, side: Side, place: Place) -> list[Edge]:
        """Return the edges of a version that stand at a place."""
        path, line, column = place
        return self._by_place(side, path).get((line, column), [])

    def _by_place(self, side: Side, path: str) -> dict[tuple[int, int], list[Edge]]:
        key = (side, path)
        if key not in self._edges:
            view = self.subject.version(side).view
            by_place: dict[tuple[int, int], list[Edge]] = defaultdict(list)
            for edge in view.make_edges(view.edges_at(_path_rows(view, path))):
                if path.endswith(".java") and self._is_qualifier(side, edge):
                    continue
                by_place[edge.line, edge.column].append(edge)
            self._edges[key] = by_place
        return self._edges[key]

    def calls_in(self, path: str) -> dict[Place, list[Edge]]:
        """Return the calls of a file of the head by their places."""
        return self.calls_of(Side.HEAD, path)

    def calls_of(self, side: Side, path: str) -> dict[Place, list[Edge]]:
        """Return the calls of a file of a version by their places."""
        found: dict[Place, list[Edge]] = {}
        for place, edges in self._by_place(side, path).items():
            calls = [edge for edge in edges if edge.kind is EdgeKind.CALLS]
            if calls:
                found[path, *place] = calls
        return found

    def is_own(self, symbol: Symbol, path: str) -> bool:
        """Tell whether a method of Java in the base overrides nothing from outside, and a file imports none like it.

        It is private, or it is not marked as an override in a repository that marks them.
        """
        if symbol.language is not Language.JAVA or symbol.kind is not NodeKind.METHOD:
            return False
        imported = re.compile(rb"\bimport\s+static\s+[\w.]+\.(?:%b|\*)\s*;" % re.escape(symbol.name.encode()))
        if imported.search(self.subject.head.read(path) or b""):
            return False
        is_marked = any(one.partition("(")[0] == "Override" for one in symbol.decorators)
        return symbol.visibility is Visibility.PRIVATE or (self._marks_overrides and not is_marked)

    @cached_property
    def _marks_overrides(self) -> bool:
        java = (facts for path, facts in self.subject.base.facts.items() if path.endswith(".java"))
        return any("Override" in symbol.decorators for facts in java for symbol in facts.symbols)

    def is_declared_twice(self, symbol: Symbol) -> bool:
        """Tell whether the head gives a symbol's name to something else too: another branch, an overload, a stub."""
        if symbol.key not in self._twice:
            self._twice[symbol.key] = self._is_declared_twice(symbol)
        return self._twice[symbol.key]

    def _is_declared_twice(self, symbol: Symbol) -> bool:
        view = self.subject.head.view
        first = symbol.key.partition("#")[0]
        if symbol.key != first or view.index_of(f"{first}#2") is not None:
            return True
        named = (view.symbol(row) for row in view.find(symbol.name)) if symbol.path.endswith(".py") else ()
        return any(one.path.endswith(".pyi") for one in named)

    def _is_qualifier(self, side: Side, edge: Edge) -> bool:
        """Tell whether a call leads to a class, or to its constructor, by another name: of `A.gone()` it knows `A`."""
        row = self.subject.version(side).view.index_of(edge.target) if edge.kind is EdgeKind.CALLS else None
        symbol = None if row is None else self.subject.version(side).view.symbol(row)
        is_made = symbol is not None and symbol.name == "<init>"
        if symbol is None or not (is_made or symbol.kind in _CLASSES):
            return False
        names = (symbol.qualified_name.split(".")[-2], "super", "this", "new") if is_made else (symbol.name,)
        lines = self.subject.lines(edge.path, side)
        return edge.line <= len(lines) and not lines[edge.line - 1][edge.column :].startswith(names)

    def targets_at(self, side: Side, place: Place) -> list[Symbol | None]:
        """Return what a version's call at a place may call; None for what is outside of the repository.

        A class is left out where its constructor is named beside it.
        """
        view = self.subject.version(side).view
        keys = {edge.target for edge in self.edges_at(side, place) if edge.kind is EdgeKind.CALLS}
        found: list[Symbol | None] = []
        for key in sorted(keys):
            row = None if key.startswith("::") else view.index_of(key)
            found.append(None if row is None else view.symbol(row))
        methods = [one for one in found if one is not None and one.kind is NodeKind.METHOD]
        return [one for one in found if not (methods and one is not None and one.kind in _CLASSES)]

    def describe(self, reference: Reference) -> str:
        """Return the qualified name of what a reference stands in."""
        for view in (self.subject.head.view, self.subject.base.view):
            row = view.index_of(reference.source)
            if row is not None:
                return view.symbol(row).qualified_name or reference.place[0]
        return reference.place[0]

    def says(self, reference: Reference, name: str) -> bool:
        """Tell whether the name is written at a reference."""
        node = self.name_at(reference)
        return node is not None and text(node) == name


def _edges_to(view: GraphView, key: str | None, kinds: Collection[EdgeKind]) -> Iterator[Edge]:
    row = None if key is None else view.index_of(key)
    if row is None:
        return
    rows = view.edges_in(row, kinds)
    rows = rows[view.confidences(rows) >= LEAST][:MAX_REFERENCES]
    yield from (edge for edge in view.make_edges(rows) if edge.path)


def _path_rows(view: GraphView, path: str) -> list[int]:
    rows = view.in_file(path)
    return [int(view.paths[rows[0]])] if rows else []
