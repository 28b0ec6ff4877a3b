"""The run's state machine and what an attempt leads to."""

from dataclasses import replace

import pytest

from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.domain.proof import (
    ChangeFacts,
    Claim,
    Comparison,
    Confidence,
    TestOutcome,
    TestReport,
    TestStatus,
    Verdict,
)
from yantra_bot.domain.run import Phase
from yantra_bot.runs.phases import (
    Action,
    Decision,
    ask_first,
    decide,
    may_follow,
    question_reasons,
    temper,
    weakening_reasons,
)

CLEAN = Comparison((), (), ())
BROKEN = Comparison(("t",), (), ())


def report(verdict: Verdict, *failing: str) -> TestReport:
    return TestReport(
        verdict, ("pytest",), 1, 1.0, tuple(TestOutcome(name, TestStatus.FAILED) for name in failing), reason="because"
    )


PASS = report(Verdict.PASS)


def judge(
    given: TestReport, *, score: float = 0.9, attempt: int = 1, comparison: Comparison = CLEAN, base: TestReport = PASS
) -> Action:
    return decide(
        attempt=attempt, base=base, report=given, comparison=comparison, confidence=Confidence(score, ())
    ).action


@pytest.mark.parametrize(
    ("score", "action"),
    [(0.8, Action.DELIVER), (0.79, Action.DELIVER_DRAFT), (0.5, Action.DELIVER_DRAFT), (0.49, Action.ESCALATE)],
)
def test_passing_tests_are_delivered_by_confidence(score: float, action: Action) -> None:
    """At 0.8 ready for review, below it a draft, below 0.5 a person decides."""
    assert judge(PASS, score=score) is action


@pytest.mark.parametrize(("attempt", "action"), [(1, Action.RETRY), (2, Action.RETRY), (3, Action.ESCALATE)])
def test_a_newly_failing_test_is_never_delivered(attempt: int, action: Action) -> None:
    """Three attempts, then a person; no pull request while a test that passed does not pass."""
    assert judge(report(Verdict.FAIL, "t"), attempt=attempt, comparison=BROKEN) is action


def test_a_newly_failing_test_outweighs_a_passing_exit_code() -> None:
    """A test that vanished is a test that does not pass."""
    assert judge(PASS, comparison=BROKEN) is Action.RETRY


@pytest.mark.case("C18")
def test_a_failing_exit_code_wins_over_a_report_without_failures() -> None:
    """What the runner ended with counts, not what its text says."""
    assert judge(report(Verdict.FAIL)) is Action.RETRY


def test_a_test_that_passes_only_sometimes_makes_a_draft_that_names_it() -> None:
    """It passed, so it is no failure; it failed, so a person has to look. What was red before says nothing."""
    shaky = replace(PASS, unsteady=tuple("abcdefg"))
    decision = decide(attempt=1, base=PASS, report=shaky, comparison=CLEAN, confidence=Confidence(0.9, ()))
    assert decision.action is Action.DELIVER_DRAFT
    assert "pass only sometimes with this change: a, b, c, d, e and 2 more." in decision.reason
    old = report(Verdict.FAIL, *"abcdefg")
    assert judge(shaky, base=old) is Action.DELIVER
    assert judge(shaky, comparison=BROKEN) is Action.RETRY


def test_failures_that_were_there_before_do_not_stop_a_delivery() -> None:
    """A repository with a red test can still be helped."""
    red, old = report(Verdict.FAIL, "old"), Comparison((), (), ("old",))
    assert judge(red, comparison=old) is Action.DELIVER
    decision = decide(attempt=1, base=red, report=red, comparison=old, confidence=Confidence(0.9, ()))
    assert decision.reason.startswith("The tests pass but 1 that failed before the change too, and the confidence is")


def test_a_repository_without_tests_gets_at_most_a_draft() -> None:
    """Nothing was proven, and that is said."""
    assert judge(report(Verdict.INCONCLUSIVE), score=1.0) is Action.DELIVER_DRAFT


def test_tests_that_could_not_run_are_retried_when_they_ran_before() -> None:
    """The change broke the runner."""
    assert judge(report(Verdict.ERROR)) is Action.RETRY


def test_tests_that_never_could_run_do_not_cost_two_more_attempts() -> None:
    """The same trouble before the change proves nothing against it: a draft that says so."""
    assert judge(report(Verdict.ERROR), base=report(Verdict.ERROR)) is Action.DELIVER_DRAFT


@pytest.mark.parametrize("final", [phase for phase in Phase if phase.is_final])
def test_nothing_follows_an_ending(final: Phase) -> None:
    """A run ends once."""
    assert [phase for phase in Phase if phase is not final and may_follow(final, phase)] == []


@pytest.mark.parametrize("phase", [phase for phase in Phase if not phase.is_final])
@pytest.mark.parametrize("ending", [Phase.STOPPED, Phase.FAILED, Phase.ESCALATED])
def test_every_phase_can_be_ended(phase: Phase, ending: Phase) -> None:
    """Stopping, failing and escalating are possible at any moment."""
    assert may_follow(phase, ending)


def check(state: CheckState, *, blocks: bool = True) -> CheckResult:
    return CheckResult(CheckKind.DEPENDENCIES, state, "because", blocks=blocks)


def decide_with(*checks: CheckResult, attempt: int = 1, given: TestReport = PASS) -> Action:
    return decide(
        attempt=attempt, base=PASS, report=given, comparison=CLEAN, confidence=Confidence(0.9, ()), checks=checks
    ).action


def test_a_check_that_blocks_is_an_obstacle_as_a_failing_test_is() -> None:
    """It is tried again, and goes to a person when the attempts are used up."""
    assert decide_with(check(CheckState.FAILED)) is Action.RETRY
    assert decide_with(check(CheckState.FAILED), attempt=3) is Action.ESCALATE


@pytest.mark.parametrize("state", [CheckState.FAILED, CheckState.ERROR])
def test_a_check_that_settles_nothing_makes_a_draft(state: CheckState) -> None:
    """What failed without blocking, or could not be made, is for a reviewer."""
    assert decide_with(check(state, blocks=False)) is Action.DELIVER_DRAFT


@pytest.mark.parametrize("state", [CheckState.PASSED, CheckState.SKIPPED])
def test_what_passed_or_was_not_needed_changes_nothing(state: CheckState) -> None:
    """The tests and the confidence decide."""
    assert decide_with(check(state)) is Action.DELIVER


def test_no_proof_by_tests_does_not_excuse_a_failed_check() -> None:
    """Tests that cannot be run on the base either make a draft, unless a check stands against the change."""
    broken = report(Verdict.ERROR)
    decided = decide(
        attempt=1,
        base=broken,
        report=broken,
        comparison=CLEAN,
        confidence=Confidence(0.9, ()),
        checks=(check(CheckState.FAILED),),
    )
    assert decided.action is Action.RETRY


def test_what_stands_against_a_change_makes_a_draft_and_never_more() -> None:
    """Reasons add up; what is tried again or goes to a person stays as it was decided."""
    ready, draft = Decision(Action.DELIVER, "All well."), Decision(Action.DELIVER_DRAFT, "No tests.")
    assert temper(ready, []) is ready
    assert temper(ready, ["x.py:1: odd", "Two."]) == Decision(Action.DELIVER_DRAFT, "x.py:1: odd. Two.")
    assert temper(ready, ["One.", "Two."]) == Decision(Action.DELIVER_DRAFT, "One. Two.")
    assert temper(draft, ["One."]) == Decision(Action.DELIVER_DRAFT, "No tests. One.")
    for action in (Action.RETRY, Action.ESCALATE):
        assert temper(Decision(action, "x"), ["One."]).action is action


@pytest.mark.case("C10")
def test_weakened_tests_are_named_in_the_reason() -> None:
    """A few of them, and how many more."""
    assert weakening_reasons(ChangeFacts(1, 1)) == []
    (reason,) = weakening_reasons(ChangeFacts(1, 1, tuple("abcdefg")))
    assert reason == "Tests that were there are not as they were: a; b; c; d; e and 2 more."


def test_a_models_question_is_asked_with_and_without_a_change() -> None:
    """Without one it is why the run ends; with one it makes a draft."""
    asks = Claim("t", "s", 0.9, question="Which?")
    assert ask_first(asks) == "Nothing was changed. A person has to answer first: Which?"
    assert ask_first(Claim("t", "s", 0.9)) == ""
    assert question_reasons(asks) == ["A person has to answer: Which?"]
    assert question_reasons(Claim("t", "s", 0.9)) == []
