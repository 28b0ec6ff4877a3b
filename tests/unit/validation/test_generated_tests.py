"""Which tests that were written for uncovered lines are worth keeping."""

from yantra_bot.domain.coverage import Executed, Gap, JudgedTest
from yantra_bot.domain.proof import TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.validation import generated_tests as judge

GAPS = (Gap("a.py", "f", ((3, 4), (7, 7))), Gap("b.py", "", ((1, 1),)))


def report(*outcomes: TestOutcome, coverage: dict[str, tuple[int, ...]] | None = None) -> TestReport:
    return TestReport(Verdict.PASS, (), 0, 0.1, outcomes, coverage=coverage)


def outcome(name: str, status: TestStatus = TestStatus.PASSED, message: str = "") -> TestOutcome:
    return TestOutcome(name, status, message=message)


def test_new_is_what_the_suite_did_not_have() -> None:
    """Cases of a test that was there are no new test."""
    before = report(outcome("t.py::a"), outcome("t.py::b[1]"))
    after = report(outcome("t.py::a"), outcome("t.py::b[2]"), outcome("t.py::c[x]"), outcome("t.py::c[y]"))
    assert list(judge.find_new(before, after)) == ["t.py::c"]


def test_steps_and_names_of_javascript_are_no_tests_and_no_cases() -> None:
    """What a test's own test calls a step stands and falls with it; brackets are part of a name there."""
    before = report(outcome("t.js::a"), outcome("t.js::b [1]"))
    after = report(outcome("t.js::a > s"), outcome("t.js::c > s"), outcome("t.js::c"), outcome("t.js::b [2]"))
    assert list(judge.find_new(before, after)) == ["t.js::c", "t.js::b [2]"]
    assert judge.runs_others("t.js::a", report(outcome("t.js::a"), outcome("t.js::d > a")))
    assert not judge.runs_others("t.js::c", report(outcome("t.js::c"), outcome("t.js::c > s")))


def test_what_failed_in_javascript_stands_above_the_stack() -> None:
    """The last line that is no frame."""
    message = "AssertionError: Expected values to be strictly equal:\n\n2 !== 3\n\n    at Test.run (node:internal:1:2)"
    failed = {"t.js::bad": (outcome("t.js::bad", TestStatus.FAILED, message),)}
    _, (dropped,), _ = judge.judge_outcomes(failed, frozenset())
    assert dropped.why == "it fails: 2 !== 3"


def test_only_what_passes_and_asserts_is_tried_alone() -> None:
    """One failing case drops the test; a file that cannot be loaded is dropped as a whole, with its message."""
    failed = outcome("t.py::bad[2]", TestStatus.FAILED, "x\nE   assert 1 == 2\nt.py:3: AssertionError")
    found = {
        "t.py::good": (outcome("t.py::good"),),
        "t.py::bad": (outcome("t.py::bad[1]"), failed),
        "t.py::idle": (outcome("t.py::idle"),),
        "t.py::off": (outcome("t.py::off", TestStatus.SKIPPED),),
        "u.py": (outcome("u.py", TestStatus.ERROR, "E   ImportError: no"),),
    }
    good, dropped, messages = judge.judge_outcomes(found, frozenset({"t.py::idle"}))
    assert good == ("t.py::good",)
    assert {one.name: one.why for one in dropped} == {
        "t.py::bad": "it fails: assert 1 == 2",
        "t.py::idle": judge.IDLE,
        "t.py::off": "it is skipped",
        "u.py": "its file cannot be loaded: ImportError: no",
    }
    assert messages.keys() == {"t.py::bad", "u.py"}


def test_more_tests_than_are_looked_at_are_dropped() -> None:
    """So that a flood of tests costs no flood of runs."""
    found = {f"t.py::t{number}": (outcome(f"t.py::t{number}"),) for number in range(judge.MAX_TRIED + 2)}
    good, dropped, _ = judge.judge_outcomes(found, frozenset())
    assert len(good) == judge.MAX_TRIED
    assert [one.why for one in dropped] == [judge.TOO_MANY] * 2


def test_a_test_that_runs_a_line_that_none_ran_is_kept() -> None:
    """Any line of the piece will do; lines that were run before, and those of other files, will not."""
    kept = judge.judge_alone("t.py::a", report(coverage={"a.py": (1, 4, 7)}), GAPS)
    assert kept == JudgedTest("t.py::a", "runs a.py:3, a.py:7")
    assert judge.judge_alone("t.py::a", report(coverage={"a.py": (1, 2, 5), "c.py": (3,)}), GAPS) is None
    assert judge.judge_alone("t.py::a", report(), GAPS) is None


def test_a_test_has_to_pass_by_itself() -> None:
    """Not beside one that fails, and not by being skipped."""
    assert judge.passes_alone("t.py::a", report(outcome("t.py::a[1]"), outcome("t.py::a[2]")))
    assert not judge.passes_alone("t.py::a", report(outcome("t.py::a", TestStatus.FAILED)))
    assert not judge.passes_alone("t.py::a", report(outcome("t.py::a", TestStatus.SKIPPED)))
    assert not judge.passes_alone("t.py::a", report())


def test_on_the_base_only_its_own_failure_counts() -> None:
    """That the whole file cannot be loaded there says nothing of one test in it."""
    own = judge.judge_on_base("t.py::a", report(outcome("t.py::a", TestStatus.FAILED, "E   assert -1 == 5")))
    assert own.why == "fails before the change (assert -1 == 5)"
    assert judge.is_kept(own)
    assert not judge.is_kept(judge.judge_on_base("t.py::a", report(outcome("t.py", TestStatus.ERROR, "ImportError"))))
    assert not judge.is_kept(judge.judge_on_base("t.py::a", report(outcome("t.py::a"))))


def test_what_several_runs_executed_is_added_up() -> None:
    """A further run adds the lines of files that the first did not load."""
    added = judge.add_executed(Executed({"a.py": (1,)}, (".py",)), [report(coverage={"a.py": (3,), "b.py": (1,)})])
    assert added == Executed({"a.py": (1, 3), "b.py": (1,)}, (".py",))
