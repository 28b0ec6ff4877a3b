"""A syntax tree as arrays, one walk of it, and what each node type of a grammar is. It judges nothing."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import inf
from pathlib import PurePosixPath
from typing import Final

import numpy as np
import numpy.typing as npt
from tree_sitter import Language as Grammar
from tree_sitter import Parser, Tree

from yantra_bot.graphdb.complexity import BRANCHES, FUNCTIONS, SHORT_CIRCUITS
from yantra_bot.graphdb.languages import frontend_of
from yantra_bot.graphdb.syntax import MAX_BYTES
from yantra_bot.scoring.vocabulary import CATEGORIES, CATEGORY_OF, OPERATOR_OF, OTHER

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

MAX_NODES: Final = 400_000
"""A longer file is generated: what is behind them is not counted."""
_AROUND: Final = 8
"""Nodes that may begin where a piece of a file does and end behind it."""
Part = tuple[float, float]
"""The bytes where a part of a file begins and ends."""
EVERYTHING: Final[Sequence[Part]] = ((0, inf),)
_NOTHING: Final[Part] = (inf, inf)
NO_OPERATOR: Final = -1
_ERROR: Final = 65_535
_PLACES: Final = {name: place for place, name in enumerate(CATEGORIES)}


@dataclass(frozen=True, slots=True)
class Kinds:
    """What each node type of a grammar is; the last row stands for a node that does not parse."""

    category: Ints
    operator: Ints
    hashed: Ints
    is_named: Mask
    is_function: Mask
    is_branch: Mask
    is_short_circuit: Mask
    fields: tuple[str, ...]
    """The name of each field by its number; 0 is none."""

    def field_in(self, fields: Ints, *names: str) -> Mask:
        """Return which of some field numbers have one of these names."""
        chosen = np.array([name in names for name in self.fields])
        return chosen[fields]


@lru_cache(maxsize=16)
def kinds_of(grammar: Grammar) -> Kinds:
    """Return the table of a grammar."""
    count = grammar.node_kind_count
    names = [*(grammar.node_kind_for_id(kind) or "" for kind in range(count)), "ERROR"]
    named = np.array([*(grammar.node_kind_is_named(kind) for kind in range(count)), True])
    category = [CATEGORY_OF.get(name, _PLACES[OTHER]) for name in names]
    fields = ["", *(grammar.field_name_for_id(one) or "" for one in range(1, grammar.field_count + 1))]
    return Kinds(
        category=np.array(category),
        operator=np.where(named, NO_OPERATOR, [OPERATOR_OF.get(name, NO_OPERATOR) for name in names]),
        hashed=np.array([zlib.crc32(name.encode()) for name in names]),
        is_named=named,
        is_function=named & np.array([name in FUNCTIONS for name in names]),
        is_branch=named & np.array([name in BRANCHES for name in names]),
        is_short_circuit=~named & np.array([name in SHORT_CIRCUITS for name in names]),
        fields=tuple(fields),
    )


class FlatTree:
    """The nodes of a file in the order of their beginnings, a parent before its children."""

    def __init__(
        self, source: bytes, grammar: Grammar, parsed: Tree | None = None, parts: Sequence[Part] = EVERYTHING
    ) -> None:
        """`parsed`: the tree of this source by this grammar, where there is one already.

        `parts`: rising and apart from each other; what lies outside of them is walked no further than it has to be, so
        that it has no meaning.
        """
        self.source = source
        self.kinds = kinds_of(grammar)
        kinds, starts, ends, parents, fields = _walk(parsed or Parser(grammar).parse(source), parts)
        self.kind: Ints = np.minimum(np.array(kinds), len(self.kinds.category) - 1)
        self.start: Ints = np.array(starts)
        self.end: Ints = np.array(ends)
        self.parent: Ints = np.array(parents)
        """Place of each node's parent; -1 for the root."""
        self.field: Ints = np.array(fields)

    @classmethod
    def of(cls, path: str, source: bytes, parsed: Tree | None = None, parts: Sequence[Part] = EVERYTHING) -> "FlatTree":
        """Parse a file that has a language, where that is not done. What is too long is read as empty."""
        grammar = frontend_of(path).grammar(PurePosixPath(path).suffix)
        return cls(source, grammar, parsed, parts) if len(source) <= MAX_BYTES else cls(b"", grammar)

    def __len__(self) -> int:
        return len(self.kind)

    def ranges(self, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
        """Return the first node and the one behind the last of some pieces of the file, given in bytes.

        What is around a piece and begins where it does – a block, at its first statement – is not in it.
        """
        first, last = np.searchsorted(self.start, starts), np.searchsorted(self.start, ends)
        reach, is_block = np.append(self.end, -1), np.append(self.is_in("block"), False)
        for _ in range(_AROUND):
            first = first + ((first < last) & ((reach[first] > ends) | is_block[first]))
        return first, last

    def is_in(self, *categories: str) -> Mask:
        """Return which nodes are named and of one of these categories."""
        return _wanted(categories)[self._named_category]

    def has_field(self, *names: str) -> Mask:
        """Return which nodes are their parent's child by one of these names."""
        return self.kinds.field_in(self.field, *names)

    def inside(self, chosen: Mask) -> Ints:
        """Return, for each node, how many of the chosen nodes are around it, itself left out."""
        steps = np.zeros(len(self) + 2, np.int64)
        places = np.flatnonzero(chosen)
        steps[places + 1] += 1
        steps -= np.bincount(np.maximum(self.behind[places], places + 1), minlength=len(steps))
        return np.cumsum(steps)[: len(self)]

    @cached_property
    def behind(self) -> Ints:
        """The place behind each node's last descendant."""
        return np.searchsorted(self.start, self.end)

    @cached_property
    def depth(self) -> Ints:
        """How many nodes are around each one."""
        return self.inside(np.ones(len(self), np.bool_))

    @cached_property
    def category(self) -> Ints:
        """Row of CATEGORIES."""
        return self.kinds.category[self.kind]

    @cached_property
    def _named_category(self) -> Ints:
        """Row of CATEGORIES, or one behind them for a sign or a keyword."""
        return np.where(self.is_named, self.category, len(CATEGORIES))

    @cached_property
    def is_named(self) -> Mask:
        """Whether each node is more than a sign or a keyword."""
        return self.kinds.is_named[self.kind]

    @cached_property
    def is_function(self) -> Mask:
        """Whether each node is a function of any form."""
        return self.kinds.is_function[self.kind]


@lru_cache(maxsize=256)
def _wanted(categories: tuple[str, ...]) -> Mask:
    wanted = np.zeros(len(CATEGORIES) + 1, np.bool_)
    wanted[[_PLACES[name] for name in categories]] = True
    return wanted


def _walk(tree: Tree, parts: Sequence[Part]) -> tuple[list[int], list[int], list[int], list[int], list[int]]:
    cursor = tree.walk()
    waiting = iter(parts if tree.root_node.descendant_count <= MAX_NODES else EVERYTHING)
    begin, stop = next(waiting, _NOTHING)
    kinds: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    parents: list[int] = []
    fields: list[int] = []
    # Bound once: this loop is half of what the features of a file take.
    add_kind, add_start, add_end, add_parent = kinds.append, starts.append, ends.append, parents.append
    add_field, down, along, up = fields.append, cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
    around, parent, place = [], -1, 0
    while place < MAX_NODES:
        node = cursor.node
        start, end = node.start_byte, node.end_byte  # type: ignore[union-attr]  # a cursor always stands on a node
        add_kind(node.kind_id)  # type: ignore[union-attr]  # as above
        add_start(start)
        add_end(end)
        add_parent(parent)
        add_field(cursor.field_id or 0)
        while start >= stop:
            begin, stop = next(waiting, _NOTHING)
        if begin < start and end > stop:
            stop = end  # a part that ends within a node: what belongs to the node is counted for it
        if end >= begin and down():  # at the end of a node outside may stand an empty one that is inside
            around.append(parent)
            parent = place
        else:
            while not along():
                if not up():
                    return kinds, starts, ends, parents, fields
                parent = around.pop()
        place += 1
    return kinds, starts, ends, parents, fields
