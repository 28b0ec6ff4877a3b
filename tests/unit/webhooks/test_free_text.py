"""Which command is proposed for words that are none."""

import pytest

from yantra_bot.domain.commands import CommandProblem, Verb
from yantra_bot.webhooks.commands import parse
from yantra_bot.webhooks.free_text import propose_verb


@pytest.mark.parametrize(
    ("text", "on_issue", "on_pull"),
    [
        ("please fix this and ship it", Verb.FIX, None),
        ("could you add a button", Verb.IMPLEMENT, None),
        ("make a plan for it", Verb.PLAN, None),
        ("never mind", Verb.STOP, Verb.STOP),
        ("have a look please", None, Verb.REVIEW),
        ("hello there my friend", None, None),
        ("`fix` is what the manual says", None, None),
        ("see https://example.com/fix/it", None, None),
    ],
)
def test_by_the_words_that_somebody_wrote_themselves(text: str, on_issue: Verb | None, on_pull: Verb | None) -> None:
    """On an issue work, on a pull request a review; not by what stands in code or in a link."""
    assert propose_verb(text, is_pull_request=False) is on_issue
    assert propose_verb(text, is_pull_request=True) is on_pull


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@yantra please fix this\nand that", "please fix this\nand that"),
        ("@yantra look at this file", "look at this file"),
        ("@yantra xyzzy", "xyzzy"),
        ("@yantra implment", ""),
        ("@yantra implment it", ""),
        ("@yantra solve all of this", ""),
        ("@yantra fix --model none-such", ""),
        ("@yantra", ""),
        ("@yantra please <!-- @yantra deploy --> fix", "please  fix"),
    ],
)
def test_a_sentence_is_told_from_a_slip(text: str, words: str) -> None:
    """A line of one or two words that begins like a command is a command with a slip in it."""
    found = parse(text)
    assert isinstance(found, CommandProblem)
    assert found.free_text == words
