"""The maintainers say what may be remembered of their repository, and a wrong word is refused with its place."""

import pytest

from yantra_bot.domain.lessons import Category
from yantra_bot.errors import UserError
from yantra_bot.runs.memory_rules import MemoryRules
from yantra_bot.runs.rules import parse_rules


def test_what_may_be_said() -> None:
    """Without any word all is learnt, and nothing leaves the repository."""
    assert parse_rules(b"enabled: true").memory == MemoryRules(True, (), share=False, take_shared=False)
    text = b"memory: {enabled: false, categories_off: [style, style, test], share: true}"
    assert parse_rules(text).memory == MemoryRules(False, (Category.STYLE, Category.TEST), share=True)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"memory: false", "has to hold keys"),
        (b"memory: {enabled: 1}", "true or false"),
        (b"memory: {share: 'yes'}", "true or false"),
        (b"memory: {categories_off: style}", "has to be a list"),
        (b"memory: {categories_off: [spelling]}", "has to be a list of kinds"),
        (b"memory: {categories_off: [[style]]}", "has to be a list of kinds"),
        (b"memory: {forget: true}", "line 1: memory.forget is not known"),
    ],
)
def test_a_wrong_word_is_refused(text: bytes, word: str) -> None:
    """By its name."""
    with pytest.raises(UserError, match=word):
        parse_rules(text)
