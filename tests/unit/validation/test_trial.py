"""A change's tests on the head and on the base: what fails with the change alone is told from what failed before."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from yantra_bot.domain.findings import Side
from yantra_bot.domain.proof import Failures, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.errors import UserError
from yantra_bot.validation.trial import COMMAND, NO_TESTS, Trial, sort_failures, try_tests

P, F, E, S = TestStatus.PASSED, TestStatus.FAILED, TestStatus.ERROR, TestStatus.SKIPPED
A = "tests/test_a.py"


def report(outcomes: Mapping[str, TestStatus], **changed: object) -> TestReport:
    tests = tuple(TestOutcome(name, status) for name, status in outcomes.items())
    bad = any(status in {F, E} for status in outcomes.values())
    made = TestReport(Verdict.FAIL if bad else Verdict.PASS, ("python", "-m", "pytest"), int(bad), 1.0, tests)
    return replace(made, **changed)  # type: ignore[arg-type]  # fields of a report


@dataclass
class Runs:
    """Answers with reports in turn, and keeps what was asked."""

    head: list[TestReport]
    base: TestReport | None = None
    asked: list[tuple[Side, tuple[str, ...]]] = field(default_factory=list)

    def __call__(self, side: Side, selection: tuple[str, ...]) -> TestReport:
        self.asked.append((side, selection))
        if side is Side.HEAD:
            return self.head.pop(0)
        if self.base is None:
            raise UserError("Its dependencies are gone.")
        return self.base


def test_what_passes_asks_the_base_nothing() -> None:
    """Nothing is run that is not needed."""
    runs = Runs([report({"a": P})])
    assert try_tests(Trial(runs), ("a",)) == (report({"a": P}), None)
    assert runs.asked == [(Side.HEAD, ("a",))]


def test_only_what_fails_is_run_on_the_base() -> None:
    """Once more on the head, then on the base, as whole functions; old and new failures are told apart."""
    failed = report({f"{A}::test_one[1]": F, f"{A}::test_two": F, f"{A}::test_three": P})
    base = report({f"{A}::test_one[1]": P, f"{A}::test_two": E})
    runs = Runs([failed, failed], base)
    _, failures = try_tests(Trial(runs), (f"{A}::test_one", f"{A}::test_two", f"{A}::test_three"))
    assert failures == Failures(new=(f"{A}::test_one[1]",), before=(f"{A}::test_two",))
    assert runs.asked[1:] == [(side, (f"{A}::test_one", f"{A}::test_two")) for side in (Side.HEAD, Side.BASE)]


def test_one_that_passes_when_run_again_speaks_against_nobody() -> None:
    """It is named as unsteady, and the base is not asked."""
    told, failures = try_tests(Trial(Runs([report({"a": F, "b": P}), report({"a": P})])), ())
    assert (told.verdict, told.exit_code, told.unsteady, failures) == (Verdict.PASS, 0, ("a",), None)


def test_many_failures_are_not_run_twice() -> None:
    """More than a few do not fail by chance."""
    many = {f"t{number}": F for number in range(30)}
    runs = Runs([report(many)], report(dict.fromkeys(many, P)))
    assert len((try_tests(Trial(runs), ())[1] or Failures()).new) == 30
    assert [side for side, _ in runs.asked] == [Side.HEAD, Side.BASE]


def test_a_base_that_cannot_be_run_makes_nothing_new() -> None:
    """Nobody knows, and the reason is told."""
    failed = report({"a": F})
    assert try_tests(Trial(Runs([failed, failed])), ())[1] == Failures(
        unknown=("a",), reason="The tests could not be run on the base. Its dependencies are gone."
    )


@pytest.mark.parametrize(("head", "base", "which"), [("x", "", "head"), ("", "y", "base")])
def test_environments_that_differ_by_a_failed_installation_prove_nothing(head: str, base: str, which: str) -> None:
    """A test may fail for want of a package alone. Where both lack the same, they can be compared."""
    failed = report({"a": F})
    problems = {Side.HEAD: head, Side.BASE: base}
    found = try_tests(Trial(Runs([failed] * 2, report({"a": P})), problem=lambda side: problems[side]), ())[1]
    assert found is not None
    assert (found.new, found.unknown) == ((), ("a",))
    assert which in found.reason
    both = try_tests(Trial(Runs([failed] * 2, report({"a": P})), problem=lambda _: "x"), ())[1]
    assert both == Failures(new=("a",))


def test_a_run_that_broke_off_has_no_failures() -> None:
    """Its verdict says so."""
    broken = report({"a": F}, verdict=Verdict.ERROR)
    assert try_tests(Trial(Runs([broken])), ()) == (broken, None)


def test_a_renamed_file_is_asked_for_by_its_old_name() -> None:
    """What failed there already is nothing new."""
    failed = report({"new.py::test_a": F})
    runs = Runs([failed, failed], report({"old.py::test_a": F}))
    found = try_tests(Trial(runs), (), old=lambda name: name.replace("new", "old"))[1]
    assert found == Failures(before=("new.py::test_a",))
    assert runs.asked[-1] == (Side.BASE, ("old.py::test_a",))


@pytest.mark.parametrize(
    ("base", "found"),
    [
        (report({}), Failures(new=(COMMAND,))),
        (report({}, verdict=Verdict.FAIL), Failures(before=(COMMAND,))),
        (
            report({}, verdict=Verdict.ERROR, reason="It was not found."),
            Failures(unknown=(COMMAND,), reason="The run on the base showed nothing. It was not found."),
        ),
        (
            None,
            Failures(unknown=(COMMAND,), reason="The tests could not be run on the base. Its dependencies are gone."),
        ),
    ],
)
def test_a_configured_command_is_run_whole_on_both(base: TestReport | None, found: Failures) -> None:
    """Its exit code tells, where it names no test."""
    runs = Runs([report({}, verdict=Verdict.FAIL)], base)
    assert try_tests(Trial(runs, is_whole=True), ("a",))[1] == found
    assert runs.asked == [(Side.HEAD, ()), (Side.BASE, ())]


def test_a_failure_without_a_name_is_unknown() -> None:
    """pytest failed and named nothing: there is nothing to ask the base for."""
    nameless = report({}, verdict=Verdict.FAIL, exit_code=1, reason="The report names no failed test.")
    found = try_tests(Trial(Runs([nameless])), ())[1]
    assert found == Failures(unknown=("python -m pytest",), reason="The report names no failed test.")


@pytest.mark.parametrize(
    ("name", "base", "is_old"),
    [
        (f"{A}::test_a", {f"{A}::test_a": F}, True),
        (f"{A}::test_a", {f"{A}::test_a": E}, True),
        (f"{A}::test_a", {f"{A}::test_a": P}, False),
        (f"{A}::test_a", {f"{A}::test_a": S}, False),
        # There was no such test.
        (f"{A}::test_a", {f"{A}::test_b": P}, False),
        # Its file could not be loaded there, so that it did not pass.
        (f"{A}::test_a", {A: E}, True),
        # The file cannot be loaded now, and its tests ran.
        (A, {f"{A}::test_a": P}, False),
        (A, {f"{A}::test_a": F}, False),
        (A, {A: E}, True),
        # Another running number: a new case, unless all of them failed.
        (f"{A}::test_a[v3]", {f"{A}::test_a[v1]": F, f"{A}::test_a[v2]": P}, False),
        (f"{A}::test_a[v3]", {f"{A}::test_a[v1]": F, f"{A}::test_a[v2]": F}, True),
        # Two of one name.
        (f"{A}::test_a #2", {f"{A}::test_a": P, f"{A}::test_a #2": F}, True),
    ],
)
def test_what_a_test_did_on_the_base(name: str, base: dict[str, TestStatus], is_old: bool) -> None:
    """Passing, skipped and not there are no failures; a file that could not be loaded is one for all its tests."""
    found = sort_failures({name: name}, report(base))
    assert found == (Failures(before=(name,)) if is_old else Failures(new=(name,)))


@pytest.mark.parametrize(
    ("base", "is_known"),
    [
        (report({}, verdict=Verdict.INCONCLUSIVE, exit_code=NO_TESTS), True),
        (report({"b": S}, verdict=Verdict.INCONCLUSIVE), True),
        (report({}, verdict=Verdict.INCONCLUSIVE, exit_code=0), False),
        (report({"b": F}, verdict=Verdict.INCONCLUSIVE, exit_code=0), False),
        (report({"a": P}, verdict=Verdict.ERROR, exit_code=None), False),
        (report({}, verdict=Verdict.FAIL, exit_code=1), False),
    ],
)
def test_only_a_run_that_names_what_it_did_tells_what_is_missing(base: TestReport, is_known: bool) -> None:
    """That a test is not in a broken report says nothing of it."""
    found = sort_failures({"a": "a"}, base)
    assert bool(found.new) is is_known
    assert bool(found.unknown) is bool(found.reason) is not is_known
