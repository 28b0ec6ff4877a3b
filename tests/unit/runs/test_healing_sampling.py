"""Whether what an incident is about still holds: its own query first, then the rule's metric, then its sender."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.prometheus_api import PrometheusApi, prometheus_api
from tests.unit.monitor.incidents import INCIDENT
from yantra_bot.clock import SystemClock
from yantra_bot.clusters.alert_queries import PrometheusAlerts
from yantra_bot.clusters.prometheus_door import PrometheusDoor
from yantra_bot.clusters.service_metrics import ServiceMetrics
from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.incidents import Incident
from yantra_bot.domain.monitoring import MetricName, Watch, WatchRule
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.rollout import Sample
from yantra_bot.runs.healing.kit import HealingKit
from yantra_bot.runs.healing.sampling import Sampling
from yantra_bot.runs.records import Records

RULE = WatchRule("HighCpu", MetricName.CPU, above=0.8)
WATCH = Watch("production", rules=(RULE,), queries={MetricName.CPU: "cpu"})
SINCE = INCIDENT.last_fired_at + 100


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(tmp_path / "records.sqlite")
    yield opened
    opened.close()


def of(source: AlertSource, name: str = "HighCpu", **changed: Any) -> Incident:
    return replace(INCIDENT, first=Alert(source, "f", "shop", name, True), **changed)


async def sample(api: PrometheusApi, records: Records, incident: Incident, watch: Watch = WATCH) -> Sample:
    door, clock = PrometheusDoor(api.url), SystemClock()
    kit = HealingKit(clusters=None, queries=PrometheusAlerts(door, clock), metrics=ServiceMetrics(door))  # type: ignore[arg-type] # (it reaches none)
    where = Environment("production", "main", "shop")
    sampling = Sampling(kit, records, clock, repository=Repository(1, "acme", "shop"), environment=where, target="till")
    return await sampling.sample(incident, watch, since=SINCE)


async def test_an_alert_that_a_rule_of_prometheus_fired_is_asked_by_its_query(records: Records) -> None:
    """Whatever was heard; and no data is no pass."""
    incident = of(AlertSource.ALERTMANAGER, "Slow")
    async with prometheus_api() as api:
        api.add_rule("Slow", "latency > 1")
        api.series = {"latency": [({}, 2)], "latency > 1": [({}, 2)]}
        assert (await sample(api, records, incident)).verdict is Verdict.FAIL
        api.series = {"latency": [({}, 0.5)]}
        assert (await sample(api, records, incident)).verdict is Verdict.PASS
        api.series = {}
        assert (await sample(api, records, incident)).verdict is Verdict.INCONCLUSIVE


async def test_a_rule_of_ours_is_measured_by_its_metric(records: Records) -> None:
    """Where the rules hold a query for it."""
    incident = of(AlertSource.RULE)
    async with prometheus_api() as api:
        for value, verdict in ((0.9, Verdict.FAIL), (0.8, Verdict.PASS)):
            api.series = {"cpu": [({}, value)]}
            assert (await sample(api, records, incident)).verdict is verdict
        api.series = {}
        assert (await sample(api, records, incident)).verdict is Verdict.INCONCLUSIVE
        api.answer = (503, "{}")
        assert (await sample(api, records, incident)).verdict not in (Verdict.PASS, Verdict.FAIL)


@pytest.mark.parametrize(
    ("source", "changed", "verdict"),
    [
        (AlertSource.RULE, {}, Verdict.FAIL),
        (AlertSource.PROBE, {}, Verdict.FAIL),
        (AlertSource.ALERTMANAGER, {}, Verdict.INCONCLUSIVE),
        (AlertSource.LOGS, {}, Verdict.INCONCLUSIVE),
        (AlertSource.SENTRY, {"last_fired_at": SINCE + 1}, Verdict.FAIL),
        (AlertSource.ALERTMANAGER, {"is_firing": False, "ended_at": SINCE + 1}, Verdict.PASS),
        (AlertSource.ALERTMANAGER, {"is_firing": False, "ended_at": SINCE - 1}, Verdict.INCONCLUSIVE),
    ],
)
async def test_without_a_query_its_sender_counts_as_far_as_it_spoke_since(
    records: Records, source: AlertSource, changed: Any, verdict: Verdict
) -> None:
    """Silence is no data; what we look at ourselves is never silent. What is stored counts, not what was ordered."""
    incident = of(source, **changed)
    assert records.put_incident(incident) is not None
    async with prometheus_api() as api:
        found = await sample(api, records, of(source), replace(WATCH, queries={}))
    assert found.verdict is verdict


async def test_a_service_is_asked_about_by_its_deployments_name(records: Records) -> None:
    """Which may differ from its repository's."""
    watch = replace(WATCH, queries={MetricName.CPU: 'cpu{app="{service}"}'})
    async with prometheus_api() as api:
        api.series = {'cpu{app="till"}': [({}, 0.9)]}
        assert (await sample(api, records, of(AlertSource.RULE), watch)).verdict is Verdict.FAIL
