"""What was measured, for Prometheus and as JSON."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from yantra_bot.domain.alerts import Service
from yantra_bot.domain.monitoring import MetricName
from yantra_bot.monitor.exports import ServiceReport, read_json, to_json, to_prometheus

ODD = ServiceReport(Service('a"b\\c\nd', "acme/odd", "production"), 7.0)
REPORTS = (
    ServiceReport(
        Service("shop", "acme/shop", "production"),
        5.0,
        {MetricName.P95: 1_500.0, MetricName.UP: 1.0, MetricName.CPU: 0.25},
        ("SlowResponses",),
    ),
    ODD,
)


def test_prometheus_reads_it() -> None:
    """In seconds and shares; what was not measured has no line, and no zero."""
    samples = {
        (one.name, one.labels["service"], one.labels.get("quantile", "")): one.value
        for family in text_string_to_metric_families(to_prometheus(REPORTS))
        for one in family.samples
    }
    assert samples == {
        ("yantra_service_latency_seconds", "shop", "0.95"): 1.5,
        ("yantra_service_up", "shop", ""): 1.0,
        ("yantra_service_cpu_ratio", "shop", ""): 0.25,
        ("yantra_service_firing", "shop", ""): 1.0,
        ("yantra_service_firing", ODD.service.name, ""): 0.0,
    }


def test_json_comes_back_as_it_was() -> None:
    """Whole."""
    assert read_json(to_json(REPORTS)) == REPORTS


@pytest.mark.parametrize("text", ["{}x", "[1]", '[{"service": "x"}]', '[{"values": 3}]'])
def test_other_text_is_refused(text: str) -> None:
    """As what it is."""
    with pytest.raises(ValueError, match=r"."):
        read_json(text)
