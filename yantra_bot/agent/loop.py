"""The mind's loop: ask the model, run the tools it wants, until it says that it is done.

Control's side, and free of effects: asking and acting are handed in as durable steps, so that after a kill the same
turns come out of the record. It never executes half a call and never spends above the budget.
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from yantra_bot.agent.budget import Budget, BudgetSpent, bill, check
from yantra_bot.agent.recovery.stuck import Stuck
from yantra_bot.agent.room import Ruler, keep_within, measure
from yantra_bot.domain.changes import Changeset
from yantra_bot.domain.conversation import (
    Message,
    ModelAnswer,
    ModelRequest,
    Role,
    StopReason,
    Text,
    ToolCall,
    ToolResult,
    ToolSpec,
)
from yantra_bot.domain.faults import Fault
from yantra_bot.domain.proof import Claim
from yantra_bot.domain.race import Race
from yantra_bot.domain.run import Spent
from yantra_bot.errors import ContextOverflow, Permanent
from yantra_bot.ports import ToolBatch
from yantra_bot.retrieval.budget import TRIM_PERCENT, Fill, WindowUse

MAX_CALLS_A_TURN = 32
MAX_NUDGES = 2
MAX_SAME_TURNS = 3
NUDGE = "You called no tool. Go on with the tools, or call `finish` and say in it what is done and what is not."
CUT_SHORT = "Your answer was cut off at its length limit and nothing of it was run. Make smaller calls."
_DURATION = re.compile(r"\b\d+\.\d s\b")
"""As tools tell how long something took: two results that differ in this alone are the same."""
SAME = "This is the same call with the same result again. Change something: another file, another hypothesis."


@dataclass(frozen=True, slots=True)
class Answered:
    """A model's answer and when it came (Unix time in seconds)."""

    answer: ModelAnswer
    at: float
    lost: ModelAnswer | None = None
    """What a model cost that was asked at the same time and whose answer was not taken."""
    race: Race | None = None
    """How that went."""


class Estimate(Ruler, Protocol):
    """Counts what a request will cost before it is made."""

    def tokens(self, request: ModelRequest) -> int:
        """Return the most tokens that the vendor may count for the request."""

    def usd(self, model: str, input_tokens: int, output_tokens: int = 0) -> float | None:
        """Return the most that so much input and output can cost in USD, None when the price is not known."""


@dataclass(slots=True)
class Conversation:
    """What was said so far, and what it cost. The story owns it; `work` appends to it."""

    model: str
    system: str = ""
    tools: tuple[ToolSpec, ...] = ()
    started_at: float = 0.0
    messages: list[Message] = field(default_factory=list)
    spent: Spent = field(default_factory=Spent)
    aside: float = 0.0
    """USD that are set aside for what goes on beside the run, and are not its own to spend meanwhile."""
    changes: Changeset = field(default_factory=Changeset)
    now: float = 0.0
    use: WindowUse | None = None
    """What the latest request fills of the conversation's room; None before the first one."""
    room: int | None = None
    """A smaller room than the model's, in tokens: what is left to believe after the vendor said that it is too long."""

    def request(self, max_output_tokens: int) -> ModelRequest:
        return ModelRequest(self.model, self.system, self.tools, tuple(self.messages), max_output_tokens)


Ask = Callable[[ModelRequest], Awaitable[Answered]]
Act = Callable[[Sequence[ToolCall]], Awaitable[ToolBatch]]
Recover = Callable[[Fault], Awaitable[Sequence[Text]]]
"""Returns what the model is told of an error that comes again and again; nothing where a person has to be asked."""
Hear = Callable[[], Awaitable[Sequence[Message]]]

MAX_OUTPUT_TOKENS = 16_000
KEPT_AFTER_OVERFLOW = 0.6
"""Share of the messages' tokens that is sent again: vendors' counts differ from ours by far less than the rest."""
TOO_LONG = "the conversation is too long for the model"
MIN_OUTPUT_TOKENS = 500
"""An answer that may not even be so long is not worth its input."""


async def work(
    talk: Conversation,
    *,
    ask: Ask,
    act: Act,
    budget: Budget,
    estimate: Estimate,
    recover: Recover | None = None,
    hear: Hear | None = None,
) -> Claim | None:
    """Take turns until the model finishes; return its claim, or None when it ended without one.

    `recover` is called when the same thing fails again and again. `hear` brings what was said meanwhile, before each
    turn; what is said until the model finishes lets it go on.

    Raises BudgetSpent before a call that may not be made; `talk` then holds everything done so far.
    """
    nudges, history, stuck = 0, [""], Stuck()
    while True:
        talk.messages += await hear() if hear is not None else ()
        answer = await spend(talk, ask=ask, budget=budget, estimate=estimate)
        if not answer.tool_calls:
            nudges += 1
            if nudges > MAX_NUDGES:
                return None
            talk.messages.append(_say(CUT_SHORT if answer.stop_reason is StopReason.MAX_TOKENS else NUDGE))
            continue
        nudges = 0
        batch = await act(runnable(answer))
        talk.changes = batch.changes
        talk.messages.append(Message(Role.USER, _results(answer, batch, history)))
        if batch.finished is not None:
            heard = await hear() if hear is not None else ()
            if not heard:
                return batch.finished
            talk.messages += heard
            continue
        fault = stuck.note(answer.tool_calls, batch.results)
        if fault is not None and recover is not None:
            told = await recover(fault)
            if not told:
                return None
            talk.messages[-1] = Message(Role.USER, (*talk.messages[-1].blocks, *told))


async def spend(
    talk: Conversation, *, ask: Ask, budget: Budget, estimate: Estimate, most: int = MAX_OUTPUT_TOKENS
) -> ModelAnswer:
    """Ask once, within the budget and the model's room; the answer is billed and joins the messages.

    `most` bounds the answer, in tokens. A conversation that the vendor calls too long is shortened and sent once more.
    Raises BudgetSpent before a call that may not be made or where that does not help, Permanent when the model
    declines.
    """
    talk.messages = _with_room(talk, estimate, most)
    request = _within_budget(talk, talk.request(most), budget=budget, estimate=estimate)
    try:
        answered = await ask(request)
    except ContextOverflow as said:
        answered = await _ask_shorter(talk, said, ask=ask, budget=budget, estimate=estimate, most=most)
    answer, talk.now = answered.answer, answered.at
    talk.spent = bill(talk.spent, answer)
    if answered.lost is not None:
        talk.spent = bill(talk.spent, answered.lost)
    talk.messages.append(Message(Role.ASSISTANT, answer.blocks))
    if answer.stop_reason is StopReason.REFUSAL:
        raise Permanent(f"the model declined the task: {answer.text[:500] or 'it gave no reason'}")
    return answer


async def _ask_shorter(
    talk: Conversation, said: ContextOverflow, *, ask: Ask, budget: Budget, estimate: Estimate, most: int
) -> Answered:
    """Make notes of more of the conversation than our own count asked for, and ask once more."""
    before, use = list(talk.messages), talk.use
    assert use is not None, "the request was measured before it was sent"  # noqa: S101 (narrows a type)
    kept = KEPT_AFTER_OVERFLOW * (use.context + use.user)
    talk.room = int((kept + use.system + use.answer) * 100 / TRIM_PERCENT)
    talk.messages = _with_room(talk, estimate, most)
    if talk.messages == before:
        raise BudgetSpent(f"{TOO_LONG}, and there is nothing to shorten ({said})") from said
    request = _within_budget(talk, talk.request(most), budget=budget, estimate=estimate)
    try:
        return await ask(request)
    except ContextOverflow as again:
        raise BudgetSpent(f"{TOO_LONG}, even shortened ({again})") from again


def runnable(answer: ModelAnswer) -> tuple[ToolCall, ...]:
    """Return the calls that may be run: whole ones, a bounded number, and none of an answer that was cut off."""
    if answer.stop_reason is StopReason.MAX_TOKENS:
        return ()
    return tuple(call for call in answer.tool_calls[:MAX_CALLS_A_TURN] if call.arguments is not None)


def _results(answer: ModelAnswer, batch: ToolBatch, history: list[str]) -> tuple[ToolResult | Text, ...]:
    """Pair every call with a result: vendors refuse a conversation with a call left open."""
    given = {result.call_id: result for result in batch.results}
    results = [
        given.get(call.id) or ToolResult(call.id, _why_not_run(answer, call), True) for call in answer.tool_calls
    ]
    history.append(
        repr(
            [
                (call.name, call.arguments, _DURATION.sub("", result.content))
                for call, result in zip(answer.tool_calls, results, strict=True)
            ]
        )
    )
    if len(history) > MAX_SAME_TURNS and len(set(history[-MAX_SAME_TURNS:])) == 1:
        return (*results, Text(SAME))
    return tuple(results)


def _why_not_run(answer: ModelAnswer, call: ToolCall) -> str:
    if answer.stop_reason is StopReason.MAX_TOKENS:
        return CUT_SHORT
    if call.arguments is None:
        return "The arguments were no complete JSON object, so nothing was run. Send the call again, whole."
    return f"Not run: at most {MAX_CALLS_A_TURN} calls are taken in one turn, or an earlier call ended the turn."


def _say(text: str) -> Message:
    return Message(Role.USER, (Text(text),))


def _with_room(talk: Conversation, estimate: Estimate, most: int) -> list[Message]:
    """Return the messages, shortened when they fill the room that the model has, and write down what they fill."""

    def measure_all(messages: Sequence[Message]) -> WindowUse:
        return measure(
            messages,
            model=talk.model,
            system=talk.system,
            tools=talk.tools,
            answer=most,
            ruler=estimate,
        )

    talk.use = measure_all(talk.messages)
    if talk.room is not None:
        talk.use = replace(talk.use, total=min(talk.use.total, talk.room))
    kept = keep_within(talk.messages, talk.use, model=talk.model, ruler=estimate)
    if talk.use.fill is Fill.TRIM:
        talk.use = replace(measure_all(kept), total=talk.use.total)
    return kept


def _within_budget(talk: Conversation, request: ModelRequest, *, budget: Budget, estimate: Estimate) -> ModelRequest:
    """Return the request as `shorten_answer` does, by what the conversation's run has cost."""
    seconds = max(0.0, talk.now - talk.started_at)
    budget = replace(budget, usd=budget.usd - talk.aside)
    return shorten_answer(request, talk.spent, seconds=seconds, budget=budget, estimate=estimate)


def shorten_answer(
    request: ModelRequest, spent: Spent, *, seconds: float, budget: Budget, estimate: Estimate
) -> ModelRequest:
    """Return the request with as long an answer as the money left pays for; raise BudgetSpent when that is none."""
    tokens = estimate.tokens(request)
    least = estimate.usd(request.model, tokens)
    check(budget, spent, seconds=seconds, next_input_tokens=tokens, next_usd=least)
    longest = request.max_output_tokens
    most = estimate.usd(request.model, tokens, longest)
    if least is None or most is None or most <= least:
        return request
    left = budget.usd - spent.usd - least
    room = min(longest, int(longest * left / (most - least)))
    if room < MIN_OUTPUT_TOKENS:
        raise BudgetSpent(f"what is left of {budget.usd:.2f} USD pays for no useful answer ({spent.usd:.2f} are spent)")
    return replace(request, max_output_tokens=room)
