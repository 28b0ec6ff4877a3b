"""What a service's pods wrote lately. Implements the port LogSource over the cluster's own logs.

How long ago is told by each node's own clock, so that clocks that differ lose no line.
"""

import asyncio
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from yantra_bot.clusters.kubernetes_door import KubernetesNamespace
from yantra_bot.clusters.log_lines import Written, clean_lines
from yantra_bot.deploy.observing import observe_all
from yantra_bot.deploy_ports import Gone
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import LogRule
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.workload import PodState
from yantra_bot.errors import Transient, UserError
from yantra_bot.monitor_ports import LogLine
from yantra_bot.ports import Clock

MOST_PODS: Final = 20
"""Pods that are read; those in trouble, and with the most restarts, first."""
AT_ONCE: Final = 4


class Namespaces(Protocol):
    """Opens environments' namespaces."""

    def open(self, repository: Repository, environment: Environment) -> KubernetesNamespace:
        """Return the namespace. Raises UserError where the operator does not allow it."""


class PodLogs:
    """Reads the containers of a Deployment's pods."""

    def __init__(self, clusters: Namespaces, clock: Clock) -> None:
        self._clusters, self._clock = clusters, clock

    async def read(
        self,
        repository: Repository,
        environment: Environment,
        rule: LogRule,
        *,
        since: float,
        limit: int,
        target: str = "",
    ) -> Sequence[LogLine]:
        cluster = self._clusters.open(repository, environment)
        now = self._clock.now()
        workload = await observe_all(cluster, target or repository.name, at=now)
        if workload is None:
            raise UserError(f"There is no Deployment {target or repository.name} in {environment.namespace}.")
        turn, seconds = asyncio.Semaphore(AT_ONCE), math.ceil(max(1.0, now - since))

        async def read_one(pod: PodState, container: str) -> Sequence[LogLine] | None:
            try:
                async with turn:
                    text = await cluster.log_since(pod.name, container, seconds=seconds, lines=limit)
            except (Gone, UserError):
                return None
            return read_lines(text, pod.name)

        pods = sorted(workload.pods, key=lambda pod: (pod.trouble is None, pod.is_ready, -pod.restarts))[:MOST_PODS]
        found = await asyncio.gather(*(read_one(pod, name) for pod in pods for name in pod.containers))
        read = [lines for lines in found if lines is not None]
        if found and not read:
            raise Transient(f"None of {len(pods)} pods lets its log be read now.")
        return sorted((line for lines in read for line in lines), key=lambda line: line.at)[-limit:]


def read_lines(text: str, pod: str) -> Sequence[LogLine]:
    """Return lines that begin with their times. One without belongs to the one before: it was cut at its beginning."""
    lines: list[Written] = []
    at = 0.0
    for line in text.splitlines():
        stamp, _, rest = line.partition(" ")
        try:
            at = datetime.fromisoformat(stamp[:19] + "+00:00").timestamp() + _fraction(stamp)
        except ValueError:
            rest = line
        lines.append((at, pod, rest))
    return clean_lines(lines)


def _fraction(stamp: str) -> float:
    digits = stamp[20:].rstrip("Z")
    return float(f"0.{digits}") if digits.isdecimal() else 0.0
