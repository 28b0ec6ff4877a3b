"""Loads all that any worker will ever need: afterwards the product's own files are out of its reach."""

import importlib
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

import yantra_bot.review
import yantra_bot.validation
from yantra_bot.agent.syntax import load_grammars
from yantra_bot.domain.graph import Language
from yantra_bot.domain.review import ReviewRules
from yantra_bot.errors import UserError
from yantra_bot.graphdb.columns_file import COLUMNS, load_columns, save_columns
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.kuzu_engine import preload as load_engine
from yantra_bot.graphdb.resolve.library import model_names, read_model
from yantra_bot.graphdb.store_exchange import FACTS
from yantra_bot.graphdb.talk.gazetteer import load_gazetteer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.context.assemble import Material, assemble
from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.past import Past
from yantra_bot.retrieval.search import Searcher
from yantra_bot.review.changes.symbols import compare_symbols
from yantra_bot.review.edited import check_edits
from yantra_bot.review.engine import review
from yantra_bot.review.means import Means
from yantra_bot.review.parts import PARTS, all_rules
from yantra_bot.review.security import load_scanners
from yantra_bot.review.subject import Subject, Version
from yantra_bot.sandbox.environment import preload as load_environments
from yantra_bot.sandbox.seccomp import build_filter
from yantra_bot.validation.browser.look import preload as load_browsing
from yantra_bot.validation.packages.policy import load_table
from yantra_bot.validation.recording_run import load_recorder
from yantra_bot.validation.security.dependencies.names import load_names
from yantra_bot.validation.selection.choose import choose_tests
from yantra_bot.validation.services import preload as load_services
from yantra_bot.validation.test_run import load_runner
from yantra_bot.worker import graph_desk, guide_process, host, review_desk
from yantra_bot.worker.codecs import load_codecs
from yantra_bot.worker.commit_graph import KnownFacts
from yantra_bot.worker.failures import describe_failure
from yantra_bot.worker.protocol import ProtocolError
from yantra_bot.worker.review_sample import FILES, import_all, make_sample
from yantra_bot.worker.suspects import desk as suspects_desk

_SAMPLES: Final = {
    "a.py": "import functools\n\n\ndef f(x):\n    return len(functools.partial(f, x)())\n",
    "b.js": "import { g } from './c';\nexport const f = () => g(1);\n",
    "c.ts": "export function g(x: number): number { return x; }\n",
    "d.tsx": "export const v = () => <b/>;\n",
    "e.go": "package e\n\nfunc f() { g() }\nfunc g() {}\n",
    "f.rs": "fn f() { g(); }\nfn g() {}\n",
    "G.java": "class G { void f() { g(); } void g() {} }\n",
}
_TASK: Final = "f in a.py calls len of functools.partial: see `f`"


_PROGRAMS: Final = (host, guide_process, graph_desk, review_desk, suspects_desk)
"""What forks go on with: loaded with this module."""
_LATER: Final = (
    "multiprocessing.popen_fork",  # several processes that parse at once
    "dateutil.relativedelta",  # Arrow looks for it when a stored graph is read, and does without
)


def load_all(scratch: Path) -> None:
    """Load everything, by doing each kind of work on a few lines. `scratch` is left as it was."""
    for package in (yantra_bot.review, yantra_bot.validation):
        import_all(package)
    for name in _LATER:
        with suppress(ImportError):
            importlib.import_module(name)
    load_codecs()
    load_grammars()
    _load_sandboxes()
    load_engine()
    load_gazetteer()
    _load_search(_load_graph(scratch))
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        versions = make_sample(Path(folder))
        _load_edit_checks(Path(folder), *versions)
        _load_review(*versions)
    try:
        raise ProtocolError("the words for a failure")
    except ProtocolError as error:
        describe_failure(0, error)


def load_ranks(folder: Path) -> None:
    """Read the token ranks: each that is missing or damaged is told about by whoever counts with it."""
    with suppress(UserError):
        guide_process.find_tokenizers(folder).load()


def _load_sandboxes() -> None:
    """Load what running a repository's code takes."""
    load_runner()
    load_recorder()
    load_environments()
    load_table()
    load_names()
    load_browsing()
    load_services()
    with suppress(UserError):
        build_filter()


def _load_graph(scratch: Path) -> GraphView:
    """Load what the graph of a repository takes, by one of a few lines in each language; return that graph."""
    for language in Language:
        for model in model_names(language):
            read_model(language, model)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        for name, text in _SAMPLES.items():
            Path(folder, name).write_text(text)
        return GraphView.of(Indexer(Path(folder), processes=1).build())


def _load_search(view: GraphView) -> None:
    """Load what a search and a context take, by those of the same few lines."""
    corpus = Corpus()
    for name, text in {**_SAMPLES, "g.md": "# A\n\nB\n", "h.toml": "[a]\nb = 1\n", "i.yml": "a: 1\n"}.items():
        corpus.put(name, text.encode())
    found = Searcher(corpus, Past([], corpus.counting)).search(_TASK)
    for known in (view, None):
        assemble(Material(_TASK, found, lambda path: _SAMPLES.get(path, "").encode(), known), _Letters(), 2_000)


def _load_edit_checks(scratch: Path, base: Version, head: Version) -> None:
    """Load what the checks of edited files take."""
    found = check_edits(base, head, FILES)
    choose_tests(base, head, FILES, symbols=found.symbols)
    save_columns(scratch / COLUMNS, "", base.view.columns)
    load_columns(scratch / COLUMNS, "")
    KnownFacts(scratch / FACTS).close()


def _load_review(base: Version, head: Version) -> None:
    """Load what a review takes."""
    subject = Subject(base, head, FILES, compare_symbols(FILES, base, head))
    all_rules()
    load_scanners()
    review(subject, PARTS, base="base", head="head", rules=ReviewRules(), means=Means())


class _Letters:
    """Counts where no token ranks are at hand."""

    def count(self, text: str) -> int:
        return len(text) // 4

    def truncate(self, text: str, limit: int) -> str:
        return text[: limit * 4]
