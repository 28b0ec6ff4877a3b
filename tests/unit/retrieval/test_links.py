"""Which chunk needs which: by equal names, and by the code graph."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from tests.graph_programs import build, read_cases
from yantra_bot.domain.graph import NodeKind
from yantra_bot.graphdb.indexer import Indexer
from yantra_bot.graphdb.view import GraphView
from yantra_bot.retrieval.corpus import Corpus, Group
from yantra_bot.retrieval.links import MOST_NAMED, Links, link_by_graph, link_by_names, place_symbols

MakeCorpus = Callable[[Mapping[str, str]], Corpus]
CODE = {
    "app/bank.py": "class Bank:\n    def pay(self, amount):\n"
    "        return check(amount)\n\n\ndef check(x):\n    return x\n",
    "app/desk.py": "from app.bank import Bank\n\n\ndef serve(amount):\n    return Bank().pay(amount)\n",
    "tests/test_desk.py": "from app.desk import serve\n\n\ndef test_serve():\n    assert serve(1) == 1\n",
}


def pairs(links: Links, users: Group, definitions: Group) -> set[tuple[str, str]]:
    """Return the links by names."""
    ends = zip(links.sources.tolist(), links.targets.tolist(), strict=True)
    return {(users.chunks[source].name, definitions.chunks[target].name) for source, target in ends}


def test_names_and_graph_link_the_same_functions(make_corpus: MakeCorpus, tmp_path: object) -> None:
    """Each call of the program is found by both."""
    folder = tmp_path
    assert hasattr(folder, "joinpath")
    for path, text in CODE.items():
        target = folder.joinpath(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    groups = make_corpus(CODE).groups
    view = GraphView.of(Indexer(folder, processes=1).build())
    calls = {("serve", "Bank.pay"), ("Bank.pay", "check")}
    assert calls <= pairs(link_by_names(groups.code, groups.code), groups.code, groups.code)
    assert calls <= pairs(link_by_graph(view, groups.code, groups.code), groups.code, groups.code)
    tested = {("test_serve", "serve")}
    assert tested <= pairs(link_by_names(groups.tests, groups.code), groups.tests, groups.code)
    assert tested <= pairs(link_by_graph(view, groups.tests, groups.code), groups.tests, groups.code)


def test_the_same_file_comes_first(make_corpus: MakeCorpus) -> None:
    """A name that its own file defines means that one."""
    text = "def run():\n    return go()\n\n\ndef go():\n    pass\n"
    code = make_corpus({"a.py": text, "b.py": text}).groups.code
    links = link_by_names(code, code)
    assert (code.file_rows[links.sources] == code.file_rows[links.targets]).all()
    assert links.weights.tolist() == [1.0, 1.0]


def test_a_name_that_many_have_says_nothing(make_corpus: MakeCorpus) -> None:
    """And one that some have is shared out among them."""
    few = {f"m{number}.py": "def get():\n    pass\n" for number in range(2)}
    many = {f"n{number}.py": "def put():\n    pass\n" for number in range(MOST_NAMED + 1)}
    code = make_corpus({"user.py": "def use():\n    get()\n    put()\n"} | few | many).groups.code
    links = link_by_names(code, code)
    assert {code.chunks[row].name for row in links.targets.tolist()} == {"get"}
    assert links.weights.tolist() == [0.5, 0.5]


def test_values_flow_both_ways() -> None:
    """Each end gets the best of the other ends."""
    links = Links(np.array([0, 0, 1]), np.array([2, 1, 2]), np.array([1.0, 0.5, 1.0]))
    assert links.pull(np.array([0.2, 0.8, 0.0]), 3).tolist() == [0.0, 0.1, 0.8]
    assert links.push(np.array([0.0, 1.0, 0.3]), 3).tolist() == [0.5, 0.3, 0.0]
    assert links.count_users(3).tolist() == [0.0, 0.5, 2.0]
    assert links.count_needs(3).tolist() == [1.5, 1.0, 0.0]


def test_no_code_has_no_links(make_corpus: MakeCorpus) -> None:
    """An empty group links to nothing."""
    code = make_corpus({}).groups.code
    assert len(link_by_names(code, code).weights) == 0
    assert link_by_names(code, code).pull(np.zeros(0), 0).shape == (0,)


@pytest.mark.parametrize("language", ["python", "javascript", "typescript", "go", "rust", "java"])
def test_symbols_of_the_graph_have_their_chunk(language: str) -> None:
    """Of every language's functions and methods 95 of 100 at least, and nine of ten by the very same key."""
    total = placed = exact = 0
    for case in read_cases():
        if case.language != language:
            continue
        graph = build(case)
        symbols = [one for one in graph.symbols if one.kind in {NodeKind.FUNCTION, NodeKind.METHOD, NodeKind.TEST}]
        symbols = [one for one in symbols if one.path and (case.folder / one.path).is_file()]
        corpus = Corpus()
        for path in {one.path for one in symbols}:
            corpus.put(path, (case.folder / path).read_bytes())
        for group in (corpus.groups.code, corpus.groups.tests):
            rows = place_symbols(symbols, group)
            placed += len(rows)
            exact += sum(1 for key, row in rows.items() if group.chunks[row].key == key)
        total += len(symbols)
    assert total > 100
    assert placed >= 0.95 * total
    assert exact >= 0.88 * total
