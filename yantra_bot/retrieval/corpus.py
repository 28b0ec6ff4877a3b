"""The chunks of one tree, counted, with what changed since read anew. In memory; knows no disk and no git."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final

import numpy as np
import numpy.typing as npt

from yantra_bot.domain.paths import is_test
from yantra_bot.graphdb.languages import language_of
from yantra_bot.retrieval.chunking import cut_file
from yantra_bot.retrieval.chunks import Chunk, ChunkKind
from yantra_bot.retrieval.lexical import Lexical
from yantra_bot.retrieval.terms import Counting, Field, FileTerms, Ints, Postings

Mask = npt.NDArray[np.bool_]

_ASIDE: Final = frozenset(
    {
        *("docs", "doc", "examples", "example", "samples", "demo", "demos", "vendor", "_vendor", "third_party"),
        *("benchmarks", "benchmark", "bench", "scripts", "tools", "ci", ".github", "locale", "locales", "fixtures"),
        *("dist", "build", "out", "generated", "third-party", "extern", "external", "node_modules"),
    }
)
_ASIDE_NAMES: Final = frozenset({"setup.py", "noxfile.py", "fabfile.py", "tasks.py", "gruntfile.js", "gulpfile.js"})


def is_aside(path: str) -> bool:
    """Say whether a source file is not what a project is about: examples, tools, built or other people's code."""
    parts = PurePosixPath(path).parts
    return not _ASIDE.isdisjoint(part.lower() for part in parts[:-1]) or parts[-1].lower() in _ASIDE_NAMES


@dataclass(frozen=True)
class Group:
    """Rows of one sort, side by side: chunks of code outside of tests, of tests, or of documents and settings."""

    chunks: tuple[Chunk, ...]
    fields: tuple[Postings, ...]
    """By Field."""
    names: Postings
    own_names: Ints
    owners: Ints
    file_rows: Ints
    """The number of each row's file."""
    paths: tuple[str, ...]
    """Of the files, by number."""
    words: int
    """How many words the vocabulary has."""

    def __len__(self) -> int:
        return len(self.chunks)

    @classmethod
    def of(cls, files: Iterable[FileTerms], words: int) -> "Group":
        """Return the rows of files, in their order."""
        files = [one for one in files if one.chunks]
        sizes = [len(one.chunks) for one in files]
        empty = np.zeros(0, np.int64)
        return cls(
            chunks=tuple(chunk for one in files for chunk in one.chunks),
            fields=tuple(Postings.joined([one.fields[field] for one in files], sizes) for field in Field),
            names=Postings.joined([one.names for one in files], sizes),
            own_names=np.concatenate([one.own_names for one in files]) if files else empty,
            owners=np.concatenate([one.owners for one in files]) if files else empty,
            file_rows=np.repeat(np.arange(len(files)), sizes),
            paths=tuple(one.path for one in files),
            words=words,
        )

    @cached_property
    def whole(self) -> Postings:
        """All that a row says: path, name, class, source (the docstring is part of it)."""
        parts = [self.fields[field] for field in (Field.BODY, Field.PATH, Field.NAME, Field.AROUND)]
        return _summed(parts, self.words)

    @cached_property
    def class_rows(self) -> Ints:
        """The number of each row's class; what stands in none is one class for each file."""
        seen: dict[tuple[str, str], int] = {}
        return np.array([seen.setdefault(class_of(chunk), len(seen)) for chunk in self.chunks], np.int64)

    @cached_property
    def is_function(self) -> Mask:
        return np.array([chunk.kind is ChunkKind.FUNCTION for chunk in self.chunks], bool)

    def at(self, rows: Ints) -> list[Chunk]:
        """Return the chunks of rows."""
        return [self.chunks[row] for row in rows.tolist()]

    @cached_property
    def files_by_name(self) -> Mapping[str, list[int]]:
        """The numbers of the files by the last part of their path."""
        found: dict[str, list[int]] = {}
        for number, path in enumerate(self.paths):
            found.setdefault(path.rpartition("/")[2], []).append(number)
        return found

    def rows_of_file(self, file: int) -> range:
        """Return the rows of a file: they stand side by side."""
        first, end = np.searchsorted(self.file_rows, [file, file + 1])
        return range(int(first), int(end))

    def field(self, field: Field, *, b: float) -> Lexical:
        """Return the index of one field."""
        return self._lexical(self.fields[field], len(self), b)

    def index(self, *, b: float) -> Lexical:
        """Return the index of all that rows say."""
        return self._lexical(self.whole, len(self), b)

    def index_of(self, owner: Ints, fields: Iterable[Field], *, b: float) -> Lexical:
        """Return the index of what rows say together; `owner` is the number of each row's file or class."""
        moved = [Postings(owner[one.rows], one.terms, one.counts) for one in (self.fields[field] for field in fields)]
        count = int(owner.max()) + 1 if len(owner) else 0
        return self._lexical(_summed(moved, self.words), count, b)

    def _lexical(self, postings: Postings, rows: int, b: float) -> Lexical:
        return Lexical(postings, rows, self.words, b=b)


def class_of(chunk: Chunk) -> tuple[str, str]:
    """Return file and class of a chunk; a class is its own."""
    return chunk.path, chunk.name if chunk.kind is ChunkKind.CLASS else chunk.name.rpartition(".")[0]


def _summed(parts: list[Postings], words: int) -> Postings:
    """Return the counts of all parts together, each row and word once."""
    rows = np.concatenate([part.rows for part in parts])
    terms = np.concatenate([part.terms for part in parts])
    counts = np.concatenate([part.counts for part in parts])
    keys, places = np.unique(rows * max(words, 1) + terms, return_inverse=True)
    return Postings(keys // max(words, 1), keys % max(words, 1), np.bincount(places, weights=counts).astype(np.int64))


@dataclass(frozen=True)
class Groups:
    """The rows of a tree, by sort."""

    code: Group
    tests: Group
    others: Group


class Corpus:
    """The files of one tree. `counting` may be shared by several trees, so that a file is counted once."""

    def __init__(self, counting: Counting | None = None) -> None:
        self.counting = counting or Counting()
        self.files: dict[str, FileTerms] = {}
        self._groups: Groups | None = None

    def put(self, path: str, data: bytes) -> FileTerms:
        """Read a file, in the place of what it was."""
        terms = self.counting.read(path, cut_file(path, data))
        self.place(terms)
        return terms

    def place(self, terms: FileTerms) -> None:
        """Take a file that was read before."""
        self.files[terms.path] = terms
        self._groups = None

    def remove(self, path: str) -> None:
        """Forget a file."""
        self.files.pop(path, None)
        self._groups = None

    @property
    def groups(self) -> Groups:
        """The rows, made anew after a change."""
        if self._groups is None:
            sorts: Mapping[str, list[FileTerms]] = {"code": [], "tests": [], "others": []}
            for path in sorted(self.files):
                is_code = language_of(path) is not None
                if is_code or not is_test(path):  # data of tests is nothing that a text is about
                    sorts["others" if not is_code else "tests" if is_test(path) else "code"].append(self.files[path])
            words = len(self.counting.words)
            self._groups = Groups(**{name: Group.of(files, words) for name, files in sorts.items()})
        return self._groups
