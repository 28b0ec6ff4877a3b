"""When a follow-up begins: what was heard waits, many words are one run, and no limit is passed."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.crash.harness import House
from tests.fakes.door import ManualClock
from yantra_bot.domain.commands import Command, Verb
from yantra_bot.domain.events import CheckFinished, Origin
from yantra_bot.domain.follow_up import Cause, CheckKind, CheckState, FailedCheck
from yantra_bot.domain.repository import Actor, PullRequest, Repository
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.errors import Permanent, Transient
from yantra_bot.runs.context import RunContext
from yantra_bot.runs.follow_ups import MAX_TRIES, FollowUpLimits, FollowUps
from yantra_bot.runs.pull_memory import Quiet

CALC = Repository(1, "octo", "calc")
HEAD = "a" * 40
LIMITS = FollowUpLimits()


@dataclass
class Forge:
    """A forge with one own pull request at `head`, whose lint fails; it is away as the test says."""

    head: str = HEAD
    rules: bytes | None = None
    checks_there: list[CheckState] = field(default_factory=lambda: [check("lint")])
    problem: Exception | None = None
    said: dict[str, str] = field(default_factory=dict)

    @property
    def follow_ups(self) -> "Forge":
        return self

    async def own_pull_at(self, commit: str) -> PullRequest | None:
        if self.problem is not None:
            raise self.problem
        is_it = commit == self.head
        return PullRequest(9, "u", "t", "yantra/7-x", commit, "main", is_draft=False, is_open=True) if is_it else None

    async def checks(self, commit: str) -> tuple[CheckState, ...]:
        return tuple(self.checks_there)

    async def explain(self, failed: Sequence[CheckState]) -> tuple[FailedCheck, ...]:
        return ()

    async def read_file(self, path: str, *, branch: str = "") -> bytes | None:
        return self.rules

    async def put_comment(self, issue_number: int, *, tag: str, body: str) -> int:
        self.said[tag] = body
        return 1


def check(name: str, **changed: bool) -> CheckState:
    return replace(CheckState(CheckKind.RUN, 1, name, "ci", is_failing=True, conclusion="failure"), **changed)


@dataclass
class Bench:
    house: House
    forge: Forge
    clock: ManualClock
    follow_ups: FollowUps

    def hear(self, head: str = HEAD) -> None:
        """Hear that a check failed."""
        event = CheckFinished(Origin(11, CALC), head, "lint", "failure")
        assert "looked at" in self.follow_ups.heed_check(event)

    async def pass_by(self, seconds: float = LIMITS.quiet) -> list[Order]:
        """Let time pass and what is due be done; return the runs that follow something up, oldest first."""
        self.clock.time += seconds
        await self.follow_ups.drain()
        return self.runs

    @property
    def runs(self) -> list[Order]:
        return [one.order for one in reversed(self.house.records.runs(50)) if one.order.follows is not None]

    @property
    def waits(self) -> int:
        return len(self.house.records.follow_up_wishes(now=1e300, limit=99))

    def end(self, order: Order) -> None:
        self.house.records.end_run(order.run_id, Ending(Phase.COMPLETE, "done"), self.clock.now())


async def idle(context: RunContext) -> Ending:
    """A story that ends when the test says so."""
    await context.step("wait", forever, type(None), stoppable=True)
    return Ending(Phase.COMPLETE, "done")


async def forever() -> None:
    await asyncio.Event().wait()


def opened_by(house: House, *, has_ended: bool = True) -> Order:
    """Let alice's run on issue 7 have opened pull request 9."""
    order = Order("opener", CALC, 11, 7, Command(Verb.IMPLEMENT), Actor(5, "alice", False), 3, 1.0)
    house.records.start_run(order, 1.0)
    pull = PullRequest(9, "u", "t", "yantra/7-x", HEAD, "main", is_draft=False, is_open=True)
    if has_ended:
        house.records.end_run("opener", Ending(Phase.COMPLETE, "done", pull_request=pull), 2.0)
    return order


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.close()


@asynccontextmanager
async def open_bench(house: House) -> AsyncIterator[Bench]:
    forge, clock = Forge(), ManualClock()
    async with house.engine({"follow-up": idle}) as engine:
        follow_ups = FollowUps(
            engine=engine,
            records=house.records,
            forge=lambda *_: forge,  # type: ignore[arg-type,return-value]  # as much as is used
            clock=clock,
            new_run_id=lambda key: f"{abs(hash(key)):024x}"[-24:],
            handle="yantra",
            limits=LIMITS,
        )
        yield Bench(house, forge, clock, follow_ups)


@pytest.fixture
async def bench(house: House) -> AsyncIterator[Bench]:
    opened_by(house)
    async with open_bench(house) as made:
        yield made


async def test_what_fails_within_a_short_while_is_one_run(bench: Bench) -> None:
    """Each word puts it off, by the clock; the run is in the name of who ordered the pull request."""
    bench.hear()
    assert await bench.pass_by(LIMITS.quiet - 1) == []
    bench.hear()
    assert await bench.pass_by(LIMITS.quiet - 1) == []
    (order,) = await bench.pass_by(1)
    assert (order.issue_number, order.requested_by.login) == (9, "alice")
    assert order.follows is not None
    assert (order.follows.cause, order.follows.head, order.follows.issue_number) == (Cause.CHECKS, HEAD, 7)
    assert bench.waits == 0


async def test_words_that_never_end_do_not_put_it_off_for_ever(bench: Bench) -> None:
    """Ten minutes after the first one it begins."""
    for _ in range(int(LIMITS.longest // 20) + 1):
        bench.hear()
        await bench.pass_by(20)
    assert len(bench.runs) == 1


async def test_a_wish_survives_the_process(house: House) -> None:
    """What was heard before a kill is done after it."""
    opened_by(house)
    async with open_bench(house) as first:
        first.hear()
    async with open_bench(house) as second:
        assert len(await second.pass_by()) == 1


async def test_a_kill_between_beginning_and_forgetting_begins_no_second_run(bench: Bench) -> None:
    """The same wish leads to the same run, ended or not."""
    bench.hear()
    await bench.pass_by(LIMITS.quiet - 1)
    (wish,) = bench.house.records.follow_up_wishes(now=1e300, limit=9)
    (order,) = await bench.pass_by(1)
    assert await bench.follow_ups._grant(wish) == f"run {order.run_id} is queued"
    bench.end(order)
    assert "has ended already" in await bench.follow_ups._grant(wish)
    assert len(bench.runs) == 1


async def test_checks_that_still_run_are_waited_for_and_not_for_ever(bench: Bench) -> None:
    """A check that hangs does not keep the others from being mended."""
    bench.forge.checks_there.append(check("slow", is_done=False, is_failing=False))
    bench.hear()
    for _ in range(int(LIMITS.longest // LIMITS.quiet) - 1):
        assert await bench.pass_by() == []
    assert len(await bench.pass_by()) == 1


async def test_three_for_a_head_and_six_for_a_pull_request(bench: Bench) -> None:
    """A check that fails by chance does not go round for ever; that it ends is said once."""
    for number in range(8):
        bench.forge.head = head = f"{number // 4:040x}"
        bench.hear(head)
        for order in (await bench.pass_by())[-1:]:
            bench.end(order)
    assert len(bench.runs) == 6
    words = "Not followed up: failing `lint`. I stop here, after 3 follow-ups for one commit: a person is needed."
    assert bench.forge.said[f"limit:checks:{'0' * 16}"] == words
    bench.forge.head = "f" * 40
    bench.hear("f" * 40)
    await bench.pass_by()
    assert "after 6 follow-ups for the checks of one pull request" in bench.forge.said[f"limit:checks:{'f' * 16}"]


async def test_a_run_that_works_on_it_is_waited_for(bench: Bench) -> None:
    """One at a time; what is heard meanwhile is looked at afterwards."""
    bench.hear()
    (order,) = await bench.pass_by()
    bench.hear()
    assert await bench.pass_by() == [order]
    bench.end(order)
    assert len(await bench.pass_by()) == 2


async def test_the_run_that_opens_it_is_waited_for(house: House) -> None:
    """A check may be quicker than the run's last word; who is not known orders nothing."""
    order = opened_by(house, has_ended=False)
    async with open_bench(house) as bench:
        bench.hear()
        assert await bench.pass_by() == []
        assert bench.waits == 1
        bench.end(order)
        assert await bench.pass_by() == []
        assert bench.waits == 0


@pytest.mark.parametrize(
    "arrange",
    [
        lambda bench: bench.house.records.pause(None, "ann", at=1.0),
        lambda bench: setattr(bench.forge, "head", "c" * 40),
        lambda bench: setattr(bench.forge, "rules", b"follow_up:\n  ci: false\n"),
        lambda bench: setattr(bench.forge, "rules", b"follow_up: maybe\n"),
        lambda bench: setattr(bench.forge, "rules", b"enabled: false\n"),
        lambda bench: bench.house.records.hush_pull(1, 9, Quiet.PAUSED, "ann", at=1.0),
        lambda bench: setattr(
            bench.forge, "checks_there", [check("Yantra", is_own=True), check("x", is_failing=False)]
        ),
        lambda bench: setattr(bench.forge, "problem", Permanent("gone")),
        lambda bench: setattr(bench.forge, "problem", ValueError("a bug")),
    ],
)
async def test_nothing_begins(bench: Bench, arrange: object) -> None:
    """Paused, moved on, switched off, wanted quiet, mended by itself, refused, or a bug: the wish is over."""
    arrange(bench)  # type: ignore[operator]  # a lambda of the table above
    bench.hear()
    assert await bench.pass_by() == []
    assert bench.waits == 0


async def test_what_fails_for_a_passing_reason_is_tried_again(bench: Bench) -> None:
    """After the time that is named; not for ever."""
    bench.forge.problem = Transient("away", retry_after=100.0)
    bench.hear()
    assert await bench.pass_by() == []
    bench.forge.problem = None
    assert await bench.pass_by(99) == []
    assert len(await bench.pass_by(1)) == 1


async def test_a_forge_that_stays_away_is_given_up(bench: Bench) -> None:
    """What waits for it does not wait for ever."""
    bench.forge.problem = Transient("away")
    bench.hear()
    for _ in range(MAX_TRIES + 1):
        await bench.pass_by()
    assert (bench.runs, bench.waits) == ([], 0)
