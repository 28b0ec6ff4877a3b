"""The 978 features of symbols, put together: from the source of their files, from the graph, from the past."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import EdgeKind, Language, NodeKind, Symbol
from yantra_bot.domain.history import History
from yantra_bot.graphdb.arrays import NODE_CODES, NODE_KINDS, NONE, VISIBILITY_CODES
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.view import Direction, GraphView
from yantra_bot.scoring.batch import FEATURES, Floats
from yantra_bot.scoring.features.flat import Ints, Mask
from yantra_bot.scoring.features.graph import measure_graph, nesting_of
from yantra_bot.scoring.features.past import Past
from yantra_bot.scoring.features.texts import read_texts
from yantra_bot.scoring.features.words import all_buckets, bucket, letter_buckets, split, split_text, text_buckets
from yantra_bot.scoring.layout import BY_NAME, STRUCTURE

Read = Callable[[str], bytes | None]
"""Gives the bytes of a file of the repository by path; None where there is none."""

_FUNCTIONS: Final = frozenset({NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.LAMBDA, NodeKind.TEST})
_FUNCTION_CODES: Final = [NODE_CODES[kind] for kind in _FUNCTIONS]
_LANGUAGE_PLACES: Final = dict(zip(Language, combinations(range(4), 2), strict=True))
"""Which two of four features each of the six languages has: no two languages have the same."""
_USES: Final = frozenset(EdgeKind) - {EdgeKind.DEFINES, EdgeKind.TESTS, EdgeKind.DATA_FLOW}
_DOCSTRING: Final = BY_NAME["structure"].start + STRUCTURE.index("docstring, words")


class SymbolFeatures:
    """Gives the features of symbols of one view. What concerns the whole view is computed once, when first needed."""

    def __init__(self, view: GraphView, read: Read, history: History | None = None) -> None:
        """`history`: None where there is none, or where it may not be looked at; its features say then: unknown."""
        self._view = view
        self._read = read
        self._past = Past(history)
        self._modules: dict[int, str] = {}
        self._imports: dict[int, list[int]] = {}

    def of(self, rows: Sequence[int] | npt.NDArray[np.integer]) -> Floats:
        """Return [len(rows), 978]. Each file is read and parsed once, whatever the order of the rows.

        What cannot be read – a file that is gone, that has no grammar, that is too long – counts as empty.
        """
        chosen = np.asarray(rows, np.int64)
        found = np.zeros((len(chosen), FEATURES), np.float32)
        for path, places in self._by_path(chosen).items():
            source = self._read(path)
            if source is not None:
                found[places] = self._texts_of(path, source, chosen[places])
        self._add_rest(found, chosen)
        return found

    def of_changed(self, row: int, source: bytes, start: int, end: int) -> Floats:
        """Return [978] of a symbol as if its file had this content, with it from byte `start` up to `end`.

        The graph, the past and the docstring are taken as they are: for a fault put into one function.
        """
        path = self._view.symbol(row).path
        is_function = np.isin(self._view.node_kinds[[row]], _FUNCTION_CODES)
        found = read_texts(path, source, np.array([start]), np.array([end]), is_function)
        self._add_rest(found, np.array([row]))
        one: Floats = found[0]
        return one

    @cached_property
    def _graph(self) -> Floats:
        return measure_graph(self._view, self._parents)

    @cached_property
    def _parents(self) -> npt.NDArray[np.int64]:
        return nesting_of(self._view)

    def _by_path(self, rows: Ints) -> dict[str, list[int]]:
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for place, number in enumerate(self._view.paths[rows].tolist()):
            groups[number].append(place)
        paths = {self._view.path_of(number): places for number, places in groups.items() if number != NONE}
        return {path: places for path, places in paths.items() if language_of(path) is not None}

    def _texts_of(self, path: str, source: bytes, rows: Ints) -> Floats:
        line, column, end_line, end_column = self._view.spans(rows).astype(np.int64)
        breaks = np.flatnonzero(np.frombuffer(source, np.uint8) == ord("\n")) + 1
        begins = np.concatenate(([0], breaks, [len(source)]))
        starts = begins[np.clip(line - 1, 0, len(begins) - 1)] + column
        ends = begins[np.clip(end_line - 1, 0, len(begins) - 1)] + end_column
        return read_texts(path, source, starts, ends, self._are_functions(rows))

    def _are_functions(self, rows: Ints) -> Mask:
        return np.isin(self._view.node_kinds[rows], _FUNCTION_CODES)

    def _add_rest(self, found: Floats, rows: Ints) -> None:
        symbols = [self._view.symbol(row) for row in rows.tolist()]
        found[:, BY_NAME["graph"].columns] = self._graph[rows]
        past = self._past.of([one.key for one in symbols], [one.path for one in symbols])
        found[:, BY_NAME["history"].columns] = past
        for place, (row, symbol) in enumerate(zip(rows.tolist(), symbols, strict=True)):
            self._add_symbol(found[place], row, symbol)

    def _add_symbol(self, found: Floats, row: int, symbol: Symbol) -> None:
        kind = BY_NAME["kind"]
        found[kind.start + NODE_CODES[symbol.kind]] = 1
        found[kind.start + len(NODE_KINDS) + VISIBILITY_CODES[symbol.visibility]] = 1
        _put(found, "own name", [bucket(part, 48) for part in split(symbol.qualified_name)])
        _put(found, "letters", letter_buckets(symbol.name, 32))
        _put(found, "docstring", text_buckets(symbol.docstring, 48))
        found[_DOCSTRING] = np.log1p(len(split_text(symbol.docstring))) / 4
        _put(found, "imports used", self._used(row))
        _put(found, "imports of the file", self._imported(row))
        if symbol.language is not None:
            found[[BY_NAME["language"].start + place for place in _LANGUAGE_PLACES[symbol.language]]] = 1

    def _used(self, row: int) -> list[int]:
        """Return the buckets of the modules of other files that a symbol refers to."""
        ends = self._view.neighbours(row, Direction.OUT, _USES)
        own = self._view.paths[row]
        names = {self._module(end) for end in ends if self._view.paths[end] != own or own == NONE}
        return all_buckets(sorted(names), BY_NAME["imports used"].size)

    def _imported(self, row: int) -> list[int]:
        path = int(self._view.paths[row])
        if path not in self._imports:
            edges = self._view.edges_at([path]) if path != NONE else np.zeros(0, np.int64)
            ends = self._view.targets(edges[np.isin(self._view.edge_kinds(edges), _IMPORT_CODES)])
            names = {self._module(end) for end in np.unique(ends).tolist()}
            self._imports[path] = all_buckets(sorted(names), BY_NAME["imports of the file"].size)
        return self._imports[path]

    def _module(self, row: int) -> str:
        """Return the module of an external symbol, the first part of its name, or the path of a symbol's file."""
        if row not in self._modules:
            path = int(self._view.paths[row])
            self._modules[row] = self._view.path_of(path) if path != NONE else _outermost(self._view.key(row))
        return self._modules[row]


def _outermost(key: str) -> str:
    """Return `os` of `::os.path.join`, and the whole path of a package that is named by one, as Go does."""
    name = key.removeprefix("::")
    return name.rpartition(".")[0] or name if "/" in name else name.partition(".")[0]


_IMPORT_CODES: Final = [place for place, kind in enumerate(EdgeKind) if kind is EdgeKind.IMPORTS]


def features_of(
    view: GraphView, read: Read, rows: Sequence[int] | npt.NDArray[np.integer], history: History | None = None
) -> Floats:
    """Return [len(rows), 978] for symbols of a view; who asks of one view more than once keeps a `SymbolFeatures`."""
    return SymbolFeatures(view, read, history).of(rows)


def _put(found: Floats, group: str, buckets: Sequence[int]) -> None:
    """Count texts into a group of few, dampened."""
    counts = np.bincount(buckets, minlength=BY_NAME[group].size) if buckets else 0
    found[BY_NAME[group].columns] = np.log1p(counts) / 2
