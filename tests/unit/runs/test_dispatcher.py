"""From the inbox to runs: in order within a thread, side by side otherwise, and nothing lost while GitHub is away."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.crash.harness import House
from tests.fakes.door import ManualClock
from yantra_bot.domain.alerts import Alert
from yantra_bot.domain.events import Delivery
from yantra_bot.domain.repository import Actor, Issue, Permission, Repository
from yantra_bot.domain.run import Ending, Phase
from yantra_bot.errors import Stopped, Transient
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.dispatcher import DAY, Dispatcher
from yantra_bot.runs.orders import Orders
from yantra_bot.runs.pull_memory import Quiet
from yantra_bot.runs.teaching import Teaching
from yantra_bot.webhooks.inbox import SqliteInbox, open_inbox
from yantra_bot.webhooks.policy import Rules

ME = Actor(99, "yantra[bot]", True)


@dataclass
class Thread:
    """A forge with issues that are all open; it is away, slow or broken as the test says."""

    problem: Exception | None = None
    slow: dict[int, asyncio.Event] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    asked: int = 0

    async def permission(self, login: str) -> Permission:
        self.asked += 1
        if self.problem is not None:
            raise self.problem
        return Permission.WRITE

    async def issue(self, number: int) -> Issue:
        if number in self.slow:
            await self.slow[number].wait()
        is_open, is_locked, is_pull_request = True, False, False
        return Issue(number, "t", "b", Actor(5, "ann", False), is_open, is_locked, is_pull_request)

    async def put_comment(self, issue_number: int, *, tag: str, body: str) -> int:
        self.said.append(body)
        return 1

    async def react(self, comment_id: int, reaction: str) -> None:
        return


class HeldInbox:
    """A real inbox whose marks cannot be written while `is_held`."""

    def __init__(self, inbox: SqliteInbox) -> None:
        self.inbox, self.is_held = inbox, False

    async def put(self, delivery: Delivery) -> bool:
        return await self.inbox.put(delivery)

    async def pending(self, limit: int) -> Any:
        return await self.inbox.pending(limit)

    async def handled(self, sequence: int, outcome: str) -> None:
        if self.is_held:
            raise Transient("the disk is full")
        await self.inbox.handled(sequence, outcome)


@dataclass
class Bench:
    """A dispatcher with a real inbox, real records and a real engine."""

    house: House
    forge: Thread
    inbox: HeldInbox
    clock: ManualClock
    dispatcher: Dispatcher
    pushed: list[tuple[str, int]]
    number: int = 0

    async def hear_push(self, ref: str) -> None:
        self.number += 1
        repository = {"id": 1, "name": "demo", "owner": {"login": "octo"}, "default_branch": "main", "pushed_at": 1}
        sender = {"id": 5, "login": "ann", "type": "User"}
        ends = {"ref": ref, "before": "0" * 40, "after": "1" * 40}
        payload = {**ends, "repository": repository, "sender": sender, "installation": {"id": 11}}
        data, key = json.dumps(payload).encode(), f"{self.number:064x}"
        await self.inbox.put(Delivery(0, f"d-{self.number}", key, "github", "push", data, self.clock.now()))

    async def hear(self, text: str, *, issue: int = 7, by: int = 5, body: bytes | None = None) -> None:
        self.number += 1
        sender = {"id": by, "login": "ann", "type": "User" if by == 5 else "Bot"}
        payload = {
            "action": "created",
            "issue": {"number": issue},
            "comment": {"id": self.number, "body": text, "user": sender, "updated_at": "2026-01-01T00:00:00Z"},
            "sender": sender,
            "repository": {"id": 1, "name": "demo", "owner": {"login": "octo"}},
            "installation": {"id": 11},
        }
        data = json.dumps(payload).encode() if body is None else body
        key = f"{self.number:064x}"
        await self.inbox.put(Delivery(0, f"d-{self.number}", key, "github", "issue_comment", data, self.clock.now()))

    async def hear_pull(self, action: str, *, number: int = 8, by: int = 5) -> None:
        self.number += 1
        head = {"sha": f"{self.number:040x}", "ref": "topic", "repo": {"id": 1}}
        pull = {"number": number, "head": head, "merged": False, "updated_at": f"t{self.number}"}
        payload = {
            "action": action,
            "pull_request": pull,
            "sender": {"id": by, "login": "ann", "type": "User" if by == 5 else "Bot"},
            "repository": {"id": 1, "name": "demo", "owner": {"login": "octo"}},
            "installation": {"id": 11},
        }
        data, key = json.dumps(payload).encode(), f"{self.number:064x}"
        await self.inbox.put(Delivery(0, f"d-{self.number}", key, "github", "pull_request", data, self.clock.now()))

    def reviews(self) -> list[tuple[str, str | None]]:
        """Return the reviews with who stopped them, the oldest first."""
        return [(one.order.run_id, one.stop_by) for one in reversed(self.house.records.runs(50))]

    async def waiting(self) -> int:
        return len(await self.inbox.pending(100))


async def work_until_stopped(context: RunContext) -> Ending:
    async def wait() -> None:
        await asyncio.Event().wait()

    try:
        await context.step("wait", wait, type(None), stoppable=True)
    except Stopped as stop:
        return Ending(Phase.STOPPED, str(stop))
    raise AssertionError("nobody else ends it")


@asynccontextmanager
async def open_bench(folder: Path) -> AsyncIterator[Bench]:
    house, forge, clock = House(folder), Thread(), ManualClock()
    pushed: list[tuple[str, int]] = []
    inbox = HeldInbox(await open_inbox(folder / "inbox.sqlite", clock=clock))

    def open_forge(repository: Repository, installation_id: int) -> Any:
        return forge

    async def ask_me(repository: Repository, installation_id: int) -> Actor:
        return ME

    try:
        stories = {"implement": work_until_stopped, "review": work_until_stopped}
        async with house.engine(stories, concurrency=9, per_repository=9) as engine:
            orders = Orders(
                engine=engine,
                records=house.records,
                clock=clock,
                run_key=b"k" * 32,
                handle="yantra",
                models=(),
                page_url=lambda run_id: run_id,
                teaching=Teaching(
                    records=house.records,
                    memory=None,
                    clock=clock,
                    handle="yantra",
                    web="https://forge.example",
                    settle=lambda: asyncio.sleep(0),
                ),
            )
            dispatcher = Dispatcher(
                inbox=inbox,
                orders=orders,
                records=house.records,
                forge=open_forge,
                me=ask_me,
                rules=Rules(bot_id=0, allowed_bots=frozenset({77, ME.id})),
                models=(),
                clock=clock,
                polling_seconds=0.005,
                refresh=lambda repository, installation_id: pushed.append((repository.name, installation_id)),
            )
            yield Bench(house, forge, inbox, clock, dispatcher, pushed)
    finally:
        await inbox.inbox.aclose()
        house.close()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with open_bench(tmp_path) as opened:
        yield opened


async def test_a_stop_is_never_heard_before_the_order_it_stops(bench: Bench) -> None:
    """An order that GitHub's trouble held up is carried out first; so the stop that came after it finds its run."""
    bench.forge.problem = Transient("GitHub has trouble")
    await bench.hear("@yantra implement")
    await bench.dispatcher.drain()
    bench.forge.problem = None
    await bench.hear("@yantra stop")
    await bench.dispatcher.drain()
    assert bench.forge.said == []
    bench.clock.time += 2
    await bench.dispatcher.drain()
    (order,) = [record.order for record in bench.house.records.runs(5)]
    assert bench.house.records.stop_requested(order.run_id) == "ann"
    assert "Stopping" in bench.forge.said[-1]


@pytest.mark.case("L07")
async def test_a_slow_thread_holds_up_no_other(bench: Bench) -> None:
    """While GitHub lets one issue wait, an order on another one is carried out; the slow one is handled once."""
    slow = bench.forge.slow[7] = asyncio.Event()
    working = asyncio.create_task(bench.dispatcher.run())
    await bench.hear("@yantra implement", issue=7)
    while not bench.forge.asked:
        await asyncio.sleep(0)
    await bench.hear("@yantra implement", issue=8)
    while not bench.house.records.runs(5):
        await asyncio.sleep(0.005)
    assert [record.order.issue_number for record in bench.house.records.runs(5)] == [8]
    slow.set()
    while await bench.waiting():
        await asyncio.sleep(0.005)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert bench.forge.asked == 2
    assert len(bench.house.records.runs(5)) == 2


@pytest.mark.case("K03")
async def test_an_order_outlives_an_outage(bench: Bench) -> None:
    """GitHub may be away for hours; after a day an order is given up."""
    bench.forge.problem = Transient("GitHub has trouble")
    await bench.hear("@yantra implement")
    for _ in range(40):
        await bench.dispatcher.drain()
        bench.clock.time += 300
    bench.forge.problem = None
    await bench.dispatcher.drain()
    assert len(bench.house.records.runs(5)) == 1
    bench.forge.problem = Transient("GitHub has trouble")
    await bench.hear("@yantra implement", issue=8)
    bench.clock.time += DAY
    for _ in range(10):
        await bench.dispatcher.drain()
        bench.clock.time += 301
    assert await bench.waiting() == 0


@pytest.mark.case("L13")
async def test_a_delivery_that_meets_a_bug_is_given_up(bench: Bench) -> None:
    """It is tried a few times, then marked, and what comes behind it in its thread has its turn."""
    bench.forge.problem = RuntimeError("a bug")
    await bench.hear("@yantra implement")
    for _ in range(9):
        await bench.dispatcher.drain()
        bench.clock.time += 301
    assert await bench.waiting() == 0


async def test_a_body_that_this_version_cannot_read_holds_up_nothing(bench: Bench) -> None:
    """It is marked as ignored, and the next one is handled."""
    await bench.hear("", body=b"no JSON")
    await bench.hear("@yantra implement")
    await bench.dispatcher.drain()
    assert len(bench.house.records.runs(5)) == 1
    assert await bench.waiting() == 0


@pytest.mark.case("I05")
@pytest.mark.case("I09")
async def test_alerts_of_a_group_are_heard_in_their_order(bench: Bench) -> None:
    """What cannot be stored now is heard again, with all that follows of its group behind it."""
    heard: list[str] = []
    problems = [Transient("the disk is full")]

    async def hear(alerts: Sequence[Alert]) -> str:
        if problems and alerts[0].name == "first":
            raise problems.pop()
        heard.append(alerts[0].name)
        return "heard"

    for number, (name, group) in enumerate((("first", "g"), ("second", "g"), ("other", "h"))):
        data = json.dumps({"name": name, "group": group}).encode()
        await bench.inbox.put(Delivery(0, f"a-{number}", f"k-{number}", "alerts", "alerts", data, bench.clock.now()))
    bench.dispatcher.hear_alerts = hear
    await bench.dispatcher.drain()
    assert heard == ["other"]
    bench.clock.time += 5
    await bench.dispatcher.drain()
    assert heard == ["other", "first", "second"]
    assert await bench.waiting() == 0


async def test_alerts_wait_for_nobody_where_nothing_is_watched(bench: Bench) -> None:
    """They are marked as such, and so is what this version cannot read."""
    for number, (kind, data) in enumerate((("alerts", b'{"name": "x"}'), ("pigeon", b"{}"), ("alertmanager", b"["))):
        await bench.inbox.put(Delivery(0, f"a-{number}", f"k-{number}", "alerts", kind, data, bench.clock.now()))
    await bench.dispatcher.drain()
    assert await bench.waiting() == 0


@pytest.mark.case("L03")
async def test_a_mark_that_cannot_be_written_is_waited_for(bench: Bench) -> None:
    """While the inbox cannot be written an order is not carried out again and again; afterwards it is one run."""
    bench.inbox.is_held = True
    await bench.hear("@yantra implement")
    for _ in range(5):
        await bench.dispatcher.drain()
    assert bench.forge.asked == 1
    bench.inbox.is_held = False
    bench.clock.time += 2
    await bench.dispatcher.drain()
    assert await bench.waiting() == 0
    assert len(bench.house.records.runs(5)) == 1


@pytest.mark.parametrize(("speaker", "runs"), [(77, 1), (78, 0), (ME.id, 0)])
async def test_bots_that_the_operator_lists_are_heard(bench: Bench, speaker: int, runs: int) -> None:
    """YANTRA_ALLOWED_BOTS is obeyed; a bot that is not on it is not heard, nor this one even if it is."""
    await bench.hear("@yantra implement", by=speaker)
    await bench.dispatcher.drain()
    assert len(bench.house.records.runs(5)) == runs
    assert bench.forge.said == []


async def test_a_push_to_the_default_branch_asks_for_its_graph(bench: Bench) -> None:
    """Nobody is asked and nothing is waited for; one to another branch is dropped, even if a door let it in."""
    bench.forge.problem = Transient("GitHub has trouble")
    await bench.hear_push("refs/heads/other")
    await bench.hear_push("refs/heads/main")
    await bench.dispatcher.drain()
    assert (bench.pushed, bench.forge.asked, await bench.waiting()) == ([("demo", 11)], 0, 0)


async def test_a_newer_push_takes_the_place_of_a_review(bench: Bench) -> None:
    """The older one is stopped, the newer one goes on; another pull request's is left alone."""
    await bench.hear_pull("opened")
    await bench.hear_pull("opened", number=9)
    await bench.dispatcher.drain()
    await bench.hear_pull("synchronize")
    await bench.dispatcher.drain()
    assert [by for _, by in bench.reviews()].count("A newer push") == 1
    active = {order.issue_number: order for order in bench.house.records.active()}
    assert bench.reviews()[-1] == (active[8].run_id, None)
    assert 9 in active
    assert all(order.is_unasked for order in active.values())
    assert bench.house.records.runs_of_person(5, since=0) == 0


async def test_a_pull_request_that_is_closed_is_not_reviewed_any_more(bench: Bench) -> None:
    """What goes on is stopped, and nothing begins."""
    await bench.hear_pull("opened")
    await bench.hear_pull("closed")
    await bench.dispatcher.drain()
    assert [by for _, by in bench.reviews()] == ["Closing the pull request"]


async def test_quiet_and_the_operators_pause_hold_reviews_back(bench: Bench) -> None:
    """Neither begins one; quiet ends an older one all the same, since its head is gone."""
    await bench.hear_pull("opened")
    await bench.dispatcher.drain()
    bench.house.records.hush_pull(1, 8, Quiet.PAUSED, "ann", at=1.0)
    await bench.hear_pull("synchronize")
    bench.house.records.pause(1, "operator", at=1.0)
    await bench.hear_pull("opened", number=9)
    await bench.dispatcher.drain()
    assert [by for _, by in bench.reviews()] == ["A newer push"]
    assert await bench.waiting() == 0


async def test_bots_pull_requests_are_followed(bench: Bench) -> None:
    """Their words are no commands; their pull requests are read."""
    await bench.hear_pull("opened", by=78)
    await bench.dispatcher.drain()
    assert len(bench.reviews()) == 1


async def test_reviews_that_nobody_asked_for_are_limited(bench: Bench) -> None:
    """A repository has so many a day; the next day there are more, and closing counts for nothing."""
    for number in range(500):
        bench.dispatcher._tally.add(("reviews", 1), bench.clock.now() - number)
    await bench.hear_pull("opened")
    await bench.hear_pull("closed", number=9)
    await bench.dispatcher.drain()
    assert bench.reviews() == []
    bench.clock.time += DAY
    await bench.hear_pull("synchronize")
    await bench.dispatcher.drain()
    assert len(bench.reviews()) == 1
