"""Each factor of an answer's confidence is counted, and says from what."""

from typing import Any

import pytest

from yantra_bot.agent.explaining.confidence import WEIGHTS, weigh_answer, words_of
from yantra_bot.domain.explanations import Citation

PLACE = Citation("calc.py", 2, "    return first - second")
READ = words_of("def add(first, second):\n    return first - second", "calc.py", "class Parser: def parse(self)")


def weigh(text: str, **given: Any) -> dict[str, tuple[float | None, str]]:
    arguments = {"question": "What does it do?", "unknown": "", "found": (PLACE,), "read": READ} | given
    score, factors = weigh_answer(text=text, **arguments)
    assert 0 <= score <= 1
    assert {factor.name: factor.weight for factor in factors} == WEIGHTS
    return {factor.name: (factor.value, factor.reason) for factor in factors} | {"score": (score, "")}


def test_an_answer_that_is_all_there_has_full_confidence() -> None:
    """Its place is there, its names were read, what was asked for is spoken of."""
    found = weigh("`add` subtracts `second` from `first` [1].", question="What does `add` do?")
    assert found["score"][0] == 1.0
    assert found["completeness"][1] == "1 of 1 names that were asked for are spoken of"


def test_names_that_nobody_showed_lower_the_coherence() -> None:
    """Each is named; what a language brings along and texts in quotes are no names."""
    value, reason = weigh('`add` calls `frob()` and `None` and "made_up text" and check_it(x) [1].')["coherence"]
    assert value == pytest.approx(1 / 3)
    assert reason == "1 of 3 names that it speaks of stand in what was read; not frob, check_it"
    assert weigh("It subtracts [1].")["coherence"] == (None, "it speaks of no name of the code")


def test_what_was_asked_for_and_is_not_spoken_of_lowers_the_completeness() -> None:
    """By name; what the answer leaves open by its own words counts against it too."""
    asked = "Who calls `add`, and what is Parser.parse for, and where is `frob`?"
    value, reason = weigh("`add` is called here [1].", question=asked)["completeness"]
    assert (value, reason) == (pytest.approx(1 / 3), "1 of 3 names that were asked for are spoken of")
    value, reason = weigh("It subtracts [1].", unknown="Why.")["completeness"]
    assert (value, reason) == (0.5, "nothing was asked for by name; it names what it cannot tell")


def test_a_place_that_is_not_there_lowers_the_grounding() -> None:
    """With how many were there."""
    value, reason = weigh("It subtracts [1], and adds [2].", found=(PLACE, None))["grounding"]
    assert (value, reason) == (0.5, "1 of 2 places that it names are there, and it uses 1 of them")


@pytest.mark.parametrize("text", ["", "`" * 200, "[1] " * 500, "```\nunclosed", "\u202e`a\u0000b`"])
def test_odd_texts_are_weighed(text: str) -> None:
    """Nothing of it raises, and the score stays in its bounds."""
    weigh(text)
    weigh(text, question=text, found=())
