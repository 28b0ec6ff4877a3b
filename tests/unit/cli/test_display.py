"""A run is shown while it goes on, in lines that a pipe can carry."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from yantra_bot.agent.loop import Answered
from yantra_bot.cli.console import make_console
from yantra_bot.cli.display import Display, find_result, shorten, show_ending, summarise_tests
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.context import ContextPart, PromptContext, without_context
from yantra_bot.domain.conversation import ModelAnswer, StopReason, Text, ToolCall, ToolResult, Usage
from yantra_bot.domain.proof import Confidence, Factor, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.domain.repository import Actor, PullRequest, Repository
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.codec import Failure, FailureKind, encode_failure, encode_value
from yantra_bot.runs.records import Records

ORDER = Order("r" * 24, Repository(1, "o", "n"), 2, 7, Command(Verb.IMPLEMENT), Actor(3, "alice", False), 4, 0.0)
REPORT = TestReport(
    Verdict.FAIL, ("pytest",), 1, 2.0, (TestOutcome("t", TestStatus.FAILED, message="why"),), reason="1 test failed."
)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    opened.start_run(ORDER, 0.0)
    yield opened
    opened.close()


def put(records: Records, number: int, name: str, envelope: str | None) -> None:
    records.begin_step(ORDER.run_id, number, name, request="", at=float(number))
    if envelope is not None:
        records.finish_step(ORDER.run_id, number, envelope, at=number + 0.5)


def pipe() -> tuple[Console, io.StringIO]:
    written = io.StringIO()
    return Console(file=written, width=160, soft_wrap=True), written


def test_phases_steps_calls_and_failures_are_lines(records: Records) -> None:
    """Each thing is said once, under its phase, in the order it happened."""
    console, written = pipe()
    display = Display(console, records, ORDER.run_id)
    records.phase(ORDER.run_id, Phase.CODE_GENERATION, 0.5)
    answer = ModelAnswer(
        "m",
        (Text("I look for \\[[a]] and \x1b[31m."), ToolCall("1", "search", {"pattern": "\\[[^]]\x1b"})),
        StopReason.TOOL_CALLS,
        Usage(9, 2),
        0.1,
        "",
        0,
    )
    put(records, 1, "model#1", encode_value(Answered(answer, 1.0), Answered))
    batch = ToolBatch((ToolResult("1", "no line matches", True),), Changeset())
    put(records, 2, "tools#1", encode_value(batch, ToolBatch))
    display.show_news()
    records.phase(ORDER.run_id, Phase.UNIT_TESTING, 2.9)
    put(records, 3, "test#1", encode_value(REPORT, TestReport))
    put(records, 4, "now#1", encode_value(1.0, float))
    put(records, 5, "push#1", None)
    going_on = display.show_news()
    display.show_news()
    lines = [line.strip() for line in written.getvalue().splitlines()]
    assert lines == [
        "CodeGeneration",
        "model m: 9 in, 2 out, 0.1000 USD 0.5 s",
        r"I look for \[[a]] and \x1b[31m.",
        r"search pattern: \[[^]]\x1b",
        "tools 0.5 s",
        "refused no line matches",
        "UnitTesting",
        "test fail: 0 passed, 1 failed, exit code 1 0.5 s",
        "t why",
    ]
    assert going_on == "UnitTesting: push"


async def test_it_follows_until_the_ending(records: Records) -> None:
    """What came last is shown before the ending is handed on."""
    console, written = pipe()

    async def end() -> str:
        await asyncio.sleep(0)
        records.phase(ORDER.run_id, Phase.COMPLETE, 9.0)
        return "over"

    assert await Display(console, records, ORDER.run_id).follow(end()) == "over"
    assert "Complete" in written.getvalue()


def test_the_ending_shows_result_tests_diff_cost_and_page() -> None:
    """All that a person asks for first."""
    console, written = pipe()
    opened = PullRequest(8, "https://host/8", "fix: it", "h", "s", "b", True, True)
    confidence = Confidence(0.9, (Factor("tests", 0.25, None, "none ran"),))
    ending = Ending(Phase.COMPLETE, "All well.", opened, confidence=confidence)
    show_ending(console, ending, diff=r"+\[[new]\w", page_url="https://y/runs/r", tests=REPORT)
    shown = written.getvalue()
    for words in (
        "Complete All well.",
        "Draft pull request: fix: it",
        "unknown, left out",
        r"+\[[new]\w",
        "0 model calls",
    ):
        assert words in shown
    assert "Tests: 0 passed, 1 failed in 2.0 s, exit code 1. 1 test failed." in shown
    assert "The whole run: https://y/runs/r" in shown


def test_an_ending_without_a_pull_request_names_the_branch() -> None:
    """There is something to look at."""
    console, written = pipe()
    show_ending(console, Ending(Phase.ESCALATED, "Look.", branch="yantra/7"), diff="", page_url="")
    assert "Branch: yantra/7" in written.getvalue()


def test_results_are_found_by_their_step(records: Records) -> None:
    """The newest counts; a failed one is none."""
    assert find_result(records, ORDER.run_id, "test", TestReport) is None
    put(records, 1, "test#1", encode_value(REPORT, TestReport))
    assert find_result(records, ORDER.run_id, "test", TestReport) == REPORT
    put(records, 2, "test#2", encode_failure(Failure(FailureKind.TRANSIENT, "gone")))
    assert find_result(records, ORDER.run_id, "test", TestReport) is None


def test_long_texts_are_cut_and_a_pipe_is_wide() -> None:
    """A line stays a line."""
    assert len(shorten("x" * 1_000)) == 300
    assert shorten("a\n  b") == "a b"
    assert summarise_tests(REPORT).startswith("0 passed")
    assert make_console(stderr=True).width >= 80


def test_a_context_is_told_in_a_few_lines(records: Records) -> None:
    """A line for each level, the first pieces of code with their reasons, or why there is none."""
    console, written = pipe()
    parts = tuple(ContextPart("1", "target", f"a.py:{n} f{n}", "…", 10, f"place {n}") for n in range(9))
    put(records, 1, "assemble context#1", encode_value(PromptContext(24_000, parts), PromptContext))
    put(records, 2, "assemble context#2", encode_value(without_context("no code here"), PromptContext))
    Display(console, records, ORDER.run_id).show_news()
    shown = written.getvalue()
    assert "assemble context 9 functions, 90 tokens of 24,000" in shown
    assert "context: Level 1, code in full: 9 parts, 90 tokens" in shown
    assert "a.py:0 f0 10 tokens, because place 0" in shown
    assert "a.py:8" not in shown
    assert "no code here" in shown
