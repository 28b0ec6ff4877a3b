"""Wishes for fresh graphs: one row a repository, one builder a repository, and no failure that holds up others."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.door import ManualClock
from tests.fakes.graph_places import Keeper, Place
from yantra_bot.domain.beside import Beside
from yantra_bot.domain.graph import KeptGraph
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.talk import Reach
from yantra_bot.errors import Permanent, Transient, UserError
from yantra_bot.runs.freshness import MAX_TRIES, Freshness, Refreshed, Result
from yantra_bot.runs.records import Records

CALC, OTHER, THIRD = (Repository(number, "octo", name) for number, name in ((1, "calc"), (2, "other"), (3, "third")))


@dataclass
class Bench:
    """Freshness over real records."""

    records: Records
    keeper: Keeper
    places: dict[int, Place]
    clock: ManualClock
    results: list[Refreshed]
    freshness: Freshness

    def ask(self, *repositories: Repository) -> None:
        for repository in repositories:
            self.freshness.ask(repository, 11)

    @property
    def outcome(self) -> list[Result]:
        return [one.result for one in self.results]

    def left(self, *, now: float = 1e300) -> list[str]:
        return [wish.repository.name for wish in self.records.graph_wishes(now=now, limit=9)]


def make_bench(records: Records) -> Bench:
    places = {one.id: Place(one) for one in (CALC, OTHER, THIRD)}
    keeper, clock, results = Keeper(), ManualClock(), list[Refreshed]()
    freshness = Freshness(
        records=records,
        forge=lambda repository, _: places[repository.id],  # type: ignore[arg-type,return-value]  # as much as is used
        remote=lambda repository, _: places[repository.id],
        graphs=keeper,
        clock=clock,
        max_repository_kb=1_000,
        on_result=results.append,
    )
    return Bench(records, keeper, places, clock, results, freshness)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records.sqlite"


@pytest.fixture
def bench(path: Path) -> Iterator[Bench]:
    with contextlib.closing(Records.open(path)) as records:
        yield make_bench(records)


async def test_a_wish_brings_the_graph_to_the_newest_commit(bench: Bench) -> None:
    """The branch's head is asked for; what is that already costs a look; the mirror is held meanwhile and let go."""
    bench.ask(CALC)
    await bench.freshness.drain()
    assert (bench.keeper.built, bench.outcome) == ([("calc", "1")], [Result.KEPT])
    assert bench.results[0].kept == KeptGraph("1" * 40, 1, 0, 1, 1, 1, 0, 0)
    assert bench.places[1].held == []
    bench.ask(CALC)
    await bench.freshness.drain()
    assert (bench.keeper.built, bench.outcome[1:], bench.left()) == ([("calc", "1")], [Result.FRESH], [])


async def test_what_stands_beside_the_code_goes_with_the_commit(bench: Bench) -> None:
    """Or why it is not there, which fails no graph."""
    bench.ask(CALC)
    await bench.freshness.drain()
    assert (bench.keeper.past, bench.keeper.beside) == (Path("/past"), Beside((), reach=Reach.PUBLIC))
    bench.places[1].head, bench.places[1].silence = "2" * 40, Transient("Not now.", retry_after=99)
    bench.ask(CALC)
    await bench.freshness.drain()
    assert (bench.keeper.past, bench.keeper.beside.threads) == (None, None)
    assert (bench.outcome, bench.left()) == ([Result.KEPT] * 2, [])


async def test_pushes_in_quick_succession_are_one_wish(bench: Bench) -> None:
    """Ten pushes while one is being built are one more build, of the newest commit; never two at once."""
    bench.keeper.gate.clear()
    bench.ask(CALC)
    building = asyncio.create_task(bench.freshness.drain())
    await bench.keeper.begun.wait()
    for number in range(2, 9):
        bench.places[1].head = str(number) * 40
        bench.ask(CALC)
        bench.freshness.begin()
    bench.keeper.gate.set()
    await building
    assert bench.left() == ["calc"], "a wish that comes while one is granted is not lost"
    await bench.freshness.drain()
    assert bench.keeper.built == [("calc", "1"), ("calc", "8")]
    assert (bench.keeper.most_at_work, bench.left()) == (1, [])


async def test_two_repositories_are_worked_on_side_by_side(bench: Bench) -> None:
    """And a third waits for its turn, which comes when one of them is done."""
    bench.keeper.gate.clear()
    bench.ask(CALC, OTHER, THIRD)
    working = asyncio.create_task(bench.freshness.run())
    async with asyncio.timeout(20):
        while bench.keeper.at_work < 2:
            await asyncio.sleep(0)
        bench.keeper.gate.set()
        while bench.left():
            await asyncio.sleep(0)
    assert sorted(bench.keeper.built) == [("calc", "1"), ("other", "1"), ("third", "1")]
    assert bench.keeper.most_at_work == 2
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_what_may_pass_is_tried_again_later(bench: Bench) -> None:
    """Each time later, for as long as it makes sense; then the next push begins anew."""
    bench.keeper.problem = Transient("The worker ended (signal 9).")
    bench.ask(CALC)
    for number in range(1, MAX_TRIES):
        await bench.freshness.drain()
        assert bench.left(now=bench.clock.now()) == [], "not at once"
        bench.clock.time += 5.0 * 2 ** (number - 1)
        assert bench.left(now=bench.clock.now()) == ["calc"]
    await bench.freshness.drain()
    assert bench.outcome == [Result.PUT_OFF] * (MAX_TRIES - 1) + [Result.GIVEN_UP]
    bench.clock.time += 1e9
    await bench.freshness.drain()
    assert len(bench.results) == MAX_TRIES
    bench.keeper.problem = None
    bench.ask(CALC)
    await bench.freshness.drain()
    assert (bench.outcome[-1], bench.left()) == (Result.KEPT, [])


async def test_a_wait_that_was_asked_for_is_kept(bench: Bench) -> None:
    """A forge that says how long is believed."""
    bench.places[1].problem = Transient("slow down", retry_after=100.0)
    bench.ask(CALC)
    await bench.freshness.drain()
    assert bench.left(now=bench.clock.now() + 99) == []
    assert bench.left(now=bench.clock.now() + 101) == ["calc"]


@pytest.mark.parametrize(
    "problem", [UserError("too many files"), Permanent("the App was removed"), RuntimeError("a bug")]
)
async def test_what_will_not_pass_waits_for_the_next_push_or_start(bench: Bench, problem: Exception) -> None:
    """It is told once, the graph of before stays, others go on, and a start tries again."""
    bench.keeper.commits[1] = "0" * 40
    bench.keeper.problem = problem
    bench.ask(CALC)
    await bench.freshness.drain()
    bench.keeper.problem = None
    bench.clock.time += 1e9
    bench.ask(OTHER)
    await bench.freshness.drain()
    assert bench.outcome == [Result.GIVEN_UP, Result.KEPT]
    assert (bench.keeper.commits[1], bench.places[1].held, bench.left()) == ("0" * 40, [], ["calc"])
    working = asyncio.create_task(bench.freshness.run())
    async with asyncio.timeout(20):
        while bench.left():
            await asyncio.sleep(0)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert bench.keeper.commits[1] == "1" * 40


async def test_some_repositories_have_no_graph(bench: Bench) -> None:
    """An archived one and an empty one need none; one that is too large is said to be, with the cure."""
    bench.places[1].is_archived = True
    bench.places[2].head = None
    bench.places[3].size_kb = 5_000
    bench.ask(CALC, OTHER, THIRD)
    await bench.freshness.drain()
    await bench.freshness.drain()
    assert sorted(bench.outcome) == [Result.GIVEN_UP, Result.NOTHING, Result.NOTHING]
    assert (bench.keeper.built, bench.left()) == ([], ["third"])


async def test_an_end_in_the_middle_leaves_the_wish(path: Path, bench: Bench) -> None:
    """What was being built when control ended is built at the next start, after a kill as well."""
    bench.keeper.gate.clear()
    bench.ask(CALC)
    working = asyncio.create_task(bench.freshness.run())
    await bench.keeper.begun.wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert (bench.keeper.at_work, bench.places[1].held, bench.outcome) == (0, [], [])
    with contextlib.closing(Records.open(path)) as records:
        again = make_bench(records)
        await again.freshness.drain()
        assert (again.keeper.built, again.left()) == ([("calc", "1")], [])


async def test_records_that_cannot_be_used_now_stop_nothing(path: Path, bench: Bench) -> None:
    """A locked or full disk: a push stays in the inbox, and what was built is not built again."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Transient):
            bench.ask(CALC)
        await bench.freshness.drain()
        other.execute("ROLLBACK")
        bench.ask(CALC)
        bench.keeper.gate.clear()
        working = asyncio.create_task(bench.freshness.drain())
        await bench.keeper.begun.wait()
        other.execute("BEGIN IMMEDIATE")
        bench.keeper.gate.set()
        await working
        other.execute("ROLLBACK")
    assert (bench.outcome, bench.left()) == ([Result.PUT_OFF], ["calc"])
    await bench.freshness.drain()
    assert (bench.outcome[1:], bench.keeper.built) == ([Result.FRESH], [("calc", "1")])


async def test_one_wish_is_known_by_the_repository(bench: Bench) -> None:
    """After a rename it is the same one, under its new name."""
    bench.ask(CALC, Repository(1, "octo", "renamed"))
    (wish,) = bench.records.graph_wishes(now=0.0, limit=9)
    assert (wish.repository.name, wish.asked, wish.tries) == ("renamed", 2, 0)
