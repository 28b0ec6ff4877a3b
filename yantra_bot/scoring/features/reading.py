"""The 978 features of symbols, put together: from the source of their files, from the graph, from the past."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, combinations
from typing import Final

import numpy as np
import numpy.typing as npt
from tree_sitter import Tree

from yantra_bot.domain.graph import Language, Symbol
from yantra_bot.domain.history import History
from yantra_bot.graphdb.arrays import NODE_CODES, NODE_KINDS, NONE, VISIBILITY_CODES
from yantra_bot.graphdb.languages import language_of
from yantra_bot.graphdb.view import GraphView
from yantra_bot.scoring.batch import FEATURES, Floats
from yantra_bot.scoring.features.flat import Ints
from yantra_bot.scoring.features.kept import TEXTS, KeptTexts
from yantra_bot.scoring.features.past import Past
from yantra_bot.scoring.features.pieces import Pieces
from yantra_bot.scoring.features.view_wide import GraphFeatures
from yantra_bot.scoring.features.words import letter_buckets, own_buckets, text_buckets
from yantra_bot.scoring.layout import BY_NAME, STRUCTURE

_TEXTS: Final[Mapping[str, Callable[[str, int], Sequence[int]]]] = {
    "own name": own_buckets,
    "letters": letter_buckets,
    "docstring": text_buckets,
}

Read = Callable[[str], bytes | None]
"""Gives the bytes of a file of the repository by path; None where there is none."""

MOST_KEPT: Final = 4_096
"""Rows of one view that are kept: 16 MB."""
_KIND: Final = BY_NAME["kind"].start
_LANGUAGE_COLUMNS: Final[Mapping[Language | None, Sequence[int]]] = {
    None: (),
    **dict(zip(Language, combinations(range(BY_NAME["language"].start, FEATURES), 2), strict=True)),
}
"""Which two of four features each of the six languages has: no two languages have the same."""
_DOCSTRING: Final = BY_NAME["structure"].start + STRUCTURE.index("docstring, words")


def _not_parsed(_: str) -> Tree | None:
    return None


class SymbolFeatures:
    """Gives the features of symbols of one view."""

    def __init__(
        self,
        view: GraphView,
        read: Read,
        history: History | None = None,
        *,
        texts: KeptTexts = TEXTS,
        graph: GraphFeatures | None = None,
        parsed: Callable[[str], Tree | None] = _not_parsed,
    ) -> None:
        """`history`: None where there is none, or where it may not be looked at; its features say then: unknown.

        `texts` keeps what was read off sources from one view to the next, so that only changed files are parsed.
        `graph`: of the same view, where there is one already. `parsed`: gives the tree of a file, where there is one.
        """
        self.graph = GraphFeatures(view) if graph is None else graph
        self._view = view
        self._read = read
        self._texts, self._parsed = texts, parsed
        self._places: dict[int, int] = {}
        self._kept: Floats = np.empty((MOST_KEPT, FEATURES), np.float32)
        self._past = Past(history)

    def of(self, rows: Sequence[int] | npt.NDArray[np.integer]) -> Floats:
        """Return [len(rows), 978]. Each file is read and parsed once, whatever the order of the rows.

        What cannot be read – a file that is gone, that has no grammar, that is too long – counts as empty. The rows
        that were computed last are kept: the neighbours of one symbol are often those of the next.
        """
        chosen = np.asarray(rows, np.int64)
        wanted = np.unique(chosen)
        if len(wanted) > MOST_KEPT:
            return self._compute(chosen)
        fresh = [row for row in wanted.tolist() if row not in self._places]
        if len(self._places) + len(fresh) > MOST_KEPT:
            self._places.clear()
            fresh = wanted.tolist()
        first = len(self._places)
        self._kept[first : first + len(fresh)] = self._compute(np.array(fresh, np.int64))
        self._places |= {row: first + place for place, row in enumerate(fresh)}
        found: Floats = self._kept[[self._places[row] for row in chosen.tolist()]]
        return found

    def _compute(self, rows: Ints) -> Floats:
        found = np.zeros((len(rows), FEATURES), np.float32)
        for number, places in self._by_path(rows).items():
            path = self._view.path_of(number)
            source = self._read(path) if language_of(path) is not None else None
            if source is not None:
                found[places] = self._texts_of(path, source, self.graph.in_file(number), rows[places])
        self._add_rest(found, rows)
        return found

    def _by_path(self, rows: Ints) -> dict[int, list[int]]:
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for place, number in enumerate(self._view.paths[rows].tolist()):
            groups[number].append(place)
        return {number: places for number, places in groups.items() if number != NONE}

    def _texts_of(self, path: str, source: bytes, pieces: Pieces, rows: Ints) -> Floats:
        """Return the rows of some symbols of a file."""
        return self._texts.read(path, source, pieces, np.searchsorted(pieces.rows, rows), self._parsed(path))

    def _add_rest(self, found: Floats, rows: Ints) -> None:
        symbols = [self._view.symbol(row) for row in rows.tolist()]
        found[:, BY_NAME["graph"].columns] = self.graph.table[rows]
        past = self._past.of([one.key for one in symbols], [one.path for one in symbols])
        found[:, BY_NAME["history"].columns] = past
        told = [self._columns(row, symbol) for row, symbol in zip(rows.tolist(), symbols, strict=True)]
        lengths = [len(one) for one in told]
        counted = np.fromiter(chain.from_iterable(told), np.int64, sum(lengths))
        cells = np.repeat(np.arange(len(rows)) * FEATURES, lengths) + counted
        counts = np.bincount(cells, minlength=found.size).reshape(found.shape)
        for group in (*_TEXTS, "imports used", "imports of the file"):
            columns = BY_NAME[group].columns
            found[:, columns] = np.log1p(counts[:, columns]) / 2
        for group in ("kind", "language"):
            found[:, BY_NAME[group].columns] = counts[:, BY_NAME[group].columns]
        found[:, _DOCSTRING] = np.log1p(counts[:, BY_NAME["docstring"].columns].sum(axis=1)) / 4

    def _columns(self, row: int, symbol: Symbol) -> list[int]:
        """Return each feature that counts one more for what a symbol is, is called, and refers to."""
        return [
            _KIND + NODE_CODES[symbol.kind],
            _KIND + len(NODE_KINDS) + VISIBILITY_CODES[symbol.visibility],
            *_text_columns("own name", symbol.qualified_name),
            *_text_columns("letters", symbol.name),
            *_text_columns("docstring", symbol.docstring),
            *self.graph.used(row),
            *self.graph.imported(row),
            *_LANGUAGE_COLUMNS[symbol.language],
        ]


def features_of(
    view: GraphView, read: Read, rows: Sequence[int] | npt.NDArray[np.integer], history: History | None = None
) -> Floats:
    """Return [len(rows), 978] for symbols of a view; who asks of one view more than once keeps a `SymbolFeatures`."""
    return SymbolFeatures(view, read, history).of(rows)


@lru_cache(maxsize=16_384)
def _text_columns(group: str, text: str) -> tuple[int, ...]:
    """Return the features that a text counts for in a group."""
    start, size = BY_NAME[group].start, BY_NAME[group].size
    return tuple(start + place for place in _TEXTS[group](text, size))
