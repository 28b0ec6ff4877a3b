"""Which questions ask the same: only those in which nothing differs that an answer could rest on."""

import pytest

from yantra_bot.agent.explaining.likeness import LONGEST, read_form

SAME = [
    ("Where is `add` called?", "where do we call `add()`"),
    ("Where is the limit set?", "In which file do we set the limit?"),
    ("Could you please tell me where the limit is set?", "Where is the limit set? Thanks in advance"),
    ("What does `Order.finalize()` return?", "What's the return value of `Order.finalize`?"),
    ("Are comments preserved by the parser?", "Does the parser keep comments?"),
    ("Is there a way to disable telemetry?", "Can telemetry be turned off?"),
    ("What happens if the cache is full?", "What happens when the cache is full"),
    ("What is the size of the pool?", "What is the pool size?"),
    ("Which functions are called by `main`?", "Which functions does `main` call?"),
    ("Explain how the cache is cleared", "How is the cache cleared?"),
    ("Explain what `f` does", "What does `f` do?"),
    ("Is config.py read at startup?", "is `config.py` read at startup"),
]
OTHER = [
    ("Where is `add` called?", "Where is `Add` called?"),
    ("Where is `add` called?", "Where is `add` defined?"),
    ("Which functions call `main`?", "Which functions are called `main`?"),
    ("Which functions call `main`?", "Which functions are called by `main`?"),
    ("Which modules import `a`?", "Which modules does `a` import?"),
    ("Does the host call a plugin?", "Does a plugin call the host?"),
    ("Is `x` used?", "Is `x` not used?"),
    ("Is `x` used?", "Isn't `x` used?"),
    ("Was `x` used?", "Is `x` used?"),
    ("Did `x` fail?", "Does `x` fail?"),
    ("Can `x` fail?", "Must `x` fail?"),
    ("Are tabs 4 spaces?", "Are tabs 8 spaces?"),
    ("Why do we pin numpy<2?", "Why do we pin numpy<3?"),
    ("Does only the leader write?", "Does the leader only write?"),
    ("Does the log file open?", "Is the log file open?"),
    ("Do any tests fail?", "Do all tests fail?"),
    ("Why is `x` slow?", "Is `x` slow?"),
    ("What is the minimum length?", "What is the maximum length?"),
    ("Requests to the service?", "Requests from the service?"),
    ("Is it run before the backup?", "Is it run after the backup?"),
    ("Do we remove `a/b.py`?", "Do we remove `a/c.py`?"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_other_words_for_the_same(one: str, other: str) -> None:
    """Voice, courtesy, contractions, articles, and the few known ways of saying the same make no difference."""
    first, second = read_form(one), read_form(other)
    assert first is not None
    assert second is not None
    assert first.key == second.key, (first, second)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_one_word_makes_another_question(one: str, other: str) -> None:
    """Names as they are written, numbers, negation, order, tense and mood all count."""
    first, second = read_form(one), read_form(other)
    assert first is not None
    assert second is not None
    assert first.key != second.key, first


@pytest.mark.parametrize("text", ["Does it fail?", "Is the function `pure`?", "What about this?", "the same for `b`"])
def test_what_points_elsewhere_says_so(text: str) -> None:
    """What was said before decides what such a question asks."""
    form = read_form(text)
    assert form is not None
    assert form.points == (text != "Is the function `pure`?")


def test_a_thing_without_a_word_of_which_one_points_elsewhere() -> None:
    """`the function f` and `the function in main.py` say which; `the function` alone does not."""
    told = [read_form(f"Is the function {more} pure?") for more in ("`f`", "in main.py", "really")]
    assert [form is None or form.points for form in told] == [False, False, True]


def test_who_names_code_is_understood_everywhere() -> None:
    """A number alone is no name of code."""
    told = [read_form(text) for text in ("Where is `add` set?", "Where is the limit set?", "Where is limit 8 set?")]
    assert [form is not None and form.stands_alone for form in told] == [True, False, False]


@pytest.mark.parametrize("text", ["", "?", "please", "why", "the a an", "x" * (LONGEST + 1)])
def test_what_says_too_little_or_too_much_is_like_nothing(text: str) -> None:
    """It costs a call, and no mistake."""
    assert read_form(text) is None
