"""The learned score on the page of a run: what it says where it has earned it, else why it is not shown. Pure.

The curve is drawn here, as numbers for an SVG; the template has its words and colours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from yantra_bot.dashboard.review_panel import plain
from yantra_bot.domain.proof import ChangeFacts
from yantra_bot.domain.review import Review
from yantra_bot.domain.reviewed import Reviewed
from yantra_bot.domain.scores import JudgedScore, ReliabilityBin
from yantra_bot.errors import YantraError
from yantra_bot.replies.review.learned import state_attention, state_learned, why_not_shown
from yantra_bot.replies.review.markdown import visible
from yantra_bot.runs.codec import StepBug, decode_envelope
from yantra_bot.runs.ledger import StepRow

SIDE: Final = 200
"""Of the curve's square, in units of its drawing."""
_SMALL, _LARGE = 2.5, 9.0
RECORDED: Final = "The learned score of this change was recorded and is not shown."
NO_SCORE: Final = "No learned score."


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin of the curve: its place in the square, and how large it is drawn."""

    x: float
    y: float
    radius: float
    words: str


@dataclass(frozen=True, slots=True)
class LearnedPanel:
    """What the page says."""

    headline: str
    lines: tuple[str, ...]
    attention: tuple[str, ...] = ()
    dots: tuple[Dot, ...] = ()
    curve: str = ""
    """The points of a line through the dots."""
    caption: str = ""


def find_learned(steps: Iterable[StepRow]) -> LearnedPanel | None:
    """Return the panel of a run's last score; None where nobody gave one."""
    found: JudgedScore | None = None
    for step in steps:
        name = step.name.split("#")[0]
        if name in ("measure", "review") and step.envelope is not None:
            found = _read(name, step.envelope) or found
    return None if found is None else make_learned(found)


def _read(name: str, envelope: str) -> JudgedScore | None:
    try:
        if name == "measure":
            facts: ChangeFacts = decode_envelope(envelope, ChangeFacts)
            return facts.learned
        reviewed: Reviewed = decode_envelope(envelope, Reviewed)
    except (YantraError, StepBug, ValueError):  # of another version, or a step that failed
        return None
    review: Review = reviewed.review
    return review.learned


def make_learned(judged: JudgedScore) -> LearnedPanel:
    """Return what the page says of a score."""
    standing = judged.standing
    if judged.change.problem:
        return LearnedPanel(NO_SCORE, (_clean(why_not_shown(judged)),))
    error = standing.calibration_error
    caption = "" if error is None else f"Expected calibration error {error:.3f}, cross-fitted."
    is_shown = judged.is_shown
    return LearnedPanel(
        "Learned score" if is_shown else RECORDED,
        (_clean(state_learned(judged) or why_not_shown(judged)),),
        tuple(_clean(one) for one in state_attention(judged)),
        draw(standing.curve),
        trace(standing.curve),
        caption if standing.curve else "",
    )


def _clean(sentence: str) -> str:
    """Return a sentence in which nothing that cannot be seen turns the rest of the page round."""
    return visible(plain(sentence))


def draw(curve: tuple[ReliabilityBin, ...]) -> tuple[Dot, ...]:
    """Return a dot for each bin: from left to right what was said, from below to above what was seen."""
    most = max((one.count for one in curve), default=1)
    return tuple(
        Dot(
            round(one.said * SIDE, 1),
            round((1 - one.seen) * SIDE, 1),
            round(_SMALL + (_LARGE - _SMALL) * (one.count / most) ** 0.5, 1),
            f"said {one.said:.0%}, went wrong {one.seen:.0%} of {one.count:,} change{'' if one.count == 1 else 's'}",
        )
        for one in curve
    )


def trace(curve: tuple[ReliabilityBin, ...]) -> str:
    """Return the points of the line through the dots."""
    return " ".join(f"{dot.x},{dot.y}" for dot in draw(curve))
