"""The columns a loaded graph is kept in: blocks of text and numpy arrays, one row a symbol, an edge or a reference.

It holds and hands out rows and answers nothing about the graph itself: that is the view's. A row becomes an object only
when somebody asks for it, and no object is kept: a graph of half a million edges stays a few dozen megabytes.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, Self, overload

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.graph import EdgeKind, Evidence, Language, NodeKind, Problem, Visibility

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

NONE: Final = -1
"""No row: the parent of a module, the path of an external symbol."""
NO_LANGUAGE: Final = 255
SEPARATOR: Final = "\x1f"
"""Between the texts of a list that is kept as one text: decorators, candidates."""

NODE_KINDS: Final = tuple(NodeKind)
EDGE_KINDS: Final = tuple(EdgeKind)
EVIDENCES: Final = tuple(Evidence)
VISIBILITIES: Final = tuple(Visibility)
LANGUAGES: Final = tuple(Language)

NODE_CODES: Final = {kind: code for code, kind in enumerate(NODE_KINDS)}
EDGE_CODES: Final = {kind: code for code, kind in enumerate(EDGE_KINDS)}
EVIDENCE_CODES: Final = {evidence: code for code, evidence in enumerate(EVIDENCES)}
VISIBILITY_CODES: Final = {visibility: code for code, visibility in enumerate(VISIBILITIES)}
LANGUAGE_CODES: Final = {None: NO_LANGUAGE} | {language: code for code, language in enumerate(LANGUAGES)}


def clean(text: str) -> str:
    """Return the text as UTF-8 can hold it: a lone surrogate becomes its escape, NUL and the separator a space."""
    if text.isascii() and text.isprintable():
        return text
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text.replace("\0", " ").replace(SEPARATOR, " ")


class Texts:
    """Many strings in one block of UTF-8 bytes. A string is made when it is read."""

    __slots__ = ("__dict__", "data", "starts")

    def __init__(self, data: bytes, starts: npt.NDArray[np.int64]) -> None:
        """`starts` has one element more than there are strings: where each begins, then where the last one ends."""
        self.data = data
        self.starts = starts

    def __reduce__(self) -> tuple[type[Self], tuple[bytes, npt.NDArray[np.int64]]]:
        """Go to another process without what is made anew there."""
        return type(self), (self.data, self.starts)

    @classmethod
    def of(cls, strings: Iterable[str]) -> Self:
        """Copy strings; they must be clean."""
        encoded = [string.encode() for string in strings]
        starts = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=starts[1:])
        return cls(b"".join(encoded), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: Ints) -> list[str]: ...
    def __getitem__(self, row: int | Ints) -> str | list[str]:
        if isinstance(row, np.ndarray):
            return [self[one] for one in row.tolist()]
        places = self._places
        return self.data[places[row] : places[row + 1]].decode()

    def __iter__(self) -> Iterator[str]:
        for start, end in pairwise(self.starts.tolist()):
            yield self.data[start:end].decode()

    def take(self, rows: npt.NDArray[Any]) -> "Texts":
        """Return the strings of these rows, in this order."""
        data, spans = self.data, zip(self.starts[rows].tolist(), self.starts[rows + 1].tolist(), strict=True)
        pieces = [data[start:end] for start, end in spans]
        ends = np.zeros(len(pieces) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces)), out=ends[1:])
        return Texts(b"".join(pieces), ends)

    def joined(self, other: "Texts") -> "Texts":
        """Return these strings with those of another block behind them."""
        return Texts(self.data + other.data, np.concatenate((self.starts, other.starts[1:] + len(self.data))))

    def rows_of(self, text: str) -> list[int]:
        """Return every row that holds exactly this text, in order. The first call makes an index of 12 bytes a row."""
        hashes, order = self._index
        wanted = hash(text.encode())
        low = bisect_left(hashes, wanted)
        high = bisect_right(hashes, wanted, low)
        return sorted(row for row in order[low:high].tolist() if self[row] == text)

    @cached_property
    def _places(self) -> memoryview:
        """Where each string begins, read one by one: several times faster than out of the array."""
        return self.starts.data

    @cached_property
    def _index(self) -> tuple["array[int]", Ints]:
        data = self.data
        hashed = (hash(data[start:end]) for start, end in pairwise(self.starts.tolist()))
        hashes = np.fromiter(hashed, np.int64, len(self))
        order = np.argsort(hashes, kind="stable").astype(np.int32)
        return array("q", hashes[order].tobytes()), order

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return len(self.data) + self.starts.nbytes


@dataclass(frozen=True, slots=True)
class SymbolTable:
    """Symbols sorted by key, so that those of one file are neighbours."""

    key: Texts
    name: Texts
    qualified_name: Texts
    signature: Texts
    docstring: Texts
    content_hash: Texts
    decorators: Texts
    """Joined by SEPARATOR."""
    kind: Bytes
    """Row of NODE_KINDS."""
    language: Bytes
    """Row of LANGUAGES, or NO_LANGUAGE."""
    visibility: Bytes
    path: Ints
    """Row of the graph's paths, or NONE."""
    parent: Ints
    """Row of this table, or NONE."""
    line: Ints
    column: Ints
    end_line: Ints
    end_column: Ints

    def __len__(self) -> int:
        return len(self.key)


@dataclass(frozen=True, slots=True)
class EdgeTable:
    """Edges. In a whole graph they are sorted by source, kind, target and place."""

    source: Ints
    target: Ints
    kind: Bytes
    evidence: Bytes
    confidence: Floats
    path: Ints
    line: Ints
    column: Ints

    def __len__(self) -> int:
        return len(self.source)

    @classmethod
    def empty(cls) -> Self:
        """Return a table without rows."""
        ints, small = np.zeros(0, np.int32), np.zeros(0, np.uint8)
        return cls(ints, ints, small, small, np.zeros(0, np.float32), ints, ints, ints)

    def take(self, rows: npt.NDArray[Any]) -> "EdgeTable":
        """Return the rows (indices or a mask) in this order."""
        return EdgeTable(*(getattr(self, column.name)[rows] for column in fields(self)))

    def joined(self, other: "EdgeTable") -> "EdgeTable":
        """Return this table with the rows of another one behind its own."""
        return EdgeTable(*(np.concatenate((getattr(self, one.name), getattr(other, one.name))) for one in fields(self)))


@dataclass(frozen=True, slots=True)
class UnresolvedTable:
    """References without a target."""

    source: Ints
    name: Texts
    kind: Bytes
    path: Ints
    line: Ints
    column: Ints
    candidates: Texts
    """Keys, joined by SEPARATOR."""

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True)
class CompactGraph:
    """A whole graph in columns. Symbols and edges are sorted, so that two equal graphs are equal row by row."""

    symbols: SymbolTable
    edges: EdgeTable
    unresolved: UnresolvedTable
    paths: Texts
    """Every path that a row names, sorted."""
    problems: tuple[Problem, ...]
    files: dict[str, str]

    @cached_property
    def out_starts(self) -> Ints:
        """Where the edges out of each symbol begin in the edge table; one element more than there are symbols."""
        return starts_of(self.edges.source, len(self.symbols))

    @cached_property
    def by_path(self) -> tuple[Ints, Ints]:
        """Rows of the edge table, sorted by path, and their paths."""
        order = np.argsort(self.edges.path, kind="stable").astype(np.int32)
        return order, self.edges.path[order]

    @cached_property
    def in_order(self) -> Ints:
        """Rows of the edge table, sorted by target."""
        return np.argsort(self.edges.target, kind="stable").astype(np.int32)

    @cached_property
    def in_starts(self) -> Ints:
        """Where the edges into each symbol begin in `in_order`."""
        return starts_of(self.edges.target, len(self.symbols))


def starts_of(rows: Ints, count: int) -> Ints:
    """Return where each of `count` groups begins in an array of group numbers, once that is sorted."""
    starts = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=count), out=starts[1:])
    return starts
