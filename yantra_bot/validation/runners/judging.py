"""What a run of tests may be called: the exit code decides; a report that contradicts it never makes a pass. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from yantra_bot.domain.proof import TestOutcome, TestStatus, Verdict
from yantra_bot.sandbox.contract import Finished

NOT_FOUND = frozenset({126, 127})
SIGNALS = 128
Outcomes = tuple[TestOutcome, ...] | None


@dataclass(frozen=True, slots=True)
class Codes:
    """What a runner's exit codes mean. `failed` says that tests did not pass; `special` need no report."""

    runner: str
    failed: frozenset[int] = frozenset({1})
    special: Mapping[int, tuple[Verdict, str]] = field(default_factory=dict)


def judge(codes: Codes, finished: Finished, outcomes: Outcomes, complaint: str) -> tuple[Verdict, str]:
    """Return the verdict on a run that reports its tests, and why it is not a pass.

    `complaint` says what is wrong with the report where `outcomes` is None.
    """
    code = finished.exit_code
    if code is None:
        return Verdict.ERROR, describe_limit(finished)
    if code in codes.special:
        return codes.special[code]
    if code in NOT_FOUND:
        return Verdict.ERROR, f"{codes.runner} cannot be run (exit code {code}): it, or what it needs, is not there."
    if outcomes is None:
        verdict = Verdict.INCONCLUSIVE if code == 0 else Verdict.ERROR
        return verdict, f"The tests ended with exit code {code}. {complaint}"
    bad = count(outcomes, TestStatus.FAILED) + count(outcomes, TestStatus.ERROR)
    if code == 0:
        return _judge_success(codes.runner, outcomes, bad)
    if code in codes.failed:
        shown = f"{bad} of {len(outcomes)} tests did not pass." if bad else "The report names no failed test."
        return Verdict.FAIL, shown if bad else f"{codes.runner} ended with exit code {code}. {shown}"
    return Verdict.ERROR, (
        f"The tests ended with exit code {code}, which is none of {codes.runner}'s: most likely they crashed."
    )


def _judge_success(runner: str, outcomes: tuple[TestOutcome, ...], bad: int) -> tuple[Verdict, str]:
    if bad:
        return Verdict.INCONCLUSIVE, f"{runner} ended with exit code 0, but its report names {bad} tests that failed."
    if not count(outcomes, TestStatus.PASSED):
        return Verdict.INCONCLUSIVE, "No test passed: every one was skipped, or none ran."
    return Verdict.PASS, ""


def judge_command(what: str, finished: Finished, outcomes: Outcomes) -> tuple[Verdict, str]:
    """Return the verdict on a command that need not report its tests. Only its exit code can say that it is a pass."""
    code = finished.exit_code
    if code is None:
        return Verdict.ERROR, describe_limit(finished)
    if code in NOT_FOUND:
        return Verdict.ERROR, f"{what} cannot be run (exit code {code})."
    if code:
        return Verdict.FAIL, f"{what} ended with exit code {code}."
    bad = count(outcomes or (), TestStatus.FAILED) + count(outcomes or (), TestStatus.ERROR)
    if bad:
        return Verdict.INCONCLUSIVE, f"The command ended with exit code 0, but its report names {bad} failed tests."
    return Verdict.PASS, ""


def describe_limit(finished: Finished) -> str:
    """Return which limit ended the tests, in a sentence."""
    return f"The tests were ended after {finished.seconds:.0f} s by their limit of {finished.limit or 'time'}."


def count(outcomes: tuple[TestOutcome, ...], status: TestStatus) -> int:
    """Return how many tests ended so."""
    return sum(outcome.status is status for outcome in outcomes)
