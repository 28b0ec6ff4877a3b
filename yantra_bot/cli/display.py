"""Shows a run while it goes on: a live line in a terminal, plain lines in a pipe. It reads the records only."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from yantra_bot.dashboard.entries import Entry, Line
from yantra_bot.dashboard.quiet import QUIET_STEPS, is_quiet
from yantra_bot.dashboard.run_page import describe
from yantra_bot.domain.proof import Confidence, TestReport, TestStatus
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.replies.run import spent_line
from yantra_bot.retrieval.context.explain import TITLES
from yantra_bot.retrieval.context.parts import Level
from yantra_bot.runs.codec import decode_envelope
from yantra_bot.runs.ledger import StepRow
from yantra_bot.runs.records import Records, RunRecord
from yantra_bot.sandbox.output import escape

T = TypeVar("T")

POLL_SECONDS = 0.15
SILENT_STEPS = QUIET_STEPS | {"read base", "measure", "outline", "diff"}
"""Those that the page leaves out, and those whose result is shown elsewhere."""
MAX_TEXT = 300
MAX_PARTS = 5
"""Pieces of code of a context that are named; the run's page names all."""


class Display:
    """Prints what is new about one run. `console` decides how: rich in a terminal, plain elsewhere."""

    def __init__(self, console: Console, records: Records, run_id: str) -> None:
        self._console, self._records, self._run_id = console, records, run_id
        self._phases = 0
        self._steps: set[int] = set()

    async def follow(self, ending: Awaitable[T]) -> T:
        """Show the run until `ending` is there; return it."""
        waiting = asyncio.ensure_future(ending)
        with self._console.status("Waiting") as status:
            while not waiting.done():
                await asyncio.wait([waiting], timeout=POLL_SECONDS)
                status.update(self.show_news())
        self.show_news()
        return await waiting

    def show_news(self) -> str:
        """Print what was not shown yet; return what goes on now."""
        record = self._records.run(self._run_id)
        if record is None:
            return "Waiting for the run to begin"
        current = ""
        for step in self._records.steps(self._run_id):
            name = step.name.split("#")[0]
            self._show_phases(record, until=step.started_at)
            if name in SILENT_STEPS or is_quiet(step) or step.number in self._steps:
                continue
            if step.envelope is None:
                current = name
                continue
            self._steps.add(step.number)
            self._show_step(step)
        self._show_phases(record, until=None)
        return f"{record.phase}: {current}" if current else str(record.phase)

    def _show_phases(self, record: RunRecord, *, until: float | None) -> None:
        while self._phases < len(record.phases):
            entry = record.phases[self._phases]
            if until is not None and entry.at > until:
                return
            self._phases += 1
            if entry.phase is not Phase.QUEUED:
                self._console.print(f"[bold]{entry.phase}[/]", highlight=False)

    def _show_step(self, step: StepRow) -> None:
        entry = describe(step)
        took = f" {entry.seconds:.1f} s" if entry.seconds is not None and entry.seconds >= 0.1 else ""
        note = f" {escape(entry.note)}" if entry.note else ""
        self._print(f"  {entry.name}", (note, "dim"), (took, "dim"))
        if entry.name == "assemble context":
            self._show_context(entry)
            return
        for line in entry.lines:
            self._show_line(entry, line)

    def _show_context(self, entry: Entry) -> None:
        """Print what the first prompt shows of the repository: a line for each level, the code itself with reasons."""
        left = 0
        for line in entry.lines:
            if line.kind == "error":
                self._print(("    context:", "cyan"), f" none, because: {shorten(line.text)}")
            elif line.kind == "level":
                left = MAX_PARTS if line.title.startswith(TITLES[Level.CODE]) else 0
                self._print(("    context:", "cyan"), f" {escape(line.title)}")
            elif line.kind == "part" and left:
                left -= 1
                self._print(f"      {escape(line.title)} ", (shorten(line.text), "dim"))

    def _show_line(self, entry: Entry, line: Line) -> None:
        text = shorten(line.text)
        if line.kind == "call":
            self._print((f"    {escape(line.title)}", "cyan"), f" {text}")
        elif line.is_error:
            self._print((f"    {escape(line.title)}", "red"), f" {text}")
        elif entry.name == "model":
            self._print((f"    {text}", "italic"))

    def _print(self, *parts: str | tuple[str, str]) -> None:
        """Print a line of texts, each alone or with its style. No markup: it would drop backslashes before brackets."""
        line = Text.assemble(*parts)
        if self._console.is_terminal:
            self._console.print(line, overflow="ellipsis", no_wrap=True)
        else:
            self._console.print(line, soft_wrap=True)


def shorten(text: str) -> str:
    """Return a text as one line of bounded length; control characters are shown as escapes."""
    line = escape(" ".join(text.split()))
    return line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1] + "…"


def show_ending(console: Console, ending: Ending, *, diff: str, page_url: str, tests: TestReport | None = None) -> None:
    """Print how a run ended: result, confidence, diff, cost, and where to see the rest."""
    colour = {Phase.COMPLETE: "green", Phase.FAILED: "red"}.get(ending.phase, "yellow")
    console.rule(style=colour)
    console.print(Text.assemble((str(ending.phase), f"bold {colour}"), f" {escape(ending.reason)}"))
    if ending.pull_request is not None:
        kind = "Draft pull request" if ending.pull_request.is_draft else "Pull request"
        console.print(Text.assemble(f"{kind}: ", (escape(ending.pull_request.title), "bold")))
        console.print(f"  {ending.pull_request.url}", highlight=False, soft_wrap=True)
    elif ending.branch:
        console.print(Text.assemble("Branch: ", (escape(ending.branch), "bold")))
    if ending.confidence is not None:
        console.print(confidence_table(ending.confidence))
    if tests is not None:
        console.print(f"Tests: {summarise_tests(tests)}", highlight=False)
    if diff:
        shown = escape(diff)
        console.print(Syntax(shown, "diff", theme="ansi_dark", word_wrap=True) if console.is_terminal else Text(shown))
    console.print(f"Cost: {spent_line(ending.spent)}", highlight=False)
    if page_url:
        console.print(f"The whole run: {page_url}", highlight=False, soft_wrap=True)


def summarise_tests(report: TestReport) -> str:
    """Return what the tests of the change showed."""
    passed = len(report.names(TestStatus.PASSED))
    failed = len(report.names(TestStatus.FAILED) | report.names(TestStatus.ERROR))
    counts = f"{passed} passed, {failed} failed in {report.seconds:.1f} s, exit code {report.exit_code}."
    return f"{counts} {report.reason}".strip()


def find_result(records: Records, run_id: str, name: str, result: type[T]) -> T | None:
    """Return what the newest step of this name came to, None when there is none."""
    found = [step for step in records.steps(run_id) if step.name.startswith(f"{name}#") and step.envelope]
    if not found or found[-1].error is not None:
        return None
    value: T = decode_envelope(found[-1].envelope or "", result)
    return value


def confidence_table(confidence: Confidence) -> Table:
    """Return the confidence with its factors."""
    table = Table(title=f"Confidence {confidence.score:.2f}", title_justify="left", box=None, pad_edge=False)
    for heading in ("factor", "weight", "value", "why"):
        table.add_column(heading)
    for factor in confidence.factors:
        value = "unknown, left out" if factor.value is None else f"{factor.value:.2f}"
        table.add_row(factor.name, f"{factor.weight:.2f}", value, factor.reason)
    return table
