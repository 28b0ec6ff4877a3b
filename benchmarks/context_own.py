"""The product's own context for the tasks of one repository, as a way of `benchmarks.context_tokens`.

Search, past and graph are those of the task's commit; nothing newer is read.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.localisation_tasks import Task
from benchmarks.localisation_truth import list_functions
from yantra_bot import artefacts
from yantra_bot.cli.searching import MAX_COMMITS, find_meaning, open_repository, open_trees
from yantra_bot.graphdb.discovery import Reader
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.context.assemble import Material, assemble
from yantra_bot.retrieval.context.parts import Context, Level
from yantra_bot.retrieval.git_trees import Pasts
from yantra_bot.retrieval.search import Searcher
from yantra_bot.retrieval.tokens import Tokenizer

BUDGETS = (4_000, 8_000, 16_000)


class OwnContexts:
    """Makes contexts for the tasks of a repository, whose tree is laid out in a folder by the caller."""

    def __init__(self, repository: Path, tasks: Sequence[Task], folder: Path, stack: ExitStack) -> None:
        found = open_repository(repository)
        if found is None:
            raise SystemExit(f"{repository} is no git repository")
        self._repository, self._folder = found, folder
        self._trees = stack.enter_context(open_trees(found))
        shas = tuple(dict.fromkeys(task.sha for task in tasks))
        self._pasts = Pasts(found.git, shas, self._trees.counting, max_commits=MAX_COMMITS)
        self._similarity = find_meaning()
        self._indexer = Indexer(folder, processes=1)
        self._tokenizer = Tokenizer(artefacts.path("token-ranks"))
        self._made: tuple[str, Material] | None = None

    def make(self, budget: int, task: Task) -> tuple[str, frozenset[str]]:
        """Return the prompt for a task and the functions that it shows in full."""
        context = assemble(self._material(task), self._tokenizer, budget)
        return context.text, frozenset(self._shown(context))

    def _material(self, task: Task) -> Material:
        """Return what all budgets of a task have in common."""
        if self._made is None or self._made[0] != task.id:
            corpus = self._trees.corpus(task.sha)
            searcher = Searcher(corpus, self._pasts.of(task.sha), similarity=self._similarity)
            self._indexer.refresh()
            view = GraphView.of(self._indexer.resolve())
            material = Material(task.query, searcher.search(task.query), Reader(self._folder), view)
            self._made = task.id, material
        return self._made[1]

    def _shown(self, context: Context) -> Iterator[str]:
        read = Reader(self._folder)
        for part in context.of(Level.CODE):
            is_whole = part.is_exact and ", parts of lines " not in part.text.partition("\n")[0]
            for span in list_functions(part.path, read(part.path) or b"") if is_whole else ():
                if part.first <= span.first and span.last <= part.last:
                    yield f"{part.path}::{span.name}"
