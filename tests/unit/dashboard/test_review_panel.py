"""A review on the page of its run: what it came to, with labels, and nothing that was recorded can act there."""

from dataclasses import replace

import pytest

from tests.fakes.reviews import HOSTILE, SECRET, a_hostile_review, a_review
from yantra_bot.dashboard.review_panel import MAX_FINDINGS, find_panel, make_panel
from yantra_bot.domain.review import Review
from yantra_bot.runs.codec import encode_value
from yantra_bot.runs.ledger import StepRow
from yantra_bot.runs.review_memory import RESULT_STEP


def test_each_finding_has_its_place_and_each_fact_its_name() -> None:
    """A bare "low" or a bare time would have to be guessed."""
    review = a_review()
    panel = make_panel(review)
    assert [row.place for row in panel.rows] == [f"{one.path}:{one.line}" for one in review.findings]
    assert [row.severity for row in panel.rows] == [one.severity.value for one in review.findings]
    assert any(fact.startswith("Risk ") for fact in panel.facts)
    assert any(fact.startswith("Took ") for fact in panel.facts)
    assert len(panel.gaps) == len(review.gaps)


def test_so_many_findings_are_shown_and_the_rest_is_counted() -> None:
    """A page stays one that a browser opens."""
    review = a_review()
    many = replace(review, findings=review.findings[:1] * (MAX_FINDINGS + 7))
    panel = make_panel(many)
    assert (len(panel.rows), panel.more) == (MAX_FINDINGS, 7)


@pytest.mark.case("E03")
def test_no_secret_of_a_finding_is_shown() -> None:
    """Whatever a repository's text put into a review."""
    told = repr(make_panel(a_hostile_review(f"{HOSTILE} {SECRET}")))
    assert SECRET not in told


def step(name: str, envelope: str | None) -> StepRow:
    return StepRow(1, name, "", "", envelope, None, 1, 1.0, 2.0)


def test_the_last_result_that_was_posted_is_shown() -> None:
    """Of a run that was restarted, with one that cannot be read, and of one that posted none."""
    review = a_review()
    posted = step(f"{RESULT_STEP}#1", encode_value(review, Review))
    panel = find_panel([step("read", None), posted])
    assert panel is not None
    assert panel.headline == make_panel(review).headline
    assert find_panel([posted, step(f"{RESULT_STEP}#2", "ok {}")]) is None
    assert find_panel([step("read", None)]) is None
