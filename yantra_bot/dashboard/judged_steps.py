"""What the page of a run shows of what was held against a change: the second look, and the tests written for it."""

from yantra_bot.dashboard.entries import Entry, Line, count
from yantra_bot.dashboard.review_panel import plain
from yantra_bot.domain.coverage import Generated
from yantra_bot.domain.scrutiny import Scrutiny
from yantra_bot.replies.coverage import share_line
from yantra_bot.runs.codec import decode_envelope

MAX_LINES = 50


def read_scrutiny(name: str, seconds: float | None, envelope: str) -> Entry:
    """Return the entry of a second look."""
    found: Scrutiny = decode_envelope(envelope, Scrutiny)
    note = found.problem or f"{count(found.rounds, 'look')}, {count(found.corrections, 'correction')}"
    lines = [Line("part", f"{one.weight}, {one.kind}", plain(one.message), one.is_serious) for one in found.objections]
    lines += [Line("part", "open", plain(f"{one.point.text}: {one.reason}"), True) for one in found.open_points]
    lines += [Line("part", "contradicts", plain(one.message), True) for one in found.contradictions]
    lines += [Line("part", "does not hold", plain(f"{one.claim}: {one.reason}"), True) for one in found.false_claims]
    return Entry(name, seconds, note, tuple(lines[:MAX_LINES]))


def read_generated(name: str, seconds: float | None, envelope: str) -> Entry:
    """Return the entry of tests that were asked for: what is run before and after, which were kept, and why."""
    found: Generated = decode_envelope(envelope, Generated)
    before, after = found.before, found.after
    shares = [f"{word} {share_line(one)}" for word, one in (("before", before), ("after", after)) if one is not None]
    lines = [Line("part", f"kept {one.name}", plain(one.why)) for one in found.kept]
    lines += [Line("part", f"dropped {one.name}", plain(one.why)) for one in found.dropped]
    lines += [Line("part", f"put back {path}") for path in found.put_back]
    lines += [Line("note", "", plain(found.problem))] if found.problem else []
    return Entry(name, seconds, ", ".join(shares), tuple(lines[:MAX_LINES]))
