"""A text becomes weighed words of this tree, and what it names."""

from collections.abc import Callable, Mapping

import pytest

from yantra_bot.retrieval.corpus import Corpus
from yantra_bot.retrieval.cues import MAX_TEXT
from yantra_bot.retrieval.past import Past, PastCommit
from yantra_bot.retrieval.query import MAX_WORDS, WORN_WEIGHT, read_query

MakeCorpus = Callable[[Mapping[str, str]], Corpus]
CODE = {"a.py": "def login(user):\n    '''Fix a redirect.'''\n    return redirect(user, 42)\n"}


@pytest.fixture
def corpus(make_corpus: MakeCorpus) -> Corpus:
    """Return a small tree."""
    return make_corpus(CODE)


def weights(corpus: Corpus, text: str, past: Past | None = None) -> dict[str, float]:
    """Return the weight of each word as the text writes it."""
    query = read_query(text, corpus.counting, past)
    return {query.words[number]: weight for number, weight in query.weighed.items()}


def test_words_that_every_report_has_weigh_less(corpus: Corpus) -> None:
    """Where no past tells which ones those are, a list does."""
    assert weights(corpus, "Fix the login") == {"Fix": WORN_WEIGHT, "login": 1.0}


def test_a_past_tells_which_words_are_worn(corpus: Corpus) -> None:
    """What all messages say weighs nothing, what none says weighs most."""
    commits = [PastCommit(f"{n:040x}", (), n, "login again", (("a.py", ""),)) for n in range(20)]
    said = weights(corpus, "Fix the login", Past(commits, corpus.counting))
    assert said["login"] == pytest.approx(0.0)
    assert said["Fix"] > 0.9


def test_noise_is_no_word(corpus: Corpus) -> None:
    """Addresses, numbers and commits are left out, and words that the tree does not have."""
    assert weights(corpus, "https://login.example/user #42 deadbeef1 42 elsewhere") == {}
    assert read_query("elsewhere", corpus.counting, None).is_empty


def test_the_first_line_is_the_title(corpus: Corpus) -> None:
    """Empty lines above it are none."""
    query = read_query("\n\n  Login fails\n\nfor a user", corpus.counting, None)
    assert {query.words[number] for number in query.title} == {"Login"}
    assert {query.words[number] for number in query.plain} == {"Login", "user"}


def test_a_long_text_is_bounded() -> None:
    """Different words beyond a number, and characters beyond a number, are not read."""
    corpus = Corpus()
    corpus.put(
        "a.py", "\n".join(f"word{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}x{n} = 1" for n in range(900)).encode()
    )
    text = " ".join(f"word{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}x{n}" for n in range(900))
    assert len(read_query(text, corpus.counting, None).plain) == MAX_WORDS
    assert len(read_query("x " * MAX_TEXT, corpus.counting, None).text) == MAX_TEXT


def test_a_lone_surrogate_is_replaced(corpus: Corpus) -> None:
    """JSON may hold one; no tokenizer takes it."""
    query = read_query("login \ud800", corpus.counting, None)
    assert query.text.encode() == b"login ?"
