"""The symbols of the changed files, each as it was beside as it is. It says which are the same, not what that means."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from yantra_bot.domain.graph import Graph, Language, NodeKind, Symbol
from yantra_bot.domain.review import ChangedFile, FileStatus, SymbolChangeKind
from yantra_bot.graphdb.overlay import diff
from yantra_bot.graphdb.view import GraphView
from yantra_bot.review.subject import LOOKED_INTO, Subject

DECLARED = frozenset(
    {NodeKind.CLASS, NodeKind.TYPE, NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.VARIABLE, NodeKind.TEST}
)
_MOVES = (SymbolChangeKind.RENAMED, SymbolChangeKind.MOVED)
_ACCESSORS = (".setter", ".deleter", ".getter")


@dataclass(frozen=True, slots=True)
class Pair:
    """One symbol in both versions."""

    old: Symbol
    new: Symbol


@dataclass(frozen=True, slots=True)
class Pairs:
    """What the changed files declare."""

    kept: tuple[Pair, ...]
    removed: tuple[Symbol, ...]
    added: tuple[Symbol, ...]
    successors: dict[str, Symbol]
    """By the key of a removed symbol: where it seems to have gone, renamed or moved."""


def pair(subject: Subject) -> Pairs:
    """Return the symbols of all changed files; those declared more than once in a file are left out."""
    kept: list[Pair] = []
    removed: list[Symbol] = []
    added: list[Symbol] = []
    for file in subject.files:
        if file.language is None or file.kind not in LOOKED_INTO or file.skipped:
            continue
        old, new = _declared(subject.base.view, file.base_path), _declared(subject.head.view, file.path)
        if file.status is FileStatus.ADDED:
            old = {}
        if _is_another_package(file):
            removed += [one for symbols in old.values() for one in symbols[:1] if one.kind in DECLARED]
            added += [one for symbols in new.values() for one in symbols[:1] if one.kind in DECLARED]
            continue
        for name, symbols in old.items():
            others = new.get(name, [])
            if not others:
                removed += [one for one in symbols[:1] if one.kind in DECLARED]
            elif len(symbols) == len(others) == 1 and {symbols[0].kind, others[0].kind} <= DECLARED:
                kept.append(Pair(symbols[0], others[0]))
        news = (symbols[0] for name, symbols in new.items() if name not in old)
        added += [one for one in news if one.kind in DECLARED]
    return Pairs(tuple(kept), tuple(removed), tuple(added), _find_successors(subject, removed, added))


def _is_another_package(file: ChangedFile) -> bool:
    """Tell whether a file went to another folder, which is another package in Go and Java."""
    folders = {path.rpartition("/")[0] for path in (file.base_path, file.path)}
    return file.language in (Language.GO, Language.JAVA) and len(folders) > 1


def _declared(view: GraphView, path: str) -> dict[str, list[Symbol]]:
    """Return the symbols of a file by what follows the path in their keys, with the names that it imports.

    Accessors of a property are the property itself.
    """
    found: dict[str, list[Symbol]] = {}
    for row in view.in_file(path):
        symbol = view.symbol(row)
        if symbol.kind in (*DECLARED, NodeKind.IMPORT) and not any(
            text.endswith(_ACCESSORS) for text in symbol.decorators
        ):
            found.setdefault(symbol.key.partition("::")[2].partition("#")[0], []).append(symbol)
    return found


def _find_successors(subject: Subject, removed: Iterable[Symbol], added: Iterable[Symbol]) -> dict[str, Symbol]:
    by_key = {one.key: one for one in added}
    found = {
        change.old_key: by_key[change.key]
        for change in subject.symbols
        if change.kind in _MOVES and change.key in by_key
    }
    for old, new in diff(Graph(symbols=list(removed)), Graph(symbols=list(added))).renamed:
        found.setdefault(old, by_key[new])
    return found


def outermost(symbols: Iterable[Symbol]) -> Iterator[Symbol]:
    """Yield those whose surrounding symbol is not among them."""
    symbols = list(symbols)
    keys = {symbol.key for symbol in symbols}
    yield from (symbol for symbol in symbols if symbol.parent not in keys)
