"""What was measured of services, as text of Prometheus and as JSON. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from yantra_bot.domain.alerts import Service
from yantra_bot.domain.monitoring import MetricName
from yantra_bot.monitor.metrics import PERCENTILES

NAMES: Final = {
    MetricName.THROUGHPUT: ("yantra_service_requests_per_second", "Requests a second, in five minutes."),
    MetricName.ERROR_RATE: ("yantra_service_error_ratio", "Share of requests that fail, in five minutes."),
    MetricName.CPU: ("yantra_service_cpu_ratio", "Share of the processor's limit, in five minutes."),
    MetricName.MEMORY: ("yantra_service_memory_ratio", "Share of the memory's limit, in five minutes."),
    MetricName.DISK: ("yantra_service_disk_ratio", "Share of the disk, in five minutes."),
    MetricName.UP: ("yantra_service_up", "Whether the service answers: 1 or 0."),
}
LATENCY: Final = "yantra_service_latency_seconds"


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """What is known of one service at a moment, Unix time in seconds."""

    service: Service
    at: float
    values: Mapping[MetricName, float] = field(default_factory=dict)
    """What is not in it was not measured."""
    firing: tuple[str, ...] = ()
    """Names of rules that fire."""
    problem: str = ""
    """Why it could not be looked at; empty: it could."""


def to_prometheus(reports: Iterable[ServiceReport]) -> str:
    """Return Prometheus's text format, 0.0.4. A service that was not measured has no line, and no zero."""
    reports = tuple(reports)
    lines = [f"# HELP {LATENCY} Time of answers, by nearest rank, in five minutes.", f"# TYPE {LATENCY} gauge"]
    lines += [
        f'{LATENCY}{{{_labels(one)},quantile="{percent / 100:g}"}} {one.values[name] / 1000!r}'
        for name, percent in PERCENTILES.items()
        for one in reports
        if name in one.values
    ]
    for name, (metric, text) in NAMES.items():
        lines += [f"# HELP {metric} {text}", f"# TYPE {metric} gauge"]
        lines += [f"{metric}{{{_labels(one)}}} {one.values[name]!r}" for one in reports if name in one.values]
    lines += ["# HELP yantra_service_firing Rules that fire now.", "# TYPE yantra_service_firing gauge"]
    lines += [f"yantra_service_firing{{{_labels(one)}}} {len(one.firing)}" for one in reports]
    return "\n".join(lines) + "\n"


def to_json(reports: Iterable[ServiceReport]) -> str:
    """Return a list of services with their numbers: times in milliseconds, shares from 0 to 1."""
    return json.dumps([_plain(one) for one in reports], indent=2, sort_keys=True) + "\n"


def read_json(text: str) -> tuple[ServiceReport, ...]:
    """Return what `to_json` wrote. Raises ValueError for what it did not."""
    try:
        return tuple(_report(one) for one in json.loads(text))
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError("This is no report of services.") from problem


def _plain(one: ServiceReport) -> dict[str, Any]:
    return {
        "service": one.service.name,
        "repository": one.service.repository,
        "environment": one.service.environment,
        "at": one.at,
        "values": {str(name): value for name, value in one.values.items()},
        "firing": list(one.firing),
        "problem": one.problem,
    }


def _report(one: Mapping[str, Any]) -> ServiceReport:
    values = {MetricName(name): float(value) for name, value in one["values"].items()}
    service = Service(str(one["service"]), str(one["repository"]), str(one["environment"]))
    firing = tuple(str(name) for name in one["firing"])
    return ServiceReport(service, float(one["at"]), values, firing, str(one["problem"]))


def _labels(one: ServiceReport) -> str:
    return f'service="{_escaped(one.service.name)}",environment="{_escaped(one.service.environment)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
