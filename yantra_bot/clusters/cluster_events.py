"""Warnings of a namespace, as the cluster itself tells them. Implements the port ClusterEvents."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from yantra_bot.clusters.api import quoted
from yantra_bot.clusters.log_lines import clean
from yantra_bot.clusters.pod_logs import Namespaces
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.repository import Repository
from yantra_bot.monitor_ports import ClusterEvent


class KubernetesEvents:
    """Reads; what it reads are words of the cluster, and of whoever may write events there."""

    def __init__(self, clusters: Namespaces) -> None:
        self._clusters = clusters

    async def warnings(self, repository: Repository, environment: Environment) -> Sequence[ClusterEvent]:
        found = await self._clusters.open(repository, environment).warnings()
        return sorted((read_event(one) for one in found), key=lambda one: one.at)


def read_event(event: Mapping[str, Any]) -> ClusterEvent:
    """Return an event of the older or the newer kind; what it does not say is empty."""
    about = event.get("involvedObject") or event.get("regarding") or {}
    series = event.get("series") or {}
    times = (
        series.get("lastObservedTime"),
        *(event.get(key) for key in ("lastTimestamp", "deprecatedLastTimestamp", "eventTime", "firstTimestamp")),
        (event.get("metadata") or {}).get("creationTimestamp"),
    )
    count = series.get("count") or event.get("count") or event.get("deprecatedCount") or 1
    return ClusterEvent(
        kind=quoted(str(about.get("kind") or ""), 80),
        name=quoted(str(about.get("name") or ""), 253),
        reason=quoted(str(event.get("reason") or ""), 120),
        message=quoted(clean(str(event.get("message") or event.get("note") or ""))),
        is_warning=event.get("type") == "Warning",
        at=next((at for at in map(_time, times) if at), 0.0),
        count=count if isinstance(count, int) and count > 0 else 1,
    )


def _time(value: object) -> float:
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return 0.0
