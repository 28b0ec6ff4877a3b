"""What a comment of a review is: one rule, by what its author wrote themselves."""

import pytest

from yantra_bot.webhooks.review_words import ReviewWord, sort_words

THANKS, QUESTION, REQUEST, COMMAND = ReviewWord.THANKS, ReviewWord.QUESTION, ReviewWord.REQUEST, ReviewWord.COMMAND


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Thanks!", THANKS),
        ("LGTM 👍", THANKS),
        ("👍", THANKS),
        ("Great, thank you so much.", THANKS),
        ("thanks for the quick fix", THANKS),
        ("looks good to me", THANKS),
        ("", THANKS),
        ("> please rename\n\nok, thanks", THANKS),
        ("ok, but rename it", REQUEST),
        ("fix this", REQUEST),
        ("Rename this.", REQUEST),
        ("nit: typo", REQUEST),
        ("Why is this a list?", QUESTION),
        ("What does it return when the list is empty?", QUESTION),
        ("Is this still needed?", QUESTION),
        ("Could you rename this?", REQUEST),
        ("Can we use a set here?", REQUEST),
        ("Why not a set?", REQUEST),
        ("How about a set?", REQUEST),
        ("Shouldn't this be private?", REQUEST),
        ("Would a set be better instead?", REQUEST),
        ("Please explain?", REQUEST),
        ("```suggestion\nx = 1\n```", REQUEST),
        ("Is this right?\n~~~suggestion\nx = 1\n~~~", REQUEST),
        ("`why?`", THANKS),
        ("@yantra explain why", COMMAND),
        ("@yantra frobnicate", COMMAND),
        ("> @yantra stop\n\nRename this.", REQUEST),
    ],
)
def test_what_a_comment_is(text: str, word: ReviewWord) -> None:
    """Thanks are seen, questions answered, everything else is to be done."""
    assert sort_words(text) is word


def test_a_long_comment_is_read_quickly_and_raises_nothing() -> None:
    """A stranger's text of any size and shape."""
    assert sort_words("please " * 100_000) is REQUEST
    assert sort_words("`" * 50_000) in set(ReviewWord)
    assert sort_words("\u202e\0" * 1_000) in set(ReviewWord)
