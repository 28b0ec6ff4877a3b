"""Opens the loops that look at production: probes, numbers, logs, events. A part of the composition root."""

from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import structlog
from prometheus_client import REGISTRY, CollectorRegistry

from yantra_bot.app.home import Home
from yantra_bot.app.service_gauges import ServiceGauges
from yantra_bot.app.shipping import open_clusters, open_probes, open_prometheus
from yantra_bot.clusters.cloud_logging import CloudLogging
from yantra_bot.clusters.cloudwatch import CloudWatch
from yantra_bot.clusters.cluster_events import KubernetesEvents
from yantra_bot.clusters.google_token import read_account
from yantra_bot.clusters.kubernetes_clusters import KubernetesClusters
from yantra_bot.clusters.log_sources import LogSources
from yantra_bot.clusters.loki import Loki
from yantra_bot.clusters.pod_logs import PodLogs
from yantra_bot.clusters.service_metrics import ServiceMetrics
from yantra_bot.clusters.service_probes import ServiceProber
from yantra_bot.clusters.sigv4 import AwsKey
from yantra_bot.errors import SettingsError
from yantra_bot.monitor.exports import ServiceReport, to_json
from yantra_bot.monitor.services import Services
from yantra_bot.monitor_ports import LogSource
from yantra_bot.ports import Clock
from yantra_bot.runs.watching.cluster_events import EventWatch
from yantra_bot.runs.watching.collecting import Collector
from yantra_bot.runs.watching.ebbing import Ebbing
from yantra_bot.runs.watching.log_polling import LogPolling
from yantra_bot.runs.watching.places import Places
from yantra_bot.runs.watching.rounds import Hear, still_firing
from yantra_bot.runs.watching.watched import WatchedServices
from yantra_bot.runs.workshop import Workshop
from yantra_bot.settings import Settings

AWS_SERVICE: Final = "logs"

_log = structlog.get_logger()


def open_collecting(
    settings: Settings,
    workshop: Workshop,
    services: Services,
    places: Places,
    hear: Hear,
    *,
    registry: CollectorRegistry = REGISTRY,
) -> list[Coroutine[Any, Any, None]]:
    """Return the loops that control has to run: they look, and tell what they see to `hear`. Raises SettingsError."""
    clock, clusters = workshop.clock, open_clusters(settings)
    gauges, page = ServiceGauges(registry), Home(settings.home).services
    watched = WatchedServices(services, places, workshop.forge, clock)

    def report(reports: Sequence[ServiceReport]) -> None:
        gauges.show(reports)
        keep_reports(page, reports)

    common: dict[str, Any] = {
        "watched": watched,
        "hear": hear,
        "clock": clock,
        "firing": lambda: still_firing(workshop.records),
    }
    collector = Collector(
        **common,
        probes=ServiceProber(clusters, open_probes(settings, clock), clock),
        metrics=ServiceMetrics(open_prometheus(settings)),
        seconds=settings.probe_seconds,
        on_reports=report,
    )
    logs = open_logs(settings, services, clusters, clock)
    loops = [collector.run(), LogPolling(**common, logs=logs, seconds=settings.log_polling_seconds).run()]
    loops.append(Ebbing(watched, workshop.records, clock).run())
    if settings.clusters:
        events = EventWatch(**common, events=KubernetesEvents(clusters), seconds=settings.log_polling_seconds)
        loops.append(events.run())
    return loops


def keep_reports(path: Path, reports: Sequence[ServiceReport]) -> None:
    """Write what is known for the terminal, whole or not at all; a full disk ends no watch."""
    beside = path.with_suffix(".new")
    try:
        beside.write_text(to_json(reports))
        beside.replace(path)
    except OSError as problem:
        _log.warning("what services were measured at cannot be kept", problem=type(problem).__name__)


def open_logs(settings: Settings, services: Services, clusters: KubernetesClusters, clock: Clock) -> LogSource:
    """Return where services' lines are read. Raises SettingsError for what is wrong, or incomplete."""
    loki = Loki(settings.loki_url, clock, token=settings.loki_token.get_secret_value())
    clouds = {**_open_cloudwatch(settings, clock), **_open_cloud_logging(settings, clock)}
    unknown = next((name for name in clouds if services.named(name) is None), None)
    if unknown is not None:
        raise SettingsError(
            f"Logs are named of a service {unknown}, which YANTRA_SERVICES does not name. Cure: add it."
        )
    return LogSources(services.all, clouds, loki=loki, pods=PodLogs(clusters, clock))


def _open_cloudwatch(settings: Settings, clock: Clock) -> Mapping[str, LogSource]:
    groups = _read_pairs("YANTRA_CLOUDWATCH_LOG_GROUPS", settings.cloudwatch_log_groups)
    if not groups:
        return {}
    key = AwsKey(
        settings.cloudwatch_key_id.get_secret_value(),
        settings.cloudwatch_secret_key.get_secret_value(),
        settings.cloudwatch_region,
        AWS_SERVICE,
    )
    if not key.id or not key.secret or not key.region:
        raise SettingsError(
            "YANTRA_CLOUDWATCH_LOG_GROUPS needs YANTRA_CLOUDWATCH_REGION, _KEY_ID and _SECRET_KEY. Cure: set them."
        )
    return {name: CloudWatch(group, key, clock, url=settings.cloudwatch_url) for name, group in groups.items()}


def _open_cloud_logging(settings: Settings, clock: Clock) -> Mapping[str, LogSource]:
    filters = _read_pairs("YANTRA_CLOUD_LOGGING_FILTERS", settings.cloud_logging_filters)
    if not filters:
        return {}
    if settings.cloud_logging_key_file is None:
        raise SettingsError("YANTRA_CLOUD_LOGGING_FILTERS needs YANTRA_CLOUD_LOGGING_KEY_FILE. Cure: set it.")
    account = read_account(settings.cloud_logging_key_file)
    return {
        name: CloudLogging(account, matching, clock, url=settings.cloud_logging_url)
        for name, matching in filters.items()
    }


def _read_pairs(setting: str, words: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for word in words:
        name, _, value = word.partition("=")
        if not name or not value:
            raise SettingsError(f"{setting} has {word[:80]!r}. Cure: write each as SERVICE=….")
        pairs[name] = value
    return pairs
