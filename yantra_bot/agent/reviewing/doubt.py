"""The second, sceptical look: what a verdict says of a remark, how sure that is, and which remarks are posted. Pure.

The confidence is SPEC 5's: 0.3 grounding + 0.3 coherence + 0.2 completeness + 0.2 specificity, where the grounding is
never more than the share of quoted names that were really shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from yantra_bot.agent.reviewing.observations import Sorted, grounding, read_call
from yantra_bot.agent.reviewing.tools import JUDGE
from yantra_bot.domain.conversation import ModelAnswer
from yantra_bot.domain.findings import Evidence, Finding, Fix, Replacement
from yantra_bot.domain.observations import HunkBrief, Judgement, Observation

THRESHOLD: Final = 0.7
"""SPEC 5: from here on an answer's confidence is high."""
MOST_SURE: Final = 0.95
"""No model's word is certain, whatever it says of itself."""
LEAST_REASON: Final = 3
"""Words."""
RULE: Final = "model/remark"
_WEIGHTS: Final = {"grounding": 0.3, "coherence": 0.3, "completeness": 0.2, "specificity": 0.2}


@dataclass(frozen=True, slots=True)
class Judged:
    """A remark that held, how sure that is, and the reason that the sceptic gave."""

    remark: Observation
    confidence: float
    reason: str
    parts: str = ""
    """What the confidence is made of, in words."""


def read_verdicts(answer: ModelAnswer) -> dict[int, dict[str, Any]]:
    """Return the verdicts by the remark's number; raise UserError, in words for the model, where there are none."""
    return {int(one["number"]): one for one in read_call(answer, JUDGE)["verdicts"]}


def judge(
    remarks: Sequence[Observation], verdicts: dict[int, dict[str, Any]], briefs: Sequence[HunkBrief], found: Sorted
) -> list[Judged]:
    """Return the remarks that hold and are sure enough; the others are dropped into `found` with the reason."""
    held = []
    for number, remark in enumerate(remarks, start=1):
        verdict = verdicts.get(number)
        if verdict is None:
            found.drop(remark, "the second look said nothing of it")
            continue
        if str(verdict["verdict"]).lower() != Judgement.HOLDS:
            found.drop(remark, f"the second look did not confirm it: {verdict['reason']}")
            continue
        if len(str(verdict["reason"]).split()) < LEAST_REASON:
            found.drop(remark, "the second look gave no reason")
            continue
        proven = grounding(remark, briefs)
        sure = min(MOST_SURE, score(verdict, proven))
        if sure < THRESHOLD:
            found.drop(remark, f"it is not sure enough ({sure:.2f} of {THRESHOLD})")
            continue
        held.append(Judged(remark, sure, str(verdict["reason"]), show_parts(verdict, proven)))
    return held


def score(verdict: dict[str, Any], proven: float) -> float:
    """Return the confidence in [0, 1] of a verdict; `proven` caps its grounding."""
    values = {name: float(verdict[name]) for name in _WEIGHTS}
    values["grounding"] = min(values["grounding"], proven)
    return round(sum(weight * values[name] for name, weight in _WEIGHTS.items()), 4)


def show_parts(verdict: dict[str, Any], proven: float) -> str:
    """Return what the confidence of a verdict is made of, for people."""
    values = {name: float(verdict[name]) for name in _WEIGHTS}
    told = [f"{name} {values[name]:.2f}" for name in _WEIGHTS if name != "grounding"]
    capped = f" ({proven:.0%} of the names it speaks of were shown)" if proven < 1 else ""
    return ", ".join([f"grounding {min(values['grounding'], proven):.2f}{capped}", *told])


def to_finding(judged: Judged) -> Finding:
    """Return a remark as a finding, which says that a model made it and what the second look rests on."""
    remark = judged.remark
    fix = None
    if remark.suggestion is not None:
        replacement = Replacement(remark.path, remark.line, remark.end_line, remark.suggestion.rstrip("\n"))
        fix = Fix("replace these lines as the model suggests; it was not run", (replacement,))
    return Finding(
        rule=RULE,
        severity=remark.severity,
        confidence=judged.confidence,
        message=remark.message,
        path=remark.place,
        line=remark.line,
        end_line=remark.end_line,
        side=remark.side,
        anchor=remark.quote.strip()[:200],
        evidence=(Evidence(_why(judged), remark.place, remark.line, remark.side, judged.confidence),),
        fix=fix,
    )


def _why(judged: Judged) -> str:
    return f"{judged.reason} ({judged.parts})" if judged.parts else judged.reason
