"""Which tests stand for which, when only some of a suite are run."""

import pytest

from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.runs.testing import has_broken, is_worth_a_look, narrow

NAMES = (
    "tests/test_a.py::test_x[1]",
    "tests/test_a.py::test_x[2]",
    "tests/test_a.py::TestB::test_y",
    "tests/test_b.py::test_z",
)


def report(verdict: Verdict = Verdict.PASS, **statuses: TestStatus) -> TestReport:
    outcomes = tuple(TestOutcome(name, statuses.get(name[-1], TestStatus.PASSED)) for name in ("t::a", "t::b"))
    return TestReport(verdict, ("pytest",), 0, 1.0, outcomes)


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (["tests/test_a.py::test_x"], NAMES[:2]),
        (["tests/test_a.py::test_x[2]"], NAMES[1:2]),
        (["tests/test_a.py::TestB"], NAMES[2:3]),
        (["tests/test_b.py"], NAMES[3:]),
        (["tests/test_c.py"], ()),
    ],
)
def test_a_file_a_class_and_a_test_stand_for_all_in_them(chosen: list[str], kept: tuple[str, ...]) -> None:
    """What was not chosen is not missed."""
    whole = TestReport(Verdict.PASS, ("pytest",), 0, 1.0, tuple(TestOutcome(name, TestStatus.PASSED) for name in NAMES))
    assert tuple(one.name for one in narrow(whole, chosen).outcomes) == kept


@pytest.mark.parametrize(
    ("chosen", "seconds", "is_worth"),
    [
        (["tests/test_a.py::test_x"], 20.0, True),
        (["tests/test_a.py::test_x"], 9.0, False),
        (["tests/test_a.py"], 20.0, False),
        (["tests/test_a.py::TestB::test_new"], 20.0, True),
        ([], 20.0, False),
    ],
)
def test_some_tests_run_first_only_where_they_are_not_most_of_a_long_suite(
    chosen: list[str], seconds: float, is_worth: bool
) -> None:
    """One name may stand for three of four tests: running these first, and then all, would take nearly twice."""
    outcomes = tuple(TestOutcome(name, TestStatus.PASSED) for name in NAMES)
    base = TestReport(Verdict.PASS, ("pytest",), 0, seconds, outcomes)
    assert is_worth_a_look(base, narrow(base, chosen), len(chosen), long_seconds=10.0) is is_worth


def test_what_failed_before_is_not_broken_now() -> None:
    """Only what passed, or is new, goes back to the model before the whole suite."""
    old = report(Verdict.FAIL, a=TestStatus.FAILED)
    assert not has_broken(old, old)
    assert has_broken(old, report(Verdict.FAIL, a=TestStatus.FAILED, b=TestStatus.ERROR))
    assert not has_broken(old, report())
