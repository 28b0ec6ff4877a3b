"""What a review changes on its pull request: what is posted, what is resolved, what was declined. Pure.

Nothing is said twice: a finding that has a remark gets no other, and one that a person declined is left alone.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from yantra_bot.domain.findings import Finding
from yantra_bot.domain.remarks import Remark
from yantra_bot.domain.review import Review

MODEL_RULES: Final = "model/"
"""Rules of what a model remarked: it is asked about what changed since the last review only."""
_NO: Final = re.compile(r"(?:@[\w-]{1,60}[ ,:]+)?ignore[.!]?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done about remarks. `review` is what is shown: without what was declined or is ignored."""

    review: Review
    known: frozenset[str]
    """Fingerprints that get no remark: they have one, or had one that somebody deleted, who is not told: a finding
    that nobody is known to have declined counts on."""
    fixed: tuple[Remark, ...]
    """Remarks whose finding is gone."""
    back: tuple[Remark, ...]
    """Remarks that were resolved as fixed and whose finding is there again."""
    declined: tuple[Finding, ...]
    """Findings that people declined."""
    ignored: tuple[Finding, ...]
    """Findings of rules that are ignored on this pull request."""


def carry_over(review: Review, previous: Review | None, changed: Collection[str] | None) -> Review:
    """Return the review with what a model said before of files that have not changed since: it was not asked again."""
    if previous is None or changed is None:
        return review
    there = {file.path for file in review.files}
    known = {finding.fingerprint for finding in review.findings}
    kept = [
        one
        for one in previous.findings
        if one.rule.startswith(MODEL_RULES) and one.path in there and one.path not in changed
        if one.fingerprint not in known
    ]
    return replace(review, findings=(*review.findings, *kept)) if kept else review


def who_declined(remark: Remark) -> tuple[str, ...]:
    """Return the logins of those who said no to a remark, whoever they may be; each once."""
    said = [one.author.login for one in remark.replies if not one.author.is_bot and _NO.fullmatch(one.body.strip())]
    resolved = [remark.resolved_by] if remark.is_resolved and remark.resolved_by else []
    return tuple(dict.fromkeys((*resolved, *remark.thumbs_down, *said)))


def make_plan(
    review: Review,
    remarks: Sequence[Remark],
    *,
    deciders: Collection[str],
    ignored: Collection[str],
    posted_before: Collection[str],
) -> Plan:
    """Decide. `deciders` are the logins that may decline, `ignored` the rules and fingerprints to be left alone."""
    standing = {remark.fingerprint for remark in remarks}
    declined_marks = {one.fingerprint for one in remarks if set(who_declined(one)) & set(deciders)}
    declined, left_alone, shown = [], [], []
    for finding in review.findings:
        if is_ignored(finding, ignored):
            left_alone.append(finding)
        elif finding.fingerprint in declined_marks:
            declined.append(finding)
        else:
            shown.append(finding)
    found = {finding.fingerprint for finding in review.findings}
    unread = {path for gap in review.gaps for path in gap.paths}
    open_ones = {finding.fingerprint for finding in shown}
    return Plan(
        review=replace(review, findings=tuple(shown)),
        known=frozenset(standing | set(posted_before)),
        fixed=tuple(
            one
            for one in _newest(remarks)
            if one.fingerprint not in found and not one.is_resolved and one.path not in unread
        ),
        back=tuple(one for one in _newest(remarks) if one.fingerprint in open_ones and _was_fixed(one)),
        declined=tuple(declined),
        ignored=tuple(left_alone),
    )


def is_ignored(finding: Finding, ignored: Collection[str]) -> bool:
    """Tell whether a finding is meant by one of the rules, with wildcards, or fingerprints."""
    return any(finding.fingerprint == word or fnmatchcase(finding.rule, word) for word in ignored)


def _was_fixed(remark: Remark) -> bool:
    """Tell whether a thread was resolved by the bot: no person said no to it."""
    return remark.is_resolved and not remark.resolved_by


def _newest(remarks: Iterable[Remark]) -> Iterable[Remark]:
    """Return one remark for each fingerprint: the last, should there ever be two."""
    return {remark.fingerprint: remark for remark in remarks}.values()


def lost_sight(review: Review, previous: Review | None) -> bool:
    """Tell whether something could not be looked at that could the last time: what is not found may still be there."""
    before = {gap.what for gap in previous.gaps if not gap.paths} if previous is not None else set()
    return any(gap.what not in before for gap in review.gaps if not gap.paths) and previous is not None
