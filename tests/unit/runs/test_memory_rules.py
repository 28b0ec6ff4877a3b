"""The maintainers say what may be remembered of their repository, and a wrong word is refused with its place."""

import re
from pathlib import Path

import pytest

from yantra_bot.domain.lessons import Category
from yantra_bot.errors import UserError
from yantra_bot.runs.memory_rules import KEYS, MemoryRules
from yantra_bot.runs.rules import parse_rules
from yantra_bot.webhooks.policy import Rules


def test_what_may_be_said() -> None:
    """Without any word all is learnt, and nothing leaves the repository."""
    assert parse_rules(b"enabled: true").memory == MemoryRules(True, (), share=False, take_shared=False, generator=True)
    text = b"memory: {enabled: false, categories_off: [style, style, test], share: true}"
    assert parse_rules(text).memory == MemoryRules(False, (Category.STYLE, Category.TEST), share=True)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"memory: false", "has to hold keys"),
        (b"memory: {enabled: 1}", "true or false"),
        (b"memory: {share: 'yes'}", "true or false"),
        (b"memory: {generator: 0}", "true or false"),
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


def test_the_sample_of_the_documents_is_read() -> None:
    """It names every key, and the page every kind of mistake."""
    page = (Path(__file__).parents[3] / "docs" / "memory.md").read_text()
    (sample,) = re.findall(r"```yaml\n(memory:.*?)```", page, re.DOTALL)
    assert all(f"  {key}:" in sample for key in KEYS)
    assert parse_rules(sample.encode()).memory == MemoryRules(categories_off=(Category.STYLE,))
    assert f"kinds ({', '.join(Category)})" in page
    assert f"teach {Rules(bot_id=0).lessons_per_person_a_day} lessons a day" in page
