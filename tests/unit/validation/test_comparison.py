"""Base against change."""

from yantra_bot.domain.proof import Comparison, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.validation.comparison import compare

P, F, E, S = TestStatus.PASSED, TestStatus.FAILED, TestStatus.ERROR, TestStatus.SKIPPED


def report(**outcomes: TestStatus) -> TestReport:
    tests = tuple(TestOutcome(name, status) for name, status in outcomes.items())
    return TestReport(Verdict.FAIL, ("pytest",), 1, 1.0, tests)


def test_the_same_results_are_no_difference() -> None:
    """Only what failed before and after is told."""
    base = report(a=P, b=F, c=S)
    assert compare(base, base) == Comparison((), (), ("b",))


def test_what_passed_has_to_pass() -> None:
    """Failing, breaking, being skipped and being gone all count; those that are gone are told apart."""
    compared = compare(report(a=P, b=P, c=P, d=P, e=P), report(a=F, b=E, c=S, e=P))
    assert compared.newly_failing == ("a", "b", "c", "d")
    assert compared.missing == ("d",)


def test_what_passes_now_is_newly_passing_even_if_it_is_new() -> None:
    """Repaired tests and new ones; a new one that fails is no regression."""
    compared = compare(report(a=F, b=E, c=S), report(a=P, b=P, c=P, d=P, e=F))
    assert compared.newly_passing == ("a", "b", "c", "d")
    assert compared.newly_failing == ()
    assert compared.failing_before_and_after == ()


def test_a_failure_that_changes_its_kind_is_still_one() -> None:
    """An error is a failure for this purpose."""
    assert compare(report(a=F, b=E), report(a=E, b=F)).failing_before_and_after == ("a", "b")


def test_a_run_without_results_has_lost_every_test() -> None:
    """No data is not a pass."""
    compared = compare(report(a=P, b=F), report())
    assert compared.newly_failing == compared.missing == ("a",)


def test_without_a_base_nothing_is_newly_failing() -> None:
    """What is not known is not held against the change."""
    assert compare(report(), report(a=F, b=P)) == Comparison((), ("b",), ())
