"""Calls wait for a vendor's limits before it says 429, fairly between repositories, and can be given up."""

import asyncio

import pytest

from tests.fakes.models.bench import StillClock
from tests.unit.models.test_fleet import REQUEST, Desk
from yantra_bot.domain.behalf import BEHALF
from yantra_bot.domain.conversation import Usage
from yantra_bot.errors import SettingsError
from yantra_bot.models.breaker import Breaker
from yantra_bot.models.bucket import LONGEST_HOLD, Gate
from yantra_bot.models.fleet import Fleet, Member
from yantra_bot.models.rates import Counted, Told, parse_rates, read_limits

ANTHROPIC = {
    "anthropic-ratelimit-requests-limit": "1000",
    "anthropic-ratelimit-requests-remaining": "999",
    "anthropic-ratelimit-input-tokens-limit": "80000",
    "anthropic-ratelimit-input-tokens-remaining": "79000",
    "anthropic-ratelimit-output-tokens-limit": "16000",
    "anthropic-ratelimit-output-tokens-remaining": "16000",
    "anthropic-ratelimit-tokens-limit": "96000",
}
OPENAI = {
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-remaining-requests": "59",
    "x-ratelimit-limit-tokens": "150000",
    "x-ratelimit-remaining-tokens": "149984",
    "x-ratelimit-reset-tokens": "6m0s",
}


class Patience:
    """A clock whose sleepers wake when the test moves it on."""

    def __init__(self) -> None:
        self.time = 1_000.0
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        event = asyncio.Event()
        self._sleepers.append((self.time + seconds, event))
        await event.wait()

    async def pass_by(self, seconds: float) -> None:
        """Move on in small steps, and let everybody who is due do what it does."""
        until = self.time + seconds
        while self.time < until:
            self.time = min(until, self.time + 0.5)
            for due, event in self._sleepers:
                if due <= self.time:
                    event.set()
            for _ in range(10):
                await asyncio.sleep(0)


async def test_a_call_waits_for_as_long_as_the_bucket_needs() -> None:
    """Full at first; then so many seconds a request."""
    clock = StillClock()
    gate = Gate("v", clock, {Counted.REQUESTS: 2})
    assert [await gate.enter(1, behalf="a") for _ in range(4)] == [0, 0, 30, 30]


async def test_what_an_answer_took_is_booked_afterwards() -> None:
    """Output is waited for by the next call; input out of the vendor's cache is given back."""
    clock = StillClock()
    gate = Gate("v", clock, {Counted.INPUT: 6_000, Counted.OUTPUT: 600})
    await gate.enter(6_000, behalf="a")
    gate.settle(6_000, Usage(input=1_000, output=700, cache_read=5_000))
    assert await gate.enter(5_000, behalf="a") == pytest.approx(10)


async def test_a_call_larger_than_the_bucket_is_let_through_when_it_is_full() -> None:
    """It would wait for ever."""
    gate = Gate("v", StillClock(), {Counted.INPUT: 100})
    assert await gate.enter(5_000, behalf="a") == 0
    assert 60 < await gate.enter(1, behalf="a") < 121


async def test_a_vendors_headers_are_learnt_from() -> None:
    """Limits that nobody set; the operator's own only become less."""
    clock = StillClock()
    free, own = Gate("v", clock), Gate("v", clock, {Counted.REQUESTS: 5})
    for gate in (free, own):
        gate.hear(200, {"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "0"})
    assert await free.enter(1, behalf="a") == pytest.approx(1)  # and so the other has one second less to wait
    assert await own.enter(1, behalf="a") == pytest.approx(11)


async def test_one_429_holds_all_runs_back_for_the_time_it_names() -> None:
    """Never for longer than a minute: then the vendor is asked, and says it itself."""
    clock = StillClock()
    gate = Gate("v", clock)
    gate.hear(429, {"retry-after": "7"})
    assert await gate.enter(1, behalf="a") == pytest.approx(7)
    gate.hear(429, {"retry-after": "100000"})
    assert await gate.enter(1, behalf="a") == pytest.approx(LONGEST_HOLD)
    gate.hear(429, {"retry-after": "soon"})
    assert await gate.enter(1, behalf="a") == 0


async def test_repositories_take_turns() -> None:
    """One with many calls does not keep another's only one out."""
    clock, order = Patience(), []
    gate = Gate("v", clock, {Counted.REQUESTS: 60})
    gate.hear(200, {"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "0"})

    async def call(name: str, behalf: str) -> None:
        await gate.enter(1, behalf=behalf)
        order.append(name)

    waiting = [asyncio.create_task(call(f"busy {number}", "busy")) for number in range(4)]
    waiting.append(asyncio.create_task(call("quiet", "quiet")))
    await clock.pass_by(6)
    assert order == ["busy 0", "quiet", "busy 1", "busy 2", "busy 3"]
    await asyncio.gather(*waiting)


async def test_who_gives_up_leaves_the_queue_to_the_others() -> None:
    """A stopped run takes no turn and no tokens."""
    clock = Patience()
    gate = Gate("v", clock, {Counted.REQUESTS: 60})
    gate.hear(200, {"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "0"})
    first, second = (asyncio.create_task(gate.enter(1, behalf="a")) for _ in range(2))
    await clock.pass_by(0.5)
    first.cancel()
    await clock.pass_by(1)
    assert first.cancelled()
    assert second.done()
    third = asyncio.create_task(gate.enter(1, behalf="b"))
    await clock.pass_by(2)
    assert third.done()


async def test_a_fleet_asks_through_the_gate_of_each_member() -> None:
    """On behalf of the repository that the run belongs to."""
    clock = StillClock()
    gate = Gate("v", clock, {Counted.REQUESTS: 1, Counted.OUTPUT: 1})
    fleet = Fleet([Member(Desk(), Breaker("v", clock), gate=gate)], tokens=lambda request: 10)
    BEHALF.set("7")
    for _ in range(2):
        await fleet.answer(REQUEST)
    assert sum(clock.slept) == pytest.approx(60)


def test_headers_of_both_vendors_are_read() -> None:
    """And nonsense is none."""
    assert read_limits(ANTHROPIC) == (
        Told(Counted.REQUESTS, 1000, 999),
        Told(Counted.INPUT, 80000, 79000),
        Told(Counted.OUTPUT, 16000, 16000),
    )
    assert read_limits(OPENAI) == (Told(Counted.REQUESTS, 60, 59), Told(Counted.TOKENS, 150000, 149984))
    for limit, remaining in (("0", "0"), ("-1", "1"), ("ten", "1"), ("9" * 40, "1"), ("5", ""), ("٣", "1")):
        assert read_limits({"x-ratelimit-limit-requests": limit, "x-ratelimit-remaining-requests": remaining}) == ()


def test_the_operators_limits_are_parsed_or_refused_with_the_form() -> None:
    """A number that is left out is no limit."""
    assert parse_rates(("anthropic=50/40000/8000", "openai=//5")) == {
        "anthropic": {Counted.REQUESTS: 50, Counted.INPUT: 40000, Counted.OUTPUT: 8000},
        "openai": {Counted.OUTPUT: 5},
    }
    for wrong in ("anthropic", "anthropic=//", "mistral=1/1/1", "openai=1/1", "openai=a/1/1", "openai=0/1/1"):
        with pytest.raises(SettingsError, match="YANTRA_MODEL_RATES"):
            parse_rates((wrong,))
