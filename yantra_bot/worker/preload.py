"""Loads what reading and searching code will ever need, before a process gives up the right to load anything."""

import tempfile
from pathlib import Path
from typing import Final

import yantra_bot.review.breaks
import yantra_bot.review.names
import yantra_bot.validation.selection
from yantra_bot.domain.graph import Language
from yantra_bot.graphdb.columns_file import COLUMNS, load_columns, save_columns
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.resolve.library import model_names, read_model
from yantra_bot.graphdb.store_exchange import FACTS
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.context.assemble import Material, assemble
from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.past import Past
from yantra_bot.retrieval.search import Searcher
from yantra_bot.review.edited import check_edits
from yantra_bot.validation.selection.choose import choose_tests
from yantra_bot.worker.commit_graph import KnownFacts
from yantra_bot.worker.review_sample import FILES, import_all, make_sample

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


def load_graph_tools(scratch: Path) -> GraphView:
    """Load all that the graph of a repository takes, by one of a few lines in each language; return that graph.

    `scratch` is left as it was.
    """
    for language in Language:
        for model in model_names(language):
            read_model(language, model)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        for name, text in _SAMPLES.items():
            Path(folder, name).write_text(text)
        return GraphView.of(Indexer(Path(folder), processes=1).build())


def load_search_tools(view: GraphView) -> None:
    """Load all that a search and a context take, by those of the same few lines."""
    corpus = Corpus()
    for name, text in {**_SAMPLES, "g.md": "# A\n\nB\n", "h.toml": "[a]\nb = 1\n", "i.yml": "a: 1\n"}.items():
        corpus.put(name, text.encode())
    found = Searcher(corpus, Past([], corpus.counting)).search(_TASK)
    for known in (view, None):
        assemble(Material(_TASK, found, lambda path: _SAMPLES.get(path, "").encode(), known), _Letters(), 2_000)


def load_edit_checks(scratch: Path) -> None:
    """Load all that the checks of edited files take. `scratch` is left as it was."""
    import_all(yantra_bot.review.breaks)
    import_all(yantra_bot.review.names)
    import_all(yantra_bot.validation.selection)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        base, head = make_sample(Path(folder))
        found = check_edits(base, head, FILES)
        choose_tests(base, head, FILES, symbols=found.symbols)
        save_columns(Path(folder, COLUMNS), "", base.view.columns)
        load_columns(Path(folder, COLUMNS), "")
        KnownFacts(Path(folder, FACTS)).close()


class _Letters:
    """Counts where no token ranks are at hand."""

    def count(self, text: str) -> int:
        return len(text) // 4

    def truncate(self, text: str, limit: int) -> str:
        return text[: limit * 4]
