"""What the bot says about a run: the progress comment, the pull request, the check. Pure.

Every text is built from values that were proven or read back; what the model claims is marked as its claim.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yantra_bot.domain.checks import CheckResult
from yantra_bot.domain.coverage import NOT_GENERATED, Generated
from yantra_bot.domain.lessons import Reminded
from yantra_bot.domain.paths import sensitivity
from yantra_bot.domain.proof import (
    ChangeFacts,
    Claim,
    Comparison,
    Confidence,
    EnvironmentReport,
    TestReport,
    TestStatus,
    Verdict,
)
from yantra_bot.domain.run import Ending, Order, Phase, Spent
from yantra_bot.domain.scrutiny import NOTHING_SEEN, Scrutiny
from yantra_bot.replies.checks import checks_text
from yantra_bot.replies.coverage import covered_text
from yantra_bot.replies.lessons import reminded_lines
from yantra_bot.replies.pages import find_browsed, pages_text
from yantra_bot.replies.scrutiny import false_claims_text, points_text, second_look_text, strike_false
from yantra_bot.replies.text import code, fit, inline, one_line, plain

MAX_DIFF = 20_000


@dataclass(frozen=True, slots=True)
class Progress:
    """What the progress comment shows."""

    order: Order
    phases: tuple[tuple[Phase, float], ...]
    """Each phase with the Unix time it began at."""
    page_url: str
    """Empty when there is no page."""
    ending: Ending | None = None
    ended_at: float | None = None
    patch: str = ""
    evidence: str = ""
    reminded: tuple[Reminded, ...] = ()
    """Mistakes that were made before and that the run was shown."""
    memory_problem: str = ""


def progress_tag(order: Order) -> str:
    """Return the hidden mark of a run's one comment."""
    return f"run:{order.run_id}"


def progress(shown: Progress) -> str:
    """Return the one comment that is edited while a run goes on."""
    ending = shown.ending
    lines = [f"**{headline(ending)}** · {run_link(shown.order, shown.page_url)}", ""]
    lines += _timeline(shown)
    if told := reminded_lines(shown.reminded, shown.memory_problem):
        lines += ["", *told]
    if ending is not None:
        lines += ["", plain(ending.reason)]
        lines += _links(ending)
        lines += ["", spent_line(ending.spent)]
    if shown.evidence:
        lines += ["", "<details><summary>Evidence</summary>", "", code(shown.evidence[-MAX_DIFF:]), "", "</details>"]
    if shown.patch:
        lines += [
            "",
            "<details open><summary>Patch</summary>",
            "",
            code(shown.patch[:MAX_DIFF], "diff"),
            "",
            "</details>",
        ]
    return fit("\n".join(lines))


def run_link(order: Order, page_url: str) -> str:
    """Return the run's name, as a link where there is a page (a run from a terminal has none)."""
    return f"[run {order.run_id}]({page_url})" if page_url else f"run {order.run_id}"


def headline(ending: Ending | None) -> str:
    """Return the words that a run's comment begins with."""
    if ending is None:
        return "Working on it"
    return {
        Phase.COMPLETE: "Done",
        Phase.ESCALATED: "A person is needed",
        Phase.STOPPED: "Stopped",
        Phase.FAILED: "Failed",
        Phase.ROLLED_BACK: "Rolled back",
        Phase.ROLLBACK_FAILED: "The roll-back failed",
    }[ending.phase]


def _timeline(shown: Progress) -> list[str]:
    rows = []
    for position, (phase, began) in enumerate(shown.phases):
        is_last = position == len(shown.phases) - 1
        until = shown.ended_at if is_last else shown.phases[position + 1][1]
        took = f"{max(0.0, until - began):.1f} s" if until is not None else "now"
        mark = "x" if until is not None else " "
        rows.append(f"- [{mark}] {phase} ({took})")
    return rows


def _links(ending: Ending) -> list[str]:
    lines, pull = [], ending.pull_request
    if pull is not None:
        lines += ["", f"{'Draft pull request' if pull.is_draft else 'Pull request'}: {pull.url}"]
    if ending.branch and (pull is None or pull.head_branch != ending.branch):
        lines += ["", f"Branch: {inline(ending.branch)}"]
    return lines


def spent_line(spent: Spent) -> str:
    """Return what a run cost, in one line."""
    money = f"{spent.usd:.4f} USD"
    if spent.unpriced_calls:
        money += f" (and {spent.unpriced_calls} calls whose price is not known)"
    if spent.unpriced_calls and not spent.usd:
        money = "at a price that is not known"
    kept = f" ({spent.kept_answers} answered as in an earlier run)" if spent.kept_answers else ""
    return (
        f"{spent.model_calls} model calls{kept}, {spent.tool_calls} tool calls, {spent.input_tokens:,} tokens in, "
        f"{spent.output_tokens:,} out, {money}."
    )


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything a pull request states, with its evidence."""

    order: Order
    claim: Claim
    model: str
    paths: tuple[str, ...]
    base: TestReport
    report: TestReport
    comparison: Comparison
    confidence: Confidence
    facts: ChangeFacts
    environment: EnvironmentReport
    spent: Spent
    page_url: str
    attempts: int
    checks: tuple[CheckResult, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    """Addresses of the pictures of pages, by name."""
    draft_reason: str = ""
    base_moved_to: str | None = None
    scrutiny: Scrutiny = NOTHING_SEEN
    generated: Generated = NOT_GENERATED
    sections: tuple[str, ...] = ()
    """What else belongs into the pull request, worded already."""
    reminded: str = ""
    """Of mistakes that were made before, worded already."""


def pull_request_body(proof: Proof) -> str:
    """Return the body of the pull request."""
    parts = [
        f"Fixes #{proof.order.issue_number}" if proof.order.issue_number else "",
        f"> [!WARNING]\n> A draft: {plain(proof.draft_reason)}" if proof.draft_reason else "",
        f"### What and why ({'the model' if proof.attempts else 'the generator'}'s words)\n\n"
        + strike_false(proof.claim.summary, proof.scrutiny),
        false_claims_text(proof.scrutiny),
        points_text(proof.scrutiny),
        *proof.sections,
        proof.reminded,
        "### Files\n\n" + "\n".join(f"- {inline(path)}" for path in proof.paths),
        "### Tests\n\n" + tests_text(proof),
        covered_text(proof.facts.lines, proof.generated),
        checks_text(proof.checks),
        _pages(proof),
        "### Confidence\n\n" + confidence_text(proof.confidence),
        second_look_text(proof.scrutiny),
        _warnings(proof),
        _footer(proof),
    ]
    return fit("\n\n".join(part for part in parts if part))


def _pages(proof: Proof) -> str:
    browsed = find_browsed(proof.checks)
    return pages_text(browsed, proof.pictures) if browsed is not None else ""


def _footer(proof: Proof) -> str:
    attempts = f"{proof.attempts} attempt{'s' if proof.attempts != 1 else ''}" if proof.attempts else "not its change"
    who = inline(proof.order.requested_by.login)
    return (
        f"---\n{spent_line(proof.spent)} Model {inline(proof.model)}, {attempts}. "
        f"Ordered by {who}, {run_link(proof.order, proof.page_url)}."
    )


def tests_text(proof: Proof) -> str:
    """Return what was run and what came out, in sentences whose numbers come from the runner."""
    report = proof.report
    if report.verdict in (Verdict.INCONCLUSIVE, Verdict.ERROR):
        return f"Nothing was proven: {plain(report.reason)}"
    words = " ".join(report.command)
    runners = ", ".join(label for label in report.projects if label not in report.command)
    by = f" ({plain(runners)})" if runners else ""
    lines = [f"{inline(words)}{by} ended with {report.exit_code} after {report.seconds:.1f} s."]
    lines.append(f"{_counts(report)}; before the change {_counts(proof.base)}.")
    lines += [plain(report.remark)] if report.remark else []
    if proof.comparison.newly_passing:
        names = proof.comparison.newly_passing
        lines.append(f"Newly passing ({len(names)}): " + _some(names))
    if proof.comparison.failing_before_and_after:
        names = proof.comparison.failing_before_and_after
        lines.append(f"Failing before and after ({len(names)}): " + _some(names))
    if weak := len(proof.facts.weakened_tests):
        told = f"The change took something from tests that were there ({weak} places, which the pull request lists)"
        lines.append(f"{told}: that they pass proves less than it did.")
    return "\n\n".join(lines)


def one_line_of_tests(report: TestReport, base: TestReport) -> str:
    """Return what the tests showed after and before a change, in one sentence."""
    if report.verdict in (Verdict.INCONCLUSIVE, Verdict.ERROR):
        return f"Nothing was proven by tests: {one_line(report.reason, 200)}"
    return f"Tests: {_counts(report)}; before {_counts(base)}."


def _counts(report: TestReport) -> str:
    if not report.outcomes:
        return f"no test was named (the verdict is {report.verdict})"
    failed = len(report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR))
    return f"{len(report.names(TestStatus.PASSED))} passed, {failed} failed"


def _some(names: Sequence[str], limit: int = 5) -> str:
    rest = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(inline(name) for name in names[:limit]) + rest


def confidence_text(confidence: Confidence) -> str:
    """Return the confidence as a table of its factors; those that are unknown are named."""
    rows = ["| factor | weight | value | why |", "|---|---|---|---|"]
    for factor in confidence.factors:
        value = "unknown, left out" if factor.value is None else f"{factor.value:.2f}"
        rows.append(f"| {factor.name} | {factor.weight:.2f} | {value} | {one_line(factor.reason)} |")
    return f"**{confidence.score:.2f}**\n\n" + "\n".join(rows)


def _warnings(proof: Proof) -> str:
    lines = [f"- The change weakens an existing test: {inline(name)}" for name in proof.facts.weakened_tests[:20]]
    touchy = [(path, why) for path in proof.paths if (why := sensitivity(path)) is not None]
    lines += [f"- A sensitive file: {inline(path)}: {why}" for path, why in touchy[:20]]
    if proof.environment.problem:
        lines.append(f"- The dependencies could not all be installed: {plain(proof.environment.problem)}")
    if proof.base_moved_to:
        lines.append(
            f"- The base branch moved to {inline(proof.base_moved_to[:12])} meanwhile; the tests ran without it."
        )
    return "### Please look at\n\n" + "\n".join(lines) if lines else ""


def check_title(report: TestReport) -> str:
    """Return the title of the check run."""
    return _counts(report) if report.outcomes else f"No test result ({report.verdict})"


def check_conclusion(proof: Proof) -> str:
    """Return GitHub's word for the check: success only when tests passed and nothing stands against it."""
    if proof.report.verdict is Verdict.PASS and not proof.facts.weakened_tests:
        return "success"
    return "neutral"
