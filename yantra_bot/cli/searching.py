"""What `search` and `context` share: a folder, or a revision of a repository, opened for searching."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yantra_bot import artefacts
from yantra_bot.app.home import Home
from yantra_bot.errors import UserError, YantraError
from yantra_bot.graphdb.history.gitlog import configure
from yantra_bot.graphdb.history.host_git import HostGit
from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.embedding.embedder import load_embedder
from yantra_bot.retrieval.embedding.indexing import Indexing, Progress
from yantra_bot.retrieval.embedding.reranker import Reranker, find_reranker
from yantra_bot.retrieval.embedding.semantic import SemanticIndex
from yantra_bot.retrieval.embedding.vectors import VectorCache
from yantra_bot.retrieval.folders import read_folder
from yantra_bot.retrieval.git_trees import GitTrees, open_scratch, scratch_of
from yantra_bot.retrieval.meaning import TOKENS, Meaning
from yantra_bot.retrieval.past import Past
from yantra_bot.retrieval.past_cache import PastCache
from yantra_bot.retrieval.search import Searcher
from yantra_bot.retrieval.terms import Counting
from yantra_bot.sandbox.mirror import Mirror, check_commit, open_mirror
from yantra_bot.settings import read_settings

MAX_COMMITS: Final = 3_000
"""Of the past, newest first: what a person waits for."""
MODEL: Final = "embedding-model"


@dataclass(frozen=True, slots=True)
class Repository:
    """A git repository, with or without a work tree."""

    git: HostGit
    objects: Path
    prefix: str
    """The folder inside of it that was named, with a slash at its end; empty for the whole."""
    has_tree: bool

    def commit(self, revision: str) -> str:
        """Return the full id of a revision; raise UserError where git does not know it."""
        asked = (*configure(), "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        try:
            return check_commit(_text(self.git, *asked))  # a range gives more than one
        except (YantraError, ValueError) as unknown:  # a zero byte, or a name that is no text, is a ValueError
            raise UserError(
                f"There is no revision {revision[:80]!a}. Name a branch, a tag or a commit of this repository."
            ) from unknown


@dataclass(frozen=True, slots=True)
class Opened:
    """A tree to be searched. `notes` say what was left out."""

    searcher: Searcher
    corpus: Corpus
    notes: tuple[str, ...]


def open_repository(path: Path) -> Repository | None:
    """Return the repository that a folder is in; None where it is in none. Raises UserError for what is no folder."""
    if not path.is_dir():
        raise UserError(f"{path} is no folder. Name the folder of a repository.")
    git = HostGit(path)
    try:
        objects = Path(_text(git, *configure(), "rev-parse", "--path-format=absolute", "--git-common-dir"))
        has_tree = _text(git, *configure(), "rev-parse", "--is-inside-work-tree") == "true"
        prefix = _text(git, *configure(), "rev-parse", "--show-prefix") if has_tree else ""
    except UserError:
        return None
    return Repository(git, objects, prefix, has_tree)


def open_search(path: Path, revision: str | None = None) -> Opened:
    """Return a folder as it is now, or a revision of its repository, ready to be searched."""
    repository, models = open_repository(path), Models.find()
    if repository is None:
        if revision is not None:
            raise UserError(f"{path} is in no git repository, so it has no revisions. Leave --rev out.")
        corpus, notes = read_folder(path, None)
        return Opened(models.search(corpus), corpus, (*notes, *models.notes))
    counting = Counting()
    if revision is None and repository.has_tree:
        corpus, notes = read_folder(path, repository.git, counting)
        past = _past_of_head(repository, counting)
    else:
        commit = repository.commit(revision or "HEAD")
        with open_trees(repository, counting) as trees:
            corpus, notes = trees.corpus(commit, prefix=repository.prefix), trees.notes
        past = _past_of(repository, commit, counting)
    return Opened(models.search(corpus, past), corpus, (*notes, *models.notes))


@contextmanager
def open_trees(repository: Repository, counting: Counting | None = None) -> Iterator[GitTrees]:
    """Give the trees of a repository's commits."""
    with open_scratch() as scratch:
        descriptor = open_mirror(repository.objects)
        try:
            yield GitTrees(Mirror(descriptor, scratch_of(scratch)), repository.git, counting)
        finally:
            os.close(descriptor)


def _past_of_head(repository: Repository, counting: Counting) -> Past | None:
    try:
        return _past_of(repository, repository.commit("HEAD"), counting)
    except UserError:  # no commit yet
        return None


def _past_of(repository: Repository, commit: str, counting: Counting) -> Past:
    cache = PastCache(Home(read_settings().home).pasts, str(repository.objects))
    return Past(cache.read(repository.git, commit, max_commits=MAX_COMMITS), counting)


def find_meaning(*, fills: bool = True) -> Meaning | None:
    """Return what compares by meaning; None where there is no model. Raises UserError for one that is unfit."""
    folder = find_model()
    if folder is None:
        return None
    embedder = load_embedder(folder)
    cache = VectorCache(Home(read_settings().home).vectors, Meaning.name(embedder), embedder.dimension)
    return Meaning(embedder, cache, fills=fills)


def find_model() -> Path | None:
    """Return the folder of the sentence model; None where none was fetched or set."""
    own = read_settings().embedding_model_folder
    if own is not None:
        return own
    return artefacts.path(MODEL) if artefacts.available(MODEL) else None


@dataclass(frozen=True, slots=True)
class Models:
    """The models that a search can ask. `notes` say what is wrong with one that was set."""

    meaning: Meaning | None
    reranker: Reranker | None
    notes: tuple[str, ...]

    @classmethod
    def find(cls) -> "Models":
        """Return those that are at hand."""
        folder = read_settings().reranking_model_folder
        reranker, said = find_reranker(folder)
        return cls(find_meaning(), reranker, (said,) if folder is not None else ())

    def search(self, corpus: Corpus, past: Past | None = None) -> Searcher:
        """Return the search over a corpus."""
        return Searcher(
            corpus,
            past,
            similarity=self.meaning,
            nearest=None if self.meaning is None else self.meaning.nearest,
            reranker=None if self.reranker is None else self.reranker.score,
        )


def index_meaning(corpus: Corpus, tell: Callable[[Progress], None]) -> Progress:
    """Embed every piece of code of a corpus that has no vector yet, in processes beside; return how it ended."""
    folder = find_model()
    if folder is None:
        raise UserError("There is no sentence model. Run `make setup`, or set YANTRA_EMBEDDING_MODEL_FOLDER.")
    embedder = load_embedder(folder)
    index = SemanticIndex(VectorCache(Home(read_settings().home).vectors, Meaning.name(embedder), embedder.dimension))
    chunks = corpus.groups.code.chunks
    index.show(chunks)
    indexing = Indexing(index, chunks, folder, tokens=TOKENS, tell=tell)
    indexing.start()
    try:
        indexing.wait()
    finally:
        indexing.stop()
    return indexing.progress


def _text(git: HostGit, *arguments: str) -> str:
    return b"".join(git(arguments)).decode("utf-8", "surrogateescape").removesuffix("\n")
