"""Many calls at once: at most eight, in order, each within the budget, and none lost by another's failure."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from yantra_bot.agent.batch import AT_ONCE, Tried, ask_many, go_on_together
from yantra_bot.agent.budget import Budget
from yantra_bot.agent.loop import Answered, Ask
from yantra_bot.agent.purse import Purse
from yantra_bot.domain.conversation import Message, ModelAnswer, ModelRequest, Role, StopReason, Text, Usage
from yantra_bot.domain.run import Spent
from yantra_bot.errors import ContextOverflow, Permanent, Transient

BUDGET = Budget(usd=100, steps=1_000, tokens=1_000_000, seconds=600)


class Ruler:
    """A dollar for the input of a call, one for each 1,000 tokens of its answer; ten tokens of input."""

    def tokens(self, request: ModelRequest) -> int:
        return 10

    def usd(self, model: str, input_tokens: int, output_tokens: int = 0) -> float | None:
        return 1 + output_tokens / 1_000

    def counted(self, text: str, model: str) -> int:
        return len(text)

    def room(self, model: str) -> int:
        return 1_000_000


def request(name: str, longest: int = 1_000) -> ModelRequest:
    return ModelRequest("m", "", (), (Message(Role.USER, (Text(name),)),), longest)


def name_of(asked: ModelRequest) -> str:
    (block,) = asked.messages[0].blocks
    assert isinstance(block, Text)
    return block.text


def answer(text: str, usd: float = 1.0) -> Answered:
    return Answered(ModelAnswer("m", (Text(text),), StopReason.END_TURN, Usage(10, 10), usd, "r", 0.1), at=1.0)


def purse(budget: Budget = BUDGET, spent: Spent | None = None) -> Purse:
    return Purse(budget, Ruler(), spent=spent or Spent(), seconds=0)


class Model:
    """Answers when it is let, in the order that a test chooses."""

    def __init__(self) -> None:
        self.waiting: dict[str, asyncio.Future[Answered]] = {}
        self.asked: list[ModelRequest] = []
        self.most = 0

    async def __call__(self, at: int, asked: ModelRequest) -> Answered:
        self.asked.append(asked)
        future: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self.waiting[name_of(asked)] = future
        self.most = max(self.most, len(self.waiting))
        try:
            return await future
        finally:
            del self.waiting[name_of(asked)]

    async def has(self, count: int) -> None:
        """Wait until so many calls are under way."""
        while len(self.waiting) != count:
            await asyncio.sleep(0)


def said(tried: Sequence[Tried]) -> list[str]:
    return [one.answered.answer.text if one.answered is not None else f"! {one.problem}" for one in tried]


async def test_eight_are_under_way_and_the_answers_come_in_order() -> None:
    """The ninth begins when one has ended, whichever that is."""
    model = Model()
    asked = [request(str(number)) for number in range(AT_ONCE + 3)]
    work = asyncio.ensure_future(ask_many(asked, model, purse()))
    for number in reversed(range(AT_ONCE)):
        await model.has(min(AT_ONCE, number + 4))
        model.waiting[str(number)].set_result(answer(str(number)))
    await model.has(3)
    for number in range(AT_ONCE, AT_ONCE + 3):
        model.waiting[str(number)].set_result(answer(str(number)))
    assert said(await work) == [str(number) for number in range(AT_ONCE + 3)]
    assert model.most == AT_ONCE


async def test_a_failure_is_its_own() -> None:
    """The others keep their answers; what was too long is told apart."""

    async def ask(at: int, asked: ModelRequest) -> Answered:
        match at:
            case 0:
                raise Transient("later")
            case 1:
                raise ContextOverflow("too long")
            case 2:
                raise Permanent("no")
        return answer("yes")

    tried = await ask_many([request("x")] * 4, ask, purse())
    assert said(tried) == ["! later", "! too long", "! no", "yes"]
    with pytest.raises(ContextOverflow, match="too long"):
        tried[1].take()
    with pytest.raises(Permanent, match="no"):
        tried[2].take()


async def test_a_bug_ends_all() -> None:
    """It is no answer of a vendor: the step fails, and nothing goes on behind its back."""
    model = Model()

    async def ask(at: int, asked: ModelRequest) -> Answered:
        if at:
            return await model(at, asked)
        raise ZeroDivisionError

    with pytest.raises(BaseExceptionGroup):
        await ask_many([request("a"), request("b")], ask, purse())
    assert not model.waiting


async def test_a_call_waits_while_the_others_could_spend_the_money() -> None:
    """Each may cost 2 USD: of 4.5 two are under way; the third begins when one has cost less."""
    model = Model()
    work = asyncio.ensure_future(ask_many([request(name) for name in "abc"], model, purse(replace(BUDGET, usd=4.5))))
    await model.has(2)
    model.waiting["a"].set_result(answer("a", usd=0.5))
    await model.has(1)
    while "c" not in model.waiting:
        await asyncio.sleep(0)
    for name in "bc":
        model.waiting[name].set_result(answer(name))
    assert said(await work) == ["a", "b", "c"]


async def test_the_last_money_pays_a_shorter_answer_and_then_none() -> None:
    """As it is for calls one after the other."""

    async def ask(at: int, asked: ModelRequest) -> Answered:
        return answer(str(asked.max_output_tokens), usd=1.8)

    tried = await ask_many([request("a"), request("b"), request("c")], ask, purse(replace(BUDGET, usd=3.5)))
    assert said(tried)[:2] == ["1000", "700"]
    assert "budget of 3.50 USD" in tried[2].problem


async def test_calls_and_tokens_are_ceilings_too() -> None:
    """Those under way count."""

    async def ask(at: int, asked: ModelRequest) -> Answered:
        return answer("yes")

    few = await ask_many([request("x")] * 3, ask, purse(replace(BUDGET, steps=2)))
    assert [one.answered is not None for one in few] == [True, True, False]
    short = await ask_many([request("x")] * 3, ask, purse(replace(BUDGET, tokens=25)))
    assert [one.answered is not None for one in short] == [True, False, False]


async def test_conversations_go_on_in_rounds() -> None:
    """A round holds one question of each that has one; who has ended is not waited for."""
    rounds: list[list[str]] = []
    heard: dict[str, list[str]] = {}

    async def ask_round(requests: Sequence[ModelRequest]) -> Sequence[Tried]:
        rounds.append([name_of(one) for one in requests])
        return [Tried(answer(f"to {name_of(one)}")) for one in requests]

    async def talk(name: str, turns: int, ask: Ask) -> None:
        for turn in range(turns):
            await asyncio.sleep(0)
            heard.setdefault(name, []).append((await ask(request(f"{name}{turn}"))).answer.text)

    jobs = [
        lambda ask, name=name, turns=turns: talk(name, turns, ask) for name, turns in (("a", 3), ("b", 1), ("c", 0))
    ]
    await go_on_together(jobs, ask_round)
    assert rounds == [["a0", "b0"], ["a1"], ["a2"]]
    assert heard == {"a": ["to a0", "to a1", "to a2"], "b": ["to b0"]}


async def test_a_failed_call_is_raised_where_it_was_asked() -> None:
    """A conversation may go on after it."""
    caught: list[str] = []

    async def ask_round(requests: Sequence[ModelRequest]) -> Sequence[Tried]:
        return [Tried(None, f"no {name_of(one)}") for one in requests]

    async def talk(ask: Ask) -> None:
        try:
            await ask(request("a"))
        except Permanent as problem:
            caught.append(str(problem))

    await go_on_together([talk, talk], ask_round)
    assert caught == ["no a", "no a"]


async def test_what_ends_a_round_ends_the_conversations() -> None:
    """A stop is no answer: nobody is left waiting."""
    ended: list[str] = []

    async def ask_round(requests: Sequence[ModelRequest]) -> Sequence[Tried]:
        raise KeyError("stopped")

    async def talk(ask: Ask) -> None:
        try:
            await ask(request("a"))
        finally:
            ended.append("yes")

    with pytest.raises(KeyError):
        await go_on_together([talk, talk], ask_round)
    assert ended == ["yes", "yes"]
