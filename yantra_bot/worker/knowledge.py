"""What is known of a run's tree as it is now: its chunks to search, its code graph, its past, its instructions.

The commit comes out of the mirror, what the run has changed out of the tree; nothing of either is run. Each part is
made when it is first asked for. A graph that would be too large, or that fails, is none, and says why.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from yantra_bot.domain.changes import Changeset
from yantra_bot.errors import Permanent, UserError, YantraError
from yantra_bot.graphdb.columns_file import COLUMNS, key_of, load_columns
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.graphdb.store_exchange import FACTS
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.chunking import MAX_BYTES, is_cut
from yantra_bot.retrieval.context.conventions import Instructions
from yantra_bot.retrieval.context.rules import FOLDER
from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.git_trees import GitTrees, read_commits
from yantra_bot.retrieval.past import Past
from yantra_bot.retrieval.search import Searcher, Similarity
from yantra_bot.sandbox.mirror import Mirror, TreeEntry
from yantra_bot.sandbox.tree import Tree
from yantra_bot.worker.commit_graph import CommitGraph, KnownFacts, is_source

MAX_GRAPH_BYTES: Final = 6 * 1024**2
"""Sources beyond this, about 150,000 lines, would take longer than a run should wait."""
MAX_ENTRIES: Final = 500_000
OWN_SETTINGS: Final = ".github/yantra"
"""Rules and settings of the bot's own: they are no code, and no run may change them."""
PAST_SECONDS: Final = 20.0
PAST_COMMITS: Final = 3_000


class Knowledge:
    """One run's tree. `see` says what it is of; everything else answers for that."""

    def __init__(
        self,
        mirror: Mirror,
        tree: Tree,
        scratch: Path,
        *,
        past: Mirror | None = None,
        store: Path | None = None,
        similarity: Similarity | None = None,
    ) -> None:
        """Of the tree nothing is known yet. `scratch` is an empty folder of ours.

        `past` has the commits that led to the tree's, `store` what is kept of the repository's graph; `similarity`
        compares by meaning, where a model is at hand.
        """
        self._mirror, self._tree, self._scratch, self._past = mirror, tree, scratch, past
        self._store = store
        self._kept: GraphView | None = None
        self._similarity = similarity
        self._commit = ""
        self._changes: Mapping[str, str | None] = {}
        self._corpus: Corpus | None = None
        self._searcher: Searcher | None = None
        self._graph: CommitGraph | None = None
        self._view: GraphView | None = None
        self._entries: dict[str, TreeEntry] | None = None
        self._told: Past | None = None
        self._no_graph = ""
        self.notes: list[str] = []

    def see(self, commit: str, changes: Changeset) -> bool:
        """Be about a commit with a change on top from now on; return whether that is another tree than before."""
        now = {change.path: change.blob for change in changes.files}
        if commit == self._commit and now == self._changes:
            return False
        if commit != self._commit:
            self._commit = commit
            self._forget()
        elif self._corpus is not None:
            # A path that was changed back has no entry any more: it is read from the tree all the same.
            either = now.keys() | self._changes.keys()
            differing = [path for path in either if now.get(path, "") != self._changes.get(path, "")]
            self._read_anew(self._corpus, differing)
        self._changes = now
        self._searcher = None
        self._view = None
        return True

    def _forget(self) -> None:
        self._corpus = self._graph = self._entries = self._told = self._kept = None
        self._no_graph = ""
        self.notes = []

    def read(self, path: str) -> bytes | None:
        """Return a file as it is in the tree now, None where there is none that may be read."""
        try:
            return self._tree.read_bytes(path, limit=MAX_BYTES)
        except UserError:
            return None

    @property
    def corpus(self) -> Corpus:
        """The chunks of the tree."""
        if self._corpus is None:
            trees = GitTrees(self._mirror, _no_git)
            self._corpus = trees.corpus(self._commit)
            for path in [path for path in self._corpus.files if path.startswith(OWN_SETTINGS)]:
                self._corpus.remove(path)
            self.notes += trees.notes
            self._told = self._read_past(trees)
            self._read_anew(self._corpus, list(self._changes))
        return self._corpus

    def _read_past(self, trees: GitTrees) -> Past | None:
        if self._past is None:
            return None
        place, environment = self._past.place_of_past(self._commit)
        git = HostGit(place, seconds=PAST_SECONDS, environment=environment, name="the repository")
        return Past(read_commits(git, (self._commit,), max_commits=PAST_COMMITS), trees.counting)

    def _read_anew(self, corpus: Corpus, paths: list[str]) -> None:
        for path in paths:
            data = self.read(path) if is_cut(path) and not path.startswith(OWN_SETTINGS) else None
            if data is None:
                corpus.remove(path)
            else:
                corpus.put(path, data)

    @property
    def searcher(self) -> Searcher:
        """What searches the tree."""
        if self._searcher is None:
            corpus = self.corpus
            self._searcher = Searcher(corpus, self._told, similarity=self._similarity)
        return self._searcher

    def ready_for_search(self) -> None:
        """Make what searching the tree and its graph take; the indexes are made by a first search."""
        for path in list(self.corpus.files)[:1]:
            self.searcher.search(path, 1)
        _ = self.view

    def ready_for_edits(self) -> None:
        """Read what judging edits takes. Raises what `graph` does."""
        _ = self.graph, self.entries

    @property
    def view(self) -> GraphView | None:
        """The code graph of the tree; None where there is none, which `no_graph` explains."""
        if self._view is None and not self._no_graph:
            try:
                self._view = self._make_view()
            except (YantraError, OSError, MemoryError, RecursionError) as failed:
                self._no_graph = f"The code graph could not be made: {failed or type(failed).__name__}."
        return self._view

    @property
    def no_graph(self) -> str:
        """Why there is no graph; empty while there may be one."""
        return self._no_graph

    @property
    def graph(self) -> CommitGraph:
        """The graph of the commit alone. Raises UserError where there is none, and what `CommitGraph` does."""
        if self._graph is None:
            kept = self._kept_view
            if kept is None:
                self._refuse_large()
            folder = Path(tempfile.mkdtemp(prefix="sources-", dir=self._scratch))
            with _known_facts(self._store) as facts:
                self._graph = CommitGraph(self._mirror, self._commit, folder, cache=facts, kept=kept, processes=1)
        return self._graph

    @property
    def has_kept_graph(self) -> bool:
        """Whether the commit's graph was found, and not made."""
        return self._kept is not None

    @property
    def _kept_view(self) -> GraphView | None:
        """The graph of the commit as it is kept; None where it is of another commit, or there is none."""
        if self._kept is None and self._store is not None:
            columns = load_columns(self._store / COLUMNS, key_of(self._commit))
            self._kept = None if columns is None else GraphView(columns)
        return self._kept

    def _refuse_large(self) -> None:
        size = sum(entry.size or 0 for path, entry in self.entries.items() if is_source(path))
        if size > MAX_GRAPH_BYTES:
            raise UserError(
                f"the sources have {size >> 20} MB, and in a run it is made of at most {MAX_GRAPH_BYTES >> 20} MB, "
                "unless a push has made it before"
            )

    def _make_view(self) -> GraphView:
        changed = {path: self.read(path) for path in self._changes if is_source(path)}
        if not changed:
            return self._kept_view or self.graph.view
        with self.graph.edited(changed) as edited:
            return edited.view

    @property
    def changed_paths(self) -> tuple[str, ...]:
        """The paths of the change, sorted."""
        return tuple(sorted(self._changes))

    def read_base(self, path: str) -> bytes | None:
        """Return a file as the commit has it, None where it has none, or one that is too large."""
        entry = self.entries.get(path)
        if entry is None or (entry.size or 0) > MAX_BYTES:
            return None
        try:
            return self._mirror.read_blob(self._commit, entry.object_id)
        except Permanent:
            return None

    @property
    def entries(self) -> dict[str, TreeEntry]:
        """The files of the commit by path."""
        if self._entries is None:
            listed = self._mirror.list_tree(self._commit, max_entries=MAX_ENTRIES)
            files = (entry for entry in listed if entry.mode in {"100644", "100755"})
            self._entries = {entry.path.decode("utf-8", "replace"): entry for entry in files}
        return self._entries

    def instructions(self) -> Instructions:
        """Return what instructions are read from: the commit itself, never what the run has made of it."""
        return Instructions(self.read_base, sorted(path for path in self.entries if path.startswith(f"{FOLDER}/")))


@contextmanager
def _known_facts(store: Path | None) -> Iterator[KnownFacts | None]:
    """Yield what was parsed for a stored graph; None where nothing is kept."""
    if store is None or not (store / FACTS).exists():
        yield None
        return
    facts = KnownFacts(store / FACTS)
    try:
        yield facts
    finally:
        facts.close()


def _no_git(_: object) -> "list[bytes]":
    """Stand for git where only trees are read."""
    return []
