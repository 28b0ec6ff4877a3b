"""Who stands in for a vendor that fails, and how long that one is left alone."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.fakes.models.bench import StillClock
from yantra_bot.domain.conversation import ModelAnswer, ModelRequest, StopReason, Text, Usage
from yantra_bot.errors import Permanent, Transient, YantraError
from yantra_bot.models.breaker import FAILURES, REST_SECONDS, Breaker, Circuit
from yantra_bot.models.caller import Unanswered
from yantra_bot.models.fleet import Fleet, Member
from yantra_bot.models.retry import Unusable

REQUEST = ModelRequest("asked", "", (), (), 100)
DOWN = Transient("it brought no answer", retry_after=7)


@dataclass
class Desk:
    """A vendor that raises what it is told to, one after the other, and answers when nothing is left."""

    troubles: list[YantraError] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: ModelRequest, *, on_text: Callable[[str], None] | None = None) -> ModelAnswer:
        self.asked.append(request.model)
        if self.troubles:
            raise self.troubles.pop(0)
        usage = Usage(input=10, output=1)
        return ModelAnswer(request.model, (Text("done"),), StopReason.END_TURN, usage, 0.5, "id", 1.0)


def make(clock: StillClock, *desks: Desk) -> Fleet:
    names = ["", "second", "third"]
    return Fleet([Member(desk, Breaker(f"vendor {at}", clock), names[at]) for at, desk in enumerate(desks)])


@pytest.mark.parametrize("problem", [DOWN, Unusable("the key is refused")])
async def test_the_next_one_answers_for_its_own_model(problem: YantraError) -> None:
    """Where the first has no answer, or takes none of our requests."""
    first, second = Desk([problem]), Desk()
    answer = await make(StillClock(), first, second).answer(REQUEST)
    assert (answer.model, first.asked, second.asked) == ("second", ["asked"], ["second"])


async def test_what_failed_tries_cost_is_on_the_bill() -> None:
    """They were paid for, though there is nothing to show for them."""
    first, second = Desk([Unanswered(DOWN, Usage(input=7), 0.25)]), Desk()
    answer = await make(StillClock(), first, second).answer(REQUEST)
    assert (answer.usage.input, answer.cost_usd) == (17, 0.75)
    unpriced = await make(StillClock(), Desk([Unanswered(DOWN, Usage(input=7), None)]), Desk()).answer(REQUEST)
    assert unpriced.cost_usd is None


async def test_what_one_refuses_no_other_is_asked() -> None:
    """A request that is wrong, and a task that is declined, are so everywhere."""
    second = Desk()
    with pytest.raises(Permanent, match="refuses the request"):
        await make(StillClock(), Desk([Permanent("it refuses the request")]), second).answer(REQUEST)
    assert second.asked == []


async def test_who_fails_in_a_row_is_left_alone_and_then_tried_once() -> None:
    """Nobody waits for its retries meanwhile; a success closes the circuit, a failure opens it again at once."""
    clock = StillClock()
    first, second = Desk([DOWN] * (FAILURES + 1)), Desk()
    fleet = make(clock, first, second)
    for _ in range(FAILURES + 2):
        await fleet.answer(REQUEST)
    assert len(first.asked) == FAILURES
    clock.time += REST_SECONDS
    assert (await fleet.answer(REQUEST)).model == "second"
    assert len(first.asked) == FAILURES + 1
    clock.time += REST_SECONDS - 1
    await fleet.answer(REQUEST)
    assert len(first.asked) == FAILURES + 1
    clock.time += 1
    assert (await fleet.answer(REQUEST)).model == "asked"
    first.troubles = [DOWN]
    assert (await fleet.answer(REQUEST)).model == "second"
    assert (await fleet.answer(REQUEST)).model == "asked"


async def test_nobody_is_told_with_everybodys_words() -> None:
    """With the shortest wait, and what was paid; alone, a vendor's own error stands."""
    fleet = make(StillClock(), Desk([DOWN] * FAILURES), Desk([DOWN] * FAILURES))
    for _ in range(FAILURES):
        with pytest.raises(Unanswered, match="brought no answer it brought no answer") as caught:
            await fleet.answer(REQUEST)
        assert caught.value.retry_after == 7
    with pytest.raises(Unanswered, match=r"vendor 0 .* left alone .* vendor 1 .* left alone") as rest:
        await fleet.answer(REQUEST)
    assert rest.value.retry_after == REST_SECONDS
    with pytest.raises(Transient) as alone:
        await make(StillClock(), Desk([DOWN])).answer(REQUEST)
    assert alone.value is DOWN


def is_admitted_beside(breaker: Breaker) -> bool:
    """Say whether another call is let through while one is made that its caller gives up."""
    found = True
    with contextlib.suppress(KeyboardInterrupt), breaker.watch():
        found = breaker.admits()
        raise KeyboardInterrupt
    return found


def test_half_open_lets_one_through() -> None:
    """A crowd would break what has just come back; one that was given up by us says nothing."""
    clock = StillClock()
    breaker = Breaker("vendor", clock)
    for _ in range(FAILURES):
        with pytest.raises(Transient), breaker.watch():
            raise DOWN
    assert (breaker.circuit, breaker.admits(), breaker.seconds_left()) == (Circuit.OPEN, False, REST_SECONDS)
    clock.time += REST_SECONDS
    assert breaker.circuit is Circuit.HALF_OPEN
    assert (breaker.admits(), is_admitted_beside(breaker)) == (True, False)
    assert breaker.admits()
    with breaker.watch():
        pass
    assert breaker.circuit is Circuit.CLOSED
