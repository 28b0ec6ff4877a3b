"""An explanation rests on lines that are there: every place is looked up, and what is not proven is not said."""

from collections.abc import Sequence
from typing import Any

import pytest

from yantra_bot.agent.budget import Budget
from yantra_bot.agent.explaining.citations import grounding, specificity
from yantra_bot.agent.explaining.explain import HURRY, MAX_TURNS, Question, explain
from yantra_bot.agent.loop import Answered, Conversation
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import ModelAnswer, ModelRequest, StopReason, Text, ToolCall, ToolResult, Usage
from yantra_bot.domain.explanations import Citation, Explanation
from yantra_bot.ports import ToolBatch

BUDGET = Budget(usd=5, steps=40, tokens=1_000_000, seconds=600)
FILE = ["def scan(text):", "    if not text:", "        return None", "    return text.split()"]


class Ruler:
    """Knows no prices, and a window that is never full."""

    def tokens(self, request: ModelRequest) -> int:
        return 10

    def usd(self, model: str, input_tokens: int, output_tokens: int = 0) -> float | None:
        return None

    def counted(self, text: str, model: str) -> int:
        return len(text)

    def room(self, model: str) -> int:
        return 1_000_000


class Scene:
    """A scripted model, and a tree of one file whose lines can be read."""

    def __init__(self, *turns: tuple[ToolCall, ...] | str) -> None:
        self.turns = list(turns)
        self.requests: list[ModelRequest] = []
        self.acted: list[ToolCall] = []

    async def ask(self, request: ModelRequest) -> Answered:
        self.requests.append(request)
        turn = self.turns.pop(0)
        blocks = (Text(turn),) if isinstance(turn, str) else turn
        return Answered(ModelAnswer("m", blocks, StopReason.TOOL_CALLS, Usage(1, 1), None, "r", 0.1), at=1.0)

    async def act(self, calls: Sequence[ToolCall]) -> ToolBatch:
        self.acted += calls
        return ToolBatch(tuple(self._read(call) for call in calls), Changeset())

    def _read(self, call: ToolCall) -> ToolResult:
        arguments = call.arguments or {}
        if call.name != "read_file":
            return ToolResult(call.id, "found")
        if arguments["path"] != "a.py":
            return ToolResult(call.id, "There is no such file.", is_error=True)
        first = arguments.get("start_line", 1)
        rows = [f"{n:>6}\t{text}" for n, text in enumerate(FILE, start=1) if n >= first]
        return ToolResult(call.id, "\n".join(rows))

    async def explain(self, budget: Budget = BUDGET) -> Explanation:
        talk = Conversation("m")
        return await explain(
            Question("What of an empty text?"), talk, ask=self.ask, act=self.act, budget=budget, estimate=Ruler()
        )


def answer(text: str = "It returns `None` [1].", *places: tuple[str, int, str], **more: Any) -> tuple[ToolCall, ...]:
    cited = [{"path": path, "line": line, "quote": quote} for path, line, quote in places]
    return (ToolCall("a", "answer", {"text": text, "citations": cited, **more}),)


GOOD = ("a.py", 3, "        return None")


async def test_an_answer_with_a_true_place_is_given() -> None:
    """A cited line that is there makes an answer, with its place and how sure it is."""
    found = await Scene(answer("It returns `None` [1].", GOOD, unknown="Why.")).explain()
    assert (found.text, found.unknown, found.problem) == ("It returns `None` [1].", "Why.", "")
    assert found.citations == ((1, Citation("a.py", 3, "        return None")),)
    assert found.confidence == pytest.approx(0.8571)
    assert {factor.name: factor.value for factor in found.factors} == {
        "grounding": 1.0,
        "coherence": None,
        "completeness": 0.5,
        "specificity": 1.0,
    }


async def test_an_answer_that_is_not_sure_enough_is_corrected_once_with_the_reason() -> None:
    """The model is told which factor is low; the better answer is given, and says how sure it is."""
    vague = answer(
        "It does `frobnicate` there.\n\nAnd `twiddle` is called as well by it.\n\nAlso somewhere [1].",
        GOOD,
        unknown="Why.",
    )
    scene = Scene(vague, vague)
    found = await scene.explain()
    said = scene.requests[1].messages[-1].blocks[0]
    assert isinstance(said, ToolResult)
    assert "0 of 2 names that it speaks of stand in what was read; not frobnicate, twiddle" in said.content
    assert found.confidence < 0.5
    assert len(scene.requests) == 2


async def test_a_miscounted_place_is_moved() -> None:
    """A quote that stands some lines off is cited where it stands."""
    found = await Scene(answer("It returns `None` [1].", ("a.py", 1, "return None"))).explain()
    assert found.citations[0][1].line == 3


@pytest.mark.parametrize("quote", ["     3\t        return None", "\treturn  None", "return None\n    return text"])
async def test_a_quote_may_be_copied_with_its_number_and_other_blanks(quote: str) -> None:
    """What a tool shows beside a line, and how its blanks are written, do not make a true place a false one."""
    found = await Scene(answer("It returns `None` [1].", ("a.py", 3, quote))).explain()
    assert found.citations[0][1].line == 3


async def test_an_answer_without_a_true_place_is_sent_back_once() -> None:
    """A made-up quote is named to the model, and the corrected answer counts."""
    scene = Scene(answer("It raises [1].", ("a.py", 3, "raise ValueError")), answer("It returns `None` [1].", GOOD))
    found = await scene.explain()
    assert found.text == "It returns `None` [1]."
    said = scene.requests[1].messages[-1].blocks[0]
    assert isinstance(said, ToolResult)
    assert "[1] a.py:3 (that line is: return None)" in said.content


async def test_what_is_never_proven_is_not_said() -> None:
    """Two answers whose places are not there, or with none at all, are no answer."""
    for wrong in (answer("It raises [1].", ("gone.py", 3, "raise")), answer("It raises.")):
        found = await Scene(wrong, wrong).explain()
        assert (found.text, found.citations) == ("", ())
        assert "no answer that the code proves" in found.problem


async def test_only_what_reads_is_run() -> None:
    """Edits, commands and unknown tools are refused, whatever the model asks for; reading goes on."""
    calls = (
        ToolCall("1", "edit_file", {"path": "a.py", "search": "x", "replace": "y"}),
        ToolCall("2", "run_command", {"argv": ["python"]}),
        ToolCall("3", "search", {"pattern": "scan"}),
        ToolCall("4", "read_file", None),
    )
    scene = Scene(calls, answer("It returns `None` [1].", GOOD))
    assert (await scene.explain()).confidence == 1.0
    assert [call.name for call in scene.acted] == ["search", "read_file"]
    results = [block for block in scene.requests[1].messages[-1].blocks if isinstance(block, ToolResult)]
    assert [result.is_error for result in results] == [True, True, False, True]
    assert {tool.name for tool in scene.requests[0].tools}.isdisjoint({"edit_file", "run_command", "write_file"})


async def test_plain_words_and_wrong_arguments_are_asked_for_again() -> None:
    """An answer outside of its tool, or with a wrong shape, is asked for again."""
    scene = Scene("It is None.", (ToolCall("a", "answer", {"text": 3}),), answer("It returns `None` [1].", GOOD))
    assert (await scene.explain()).text == "It returns `None` [1]."


async def test_the_budget_ends_it() -> None:
    """An explanation that would cost more than it may says so."""
    found = await Scene((ToolCall("3", "search", {"pattern": "scan"}),)).explain(Budget(5, 1, 1_000_000, 600))
    assert "1 model calls" in found.problem
    assert found.spent.model_calls == 1


@pytest.mark.parametrize(
    ("text", "found", "share"),
    [
        ("a [1] b [2]", (Citation("a", 1, "x"), Citation("a", 2, "y")), 1.0),
        ("a [1]", (Citation("a", 1, "x"), None), 0.5),
        ("a", (Citation("a", 1, "x"),), 0.0),
        ("a [1](http://x)", (Citation("a", 1, "x"),), 0.0),
        ("a [1] [7]", (Citation("a", 1, "x"),), 0.5),
    ],
)
def test_grounding_counts_what_is_there_and_used(text: str, found: tuple[Citation | None, ...], share: float) -> None:
    """A place that is not there, a number without a place and an answer without numbers all lower it."""
    assert grounding(text, found) == share


def test_specificity_is_the_share_of_paragraphs_with_a_place() -> None:
    """Paragraphs that name no place lower it; short ones do not count."""
    assert specificity("The text is split at spaces [1].\n\nIt is probably never empty anyhow.") == 0.5
    assert specificity("Yes.") == 1.0
    assert specificity("It is split like this [1]:\n\n```python\nreturn text.split()  # at spaces\n```\n") == 1.0


async def test_who_reads_on_and_on_is_told_to_answer() -> None:
    """Before the turns run out the model hears of it, so that what it has read is not lost."""
    reading = (ToolCall("r", "read_file", {"path": "a.py"}),)
    scene = Scene(*[reading] * (MAX_TURNS - 2), answer("It returns `None` [1].", GOOD))
    found = await scene.explain()
    assert found.citations
    told = [HURRY in str(request.messages[-1].blocks[-1]) for request in scene.requests]
    assert told == [*[False] * (MAX_TURNS - 2), True]
