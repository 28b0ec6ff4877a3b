"""What was changed before, and with which words: commits as documents that point at functions and files.

Only what led to a commit is ever looked at. Functions are known by the last two parts of their file's path and their
name, so that a folder that was renamed keeps its past.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from yantra_bot.graphdb.history.gitlog import RawCommit
from yantra_bot.retrieval.lexical import Lexical, Scores
from yantra_bot.retrieval.terms import Counting, Ints, Postings

MAX_TOUCHED: Final = 60
"""A commit of more functions and files than this says little about any of them."""
YEAR: Final = 365 * 86_400.0
_DEFINED: Final = re.compile(
    r"(?:^|\s)(?:def|class|fn|func(?:\s*\([^)]*\))?|function\*?|interface|trait|struct|enum|impl)\s+([A-Za-z_$][\w$]*)"
    r"|^\s*(?:[\w<>\[\], ]+\s)?([A-Za-z_$][\w$]*)\s*\("
)

Key = tuple[str, str]
"""(end of a path, name of a function or class; empty for the file)."""


def short(path: str) -> str:
    """Return the last two parts of a path."""
    return "/".join(path.split("/")[-2:])


@dataclass(frozen=True, slots=True)
class PastCommit:
    """A commit, and what it touched. `time` is Unix time in seconds."""

    sha: str
    parents: tuple[str, ...]
    time: int
    message: str
    touched: tuple[Key, ...]

    @classmethod
    def of(cls, raw: RawCommit) -> "PastCommit":
        """Return what a commit of git's log touched; nothing for a merge."""
        touched: dict[Key, None] = {}
        for file in raw.files if len(raw.parents) < 2 else ():
            path = file.new_path or file.old_path
            if path is None:
                continue
            touched[short(path), ""] = None
            for hunk in file.hunks:
                for name in (*hunk.defined, *_names(hunk.header)):
                    touched[short(path), name] = None
        return cls(raw.sha, raw.parents, raw.time, raw.message, tuple(touched))


def _names(header: str) -> list[str]:
    found = _DEFINED.search(header)
    return [found[1] or found[2]] if found else []


@dataclass(frozen=True)
class Told:
    """What the past says to a query, by keys."""

    likeness: Scores
    """Sum over commits of how like their message is, squared, by how little else they changed."""
    most_like: Scores
    """The likeness of the one that is most like."""
    activity: Scores
    """How often it was changed, a year's age counting 1/e."""
    best: Ints
    """The number of the commit that is most like."""


class Past:
    """Commits, newest first, as arrays."""

    def __init__(self, commits: Sequence[PastCommit], counting: Counting) -> None:
        self.commits = [one for one in commits if 0 < len(one.touched) <= MAX_TOUCHED]
        self.keys: dict[Key, int] = {}
        sizes = [len(one.touched) for one in self.commits]
        number = self.keys
        self._touched = np.array(
            [number.setdefault(key, len(number)) for one in self.commits for key in one.touched], np.int64
        )
        self._by = np.repeat(np.arange(len(self.commits)), sizes)
        self._sizes = np.array(sizes, np.float64)
        self._is_file = np.array([not key[1] for key in self.keys], bool)
        times = np.array([one.time for one in self.commits], np.float64)
        age = (times.max() - times) / YEAR if len(times) else times
        self._fresh = np.exp(-np.clip(age, 0.0, 50.0))
        self._postings = Postings.of([counting.count(one.message) for one in self.commits])
        self._words = len(counting.words)
        names = [counting.count(name) for _, name in self.keys]
        self._key_words = Postings.of(names)
        self._words = len(counting.words)
        self.messages = Lexical(self._postings, len(self.commits), self._words, b=0.4)

    def __len__(self) -> int:
        return len(self.commits)

    def commonness(self, word: int) -> float:
        """Return the share of the commits whose message has a word: 1/(n + 1) at least, 1 for one that all have."""
        return float((self.messages.count(word) + 1) / (len(self.commits) + 1))

    def words_of_keys(self) -> Lexical:
        """Return an index whose rows are the keys: the words of all messages of small commits that touched them."""
        small = self._sizes[self._by] < 25
        keys, commits = self._touched[small], self._by[small]
        starts = np.searchsorted(self._postings.rows, np.arange(len(self.commits) + 1))
        sizes = np.diff(starts)[commits]
        offsets = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        places = np.repeat(starts[commits], sizes) + offsets
        rows = np.repeat(keys, sizes)
        joined, where = np.unique(rows * max(self._words, 1) + self._postings.terms[places], return_inverse=True)
        counts = np.bincount(where, weights=self._postings.counts[places]).astype(np.int64)
        postings = Postings(joined // max(self._words, 1), joined % max(self._words, 1), counts)
        return Lexical(postings, len(self.keys), self._words, b=0.6)

    def translate(self, query: dict[int, float], most: int = 30) -> dict[int, float]:
        """Return the words of the names that were changed where messages had the words of a query.

        The weight of a name's word is how much more often it was changed there than elsewhere, the highest being 1.
        """
        found: Scores = np.zeros(self._words)
        base, total = self._said_by_names
        for word, weight in query.items():
            rows = self.messages.rows(word)
            if 0 < len(rows) <= len(self.commits) / 4:
                near = self._names_said(rows)
                lift = near / (len(rows) + 4.0) - base / max(total, 1.0)
                found += weight * np.maximum(lift, 0.0)
        best = np.argsort(-found, kind="stable")[:most]
        top = float(found[best[0]]) if len(best) else 0.0
        return {int(word): float(found[word]) / top for word in best if found[word] > 0} if top else {}

    @cached_property
    def _said_by_names(self) -> tuple[Scores, float]:
        everything = np.arange(len(self.commits))
        return self._names_said(everything), float(len(self.commits))

    def _names_said(self, commits: Ints) -> Scores:
        """Return how many of the commits changed something whose name has each word, in shares of what they changed."""
        starts, sizes = self._key_starts
        by = np.isin(self._by, commits)
        keys = self._touched[by]
        weights = 1.0 / self._sizes[self._by[by]]
        counts = sizes[keys]
        offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        places = np.repeat(starts[keys], counts) + offsets
        return _sum(self._key_words.terms[places], np.repeat(weights, counts), self._words)

    @cached_property
    def _key_starts(self) -> tuple[Ints, Ints]:
        starts = np.searchsorted(self._key_words.rows, np.arange(len(self.keys) + 1))
        return starts[:-1], np.diff(starts)

    def tell(self, query: dict[int, float]) -> Told:
        """Return what the past says to a query."""
        scores = self.messages.score(query)
        like = scores / max(float(scores.max(initial=0.0)), 1e-9)
        breadth = np.sqrt(self._sizes)
        count = len(self.keys)
        weights = (like**2 / breadth)[self._by]
        single = (scores / breadth)[self._by]
        most = np.zeros(count)
        np.maximum.at(most, self._touched, single)
        best = np.full(count, -1, np.int64)
        is_best = single >= most[self._touched]
        best[self._touched[is_best][::-1]] = self._by[is_best][::-1]
        return Told(
            _sum(self._touched, weights, count),
            most,
            _sum(self._touched, self._fresh[self._by], count),
            best,
        )

    def changed_with(self, seeds: dict[int, float]) -> Scores:
        """Return how much each key was changed together with others; `seeds` has a value for each of these."""
        count = len(self.keys)
        values = np.zeros(count)
        for key, value in seeds.items():
            values[key] = value
        small = self._sizes < 15
        strongest = np.zeros(len(self.commits))
        np.maximum.at(strongest, self._by, values[self._touched])
        weights = (strongest * self._fresh * small / np.maximum(self._sizes, 1.0))[self._by]
        found = _sum(self._touched, weights, count)
        found[list(seeds)] = 0.0
        return found


def _sum(places: Ints, weights: Scores, count: int) -> Scores:
    return np.bincount(places, weights=weights, minlength=count).astype(np.float64)


def ancestors(commits: Iterable[PastCommit], sha: str) -> set[str]:
    """Return the ids of a commit and of all before it, as far as `commits` goes."""
    parents = {one.sha: one.parents for one in commits}
    seen, waiting = {sha}, [sha]
    while waiting:
        for parent in parents.get(waiting.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return seen


def rows_to_keys(keys: dict[Key, int], wanted: Iterable[Key | None]) -> Ints:
    """Return the number of each key; -1 for one that the past does not have."""
    return np.array([-1 if key is None else keys.get(key, -1) for key in wanted], np.int64)
