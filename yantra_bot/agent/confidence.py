"""How sure the product may be of a change: SPEC 4, pure.

A factor that cannot be known is left out, and the weights of the others are scaled to sum to 1: no data is not a pass.
"""

from dataclasses import replace

from yantra_bot.domain.lessons import Recalled
from yantra_bot.domain.proof import ChangeFacts, Comparison, Confidence, Factor, TestReport, TestStatus, Verdict
from yantra_bot.domain.scores import JudgedScore

NOTHING_RECALLED = Recalled()
HIGH = 0.8
LOW = 0.5


def score_confidence(
    *,
    claimed: float | None,
    report: TestReport,
    comparison: Comparison,
    facts: ChangeFacts,
    past: Recalled = NOTHING_RECALLED,
    weight: float = 0.0,
) -> Confidence:
    """Return the confidence in a change.

    `past` is what the memory of mistakes says of the change; a match lowers the confidence. `weight` is what a learned
    score counts, where it has earned it; the five factors of SPEC 4 share the rest. Where it has not, they have it all.
    """
    factors: tuple[Factor, ...] = (
        _own(claimed),
        _tests(report, comparison, len(facts.weakened_tests)),
        _memory(past),
        _complexity(facts.cyclomatic),
        _impact(facts.files),
    )
    if weight > 0 and facts.learned is not None and facts.learned.is_shown:
        rest = [replace(factor, weight=factor.weight * (1 - weight)) for factor in factors]
        factors = (*rest, _learned(facts.learned, weight))
    known = [(factor.weight, factor.value) for factor in factors if factor.value is not None]
    total = sum(weight for weight, _ in known)
    score = sum(weight * value for weight, value in known) / total if total else 0.0
    return Confidence(score=_clamp(score), factors=factors)


def _clamp(value: float) -> float:
    return min(1.0, max(0.0, value))


def _own(claimed: float | None) -> Factor:
    if claimed is None:
        return Factor("model", 0.30, None, "the model gave none")
    return Factor("model", 0.30, _clamp(claimed), "what the model said itself")


def _tests(report: TestReport, comparison: Comparison, weakened: int) -> Factor:
    """Return the share of the tests that pass; one that the change took something from is not counted as passed."""
    passed, failed = len(report.names(TestStatus.PASSED)), len(_not_passing(report))
    if report.verdict in (Verdict.INCONCLUSIVE, Verdict.ERROR) or not passed + failed:
        return Factor("tests", 0.25, None, report.reason or "no test ran")
    if weakened:
        passed, failed = max(0, passed - weakened), failed + min(passed, weakened)
    old = len(comparison.failing_before_and_after)
    reason = f"{passed} passed, {failed} did not" + (f" ({old} of them failed before too)" if old else "")
    reason += f", {weakened} of these because the change weakens them" if weakened else ""
    return Factor("tests", 0.25, passed / (passed + failed - old) if passed + failed > old else 0.0, reason)


def _not_passing(report: TestReport) -> frozenset[str]:
    return report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR)


def _memory(past: Recalled) -> Factor:
    nearest = past.nearest
    if nearest is None:
        return Factor("past failures", 0.25, None, past.problem or "no other failure is remembered")
    return Factor("past failures", 0.25, 1 - _clamp(nearest), f"closest past failure is {nearest:.0%} alike")


def _complexity(cyclomatic: int | None) -> Factor:
    if cyclomatic is None:
        return Factor("complexity", 0.10, None, "no function could be measured")
    return Factor("complexity", 0.10, _clamp(1 - (cyclomatic - 1) / 9), f"cyclomatic complexity {cyclomatic} at most")


def _learned(judged: JudgedScore, weight: float) -> Factor:
    if judged.probability is None:
        return Factor("learned score", weight, None, judged.change.problem or "nothing was scored")
    reason = f"{judged.probability:.0%} of changes with such a score went wrong here. {judged.standing.reason}"
    return Factor("learned score", weight, 1 - _clamp(judged.probability), reason)


def _impact(files: int) -> Factor:
    return Factor("impact", 0.10, _clamp(1 - (files - 1) / 19), f"{files} file{'s' if files != 1 else ''} changed")
