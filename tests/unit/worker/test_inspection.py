"""A worker's answers are held against the rules before anybody believes them."""

from dataclasses import replace
from typing import Any

import pytest

from yantra_bot.domain.changes import Changeset, FileChange
from yantra_bot.domain.context import ContextPart, PromptContext, without_context
from yantra_bot.domain.conversation import ToolCall, ToolResult
from yantra_bot.domain.coverage import ChangedLines, Gap
from yantra_bot.domain.proof import ChangeFacts
from yantra_bot.ports import ToolBatch
from yantra_bot.sandbox.layout import CheckoutLimits
from yantra_bot.worker import inspection
from yantra_bot.worker.inspection import check_batch, check_context, check_facts, check_text, make_sendable_calls
from yantra_bot.worker.protocol import ProtocolError

CALLS = (ToolCall("1", "diff", {}), ToolCall("2", "diff", {}))
RESULTS = (ToolResult("1", "a"), ToolResult("2", "b"))
LIMITS = CheckoutLimits(max_files=3)


def _check(batch: ToolBatch) -> None:
    check_batch(batch, CALLS, known={"k"}, limits=LIMITS)


@pytest.mark.parametrize(
    "facts",
    [
        ChangeFacts(1, 1, lines=ChangedLines(1, 2)),
        ChangeFacts(1, 1, lines=ChangedLines(2, 1, (Gap("../a.py", "f", ((1, 1),)),))),
        ChangeFacts(1, 1, lines=ChangedLines(2, 1, (Gap("a.py", "f", ((1, 1),), "x" * 2_000_000),))),
        ChangeFacts(1, 1, lines=ChangedLines(2, 1, (Gap("a.py", "f", ((1, 1),) * 60_000),))),
        ChangeFacts(1, 1, idle_tests=("t.py::a",) * 60_000),
    ],
)
def test_facts_that_cannot_be_are_refused(facts: ChangeFacts) -> None:
    """More lines run than there are, a path outside, endless text or lists."""
    with pytest.raises(ProtocolError):
        check_facts(facts)


def test_honest_facts_pass() -> None:
    """With and without what ran of the change."""
    facts = ChangeFacts(1, 1, lines=ChangedLines(2, 1, (Gap("a.py", "f", ((1, 1),), "text"),)))
    assert check_facts(facts) == facts
    assert check_facts(ChangeFacts(1, None)) == ChangeFacts(1, None)


def test_an_honest_batch_passes() -> None:
    """One answer for each call, in order, and changes of plain paths with content that is here."""
    _check(ToolBatch(RESULTS, Changeset((FileChange("a.py", "k"), FileChange("src/b.py", None)))))


@pytest.mark.parametrize(
    "results", [(), RESULTS[:1], RESULTS[::-1], (*RESULTS, RESULTS[0]), (RESULTS[0], ToolResult("2", "x" * 2_000_000))]
)
def test_other_answers_than_calls_are_refused(results: tuple[ToolResult, ...]) -> None:
    """A missing, doubled, swapped or endless answer ends the worker."""
    with pytest.raises(ProtocolError):
        _check(ToolBatch(results, Changeset()))


@pytest.mark.case("D03")
@pytest.mark.parametrize(
    "path",
    [
        "../x", "/etc/x", "a/../../x", "C:\\x", "C:x", "a\0b", ".git/config", ".GIT/config", "git~1",
        ".git\u200c/config", "a/.git /x", "x" * 5000, "dot.", "space ", "a//b", "./a", "cafe\u0301", "", ".",
        ".github/workflows/ci.yml", "CODEOWNERS", ".gitmodules", "a\nb",
    ],
)  # fmt: skip
def test_paths_that_no_run_may_change_are_refused(path: str) -> None:
    """A broken worker cannot name a path outside, in git's folder, or one a person has to change."""
    with pytest.raises(ProtocolError):
        _check(ToolBatch(RESULTS, Changeset((FileChange(path, "k"),))))


@pytest.mark.parametrize(
    "files",
    [
        (FileChange("a", "unknown"),),
        (FileChange("b", "k"), FileChange("a", "k")),
        (FileChange("a", "k"), FileChange("a", None)),
        tuple(FileChange(f"f{number}", "k") for number in range(4)),
    ],
)
def test_changes_that_do_not_add_up_are_refused(files: tuple[FileChange, ...]) -> None:
    """Content that never came, doubled or unsorted paths, and too many of them end the worker."""
    with pytest.raises(ProtocolError):
        _check(ToolBatch(RESULTS, Changeset(files)))


def test_texts_have_an_end() -> None:
    """A text that is longer than any that is asked for is refused."""
    assert check_text("x") == "x"
    with pytest.raises(ProtocolError):
        check_text("x" * (inspection.MAX_TEXT + 1))


def test_calls_that_cannot_be_sent_lose_their_arguments() -> None:
    """What a model wrote never breaks the connection: the tool is told that the arguments were none."""
    deep: Any = []
    for _ in range(100):
        deep = [deep]
    calls = [
        ToolCall("1", "x", {"a": [1, {"b": None}]}),
        ToolCall("2", "x", {"a": "\udfff"}),
        ToolCall("3", "x", {"a": deep}),
        ToolCall("4", "x", None),
    ]
    assert make_sendable_calls(calls) == (
        calls[0], ToolCall("2", "x", None), ToolCall("3", "x", None), calls[3],
    )  # fmt: skip


def _context(**changed: Any) -> PromptContext:
    return PromptContext(9, (replace(ContextPart("1", "target", "a.py:1", "text", 3, "why"), **changed),))


def test_a_context_is_of_a_size_that_a_prompt_can_have() -> None:
    """Numbers that can be, texts and names with an end, so many parts."""
    assert check_context(_context()) == _context()
    assert check_context(without_context("no code")).problem == "no code"
    too_many = PromptContext(9, _context().parts * (inspection.MAX_PARTS + 1))
    for wrong in (
        _context(tokens=-1),
        _context(tokens=10**9),
        _context(text="x" * (inspection.MAX_CONTEXT + 1)),
        _context(reason="x" * (inspection.MAX_CONTEXT_LINE + 1)),
        replace(_context(), seconds=float("nan")),
        without_context("x" * (inspection.MAX_CONTEXT_LINE + 1)),
        too_many,
    ):
        with pytest.raises(ProtocolError):
            check_context(wrong)
