"""The loop turns a model's wishes into whole, bounded tool calls."""

from collections.abc import Sequence
from typing import Any

import pytest

from yantra_bot.agent.budget import Budget, BudgetSpent
from yantra_bot.agent.loop import (
    CUT_SHORT,
    MAX_CALLS_A_TURN,
    NUDGE,
    SAME,
    Answered,
    Conversation,
    work,
)
from yantra_bot.domain.changes import Changeset, FileChange
from yantra_bot.domain.conversation import (
    Block,
    Message,
    ModelAnswer,
    ModelRequest,
    Role,
    StopReason,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from yantra_bot.domain.proof import Claim
from yantra_bot.errors import ContextOverflow, Permanent
from yantra_bot.ports import ToolBatch
from yantra_bot.retrieval.notes import WARNING

BUDGET = Budget(usd=5, steps=40, tokens=1_000_000, seconds=600)
DONE = Claim("fix: it", "done", 0.9)


class Ruler:
    """Counts characters as tokens."""

    def __init__(self, window: int = 1_000_000) -> None:
        self._window = window

    def tokens(self, request: ModelRequest) -> int:
        return sum(len(getattr(block, "content", "")) for message in request.messages for block in message.blocks)

    def usd(self, model: str, input_tokens: int, output_tokens: int = 0) -> float | None:
        """A thousandth of a dollar for each token of output, when there is a price at all."""
        return output_tokens / 1_000 if model == "priced" else None

    def counted(self, text: str, model: str) -> int:
        return len(text)

    def room(self, model: str) -> int:
        return self._window


class Scene:
    """A scripted model and a tool runner that remembers what it was asked."""

    def __init__(self, *turns: ModelAnswer, results: Sequence[str] = ("fine",)) -> None:
        """`results` are what tools answer, a turn each; the last one goes on."""
        self.turns = list(turns)
        self.requests: list[ModelRequest] = []
        self.acted: list[tuple[ToolCall, ...]] = []
        self.results = results

    async def ask(self, request: ModelRequest) -> Answered:
        self.requests.append(request)
        return Answered(self.turns.pop(0), at=float(len(self.requests)))

    async def act(self, calls: Sequence[ToolCall]) -> ToolBatch:
        self.acted.append(tuple(calls))
        finished = DONE if any(call.name == "finish" for call in calls) else None
        changes = Changeset((FileChange("a.py", "0" * 64),))
        result = self.results[min(len(self.acted), len(self.results)) - 1]
        return ToolBatch(tuple(ToolResult(call.id, result) for call in calls), changes, finished)

    async def run(self, talk: Conversation, budget: Budget = BUDGET, estimate: Ruler | None = None) -> Claim | None:
        return await work(talk, ask=self.ask, act=self.act, budget=budget, estimate=estimate or Ruler())


def says(*blocks: Block, stop: StopReason = StopReason.TOOL_CALLS) -> ModelAnswer:
    return ModelAnswer("m", blocks, stop, Usage(1, 1), 0.01, "r", 0.1)


def call(name: str, identity: str = "c", arguments: dict[str, Any] | None = None) -> ToolCall:
    return ToolCall(identity, name, {} if arguments is None else arguments)


async def test_it_works_until_finish_is_called() -> None:
    """Tool results go back to the model; its claim comes out, with the change and the cost."""
    talk = Conversation("m")
    scene = Scene(says(call("diff", "1")), says(call("finish", "2")))
    assert await scene.run(talk) == DONE
    assert talk.spent.model_calls == 2
    assert talk.changes.paths == ("a.py",)
    assert talk.messages[1] == Message(Role.USER, (ToolResult("1", "fine"),))


async def test_words_without_a_call_are_answered_with_a_nudge_twice_and_then_end_it() -> None:
    """A model that only talks does not talk for ever."""
    talk = Conversation("m")
    scene = Scene(*[says(Text("hm"), stop=StopReason.END_TURN)] * 3)
    assert await scene.run(talk) is None
    assert [message.blocks for message in talk.messages if message.role is Role.USER] == [(Text(NUDGE),)] * 2


@pytest.mark.case("J03")
async def test_a_call_with_broken_arguments_is_answered_and_never_run() -> None:
    """Half a call is no call; the model is told."""
    talk = Conversation("m")
    scene = Scene(says(ToolCall("1", "edit_file", None)), says(call("finish", "2")))
    await scene.run(talk)
    assert scene.acted[0] == ()
    result = talk.messages[1].blocks[0]
    assert isinstance(result, ToolResult)
    assert result.is_error
    assert "no complete JSON object" in result.content


@pytest.mark.case("J03")
async def test_nothing_of_an_answer_that_was_cut_off_is_run() -> None:
    """A tool call in an answer that hit its length limit may be the wrong half of one."""
    talk = Conversation("m")
    scene = Scene(says(call("write_file", "1"), stop=StopReason.MAX_TOKENS), says(call("finish", "2")))
    await scene.run(talk)
    assert scene.acted[0] == ()
    assert talk.messages[1].blocks == (ToolResult("1", CUT_SHORT, True),)


@pytest.mark.case("J04")
async def test_a_refusal_ends_with_the_models_reason() -> None:
    """A declined task is told to the person, not tried again."""
    scene = Scene(says(Text("I will not."), stop=StopReason.REFUSAL))
    with pytest.raises(Permanent, match="I will not"):
        await scene.run(Conversation("m"))


@pytest.mark.case("J05")
async def test_ten_thousand_calls_in_one_turn_are_capped_and_all_answered() -> None:
    """Only a bounded number is run; every call has a result, as vendors demand."""
    talk = Conversation("m")
    many = [call("diff", str(number)) for number in range(10_000)]
    scene = Scene(says(*many), says(call("finish", "x")))
    await scene.run(talk)
    assert len(scene.acted[0]) == MAX_CALLS_A_TURN
    assert len(talk.messages[1].blocks) == 10_000


@pytest.mark.case("J05")
async def test_the_same_turn_three_times_is_pointed_out() -> None:
    """A model that goes in circles is told so."""
    talk = Conversation("m")
    scene = Scene(*[says(call("diff", "1"))] * 3, says(call("finish", "2")))
    await scene.run(talk)
    assert talk.messages[5].blocks[-1] == Text(SAME)


@pytest.mark.case("J05")
async def test_results_that_differ_in_how_long_they_took_are_the_same() -> None:
    """Two runs of the same tests never take the same time; going in circles is going in circles."""
    talk = Conversation("m")
    results = [f"PASS: 1 passed in 0.{number} s (exit code 0)." for number in range(3)]
    scene = Scene(*[says(call("run_tests", "1"))] * 3, says(call("finish", "2")), results=results)
    await scene.run(talk)
    assert talk.messages[5].blocks[-1] == Text(SAME)


@pytest.mark.case("C16")
async def test_a_loop_is_ended_by_the_budget_before_the_next_call() -> None:
    """The call that would go over a ceiling is never made; what was done is kept."""
    talk = Conversation("m")
    scene = Scene(*[says(call("diff", str(number))) for number in range(5)])
    with pytest.raises(BudgetSpent, match="2 model calls"):
        await scene.run(talk, Budget(usd=5, steps=2, tokens=1_000_000, seconds=600))
    assert len(scene.requests) == 2
    assert talk.changes.paths == ("a.py",)


@pytest.mark.case("C16")
async def test_an_answer_may_be_as_long_as_the_money_left_pays_for() -> None:
    """The ceiling cannot be overshot by one long answer, and too little money asks for none."""
    scene = Scene(says(call("diff", "1")), says(call("finish", "2")))
    await scene.run(Conversation("priced"), Budget(usd=2.0, steps=9, tokens=1_000_000, seconds=600))
    assert [request.max_output_tokens for request in scene.requests] == [2_000, 1_990]
    with pytest.raises(BudgetSpent, match="no useful answer"):
        await Scene().run(Conversation("priced"), Budget(usd=0.4, steps=9, tokens=1_000_000, seconds=600))


async def test_what_is_set_aside_for_something_beside_the_run_is_not_its_to_spend() -> None:
    """Money that a second look at a plan may cost is left alone until it is told what it came to."""
    scene = Scene(says(call("finish", "1")))
    with pytest.raises(BudgetSpent, match="no useful answer"):
        await Scene().run(Conversation("priced", aside=1.6), Budget(usd=2.0, steps=9, tokens=1_000_000, seconds=600))
    await scene.run(Conversation("priced", aside=1.6), Budget(usd=3.6, steps=9, tokens=1_000_000, seconds=600))
    assert [request.max_output_tokens for request in scene.requests] == [2_000]


async def test_a_conversation_that_fills_its_room_goes_on_with_notes() -> None:
    """The task and the newest turns stay; what was found in between is noted down, and no call loses its result."""
    turns = [says(Text(f"Finding {number}: it is so."), call("diff", str(number))) for number in range(30)]
    scene = Scene(*turns, says(call("finish", "last")), results=["x" * 1_000])
    talk = Conversation("m", messages=[Message(Role.USER, (Text("task"),))])
    assert await scene.run(talk, BUDGET, Ruler(window=36_000)) == DONE
    requests = [request.messages for request in scene.requests]
    assert any(block == WARNING for messages in requests for message in messages for block in message.blocks)
    noted = [messages[0].blocks for messages in requests if len(messages[0].blocks) > 1]
    assert noted
    assert noted[0][0] == Text("task")
    assert "Finding 0: it is so." in getattr(noted[0][1], "text", "")
    for messages in requests:
        calls = [block.id for message in messages for block in message.blocks if isinstance(block, ToolCall)]
        results = [block.call_id for message in messages for block in message.blocks if isinstance(block, ToolResult)]
        assert calls == results
        assert sum(len(getattr(block, "content", "")) for message in messages for block in message.blocks) <= 20_000


class Small(Scene):
    """A vendor that takes requests of so many characters at most, whatever we count."""

    def __init__(self, most: int, *turns: ModelAnswer, results: Sequence[str] = ("",)) -> None:
        super().__init__(*turns, results=results)
        self.most = most
        self.refused: list[int] = []

    async def ask(self, request: ModelRequest) -> Answered:
        size = sum(len(str(block)) for message in request.messages for block in message.blocks)
        if size > self.most:
            self.refused.append(size)
            raise ContextOverflow("too long for m: so many tokens")
        return await super().ask(request)


def reads(count: int) -> list[ModelAnswer]:
    return [says(Text(f"look {number}"), call("read_file", str(number))) for number in range(count)]


@pytest.mark.case("J12")
async def test_an_overflow_is_met_by_a_shorter_conversation_once() -> None:
    """The vendor counts more than we do: notes are made of the middle, and the work goes on to its end."""
    talk = Conversation("m", messages=[Message(Role.USER, (Text("the task"),))])
    scene = Small(30_000, *reads(12), says(call("finish", "end")), results=["line of a file\n" * 250])
    assert await scene.run(talk) == DONE
    assert scene.refused
    assert len(scene.refused) <= 6
    assert talk.messages[0].blocks[0] == Text("the task")


@pytest.mark.case("J12")
async def test_an_overflow_that_shortening_does_not_mend_ends_the_run() -> None:
    """It is asked twice, never more, and the end says why; what was done so far is kept by who asked."""
    talk = Conversation("m", messages=[Message(Role.USER, (Text("the task"),))])
    scene = Small(9_000, *reads(12), results=["line of a file\n" * 250])
    scene.most = 9_000
    with pytest.raises(BudgetSpent, match="too long for the model"):
        await Hard(scene).run(talk)
    assert len(scene.refused) == 2


class Hard:
    """Refuses everything from the fourth request on."""

    def __init__(self, scene: Small) -> None:
        self._scene = scene

    async def run(self, talk: Conversation) -> Claim | None:
        async def ask(request: ModelRequest) -> Answered:
            if len(self._scene.requests) == 3:
                self._scene.most = 0
            else:
                self._scene.most = 1_000_000
            return await self._scene.ask(request)

        return await work(talk, ask=ask, act=self._scene.act, budget=BUDGET, estimate=Ruler())


@pytest.mark.case("J12")
async def test_an_overflow_of_the_first_request_ends_at_once() -> None:
    """There is nothing to make notes of."""
    talk = Conversation("m", messages=[Message(Role.USER, (Text("x" * 5_000),))])
    scene = Small(1_000, results=[""])
    with pytest.raises(BudgetSpent, match="nothing to shorten"):
        await scene.run(talk)
    assert len(scene.refused) == 1
