"""The rival: plain BM25 over functions, as simple as it can be. It knows no class, no link and no past.

A function is a document: its path, its qualified name and its text, as identifiers and their words. Files are ranked
by their best function. Every function of every file that is no test is a document; nested functions count twice, in
themselves and in what holds them.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from benchmarks.localisation_git import Blobs
from benchmarks.localisation_tasks import Answer, Task
from benchmarks.localisation_truth import is_source, list_functions

K1, B = 1.5, 0.75
FIRST = 50
"""How many functions an answer names."""
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\d+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True, slots=True)
class Document:
    """The words of one function."""

    name: str
    words: Counter[str]
    length: int


class PlainSearch:
    """Searches the trees of one repository. Files are read once for each content."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._tree: tuple[str, list[Document]] = "", []
        self._known: dict[tuple[str, str], tuple[Document, ...]] = {}

    def prepare(self, sha: str) -> None:
        """Read a tree."""
        self._tree = sha, list(self._read(sha))

    def __call__(self, task: Task) -> Answer:
        """Return the answer to a task."""
        if self._tree[0] != task.sha:
            self.prepare(task.sha)
        ranked = [name for name, _ in rank(self._tree[1], task.query)]
        files = dict.fromkeys(name.partition("::")[0] for name in ranked)
        return Answer(tuple(files)[:FIRST], tuple(ranked[:FIRST]))

    def _read(self, sha: str) -> Iterator[Document]:
        for path, blob in self._blobs.list_tree(sha).items():
            if is_source(path):
                key = path, blob
                if key not in self._known:
                    self._known[key] = tuple(make_documents(path, self._blobs.read_object(blob) or b""))
                yield from self._known[key]


def make_documents(path: str, source: bytes) -> Iterator[Document]:
    """Yield the functions of a file."""
    lines = source.decode("utf-8", "replace").splitlines()
    for span in list_functions(path, source):
        text = "\n".join((path, span.name, *lines[span.first - 1 : span.last]))
        words = Counter(split_words(text))
        yield Document(f"{path}::{span.name}", words, words.total())


def split_words(text: str) -> Iterator[str]:
    """Yield the words of a text in small letters: `maxRetries` is `max`, `retries` and `maxretries`."""
    for whole in _IDENTIFIER.findall(text):
        words = [word.lower() for word in _WORD.findall(whole)]
        yield from words
        if len(words) > 1:
            yield whole.lower()


def rank(documents: Iterable[Document], query: str) -> list[tuple[str, float]]:
    """Return the documents that share a word with the query, best first; equal ones by name."""
    given = list(documents)
    mean = sum(one.length for one in given) / max(len(given), 1)
    scores: defaultdict[str, float] = defaultdict(float)
    for word, times in Counter(split_words(query)).items():
        holding = [one for one in given if word in one.words]
        weight = times * math.log(1 + (len(given) - len(holding) + 0.5) / (len(holding) + 0.5))
        for one in holding:
            count = one.words[word]
            scores[one.name] += weight * count * (K1 + 1) / (count + K1 * (1 - B + B * one.length / mean))
    return sorted(scores.items(), key=lambda found: (-found[1], found[0]))
