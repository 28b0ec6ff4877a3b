"""How risky a change is: a sum of parts that anybody can check, each with its value and the reason for it.

SPEC 4's rule: what is unknown is left out and said, and the weights of the known parts are scaled to sum to 1. This is
the baseline, the only scorer until a learned one shows that it does better.
"""

import math
from typing import Final

from yantra_bot.domain.findings import Severity
from yantra_bot.domain.review import Risk, RiskLevel, RiskPart
from yantra_bot.domain.risk import RiskFacts
from yantra_bot.ports import RiskScorer
from yantra_bot.review.engine import Draft
from yantra_bot.review.measures import measure_risk
from yantra_bot.scoring.scorer import NoScorer, score_change
from yantra_bot.scoring.similar import add_similar

HIGH: Final = 0.6
MEDIUM: Final = 0.3
SMALL, LARGE = 10, 1_000
"""Lines at which the size begins to count and at which it counts in full, by the logarithm between."""
BUSY: Final = 20
"""Commits in the time that is looked at."""
TANGLED: Final = 20
"""Ways through the code that were added."""
MUCH_USED: Final = 63
"""Symbols that need a changed one."""
_LEAST: Final[dict[Severity | None, float]] = {Severity.ERROR: MEDIUM, Severity.CRITICAL: HIGH}
_SECURITY: Final = {Severity.INFO: 0.2, Severity.WARNING: 0.5, Severity.ERROR: 0.8, Severity.CRITICAL: 1.0}


class BaselineScorer:
    """Weighs the facts by hand-chosen weights."""

    def score(self, facts: RiskFacts) -> Risk:
        """Return the risk. A grave security finding alone makes it at least medium, a critical one high."""
        parts = (_size(facts), _churn(facts), _complexity(facts), _fan_in(facts), _tests(facts), _security(facts))
        known = [(part.weight, part.value) for part in parts if part.value is not None]
        total = sum(weight for weight, _ in known)
        weighed = sum(weight * value for weight, value in known) / total if total else 0.0
        score = max(_clamp(weighed), _LEAST.get(facts.worst, 0.0))
        return Risk(round(score, 4), _level(score), parts)


def report_risk(draft: Draft, scorer: RiskScorer | None = None) -> None:
    """Leave the risk in the draft; the other parts of the review come before."""
    draft.risk = (scorer or BaselineScorer()).score(measure_risk(draft))


def report_score(draft: Draft) -> None:
    """Leave in the draft what a learned model says of the change, where anybody asks it: beside the risk, not in it."""
    head, scorer = draft.subject.head, draft.means.scorer
    if scorer is not None:
        draft.score = score_change(scorer, head.view, head.read, draft.subject.symbols, draft.subject.files)
        if draft.means.finds_similar and not isinstance(scorer, NoScorer):
            draft.score = add_similar(scorer, head.view, head.read, draft.score)


def _level(score: float) -> RiskLevel:
    if score >= HIGH:
        return RiskLevel.HIGH
    return RiskLevel.MEDIUM if score >= MEDIUM else RiskLevel.LOW


def _clamp(value: float) -> float:
    return min(1.0, max(0.0, value))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _size(facts: RiskFacts) -> RiskPart:
    value = _clamp(math.log(max(facts.lines, 1) / SMALL) / math.log(LARGE / SMALL))
    return RiskPart(
        "size",
        0.20,
        value,
        f"{_count(facts.lines, 'line')} in {_count(facts.files, 'file')}, tests and documents left out",
    )


def _churn(facts: RiskFacts) -> RiskPart:
    if facts.commits is None:
        return RiskPart("churn", 0.15, None, "no past is at hand")
    where = f" changed `{facts.busiest}`" if facts.busiest else " changed these files"
    reason = f"{_count(facts.commits, 'commit')}{where} in the {facts.days} days before"
    return RiskPart("churn", 0.15, _clamp(facts.commits / BUSY), reason)


def _complexity(facts: RiskFacts) -> RiskPart:
    before, after = facts.complexity_before, facts.complexity_after
    if before is None or after is None:
        return RiskPart("complexity", 0.15, None, "the changed functions could not be measured")
    reason = f"the touched functions had {before:,} ways through, and have {after:,}"
    return RiskPart("complexity", 0.15, _clamp((after - before) / TANGLED), reason)


def _fan_in(facts: RiskFacts) -> RiskPart:
    if facts.fan_in is None:
        return RiskPart("fan-in", 0.20, None, "no changed symbol is known")
    value = _clamp(math.log2(1 + facts.fan_in) / math.log2(1 + MUCH_USED))
    verb = "needs" if facts.fan_in == 1 else "need"
    return RiskPart("fan-in", 0.20, value, f"{_count(facts.fan_in, 'other symbol')} {verb} what changed, directly")


def _tests(facts: RiskFacts) -> RiskPart:
    if facts.untested is None:
        return RiskPart("test gap", 0.15, None, "which tests reach the change is not known")
    if not facts.changed:
        return RiskPart("test gap", 0.15, None, "nothing changed that a test could reach")
    reason = f"no known test reaches {facts.untested:,} of {_count(facts.changed, 'changed symbol')}"
    return RiskPart("test gap", 0.15, facts.untested / facts.changed, reason)


def _security(facts: RiskFacts) -> RiskPart:
    if facts.security is None:
        return RiskPart("security", 0.15, None, "nobody scanned it")
    if facts.worst is None:
        return RiskPart("security", 0.15, 0.0, "no finding")
    least = _LEAST.get(facts.worst, 0.0)
    floor = f", which alone makes it at least {least:.2f}" if least else ""
    reason = f"{_count(facts.security, 'finding')}, {facts.worst} at worst{floor}"
    return RiskPart("security", 0.15, _SECURITY[facts.worst], reason)
