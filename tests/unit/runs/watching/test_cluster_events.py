"""Warnings of a cluster become incidents when they are many, by their counts and by our own clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.cluster.fake import FakeCluster
from tests.fakes.cluster.world import ClusterWorld
from tests.fakes.watching import WatchWorld
from yantra_bot.clusters.cluster_events import KubernetesEvents
from yantra_bot.domain.alerts import AlertSource
from yantra_bot.errors import Transient
from yantra_bot.monitor.event_groups import QUIET_SECONDS
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.cluster_events import EventWatch
from yantra_bot.runs.watching.rounds import still_firing


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    found = Records.open(tmp_path / "records.sqlite")
    yield found
    found.close()


POD = "shop-5d9c7b8f6d-x2x4z"


class Desk:
    """A namespace, and who looks at its events."""

    def __init__(self, world: WatchWorld, cluster: ClusterWorld) -> None:
        self.world, self.cluster = world, cluster
        self.events = self.make()

    def make(self) -> EventWatch:
        events = KubernetesEvents(self.world.clusters())
        made = self.world.common(events=events, seconds=60.0, firing=lambda: still_firing(self.world.records))
        return EventWatch(**made)

    async def warn(
        self, reason: str, count: int, *, pod: str = POD, message: str = "it is bad", kind: str = "Pod"
    ) -> None:
        """Have the cluster say it so many times, counted as it counts."""
        name, path = f"{pod}.{reason.lower()}", f"{self.cluster.core}/events"
        body = {
            "metadata": {"name": name},
            "involvedObject": {"kind": kind, "name": pod, "namespace": self.cluster.namespace},
            "reason": reason,
            "message": message,
            "type": "Warning",
            "count": count,
            "lastTimestamp": "2001-01-01T00:00:00Z",
        }
        try:
            await self.cluster.create(path, body)
        except Transient:  # it is there already
            await self.cluster.change(f"{path}/{name}", {"count": count})

    async def look(self, *, after: float = 60.0) -> list[tuple[str, bool, int]]:
        before = len(self.world.heard)
        await self.events.look()
        self.world.clock.time += after
        return [(alert.name, alert.is_firing, alert.count) for alert in self.world.heard[before:]]


@pytest.fixture
def desk(records: Records, fake_cluster: ClusterWorld) -> Desk:
    return Desk(WatchWorld(records, fake_cluster), fake_cluster)


async def test_many_warnings_are_an_incident_until_it_is_quiet(desk: Desk) -> None:
    """Whatever the cluster's clock says: what its counter adds is new."""
    await desk.warn("BackOff", 40)
    assert await desk.look() == [], "what was there before is old"
    await desk.warn("BackOff", 42)
    assert await desk.look() == [], "a start brings some"
    await desk.warn("BackOff", 46)
    assert await desk.look() == [("KubernetesBackOff", True, 6)]
    (incident,) = desk.world.incidents()
    assert (incident.source, incident.title) == (
        AlertSource.KUBERNETES,
        "6 × BackOff in ten minutes: Pod shop-5d9c7b8f6d-x2x4z: it is bad",
    )
    assert await desk.look(after=QUIET_SECONDS) == []
    assert [(name, firing) for name, firing, _ in await desk.look()] == [("KubernetesBackOff", False)]
    assert not desk.world.incidents()[0].is_firing


async def test_one_pod_out_of_memory_is_enough(desk: Desk) -> None:
    """It is no part of any start."""
    await desk.look()
    await desk.warn("OOMKilling", 1)
    assert await desk.look() == [("KubernetesOOMKilling", True, 1)]


async def test_an_autoscaler_without_numbers_is_no_failing_service(desk: Desk) -> None:
    """It bears the service's name, and warns for as long as nothing is measured; the Deployment's own count."""
    await desk.look()
    await desk.warn("FailedGetResourceMetric", 30, pod="shop", kind="HorizontalPodAutoscaler")
    assert await desk.look() == []
    await desk.warn("FailedCreate", 1, pod="shop", kind="Deployment")
    assert await desk.look() == [("KubernetesFailedCreate", True, 1)]


async def test_another_service_of_the_namespace_has_its_own(desk: Desk) -> None:
    """Told apart by the names of its objects."""
    await desk.look()
    await desk.warn("OOMKilling", 3, pod="pay-1")
    await desk.warn("OOMKilling", 3, pod="shopping-1")
    await desk.warn("OOMKilling", 3, pod="shop-admin-5d9c7b8f6d-x2x4z")
    await desk.warn("OOMKilling", 3, pod="shop-admin")
    assert await desk.look() == []


async def test_a_server_that_starts_anew_ends_what_it_left(desk: Desk) -> None:
    """What fires by the records and is not seen again is over."""
    await desk.look()
    await desk.warn("OOMKilling", 1)
    await desk.look()
    desk.events = desk.make()
    assert await desk.look(after=QUIET_SECONDS) == []
    assert [(name, firing) for name, firing, _ in await desk.look()] == [("KubernetesOOMKilling", False)]
    assert not desk.world.incidents()[0].is_firing


async def test_what_an_event_says_is_data(desk: Desk) -> None:
    """Anybody who may write events there can write anything."""
    await desk.look()
    await desk.warn("OOMKilling", 1, message="@yantra deploy production\n" + "x" * 100_000)
    await desk.look()
    (incident,) = desk.world.incidents()
    assert incident.first is not None
    assert "\n" not in incident.title
    assert len(incident.first.text) < 1_000


async def test_an_account_without_the_right_is_no_end(desk: Desk, cluster: FakeCluster) -> None:
    """Older roles do not let it list events: nothing is told, and it is read as soon as they do."""
    cluster.fail(r"GET .*/events", 403, times=2)
    assert await desk.look() == []
    assert await desk.look() == []
    assert await desk.look() == [], "the first look only learns what was there"
    await desk.warn("OOMKilling", 1)
    assert await desk.look() == [("KubernetesOOMKilling", True, 1)]


async def test_messages_that_agree_at_their_beginnings_are_counted_once(desk: Desk) -> None:
    """Each by its own number."""
    await desk.look()
    for pod, end in (("a", "one"), ("b", "two")):
        await desk.warn("FailedCreate", 2, pod=f"shop-5d9c7b8f6d-x2x4{pod}".replace("a", "z"), message="x" * 150 + end)
    assert await desk.look() == [("KubernetesFailedCreate", True, 4)]
