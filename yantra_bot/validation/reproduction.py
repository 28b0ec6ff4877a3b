"""Whether a change's tests fail without it: what they show on the base commit and what now. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.checks import CheckKind, CheckResult, CheckState
from yantra_bot.domain.proof import Comparison, TestReport, TestStatus, Verdict
from yantra_bot.validation.comparison import failing
from yantra_bot.validation.faults import find_fault

MAX_TOLD: Final = 10
_MAX_MESSAGE: Final = 200
NO_PROOF: Final = "No test of the change fails on the base commit, so that none shows the error of the issue."


@dataclass(frozen=True, slots=True)
class Proof:
    """A test that fails on the base commit and passes with the change; `message` is the base's."""

    test: str
    message: str


def find_proofs(before: TestReport, comparison: Comparison) -> tuple[Proof, ...]:
    """Return the tests that pass only with the change. `before` is its tests on the base commit, without the rest."""
    failed = failing(before)
    messages = {one.name: one.message for one in before.outcomes}
    uncollected = {one.name for one in before.outcomes if one.status is TestStatus.ERROR and one.name.endswith(".py")}
    proofs = []
    for test in comparison.newly_passing:
        found = test if test in failed else test.partition("::")[0]
        if found in failed and (found == test or found in uncollected):
            proofs.append(Proof(test, _reason(messages[found])))
    return tuple(proofs)


def judge_proofs(before: TestReport, comparison: Comparison, *, is_wanted: bool, may_retry: bool) -> CheckResult:
    """Return the check. `is_wanted`: the issue shows an error, which a test has to show too."""
    proofs = find_proofs(before, comparison)
    kind, seconds = CheckKind.REPRODUCTION, before.seconds
    if proofs:
        count = f"{len(proofs)} test{'s' if len(proofs) > 1 else ''} of the change"
        details = [f"`{one.test}` fails before the change ({one.message}) and passes after it" for one in proofs]
        more = [f"and {len(details) - MAX_TOLD} more"] if len(details) > MAX_TOLD else []
        said = f"Fails before, passes after: {count}."
        return CheckResult(kind, CheckState.PASSED, said, "", seconds, details=(*details[:MAX_TOLD], *more))
    if before.verdict is Verdict.FAIL and not before.outcomes:
        return CheckResult(kind, CheckState.PASSED, "The tests of the change fail before it and pass after it.")
    if is_wanted:
        return CheckResult(kind, CheckState.FAILED, NO_PROOF, _ask(before), seconds, blocks=may_retry)
    return CheckResult(kind, CheckState.SKIPPED, "Its tests pass without the change too, so they prove nothing of it.")


def no_tests(*, may_retry: bool) -> CheckResult:
    """Return the check of a change that has no test where one is wanted."""
    said = "The issue shows an error, and the change has no test that shows it."
    asked = "Write a test that raises the error of the issue on the code as it was before your change, and run it."
    return CheckResult(CheckKind.REPRODUCTION, CheckState.FAILED, said, asked, blocks=may_retry)


def _ask(before: TestReport) -> str:
    passing = sorted(before.names(TestStatus.PASSED))
    shown = ", ".join(passing[:MAX_TOLD]) or "none"
    return (
        "Your tests were run on the base commit without the rest of your change, and none of them failed there. "
        f"They passed: {shown}. Write one that raises the error of the issue on the code as it was."
    )


def _reason(message: str) -> str:
    fault = find_fault(message)
    if fault is None:
        lines: Sequence[str] = [line.strip() for line in message.splitlines() if line.strip()] or ["it does not run"]
        return lines[-1][:_MAX_MESSAGE]
    return (f"{fault.error}: {fault.message}" if fault.message else fault.error)[:_MAX_MESSAGE]
