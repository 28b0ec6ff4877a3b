"""A check concludes by the repository's gate, and its annotations keep to GitHub's limits."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fakes.reviews import SECRET, a_hostile_review, a_review
from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.proof import Failures
from yantra_bot.domain.remarks import Annotation, AnnotationLevel
from yantra_bot.domain.review import (
    Review,
    ReviewRules,
)
from yantra_bot.replies.review.annotations import (
    MAX_ANNOTATIONS,
    MAX_TITLE,
    Conclusion,
    annotate,
    check_report,
)


def test_an_annotation_says_it_in_plain_text() -> None:
    """The rule and how sure it is in the title, the evidence in the details."""
    assert annotate(a_review().findings[1]) == Annotation(
        "shop/price.py",
        10,
        10,
        AnnotationLevel.FAILURE,
        "graph/breaks-callers: almost certain",
        "`price(item, currency)` now requires `currency`, and 2 callers do not give it.",
        "shop/cart.py:31 `total` calls `price(item)` (99 %)\n"
        "shop/pages/preview.py:7 `preview` calls `price(item)` (95 %)\nand 3 more",
    )
    assert annotate(a_review().findings[2]).message.endswith("(the line is one of the base)")
    assert annotate(replace(a_review().findings[2], line=0)).start_line == 1


@pytest.mark.parametrize(
    ("severities", "fail_on", "conclusion"),
    [
        ([Severity.ERROR], Severity.ERROR, Conclusion.FAILURE),
        ([Severity.ERROR], Severity.CRITICAL, Conclusion.NEUTRAL),
        ([Severity.CRITICAL], None, Conclusion.NEUTRAL),
        ([Severity.INFO], Severity.ERROR, Conclusion.SUCCESS),
        ([], Severity.ERROR, Conclusion.SUCCESS),
    ],
)
def test_the_gate_decides(severities: list[Severity], fail_on: Severity | None, conclusion: Conclusion) -> None:
    """A finding at the bar fails the check, one below makes it neutral, a note alone does not."""
    findings = tuple(replace(a_review().findings[0], severity=severity) for severity in severities)
    review = replace(a_review(), findings=findings, rules=ReviewRules(fail_on=fail_on), test_report=None)
    assert check_report(review).conclusion is conclusion


def test_a_failing_test_or_nothing_looked_at_is_no_success() -> None:
    """No data is not a pass."""
    assert check_report(replace(a_review(), findings=())).conclusion is Conclusion.NEUTRAL
    assert check_report(Review("a", "b")).conclusion is Conclusion.NEUTRAL


def test_no_more_annotations_than_a_check_can_show() -> None:
    """Every finding has one, up to the limit; the forge's side cuts them into requests."""
    report = check_report(a_hostile_review("x", many=120))
    assert len(report.annotations) == 120
    many = check_report(a_hostile_review("x", many=MAX_ANNOTATIONS + 9))
    assert len(many.annotations) == MAX_ANNOTATIONS


@pytest.mark.case("D21")
@settings(max_examples=40, deadline=None)
@example(text="\r", times=1)
@given(st.text(max_size=200), st.integers(1, 2_000))
def test_the_fields_keep_to_their_limits(text: str, times: int) -> None:
    """Whatever the finding says, and in whatever signs."""
    found = replace(a_hostile_review("x").findings[0], message=text * times, rule=text * 9, path=text)
    one = annotate(found)
    assert len(one.message.encode()) <= 64 * 1024
    assert len(one.details.encode()) <= 64 * 1024
    assert len(one.title) <= MAX_TITLE
    assert not any(sign in one.message for sign in "\x1b\r\x00\u202e")


@pytest.mark.case("E03")
def test_what_looks_like_a_secret_is_not_in_it() -> None:
    """Neither in the annotation nor in the check."""
    report = check_report(a_hostile_review(f"see {SECRET}"))
    assert SECRET not in "".join(f"{one.message}{one.title}{one.details}" for one in report.annotations)
    assert SECRET not in report.summary + report.title


@pytest.mark.parametrize(
    ("failures", "conclusion"),
    [
        (Failures(new=("t",)), Conclusion.NEUTRAL),
        (Failures(unknown=("t",), reason="?"), Conclusion.NEUTRAL),
        (Failures(before=("t",)), Conclusion.SUCCESS),
    ],
)
def test_only_a_failure_that_may_be_new_keeps_a_check_from_succeeding(
    failures: Failures, conclusion: Conclusion
) -> None:
    """Beside a mere note as well as alone."""
    note = Finding("a/b", Severity.INFO, 1.0, "x", "a.py", 1)
    for findings in ((), (note,)):
        made = replace(a_review(), findings=findings, failures=failures, gaps=())
        assert check_report(made).conclusion is conclusion
