"""Asks a service whether it is well: each of its pods, and its addresses. Implements the port ServiceProbes."""

import asyncio

from yantra_bot.clusters.probes import Probes
from yantra_bot.deploy.observing import observe_all
from yantra_bot.deploy_ports import Clusters
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.monitoring import Watch
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.workload import WorkloadState
from yantra_bot.errors import YantraError
from yantra_bot.monitor_ports import Probed
from yantra_bot.ports import Clock


class ServiceProber:
    """Asks; judges nothing."""

    def __init__(self, clusters: Clusters, probes: Probes, clock: Clock) -> None:
        self._clusters, self._probes, self._clock = clusters, probes, clock

    async def probe(self, repository: Repository, environment: Environment, watch: Watch, *, target: str) -> Probed:
        workload, addresses = await asyncio.gather(
            self._workload(repository, environment, watch, target),
            asyncio.gather(*(self._probes.ask_url(check, commit="") for check in watch.urls)),
            return_exceptions=True,
        )
        if isinstance(addresses, BaseException):
            raise addresses
        if isinstance(workload, YantraError) and addresses:
            return Probed(tuple(addresses), problem=str(workload))  # what users see counts though the cluster is away
        if isinstance(workload, BaseException):
            raise workload
        if workload is None:
            return Probed(tuple(addresses))
        pods = await asyncio.gather(*(self._probes.ask_pods(one, workload, commit="") for one in watch.probes))
        return Probed((*(sample for found in pods for sample in found), *addresses), workload)

    async def _workload(
        self, repository: Repository, environment: Environment, watch: Watch, target: str
    ) -> WorkloadState | None:
        if not watch.probes:
            return None
        cluster = self._clusters.open(repository, environment)
        return await observe_all(cluster, target, at=self._clock.now())
