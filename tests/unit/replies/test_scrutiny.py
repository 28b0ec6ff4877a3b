"""What a pull request says of the second look at it."""

import pytest

from yantra_bot.domain.scrutiny import (
    NOTHING_SEEN,
    Contradiction,
    FalseClaim,
    Objection,
    ObjectionKind,
    Point,
    PointState,
    Scrutiny,
    Weight,
)
from yantra_bot.replies.scrutiny import (
    drop_false,
    false_claims_text,
    honest_title,
    points_text,
    second_look_text,
    strike_false,
)

LIE = "Uses `frob` for it."
LIED = Scrutiny(false_claims=(FalseClaim(LIE, "frob", "nowhere"), FalseClaim("feat: add frob", "frob", "nowhere")))


def test_a_sentence_that_does_not_hold_is_struck_where_it_stands() -> None:
    """With the mark of its list left in place; the rest stays."""
    assert strike_false(f"Good.\n- {LIE}\n", LIED) == "Good.\n- ~~Uses `frob` for it.~~\n"
    item = Scrutiny(false_claims=(FalseClaim(f"- {LIE}", "frob", "nowhere"),))
    assert strike_false(f"Good.\n- {LIE}\n", item) == "Good.\n- ~~Uses `frob` for it.~~\n"
    assert drop_false(f"Good. {LIE}", LIED) == "Good."
    assert strike_false("Good.", NOTHING_SEEN) == drop_false("Good.", NOTHING_SEEN) == "Good."


def test_a_title_that_does_not_hold_is_not_used() -> None:
    """Another one is made of the issue's."""
    assert honest_title("feat: add frob", LIED) == ""
    assert honest_title("fix: it", LIED) == "fix: it"


def test_each_false_claim_is_told_with_its_reason() -> None:
    """Nothing where all holds."""
    assert "- The summary says `frob`: nowhere." in false_claims_text(LIED)
    assert false_claims_text(NOTHING_SEEN) == ""


def test_points_are_shown_with_evidence_or_with_why_they_are_open() -> None:
    """Boxes, ticked only by what was found."""
    states = (PointState(Point(1, "keep @everyone"), "a.py:3"), PointState(Point(2, "more"), reason="nothing named"))
    text = points_text(Scrutiny(points=states))
    assert "- [x] keep @\u2060everyone (`a.py:3`)" in text
    assert "- [ ] more **Open**: nothing named." in text
    assert points_text(NOTHING_SEEN) == ""


OBJECTION = Objection(ObjectionKind.LOGICAL, Weight.MAJOR, "Fixes #9, ![x](http://evil.test)", "a.py:3")


@pytest.mark.case("C12")
def test_objections_notify_and_load_nothing() -> None:
    """The look's words are a model's, and safe to post."""
    text = second_look_text(Scrutiny(1, objections=(OBJECTION,)))
    assert "- **major**, logical `a.py:3`: " in text
    assert "#9" not in text
    assert "![x]" not in text


@pytest.mark.parametrize(
    ("scrutiny", "words"),
    [
        (Scrutiny(1), "looked at the change again once. It objects to nothing."),
        (Scrutiny(2, 1, objections=(OBJECTION,)), "2 times, and it was corrected 1 time. It objects (its words):"),
        (Scrutiny(1, problem="It had no form."), "again once. It had no form."),
        (Scrutiny(problem="There was none: no money"), "No model looked at the change again. There was none: no money"),
        (Scrutiny(contradictions=(Contradiction("One of two.", "eve: no"),)), "- One of two. (`eve: no`)"),
    ],
)
def test_the_look_is_told_as_it_went(scrutiny: Scrutiny, words: str) -> None:
    """How often, what it came to, or why there was none."""
    assert words in second_look_text(scrutiny)


def test_nothing_is_said_where_no_look_was_meant() -> None:
    """A server without second looks does not speak of them."""
    assert second_look_text(NOTHING_SEEN) == ""
