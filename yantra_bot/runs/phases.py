"""The state machine of a run, pure: which phase may follow which, and what an attempt's result leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.agent.confidence import HIGH, LOW
from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.domain.proof import ChangeFacts, Claim, Comparison, Confidence, TestReport, TestStatus, Verdict
from yantra_bot.domain.run import Order, Phase
from yantra_bot.validation.comparison import only_old_failures

MAX_ATTEMPTS = 3
MAX_NAMED = 5

_ENDINGS = frozenset({Phase.ESCALATED, Phase.STOPPED, Phase.FAILED})
_LATE = frozenset({Phase.INTEGRATION_TESTING, Phase.BROWSER_VALIDATION})
_TAKEN_BACK = frozenset({Phase.CONFIDENCE_SCORING})  # a correction that did not end well: the change before it counts
_GONE_BACK = frozenset({Phase.ROLLED_BACK, Phase.ROLLBACK_FAILED})
FOLLOWERS: dict[Phase, frozenset[Phase]] = {
    Phase.QUEUED: _ENDINGS | {Phase.CONTEXT_ASSEMBLY, Phase.PREFLIGHT, Phase.DIAGNOSING},
    Phase.CONTEXT_ASSEMBLY: _ENDINGS | {Phase.PLANNING, Phase.CODE_GENERATION, Phase.REVIEWING, Phase.COMPLETE},
    Phase.PLANNING: _ENDINGS | {Phase.AWAITING_APPROVAL, Phase.CONTEXT_ASSEMBLY},
    Phase.AWAITING_APPROVAL: _ENDINGS | {Phase.PLANNING, Phase.CONTEXT_ASSEMBLY, Phase.ROLLING_OUT},
    Phase.REVIEWING: _ENDINGS | {Phase.POSTING, Phase.CONTEXT_ASSEMBLY},
    Phase.POSTING: _ENDINGS | {Phase.COMPLETE, Phase.CONTEXT_ASSEMBLY},
    Phase.CODE_GENERATION: _ENDINGS | _TAKEN_BACK | {Phase.DEPENDENCY_VALIDATION, Phase.GIT_COMMIT, Phase.COMPLETE},
    Phase.DEPENDENCY_VALIDATION: _ENDINGS | _TAKEN_BACK | {Phase.CODE_GENERATION, Phase.UNIT_TESTING},
    Phase.UNIT_TESTING: _ENDINGS | _TAKEN_BACK | {Phase.SECURITY_SCANNING},
    Phase.SECURITY_SCANNING: _ENDINGS | _LATE | {Phase.CONFIDENCE_SCORING},
    Phase.INTEGRATION_TESTING: _ENDINGS | {Phase.BROWSER_VALIDATION, Phase.CONFIDENCE_SCORING},
    Phase.BROWSER_VALIDATION: _ENDINGS | {Phase.CONFIDENCE_SCORING},
    Phase.CONFIDENCE_SCORING: _ENDINGS | {Phase.FIXING_ISSUES, Phase.TEST_GENERATION, Phase.GIT_COMMIT, Phase.COMPLETE},
    Phase.TEST_GENERATION: _ENDINGS | _TAKEN_BACK | {Phase.DEPENDENCY_VALIDATION},
    Phase.FIXING_ISSUES: _ENDINGS | {Phase.CODE_GENERATION, Phase.GIT_COMMIT},
    Phase.GIT_COMMIT: _ENDINGS | {Phase.PULL_REQUEST, Phase.COMPLETE},
    Phase.PULL_REQUEST: _ENDINGS | {Phase.COMPLETE},
    Phase.PREFLIGHT: _ENDINGS | {Phase.AWAITING_APPROVAL, Phase.ROLLING_OUT, Phase.HEALING, Phase.COMPLETE},
    Phase.ROLLING_OUT: _ENDINGS | _GONE_BACK | {Phase.ROLLING_BACK, Phase.AFTERMATH, Phase.COMPLETE},
    Phase.ROLLING_BACK: _ENDINGS | _GONE_BACK | {Phase.AFTERMATH},
    Phase.AFTERMATH: _ENDINGS | _GONE_BACK | {Phase.COMPLETE},
    Phase.DIAGNOSING: _ENDINGS | {Phase.COMPLETE},
    Phase.HEALING: _ENDINGS | {Phase.VERIFYING, Phase.UNDOING, Phase.COMPLETE},
    Phase.VERIFYING: _ENDINGS | {Phase.UNDOING, Phase.COMPLETE},
    Phase.UNDOING: _ENDINGS,
    Phase.COMPLETE: frozenset(),
    Phase.ESCALATED: frozenset(),
    Phase.STOPPED: frozenset(),
    Phase.FAILED: frozenset(),
    Phase.ROLLED_BACK: frozenset(),
    Phase.ROLLBACK_FAILED: frozenset(),
}
"""SPEC 4. What a later issue adds between two phases is added here with it."""


def may_follow(current: Phase, following: Phase) -> bool:
    """Say whether a run in `current` may go to `following`; staying is allowed (a resumed step says it again)."""
    return current is following or following in FOLLOWERS[current]


class Action(StrEnum):
    """What to do with an attempt."""

    DELIVER = "deliver"
    DELIVER_DRAFT = "deliver as a draft"
    RETRY = "retry"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, and why in one sentence."""

    action: Action
    reason: str


def decide(
    *,
    attempt: int,
    base: TestReport,
    report: TestReport,
    comparison: Comparison,
    confidence: Confidence,
    checks: Sequence[CheckResult] = (),
) -> Decision:
    """Judge an attempt whose change is not empty.

    No pull request while a test that passed on the base does not pass. A test command that failed is retried even
    when no known test is to blame, and is never delivered: the exit code wins. Tests that could not be run before the
    change either prove nothing, so that trying again would only cost money: a draft that says so. A check that failed
    counts as the tests do where it blocks; where it does not, or could not be made, the pull request is a draft.
    """
    problem = _problem(report, comparison) or _obstacle(checks)
    if report.verdict is base.verdict is Verdict.ERROR and confidence.score >= LOW and not _obstacle(checks):
        return Decision(Action.DELIVER_DRAFT, f"The tests could not be run, before the change either: {report.reason}")
    if confidence.score < LOW:
        return Decision(Action.ESCALATE, f"The confidence of {confidence.score:.2f} is below {LOW}. {problem}".strip())
    if not problem and attempt < MAX_ATTEMPTS:
        problem = _to_mend(checks)
    if problem:
        action = Action.RETRY if attempt < MAX_ATTEMPTS else Action.ESCALATE
        return Decision(action, problem)
    unsteady = sorted(set(report.unsteady) - set(base.names(TestStatus.FAILED) | base.names(TestStatus.ERROR)))
    if unsteady:
        named = ", ".join(unsteady[:MAX_NAMED]) + (
            f" and {len(unsteady) - MAX_NAMED} more" if unsteady[MAX_NAMED:] else ""
        )
        return Decision(Action.DELIVER_DRAFT, f"These tests pass only sometimes with this change: {named}.")
    if report.verdict is Verdict.INCONCLUSIVE:
        return Decision(Action.DELIVER_DRAFT, f"Nothing was proven by tests: {report.reason}")
    open_checks = _open_checks(checks)
    if open_checks:
        return Decision(Action.DELIVER_DRAFT, open_checks)
    passed = _say_passed(comparison)
    if confidence.score < HIGH:
        return Decision(
            Action.DELIVER_DRAFT, f"{passed}, and the confidence of {confidence.score:.2f} is below {HIGH}."
        )
    return Decision(Action.DELIVER, f"{passed}, and the confidence is {confidence.score:.2f}.")


def _say_passed(comparison: Comparison) -> str:
    old = len(comparison.failing_before_and_after)
    return f"The tests pass but {old} that failed before the change too" if old else "The tests pass"


def temper(decision: Decision, reasons: Sequence[str]) -> Decision:
    """Return a decision that was to deliver as one for a draft, for these reasons; any other stays as it is."""
    if not reasons or decision.action not in (Action.DELIVER, Action.DELIVER_DRAFT):
        return decision
    told = [decision.reason] if decision.action is Action.DELIVER_DRAFT else []
    return Decision(Action.DELIVER_DRAFT, " ".join(_end_sentence(one) for one in [*told, *reasons]))


def _end_sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def weakening_reasons(facts: ChangeFacts) -> list[str]:
    """Return why tests that pass prove less than they did: the change took something from those that were there."""
    weak = facts.weakened_tests
    if not weak:
        return []
    more = f" and {len(weak) - MAX_NAMED} more" if len(weak) > MAX_NAMED else ""
    return [f"Tests that were there are not as they were: {'; '.join(weak[:MAX_NAMED])}{more}."]


def ask_first(claim: Claim) -> str:
    """Return what a person has to answer before anything is changed; empty where the model asks nothing."""
    return f"Nothing was changed. A person has to answer first: {claim.question}" if claim.question else ""


def question_reasons(claim: Claim) -> list[str]:
    """Return why a change waits for an answer."""
    return [f"A person has to answer: {claim.question}"] if claim.question else []


def hotfix_reasons(order: Order, checks: Sequence[CheckResult]) -> list[str]:
    """Return why a hot-fix is only a draft: no test shows the failure of its incident."""
    is_shown = any(one.kind is CheckKind.REPRODUCTION and one.state is CheckState.PASSED for one in checks)
    if not order.incident or order.follows is not None or is_shown:
        return []
    return ["The failure of the incident is not reproduced: no test fails without this change"]


def _problem(report: TestReport, comparison: Comparison) -> str:
    """Return what stands against delivery, empty when nothing does."""
    if report.verdict is Verdict.ERROR:
        return f"The tests could not be run: {report.reason}"
    if comparison.newly_failing:
        missing = f" ({len(comparison.missing)} of them are gone)" if comparison.missing else ""
        return f"{len(comparison.newly_failing)} tests that passed before the change do not pass now{missing}."
    if report.verdict is Verdict.FAIL and not only_old_failures(report, comparison):
        return f"The tests fail: {report.reason}"
    return ""


def _obstacle(checks: Sequence[CheckResult]) -> str:
    return next((f"The check `{check.kind}` failed: {check.reason}" for check in checks if check.is_obstacle), "")


def _to_mend(checks: Sequence[CheckResult]) -> str:
    """Return what the model should mend, though nothing is refused for it."""
    failed = [check for check in checks if check.state is CheckState.FAILED and check.retries]
    return f"The check `{failed[0].kind}` failed: {failed[0].reason}" if failed else ""


def _open_checks(checks: Sequence[CheckResult]) -> str:
    """Return what a reviewer has to look at, since no check could settle it."""
    states = {CheckState.FAILED: "failed", CheckState.ERROR: "could not be made"}
    told = [
        f"The check `{check.kind}` {states[check.state]}: {check.reason}" for check in checks if check.state in states
    ]
    return " ".join(told)
