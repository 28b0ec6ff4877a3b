"""Numbers of a service: one, none, or an error that may pass; nothing that is filled in can end a string."""

import math
from collections.abc import AsyncIterator

import pytest

from tests.fakes.prometheus_api import PrometheusApi, prometheus_api
from yantra_bot.clusters.prometheus_door import PrometheusDoor
from yantra_bot.clusters.service_metrics import ServiceMetrics
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import MetricName
from yantra_bot.domain.repository import Repository
from yantra_bot.errors import Transient, UserError

QUERY = 'sum(rate(errors{namespace="{namespace}", app="{service}"}[5m]))'
FILLED = 'sum(rate(errors{namespace="shop-live", app="shop"}[5m]))'
PRODUCTION = Environment("production", "main", "shop-live")


@pytest.fixture
async def api() -> AsyncIterator[PrometheusApi]:
    async with prometheus_api() as found:
        yield found


async def value(api: PrometheusApi, *, name: str = "shop", service: str = "") -> float | None:
    metrics = ServiceMetrics(PrometheusDoor(api.url))
    repository = Repository(1, "acme", name)
    return await metrics.value(MetricName.ERROR_RATE, QUERY, repository, PRODUCTION, service=service)


async def test_a_number_is_measured(api: PrometheusApi) -> None:
    """Namespace and service filled in; the repository's name where the service has none of its own."""
    api.series = {FILLED: [({}, 0.25)]}
    assert await value(api) == 0.25
    assert await value(api, name="monorepo", service="shop") == 0.25


async def test_no_data_is_no_number(api: PrometheusApi) -> None:
    """Nothing, what is none, and several."""
    for found in ([], [({}, math.nan)], [({"a": "1"}, 1.0), ({"a": "2"}, 2.0)]):
        api.series = {FILLED: found}
        assert await value(api) is None


async def test_what_cannot_be_asked_may_pass(api: PrometheusApi) -> None:
    """It is no number, and not none either."""
    api.answer = (503, "{}")
    with pytest.raises(Transient, match="error_rate"):
        await value(api)
    with pytest.raises(Transient, match="YANTRA_PROMETHEUS_URL"):
        await ServiceMetrics(PrometheusDoor("")).value(MetricName.CPU, "x", Repository(1, "a", "b"), PRODUCTION)


async def test_a_name_that_would_end_a_string_is_not_asked_with(api: PrometheusApi) -> None:
    """Nothing reaches Prometheus."""
    with pytest.raises(UserError):
        await value(api, service='shop"} or vector(1) #')
    assert api.asked == []
