"""Base against change."""

from dataclasses import replace

from yantra_bot.domain.proof import Comparison, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.validation.comparison import MOST_BY_CHANCE, compare, may_be_chance, settle, settle_some

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


def test_few_failures_are_worth_a_second_run() -> None:
    """A broken suite, a missing test and a run that broke off are not: nothing of the kind happens by chance."""
    base = report(a=P, b=P, c=F)
    assert may_be_chance(base, report(a=P, b=F, c=F))
    assert not may_be_chance(base, report(a=P, b=P, c=F))
    assert not may_be_chance(base, report(a=F))
    assert not may_be_chance(base, replace(report(a=P, b=F, c=F), verdict=Verdict.ERROR))
    names = [f"t{number}" for number in range(MOST_BY_CHANCE + 1)]
    assert not may_be_chance(report(**dict.fromkeys(names, P)), report(**dict.fromkeys(names, F)))


def test_what_passes_once_of_twice_passes_and_is_named() -> None:
    """What fails both times stays failed, what is skipped stays skipped, and the second exit code decides."""
    first, again = report(a=F, b=P, c=F, d=P, e=P), report(a=P, b=E, c=F, d=S, e=P, f=P)
    settled = settle(first, again)
    assert settled.unsteady == ("a", "b")
    assert settled.names(P) == {"a", "b", "e", "f"}
    assert settled.names(F) == {"c"}
    assert settled.verdict is Verdict.FAIL
    assert settle(first, replace(again, verdict=Verdict.PASS)).verdict is Verdict.PASS
    third = settle(settled, report(a=P, b=P, c=P, d=P, e=F, f=P))
    assert third.unsteady == ("a", "b", "c", "e")
    assert third.names(F) == set()


def test_a_second_run_that_breaks_off_says_nothing() -> None:
    """Then the first one counts as it was."""
    first = report(a=F)
    assert settle(first, replace(report(), verdict=Verdict.ERROR)) is first
    assert settle(first, replace(report(), verdict=Verdict.INCONCLUSIVE)) is first


def cases(*names: str, status: TestStatus = P) -> TestReport:
    return report(**{f"t.py::test_x[{name}]": status for name in names})


def test_a_new_case_may_shift_the_numbers_of_those_behind_it() -> None:
    """Pytest numbers cases by their place; the same cases in other places are the same tests."""
    base = cases("args0-1.0 kB", "args1-1.0 MB", "args2-1.0 GB")
    compared = compare(base, cases("args0-1.0 kB", "args1-new", "args2-1.0 MB", "args3-1.0 GB"))
    assert compared == Comparison((), ("t.py::test_x[args1-new]",), ())
    assert compare(cases("a0", "a1"), cases("a0", "a1", "a2")).newly_passing == ("t.py::test_x[a2]",)


def test_a_case_that_is_gone_or_fails_is_not_hidden_by_a_shift() -> None:
    """Each needs a new one of its own that passes, in the same function and with the same named parts."""
    base = cases("args0-1.0 kB", "args1-1.0 MB", "args2-1.0 GB")
    fewer = compare(base, cases("args0-1.0 kB", "args1-1.0 GB"))
    assert fewer.missing == fewer.newly_failing == ("t.py::test_x[args1-1.0 MB]",)
    assert compare(base, cases("args0-1.0 kB", "args7-1.0 MB", "args8-2.0 GB")).missing == (
        "t.py::test_x[args2-1.0 GB]",
    )
    assert compare(cases("a0", "a1"), cases("a1")).missing == ("t.py::test_x[a0]",)
    assert compare(cases("a1"), cases("a2", status=F)).missing == ("t.py::test_x[a1]",)
    assert compare(cases("1.5"), cases("2.5")).missing == ("t.py::test_x[1.5]",)
    assert compare(report(test1=P), report(test2=P)).missing == ("test1",)


def test_the_time_of_day_in_the_name_of_a_case_is_no_other_test() -> None:
    """Where the change leaves the test file alone: whoever writes tests may turn one case into another one."""
    base, new = cases("10:28:30 2026-11-28", "<f at 0x7f1c>"), cases("10:29:31 2026-11-28", "<f at 0x7f1d>")
    assert compare(base, new, changed=["src/m.py", "tests/other.py"]) == Comparison((), (), ())
    for changed in (["t.py"], ["src/m.py", "conftest.py"], None):
        assert len(compare(base, new, changed=changed).missing) == 2
    assert len(compare(base, cases("10:29:31 2026-11-28"), changed=["src/m.py"]).missing) == 1
    assert compare(cases("1"), cases("2", status=F), changed=[]).missing == ("t.py::test_x[1]",)


def test_what_failed_is_settled_by_running_it_alone() -> None:
    """What passes then is unsteady; the others stay what they were, and a whole pass needs the second exit code."""
    first = report(a=F, b=P, c=F)
    some = settle_some(first, report(a=P, c=F))
    assert (some.verdict, some.unsteady, some.names(F), some.reason) == (
        Verdict.FAIL,
        ("a",),
        {"c"},
        "1 of 3 tests did not pass.",
    )
    passed = replace(report(a=P, c=P), verdict=Verdict.PASS, exit_code=0)
    whole = settle_some(first, passed)
    assert (whole.verdict, whole.exit_code, whole.names(P)) == (Verdict.PASS, 0, {"a", "b", "c"})
    assert settle_some(first, report(a=P, c=P)) == first
    assert settle_some(first, replace(passed, verdict=Verdict.ERROR)) == first
    assert settle_some(first, report(a=F, c=F)) == first
