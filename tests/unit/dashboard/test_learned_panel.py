"""The learned score on a run's page, and in a review: shown where it has earned it, else said why not."""

from dataclasses import replace

from tests.unit.scoring.scores import EARNED, NOT_EARNED, SCORE, judged, symbol
from yantra_bot.dashboard.learned_panel import RECORDED, SIDE, draw, find_learned, make_learned
from yantra_bot.domain.proof import ChangeFacts
from yantra_bot.domain.review import Review
from yantra_bot.domain.scores import ChangeScore, JudgedScore
from yantra_bot.replies.review.learned import state_attention, state_learned, why_not_shown
from yantra_bot.replies.review.summary import summary
from yantra_bot.replies.review.text import review_lines
from yantra_bot.runs.codec import encode_value
from yantra_bot.runs.ledger import StepRow


def step(name: str, envelope: str | None) -> StepRow:
    return StepRow(1, name, "", "", envelope, None, 1, 0.0, 1.0)


def test_an_earned_score_is_told_with_what_it_rests_on_and_what_to_look_at_first() -> None:
    """The repository's own frequency, no number of the model's; then the places, the most suspicious first."""
    panel = make_learned(judged())
    assert panel.headline == "Learned score"
    assert panel.lines == (
        "42% of changes that were scored like this one went wrong here. It is better than every plain count.",
    )
    assert panel.attention[0] == (
        "add_tax at shop/tax.py:4, first line 5, most like: off by one; code like it imports decimal, which its file "
        "does not; similar: add_toll at shop/toll.py:9."
    )
    assert "0.30" not in str(panel)
    assert "0.7" not in str(panel.lines + panel.attention)
    assert len(panel.dots) == 2
    assert panel.caption == "Expected calibration error 0.040, cross-fitted."


def test_a_score_that_has_not_earned_it_is_not_told_and_it_says_why() -> None:
    """No probability stands on the page, nothing at all in the review."""
    not_yet = judged(NOT_EARNED)
    panel = make_learned(not_yet)
    assert (panel.headline, panel.lines, panel.attention) == (RECORDED, ("Only 3 outcomes are known here.",), ())
    assert state_learned(not_yet) == ""
    assert (why_not_shown(not_yet), why_not_shown(judged()), why_not_shown(None)) == (panel.lines[0], "", "")
    assert state_attention(not_yet) == []
    plain = Review("a", "b")
    assert summary(replace(plain, learned=not_yet)) == summary(plain)
    assert "Learned score" in summary(replace(plain, learned=judged()))


def test_what_is_wrong_with_a_score_is_told_with_its_cure() -> None:
    """Earned or not: there is no score of this change."""
    panel = make_learned(JudgedScore(ChangeScore(problem="Its file is cut off. Cure: another."), EARNED))
    assert (panel.headline, panel.lines) == ("No learned score.", ("Its file is cut off. Cure: another.",))


def test_the_names_of_a_stranger_stay_text_in_a_review() -> None:
    """A function's name cannot make a link or a mention."""
    hostile = replace(SCORE, symbols=(symbol("@octo [x](https://evil.example)"),))
    told = summary(replace(Review("a", "b"), learned=JudgedScore(hostile, EARNED, 0.4)))
    assert "`@octo [x](https://evil.example)`" in told


def test_the_texts_of_a_score_file_act_on_nothing() -> None:
    """A module's name with escapes, a turned text or markup: neither on the page, nor in a review or a terminal."""
    hostile = replace(SCORE, symbols=(replace(symbol(), imports=("os\x1b[31m\u202e", "<b>@octo</b>")),))
    wrong = JudgedScore(ChangeScore(problem="It is \x1b]0;none\u202e."), EARNED)
    for one in (JudgedScore(hostile, EARNED, 0.4), wrong):
        review = replace(Review("a", "b"), learned=one)
        panel = make_learned(one)
        told = [*panel.lines, *panel.attention, summary(review), *(line.plain for line in review_lines(review))]
        assert not any(sign in text for sign in "\x1b\u202e" for text in told)
    assert "`<b>@octo</b>`" in summary(replace(Review("a", "b"), learned=JudgedScore(hostile, EARNED, 0.4)))


def test_the_curve_lies_in_its_square() -> None:
    """What was said goes to the right, what was seen upwards; the largest bin is the largest dot."""
    first, second = draw(EARNED.curve)
    assert (first.x, first.y) == (0.15 * SIDE, 0.9 * SIDE)
    assert second.x > first.x
    assert second.y < first.y
    assert first.radius > second.radius
    assert first.words == "said 15%, went wrong 10% of 80 changes"


def test_the_last_score_of_a_run_is_shown() -> None:
    """Steps of other versions, or without a score, are passed over."""
    facts = encode_value(ChangeFacts(1, 1, learned=judged()), ChangeFacts)
    none = encode_value(ChangeFacts(1, 1), ChangeFacts)
    steps = [step("measure#1", facts), step("measure#2", none), step("measure#3", "ok {"), step("measure#4", None)]
    found = find_learned(steps)
    assert found is not None
    assert found.headline == "Learned score"
    assert find_learned(steps[1:]) is None
