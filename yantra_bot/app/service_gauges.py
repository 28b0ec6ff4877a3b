"""What was measured of the services that are watched, on the metrics page."""

import math
from collections.abc import Sequence

from prometheus_client import REGISTRY, CollectorRegistry, Gauge

from yantra_bot.monitor.exports import LATENCY, NAMES, ServiceReport
from yantra_bot.monitor.metrics import PERCENTILES


class ServiceGauges:
    """What was measured of the services that are watched; what is not known is no number."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        def make(name: str, text: str, *labels: str) -> Gauge:
            of = ["service", "environment", *labels]
            return Gauge(name, text, of, registry=registry, multiprocess_mode="livemostrecent")

        self._latency = make(LATENCY, "Time of answers, by nearest rank, in five minutes.", "quantile")
        self._gauges = {name: make(metric, text) for name, (metric, text) in NAMES.items()}
        self._firing = make("yantra_service_firing", "Rules that fire now.")

    def show(self, reports: Sequence[ServiceReport]) -> None:
        """Take what is known of all services."""
        for one in reports:
            of = (one.service.name, one.service.environment)
            for name, percent in PERCENTILES.items():
                self._latency.labels(*of, f"{percent / 100:g}").set(one.values.get(name, math.nan) / 1_000)
            for metric, gauge in self._gauges.items():
                gauge.labels(*of).set(one.values.get(metric, math.nan))
            self._firing.labels(*of).set(len(one.firing))
