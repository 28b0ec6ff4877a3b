"""Missed deliveries are asked for again, in order, within bounds, and no answer of the forge ends the search."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fakes.forge_bench import Bench, open_bench
from tests.fakes.github.judge import Judge
from tests.fakes.github.state import Issue
from yantra_bot.runs import missed
from yantra_bot.runs.missed import CURE, PACE_SECONDS, Redelivery

LIST, AGAIN = "/app/hook/deliveries", "/app/hook/deliveries/*/attempts"


@pytest.fixture
async def bench(tmp_path: Path, judge: Judge | None) -> AsyncIterator[Bench]:
    async with open_bench(tmp_path, judge=judge) as opened:
        yield opened


@pytest.fixture
def issue(bench: Bench) -> Issue:
    return bench.fake.add_issue(bench.there, title="A bug", by="ann")


@pytest.fixture
def redelivery(bench: Bench) -> Redelivery:
    """One for the last 12 hours, whose door is always ready."""
    assert bench.github.deliveries is not None

    async def is_ready() -> bool:
        return True

    return Redelivery(bench.github.deliveries, is_ready=is_ready, clock=bench.clock, hours=12)


async def miss(bench: Bench, issue: Issue, *texts: str, minutes: float = 1) -> list[str]:
    """Have comments posted that nobody hears, so far apart; return their GUIDs."""
    for text in texts:
        await bench.fake.post_comment(issue, text, by="ann")
        bench.clock.time += 60 * minutes
    return [one.guid for one in bench.fake.deliveries[-len(texts) :]]


def again(bench: Bench) -> list[str]:
    """Return the GUIDs of what was sent again, in order."""
    return [one.guid for one in bench.fake.deliveries if one.is_redelivery]


@pytest.mark.case("L12")
async def test_each_is_asked_for_oldest_first_and_at_most_three_times_in_all(
    bench: Bench, issue: Issue, redelivery: Redelivery
) -> None:
    """With a pause between two requests; after the third attempt nothing is asked for, and that is said once."""
    guids = await miss(bench, issue, "one", "two", "three")
    assert await redelivery.sweep() == 3
    assert (again(bench), bench.clock.slept) == (guids, [PACE_SECONDS] * 2)
    assert await redelivery.sweep() == 3
    with capture_logs() as logged:
        assert [await redelivery.sweep(), await redelivery.sweep()] == [0, 0]
    assert [(one["deliveries"], one["attempts"]) for one in logged] == [(3, 3)]
    assert again(bench) == guids * 2


@pytest.mark.case("L12")
async def test_what_is_too_old_is_left_alone_also_when_a_later_attempt_is_not(
    bench: Bench, issue: Issue, redelivery: Redelivery
) -> None:
    """The age is the event's, not that of the last attempt at it."""
    await miss(bench, issue, "old", minutes=11 * 60)
    assert await redelivery.sweep() == 1
    (fresh,) = await miss(bench, issue, "fresh", minutes=90)
    assert await redelivery.sweep() == 1
    assert again(bench)[1:] == [fresh]


async def test_a_sweep_asks_for_a_hundred_and_the_next_goes_on(
    bench: Bench, issue: Issue, redelivery: Redelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here two: the third waits for the next hour, once the first two are heard."""
    monkeypatch.setattr(missed, "MOST_A_SWEEP", 2)
    guids = await miss(bench, issue, "one", "two", "three")
    assert await redelivery.sweep() == 2
    for one in bench.fake.deliveries:
        one.status_code = 202 if one.is_redelivery else 0
    assert await redelivery.sweep() == 1
    assert again(bench) == guids


@pytest.mark.parametrize("status", [401, 403, 404, 422])
async def test_a_list_that_is_refused_is_told_once_with_the_cure(
    bench: Bench, issue: Issue, redelivery: Redelivery, status: int
) -> None:
    """It is looked for again every hour all the same, and a new trouble after a good look is told again."""
    await miss(bench, issue, "one")
    bench.fake.faults.answer("GET", LIST, status, times=2)
    with capture_logs() as logged:
        assert [await redelivery.sweep(), await redelivery.sweep()] == [0, 0]
    assert [(one["event"], one["cure"]) for one in logged] == [("missed deliveries cannot be looked for", CURE)]
    assert await redelivery.sweep() == 1
    bench.fake.faults.answer("GET", LIST, status)
    with capture_logs() as logged:
        assert await redelivery.sweep() == 0
    assert [one["event"] for one in logged] == ["missed deliveries cannot be looked for"]


async def test_a_rate_limit_ends_a_sweep_and_the_next_one_goes_on(
    bench: Bench, issue: Issue, redelivery: Redelivery
) -> None:
    """Nothing is sat out for an hour."""
    guids = await miss(bench, issue, "one", "two")
    bench.fake.faults.secondary_limit("POST", AGAIN, retry_after=3_000)
    with capture_logs() as logged:
        assert await redelivery.sweep() == 0
    assert "missed deliveries cannot be asked for" in [one["event"] for one in logged]
    assert again(bench) == []
    bench.clock.time += 3_001
    assert await redelivery.sweep() == 2
    assert again(bench) == guids


async def test_one_that_cannot_be_sent_again_stands_in_no_others_way(
    bench: Bench, issue: Issue, redelivery: Redelivery
) -> None:
    """The forge refuses the first, and the second is asked for."""
    guids = await miss(bench, issue, "one", "two")
    bench.fake.faults.answer("POST", AGAIN, 422, message="Too old")
    with capture_logs() as logged:
        assert await redelivery.sweep() == 1
    assert "Too old" in next(one["problem"] for one in logged if "cannot be asked for" in one["event"])
    assert again(bench) == guids[1:]


async def test_a_bug_does_not_end_the_search_and_leaves_its_traceback(bench: Bench) -> None:
    """Control would end with it, and start again, and end again."""

    class Broken:
        async def since(self, at: float) -> list[object]:
            raise RuntimeError("a bug")

    async def is_ready() -> bool:
        return True

    broken = Redelivery(Broken(), is_ready=is_ready, clock=bench.clock, hours=1)  # type: ignore[arg-type]  (it is broken)
    with capture_logs() as logged:
        assert await broken.sweep() == 0
    assert isinstance(logged[0]["exc_info"], RuntimeError)


async def test_nothing_is_asked_for_before_the_door_is_ready_and_then_every_hour(bench: Bench, issue: Issue) -> None:
    """Else it would be missed once more."""
    await miss(bench, issue, "one")
    looks = 0

    class Enough(Exception):
        """The test has seen enough."""

    async def is_ready() -> bool:
        nonlocal looks
        looks += 1
        assert looks > 3 or not bench.fake.calls
        if looks == 6:
            raise Enough
        return looks > 3

    assert bench.github.deliveries is not None
    waiting = Redelivery(bench.github.deliveries, is_ready=is_ready, clock=bench.clock, hours=12)
    with pytest.raises(Enough):
        await waiting.run()
    hour, look = missed.SWEEP_SECONDS, missed.LOOK_SECONDS
    assert bench.clock.slept == [look, look, look, hour, hour]
    assert len(again(bench)) == 2
