"""What a review says, in plain sentences: the verdict first, then what it rests on and what it does not cover. Pure.

Names of the repository stand between backticks (see `quoting`); nothing here is Markdown or a terminal's colour.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum

from yantra_bot.domain.findings import Finding, Severity
from yantra_bot.domain.observations import Reading
from yantra_bot.domain.proof import Failures, TestStatus, Verdict
from yantra_bot.domain.review import (
    Gap,
    ImpactReport,
    Review,
    Risk,
    TestSelection,
)
from yantra_bot.replies.review.quoting import count, inside, listed, names, place, quote
from yantra_bot.replies.run import spent_line

_SENTENCE = re.compile(r"(?<=[\w`)][.!?]) (?=[A-Z`])")
"""Where a sentence ends and another begins."""

SHOWN_TIMES = 6
SHOWN_NAMES = 8


class Outcome(StrEnum):
    """What a review comes to. No data is not a pass."""

    BLOCKED = "blocked"
    REMARKS = "remarks"
    CLEAN = "clean"
    NOT_REVIEWED = "not reviewed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome, a headline of a few words, and one sentence that says what it rests on."""

    outcome: Outcome
    headline: str
    reason: str


def judge(review: Review) -> Judgement:
    """Return what a busy person has to know."""
    blocking = review.blocking
    if blocking:
        noun = "problem blocks" if len(blocking) == 1 else "problems block"
        return Judgement(Outcome.BLOCKED, f"{len(blocking):,} {noun} this change", _first_of(blocking))
    failed = failures_of(review)
    if failed.new or failed.unknown:
        return Judgement(Outcome.REMARKS, headline_of(failed), state_failures(replace(failed, before=())))
    if review.findings:
        told = count_severities(review.findings)
        headline = f"Nothing blocks, {told} to look at"
        return Judgement(Outcome.REMARKS, headline, _first_of(review.findings))
    seen = [file for file in review.files if not file.skipped]
    if not seen:
        reason = "No file of the change could be looked into." if review.files else "Nothing differs."
        return Judgement(Outcome.NOT_REVIEWED, "Nothing was reviewed", reason)
    scope = f"Looked at {count(len(seen), 'file')} and {count(len(review.symbols), 'changed symbol')}"
    if failed.before:
        reason = f"{scope}, found nothing. {state_failures(failed)}"
        return Judgement(Outcome.CLEAN, "Nothing found", reason)
    if review.gaps:
        return Judgement(Outcome.CLEAN, "Nothing found", f"{scope}; {count(len(review.gaps), 'gap')} named below.")
    return Judgement(Outcome.CLEAN, "Clean", f"{scope}, found nothing.")


def failures_of(review: Review) -> Failures:
    """Return the tests that failed, by what they did on the base; empty where none was run, or none failed."""
    if review.failures is not None:
        return review.failures
    report = review.test_report
    if report is None or report.verdict is not Verdict.FAIL:
        return Failures()
    failed = sorted(report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR))
    return Failures(unknown=tuple(failed), reason="They were not run on the base.")


def headline_of(failed: Failures) -> str:
    """Return how many tests speak against the change, or may; empty where none does."""
    if failed.new:
        return f"{count(len(failed.new), 'test')} newly {'fails' if len(failed.new) == 1 else 'fail'}"
    return f"{count(len(failed.unknown), 'test')} failed" if failed.unknown else ""


def state_failures(failed: Failures) -> str:
    """Return which tests fail with the change alone, which failed before, and of which that is not known."""
    said = [f"Newly failing: {names(failed.new)}."] if failed.new else []
    said += [f"Failed before this change as well: {names(failed.before)}."] if failed.before else []
    if failed.unknown:
        said.append(f"Failed, and it is not known whether they did before: {names(failed.unknown)}. {failed.reason}")
    return " ".join(said).strip()


def _first_of(findings: tuple[Finding, ...]) -> str:
    first = findings[0]
    rest = f" ({len(findings) - 1:,} more below)" if len(findings) > 1 else ""
    sentence = _SENTENCE.split(first.message, maxsplit=1)[0]
    return f"{place(first.path, first.line)}: {sentence}{rest}"


def count_severities(findings: tuple[Finding, ...]) -> str:
    """Return how many findings there are of each severity, the gravest first."""
    found = Counter(finding.severity for finding in findings)
    nouns = {Severity.CRITICAL: "critical problem", Severity.ERROR: "error", Severity.WARNING: "warning"}
    return listed([count(found[one], nouns.get(one, "note")) for one in reversed(Severity) if found[one]], 4)


def state_scope(review: Review) -> str:
    """Return the size of the change."""
    added, removed = sum(file.added for file in review.files), sum(file.removed for file in review.files)
    symbols = f", {count(len(review.symbols), 'symbol')}" if review.symbols else ""
    return f"{count(len(review.files), 'file')} (+{added:,} −{removed:,}){symbols}"


def state_risk(risk: Risk) -> str:
    """Return the risk as a word and a number, with how much of it is known."""
    unknown = sum(part.value is None for part in risk.parts)
    left_out = f", {count(unknown, 'part')} unknown and left out" if unknown else ""
    return f"{risk.level} ({risk.score:.2f} of 1{left_out})"


def state_impact(impact: ImpactReport) -> str:
    """Return how far the change reaches, as the lower bound that it is."""
    if not impact.symbols:
        said = f"No other symbol is known to depend on what changed, over {impact.depth} steps."
    else:
        least = "At least " if impact.unresolved or impact.is_cut else ""
        symbols, files = count(impact.symbols, "symbol"), count(impact.files, "file")
        verb = "depends" if impact.symbols == 1 else "depend"
        said = f"{least}{symbols} in {files} {verb} on what changed, over at most {impact.depth} steps."
    return f"{said} {state_unresolved(impact)}".strip()


def state_unresolved(impact: ImpactReport) -> str:
    """Return what may be missing, empty where nothing is known to be."""
    if not impact.unresolved:
        return ""
    total = sum(number for _, number in impact.unresolved)
    shown = [f"{quote(name)} {number:,}×" for name, number in impact.unresolved[:SHOWN_NAMES]]
    named = listed(shown, SHOWN_NAMES, total=len(impact.unresolved))
    verb = "reference" if total == 1 else "references"
    return f"{total:,} {verb} of these names could not be resolved and may be more: {named}."


def state_changed_entries(impact: ImpactReport) -> str:
    """Return the entry points that are themselves changed, empty where there is none."""
    found = list(dict.fromkeys(inside(one.name, one.path) for one in impact.entry_points if not one.via))
    noun = "Entry point that changed itself" if len(found) == 1 else "Entry points that changed themselves"
    return f"{noun}: {names(found, SHOWN_NAMES)}." if found else ""


def state_owners(impact: ImpactReport) -> list[str]:
    """Return who owns what the change touches, and who only what it reaches."""
    said = []
    for is_of_change, told in ((True, "Owners of changed files"), (False, "Owners of affected files only")):
        found = [one for one in impact.owners if one.is_of_change is is_of_change]
        if found:
            shown = [f"{quote(one.name)} ({count(len(one.paths), 'file')})" for one in found[:SHOWN_NAMES]]
            said.append(f"{told}: {listed(shown, SHOWN_NAMES, total=len(found))}.")
    return said


def state_selection(tests: TestSelection) -> str:
    """Return how many tests the change calls for, and what decided it."""
    known = f" of {tests.known:,} known" if tests.known else ""
    if tests.is_all:
        why = f": {' '.join(tests.why[:2])}" if tests.why else "."
        return f"The change calls for the whole suite{why}"
    if not tests.tests:
        return f"No known test reaches the change ({tests.known:,} known)." if tests.known else "No test is known."
    noun = "test" if max(tests.known, len(tests.tests)) == 1 else "tests"
    return f"The change calls for {len(tests.tests):,}{known} {noun}."


def state_run(review: Review) -> str:
    """Return what running tests showed: the exit code decides, and what did not run is no pass. Empty without a run."""
    report = review.test_report
    if report is None:
        return ""
    if report.verdict in (Verdict.ERROR, Verdict.INCONCLUSIVE):
        return f"They were not proven: {report.reason or 'the run said nothing.'}"
    passed = len(report.names(TestStatus.PASSED))
    failed = sorted(report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR))
    took = f"in {report.seconds:.1f} s, exit code {report.exit_code}"
    unsteady = f" Failed once, and passed when run again: {names(report.unsteady)}." if report.unsteady else ""
    if report.verdict is Verdict.PASS:
        return f"Run: {passed:,} passed {took}.{unsteady}"
    return (
        f"Run: {passed:,} passed, {len(failed):,} failed {took}. {state_failures(failures_of(review))}".strip()
        + unsteady
    )


def state_untested(tests: TestSelection) -> str:
    """Return which changed symbols no known test reaches, empty where all are reached."""
    if not tests.untested:
        return ""
    return (
        f"No known test reaches {count(len(tests.untested), 'changed symbol')}: {names(tests.untested, SHOWN_NAMES)}."
    )


def state_reading(reading: Reading) -> str:
    """Return what a model's part came to, why remarks of it were left out, and what it cost."""
    dropped = len(reading.dropped) + reading.more_dropped
    looked = f"{quote(reading.model)} read {reading.looked:,} of {count(reading.total, 'stretch')} of the change"
    said = f"{looked}: {count(reading.posted, 'remark')} held, {dropped:,} did not and were left out{_why(reading)}."
    problem = f" It ended early: {reading.problem}" if reading.problem else ""
    return f"{said}{problem} {spent_line(reading.spent)}"


def _why(reading: Reading) -> str:
    """Return why remarks were left out, the commonest reason first, without what was said of each."""
    reasons = Counter(one.why.split(":")[0].split(" (")[0] for one in reading.dropped)
    return f" ({'; '.join(f'{times}×: {why}' for why, times in reasons.most_common())})" if reasons else ""


def state_gap(gap: Gap) -> str:
    """Return what was not looked at, and why."""
    paths = f" ({names(gap.paths)})" if gap.paths and gap.paths != (gap.what,) else ""
    return f"{quote(gap.what)}: {gap.why}{paths}"


def state_skipped(review: Review) -> list[str]:
    """Return which files nobody looked into, by reason."""
    by_reason: dict[str, list[str]] = {}
    for file in review.files:
        if file.skipped:
            by_reason.setdefault(file.skipped, []).append(file.path)
    return [f"{count(len(paths), 'file')} not looked into ({why}): {names(paths)}" for why, paths in by_reason.items()]


def state_times(review: Review) -> str:
    """Return what the review took, and its longest parts."""
    total = sum(timing.seconds for timing in review.timings)
    longest = sorted(review.timings, key=lambda timing: -timing.seconds)
    shown = [f"{one.part} {one.seconds:.2f} s" for one in longest if one.seconds >= 0.005]
    return f"{total:.2f} s" + (f" ({listed(shown, SHOWN_TIMES)})" if shown else "")
