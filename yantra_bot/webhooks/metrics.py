"""What the door counts for Prometheus: outcomes and times, never a repository, a person or a delivery.

Door and control are two processes. Where PROMETHEUS_MULTIPROC_DIR is set (before the library is imported: the library
reads it itself) the page shows both, out of the files that each of them writes.
"""

import asyncio
from enum import StrEnum
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Outcome(StrEnum):
    """How a delivery was answered."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    IGNORED = "ignored"
    UNSIGNED = "unsigned"
    MALFORMED = "malformed"
    WRONG_TYPE = "wrong_type"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    UNAVAILABLE = "unavailable"


class DoorMetrics:
    """The door's numbers. `registry` is the process's own; tests pass a fresh one."""

    def __init__(self, registry: CollectorRegistry, *, shared_folder: Path | None = None) -> None:
        """`shared_folder` is the value of PROMETHEUS_MULTIPROC_DIR, None for a single process."""
        self._registry = registry
        self._shared_folder = shared_folder
        name, text = "yantra_webhook_deliveries_total", "Deliveries by how they were answered."
        counter = Counter(name, text, ["outcome"], registry=registry)
        self._outcomes = {outcome: counter.labels(outcome.value) for outcome in Outcome}
        self._seconds = Histogram(
            "yantra_webhook_seconds",
            "Time from a delivery's head to its answer, stored durably where accepted.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._waiting = Gauge(
            "yantra_inbox_waiting",
            "Deliveries stored and not acted on yet.",
            registry=registry,
            multiprocess_mode="livemostrecent",
        )

    def count(self, outcome: Outcome, seconds: float) -> None:
        """Count one answered delivery."""
        self._outcomes[outcome].inc()
        self._seconds.observe(seconds)

    def show_waiting(self, deliveries: int) -> None:
        """Set how many deliveries wait in the inbox."""
        self._waiting.set(deliveries)

    async def render(self) -> bytes:
        """Return the page in Prometheus's text format, 0.0.4."""
        if self._shared_folder is None:
            return generate_latest(self._registry)
        return await asyncio.to_thread(self._render_shared, self._shared_folder)

    def _render_shared(self, folder: Path) -> bytes:
        everybody = CollectorRegistry()
        MultiProcessCollector(everybody, path=str(folder))  # type: ignore[no-untyped-call]  # it has no annotations
        return generate_latest(everybody)
