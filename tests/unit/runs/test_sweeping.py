"""What a sweep finds, and what it does where it cannot look."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.crash.harness import QuickClock
from tests.unit.runs.test_replaying import ORDER
from yantra_bot.domain.run import Ending, Order, Phase
from yantra_bot.domain.sweeping import Found, LeftOver, Sweep
from yantra_bot.errors import Permanent, Transient
from yantra_bot.runs.records import Records
from yantra_bot.runs.sweeping.looks import (
    GRACE_SECONDS,
    SILENT_SECONDS,
    DeliveriesLook,
    HoldsLook,
    LocksLook,
    PlacesLook,
    RolloutsLook,
    RunsLook,
    look_at_each,
)
from yantra_bot.runs.sweeping.memory import KEPT
from yantra_bot.runs.sweeping.sweeper import Sweeper

ONE = Found(LeftOver.LOCK, "One.", "a")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    yield opened
    opened.close()


class Queue:
    """An engine's queue, as far as a sweep asks it. Knows the runs that were put there."""

    def __init__(self, *known: str) -> None:
        self.known = {*known}
        self.refused: set[str] = set()

    async def enqueue(self, kind: str, order: Order, *, partition: str = "") -> bool:
        if order.run_id in self.refused:
            raise Permanent("There is no story of that kind.")
        is_new = order.run_id not in self.known
        self.known.add(order.run_id)
        return is_new


async def test_a_look_that_fails_stands_in_no_others_way(records: Records) -> None:
    """It is named, and so is a bug; what was found in part is kept."""

    async def fails() -> Sequence[Found]:
        raise Transient("the forge is away")

    async def breaks() -> Sequence[Found]:
        raise KeyError("a")

    async def in_part() -> Sequence[Found]:
        async def look(item: str) -> Found | None:
            if item == "bad":
                raise Transient("one is locked")
            return ONE if item == "left" else None

        return await look_at_each(["bad", "left", "well"], look)

    looks = {"comments": fails, "runs": breaks, "mirrors": in_part}
    sweep = await Sweeper(looks, records, QuickClock(), seconds=60).sweep()
    assert sweep.found == (ONE,)
    assert sweep.problems == ("comments: the forge is away", "runs: a bug: KeyError", "mirrors: one is locked")


def test_the_newest_sweeps_are_kept(records: Records) -> None:
    """So many, and no more."""
    assert records.last_sweep() is None
    for number in range(KEPT + 5):
        records.keep_sweep(Sweep(float(number), number + 0.5, (ONE,)))
    assert records.last_sweep() == Sweep(KEPT + 4.0, KEPT + 4.5, (ONE,))


async def test_runs_in_no_queue_are_queued_and_silent_ones_are_told_once(records: Records) -> None:
    """Young ones, those of a terminal, and those that wait for a person are left alone."""
    clock = QuickClock()
    now = clock.now()
    old = replace(ORDER, installation_id=7, accepted_at=now - GRACE_SECONDS - 60)
    lost, silent = replace(old, run_id="lost"), replace(old, run_id="silent")
    others = replace(old, run_id="young", accepted_at=now), replace(old, run_id="terminal", installation_id=0)
    odd = replace(old, run_id="odd")
    for order in (odd, lost, silent, *others):
        records.start_run(order, order.accepted_at)
    records.begin_step("silent", 1, "fetch#1", request="", at=now - SILENT_SECONDS - 60)
    queue = Queue("silent")
    queue.refused = {"odd"}
    look = RunsLook(queue, records, clock)  # type: ignore[arg-type] # (what a sweep asks of an engine)
    sweep = await Sweeper({"runs": look}, records, clock, seconds=60).sweep()
    assert [one.run_id for one in sweep.found] == ["lost", "silent"]
    assert sweep.problems == ("runs: There is no story of that kind.",)
    assert queue.known == {"silent", "lost"}
    assert "No step was begun or ended for 3 hours" in records.lines("silent")[-1].text
    queue.refused.clear()
    assert [one.run_id for one in await look()] == ["odd"]


async def test_what_nobody_holds_is_let_go_of(records: Records) -> None:
    """Locks of runs that ended or never began, after a while; commits of runs that have ended."""
    clock = QuickClock()
    records.start_run(ORDER, 1.0)
    records.lock_issue(1, 1, ORDER.run_id, at=1.0)
    records.lock_issue(1, 2, "never", at=1.0)
    records.lock_issue(1, 3, "about to begin", at=clock.now())
    assert [one.run_id for one in await LocksLook(records, clock)()] == ["never"]
    released: list[tuple[str, str]] = []

    async def holds() -> dict[str, tuple[str, ...]]:
        return {"1": (ORDER.run_id, "somebody else's")}

    async def release(mirror: str, run_id: str) -> None:
        released.append((mirror, run_id))

    look = HoldsLook(records, holds, release)
    assert await look() == []
    records.end_run(ORDER.run_id, Ending(Phase.FAILED, "away"), 4.0)
    assert [one.kind for one in await look()] == [LeftOver.HOLD]
    assert released == [("1", ORDER.run_id)]


async def test_what_others_cleared_and_asked_for_is_counted(records: Records) -> None:
    """And nothing where there was nothing."""

    async def clear() -> int:
        return 2

    async def clear_nothing() -> int:
        return 0

    async def abandon(order: Order, reason: str) -> None:
        raise AssertionError((order, reason))

    assert [one.what for one in await PlacesLook(clear)()] == [
        "2 folders of workers that died, with what still ran there, are cleared."
    ]
    assert await PlacesLook(clear_nothing)() == []
    assert [one.kind for one in await DeliveriesLook(lambda: 3)()] == [LeftOver.DELIVERY]
    assert await DeliveriesLook(lambda: 0)() == []
    assert await RolloutsLook(records, abandon)() == []
