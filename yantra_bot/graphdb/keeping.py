"""What still holds of a file after an edit: functions of which neither the text nor what they name has changed.

They need no new resolution. What other files hand to them is kept with their edges, which move with the lines.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from yantra_bot.domain.graph import Edge, EdgeKind, Graph, NodeKind
from yantra_bot.graphdb.facts import FileFacts, Op, SymbolFacts
from yantra_bot.graphdb.resolve.program import File

_FUNCTIONS = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST})
_WORD = re.compile(rb"\w+")
_IMPORTS = {Op.IMPORT: slice(2, 3), Op.IMPORT_FROM: slice(2, 4), Op.IMPORT_STAR: slice(1, 2)}
"""Instructions that import, and where in them it stands what."""
_OUTWARD = frozenset({Op.ROUTE, Op.REQUEST})
_WRITES = frozenset({Op.SET_ATTR, Op.SET_ITEM, Op.SET_OUTER})
_ALWAYS_NEW = frozenset({EdgeKind.DEFINES, EdgeKind.IMPORTS, EdgeKind.REQUESTS})

Mark = tuple[str, str, EdgeKind, int, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """The functions of a file that an edit has left as they were."""

    moved: dict[str, int]
    """By how many lines each has moved, by key; what is defined inside of them is there too."""
    idle: frozenset[int]
    """Those that write nothing that others read, by symbol: they are analysed only where they are called."""

    def carry(self, old: Graph, new: Graph) -> Graph:
        """Return a file's new part with the old edges and unresolved references of what was kept."""
        edges = {_mark_of(edge): edge for edge in new.edges}
        for edge in old.edges:
            if edge.source in self.moved and edge.kind not in _ALWAYS_NEW:
                carried = replace(edge, line=edge.line + self.moved[edge.source])
                edges[_mark_of(carried)] = carried
        unresolved = [one for one in new.unresolved if one.source not in self.moved]
        unresolved += [
            replace(one, line=one.line + self.moved[one.source]) for one in old.unresolved if one.source in self.moved
        ]
        return replace(new, edges=list(edges.values()), unresolved=unresolved)


def _mark_of(edge: Edge) -> Mark:
    return edge.source, edge.target, edge.kind, edge.line, edge.column


def find_kept(old: File, new: File, source: bytes) -> Kept:
    """Return which functions of a file's new state (`source`) are as they were; none where its imports changed."""
    if _imports_of(old.facts) != _imports_of(new.facts):
        return Kept({}, frozenset())
    before = dict(zip(old.keys, old.facts.symbols, strict=True))
    changed = names_that_changed(old, new)
    lines, families, uses = source.splitlines(keepends=True), _families(new.facts), _instructions(new.facts)
    moved: dict[str, int] = {}
    idle: set[int] = set()
    for index, family in families.items():
        symbol, known = new.facts.symbols[index], before.get(new.keys[index])
        codes = set().union(*(uses[one] for one in family))
        if known is None or not _is_same(known, symbol) or not codes.isdisjoint(_OUTWARD):
            continue
        words = _WORD.findall(b"".join(lines[symbol.line - 1 : symbol.end_line]))
        if changed.isdisjoint(words) and all(new.keys[one] in before for one in family):
            moved.update((new.keys[one], symbol.line - known.line) for one in family)
            if codes.isdisjoint(_WRITES):
                idle.add(index)
    return Kept(moved, frozenset(idle))


def _is_same(old: SymbolFacts, new: SymbolFacts) -> bool:
    """Say whether a function has the same text on as many lines at the same depth."""
    return (
        bool(new.content_hash)
        and _face(old) == _face(new)
        and (old.column, old.end_line - old.line) == (new.column, new.end_line - new.line)
    )


def _outside(symbol: SymbolFacts) -> tuple[Any, ...]:
    content = symbol.content_hash if symbol.kind in (NodeKind.VARIABLE, NodeKind.IMPORT) else ""
    return symbol.kind, symbol.signature, symbol.decorators, content


def _face(symbol: SymbolFacts) -> tuple[Any, ...]:
    # What is inside of a class is compared by itself.
    content = "" if symbol.kind in (NodeKind.CLASS, NodeKind.MODULE) else symbol.content_hash
    return symbol.kind, symbol.signature, symbol.decorators, content


def names_that_changed(old: File, new: File, *, faces: bool = False) -> set[bytes]:
    """Return the words that name what is new, gone or other: a changed member's class too, whose calls may mean it.

    With `faces`, what only does something else, and has the same signature, is none of them.
    """
    before, after = (dict(zip(file.keys, file.facts.symbols, strict=True)) for file in (old, new))
    keys = before.keys() ^ after.keys()
    face = _outside if faces else _face
    keys |= {key for key in before.keys() & after.keys() if face(before[key]) != face(after[key])}
    names = set()
    for file in (old, new):
        for key, symbol in zip(file.keys, file.facts.symbols, strict=True):
            if key in keys:
                parent = file.facts.symbols[symbol.parent] if symbol.parent > 0 else symbol
                names |= {symbol.name, parent.name}
    return {word for name in names for word in words_of(name)}


def words_of(text: str | bytes) -> list[bytes]:
    """Return the words of a name or of code."""
    return _WORD.findall(text.encode("utf-8", "replace") if isinstance(text, str) else text)


def imported_names(file: File) -> set[bytes]:
    """Return the words of all that a file's imports name, so that those which came or went can be told."""
    return {word for one in _imported(file.facts) for text in one[1:] for word in words_of(str(text))}


def _families(facts: FileFacts) -> dict[int, list[int]]:
    """Return the functions that stand in no other one, each with all that is defined inside of it."""
    tops: dict[int, int] = {}
    families: dict[int, list[int]] = {}
    for index, symbol in enumerate(facts.symbols):
        top = tops.get(symbol.parent)
        if top is None and symbol.kind in _FUNCTIONS:
            top = index
        if top is not None:
            tops[index] = top
            families.setdefault(top, []).append(index)
    return families


def _instructions(facts: FileFacts) -> defaultdict[int, set[int]]:
    """Return which kinds of instructions each symbol's code has."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for body in facts.bodies:
        found[body.owner].update(op[0] for op in body.ops)
    return found


def _imports_of(facts: FileFacts) -> Counter[Any]:
    return Counter(_imported(facts))


def _imported(facts: FileFacts) -> Iterator[tuple[Any, ...]]:
    for body in facts.bodies:
        for op in body.ops:
            if op[0] in _IMPORTS:
                yield op[0], *op[_IMPORTS[op[0]]]
