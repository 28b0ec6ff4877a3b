"""Group L: several processes at one inbox."""

import asyncio
from pathlib import Path

import pytest

from tests.fakes.door import ManualClock
from yantra_bot.domain.events import Delivery
from yantra_bot.webhooks.inbox import open_inbox


@pytest.mark.case("L06")
async def test_two_doors_that_get_the_same_delivery_at_once_store_one_job(tmp_path: Path) -> None:
    """Whichever writes first; the other says that it is there. The same holds for the same content under another id."""
    clock = ManualClock()
    doors = [await open_inbox(tmp_path / "inbox.sqlite", clock=clock) for _ in range(2)]
    try:
        for number in range(20):
            one = Delivery(0, f"d-{number}", f"{number:064}", "github", "push", b"{}", clock.now())
            twin = Delivery(0, f"other-{number}", f"{number:064}", "github", "push", b"{}", clock.now())
            stored = await asyncio.gather(doors[0].put(one), doors[1].put(one), doors[0].put(twin), doors[1].put(twin))
            assert sorted(stored) == [False, False, False, True]
        assert len(await doors[0].pending(100)) == 20
    finally:
        for door in doors:
            await door.aclose()
