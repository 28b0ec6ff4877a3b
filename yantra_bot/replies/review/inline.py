"""Comments at lines of the difference: what is wrong, what shows it, and a suggestion where it fits exactly. Pure.

A finding whose line is not shown in the difference has no comment: the summary tells it. A suggestion is made only
where applying it gives exactly the fix: whole shown lines, no sign that cannot be seen, nothing that was redacted.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from yantra_bot.domain.findings import Finding, Fix, Replacement, Side
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.remarks import NewRemark
from yantra_bot.domain.review import ChangedFile, Review
from yantra_bot.replies.review.lines import find_stretch
from yantra_bot.replies.review.markdown import Links, paragraph, say
from yantra_bot.replies.review.quoting import percent, place, quote, sureness
from yantra_bot.replies.review.summary import evidence_line
from yantra_bot.replies.text import code, fit

MAX_COMMENTS = 20
"""In one review: more is not read."""
MAX_EVIDENCE = 8
MAX_SUGGESTED = 60
"""Lines of a suggestion."""
MAX_FIXED = 2_000
"""Signs of a fix that is only shown."""
DECLINE = (
    "Not a problem? Whoever may write here resolves this conversation or answers `ignore`: it is not raised again."
)
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class Inline:
    """The comments of a review, the gravest first, and the findings that none can carry or that are too many."""

    comments: tuple[NewRemark, ...]
    left_out: tuple[Finding, ...]


def inline_comments(
    review: Review, *, links: Links | None = None, most: int = MAX_COMMENTS, known: Collection[str] = ()
) -> Inline:
    """Return the comments for the findings that the repository's rules want shown at their lines.

    `known` are the fingerprints of findings that have a comment already, or were declined: they get no other.
    """
    files = {file.path: file for file in review.files}
    bar = review.rules.severity.rank
    comments: list[NewRemark] = []
    left_out: list[Finding] = []
    for finding in review.findings:
        if finding.severity.rank < bar or finding.fingerprint in known:
            continue
        file = files.get(finding.path) or _renamed(review, finding)
        comment = _comment(finding, file, links or Links()) if file is not None and len(comments) < most else None
        if comment is None:
            left_out.append(finding)
        else:
            comments.append(comment)
    return Inline(tuple(comments), tuple(left_out))


def _renamed(review: Review, finding: Finding) -> ChangedFile | None:
    """Return the file that a place of the base is now in."""
    if finding.side is Side.HEAD:
        return None
    return next((file for file in review.files if file.base_path == finding.path), None)


def _comment(finding: Finding, file: ChangedFile, links: Links) -> NewRemark | None:
    suggested = _suggestible(finding, file)
    first, last = finding.line, max(finding.end_line, finding.line)
    if suggested is not None:
        first, last = suggested.line, suggested.end_line
    elif find_stretch(file, finding.side, first, last) is None:
        last = first
    if first < 1 or find_stretch(file, finding.side, first, last) is None:
        return None
    body = comment_body(finding, links, suggested=suggested)
    return NewRemark(finding.fingerprint, file.path, last, body, first if first < last else 0, finding.side)


def _suggestible(finding: Finding, file: ChangedFile) -> Replacement | None:
    """Return the replacement that can be suggested: a fix of one stretch of shown lines around the finding."""
    if finding.fix is None or len(finding.fix.replacements) != 1 or finding.side is Side.BASE:
        return None
    [one] = finding.fix.replacements
    is_here = one.path == file.path and one.line <= finding.line <= one.end_line
    is_short = one.text.count("\n") < MAX_SUGGESTED and one.end_line - one.line < MAX_SUGGESTED
    is_plain = not _UNSEEN.search(one.text) and redact(one.text) == one.text
    if not (is_here and is_short and is_plain) or find_stretch(file, Side.HEAD, one.line, one.end_line) is None:
        return None
    return one


def comment_body(finding: Finding, links: Links | None = None, *, suggested: Replacement | None = None) -> str:
    """Return the comment for one finding; `suggested` is a replacement of exactly the lines that it stands on."""
    known = links or Links()
    lines = [f"**{finding.severity}** · {say(quote(finding.rule))} · {_sure(finding)}", "", paragraph(finding.message)]
    if finding.evidence:
        lines += ["", *(f"- {evidence_line(one, known)}" for one in finding.evidence[:MAX_EVIDENCE])]
    hidden = max(len(finding.evidence) - MAX_EVIDENCE, 0) + finding.more_evidence
    if hidden:
        lines += [f"- and {hidden:,} more"] if finding.evidence else ["", f"{hidden:,} places show it."]
    if suggested is not None and finding.fix is not None:
        lines += ["", say(f"This would {finding.fix.title}:"), "", suggestion(suggested.text)]
    elif finding.fix is not None:
        lines += ["", *_shown_fix(finding.fix)]
    return fit("\n".join([*lines, "", f"<sub>{DECLINE}</sub>"]))


def _sure(finding: Finding) -> str:
    word = sureness(finding.confidence)
    return word if finding.confidence >= 1 else f"{word} ({percent(finding.confidence)})"


def suggestion(text: str) -> str:
    """Return a suggestion block that puts exactly this text in place of the lines; an empty text deletes them."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}suggestion\n{text}\n{fence}" if text else f"{fence}suggestion\n{fence}"


def _shown_fix(fix: Fix) -> list[str]:
    """Return a fix that cannot be applied by a button: what would stand where."""
    lines = [say(f"A fix would {fix.title}:")]
    for one in fix.replacements[:5]:
        lines += ["", f"{say(place(one.path, one.line))} {_says_where(one)}"]
        if one.text:
            lines += ["", code(redact(one.text)[:MAX_FIXED])]
    if len(fix.replacements) > 5:
        lines += ["", f"and {len(fix.replacements) - 5} more places"]
    return lines


def _says_where(one: Replacement) -> str:
    if one.end_line < one.line:
        return "gets these lines before it:"
    if not one.text:
        return "goes away:" if one.end_line == one.line else f"to line {one.end_line} go away."
    return "becomes:" if one.end_line == one.line else f"to line {one.end_line} become:"
