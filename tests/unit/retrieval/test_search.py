"""A search finds by each of its parts alone, tells the truth about why, and says what it could not ask."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pytest

from yantra_bot.retrieval.chunks import Chunk
from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.hits import Found, Hit, ReasonKind
from yantra_bot.retrieval.past import Past, PastCommit
from yantra_bot.retrieval.search import Searcher
from yantra_bot.retrieval.weights import Model, Weights, load_model
from yantra_bot.retrieval.words import split_words

MakeCorpus = Callable[[Mapping[str, str]], Corpus]
FILLER = {
    f"lib/part{number}.py": f"def spare_{number}(x):\n    '''Turn wheel {number}.'''\n    return x + {number}\n"
    for number in range(12)
}
CODE = FILLER | {
    "shop/cart.py": "class Cart:\n    def add(self, item):\n"
    "        '''Put an article in.'''\n        return reserve(item)\n",
    "shop/stock.py": "def reserve(item):\n    '''Keep one back.'''\n"
    "    return item\n\n\ndef count_left(item):\n    return 1\n",
    "tests/test_stock.py": "from shop.stock import reserve\n\n\n"
    "def test_warehouse_is_never_oversold():\n    reserve(1)\n",
    "README.md": "# Shop\n\n## Vouchers\n\nA voucher lowers the price.\n",
}


def names(hits: Sequence[Hit]) -> list[str]:
    """Return what was found, best first."""
    return [hit.chunk.key for hit in hits]


def only(*columns: str) -> Model:
    """Return a model that looks at these columns alone."""
    weights = Weights(dict.fromkeys(columns, 1.0))
    return Model(weights, weights, weights, Weights({"best_row": 1.0}))


@pytest.fixture
def corpus(make_corpus: MakeCorpus) -> Corpus:
    """Return a small shop."""
    return make_corpus(CODE)


def test_a_name_in_the_text_is_found(corpus: Corpus) -> None:
    """Quoted, called, or as owner and name."""
    for text in ("`reserve` is slow", "Cart.add raises", "count_left() lies"):
        found = Searcher(corpus, model=only("written", "pair_named")).search(text, 1)
        assert found.functions[0].chunk.own_name in text
        assert found.functions[0].reasons[0].kind is ReasonKind.NAMED


def test_words_of_the_text_are_found(corpus: Corpus) -> None:
    """In a docstring, without any name."""
    found = Searcher(corpus, model=only("words_weighed")).search("putting articles", 1)
    assert names(found.functions) == ["shop/cart.py::Cart.add"]
    assert found.functions[0].reasons[0].words == "has the words articles, putting"


def test_the_past_is_found(corpus: Corpus) -> None:
    """A message like the text names the function that was changed for it, and is quoted."""
    commit = PastCommit("c" * 40, (), 1, "Oversold pallets\n\nAgain.", (("shop/stock.py", "count_left"),))
    found = Searcher(corpus, Past([commit], corpus.counting), model=only("past")).search("pallets part", 1)
    assert names(found.functions) == ["shop/stock.py::count_left"]
    reason = found.functions[0].reasons[0]
    assert (reason.kind, reason.words) == (
        ReasonKind.PAST,
        "cccccccccc changed count_left in shop/stock.py: Oversold pallets",
    )


def test_neighbours_are_found(corpus: Corpus) -> None:
    """What the first hit uses fits as well."""
    found = Searcher(corpus, model=only("callers")).search("an article", 1)
    assert names(found.functions) == ["shop/stock.py::reserve"]
    assert found.functions[0].reasons[0].words == "used by Cart.add"


def test_what_fitting_tests_reach_is_found(corpus: Corpus) -> None:
    """The test's name says what its code does not."""
    found = Searcher(corpus, model=only("tested")).search("oversold warehouse", 1)
    assert names(found.functions) == ["shop/stock.py::reserve"]
    assert found.functions[0].reasons[0].words == "test_warehouse_is_never_oversold reaches it"
    assert names(found.tests) == ["tests/test_stock.py::test_warehouse_is_never_oversold"]


def near(text: str, chunks: Sequence[Chunk]) -> npt.NDArray[np.float32]:
    """Find that one function means what any text says."""
    return np.array([0.9 if chunk.name == "count_left" else 0.1 for chunk in chunks], np.float32)


def test_meaning_is_found(corpus: Corpus) -> None:
    """Where embeddings are at hand they judge the best rows anew, and the notes do not say that they are missing."""
    rows, meant = Weights({"words": 1.0}), Weights({"meaning": 1.0})
    model = Model(rows, rows, meant, Weights({"best_row": 1.0}))
    found = Searcher(corpus, model=model, similarity=near).search("part of a shop", 1)
    assert names(found.functions) == ["shop/stock.py::count_left"]
    assert found.functions[0].reasons[0].kind is ReasonKind.MEANING
    assert not any("meaning" in note for note in found.notes)


def test_meaning_that_knows_nothing_yet_is_said(corpus: Corpus) -> None:
    """The search goes on by words."""
    found = Searcher(corpus, similarity=lambda text, chunks: None).search("reserve an article", 3)
    assert found.functions
    assert "No embeddings of these functions are at hand yet: meaning was not compared." in found.notes


def test_documents_are_found_beside_code(corpus: Corpus) -> None:
    """A section by its words."""
    found = Searcher(corpus).search("voucher price", 3)
    assert found.others[0].chunk.name == "Vouchers"


def all_texts() -> list[str]:
    """Return texts that ask each part."""
    return ["Cart.add does not reserve an article", "oversold warehouse", "spare_3 wheel", "part item x"]


@pytest.mark.parametrize("text", all_texts())
def test_reasons_are_true(corpus: Corpus, text: str) -> None:
    """What a reason quotes stands in the chunk or in the text, and shares are shares."""
    commit = PastCommit("c" * 40, (), 1, "Reserve an article", (("shop/stock.py", "reserve"), ("shop/stock.py", "")))
    found = Searcher(corpus, Past([commit], corpus.counting)).search(text)
    for hit in (*found.functions, *found.tests, *found.others):
        chunk = hit.chunk
        said = set(split_words(f"{chunk.path} {chunk.name} {chunk.around} {chunk.text}"))
        for reason in hit.reasons:
            assert 0 < reason.share <= 1
            assert reason.words
            if reason.words.startswith("has the words "):
                quoted = reason.words.removeprefix("has the words ").split(", ")
                assert all(set(split_words(word)) & said for word in quoted), (quoted, chunk.key)
                assert all(word in text for word in quoted)
            if reason.words.startswith("the text names "):
                assert reason.words.split()[-1].rpartition(".")[2] in text
    assert [hit.score for hit in found.functions] == sorted((hit.score for hit in found.functions), reverse=True)
    assert found.files
    assert all(hit.reasons or hit.score <= found.files[0].score for hit in found.files)


def test_a_search_is_repeatable(corpus: Corpus) -> None:
    """The same text finds the same, in another searcher too."""
    first: Found = Searcher(corpus).search("reserve an article")
    assert first == Searcher(corpus).search("reserve an article")
    assert len({hit.chunk.plain_key for hit in first.functions}) == len(first.functions)


def test_parts_can_be_left_out(corpus: Corpus) -> None:
    """What is left out gives no reason."""
    every = frozenset(ReasonKind) - {ReasonKind.WORDS}
    found = Searcher(corpus, without=every, model=load_model()).search("reserve an article")
    assert {reason.kind for hit in found.functions for reason in hit.reasons} <= {ReasonKind.WORDS}


def test_the_notes_say_what_was_not_asked(make_corpus: MakeCorpus, corpus: Corpus) -> None:
    """No past, no model, no word, no code."""
    assert Searcher(corpus).search("zzz").notes == (
        "No word of the text stands in the repository.",
        "No past was read: what commits say was not asked.",
        "No embedding model is at hand: meaning was not compared.",
    )
    assert Searcher(corpus).search("zzz").functions == ()
    empty = Searcher(make_corpus({})).search("reserve")
    assert (empty.functions, empty.files, empty.tests, empty.others) == ((), (), (), ())
    assert "There is no code in a language that is read." in empty.notes


def test_a_place_alone_is_enough(corpus: Corpus) -> None:
    """A traceback whose words stand nowhere points all the same."""
    found = Searcher(corpus).search('File "/srv/shop/stock.py", line 2, in reserve', 2)
    assert found.functions[0].chunk.name == "reserve"
    assert found.functions[0].reasons[0].words == "the text points at its lines"


def test_twins_are_named_once(make_corpus: MakeCorpus) -> None:
    """Of two functions of one name the better one stands for both."""
    corpus = make_corpus({"a.py": "def pay(): return 1\n\n\ndef pay(): return 'money'\n"})
    found = Searcher(corpus).search("pay money")
    assert [hit.chunk.plain_key for hit in found.functions] == ["a.py::pay"]
