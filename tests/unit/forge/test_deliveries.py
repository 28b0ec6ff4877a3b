"""The App's list of webhook deliveries, read by the page and asked for again."""

import pytest
from pydantic import SecretStr

from tests.fakes.forge_bench import Bench
from tests.fakes.github.state import Issue
from yantra_bot.errors import Permanent
from yantra_bot.forge import deliveries
from yantra_bot.forge.answers import Refused
from yantra_bot.forge.app_auth import PlainToken
from yantra_bot.forge.deliveries import Deliveries


@pytest.fixture
def listed(bench: Bench) -> Deliveries:
    assert bench.github.deliveries is not None
    return bench.github.deliveries


@pytest.fixture
def issue(bench: Bench) -> Issue:
    return bench.fake.add_issue(bench.there, title="A bug", by="ann")


async def test_each_attempt_is_told_with_its_time_and_answer(bench: Bench, listed: Deliveries, issue: Issue) -> None:
    """Nobody listened: no answer. Sent again, it is another attempt under the same GUID."""
    await bench.fake.post_comment(issue, "one", by="ann")
    (first,) = await listed.since(0)
    assert (first.guid, first.status, first.is_redelivery) == (bench.fake.deliveries[0].guid, 0, False)
    assert abs(first.at - bench.clock.now()) < 2
    await listed.send_again(first)
    again, same = await listed.since(0)
    assert (again.guid, again.is_redelivery, same) == (first.guid, True, first)
    assert bench.fake.deliveries[1].body == bench.fake.deliveries[0].body


async def test_no_page_is_asked_for_beyond_what_is_old_enough(
    bench: Bench, listed: Deliveries, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages come newest first; the first attempt that is too old ends it, and so does the greatest number of pages."""
    monkeypatch.setattr(deliveries, "PAGE", 2)
    for number in range(7):
        await bench.fake.post_comment(issue, str(number), by="ann")
        bench.clock.time += 60
    told = [one.guid for one in reversed(bench.fake.deliveries)]
    assert [one.guid for one in await listed.since(0)] == told
    bench.fake.calls.clear()
    recent = await listed.since(bench.clock.now() - 3.5 * 60)
    assert ([one.guid for one in recent], len(bench.fake.calls)) == (told[:3], 2)
    monkeypatch.setattr(deliveries, "MOST_PAGES", 3)
    assert [one.guid for one in await listed.since(0)] == told[:6]


async def test_a_refusal_and_an_odd_answer_are_told_with_their_cure(bench: Bench, listed: Deliveries) -> None:
    """Both are errors that control expects."""
    bench.fake.faults.answer("GET", "/app/hook/deliveries", 403, message="Resource not accessible")
    with pytest.raises(Refused, match="Resource not accessible"):
        await listed.since(0)
    bench.fake.faults.answer_json("GET", "/app/hook/deliveries", 200, [{"id": 1}])
    with pytest.raises(Permanent, match="does not have the shape"):
        await listed.since(0)


async def test_a_person_is_sent_no_deliveries(bench: Bench) -> None:
    """From a terminal there is nothing to look for."""
    assert bench.open_github(PlainToken(SecretStr("ghp_x"))).deliveries is None
