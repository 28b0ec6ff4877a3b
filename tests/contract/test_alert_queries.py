"""Whether an alert's condition holds, asked of a real Prometheus: below, above, nothing counted, gone, and stopped."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from tests.fakes import alerting
from tests.fakes.answering import answering
from yantra_bot.clock import SystemClock
from yantra_bot.clusters.alert_queries import PrometheusAlerts
from yantra_bot.clusters.prometheus_door import PrometheusDoor
from yantra_bot.clusters.service_metrics import ServiceMetrics
from yantra_bot.domain.alerts import Alert, AlertSource
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import MetricName
from yantra_bot.domain.proof import Verdict
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.rollout import Sample

pytestmark = pytest.mark.skipif(bool(alerting.missing()), reason=alerting.missing())

SHARE = 'shop_errors{service="shop"} / on (pod) shop_requests{service="shop"}'
RULES = [
    alerting.rule("ErrorShare", f"{SHARE} > 0.05", labels={"severity": "error"}),
    alerting.rule("Gone", 'absent(shop_requests{service="shop"})'),
    alerting.rule("ManyDown", "count(shop_up == 0) > 1"),
    alerting.rule("Both", 'shop_errors > 5 and on (pod) shop_requests{pod=~".+"} > 1'),
]


@dataclass
class Shop:
    """What the service counts; lines of its /metrics."""

    lines: list[str] = field(default_factory=list)
    url: str = ""

    async def answer(self, _: web.Request) -> web.Response:
        return web.Response(text="".join(f"{line}\n" for line in self.lines))

    def count(self, errors: float, requests: float, *, pod: str = "shop-1") -> None:
        labels = f'{{service="shop",pod="{pod}"}}'
        self.lines = [f"shop_errors{labels} {errors}", f"shop_requests{labels} {requests}"]
        self.lines += [f"shop_up{labels} 1", 'shop_up{service="shop",pod="other"} 1']

    async def sample(self, name: str, wanted: Verdict, **labels: str) -> Sample:
        """Ask until the answer is what it has to become: what was scraped before may still be known."""
        told = {"service": "shop", "pod": "shop-of-before", **labels}
        alert = Alert(AlertSource.ALERTMANAGER, "f", "shop", name, True, labels=tuple(sorted(told.items())))
        alerts = PrometheusAlerts(PrometheusDoor(self.url), SystemClock())
        async with asyncio.timeout(alerting.PATIENCE):
            while (sample := await alerts.sample(alert)).verdict is not wanted:
                await asyncio.sleep(0.1)
        return sample


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    found = Shop()
    found.count(0, 100)
    async with answering(found.answer) as port:
        targets, receiver = {"shop": port}, f"http://127.0.0.1:{port}/hook"
        async with alerting.start(tmp_path, rules=RULES, targets=targets, receiver=receiver, token="t") as at:
            found.url = at.prometheus_url
            yield found
            at.stop_prometheus()
            assert (await found.sample("ErrorShare", Verdict.ERROR)).verdict is Verdict.ERROR


async def test_a_real_prometheus_tells_below_above_and_nothing(shop: Shop) -> None:
    """By its own rules, as it writes them; of the service's pods of now, not of those that fired."""
    assert (await shop.sample("ErrorShare", Verdict.PASS)).value == 0
    shop.count(40, 100, pod="shop-2")
    assert (await shop.sample("ErrorShare", Verdict.FAIL)).value == 0.4
    await shop.sample("Both", Verdict.FAIL)
    shop.count(0, 0)
    assert "NaN" in (await shop.sample("ErrorShare", Verdict.INCONCLUSIVE)).detail
    await shop.sample("Both", Verdict.PASS)
    await shop.sample("Gone", Verdict.PASS)
    await shop.sample("ManyDown", Verdict.PASS)
    shop.lines = []
    await shop.sample("ErrorShare", Verdict.INCONCLUSIVE)
    await shop.sample("Both", Verdict.INCONCLUSIVE)
    await shop.sample("Gone", Verdict.FAIL)


async def test_what_prometheus_does_not_know_is_not_guessed(shop: Shop) -> None:
    """A rule that is not there tells nothing; a number is measured by the same door."""
    shop.count(40, 100)
    await shop.sample("ErrorShare", Verdict.FAIL)
    await shop.sample("Unknown", Verdict.INCONCLUSIVE)
    metrics = ServiceMetrics(PrometheusDoor(shop.url))
    value = await metrics.value(
        MetricName.ERROR_RATE,
        "max(shop_errors{service='{service}'})",
        Repository(1, "acme", "shop"),
        Environment("p", "c", "n"),
    )
    assert value == 40
