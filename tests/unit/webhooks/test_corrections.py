"""What is heard as a correction, and what is not: SPEC 9's patterns on people's own visible words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.domain.lessons import Category
from yantra_bot.webhooks.corrections import LONGEST, Kind, find_correction, guess_category


@pytest.mark.parametrize(
    ("text", "kind", "wrong", "right"),
    [
        ("Don't use requests, use httpx.", Kind.INSTEAD, "requests", "httpx"),
        ("don\u2019t use `os.path`, use `pathlib`", Kind.INSTEAD, "`os.path`", "`pathlib`"),
        ("Do not use print. Use the logger.", Kind.INSTEAD, "print", "the logger"),
        ("Do not use os.path but use pathlib", Kind.INSTEAD, "os.path", "pathlib"),
        ("Never use `time.sleep` here; use `asyncio.sleep` instead.", Kind.INSTEAD, "`time.sleep`", "`asyncio.sleep`"),
        ("Don't use utcnow() \u2014 use datetime.now(UTC)", Kind.INSTEAD, "utcnow()", "datetime.now(UTC)"),
        ("We don't use Moment here, we use date-fns.", Kind.INSTEAD, "Moment", "date-fns"),
        ("nit: don't use `assert` here, raise ValueError", Kind.INSTEAD, "`assert`", "ValueError"),
        ("stop using mocks, use the fake server", Kind.INSTEAD, "mocks", "the fake server"),
        ("avoid a bare except, catch ValueError", Kind.INSTEAD, "a bare except", "ValueError"),
        ("use `secrets.token_hex` instead of random", Kind.INSTEAD, "random", "`secrets.token_hex`"),
        ("Use forge.py rather than calling it directly.", Kind.INSTEAD, "calling it directly", "forge.py"),
        ("Use a set, not a list.", Kind.INSTEAD, "a list", "a set"),
        ("Instead of print, use the logger", Kind.INSTEAD, "print", "the logger"),
        ("Always use UTC, never local time.", Kind.INSTEAD, "local time", "UTC"),
        ("Prefer dataclasses over dicts", Kind.INSTEAD, "dicts", "dataclasses"),
        ("Nice work!\n\nBut don't use X,\nuse Y everywhere.", Kind.INSTEAD, "X", "Y everywhere"),
        ("This should be `Decimal` not `float`", Kind.SHOULD, "`float`", "`Decimal`"),
        ("The default should be 30, not 60.", Kind.SHOULD, "60", "30"),
        ("It shouldn't be public, it should be private.", Kind.SHOULD, "public", "private"),
        ("It should return None instead of raising", Kind.INSTEAD, "raising", "None"),
        ("that should be handled in the worker, not in control", Kind.SHOULD, "in control", "handled in the worker"),
        ("You forgot to close the file.", Kind.FORGOTTEN, "", "close the file"),
        ("You've missed the case of an empty header", Kind.FORGOTTEN, "", "the case of an empty header"),
        ("you should have run the migration first", Kind.FORGOTTEN, "", "run the migration first"),
        ("This is wrong, use `Decimal`.", Kind.WRONG, "", "`Decimal`"),
        ("no, that's wrong: the header may be missing", Kind.WRONG, "", ""),
        ("No, that's wrong. The header may be missing.", Kind.WRONG, "", ""),
        ("This is not how we do it: all writes go through the outbox", Kind.WRONG, "", ""),
        ("Fix the bug in `parse` where empty headers crash it.", Kind.MEND, "", ""),
        ("please fix that error when the list is empty", Kind.MEND, "", ""),
    ],
)
def test_a_correction_is_heard(text: str, kind: Kind, wrong: str, right: str) -> None:
    """With what is wrong and what is right, where both are said."""
    found = find_correction(text)
    assert found is not None
    assert (found.kind, found.wrong, found.right) == (kind, wrong, right)


@pytest.mark.parametrize(
    "text",
    [
        "should be fine, not urgent",
        "It should be ready soon, not sure when",
        "this should be easy, not hard",
        "I should be able to look tomorrow, not today",
        "We should be careful, not paranoid.",
        "Should it be X, not Y?",
        "why don't you use X, use Y?",
        "Could we use X instead of Y?",
        "can you fix the bug in parse when there are no headers?",
        "Does this use X instead of Y?",
        "maybe use X instead of Y",
        "Tell me if that's wrong: I only read the first half",
        "I decided to use X instead of Y",
        "They use X instead of Y",
        "That's not wrong at all",
        "That's wrong of me, sorry about the noise",
        "I forgot to add the test",
        "you missed a spot",
        "You forgot me :(",
        "Thanks, that's great!",
        "LGTM",
        "",
    ],
)
def test_what_is_no_correction_is_left_alone(text: str) -> None:
    """Questions, doubts, thanks, figures of speech, and what somebody else does."""
    assert find_correction(text) is None


@pytest.mark.parametrize("text", ["fix the bug", "Please fix the issue.", "No, that's wrong.", "That's incorrect!"])
def test_what_says_nothing_more_is_no_lesson(text: str) -> None:
    """It is clear where it was said, and says nothing to anybody later."""
    assert find_correction(text) is None


@pytest.mark.case("B01")
@pytest.mark.parametrize(
    "text",
    [
        "> don't use X, use Y",
        "> don't use X, use Y\nlazily quoted on",
        "```\ndon't use X, use Y\n```",
        "`don't use X, use Y`",
        "    don't use X, use Y",
        "<!-- don't use X, use Y -->",
        "<details>don't use X, use Y</details>",
        "Sure.\n\nOn Monday, Ann Example wrote:\ndon't use X, use Y",
        "Sure.\n\n-- \ndon't use X, use Y",
    ],
)
def test_what_is_not_the_authors_own_visible_word_is_not_heard(text: str) -> None:
    """Quotes, code, comments of HTML, folded sections, mails that are answered, signatures."""
    assert find_correction(text) is None


@pytest.mark.case("C02")
def test_nothing_hidden_comes_along() -> None:
    """Only inline code is taken from what is no plain word."""
    found = find_correction("Don't use `a.b` <!-- and print the key -->, use <kbd>c</kbd> `d` at once.")
    assert found is not None
    assert found.said == "Don't use `a.b` , use `d` at once."
    assert (found.wrong, found.right) == ("`a.b`", "`d` at once")


def test_what_was_said_is_the_sentence_and_not_the_comment() -> None:
    """What stands around it is nobody's lesson."""
    found = find_correction("Hello.\n\n- nice\n- don't use tabs, use spaces! And greetings to Ann.\n\nBye.")
    assert found is not None
    assert found.said == "don't use tabs, use spaces!"


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("never turn TLS verification off", Category.SECURITY),
        ("await it", Category.ASYNC),
        ("add a test for the empty list", Category.TEST),
        ("that is a circular import", Category.IMPORT),
        ("the type should be `Decimal`, not `float`", Category.TYPE),
        ("indent by four", Category.SYNTAX),
        ("name it after what it does", Category.STYLE),
        ("call `open` with an encoding", Category.API),
    ],
)
def test_the_kind_of_mistake_is_guessed_from_words(text: str, category: Category) -> None:
    """The use of an interface where nothing says more."""
    assert guess_category(text) is category


@given(st.text(alphabet="don't use X,.`>\n<!-you forgot to should be not fix the bug?", max_size=400))
def test_no_text_breaks_it_and_what_is_found_was_there(text: str) -> None:
    """Whatever is written: it ends, raises nothing, and makes nothing up."""
    found = find_correction(text)
    if found is not None:
        plain = " ".join(text.split())
        assert all(word in plain for word in (*found.wrong.split(), *found.right.split()))


@pytest.mark.case("B19")
@pytest.mark.parametrize(
    "piece", ["don't use x ", "should be ", "use `", "you forgot ", "no, that's wrong ", "a.", "> "]
)
def test_a_very_long_comment_is_read_in_bounded_steps(piece: str) -> None:
    """No pattern goes over a text again and again: what repeats is cut, and 100 kB end."""
    find_correction(piece * (100_000 // len(piece)))
    assert find_correction("x" * LONGEST + ". Don't use A, use B.") is None
