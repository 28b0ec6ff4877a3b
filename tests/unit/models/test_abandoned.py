"""What a cancelled call has cost is told to who gave it up: estimated, and never less than what it was sent."""

import asyncio

import pytest

from tests.fakes.models import FakeModels, Silence
from tests.fakes.models.bench import APIS, StillClock, ask, connect
from yantra_bot.domain.abandoned import ABANDONED
from yantra_bot.domain.conversation import ModelAnswer, ModelRequest, Usage
from yantra_bot.errors import Transient
from yantra_bot.models.breaker import Breaker
from yantra_bot.models.caller import Unanswered
from yantra_bot.models.fleet import Fleet, Member
from yantra_bot.ports import Model

Heard = list[tuple[Usage, float | None]]


async def give_up(model: Model, begun: asyncio.Event) -> Heard:
    """Ask, cancel when the call has begun, and return what was told."""
    heard: Heard = []

    async def call() -> ModelAnswer:
        ABANDONED.set(lambda usage, cost: heard.append((usage, cost)))
        return await model.answer(ask())

    work = asyncio.ensure_future(call())
    await begun.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    return heard


@pytest.mark.parametrize("api", APIS)
async def test_what_was_sent_is_paid_though_nothing_came(api: str) -> None:
    """Its input is counted here, and priced."""
    async with FakeModels() as fake, connect(api, fake) as model:
        fake.will(Silence())
        heard = await give_up(model, fake.hung)
    ((usage, cost),) = heard
    assert usage.input > 0
    assert (usage.output, usage.is_estimate) == (0, True)
    assert cost == pytest.approx(usage.input * 2.0 / 1_000_000)


async def test_what_another_vendor_cost_before_is_told_too() -> None:
    """The first brought no answer but a bill; the second is given up."""

    class Down:
        async def answer(self, request: ModelRequest, *, on_text: object = None) -> ModelAnswer:
            raise Unanswered(Transient("down"), Usage(input=7), 0.25)

    class Slow:
        def __init__(self) -> None:
            self.begun = asyncio.Event()

        async def answer(self, request: ModelRequest, *, on_text: object = None) -> ModelAnswer:
            self.begun.set()
            await asyncio.Event().wait()
            raise AssertionError

    slow, clock = Slow(), StillClock()
    fleet = Fleet([Member(Down(), Breaker("one", clock)), Member(slow, Breaker("two", clock))])
    assert await give_up(fleet, slow.begun) == [(Usage(input=7), 0.25)]


async def test_nobody_has_to_listen() -> None:
    """A stop cancels calls too."""
    ABANDONED.get()(Usage(1), None)
