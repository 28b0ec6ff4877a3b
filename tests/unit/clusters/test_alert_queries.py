"""Whether an alert's own condition holds: below the threshold is a pass, no data never is."""

import math
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.prometheus_api import PrometheusApi, prometheus_api
from yantra_bot.clock import SystemClock
from yantra_bot.clusters.alert_queries import PrometheusAlerts
from yantra_bot.clusters.prometheus_door import PrometheusDoor
from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.rollout import Sample
from yantra_bot.errors import Transient

SHARE = "errors / requests"
QUERY = f"{SHARE} > 0.05"
SHOP, OTHER = {"job": "shop"}, {"job": "other"}


@pytest.fixture
async def api() -> AsyncIterator[PrometheusApi]:
    async with prometheus_api() as found:
        found.add_rule("HighErrorRate", QUERY)
        yield found


def alert(name: str = "HighErrorRate", *, source: AlertSource = AlertSource.ALERTMANAGER, **labels: str) -> Alert:
    told = {"job": "shop", "alertname": name, **labels}
    return Alert(source, "f", "shop", name, True, labels=tuple(sorted(told.items())))


def queries(api: PrometheusApi) -> PrometheusAlerts:
    return PrometheusAlerts(PrometheusDoor(api.url), SystemClock())


async def sampled(api: PrometheusApi, one: Alert | None = None) -> Sample:
    return await queries(api).sample(one or alert())


async def test_the_rule_tells_the_query_and_not_the_alert(api: PrometheusApi) -> None:
    """By its name; what an alert says of its own is not read."""
    assert await queries(api).query_of(alert(expr="vector(0)")) == QUERY
    assert await queries(api).query_of(alert("Unknown")) == ""
    assert await queries(api).query_of(alert(source=AlertSource.SENTRY)) == ""


async def test_below_the_threshold_is_a_pass_and_above_it_a_failure(api: PrometheusApi) -> None:
    """With the number that it is about."""
    api.series = {SHARE: [(SHOP, 0.01)]}
    sample = await sampled(api)
    assert (sample.verdict, sample.value, sample.check) == (Verdict.PASS, 0.01, "alert HighErrorRate")
    api.series = {SHARE: [(SHOP, 0.4)], QUERY: [(SHOP, 0.4)]}
    sample = await sampled(api)
    assert (sample.verdict, sample.value) == (Verdict.FAIL, 0.4)


@pytest.mark.parametrize("found", [[], [(SHOP, math.nan)], [(SHOP, math.inf)], [(OTHER, 0.01)]])
async def test_no_data_is_no_pass(api: PrometheusApi, found: Any) -> None:
    """Nothing, what is no number, and another service's number."""
    api.series = {SHARE: found}
    assert (await sampled(api)).verdict is Verdict.INCONCLUSIVE


async def test_only_the_alerts_own_series_count(api: PrometheusApi) -> None:
    """Another service that fails is another alert; another pod of the same service is not."""
    api.series = {SHARE: [(SHOP, 0.01), (OTHER, 0.9)], QUERY: [(OTHER, 0.9)]}
    assert (await sampled(api)).verdict is Verdict.PASS
    new = {**SHOP, "pod": "shop-new", "instance": "10.0.0.2:80"}
    api.series = {SHARE: [(new, 0.9)], QUERY: [(new, 0.9)]}
    assert (await sampled(api, alert(pod="shop-old", instance="10.0.0.1:80"))).verdict is Verdict.FAIL


async def test_labels_of_the_rule_itself_tell_nothing_apart(api: PrometheusApi) -> None:
    """A rule that gives its alerts a label hides the series' own of that name."""
    api.rules.clear()
    api.add_rule("HighErrorRate", QUERY, labels={"team": "pay", "severity": "{{ $value }}"})
    found = {**SHOP, "team": "infra"}
    api.series = {SHARE: [(found, 0.9)], QUERY: [(found, 0.9)]}
    assert (await sampled(api, alert(team="pay", severity="high"))).verdict is Verdict.FAIL


async def test_of_several_rules_of_a_name_the_labels_choose(api: PrometheusApi) -> None:
    """And where they do not, nothing is chosen."""
    api.rules.clear()
    api.add_rule("HighErrorRate", f"{SHARE} > 0.05", labels={"severity": "warning"})
    api.add_rule("HighErrorRate", f"{SHARE} > 0.5", labels={"severity": "critical"})
    assert await queries(api).query_of(alert(severity="critical")) == f"{SHARE} > 0.5"
    assert await queries(api).query_of(alert()) == ""
    assert (await sampled(api)).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({}, Verdict.PASS),
        ({"health": "err"}, Verdict.INCONCLUSIVE),
        ({"lastEvaluation": "2027-01-15T07:00:00Z"}, Verdict.INCONCLUSIVE),
        ({"lastEvaluation": "0001-01-01T00:00:00Z"}, Verdict.INCONCLUSIVE),
        ({"lastEvaluation": "yesterday"}, Verdict.INCONCLUSIVE),
    ],
)
async def test_what_cannot_be_taken_apart_is_believed_where_prometheus_evaluates_it(
    api: PrometheusApi, more: dict[str, Any], verdict: Verdict
) -> None:
    """By Prometheus's own clock: ours may be wrong by hours."""
    api.rules.clear()
    api.add_rule("Gone", "absent(up)", **more)
    assert (await sampled(api, alert("Gone"))).verdict is verdict
    api.series = {"absent(up)": [({}, 1)]}
    assert (await sampled(api, alert("Gone"))).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    "answer",
    [
        (503, '{"status": "error", "error": "starting"}'),
        (200, "<html>"),
        (200, '{"status": "success", "data": {"groups": [{"rules": [{"type": "alerting", "name": 3}, 7]}]}}'),
        (200, '{"status": "success", "data": {"groups": 5}}'),
        (200, "[" * 100_000),
    ],
)
async def test_a_prometheus_that_cannot_be_asked_is_an_error(api: PrometheusApi, answer: tuple[int, str]) -> None:
    """Never a pass, and never an exception of a sample."""
    api.answer = answer
    assert (await sampled(api)).verdict is Verdict.ERROR
    with pytest.raises(Transient):
        await queries(api).query_of(alert())


async def test_without_prometheus_nothing_is_known() -> None:
    """It is said with the cure."""
    for url in ("", "http://127.0.0.1:1"):
        sample = await PrometheusAlerts(PrometheusDoor(url), SystemClock()).sample(alert())
        assert sample.verdict is Verdict.ERROR
