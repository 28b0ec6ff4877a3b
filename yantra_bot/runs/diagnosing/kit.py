"""What a diagnosis works with besides the workshop; the composition root builds it."""

from dataclasses import dataclass

from yantra_bot.deploy_ports import Clusters
from yantra_bot.monitor_ports import Inspector, LogSource, Metrics


@dataclass(frozen=True, slots=True)
class DiagnosisKit:
    """The adapters of diagnoses."""

    inspector: Inspector
    clusters: Clusters
    logs: LogSource | None = None
    """None: what services write is read of failing pods alone."""
    metrics: Metrics | None = None
    """None: numbers are not compared."""
