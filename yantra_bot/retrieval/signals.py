"""What speaks for each row of code: one column a signal, by name. Values are comparable within one search.

Columns whose scale has no meaning of its own are divided by their greatest value.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from yantra_bot.retrieval.corpus import Group, Groups, is_aside
from yantra_bot.retrieval.lexical import Lexical, Scores
from yantra_bot.retrieval.links import Links, link_by_names
from yantra_bot.retrieval.past import Past, Told, rows_to_keys, short
from yantra_bot.retrieval.query import Query
from yantra_bot.retrieval.terms import Counting, Field, Ints, Postings

Columns = dict[str, Scores]
MILD: Final = 0.4
"""How much long rows are held back: large functions are changed more often than their length in words suggests."""
SHORT_FIELD: Final = 0.3
RANK_BASE: Final = 60
"""The k of reciprocal rank fusion (SPEC 2)."""
SEEDS: Final = 8
RANKED: Final = ("words", "words_weighed", "name", "file", "class", "past")


class Shelf:
    """The rows of one tree with every index that a search needs, made once for all searches of that tree."""

    def __init__(self, groups: Groups, past: Past | None, counting: Counting, links: Links | None = None) -> None:
        """`links` are those of the code graph; without them equal names link."""
        self.groups, self.past, self.counting = groups, past, counting
        code = groups.code
        self.words = code.index(b=0.75)
        self.mild = code.index(b=MILD)
        self.fields = {
            Field.NAME: code.field(Field.NAME, b=SHORT_FIELD),
            Field.PATH: code.field(Field.PATH, b=SHORT_FIELD),
            Field.DOC: code.field(Field.DOC, b=0.5),
            Field.BODY: code.field(Field.BODY, b=MILD),
            Field.AROUND: code.field(Field.AROUND, b=SHORT_FIELD),
        }
        self.files = code.index_of(code.file_rows, (Field.BODY, Field.PATH), b=MILD)
        self.classes = code.index_of(code.class_rows, (Field.BODY, Field.NAME), b=MILD)
        self.tests = groups.tests.index(b=MILD)
        self.others = groups.others.index(b=0.75)
        self.links = link_by_names(code, code) if links is None else links
        self.test_links = link_by_names(groups.tests, code)
        self.keys = _Keys.of(code, past)

    @cached_property
    def shape(self) -> Columns:
        """What a row is like, whatever is looked for."""
        code = self.groups.code
        own = [chunk.own_name for chunk in code.chunks]
        count = len(code)
        return {
            "length": np.minimum(np.log([max(1, chunk.last - chunk.first + 1) for chunk in code.chunks]), 5.0),
            "private": np.array([float(name.startswith("_") and not name.startswith("__")) for name in own]),
            "special": np.array([float(name.startswith("__") and name != "__init__") for name in own]),
            "constructor": np.array([float(name in {"__init__", "constructor", "<init>", "new"}) for name in own]),
            "depth": np.array([min(8.0, chunk.path.count("/")) for chunk in code.chunks]),
            "aside": np.array([float(self.is_aside[row]) for row in code.file_rows]),
            "users": np.log1p(self.links.count_users(count)),
            "needs": np.log1p(self.links.count_needs(count)),
        }

    def own_name_cover(self, query: Mapping[int, float]) -> Scores:
        """Return which share of the words of its own name, by rarity, a query has."""
        names = self.own_name_words
        rarity = self.fields[Field.NAME].rarity[np.minimum(names.terms, len(self.fields[Field.NAME].rarity) - 1)]
        asked = np.zeros(int(names.terms.max(initial=0)) + 1)
        for word, weight in query.items():
            if word < len(asked):
                asked[word] = weight
        count = len(self.groups.code)
        total = np.bincount(names.rows, weights=rarity, minlength=count)
        found = np.bincount(names.rows, weights=rarity * asked[names.terms], minlength=count)
        return found / np.maximum(total, 1e-9)

    @cached_property
    def own_name_words(self) -> Postings:
        """The words of each row's own last name."""
        count = self.counting.count
        return Postings.of([count(chunk.own_name) for chunk in self.groups.code.chunks])

    @cached_property
    def is_aside(self) -> list[bool]:
        return [is_aside(path) for path in self.groups.code.paths]

    @cached_property
    def name_counts(self) -> Counter[int]:
        """How many rows have each name as their own."""
        return Counter(self.groups.code.own_names.tolist())

    def numbers(self, names: Iterable[str]) -> dict[int, str]:
        """Return the numbers of names that are written anywhere in the tree."""
        return {number: name for name in names if (number := self.counting.names.find(name)) >= 0}


@dataclass(frozen=True)
class _Keys:
    """What the past calls each row: its function, its class, its file; -1 where it knows none."""

    function: Ints
    owner: Ints
    file: Ints
    history: Lexical | None
    """The words of all messages of commits that touched a key."""

    @classmethod
    def of(cls, code: Group, past: Past | None) -> "_Keys":
        if past is None:
            none = np.full(len(code), -1, np.int64)
            return cls(none, none, none, None)
        ends = [short(chunk.path) for chunk in code.chunks]
        own = [chunk.own_name for chunk in code.chunks]
        owners = [chunk.owner for chunk in code.chunks]
        return cls(
            rows_to_keys(past.keys, [(end, name) if name else None for end, name in zip(ends, own, strict=True)]),
            rows_to_keys(past.keys, [(end, name) if name else None for end, name in zip(ends, owners, strict=True)]),
            rows_to_keys(past.keys, [(end, "") for end in ends]),
            past.words_of_keys(),
        )


def measure(shelf: Shelf, query: Query) -> Columns:
    """Return every column for every row of code."""
    columns = _measure_words(shelf, query)
    columns |= _measure_names(shelf, query)
    columns |= _measure_past(shelf, query, columns["words_weighed"])
    columns |= _measure_links(shelf, query, columns["words_weighed"])
    columns |= shelf.shape
    for name in RANKED:
        columns[f"rank_{name}"] = rank(columns[name])
    columns["name_and_words"] = columns["name"] * columns["words_weighed"]
    return columns


def rank(values: Scores) -> Scores:
    """Return the reciprocal rank of each value, 1 for the greatest: (k + 1) / (k + 1 + how many stand before)."""
    order = np.argsort(-values, kind="stable")
    places = np.empty(len(values), np.int64)
    places[order] = np.arange(len(values))
    return (RANK_BASE + 1) / (RANK_BASE + 1 + places)


def relative(values: Scores) -> Scores:
    """Return values as parts of the greatest one."""
    return values / max(float(values.max(initial=0.0)), 1e-9)


def _measure_words(shelf: Shelf, query: Query) -> Columns:
    code = shelf.groups.code
    mild = relative(shelf.mild.score(query.weighed))
    classes = relative(shelf.classes.score(query.weighed))[code.class_rows]
    return {
        "words": relative(shelf.words.score(query.plain)),
        "words_mild": relative(shelf.mild.score(query.plain)),
        "words_weighed": mild,
        "name": relative(shelf.fields[Field.NAME].score(query.weighed)),
        "name_plain": relative(shelf.fields[Field.NAME].score(query.plain)),
        "path": relative(shelf.fields[Field.PATH].score(query.weighed)),
        "doc": relative(shelf.fields[Field.DOC].score(query.weighed)),
        "body": relative(shelf.fields[Field.BODY].score(query.weighed)),
        "around": relative(shelf.fields[Field.AROUND].score(query.weighed)),
        "cover": shelf.mild.cover(query.weighed),
        "name_cover": shelf.own_name_cover(query.weighed),
        "title": relative(shelf.mild.score(query.title)),
        "title_name": relative(shelf.fields[Field.NAME].score(query.title)),
        "meant": relative(shelf.mild.score(query.meant)),
        "meant_name": relative(shelf.fields[Field.NAME].score(query.meant)),
        "file": relative(shelf.files.score(query.weighed))[code.file_rows],
        "class": classes,
        "siblings": _siblings(mild, code.class_rows),
    }


def _siblings(values: Scores, classes: Ints) -> Scores:
    """Return the mean of the three best rows of each row's class."""
    order = np.lexsort((-values, classes))
    sorted_classes = classes[order]
    starts = np.searchsorted(sorted_classes, np.arange(int(classes.max(initial=-1)) + 1))
    place = np.arange(len(order)) - starts[sorted_classes]
    best = place < 3
    sums = np.bincount(sorted_classes[best], weights=values[order][best], minlength=len(starts))
    counts = np.bincount(sorted_classes[best], minlength=len(starts))
    return (sums / np.maximum(counts, 1))[classes]


def _measure_names(shelf: Shelf, query: Query) -> Columns:
    code, cues = shelf.groups.code, query.cues
    written, spoken = shelf.numbers(cues.identifiers), shelf.numbers(cues.words - cues.identifiers)
    classes = {*written, *(number for number, name in spoken.items() if name[:1].isupper())}
    pairs = [(shelf.numbers([one]), shelf.numbers([two])) for one, two in cues.pairs]
    known = {(next(iter(one)), next(iter(two))) for one, two in pairs if one and two}
    counts = shelf.name_counts
    own, owners = code.own_names.tolist(), code.owners.tolist()
    return {
        "written": np.array([1.0 / counts[name] ** 0.5 if name in written else 0.0 for name in own]),
        "spoken": np.array([1.0 / counts[name] ** 0.5 if name in spoken else 0.0 for name in own]),
        "class_named": np.array([float(name in classes) for name in owners]),
        "pair_named": np.array([float(pair in known) for pair in zip(owners, own, strict=True)]),
    }


def _measure_past(shelf: Shelf, query: Query, words: Scores) -> Columns:
    keys, past = shelf.keys, shelf.past
    if past is None or not len(past):
        zero = np.zeros(len(words))
        names = ("past", "past_best", "past_class", "past_file", "past_words", "past_file_words", "changed_with")
        return dict.fromkeys((*names, "activity", "file_activity"), zero)
    told: Told = past.tell(query.weighed)
    said = np.zeros(0) if keys.history is None else keys.history.score(query.weighed)
    best = np.argsort(-words, kind="stable")[:SEEDS]
    seeds = {int(key): float(words[row]) for row in best if (key := keys.function[row]) >= 0}
    return {
        "past": relative(_pick(told.likeness, keys.function)),
        "past_best": relative(_pick(told.most_like, keys.function)),
        "past_class": relative(_pick(told.likeness, keys.owner)),
        "past_file": relative(_pick(told.likeness, keys.file)),
        "past_words": relative(_pick(said, keys.function)),
        "past_file_words": relative(_pick(said, keys.file)),
        "changed_with": relative(_pick(past.changed_with(seeds), keys.function)),
        "activity": relative(np.log1p(_pick(told.activity, keys.function))),
        "file_activity": relative(np.log1p(_pick(told.activity, keys.file))),
    }


def _pick(values: Scores, keys: Ints) -> Scores:
    return np.append(values, 0.0)[keys]


def _measure_links(shelf: Shelf, query: Query, words: Scores) -> Columns:
    count = len(words)
    tests = relative(shelf.tests.score(query.weighed))
    return {
        "callers": shelf.links.pull(words, count),
        "callees": shelf.links.push(words, count),
        "tested": shelf.test_links.pull(tests, count),
    }
