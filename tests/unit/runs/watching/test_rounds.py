"""A loop that looks goes on, whatever a look comes to."""

import asyncio

import pytest

from tests.fakes.door import ManualClock
from yantra_bot.domain.alerts import Service
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Transient
from yantra_bot.runs.watching.rounds import Rounds, repeat
from yantra_bot.runs.watching.watched import Watched


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


class Street:
    """Two services; one of them hangs until it is let go."""

    def __init__(self) -> None:
        self.looks: list[str] = []
        self.free = asyncio.Event()

    async def all(self) -> dict[Service, Watched]:
        environment = Environment("production", "main", "shop")
        services = [Service(name, f"acme/{name}", "production") for name in ("shop", "slow")]
        return {
            one: Watched(one, Repository(1, "acme", one.name), environment, Watch("production"), one.name)
            for one in services
        }

    async def look_at(self, watched: Watched) -> None:
        self.looks.append(watched.service.name)
        if watched.service.name == "slow":
            await self.free.wait()


async def test_a_service_that_hangs_keeps_no_other_from_being_looked_at() -> None:
    """It is left out until its own look is over."""
    street = Street()
    rounds = Rounds("metrics", street, street.look_at, ManualClock(), seconds=15.0)  # type: ignore[arg-type]  # (as much as is used)
    for _ in range(3):
        await rounds.go(patience=0.01)
    while street.looks.count("shop") < 3:
        await rounds.go(patience=0.01)
    assert street.looks.count("slow") == 1
    street.free.set()
    await rounds.go()
    await rounds.go()
    assert street.looks.count("slow") > 1
    rounds.stop()
