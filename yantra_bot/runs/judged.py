"""What an attempt of a run came to: a change that was tested and judged, or nothing to test. Values."""

from dataclasses import dataclass

from yantra_bot.domain.checks import CheckResult
from yantra_bot.domain.coverage import NOT_GENERATED, Generated
from yantra_bot.domain.proof import ChangeFacts, Claim, Comparison, Confidence, TestReport, Verdict
from yantra_bot.domain.scrutiny import NOTHING_SEEN, Scrutiny
from yantra_bot.learning.slips import Slip, slips_of_checks, slips_of_tests
from yantra_bot.runs.phases import Decision


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


def slips_of(judged: Judged) -> tuple[Slip, ...]:
    """Return what was objected to in an attempt."""
    tests = slips_of_tests(judged.report, judged.comparison) if judged.report.verdict is Verdict.FAIL else ()
    return (*tests, *slips_of_checks(judged.checks))
