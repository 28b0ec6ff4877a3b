"""The words of a query and those of code are the same words."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st

from yantra_bot.retrieval.words import MAX_WORD, STOP, find_identifiers, name_words, split_words, stem


def test_every_way_to_write_a_name_meets_plain_english() -> None:
    """Camel case, snake case and a sentence share the words of the name."""
    plain = set(split_words("the user's names"))
    for name in ("getUserName", "get_user_name", "UserNames", "USER_NAME", "user-name"):
        assert {"user", "nam"} <= set(split_words(name)) or {"user", "name"} <= set(split_words(name)), name
    assert set(split_words("user name")) <= set(split_words("getUserName"))
    assert plain & set(split_words("user_name")) == set(split_words("user name"))


def test_an_identifier_of_several_parts_is_a_word_itself() -> None:
    """A text that quotes it finds it before all that only share its parts."""
    assert list(split_words("get_user")) == ["get_user", "get", "user"]
    assert list(split_words("HTTPServer2")) == ["httpserver2", "http", "server", "2"]
    assert list(split_words("_private")) == ["privat"]


def test_endings_are_taken_off() -> None:
    """Plural, -ing, -ed and -ly lead to one stem."""
    assert {stem(word) for word in ("parse", "parses", "parsed", "parsing")} == {"pars"}
    assert {stem(word) for word in ("query", "queries")} == {"query"}
    assert stem("running") == stem("run")
    assert stem("class") == "class"
    assert stem("größen") == "größen"


def test_words_that_say_nothing_are_left_out() -> None:
    """The words of grammar are no words of the search."""
    assert not STOP & set(split_words("this is the one which you would have when it was not there"))


def test_a_word_is_shown_as_the_text_wrote_it() -> None:
    """What a reason quotes is the text's own spelling, its first one."""
    assert name_words("Parsing failed: parse() of HTTPServer") == {
        "pars": "Parsing",
        "fail": "failed",
        "httpserver": "HTTPServer",
        "http": "HTTP",
        "server": "Server",
    }


def test_identifiers_are_as_written() -> None:
    """Numbers and single letters are none."""
    assert find_identifiers("x = Get_user(42, 3.14, größe)") == ["Get_user", "größe"]


def test_other_scripts_are_words() -> None:
    """A query in any language is split, and meets the same words in comments."""
    assert list(split_words("Größe ändern")) == ["größe", "ändern"]
    assert list(split_words("修复 登录")) == ["修复", "登录"]
    assert list(split_words("🎉🔥")) == []


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_the_words_that_its_spellings_are_named_for(text: str) -> None:
    """Both readings of a text agree, and no word is longer than an identifier may be."""
    words = list(split_words(text))
    assert set(name_words(text)) == set(words)
    # A letter may become several in lower case.
    assert all(len(word) <= 3 * MAX_WORD for word in words)


@settings(deadline=None)
@given(st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=20))
def test_a_stem_begins_as_the_word_does(word: str) -> None:
    """Nothing is ever put in front, and something is left."""
    assert stem(word)
    assert word.startswith(stem(word)[:-1])
