"""A loop that looks goes on, whatever a look comes to."""

import asyncio

import pytest

from tests.fakes.door import ManualClock
from yantra_bot.errors import Transient
from yantra_bot.runs.watching.rounds import repeat


class Looks:
    """Three looks: one well, one that fails as expected, one that fails as nothing should."""

    def __init__(self, clock: ManualClock, takes: float = 0.0) -> None:
        self.clock, self.takes, self.at = clock, takes, list[float]()

    async def __call__(self) -> None:
        self.at.append(self.clock.time)
        self.clock.time += self.takes
        if len(self.at) == 2:
            raise Transient("later")
        if len(self.at) == 3:
            raise ZeroDivisionError
        if len(self.at) == 4:
            raise asyncio.CancelledError


@pytest.mark.parametrize(("takes", "between"), [(0.0, 15.0), (5.0, 15.0), (40.0, 40.1)])
async def test_looks_follow_each_other_from_beginning_to_beginning(takes: float, between: float) -> None:
    """One that takes longer is followed at once; only being cancelled ends them."""
    clock = ManualClock(1_000.0)
    looks = Looks(clock, takes)
    with pytest.raises(asyncio.CancelledError):
        await repeat(looks, clock, 15.0)
    assert looks.at == pytest.approx([1_000.0 + between * number for number in range(4)])
