"""A question is told from what is none, in its author's own words alone."""

import pytest

from yantra_bot.webhooks.commands import is_question


@pytest.mark.parametrize(
    "text",
    [
        "Why?",
        "Who calls it like that?",
        "I do not follow: what breaks here? The tests pass.",
        "Is `scan(text)` meant?",
        "Really?!",
        "Et pourquoi ?",
    ],
)
def test_a_question_is_one(text: str) -> None:
    """A sentence that ends in a question mark asks."""
    assert is_question(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, fixed.",
        "> Why does it break?\n\nDone.",
        "`a ? b : c`",
        "```\nwhy?\n```\nDone.",
        "See http://example.com/?page=2 and /search?q=1",
        "x ?? y",
        "",
        "<!-- why? -->",
    ],
)
def test_what_asks_nothing_is_none(text: str) -> None:
    """Quotes, code, links and plain statements ask nothing."""
    assert not is_question(text)
