"""Logs are read in overlapping looks, counted once, and told of when like errors are many."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.fakes.answering import answering
from tests.fakes.cluster.world import ClusterWorld, deployment
from tests.fakes.log_services import LogServices
from tests.fakes.watching import WatchWorld
from yantra_bot.clock import SystemClock
from yantra_bot.clusters.loki import Loki
from yantra_bot.clusters.pod_logs import PodLogs
from yantra_bot.domain.alerts import AlertSource
from yantra_bot.monitor.log_groups import QUIET_SECONDS
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.log_polling import LogPolling
from yantra_bot.runs.watching.rounds import still_firing

ERROR = "ERROR order {} has no price"
RULE = "    logs: {threshold: 3, loki: '{app=\"shop\"}'}"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    found = Records.open(tmp_path / "records.sqlite")
    yield found
    found.close()


class Desk:
    """A service whose log is in Loki."""

    def __init__(self, world: WatchWorld, loki: LogServices) -> None:
        self.world, self.loki = world, loki
        self.polling = self.make()

    def make(self) -> LogPolling:
        logs = Loki(self.loki.url, self.world.clock, token="loki-token")
        made = self.world.common(logs=logs, seconds=60.0, firing=lambda: still_firing(self.world.records))
        return LogPolling(**made)

    def write(self, *texts: str, ago: float = 5.0) -> None:
        self.loki.lines += [(self.world.clock.time - ago, "shop-1", text) for text in texts]

    async def look(self, *, after: float = 60.0) -> list[tuple[bool, int]]:
        """Look; return what was told by it: whether it fires, and of how many."""
        before = len(self.world.heard)
        await self.polling.look()
        self.world.clock.time += after
        return [(alert.is_firing, alert.count) for alert in self.world.heard[before:]]


@pytest.fixture
async def desk(records: Records) -> AsyncIterator[Desk]:
    loki = LogServices()
    async with answering(loki.respond) as port:
        loki.url = f"http://127.0.0.1:{port}"
        yield Desk(WatchWorld(records, monitor=RULE), loki)


async def test_like_errors_open_one_incident_and_end_it(desk: Desk) -> None:
    """From the threshold on; quiet for five minutes, it is over."""
    desk.write("INFO fine", ERROR.format(1), ERROR.format(2))
    assert await desk.look() == []
    desk.write(*map(ERROR.format, range(5)))
    assert await desk.look() == [(True, 5)]
    (incident,) = desk.world.incidents()
    assert (incident.source, incident.is_firing) == (AlertSource.LOGS, True)
    assert await desk.look(after=QUIET_SECONDS) == []
    assert await desk.look() == [(False, 5)]
    assert not desk.world.incidents()[0].is_firing


async def test_a_line_is_counted_once(desk: Desk) -> None:
    """Looks overlap by half a minute, so that what comes late is read."""
    desk.write(ERROR.format(1), ERROR.format(2))
    await desk.look(after=10.0)
    assert await desk.look(after=10.0) == []
    desk.write(ERROR.format(3), ago=12.0)
    assert await desk.look(after=10.0) == [], "one is new, and one makes no many"
    assert desk.world.heard == []


async def test_a_line_of_tomorrow_hides_none_after_it(desk: Desk) -> None:
    """A stranger's clock says nothing of what is read next."""
    desk.write(ERROR.format(0), ago=-86_400.0)
    assert await desk.look() == []
    desk.write(*map(ERROR.format, range(3)))
    assert await desk.look() == [(True, 3)]


async def test_a_loki_that_is_down_loses_nothing(desk: Desk) -> None:
    """What was written meanwhile is read when it answers again."""
    await desk.look()
    desk.loki.answer = (503, "")
    desk.write(*map(ERROR.format, range(3)))
    assert await desk.look() == []
    desk.loki.answer = None
    assert await desk.look() == [(True, 3)]


async def test_what_could_not_be_stored_is_told_again(desk: Desk) -> None:
    """Also the end of it."""
    desk.write(*map(ERROR.format, range(3)))
    desk.world.is_deaf = True
    await desk.look()
    desk.world.is_deaf = False
    assert await desk.look(after=QUIET_SECONDS) == [(True, 3)]
    desk.world.is_deaf = True
    await desk.look()
    desk.world.is_deaf = False
    assert await desk.look() == [(False, 3)]
    assert not desk.world.incidents()[0].is_firing


async def test_a_server_that_starts_anew_ends_what_it_left(desk: Desk) -> None:
    """What fires by the records and is not seen again is over."""
    desk.write(*map(ERROR.format, range(3)))
    await desk.look()
    desk.polling = desk.make()
    assert await desk.look(after=QUIET_SECONDS + 90) == [(True, 3)], "the log still has them"
    assert await desk.look() == [(False, 3)]
    desk.write(*map(ERROR.format, range(3)))
    await desk.look(after=1_000.0)
    desk.polling = desk.make()
    assert await desk.look(after=QUIET_SECONDS) == []
    assert [firing for firing, _ in await desk.look()] == [False]
    assert not desk.world.incidents()[0].is_firing


async def test_a_log_that_is_not_watched_any_more_is_over(desk: Desk) -> None:
    """The rules may say so."""
    desk.write(*map(ERROR.format, range(3)))
    await desk.look()
    desk.world.monitor = "    logs: {enabled: false}"
    assert [firing for firing, _ in await desk.look()] == [False]
    desk.write(*map(ERROR.format, range(3)))
    assert await desk.look() == []


async def test_a_storm_is_read_within_bounds(desk: Desk) -> None:
    """A hundred thousand lines: the newest are looked at, and one look makes a bounded number of alerts."""
    now = desk.world.clock.time
    desk.loki.lines = [
        (now - 30 + n / 10_000, "shop-1", f"ERROR {n} {chr(97 + n % 26) * 4} x{n}y") for n in range(100_000)
    ]
    told = await desk.look()
    assert 0 < len(told) <= 21
    assert sum(count for _, count in told) <= 2_000


async def test_pods_that_crash_tell_why(records: Records, fake_cluster: ClusterWorld) -> None:
    """On a cluster: the error that both pods wrote, as one incident."""
    await fake_cluster.open().apply(deployment("registry.test/crash@sha256:" + "3" * 64), mark="run-1")
    world = WatchWorld(records, fake_cluster)
    logs = PodLogs(world.clusters(), SystemClock())
    world.clock.time = SystemClock().now() + 200

    async def look() -> int:
        # Each a first one, which reads as far back as the pods are old, however long they took to write.
        await LogPolling(**world.common(logs=logs, seconds=600.0)).look()
        return len(world.incidents())

    assert await fake_cluster.until(look, lambda found: found) == 1
    (incident,) = world.incidents()
    assert incident.first is not None
    assert "RuntimeError: giving up" in incident.first.text
