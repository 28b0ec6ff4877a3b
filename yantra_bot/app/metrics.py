"""What control counts for Prometheus: how runs ended, what they took and cost; how graphs were kept fresh."""

import time
from collections.abc import Callable

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram

from yantra_bot.domain.run import DeploymentEnded, Outcome, RunEnded
from yantra_bot.runs.freshness import Refreshed

_GRAPH_SECONDS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800)
_SECONDS = (5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200)


class RunMetrics:
    """The numbers of runs; the door's page shows them (see `webhooks.metrics`)."""

    def __init__(self, registry: CollectorRegistry = REGISTRY, *, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._ended = Counter("yantra_runs_total", "Ended runs by how they ended.", ["phase"], registry=registry)
        self._seconds = Histogram(
            "yantra_run_seconds", "Time from a run's order to its end.", buckets=_SECONDS, registry=registry
        )
        self._usd = Counter("yantra_run_usd_total", "What runs have cost, where prices are known.", registry=registry)
        self._deployed = Counter(
            "yantra_deployments_total", "Roll-outs that ended, by how.", ["result"], registry=registry
        )
        self._failed = Counter("yantra_failed_attempts_total", "Attempts whose tests did not pass.", registry=registry)

    def hear(self, outcome: Outcome) -> None:
        """Count one outcome."""
        if isinstance(outcome, RunEnded):
            self._ended.labels(outcome.ending.phase).inc()
            self._seconds.observe(max(0.0, self._now() - outcome.order.accepted_at))
            self._usd.inc(outcome.ending.spent.usd)
        elif isinstance(outcome, DeploymentEnded):
            self._deployed.labels(outcome.result).inc()
        else:
            self._failed.inc()


class GraphMetrics:
    """The numbers of the graphs of default branches."""

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        self._tried = Counter(
            "yantra_graph_refreshes_total", "Tries to make a graph fresh, by result.", ["result"], registry=registry
        )
        self._parsed = Counter("yantra_graph_parsed_files_total", "Files parsed for that.", registry=registry)
        self._seconds = Histogram(
            "yantra_graph_refresh_seconds", "Time of a try.", buckets=_GRAPH_SECONDS, registry=registry
        )

    def hear(self, one: Refreshed) -> None:
        """Count one try."""
        self._tried.labels(one.result).inc()
        self._seconds.observe(one.seconds)
        if one.kept is not None:
            self._parsed.inc(one.kept.parsed)
