"""Services are measured and judged: on a cluster that is there, into incidents that are stored."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.fakes.cluster.world import ClusterWorld, deployment
from tests.fakes.prometheus_api import PrometheusApi, prometheus_api
from tests.fakes.watching import WatchWorld
from yantra_bot.clock import SystemClock
from yantra_bot.clusters.prometheus_door import PrometheusDoor
from yantra_bot.clusters.service_metrics import ServiceMetrics
from yantra_bot.domain.alerts import AlertSource, Severity
from yantra_bot.domain.monitoring import MetricName
from yantra_bot.monitor.exports import ServiceReport
from yantra_bot.runs.records import Records
from yantra_bot.runs.watching.collecting import Collector
from yantra_bot.runs.watching.rounds import still_firing

IMAGE = "registry.test/shop@sha256:" + "1" * 64
QUERIES = """    queries:
      error_rate: 'errors{app="{service}", namespace="{namespace}"}'
      p95_ms: 'slow'"""


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    found = Records.open(tmp_path / "records.sqlite")
    yield found
    found.close()


@pytest.fixture
async def api() -> AsyncIterator[PrometheusApi]:
    async with prometheus_api() as found:
        yield found


class Desk:
    """A collector, and what it reported."""

    def __init__(self, world: WatchWorld, url: str = "") -> None:
        self.world, self.url = world, url
        self.collector = self.make()

    def make(self) -> Collector:
        metrics = ServiceMetrics(PrometheusDoor(self.url))
        made = self.world.common(probes=self.world.prober(), metrics=metrics, seconds=15.0)
        return Collector(**made, firing=lambda: still_firing(self.world.records))

    async def look(self, times: int = 1) -> ServiceReport:
        for _ in range(times):
            (report,) = await self.collector.look()
            self.world.clock.time += 15
        return report


@pytest.fixture
async def desk(records: Records, fake_cluster: ClusterWorld, api: PrometheusApi) -> Desk:
    await fake_cluster.open().apply(deployment(IMAGE), mark="run-1")
    await fake_cluster.until_whole("shop")
    return Desk(WatchWorld(records, fake_cluster), api.url)


async def test_a_service_that_is_well_is_measured_and_not_told(desk: Desk) -> None:
    """Times, throughput and errors of its probes."""
    report = await desk.look(5)
    assert report.values[MetricName.UP] == 1
    assert report.values[MetricName.ERROR_RATE] == 0
    assert 0 < report.values[MetricName.P95] < 60_000
    assert (report.firing, report.problem, desk.world.heard) == ((), "", [])


async def test_a_service_that_is_down_is_told_at_once(desk: Desk) -> None:
    """In the same look, asked once more; and over when it answers."""
    await desk.look()
    cluster = desk.world.cluster
    assert cluster is not None
    await cluster.decree({"1" * 20: "ready status=500"})
    await until_answers(desk, 0.0)
    (incident,) = desk.world.incidents()
    assert incident.first is not None
    assert (incident.first.source, incident.severity, incident.title) == (
        AlertSource.PROBE,
        Severity.CRITICAL,
        "The service does not answer.",
    )
    await cluster.decree({"1" * 20: "ready status=200"})
    await until_answers(desk, 1.0)
    assert [(alert.name, alert.is_firing) for alert in desk.world.heard if alert.name == "ServiceDown"] == [
        ("ServiceDown", True),
        ("ServiceDown", False),
    ]
    assert not desk.world.incidents()[0].is_firing


async def until_answers(desk: Desk, value: float) -> None:
    """Look until the cluster has made it so; the clock stands still meanwhile, but for the last look."""
    async with asyncio.timeout(120):
        while (await desk.collector.look())[0].values.get(MetricName.UP) != value:
            await asyncio.sleep(0.05)
    desk.world.clock.time += 15


async def test_a_first_deployment_is_not_down(records: Records, fake_cluster: ClusterWorld, api: PrometheusApi) -> None:
    """Its pods start, and answer nobody yet; after five minutes without, it is."""
    await fake_cluster.decree({"1" * 20: "nopull"})
    await fake_cluster.open().apply(deployment(IMAGE), mark="run-1")
    desk = Desk(WatchWorld(records, fake_cluster), api.url)
    desk.world.clock.time = SystemClock().now()

    async def look() -> int:
        return len(await fake_cluster.open().select("Pod", {"app": "shop"}))

    await fake_cluster.until(look, lambda found: found == 2)
    report = await desk.look(3)
    assert (MetricName.UP in report.values, report.firing) == (False, ())
    desk.world.clock.time += 400
    assert (await desk.look()).firing == ("ServiceDown",)


async def test_queries_stand_before_probes(desk: Desk, api: PrometheusApi) -> None:
    """The share of errors that Prometheus tells fires the rule that rolls back; for a minute first."""
    desk.world.monitor = QUERIES
    query = f'errors{{app="shop", namespace="{desk.world.namespace}"}}'
    api.series = {query: [({}, 0.2)], "slow": [({}, 80.0)]}
    report = await desk.look(4)
    assert (report.values[MetricName.ERROR_RATE], report.firing) == (0.2, ())
    assert (await desk.look()).firing == ("HighErrorRate",)
    (incident,) = desk.world.incidents()
    assert incident.title == "The share of requests that fail is 20 %; at most 5 % is well."
    api.series[query] = []
    assert (await desk.look(20)).firing == ("HighErrorRate",), "no data ends nothing"
    api.series[query] = [({}, 0.0)]
    assert (await desk.look(10)).firing == ()
    assert not desk.world.incidents()[0].is_firing


async def test_a_prometheus_that_is_down_is_told_and_hides_nothing(desk: Desk, api: PrometheusApi) -> None:
    """Probes go on; what it would say is unknown, not well."""
    desk.world.monitor = QUERIES
    api.answer = (503, "")
    report = await desk.look(6)
    assert report.values[MetricName.UP] == 1
    assert MetricName.ERROR_RATE not in report.values
    assert "Prometheus" in report.problem
    assert desk.world.heard == []


async def test_a_cluster_that_is_down_is_no_service_that_is_down(desk: Desk, api: PrometheusApi) -> None:
    """Not measured is not down."""
    cluster = desk.world.cluster
    assert cluster is not None
    desk.world.cluster = away(cluster)
    desk.collector = desk.make()
    report = await desk.look(6)
    assert MetricName.UP not in report.values
    assert "cannot be reached" in report.problem
    assert desk.world.heard == []


def away(cluster: ClusterWorld) -> ClusterWorld:
    """Return the same cluster, at an address where nobody is."""
    file = cluster.scratch / "away.yaml"
    cluster.scratch.mkdir(exist_ok=True)
    file.touch(mode=0o600)
    text = cluster.kubeconfig.read_text()
    port = text.split("127.0.0.1:")[1].split('"')[0]
    file.write_text(text.replace(f"127.0.0.1:{port}", "127.0.0.1:1"))
    found = ClusterWorld(file, cluster.scratch)
    found.namespace = cluster.namespace
    return found


async def test_what_could_not_be_stored_is_told_again(desk: Desk, api: PrometheusApi) -> None:
    """With the next look, once."""
    desk.world.monitor = QUERIES
    api.series = {"slow": [({}, 5_000.0)]}
    desk.world.is_deaf = True
    await desk.look(8)
    assert desk.world.incidents() == []
    desk.world.is_deaf = False
    await desk.look(3)
    assert len(desk.world.incidents()) == 1
    assert [alert.name for alert in desk.world.heard] == ["SlowResponses"]


async def test_a_server_that_starts_anew_tells_when_it_is_over(desk: Desk, api: PrometheusApi) -> None:
    """What fired before it went down fires by the records."""
    desk.world.monitor = QUERIES
    api.series = {"slow": [({}, 5_000.0)]}
    await desk.look(6)
    assert desk.world.incidents()[0].is_firing
    desk.collector = desk.make()
    api.series = {"slow": [({}, 50.0)]}
    await desk.look(6)
    assert not desk.world.incidents()[0].is_firing


async def test_rules_stay_while_the_forge_is_down(desk: Desk) -> None:
    """And are read once a minute otherwise; what is switched off there is over."""
    await desk.look(3)
    assert desk.world.reads == 1
    desk.world.is_forge_down = True
    report = await desk.look(10)
    assert (report.values[MetricName.UP], report.problem) == (1, "")
    desk.world.is_forge_down = False
    desk.world.monitor = "    rules: [{name: ServiceDown, enabled: nonsense}]"
    assert "enabled" in (await desk.look(10)).problem
