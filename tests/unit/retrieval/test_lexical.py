"""BM25 is what its formula says, and the same however the index came to be."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.lexical import K1, B, Lexical
from yantra_bot.retrieval.terms import Counting, Postings, Vocabulary

ROWS = (Counter({0: 2, 1: 1}), Counter({1: 3, 2: 1}), Counter[int](), Counter({2: 5, 0: 1}))


def expected(rows: tuple[Counter[int], ...], query: dict[int, float], k1: float, b: float) -> list[float]:
    """Return the scores by the formula, row by row (Lucene's idf)."""
    lengths = [sum(row.values()) for row in rows]
    mean = sum(lengths) / len(rows)
    scores = []
    for row, length in zip(rows, lengths, strict=True):
        total = 0.0
        for word, weight in query.items():
            having = sum(1 for one in rows if one[word])
            idf = math.log(1 + (len(rows) - having + 0.5) / (having + 0.5))
            if row[word]:
                total += weight * idf * row[word] * (k1 + 1) / (row[word] + k1 * (1 - b + b * length / mean))
        scores.append(total)
    return scores


@pytest.mark.parametrize(("k1", "b"), [(K1, B), (1.5, 0.0), (0.9, 1.0)])
def test_scores_are_those_of_the_formula(k1: float, b: float) -> None:
    """Each row gets the sum over the query's words, rows without any get nothing."""
    index = Lexical(Postings.of(ROWS), len(ROWS), 3, k1=k1, b=b)
    query = {0: 1.0, 2: 0.5}
    assert index.score(query) == pytest.approx(expected(ROWS, query, k1, b))
    assert index.score(query)[2] == 0


def test_the_specification_s_numbers_are_the_default() -> None:
    """k1 is 1.5 and b is 0.75."""
    assert (K1, B) == (1.5, 0.75)


def test_words_that_no_row_has_are_worth_nothing() -> None:
    """Nor are numbers of words that came after the index, or of none."""
    index = Lexical(Postings.of(ROWS), len(ROWS), 4)
    assert not index.score({3: 1.0, 99: 1.0, -1: 1.0}).any()
    assert [index.count(word) for word in (0, 1, 2, 3, 99, -1)] == [2, 2, 2, 0, 0, 0]
    assert not index.cover({3: 1.0, -1: 1.0}).any()


def test_cover_is_the_share_of_the_query_that_a_row_has() -> None:
    """A row with every known word has all of it."""
    index = Lexical(Postings.of(ROWS), len(ROWS), 3)
    cover = index.cover({0: 1.0, 2: 1.0})
    assert cover[3] == pytest.approx(1.0)
    assert cover[2] == 0
    assert 0 < cover[0] < 1


def test_an_index_of_nothing_can_be_asked() -> None:
    """No rows, no words, no answer, no error."""
    index = Lexical(Postings.of([]), 0, 0)
    assert index.score({0: 1.0}).shape == (0,)
    assert index.cover({0: 1.0}).shape == (0,)
    assert Postings.joined([], []).rows.shape == (0,)


def test_a_vocabulary_numbers_words_once() -> None:
    """The same word has the same number, an unknown one has none."""
    words = Vocabulary()
    assert [words.number(word) for word in ("a", "b", "a")] == [0, 1, 0]
    assert (words.find("b"), words.find("c"), len(words)) == (1, -1, 2)


SOURCES = st.dictionaries(
    st.sampled_from(["a.py", "pkg/b.py", "tests/test_a.py", "README.md", "x.js"]),
    st.sampled_from(
        [
            "def alpha():\n    return beta()\n\n\ndef beta():\n    pass\n",
            "class Gamma:\n    '''Says delta.'''\n\n    def delta(self):\n        return alpha\n",
            "# Title\n\nSome words on alpha.\n",
            "function alpha() { return delta(); }\n",
            "",
        ]
    ),
    max_size=5,
)


@settings(deadline=None)
@given(first=SOURCES, second=SOURCES)
def test_a_corpus_that_was_changed_equals_one_from_nothing(first: dict[str, str], second: dict[str, str]) -> None:
    """After any changes every score is what a new corpus of the same files gives."""
    changed = Corpus()
    for path, text in first.items():
        changed.put(path, text.encode())
    assert changed.groups
    for path in first.keys() - second.keys():
        changed.remove(path)
    for path, text in second.items():
        changed.put(path, text.encode())
    fresh = Corpus(changed.counting)
    for path, text in second.items():
        fresh.put(path, text.encode())
    query = {changed.counting.words.find(word): 1.0 for word in ("alpha", "delta", "beta")}
    for one, other in ((changed.groups.code, fresh.groups.code), (changed.groups.tests, fresh.groups.tests)):
        assert [chunk.key for chunk in one.chunks] == [chunk.key for chunk in other.chunks]
        assert np.allclose(one.index(b=B).score(query), other.index(b=B).score(query))


def test_counting_the_same_text_twice_gives_the_same() -> None:
    """Numbers of words stay what they were."""
    counting = Counting()
    assert counting.count("alpha beta alpha") == counting.count("alpha beta alpha")
