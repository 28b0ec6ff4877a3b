"""Words as numbers: what each chunk of a file says, field by field, as arrays. A file is read once for its content."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.words import find_identifiers, split_words

Ints = npt.NDArray[np.int64]
NONE: Final = -1


class Field(IntEnum):
    """A part of a chunk that is searched with a weight of its own."""

    NAME = 0
    """Its qualified name."""
    PATH = 1
    DOC = 2
    """Docstring or comment above."""
    BODY = 3
    """All of its source: code, comments, strings."""
    AROUND = 4
    """The head of its class."""


class Vocabulary:
    """Numbers for words, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, word: str) -> int:
        """Return the number of a word, a new one where it is new."""
        return self._numbers.setdefault(word, len(self._numbers))

    def find(self, word: str) -> int:
        """Return the number of a word, NONE where nothing was read that has it."""
        return self._numbers.get(word, NONE)


@dataclass(frozen=True, slots=True)
class Postings:
    """How often rows have terms. Three arrays of one length, in the order of the rows."""

    rows: Ints
    terms: Ints
    counts: Ints

    @classmethod
    def of(cls, counters: Sequence[Counter[int]]) -> "Postings":
        """Return the postings of rows that are given as counters."""
        sizes = [len(one) for one in counters]
        total = sum(sizes)
        return cls(
            np.repeat(np.arange(len(counters)), sizes),
            np.fromiter(chain.from_iterable(counters), np.int64, total),
            np.fromiter(chain.from_iterable(one.values() for one in counters), np.int64, total),
        )

    @classmethod
    def joined(cls, parts: Sequence["Postings"], sizes: Iterable[int]) -> "Postings":
        """Return the postings of all parts, their rows one after the other; `sizes` counts each part's rows."""
        starts = np.cumsum([0, *sizes])
        if not parts:
            return cls.of([])
        return cls(
            np.concatenate([part.rows + start for part, start in zip(parts, starts[:-1], strict=True)]),
            np.concatenate([part.terms for part in parts]),
            np.concatenate([part.counts for part in parts]),
        )


@dataclass(frozen=True, slots=True)
class FileTerms:
    """One file, cut and counted. Rows of the arrays are its chunks."""

    path: str
    chunks: tuple[Chunk, ...]
    fields: tuple[Postings, ...]
    """By Field."""
    names: Postings
    """The identifiers of its code, by the vocabulary of names."""
    own_names: Ints
    """The number of each chunk's own last name; NONE where it has none."""
    owners: Ints
    """The number of the name of the class it is a member of."""


class Counting:
    """Counts the words of files. One for all files that are searched together."""

    def __init__(self) -> None:
        self.words = Vocabulary()
        self.names = Vocabulary()

    def count(self, text: str) -> Counter[int]:
        """Return how often a text has each word."""
        number = self.words.number
        return Counter([number(word) for word in split_words(text)])

    def read(self, path: str, chunks: Sequence[Chunk]) -> FileTerms:
        """Return what the chunks of a file say."""
        path_words = self.count(path)
        number = self.names.number
        return FileTerms(
            path,
            tuple(chunks),
            (
                Postings.of([self.count(chunk.name) for chunk in chunks]),
                Postings.of([path_words for _ in chunks]),
                Postings.of([self.count(chunk.doc) for chunk in chunks]),
                Postings.of([self.count(chunk.text) for chunk in chunks]),
                Postings.of([self.count(chunk.around) for chunk in chunks]),
            ),
            Postings.of([Counter([number(name) for name in find_identifiers(chunk.text)]) for chunk in chunks]),
            np.array([number(one.own_name) if one.name else NONE for one in chunks], np.int64),
            np.array([number(one.owner) if one.owner else NONE for one in chunks], np.int64),
        )
