"""The features that are read off a file's source alone: its parts counted for each piece, one walk for all. Pure."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Final

import numpy as np
from tree_sitter import Tree

from yantra_bot.scoring.batch import FEATURES, Floats
from yantra_bot.scoring.features.flat import FlatTree, Ints, Mask, Part
from yantra_bot.scoring.features.structure import Ranges, measure
from yantra_bot.scoring.features.words import bucket, name_buckets, text_buckets
from yantra_bot.scoring.layout import BY_NAME, STRUCTURE

_NAMES: Final = ("name", "member name", "type name")
_COUNTED: Final = ("categories", "operators", "types of nodes", "pairs of nodes", "names")
_FEW: Final = ("types", "comments")
_SPREAD: Final = 0x9E3779B1
"""Knuth's multiplier: a node beside its parent is another pair than the parent beside the node."""


def read_texts(
    path: str, source: bytes, starts: Ints, ends: Ints, is_function: Mask, parsed: Tree | None = None
) -> Floats:
    """Return [s, 978] for pieces of a file, given in bytes; features that are not in the source are 0.

    `parsed`: the tree of this source, where there is one already. No more of it is walked than the pieces need.
    """
    tree = FlatTree.of(path, source, parsed, _parts(starts, ends))
    limit = len(tree.source)
    starts, ends = np.clip(starts, 0, limit), np.clip(ends, 0, limit)
    ranges = Ranges(tree, *tree.ranges(starts, ends))
    counts = _count(tree, ranges.first, ranges.last)
    found = np.zeros((len(starts), FEATURES), np.float32)
    for name in _COUNTED:
        columns = BY_NAME[name].columns
        found[:, columns] = np.log1p(counts[:, columns]) / 4
    for name in _FEW:
        columns = BY_NAME[name].columns
        found[:, columns] = np.log1p(counts[:, columns]) / 2
    categories = counts[:, BY_NAME["categories"].columns]
    found[:, BY_NAME["shares"].columns] = categories / np.maximum(categories.sum(axis=1, keepdims=True), 1)
    found[:, BY_NAME["structure"].columns] = measure(ranges, starts, ends, is_function, categories)
    for name, group in (("different names (buckets in use)", "names"), ("different operators", "operators")):
        different = np.count_nonzero(counts[:, BY_NAME[group].columns], axis=1)
        found[:, BY_NAME["structure"].start + STRUCTURE.index(name)] = np.log1p(different) / 4
    return found


def _parts(starts: Ints, ends: Ints) -> list[Part]:
    """Return the parts of the file that the pieces cover: rising, those that touch as one."""
    parts: list[Part] = []
    for start, end in sorted(zip(starts.tolist(), ends.tolist(), strict=True)):
        if parts and start <= parts[-1][1]:
            parts[-1] = (parts[-1][0], max(end, parts[-1][1]))
        else:
            parts.append((start, end))
    return parts


def _count(tree: FlatTree, first: Ints, last: Ints) -> Ints:
    """Return [s, 978], how often each feature that is counted occurs in each range of nodes."""
    nodes, features = _events(tree)
    low, high = np.searchsorted(nodes, first), np.searchsorted(nodes, last)
    lengths = high - low
    ends = np.cumsum(lengths)
    places = np.repeat(low - ends + lengths, lengths) + np.arange(ends[-1] if len(ends) else 0)
    cells = np.repeat(np.arange(len(first)) * FEATURES, lengths) + features[places]
    return np.bincount(cells, minlength=len(first) * FEATURES).reshape(len(first), FEATURES)


def _events(tree: FlatTree) -> tuple[Ints, Ints]:
    """Return every occurrence: its node, rising, and the feature that it counts for."""
    named = np.flatnonzero(tree.is_named)
    signs = np.flatnonzero(tree.kinds.operator[tree.kind] >= 0)
    hashed = tree.kinds.hashed[tree.kind]
    inner = named[tree.parent[named] >= 0]
    pairs = (hashed[tree.parent[inner]] * _SPREAD + hashed[inner]) >> 7
    words = _words(tree)
    nodes = [named, signs, named, inner, *(node for node, _ in words)]
    features = [
        tree.category[named] + BY_NAME["categories"].start,
        tree.kinds.operator[tree.kind[signs]] + BY_NAME["operators"].start,
        hashed[named] % BY_NAME["types of nodes"].size + BY_NAME["types of nodes"].start,
        pairs % BY_NAME["pairs of nodes"].size + BY_NAME["pairs of nodes"].start,
        *(feature for _, feature in words),
    ]
    at, what = np.concatenate(nodes), np.concatenate(features)
    order = np.argsort(at, kind="stable")
    return at[order], what[order]


def _words(tree: FlatTree) -> list[tuple[Ints, Ints]]:
    names = tree.is_in(*_NAMES)
    in_types = tree.inside(tree.has_field("type", "return_type", "result") | tree.is_in("type annotation")) > 0
    types = tree.is_in("type name") | (names & in_types) | (names & tree.has_field("type", "return_type", "result"))
    size = BY_NAME["types"].size
    return [
        _spread(tree, names, "names", lambda text: name_buckets(text, BY_NAME["names"].size)),
        _spread(tree, types, "types", lambda text: (bucket(text.decode("utf-8", "replace"), size),)),
        _spread(tree, tree.is_in("comment"), "comments", _comment_buckets),
    ]


def _comment_buckets(text: bytes) -> list[int]:
    return text_buckets(text[:20_000].decode("utf-8", "replace"), BY_NAME["comments"].size)


def _spread(tree: FlatTree, chosen: Mask, group: str, read: Callable[[bytes], Sequence[int]]) -> tuple[Ints, Ints]:
    """Return the buckets of the texts of some nodes, each with its node."""
    places = np.flatnonzero(chosen)
    source = tree.source
    bounds = zip(tree.start[places].tolist(), tree.end[places].tolist(), strict=True)
    found = [read(source[start:end]) for start, end in bounds]
    lengths = [len(one) for one in found]
    buckets = np.fromiter(chain.from_iterable(found), np.int64, sum(lengths))
    return np.repeat(places, lengths), buckets + BY_NAME[group].start
