"""The read-only page of one run: what was asked, each phase, every model turn and tool call, tests, cost, ending.

It renders what the records hold and nothing else; everything shown is escaped, and the page loads nothing. The run's id
is the capability to see it: it cannot be guessed (see `runs.dispatcher.new_run_id`).
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from yantra_bot.dashboard.deploy_panel import read_panel
from yantra_bot.dashboard.entries import Entry, Line, count
from yantra_bot.dashboard.judged_steps import read_generated, read_scrutiny
from yantra_bot.dashboard.learned_panel import find_learned
from yantra_bot.dashboard.model_entries import MAX_SHOWN, show_call, show_calls
from yantra_bot.dashboard.pictures import list_pairs
from yantra_bot.dashboard.quiet import is_quiet
from yantra_bot.dashboard.recalled import show_learnt, show_recalled
from yantra_bot.dashboard.review_panel import find_panel, plain
from yantra_bot.domain.checks import CheckResult
from yantra_bot.domain.context import PromptContext
from yantra_bot.domain.plan import Decision
from yantra_bot.domain.proof import EnvironmentReport, TestReport, TestStatus
from yantra_bot.domain.remarks import Posted
from yantra_bot.domain.reviewed import Reviewed
from yantra_bot.domain.tiers import Chosen, ScoreRoute
from yantra_bot.errors import YantraError
from yantra_bot.ports import ToolBatch
from yantra_bot.replies.plan import decision_line
from yantra_bot.retrieval.context.explain import TITLES
from yantra_bot.retrieval.context.parts import Level
from yantra_bot.runs.asking import BATCH
from yantra_bot.runs.codec import StepBug, decode_envelope
from yantra_bot.runs.fetching import FETCH_STEP
from yantra_bot.runs.ledger import StepRow
from yantra_bot.runs.racing import STEP as RACE
from yantra_bot.runs.records import RunRecord
from yantra_bot.runs.recovery import STEP, Recovery
from yantra_bot.runs.score_routing import ROUTE
from yantra_bot.runs.waits import Steering
from yantra_bot.validation.faults import find_faults

MAX_LINES = 50
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
"""Sent with every page: no script, no outside request, no framing, not indexed; pictures of this server alone."""


def render(record: RunRecord, steps: Iterable[StepRow], *, deployment: str | None = None) -> str:
    """Return the page as HTML. `deployment` is what a deployment noted of itself."""
    steps = tuple(steps)
    entries = [describe(step) for step in steps if not is_quiet(step)]
    template = _environment().get_template("run.html")
    ending = record.ending
    return template.render(
        run=record,
        order=record.order,
        ending=ending,
        is_over=ending is not None,
        phases=list(_phases(record)),
        entries=entries,
        review=find_panel(steps),
        learned=find_learned(steps),
        deployment=read_panel(deployment),
        pages=list_pairs(steps),
        spent=record.spent,
        confidence=ending.confidence if ending else None,
        log=[line.text for line in record.lines][-200:],
        started=datetime.fromtimestamp(record.order.accepted_at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
    )


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("yantra_bot.dashboard"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def _phases(record: RunRecord) -> Iterable[tuple[str, str, bool]]:
    """Yield name, duration and whether it is going on, for each phase."""
    for position, entry in enumerate(record.phases):
        following = record.phases[position + 1].at if position + 1 < len(record.phases) else record.ended_at
        is_now = following is None
        yield str(entry.phase), "now" if is_now else f"{max(0.0, (following or 0.0) - entry.at):.1f} s", is_now


def describe(step: StepRow) -> Entry:
    """Return a step for the page; what cannot be read any more is said, not hidden."""
    seconds = None if step.finished_at is None else step.finished_at - step.started_at
    name = step.name.split("#")[0]
    if step.envelope is None:
        return Entry(name, seconds, "going on")
    try:
        return _READERS.get(name, _plain)(name, seconds, step.envelope)
    except (YantraError, StepBug) as problem:
        return Entry(name, seconds, str(problem), (Line("error", "ended with", str(problem), True),))
    except ValueError:
        return Entry(name, seconds, "recorded by another version; shown by `yantra runs` only")


def _plain(name: str, seconds: float | None, envelope: str) -> Entry:
    state, _, _ = envelope.partition(" ")
    if state != "ok":
        decode_envelope(envelope, object)
    return Entry(name, seconds, "")


def _tools(name: str, seconds: float | None, envelope: str) -> Entry:
    batch: ToolBatch = decode_envelope(envelope, ToolBatch)
    lines = tuple(
        Line("result", "refused" if result.is_error else "result", result.content[:MAX_SHOWN], result.is_error)
        for result in batch.results
    )
    lines += tuple(Line("part", " ".join(one.argv), one.ended) for one in batch.executions)
    count = len(batch.changes.files)
    changed = f"{count} files differ from the base" if count > 1 else "1 file differs from the base" if count else ""
    return Entry(name, seconds, changed, lines)


def _test(name: str, seconds: float | None, envelope: str) -> Entry:
    report: TestReport = decode_envelope(envelope, TestReport)
    passed = len(report.names(TestStatus.PASSED))
    failing = sorted(report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR))
    note = f"{report.verdict}: {passed} passed, {len(failing)} failed, exit code {report.exit_code}"
    messages = {outcome.name: outcome.message for outcome in report.outcomes}
    faults = [Line("part", fault.headline, fault.hint) for fault in find_faults(report)]
    lines = [Line("error", failure, messages[failure][:MAX_SHOWN], True) for failure in failing[:20]]
    if not report.outcomes and report.output_tail:
        lines.append(Line("text", report.reason, report.output_tail[-MAX_SHOWN:]))
    return Entry(name, seconds, note, (*faults, *lines))


def _check(name: str, seconds: float | None, envelope: str) -> Entry:
    result: CheckResult = decode_envelope(envelope, CheckResult)
    return Entry(f"check {result.kind}", seconds, _state(result), tuple(_findings(result)))


def _scan(name: str, seconds: float | None, envelope: str) -> Entry:
    results: tuple[CheckResult, ...] = decode_envelope(envelope, tuple[CheckResult, ...])
    note = "; ".join(f"{one.kind} {_state(one)}" for one in results)
    return Entry(name, seconds, note, tuple(line for one in results for line in _findings(one)))


def _state(result: CheckResult) -> str:
    return f"{result.state}: {result.reason}" if result.reason else str(result.state)


def _findings(result: CheckResult) -> Iterable[Line]:
    if result.evidence:
        yield Line("error", "shown to the model", result.evidence[:MAX_SHOWN], True)
    yield from (Line("note", "", detail) for detail in result.details[:MAX_LINES])


def _environment_step(name: str, seconds: float | None, envelope: str) -> Entry:
    report: EnvironmentReport = decode_envelope(envelope, EnvironmentReport)
    note = report.problem or ("found in the cache" if report.was_cached else "installed")
    lines = (Line("text", "", report.output_tail[-MAX_SHOWN:]),) if report.problem and report.output_tail else ()
    return Entry(name, seconds, note, lines)


def _context(name: str, seconds: float | None, envelope: str) -> Entry:
    """Show what was chosen for the first prompt, level by level, and why."""
    chosen: PromptContext = decode_envelope(envelope, PromptContext)
    if chosen.problem:
        return Entry(name, seconds, "went on without", (Line("error", "no context", chosen.problem),))
    code = chosen.of(Level.CODE)
    note = f"{count(len(code), 'function')}, {chosen.tokens:,} tokens of {chosen.budget:,}"
    lines = []
    for level in Level:
        if parts := chosen.of(level):
            total = f"{count(len(parts), 'part')}, {sum(part.tokens for part in parts):,} tokens"
            lines.append(Line("level", f"{TITLES[level]}: {total}"))
            lines += [Line("part", part.title, f"{part.tokens:,} tokens, because {part.reason}") for part in parts]
    lines += [Line("part", f"left out: {one.title}", one.reason) for one in chosen.left_out]
    lines += [Line("note", "", note) for note in chosen.notes]
    return Entry(name, seconds, note, tuple(lines))


def _review(name: str, seconds: float | None, envelope: str) -> Entry:
    reviewed: Reviewed = decode_envelope(envelope, Reviewed)
    found = reviewed.review
    note = f"{count(len(found.files), 'file')}, {count(len(found.findings), 'finding')}"
    lines = tuple(
        Line("part", f"{one.path}:{one.line}", f"{one.severity}: {plain(one.message)}"[:MAX_SHOWN])
        for one in found.findings[:MAX_LINES]
    )
    return Entry(name, seconds, note, lines)


def _posted(name: str, seconds: float | None, envelope: str) -> Entry:
    posted: Posted | None = decode_envelope(envelope, Posted | None)
    if posted is None:
        return Entry(name, seconds, "nothing: the branch had moved on")
    refused = f", {len(posted.refused)} at no line" if posted.refused else ""
    return Entry(name, seconds, f"{posted.count} new{refused}")


def _diff(name: str, seconds: float | None, envelope: str) -> Entry:
    text: str = decode_envelope(envelope, str)
    return Entry(name, seconds, "", (Line("text", "", text[:MAX_SHOWN]),) if text else ())


def _recovery(name: str, seconds: float | None, envelope: str) -> Entry:
    recovery: Recovery = decode_envelope(envelope, Recovery)
    return Entry(name, seconds, str(recovery.rung), (Line("part", recovery.fault.headline, recovery.fault.hint),))


def _choice(name: str, seconds: float | None, envelope: str) -> Entry:
    chosen: Chosen = decode_envelope(envelope, Chosen)
    return Entry(name, seconds, f"{chosen.tier}: {chosen.model}", (Line("text", "", chosen.why),))


def _score_route(name: str, seconds: float | None, envelope: str) -> Entry:
    route: ScoreRoute = decode_envelope(envelope, ScoreRoute)
    return Entry(
        name, seconds, "refused" if route.refuses else route.model, (Line("text", "", route.why or route.note),)
    )


def _approval(name: str, seconds: float | None, envelope: str) -> Entry:
    decision: Decision = decode_envelope(envelope, Decision)
    return Entry(name, seconds, decision_line(decision))


def _heard(name: str, seconds: float | None, envelope: str) -> Entry:
    said: tuple[Steering, ...] = decode_envelope(envelope, tuple[Steering, ...])
    return Entry(name, seconds, "", tuple(Line("text", one.by, one.body[:MAX_SHOWN]) for one in said))


_READERS = {
    "recall": show_recalled,
    "learn": show_learnt,
    "approval": _approval,
    "hear": _heard,
    "beside/model": show_call,
    STEP: _recovery,
    "choose model": _choice,
    ROUTE: _score_route,
    "prepare environment": _environment_step,
    "assemble context": _context,
    "diff": _diff,
    "review": _review,
    "post remarks": _posted,
    "model": show_call,
    BATCH: show_calls,
    RACE: show_call,
    "tools": _tools,
    FETCH_STEP: _tools,
    "look claims up": _tools,
    "second look": read_scrutiny,
    "generated tests": read_generated,
    "check change": _check,
    "scan": _scan,
    **dict.fromkeys(("test", "test base", "prove on base", "try new tests", "try one test"), _test),
}
