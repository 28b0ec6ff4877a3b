"""What the story of a healing action works with besides the workshop."""

from dataclasses import dataclass

from yantra_bot.deploy_ports import Clusters
from yantra_bot.monitor_ports import AlertQueries, Metrics


@dataclass(frozen=True, slots=True)
class HealingKit:
    """The adapters of healing; the composition root builds them."""

    clusters: Clusters
    queries: AlertQueries
    metrics: Metrics | None = None
    """Numbers of the operator's Prometheus; None: where there is none."""
