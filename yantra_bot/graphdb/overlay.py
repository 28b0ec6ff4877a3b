"""What changes between two graphs, file by file: the unit that a view overlays and the store commits.

It compares and describes; it changes no graph. An edge and an unresolved reference belong to the file of their place,
an external symbol to the path "".
"""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from yantra_bot.domain.graph import Edge, Graph, Problem, Symbol, Unresolved

Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True, slots=True)
class FileDiff:
    """The changes of one file. An edge that only became surer is in both `edges_removed` and `edges_added`."""

    path: str
    added: tuple[Symbol, ...] = ()
    changed: tuple[Symbol, ...] = ()
    """As they are now; the key is the same as before."""
    removed: tuple[str, ...] = ()
    """Keys."""
    edges_added: tuple[Edge, ...] = ()
    edges_removed: tuple[Edge, ...] = ()
    unresolved_added: tuple[Unresolved, ...] = ()
    unresolved_removed: tuple[Unresolved, ...] = ()
    problems: tuple[Problem, ...] = ()
    """All that the file has now."""
    content_hash: str | None = None
    """Of the file now; None when it is gone (or was never one of the graph's files)."""


@dataclass(frozen=True, slots=True)
class Diff:
    """The changes from one graph to another."""

    files: dict[str, FileDiff] = field(default_factory=dict)
    renamed: tuple[tuple[str, str], ...] = ()
    """Old and new key of symbols that were moved or renamed, as far as that is certain enough to say. The old one
    is also among the removed and the new one among the added."""

    def __bool__(self) -> bool:
        return bool(self.files)

    def __iter__(self) -> Iterator[FileDiff]:
        return iter(self.files.values())

    @property
    def added(self) -> list[Symbol]:
        """Every symbol that is new."""
        return [symbol for change in self for symbol in change.added]

    @property
    def removed(self) -> list[str]:
        """The key of every symbol that is gone."""
        return [key for change in self for key in change.removed]


def diff(old: Graph, new: Graph) -> Diff:
    """Return what leads from one graph to the other.

    Both may be parts (the same files of a graph before and after): what stands in neither is not touched.
    """
    before, after = _by_file(old), _by_file(new)
    files: dict[str, FileDiff] = {}
    for path in sorted(before.keys() | after.keys()):
        change = _compare(path, before.get(path, Graph()), after.get(path, Graph()))
        if change is not None:
            files[path] = change
    gone = {key for change in files.values() for key in change.removed}
    lost = [symbol for symbol in old.symbols if symbol.key in gone]
    return Diff(files, tuple(_pair_renamed(lost, [symbol for change in files.values() for symbol in change.added])))


def _by_file(graph: Graph) -> dict[str, Graph]:
    parts: dict[str, Graph] = defaultdict(Graph)
    for symbol in graph.symbols:
        parts[symbol.path].symbols.append(symbol)
    for edge in graph.edges:
        parts[edge.path].edges.append(edge)
    for reference in graph.unresolved:
        parts[reference.path].unresolved.append(reference)
    for problem in graph.problems:
        parts[problem.path].problems.append(problem)
    for path, digest in graph.files.items():
        parts[path].files[path] = digest
    return parts


def _compare(path: str, old: Graph, new: Graph) -> FileDiff | None:
    before = {symbol.key: symbol for symbol in old.symbols}
    after = {symbol.key: symbol for symbol in new.symbols}
    edges_added, edges_removed = _split(old.edges, new.edges)
    unresolved_added, unresolved_removed = _split(old.unresolved, new.unresolved)
    change = FileDiff(
        path,
        tuple(symbol for key, symbol in after.items() if key not in before),
        tuple(symbol for key, symbol in after.items() if key in before and before[key] != symbol),
        tuple(key for key in before if key not in after),
        edges_added,
        edges_removed,
        unresolved_added,
        unresolved_removed,
        tuple(new.problems),
        new.files.get(path),
    )
    nothing = FileDiff(path, problems=tuple(old.problems), content_hash=old.files.get(path))
    return None if change == nothing else change


def _split(old: Iterable[Item], new: Iterable[Item]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """Return what is only in the new one, and what only in the old one, in their orders, each once."""
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    return tuple(item for item in after if item not in before), tuple(item for item in before if item not in after)


def _pair_renamed(removed: Sequence[Symbol], added: Sequence[Symbol]) -> list[tuple[str, str]]:
    """Pair symbols of equal content (moved), then those that took the place of one in the same scope (renamed)."""
    pairs: dict[str, str] = {}
    for identify in (_moved, _replaced):
        olds = _unique(identify, [symbol for symbol in removed if symbol.key not in pairs])
        taken = set(pairs.values())
        news = _unique(identify, [symbol for symbol in added if symbol.key not in taken])
        pairs.update({olds[mark].key: symbol.key for mark, symbol in news.items() if mark in olds})
    return sorted(pairs.items())


def _moved(symbol: Symbol) -> Hashable | None:
    return (symbol.kind, symbol.name, symbol.content_hash) if symbol.content_hash else None


def _replaced(symbol: Symbol) -> Hashable | None:
    if not symbol.signature:
        return None
    return symbol.kind, symbol.path, symbol.parent, symbol.span.line, _unnamed(symbol)


def _unnamed(symbol: Symbol) -> str:
    return re.sub(rf"(?<!\w){re.escape(symbol.name)}(?!\w)", "", symbol.signature, count=1)


def _unique(identify: Callable[[Symbol], Hashable | None], symbols: Iterable[Symbol]) -> dict[Hashable, Symbol]:
    """Return the symbols whose mark no other one has."""
    groups: dict[Hashable, list[Symbol]] = defaultdict(list)
    for symbol in symbols:
        mark = identify(symbol)
        if mark is not None:
            groups[mark].append(symbol)
    return {mark: group[0] for mark, group in groups.items() if len(group) == 1}
