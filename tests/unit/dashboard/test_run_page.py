"""A run's page shows what was recorded, and nothing that was recorded can act on it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from yantra_bot.agent.loop import Answered
from yantra_bot.dashboard import run_page
from yantra_bot.dashboard.run_page import HEADERS, describe, render
from yantra_bot.domain.changes import Changeset, FileChange
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.context import ContextPart, LeftOutPart, PromptContext, without_context
from yantra_bot.domain.conversation import ModelAnswer, StopReason, Text, ToolCall, ToolResult, Usage
from yantra_bot.domain.proof import Confidence, Factor, TestOutcome, TestReport, TestStatus, Verdict
from yantra_bot.domain.repository import Actor, PullRequest, Repository
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.ports import ToolBatch
from yantra_bot.runs.codec import Failure, FailureKind, encode_failure, encode_value
from yantra_bot.runs.records import Records

HOSTILE = "<script>alert(1)</script>"
ORDER = Order(
    "a" * 24, Repository(1, "octo", "calc"), 2, 7, Command(Verb.IMPLEMENT), Actor(3, HOSTILE, False), 4, 1_700_000_000.0
)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    opened.start_run(ORDER, 1.0)
    yield opened
    opened.close()


def put(records: Records, number: int, name: str, envelope: str | None) -> None:
    records.begin_step(ORDER.run_id, number, name, request="", at=2.0)
    if envelope is not None:
        records.finish_step(ORDER.run_id, number, envelope, at=3.5)


def page(records: Records) -> str:
    record = records.run(ORDER.run_id)
    assert record is not None
    return render(record, records.steps(ORDER.run_id))


def answer(*blocks: Text | ToolCall) -> Answered:
    return Answered(ModelAnswer("m", blocks, StopReason.TOOL_CALLS, Usage(10, 5), None, "r", 1.0), 3.0)


@pytest.mark.case("N02")
def test_everything_foreign_is_escaped(records: Records) -> None:
    """Names, words, arguments, results and output cannot become markup."""
    put(records, 1, "model#1", encode_value(answer(Text(HOSTILE), ToolCall("1", HOSTILE, {"path": HOSTILE})), Answered))
    batch = ToolBatch((ToolResult("1", HOSTILE, True),), Changeset())
    put(records, 2, "tools#1", encode_value(batch, ToolBatch))
    failing = TestOutcome(HOSTILE, TestStatus.FAILED, message=HOSTILE)
    put(records, 3, "test#1", encode_value(TestReport(Verdict.FAIL, ("pytest",), 1, 1.0, (failing,)), TestReport))
    records.log(ORDER.run_id, HOSTILE)
    records.flush_log(ORDER.run_id)
    shown = page(records)
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") >= 8


@pytest.mark.case("N02")
def test_an_address_that_is_none_is_no_link(records: Records) -> None:
    """A pull request's address is shown as a link only when it is one."""
    opened = PullRequest(1, "javascript:alert(1)", "t", "h", "s", "b", False, True)
    records.end_run(ORDER.run_id, Ending(Phase.COMPLETE, "done", opened), 9.0)
    assert "javascript:" not in page(records)


def test_the_page_loads_nothing_and_asks_nobody() -> None:
    """No script, no frame, no form, and no picture but the run's own."""
    assert HEADERS["Content-Security-Policy"].startswith("default-src 'none'")
    template = (Path(run_page.__file__).parent / "templates" / "run.html").read_text()
    assert not re.search(r"<(script|iframe|form|link)\b", template)
    assert re.findall(r"<img [^>]*src=\"([^\"]*)\"", template) == ["{{ order.run_id }}/pictures/{{ blob }}"]


def test_a_run_that_goes_on_refreshes_itself(records: Records) -> None:
    """What is going on is marked, and the page asks again by itself."""
    put(records, 1, "test base#1", None)
    shown = page(records)
    assert 'http-equiv="refresh"' in shown
    assert "going on" in shown


def test_an_ended_run_shows_its_result(records: Records) -> None:
    """Reason, confidence with what was left out, and no refresh any more."""
    confidence = Confidence(0.87, (Factor("tests", 0.25, 1.0, "98 passed"), Factor("model", 0.3, None, "it gave none")))
    opened = PullRequest(1, "https://host/pull/1", "fix: it", "h", "s", "b", True, True)
    records.end_run(ORDER.run_id, Ending(Phase.COMPLETE, "confidence 0.87", opened, confidence=confidence), 9.0)
    shown = page(records)
    assert "0.87" in shown
    assert "unknown, left out" in shown
    assert 'href="https://host/pull/1"' in shown
    assert "Draft pull request" in shown
    assert 'http-equiv="refresh"' not in shown


def test_a_failed_step_says_why(records: Records) -> None:
    """An expected failure is shown in its own words."""
    put(records, 1, "fetch#1", encode_failure(Failure(FailureKind.PERMANENT, "the branch is gone")))
    (step,) = records.steps(ORDER.run_id)
    entry = describe(step)
    assert (entry.note, entry.lines[0].is_error) == ("the branch is gone", True)


def test_a_bug_shows_its_name_and_keeps_its_evidence(records: Records) -> None:
    """A traceback is for the operator, not for the page."""
    put(records, 1, "model#1", encode_failure(Failure(FailureKind.BUG, "KeyError", evidence="Traceback: secret place")))
    assert "secret place" not in page(records)
    assert "KeyError" in page(records)


def test_what_another_version_recorded_is_said_to_be_so(records: Records) -> None:
    """A step that cannot be read any more is not hidden."""
    put(records, 1, "model#1", 'ok {"other": 1}')
    (step,) = records.steps(ORDER.run_id)
    assert "another version" in describe(step).note


def test_broken_arguments_are_shown_as_such(records: Records) -> None:
    """What the model sent was no JSON object."""
    put(records, 1, "model#1", encode_value(answer(ToolCall("1", "edit_file", None)), Answered))
    assert "no JSON object" in page(records)


@pytest.mark.parametrize(
    ("count", "note"), [(0, ""), (1, "1 file differs from the base"), (2, "2 files differ from the base")]
)
def test_a_batch_says_how_much_is_changed_by_then(records: Records, count: int, note: str) -> None:
    """In words for one as for many."""
    changes = Changeset(tuple(FileChange(f"{number}.py", None) for number in range(count)))
    put(records, 1, "tools#1", encode_value(ToolBatch((), changes), ToolBatch))
    (step,) = records.steps(ORDER.run_id)
    assert describe(step).note == note


CONTEXT = PromptContext(
    24_000,
    (
        ContextPart("tests", "test", "test_a.py:1-2 test_f", "…", 30, "calls f"),
        ContextPart("1", "target", f"a.py:1-2 {HOSTILE}", HOSTILE, 1_200, "1st of the search"),
        ContextPart("1", "dependency", "b.py:1-2 g", "…", 100, "called by f in line 2"),
    ),
    (LeftOutPart("c.py:1-9 h", "the share of code is full"),),
    ("No past was read.",),
)


def test_the_context_is_shown_by_level_with_the_reason_of_each_part(records: Records) -> None:
    """What was chosen, its tokens, why; what was left out; what was not asked. Nothing of it can act."""
    put(records, 1, "assemble context#1", encode_value(CONTEXT, PromptContext))
    shown = page(records)
    for words in (
        "2 functions, 1,330 tokens of 24,000",
        "Level 1, code in full: 2 parts, 1,300 tokens",
        "100 tokens, because called by f in line 2",
        "left out: c.py:1-9 h",
        "No past was read.",
    ):
        assert words in shown
    assert "<script" not in shown


def test_a_context_that_could_not_be_made_is_said(records: Records) -> None:
    """The run went on."""
    put(records, 1, "assemble context#1", encode_value(without_context("There is no code."), PromptContext))
    shown = page(records)
    assert "went on without" in shown
    assert "There is no code." in shown
