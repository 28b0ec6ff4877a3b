"""A review's result on the page of its run: the verdict, what it rests on, each finding with its place. Pure.

It shows what was posted. Everything is text; the template escapes it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.review import Review
from yantra_bot.errors import YantraError
from yantra_bot.replies.review.wording import (
    judge,
    state_gap,
    state_impact,
    state_risk,
    state_run,
    state_scope,
    state_selection,
    state_times,
)
from yantra_bot.runs.codec import StepBug, decode_envelope
from yantra_bot.runs.ledger import StepRow
from yantra_bot.runs.review_memory import RESULT_STEP

MAX_FINDINGS: Final = 200
MAX_EVIDENCE: Final = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One finding."""

    severity: str
    place: str
    message: str
    rule: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """What a review came to."""

    headline: str
    reason: str
    facts: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int
    gaps: tuple[str, ...]


def find_panel(steps: Iterable[StepRow]) -> Panel | None:
    """Return the panel of the review that a run posted last; None where it posted none, or none that can be read."""
    found = [step.envelope for step in steps if step.name.startswith(f"{RESULT_STEP}#") and step.envelope]
    if not found:
        return None
    try:
        review: Review = decode_envelope(found[-1], Review)
    except (YantraError, StepBug, ValueError):
        return None
    return make_panel(review)


def make_panel(review: Review) -> Panel:
    """Return what a page shows of a review."""
    judged = judge(review)
    facts = [
        state_scope(review),
        f"Risk {state_risk(review.risk)}" if review.risk is not None else "",
        state_impact(review.impact) if review.impact is not None else "",
        state_selection(review.tests) if review.tests is not None else "",
        state_run(review),
        f"Took {times}" if (times := state_times(review)) else "",
    ]
    return Panel(
        plain(judged.headline),
        plain(judged.reason),
        tuple(plain(fact) for fact in facts if fact),
        tuple(_row(finding) for finding in review.findings[:MAX_FINDINGS]),
        max(0, len(review.findings) - MAX_FINDINGS),
        tuple(plain(state_gap(gap)) for gap in review.gaps),
    )


def _row(finding: Finding) -> Row:
    evidence = [f"{_place(one.path, one.line)} {one.text}".strip() for one in finding.evidence[:MAX_EVIDENCE]]
    more = len(finding.evidence) - len(evidence) + finding.more_evidence
    evidence += [f"and {more} more"] if more > 0 else []
    return Row(
        finding.severity.value,
        _place(finding.path, finding.line),
        plain(finding.message),
        plain(finding.rule),
        tuple(plain(one) for one in evidence),
    )


def _place(path: str, line: int) -> str:
    return plain(f"{path}:{line}" if path and line else path)


def plain(sentence: str) -> str:
    """Return a sentence without the backticks around its names, and without what looks like a secret."""
    return redact(sentence).replace("`", "")
