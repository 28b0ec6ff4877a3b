"""The one comment that sums a review up, in GitHub's Markdown: the verdict first, what it rests on, what it leaves out.

Pure. Lists are cut so that the whole fits, and say by how much; the hidden mark is the poster's.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from yantra_bot.domain.findings import Evidence, Finding, Side
from yantra_bot.domain.review import Affected, FileStatus, ImpactReport, Review, Risk
from yantra_bot.replies.review.learned import state_attention, state_learned
from yantra_bot.replies.review.markdown import Links, cell, details, paragraph, say
from yantra_bot.replies.review.quoting import count, inside, percent, quote, sureness
from yantra_bot.replies.review.symbols import FileRows, count_kinds, diff_by_symbol, gather
from yantra_bot.replies.review.wording import (
    count_severities,
    failures_of,
    headline_of,
    judge,
    state_changed_entries,
    state_gap,
    state_impact,
    state_owners,
    state_reading,
    state_risk,
    state_run,
    state_scope,
    state_selection,
    state_skipped,
    state_times,
    state_untested,
)
from yantra_bot.replies.text import COMMENT_LIMIT, fit, link

LIMIT = COMMENT_LIMIT - 512
"""Room for the mark and what a poster adds."""


@dataclass(frozen=True, slots=True)
class _Room:
    """How many lines each list may have."""

    findings: int
    evidence: int
    affected: int
    tests: int
    files: int
    rows: int
    gaps: int


_ROOMS = (
    _Room(findings=60, evidence=5, affected=25, tests=30, files=60, rows=25, gaps=25),
    _Room(findings=30, evidence=3, affected=12, tests=15, files=25, rows=12, gaps=15),
    _Room(findings=15, evidence=1, affected=5, tests=5, files=10, rows=5, gaps=8),
    _Room(findings=5, evidence=0, affected=3, tests=3, files=3, rows=3, gaps=3),
)
"""From much to little: the first with which all of it fits is taken."""


def summary(review: Review, *, links: Links | None = None, inline: Collection[str] = (), limit: int = LIMIT) -> str:
    """Return the comment, of at most `limit` characters.

    `links` says where files can be opened; `inline` are the fingerprints of findings that have a comment of their own
    at their line, whose evidence stands there.
    """
    known = links or Links()
    body, files = "", diff_by_symbol(review)
    for room in _ROOMS:
        body = "\n".join(_write(review, files, known, frozenset(inline), room)).rstrip() + "\n"
        if len(body) <= limit:
            return body
    return fit(body, limit)


def _write(review: Review, files: Sequence[FileRows], links: Links, inline: frozenset[str], room: _Room) -> list[str]:
    judged = judge(review)
    facts = [say(state_scope(review))]
    if review.risk is not None:
        facts.insert(0, f"**Risk** {say(state_risk(review.risk))}")
    if headline_of(failures_of(review)):
        facts.insert(0, f"**{headline_of(failures_of(review))}**")
    parts = [
        [f"## {say(judged.headline)}", "", paragraph(judged.reason), "", " · ".join(facts)],
        _findings(review, links, inline, room),
        _tests(review, room),
        _impact(review.impact, links, room) if review.impact is not None else [],
        _symbols(review, files, links, room),
        _risk(review.risk) if review.risk is not None else [],
        _learned(review),
        [f"**The model's part** {say(state_reading(review.reading))}"] if review.reading is not None else [],
        _gaps(review, room),
        [f"<sub>{_footer(review, links)}</sub>"] if review.timings or not links.repository_url else [],
    ]
    return [line for part in parts if part for line in (*part, "")]


def _findings(review: Review, links: Links, inline: frozenset[str], room: _Room) -> list[str]:
    if not review.findings:
        return []
    lines = [f"### Findings: {count_severities(review.findings)}", ""]
    for finding in review.findings[: room.findings]:
        lines += _finding(finding, links, room, is_inline=finding.fingerprint in inline)
    return lines + _more(len(review.findings) - room.findings, "finding")


def _finding(finding: Finding, links: Links, room: _Room, *, is_inline: bool) -> list[str]:
    where = links.show(finding.path, finding.line, finding.side)
    rule = say(f"({finding.rule}, {sureness(finding.confidence)})")
    head = f"- **{finding.severity}** {where} {say(finding.message, 400)} {rule}"
    if is_inline:
        return [head]
    lines = [f"  - {evidence_line(one, links)}" for one in finding.evidence[: room.evidence]]
    hidden = max(len(finding.evidence) - room.evidence, 0) + finding.more_evidence
    if hidden and room.evidence:
        lines.append(f"  - and {hidden:,} more")
    if finding.fix is not None:
        lines.append(f"  - {say(f'A fix is known: it would {finding.fix.title}', 300)}")
    return [head, *lines]


def evidence_line(one: Evidence, links: Links) -> str:
    """Return one piece of evidence with its place and how sure it is."""
    sure = f" ({percent(one.confidence)})" if one.confidence < 1 else ""
    if not one.path:
        more = link("told here", one.url)
        return f"{paragraph(one.text[:300])}{sure}{f' ({more})' if more else ''}"
    return f"{links.show(one.path, one.line, one.side)} {say(one.text, 300)}{sure}"


def _more(number: int, what: str) -> list[str]:
    return [f"- and {count(number, f'more {what}') if number > 1 else f'1 more {what}'}"] if number > 0 else []


def _tests(review: Review, room: _Room) -> list[str]:
    tests, report = review.tests, review.test_report
    if tests is None and report is None:
        return []
    lines = ["### Tests", ""]
    said = [state_selection(tests)] if tests is not None else []
    said += [state_run(review)] if report is not None else []
    lines.append(" ".join(say(one) for one in said))
    if tests is None:
        return lines
    if state_untested(tests):
        lines += ["", say(state_untested(tests))]
    if tests.tests:
        rows = [f"- {say(quote(one.id))} {say(one.why, 200)}".rstrip() for one in tests.tests[: room.tests]]
        rows += _more(len(tests.tests) - room.tests, "test")
        lines += ["", *details("Which, and why", rows)]
    return lines


def _impact(impact: ImpactReport, links: Links, room: _Room) -> list[str]:
    lines = ["### What it reaches", "", say(state_impact(impact))]
    for sentence in (state_changed_entries(impact), *state_owners(impact)):
        lines += ["", say(sentence)] if sentence else []
    entries = [one for one in impact.entry_points if one.via]
    if entries:
        rows = [f"- {_reached(one, links)}" for one in entries[: room.affected]]
        rows += _more(len(entries) - room.affected, "entry point")
        lines += ["", *details(f"{count(len(entries), 'entry point')} that it reaches", rows)]
    others = [one for one in impact.affected if not one.is_entry_point]
    if others:
        rows = [f"- {_reached(one, links)}" for one in others[: room.affected]]
        rows += _more(max(impact.symbols - len(entries), len(others)) - len(rows), "symbol")
        lines += ["", *details("The surest paths", rows)]
    return lines


def _reached(one: Affected, links: Links) -> str:
    if not one.via:
        return f"{say(quote(inside(one.name, one.path)))} {links.show(one.path, one.line)}"
    first, *steps = one.via
    path = [
        f"{say(quote(inside(step.text, step.path)))} {links.show(step.path, step.line, step.side)}"
        for step in steps[:6]
    ]
    return f"**{percent(one.confidence)}** {' ← '.join((say(quote(inside(first.text, first.path))), *path))}"


def _symbols(review: Review, files: Sequence[FileRows], links: Links, room: _Room) -> list[str]:
    if not files:
        return []
    lines: list[str] = []
    told = [one for one in files if one.is_telling]
    for one in told[: room.files]:
        lines += _file(one, links, room)
    rest = [one for one in files if not one.is_telling] + told[room.files :]
    lines += [f"- {say(sentence)}" for sentence in gather(rest)]
    kinds = f": {say(count_kinds(review))}" if review.symbols else ""
    return details(f"<b>What changed, by symbol</b>{kinds}", lines)


def _file(one: FileRows, links: Links, room: _Room) -> list[str]:
    size = f" +{one.file.added:,} −{one.file.removed:,}" if one.file.added or one.file.removed else ""
    note = f", {say(one.note)}" if one.note else ""
    side = Side.BASE if one.file.status is FileStatus.REMOVED else Side.HEAD
    lines = [f"- {links.show(one.file.path, side=side)}{size}{note}"]
    for row in one.rows[: room.rows]:
        lines.append(f"  - {'**breaking** ' if row.is_breaking else ''}{say(row.text)}")
        lines += [f"    - {say(more, 400)}" for more in row.more]
    hidden = len(one.rows) - room.rows
    if hidden > 0:
        lines.append(f"  - and {hidden:,} more")
    return [*lines, f"  - {say(one.quiet)}"] if one.quiet else lines


def _risk(risk: Risk) -> list[str]:
    rows = ["| part | weight | value | why |", "|---|--:|--:|---|"]
    for part in sorted(risk.parts, key=lambda one: -(one.value or 0) * one.weight):
        value = "unknown, left out" if part.value is None else f"{part.value:.2f}"
        rows.append(f"| {cell(say(part.name))} | {part.weight:.2f} | {value} | {cell(say(part.reason, 300))} |")
    return details(f"<b>The parts of the risk</b>: {risk.level}, {risk.score:.2f} of 1", rows)


def _learned(review: Review) -> list[str]:
    said = state_learned(review.learned)
    rows = [f"1. {say(one, 400)}" for one in state_attention(review.learned)]
    return [f"**Learned score** {say(said, 500)}", *(["", "Look first at:", "", *rows] if rows else [])] if said else []


def _gaps(review: Review, room: _Room) -> list[str]:
    said = (*map(state_gap, review.gaps[: room.gaps]), *state_skipped(review))
    if not said:
        return []
    rows = [f"- {say(one, 500)}" for one in said[: room.gaps]]
    hidden = max(len(review.gaps) - room.gaps, 0) + max(len(said) - room.gaps, 0)
    return ["### Not looked at", "", *rows, *_more(hidden, "gap")]


def _footer(review: Review, links: Links) -> str:
    """Return what it took, and of which versions it is where nobody else says that: a poster does."""
    said = [] if links.repository_url else [f"{say(quote(review.base[:12]))} to {say(quote(review.head[:12]))}"]
    return " · ".join([*said, *([say(state_times(review))] if review.timings else [])])
