"""Hidden parts of a comment stay hidden, plain words stay as they are, and time stays linear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yantra_bot.webhooks.plain_words import HIDDEN, clean, drop_comments, find_mail_reply, hide

MARKDOWN = st.text(alphabet="`~<>!-/\\ \n\tab@*1.detailsPRE", max_size=200)


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("plain", "plain"),
        ("a `b` c", "a  c"),
        ("a ``b ` c`` d", "a  d"),
        ("a ` b", "a ` b"),
        ("a ` b\n\nc ` d", "a ` b\n\nc ` d"),
        (r"a \`b\` c", r"a \`b\` c"),
        ("```\nx\n```\ny", "\n\n\ny"),
        ("~~~~\nx\n~~~\n~~~~\ny", "\n\n\n\ny"),
        ("```\nnever closed", "\n"),
        ("``` not `a fence\n\ny", "``` not `a fence\n\ny"),
        ("- ```\n  x\n  ```\ny", "\n\n\ny"),
        ("> q\nlazy\n\ny", "\n\n\ny"),
        ("    code\ny", "\ny"),
        ("\tcode\ny", "\ny"),
        ("a <!-- b\nc --> d", "a \n d"),
        ("<!-- never closed\nx", "\n"),
        ("<details><summary>s</summary>\nx\n</details>\ny", "\n\n\ny"),
        ("<DETAILS>\n<details>\n</details>\nx\n</details>\ny", "\n\n\n\n\ny"),
        ("<pre>\nx", "\n"),
        ("`<!--` x", " x"),
        ("<!-- ``` -->\nx", "\nx"),
        ("```\n<!--\n```\nx", "\n\n\nx"),
    ],
)
def test_what_is_hidden(text, visible):
    """Code, quotes, HTML comments and folded sections are hidden, whatever stands inside which."""
    assert hide(text).replace(HIDDEN, "") == visible


@given(MARKDOWN)
def test_hiding_keeps_every_position(text):
    """The hidden text is as long as the text, with its line ends where they were, and shows nothing new."""
    hidden = hide(text)
    assert len(hidden) == len(text)
    assert all(shown in (HIDDEN, char) for shown, char in zip(hidden, text, strict=True))
    assert hidden.count("\n") == text.count("\n")


@given(st.text())
def test_cleaned_text_can_be_stored(text):
    """After cleaning there is no NUL, no carriage return and nothing that UTF-8 cannot carry."""
    cleaned = clean(text)
    cleaned.encode()
    assert not {"\0", "\r", "\x1b"} & set(cleaned)


@pytest.mark.parametrize(
    "reply",
    [
        "On Mon, 5 Jan 2026 at 10:00, Bob <bob@example.com> wrote:\n> old",
        "On Mon, 5 Jan 2026 at 10:00, Bob <bob@example.com>\nwrote:\n> old",
        "Am Montag schrieb Bob:\n> alt",
        "Le lundi 5 janvier, Bob a écrit :\n> vieux",
        "-----Original Message-----\nFrom: Bob",
        "From: Bob\nSent: Monday\nold",
        "-- \nsignature",
    ],
)
def test_a_quoted_mail_is_found(reply):
    """What e-mail programs append below an answer is not the answer."""
    assert find_mail_reply(f"new\n\n{reply}") == len("new\n\n")
    assert find_mail_reply("new\n\nOn the whole I like it.") == len("new\n\nOn the whole I like it.")


def test_comments_are_dropped():
    """People do not see HTML comments on the page, so models get none."""
    assert drop_comments("a<!-- b\n -->c<!-- d") == "ac"


@pytest.mark.parametrize(
    "unit", ["` ", "`a ``b ```c ", "> a\n", "<!--", "<details>", "</details>", "- ", "1. `", "\\`", "~~~\n"]
)
def test_work_grows_with_the_text_and_not_with_its_square(unit):
    """64 kB of any delimiter is a few thousand steps; a quadratic scan would run into the test's time limit."""
    text = "x\n" + unit * (1_000_000 // len(unit))
    assert len(hide(text)) == len(text)


def test_many_runs_of_backticks_without_a_partner():
    """Openers that never close are each looked up once, not searched for to the end of the text."""
    text = " ".join("`" * length for length in range(1, 700))
    assert hide(text) == text
