"""What a change's tests show on the base commit, held against what they show with the change."""

from yantra_bot.domain.checks import CheckState
from yantra_bot.domain.proof import Comparison, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.validation.reproduction import Proof, find_proofs, judge_proofs, no_tests

RAISED = "tests/test_a.py:4: in test_new\n    f(0)\na.py:2: in f\n    1 / x\nE   ZeroDivisionError: division by zero"


def before(*outcomes: TestOutcome, verdict: Verdict = Verdict.FAIL) -> TestReport:
    return TestReport(verdict, ("pytest",), 1, 1.5, outcomes)


def failed(name: str, message: str = RAISED, status: TestStatus = TestStatus.FAILED) -> TestOutcome:
    return TestOutcome(name, status, 0.0, message)


NEW = Comparison((), ("tests/test_a.py::test_new", "tests/test_a.py::test_other"), ())


def test_a_test_that_fails_without_the_change_is_a_proof_with_its_message() -> None:
    """One that passes without it, too, is none."""
    report = before(failed("tests/test_a.py::test_new"), TestOutcome("tests/test_a.py::test_other", TestStatus.PASSED))
    assert find_proofs(report, NEW) == (Proof("tests/test_a.py::test_new", "ZeroDivisionError: division by zero"),)
    result = judge_proofs(report, NEW, is_wanted=True, may_retry=True)
    assert result.state is CheckState.PASSED
    assert result.reason == "Fails before, passes after: 1 test of the change."
    assert result.details == (
        "`tests/test_a.py::test_new` fails before the change (ZeroDivisionError: division by zero) and passes after it",
    )


def test_a_file_that_cannot_be_collected_without_the_change_fails_with_all_its_tests() -> None:
    """What it tests is not there yet, which the message says."""
    message = "collection failure\ntests/test_a.py:1: in <module>\nE   ImportError: cannot import name 'f'"
    report = before(failed("tests/test_a.py", message, TestStatus.ERROR))
    assert [proof.message for proof in find_proofs(report, NEW)] == ["ImportError: cannot import name 'f'"] * 2
    other = Comparison((), ("tests/test_b.py::test_new",), ())
    assert find_proofs(report, other) == ()


def test_without_a_proof_it_depends_on_whether_one_is_wanted() -> None:
    """An issue that shows an error wants one: asked for again, and in the last attempt left to a person."""
    report = before(TestOutcome("tests/test_a.py::test_new", TestStatus.PASSED), verdict=Verdict.PASS)
    asked = judge_proofs(report, NEW, is_wanted=True, may_retry=True)
    assert (asked.state, asked.is_obstacle) == (CheckState.FAILED, True)
    assert "They passed: tests/test_a.py::test_new." in asked.evidence
    assert not judge_proofs(report, NEW, is_wanted=True, may_retry=False).is_obstacle
    assert judge_proofs(report, NEW, is_wanted=False, may_retry=True).state is CheckState.SKIPPED
    assert no_tests(may_retry=True).is_obstacle


def test_a_command_that_names_no_test_can_fail_as_a_whole() -> None:
    """Then its exit code is the proof."""
    assert judge_proofs(before(), Comparison((), (), ()), is_wanted=True, may_retry=True).state is CheckState.PASSED
