"""All checks of a rule at once: HTTP to the new pods, addresses, metrics. Implements the port HealthChecks."""

import asyncio
from collections.abc import Sequence

from yantra_bot.clusters.probes import Probes
from yantra_bot.clusters.prometheus import Prometheus
from yantra_bot.domain.environment import Environment, HealthRule
from yantra_bot.domain.rollout import Before, Sample
from yantra_bot.domain.workload import WorkloadState


class Checks:
    """Asks; judges nothing, and never fails: what could not be asked is a sample that says so."""

    def __init__(self, probes: Probes, prometheus: Prometheus) -> None:
        self._probes, self._prometheus = probes, prometheus

    async def sample(
        self, rule: HealthRule, workload: WorkloadState, *, environment: Environment, commit: str, before: Before
    ) -> Sequence[Sample]:
        pods, urls, metrics = await asyncio.gather(
            asyncio.gather(*(self._probes.ask_pods(check, workload, commit=commit) for check in rule.http)),
            asyncio.gather(*(self._probes.ask_url(check, commit=commit) for check in rule.urls)),
            asyncio.gather(
                *(
                    self._prometheus.measure(
                        check, workload, namespace=environment.namespace, commit=commit, before=before
                    )
                    for check in rule.metrics
                )
            ),
        )
        return (*(sample for found in pods for sample in found), *urls, *metrics)
