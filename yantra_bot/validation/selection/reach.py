"""Which tests reach which symbols: sets of tests, as the bits of whole numbers, that flow along the edges of a graph.

A method is reached where somebody who may call it and something of its class are both reached: a call through a base
class reaches only the overriding methods of classes that the same test comes to speak of. References that could not be
resolved reach all that has their name. It answers for what is reached; that nothing else is, it never claims.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from functools import cached_property

import numpy as np

from yantra_bot.domain.graph import EdgeKind, NodeKind
from yantra_bot.graphdb.arrays import EDGE_CODES, NODE_CODES
from yantra_bot.graphdb.walks import IMPACT_KINDS
from yantra_bot.validation.selection.spoken import find_spoken
from yantra_bot.validation.selection.spots import Spots
from yantra_bot.validation.selection.suite import Suite
from yantra_bot.validation.selection.versions import Version

_FLOW = IMPACT_KINDS - {EdgeKind.RETURNS}
_OWNED = frozenset({EdgeKind.DEFINES})
_CLASSES = (NodeKind.CLASS, NodeKind.TYPE)
_METHODS = (NodeKind.METHOD, NodeKind.TEST)
_CLASS_CODES = frozenset(NODE_CODES[kind] for kind in _CLASSES)
_WHOLE = (NodeKind.MODULE, NodeKind.FILE)
_VARIABLE = NODE_CODES[NodeKind.VARIABLE]
_INHERITS = EDGE_CODES[EdgeKind.INHERITS]
_INSIDE = (NodeKind.FUNCTION, NodeKind.LAMBDA, NodeKind.METHOD, NodeKind.TEST)


class Reach:
    """The tests of one version, by what they reach. Bit n stands for the n-th test of the suite."""

    def __init__(self, version: Version, suite: Suite) -> None:
        self._version = version
        self._view = version.view
        self.suite = suite
        self._next: dict[int, set[int]] = defaultdict(set)
        self._owner = self._find_owners()
        self._bits: dict[int, int] = defaultdict(int)
        self._raw: dict[int, int] = defaultdict(int)
        self._orphans: set[int] = set()

    @cached_property
    def bits(self) -> dict[int, int]:
        """The tests that reach each row; rows that none reaches may be missing."""
        if not self.suite.tests:
            return {}
        self._lay_edges()
        for place, test in enumerate(self.suite.tests):
            self._raw[test.row] |= 1 << place
            self._bits[test.row] |= 1 << place
            if test.owner >= 0:
                self._raw[test.owner] |= 1 << place
                self._bits[test.owner] |= 1 << place
        self._add_modules()
        self._flow()
        return self._bits

    def of(self, rows: Iterable[int]) -> int:
        """Return the tests that reach any of the rows."""
        found = 0
        for row in rows:
            found |= self.bits.get(row, 0)
        return found

    def is_orphan(self, row: int) -> bool:
        """Tell whether nobody is known to call or to name the function of a row."""
        return bool(self.bits) and row in self._orphans

    @cached_property
    def imports(self) -> dict[str, int]:
        """The tests whose files import each file, however indirectly, by its path."""
        view = self._view
        edges = view.all_edges(frozenset({EdgeKind.IMPORTS}))
        paths = view.paths
        pairs = np.unique(np.stack([paths[view.sources(edges)], paths[view.targets(edges)]]), axis=1)
        following: dict[int, list[int]] = defaultdict(list)
        for near, far in pairs.T.tolist():
            if near >= 0 and far >= 0 and near != far:
                following[near].append(far)
        found: dict[int, int] = defaultdict(int)
        for place, test in enumerate(self.suite.tests):
            number = view.path_number(test.path)
            if number is not None:
                found[number] |= 1 << place
        _spread(found, following)
        names = {number: path for path in view.files if (number := view.path_number(path)) is not None}
        return {names[number]: bits for number, bits in found.items() if number in names}

    def _find_owners(self) -> dict[int, int]:
        """Return the class of each method."""
        view = self._view
        edges = view.all_edges(_OWNED)
        near, far = view.sources(edges), view.targets(edges)
        is_method = np.isin(view.node_kinds[near], [NODE_CODES[kind] for kind in _CLASSES])
        is_method &= np.isin(view.node_kinds[far], [NODE_CODES[kind] for kind in _METHODS])
        return dict(zip(far[is_method].tolist(), near[is_method].tolist(), strict=True))

    def _lay_edges(self) -> None:
        view = self._view
        edges = view.all_edges(_FLOW)
        near, far = view.sources(edges), view.targets(edges)
        is_plain = ~np.isin(view.node_kinds[far], [NODE_CODES[kind] for kind in _CLASSES])
        is_plain &= ~np.isin(view.node_kinds[near], [NODE_CODES[kind] for kind in _WHOLE])
        for source, target in set(zip(near[is_plain].tolist(), far[is_plain].tolist(), strict=True)):
            self._next[source].add(target)
        spots = Spots(view, self._version.read)
        rest = edges[~is_plain]
        codes, lines = view.edge_kinds(rest).tolist(), view.lines(rest).tolist()
        ends = zip(view.sources(rest).tolist(), view.targets(rest).tolist(), codes, lines, strict=True)
        aliases: dict[int, set[str]] = defaultdict(set)
        placed = [
            (spots.owner(one, view.key(one).partition("::")[0], line), *rest, line) for one, *rest, line in set(ends)
        ]
        for owner, target, _, _ in placed:
            if int(view.node_kinds[owner]) == _VARIABLE:
                aliases[target].add(_last(view.key(owner)))
        for owner, target, kind, line in placed:
            names = {_last(view.key(target)), *aliases.get(target, ())}
            path = view.key(owner).partition("::")[0]
            if kind == _INHERITS or not self._is_class(target) or spots.is_named(path, line, names):
                self._next[owner].add(target)
        for source, target in [*self.suite.edges, *find_spoken(view, self._version.read, spots)]:
            self._next[source].add(target)
        self._lay_inner()
        self._lay_unresolved()
        self._lay_unknown()

    def _is_class(self, row: int) -> bool:
        return int(self._view.node_kinds[row]) in _CLASS_CODES

    def _lay_inner(self) -> None:
        """What is defined inside of a function may run whenever the function does."""
        view = self._view
        edges = view.all_edges(_OWNED)
        near, far = view.sources(edges), view.targets(edges)
        inner = np.isin(view.node_kinds[near], [NODE_CODES[kind] for kind in _INSIDE])
        for source, target in zip(near[inner].tolist(), far[inner].tolist(), strict=True):
            self._next[source].add(target)

    def _lay_unresolved(self) -> None:
        by_name: dict[str, set[int]] = defaultdict(set)
        for reference in self._view.unresolved:
            source = self._view.index_of(reference.source)
            if source is not None and not _is_special(reference.name) and reference.kind in _FLOW:
                by_name[reference.name].add(source)
        by_name.pop("", None)
        if not by_name:
            return
        for row in self._view.of_kind(*_INSIDE, *_CLASSES, NodeKind.VARIABLE):
            for source in by_name.get(_last(self._view.key(row)), ()):
                self._next[source].add(row)

    def _lay_unknown(self) -> None:
        """Whom nobody is known to call may be called by whoever knows the class, or imports the module.

        The parts of a property, and a second function of one name, are reached by whoever reaches the first.
        """
        view = self._view
        called = {target for targets in self._next.values() for target in targets}
        for row in view.of_kind(NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.LAMBDA):
            key, owner = view.key(row), self._owner.get(row)
            is_known = row in called
            if owner is None and not is_known:
                parent = view.symbol(row).parent
                owner = view.index_of(parent) if parent else None
            elif is_known and not _is_special(_last(key)) and not self._is_setter(row, key):
                owner = None
            if not is_known and not _is_special(_last(key)):
                self._orphans.add(row)
            if owner is not None:
                self._next[owner].add(row)
            first = view.index_of(key.partition("#")[0]) if "#" in key else None
            if first is not None:
                self._next[first].add(row)

    def _is_setter(self, row: int, key: str) -> bool:
        """Tell whether a method is called by an assignment, which the graph does not always see."""
        return "#" in key and any(one.endswith((".setter", ".deleter")) for one in self._view.symbol(row).decorators)

    def _add_modules(self) -> None:
        for path, bits in self.imports.items():
            row = self._view.index_of(f"{path}::")
            if row is not None:
                self._raw[row] |= bits
                self._bits[row] |= bits

    def _flow(self) -> None:
        members: dict[int, list[int]] = defaultdict(list)
        for method, owner in self._owner.items():
            members[owner].append(method)
        waiting = deque(self._bits)
        queued = set(waiting)
        while waiting:
            row = waiting.popleft()
            queued.discard(row)
            own = self._bits[row]
            for target in self._next.get(row, ()):
                if own & ~self._raw[target]:
                    self._raw[target] |= own
                    self._settle(target, waiting, queued)
            for method in members.get(row, ()):
                self._settle(method, waiting, queued)

    def _settle(self, row: int, waiting: deque[int], queued: set[int]) -> None:
        owner = self._owner.get(row)
        new = self._raw[row] if owner is None else self._raw[row] & self._bits[owner]
        if new & ~self._bits[row]:
            self._bits[row] |= new
            if row not in queued:
                queued.add(row)
                waiting.append(row)


def _spread(found: dict[int, int], following: dict[int, list[int]]) -> None:
    """Let bits flow until nothing changes."""
    waiting = deque(found)
    while waiting:
        one = waiting.popleft()
        for other in following.get(one, ()):
            if found[one] & ~found[other]:
                found[other] |= found[one]
                waiting.append(other)


def _last(key: str) -> str:
    return key.rpartition("::")[2].rpartition(".")[2].partition("#")[0]


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
