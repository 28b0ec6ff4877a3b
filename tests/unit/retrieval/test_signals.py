"""Every column of every row is a number, the same each time, and every weight has its column."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.filing import measure_files
from yantra_bot.retrieval.hits import ReasonKind
from yantra_bot.retrieval.links import Links
from yantra_bot.retrieval.past import Past, PastCommit
from yantra_bot.retrieval.query import read_query
from yantra_bot.retrieval.search import Searcher, place_meaning
from yantra_bot.retrieval.signals import Shelf, measure, rank, relative
from yantra_bot.retrieval.spreading import spread
from yantra_bot.retrieval.weights import KINDS, Model, Weights, load_model

MakeCorpus = Callable[[Mapping[str, str]], Corpus]
CODE = {
    "app/session.py": "class Session:\n    '''Keeps a login.'''\n\n    def __init__(self): ...\n\n"
    "    def request(self, url):\n        return send(url)\n"
    "\n    def _close(self): ...\n\n\ndef send(url):\n    return url\n",
    "app/views.py": "from app.session import Session\n\n\ndef show():\n    return Session().request('x')\n",
    "app/empty.py": "",
    "docs/conf.py": "name = 'docs'\n",
    "tests/test_session.py": "from app.session import send\n\n\ndef test_send():\n    assert send('url') == 'url'\n",
}
TEXTS = (
    "Session.request() forgets its url",
    "",
    "nothing of this stands there: zzz",
    "url " * 500,
    'File "app/session.py", line 7, in request',
    "修复 登录 🎉",
)


def made_past(corpus: Corpus) -> Past:
    """Return a past of two commits."""
    return Past(
        [
            PastCommit(
                "a" * 40, (), 1_700_000_000, "Forget no url", (("app/session.py", "request"), ("app/session.py", ""))
            ),
            PastCommit(
                "b" * 40, (), 1_600_000_000, "Show it", (("app/views.py", "show"), ("app/session.py", "request"))
            ),
        ],
        corpus.counting,
    )


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("has_past", [True, False])
def test_columns_are_numbers_for_every_row(make_corpus: MakeCorpus, text: str, has_past: bool) -> None:
    """No column has a hole, an infinity or another length, and a second time all are the same."""
    corpus = make_corpus(CODE)
    searcher = Searcher(corpus, made_past(corpus) if has_past else None)
    query = read_query(text, corpus.counting, searcher.shelf.past)
    first, second = searcher.rank(query), searcher.rank(query)
    count = len(corpus.groups.code)
    for name, values in {**first.columns, "scores": first.scores}.items():
        assert values.shape == (count,), name
        assert np.isfinite(values).all(), name
        assert np.array_equal(values, {**second.columns, "scores": second.scores}[name]), name
    for name, values in {**first.file_columns, "scores": first.file_scores}.items():
        assert values.shape == (len(corpus.groups.code.paths),), name
        assert np.isfinite(values).all(), name


def test_no_code_has_empty_columns(make_corpus: MakeCorpus) -> None:
    """Nothing is raised where there is nothing to measure."""
    corpus = make_corpus({"README.md": "# Title\n"})
    shelf = Shelf(corpus.groups, None, corpus.counting)
    columns = measure(shelf, read_query("title", corpus.counting, None))
    assert {values.shape for values in columns.values()} == {(0,)}
    links = Links(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    none = np.zeros(0, np.int64)
    assert {values.shape for values in spread(np.zeros(0), links, none, none).values()} == {(0,)}
    assert {values.shape for values in measure_files(columns, np.zeros(0), none, ()).values()} == {(0,)}


def test_every_weight_has_its_column(make_corpus: MakeCorpus) -> None:
    """What training wrote and what the search measures have the same names, or one of them has drifted."""
    corpus = make_corpus(CODE)
    near = lambda text, chunks: np.linspace(0.1, 0.9, len(chunks), dtype=np.float32)  # noqa: E731 (one expression)
    searcher = Searcher(corpus, made_past(corpus), similarity=near)
    ranking = searcher.rank(read_query("request url", corpus.counting, searcher.shelf.past))
    assert ranking.has_meaning
    model = load_model()
    for weights in (model.rows, model.again, model.meant):
        assert set(weights.by_name) - set(ranking.columns) == set()
    assert set(model.files.by_name) - set(ranking.file_columns) == set()
    assert not {"meaning", "rank_meaning"} & (set(model.rows.by_name) | set(model.again.by_name))


def test_every_kind_of_reason_is_of_columns_that_are_made(make_corpus: MakeCorpus) -> None:
    """No reason can be told of a signal that is not there, and each signal has one kind."""
    corpus = make_corpus(CODE)
    near = lambda text, chunks: np.linspace(0.1, 0.9, len(chunks), dtype=np.float32)  # noqa: E731 (one expression)
    ranking = Searcher(corpus, made_past(corpus), similarity=near).rank(read_query("url", corpus.counting, None))
    named = [name for names in KINDS.values() for name in names]
    assert len(named) == len(set(named))
    assert set(named) <= set(ranking.columns) | set(ranking.file_columns)


def test_weights_add_up() -> None:
    """Columns without a weight, and weights without a column, count nothing; parts can be left out."""
    weights = Weights({"name": 2.0, "past": 1.0, "gone": 5.0})
    columns = {"name": np.array([1.0, 0.0]), "past": np.array([0.0, 1.0]), "other": np.array([9.0, 9.0])}
    assert weights.score(columns).tolist() == [2.0, 1.0]
    assert weights.without(frozenset({ReasonKind.PAST})).score(columns).tolist() == [2.0, 0.0]
    average = {name: float(values.mean()) for name, values in columns.items()}
    assert weights.share(columns, 0, average) == {ReasonKind.WORDS: 1.0}
    assert weights.share({"name": np.zeros(2)}, 0, {"name": 0.0}) == {}
    model = Model(weights, weights, weights, weights).without(frozenset({ReasonKind.WORDS}))
    assert "name" not in model.rows.by_name


def test_ranks_are_reciprocal() -> None:
    """The best has 1, and equals stand in the order of their rows."""
    assert rank(np.array([0.5, 0.9, 0.5])).tolist() == pytest.approx([61 / 62, 1.0, 61 / 63])
    assert relative(np.array([1.0, 4.0])).tolist() == [0.25, 1.0]
    assert relative(np.zeros(2)).tolist() == [0.0, 0.0]


def test_the_neighbours_of_the_best_are_near() -> None:
    """What a link joins to the first hit gets some of it, in both directions; a stranger gets nothing."""
    links = Links(np.array([0, 1]), np.array([1, 2]), np.array([1.0, 1.0]))
    scores = np.array([0.0, 1.0, 0.0, 0.0, 0.0])
    near = spread(scores, links, np.array([0, 0, 1, 1, 2]), np.array([0, 0, 0, 1, 1]))
    assert near["near"][0] > 0
    assert near["near"][2] > 0
    assert near["near"][3] == near["near"][4] == 0
    assert near["best_of_class"].tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]
    assert near["best_of_file"].tolist() == [1.0, 0.0, 1.0, 0.0, 0.0]
    assert near["best_user"][2] == near["best_used"][0] == 1.0


def test_equal_scores_have_no_neighbours() -> None:
    """There is no first hit to begin from."""
    links = Links(np.array([0]), np.array([1]), np.array([1.0]))
    assert not spread(np.ones(3), links, np.zeros(3, np.int64), np.zeros(3, np.int64))["near"].any()


def test_meaning_is_asked_only_where_most_have_a_vector() -> None:
    """A chunk without one stands in the middle, neither lifted nor lowered."""
    columns = {"words": np.zeros(4)}
    pool = np.array([0, 1, 2])
    assert place_meaning(columns, pool, np.array([0.9, np.nan, 0.1], np.float32))
    assert columns["meaning"].tolist() == pytest.approx([1.0, 0.0, -1.0, 0.0])
    assert not place_meaning(dict(columns), pool, np.array([0.9, np.nan, np.nan], np.float32))
    assert not place_meaning(dict(columns), pool[:0], np.zeros(0, np.float32))
