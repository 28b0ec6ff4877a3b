"""A review as a check of the forge: its conclusion by the repository's gate, and an annotation for each finding. Pure.

Annotations are plain text. Their limits are GitHub's: 64 KB of message and of details, 255 signs of title.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from yantra_bot.domain.findings import Evidence, Finding, Severity, Side
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.remarks import Annotation, AnnotationLevel
from yantra_bot.domain.review import Review
from yantra_bot.replies.review.markdown import Links, visible
from yantra_bot.replies.review.quoting import percent, sureness
from yantra_bot.replies.review.summary import summary
from yantra_bot.replies.review.wording import Outcome, failures_of, headline_of, judge

MAX_ANNOTATIONS = 1_000
"""Of one check; the summary says how many more there are."""
MAX_BYTES = 64 * 1024 - 64
MAX_TITLE = 255
MAX_SUMMARY = 65_535


class Conclusion(StrEnum):
    """How a check ended."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A whole check. Whoever posts it sends the annotations in as many requests as the forge wants."""

    title: str
    summary: str
    conclusion: Conclusion
    annotations: tuple[Annotation, ...]


def check_report(review: Review, *, links: Links | None = None) -> CheckReport:
    """Return the check of a review."""
    judged = judge(review)
    annotations = tuple(annotate(finding) for finding in review.findings[:MAX_ANNOTATIONS])
    conclusion = {
        Outcome.BLOCKED: Conclusion.FAILURE,
        Outcome.CLEAN: Conclusion.SUCCESS,
    }.get(judged.outcome, Conclusion.NEUTRAL)
    if judged.outcome is Outcome.REMARKS and not _is_worth_a_look(review):
        conclusion = Conclusion.SUCCESS
    title = cut(_plain(judged.headline), MAX_TITLE)
    return CheckReport(title, summary(review, links=links, limit=MAX_SUMMARY - 64), conclusion, annotations)


def _is_worth_a_look(review: Review) -> bool:
    """Tell whether more than notes was found, or a test failed that may have passed before."""
    return (
        bool(headline_of(failures_of(review)))
        or not review.findings
        or review.findings[0].severity.rank >= Severity.WARNING.rank
    )


def annotate(finding: Finding) -> Annotation:
    """Return the annotation of a finding; where no line is meant, it stands at the first."""
    levels = {Severity.INFO: AnnotationLevel.NOTICE, Severity.WARNING: AnnotationLevel.WARNING}
    line = max(finding.line, 1)
    base = " (the line is one of the base)" if finding.side is Side.BASE else ""
    details = "\n".join(_details(finding))
    return Annotation(
        finding.path.encode("utf-8", "replace").decode(),
        line,
        max(finding.end_line, line),
        levels.get(finding.severity, AnnotationLevel.FAILURE),
        cut(f"{_plain(finding.rule)}: {sureness(finding.confidence)}", MAX_TITLE),
        cut_bytes(f"{_plain(finding.message)}{base}" or _plain(finding.rule) or "?", MAX_BYTES),
        cut_bytes(details, MAX_BYTES),
    )


def _details(finding: Finding) -> Iterator[str]:
    for one in finding.evidence:
        yield _evidence(one)
    if finding.more_evidence:
        yield f"and {finding.more_evidence:,} more"


def _evidence(one: Evidence) -> str:
    where = f"{_plain(one.path)}:{one.line} " if one.path else ""
    return f"{where}{_plain(one.text)} ({percent(one.confidence)})"


def _plain(text: str) -> str:
    return visible(" ".join(redact(text[: MAX_BYTES * 2]).split()))


def cut(text: str, limit: int) -> str:
    """Return a text of at most `limit` signs."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def cut_bytes(text: str, limit: int) -> str:
    """Return a text of at most `limit` bytes in UTF-8, never cut inside of a sign."""
    data = text.encode("utf-8")
    return text if len(data) <= limit else data[: limit - 3].decode("utf-8", "ignore") + "…"
