"""What an attempt of a run came to: a change that was tested and judged, or nothing to test. Values."""

from dataclasses import dataclass

from yantra_bot.domain.checks import CheckResult
from yantra_bot.domain.coverage import NOT_GENERATED, Generated
from yantra_bot.domain.proof import ChangeFacts, Claim, Comparison, Confidence, TestReport, Verdict
from yantra_bot.domain.scrutiny import NOTHING_SEEN, Scrutiny
from yantra_bot.learning.slips import Slip, all_slips_of_checks, slips_of_checks, slips_of_tests
from yantra_bot.runs.phases import Decision
from yantra_bot.validation.comparison import only_old_failures


@dataclass(frozen=True, slots=True)
class Judged:
    """An attempt whose change was tested, and what was decided about it."""

    number: int
    claim: Claim
    decision: Decision
    report: TestReport
    comparison: Comparison
    confidence: Confidence
    facts: ChangeFacts
    base: TestReport
    """What the same tests showed before the change."""
    checks: tuple[CheckResult, ...] = ()
    scrutiny: Scrutiny = NOTHING_SEEN
    generated: Generated = NOT_GENERATED


@dataclass(frozen=True, slots=True)
class GaveUp:
    """An attempt that left nothing to test."""

    reason: str
    words: str
    """What the model said last, for the person."""


def is_proven(judged: Judged) -> bool:
    """Tell whether the tests let an attempt pass: they pass, or fail as they did before any change."""
    if judged.report.verdict is Verdict.PASS:
        return True
    is_as_before = only_old_failures(judged.report, judged.comparison) and not judged.comparison.newly_failing
    return judged.report.verdict is Verdict.FAIL and is_as_before


def remaining_of(judged: Judged) -> frozenset[str]:
    """Return the signatures of everything that is still objected to, whether or not it stands against delivery."""
    found = slips_of_tests(judged.report, judged.comparison, most=None) + all_slips_of_checks(judged.checks)
    return frozenset(slip.signature for slip in found)


def slips_of(judged: Judged) -> tuple[Slip, ...]:
    """Return what was objected to in an attempt."""
    tests = slips_of_tests(judged.report, judged.comparison) if judged.report.verdict is Verdict.FAIL else ()
    return (*tests, *slips_of_checks(judged.checks))
