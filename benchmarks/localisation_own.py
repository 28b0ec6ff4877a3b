"""The product's search as retrievers: all of it, each part left out, each part alone, on trees of any commit.

Parts are left out of the search without embeddings, whose first reading of a tree takes minutes. A part alone is what
the weights of the whole make of its signals and of what a row is like (its length, its kind); meaning alone is the
nearness of embeddings. The past is what led to the tree, never more.
"""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.localisation_tasks import Answer, Retriever, Task
from yantra_bot import artefacts
from yantra_bot.cli.searching import MAX_COMMITS, MODEL, open_repository, open_trees
from yantra_bot.retrieval.chunks import ChunkKind
from yantra_bot.retrieval.embedding.embedder import load_embedder
from yantra_bot.retrieval.embedding.vectors import VectorCache
from yantra_bot.retrieval.git_trees import GitTrees, Pasts
from yantra_bot.retrieval.hits import Found, ReasonKind
from yantra_bot.retrieval.meaning import Meaning
from yantra_bot.retrieval.search import Searcher

FIRST = 30
PARTS = {
    ReasonKind.NAMED: "names in the text",
    ReasonKind.WORDS: "words",
    ReasonKind.FILE: "the file and class as a whole",
    ReasonKind.PAST: "past commits",
    ReasonKind.ACTIVITY: "activity",
    ReasonKind.NEIGHBOURS: "callers and callees",
    ReasonKind.TESTS: "tests",
    ReasonKind.MEANING: "meaning",
}
ALONE = (ReasonKind.NAMED, ReasonKind.WORDS, ReasonKind.FILE, ReasonKind.PAST, ReasonKind.NEIGHBOURS, ReasonKind.TESTS)
Kinds = frozenset[ReasonKind]
MEANING = ReasonKind.MEANING
NOTHING: Kinds = frozenset()
PAST: Kinds = frozenset({ReasonKind.PAST})
_MEANT: Kinds = frozenset({MEANING})
WHOLE = "the product: all parts"
UNMEANT = "the product: all parts but meaning (there is no embedding model here)"


class OwnSearch:
    """Searches the trees of one repository, one at a time."""

    def __init__(self, trees: GitTrees, pasts: Pasts, meaning: Meaning | None) -> None:
        self._trees, self._pasts, self._meaning = trees, pasts, meaning
        self._sha = ""
        self._searchers: dict[Kinds, Searcher] = {}

    def prepare(self, task: Task) -> None:
        """Read the tree of a task."""
        if self._sha != task.sha:
            self._sha = task.sha
            corpus = self._trees.corpus(task.sha)
            whole = Searcher(corpus, self._pasts.of(task.sha), similarity=self._meaning)
            self._searchers = {NOTHING: whole, PAST: Searcher(corpus, similarity=self._meaning, without=PAST)}

    def find(self, task: Task, without: Kinds = NOTHING) -> Found:
        """Return what the search finds with some parts left out."""
        self.prepare(task)
        if without not in self._searchers:
            self._searchers[without] = _leave_out(self._searchers[without & PAST], without)
        return self._searchers[without].search(task.query, FIRST)

    def answer(self, task: Task, without: Kinds = NOTHING) -> Answer:
        """Return its rankings by name."""
        found = self.find(task, without)
        return Answer(tuple(hit.path for hit in found.files), tuple(hit.chunk.plain_key for hit in found.functions))

    def answer_by_meaning(self, task: Task) -> Answer:
        """Return the functions whose embeddings are nearest, and the files that hold them."""
        self.prepare(task)
        chunks = [one for one in self._searchers[NOTHING].corpus.groups.code.chunks if one.kind is ChunkKind.FUNCTION]
        near = None if self._meaning is None else self._meaning(task.query, chunks)
        if near is None:
            return Answer((), ())
        order = np.argsort(-np.nan_to_num(near, nan=-1.0), kind="stable")
        keys = list(dict.fromkeys(chunks[row].plain_key for row in order))
        return Answer(tuple(dict.fromkeys(key.partition("::")[0] for key in keys))[:FIRST], tuple(keys[:FIRST]))

    def list_retrievers(self, *, reads_all: bool = False) -> dict[str, Retriever]:
        """Return every variant by name, the whole first; `reads_all`: meaning alone too, which embeds all functions."""
        variants = {WHOLE: NOTHING, f"without {PARTS[MEANING]}": _MEANT} if self._meaning else {UNMEANT: NOTHING}
        variants |= {
            f"without {PARTS[MEANING]} and {name}": _MEANT | {kind} for kind, name in PARTS.items() if kind != MEANING
        }
        variants |= {f"only {PARTS[kind]}": frozenset(PARTS) - {kind} for kind in ALONE}
        found: dict[str, Retriever] = {name: partial(self.answer, without=kinds) for name, kinds in variants.items()}
        if reads_all and self._meaning:
            found[f"only {PARTS[MEANING]}"] = self.answer_by_meaning
        return found


def _leave_out(searcher: Searcher, kinds: Kinds) -> Searcher:
    """Return a searcher of the same tree with the same indexes, and with parts left out of its weights."""
    other = copy.copy(searcher)
    other._model = other._model.without(kinds)  # noqa: SLF001 (another of its kind would make all indexes anew)
    if MEANING in kinds:
        other._similarity = None  # noqa: SLF001 (as above)
    return other


@contextmanager
def open_search(repository: Path, tasks: Sequence[Task], vectors: Path | None = None) -> Iterator[OwnSearch]:
    """Yield the product's search over a repository. `vectors` keeps embeddings; without it they are made anew."""
    opened = open_repository(repository)
    if opened is None:
        raise SystemExit(f"{repository} is no git repository: name a clone with its past.")
    shas = sorted({task.sha for task in tasks})
    with open_trees(opened) as trees, TemporaryDirectory(prefix="yantra-benchmark-") as folder:
        pasts = Pasts(opened.git, shas, trees.counting, max_commits=MAX_COMMITS)
        yield OwnSearch(trees, pasts, _open_meaning(vectors or Path(folder)))


def _open_meaning(folder: Path) -> Meaning | None:
    if not artefacts.available(MODEL):
        return None
    embedder = load_embedder(artefacts.path(MODEL))
    return Meaning(embedder, VectorCache(folder, Meaning.name(embedder), embedder.dimension), fills=True)
