"""A cluster that is opened when it is used: what the operator allows is then judged within a step, and recorded.

Opened by the story itself, it could refuse between two recorded steps when a run goes on under other settings, and a
roll-out would be left half-way with nobody told.
"""

from collections.abc import Mapping, Sequence

from yantra_bot.deploy_ports import Cluster, Clusters, ObjectDiff
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.repository import Repository
from yantra_bot.domain.rollout import Adjustment, Manifest


class LazyCluster:
    """Implements the port Cluster; every method raises UserError where the operator does not allow the environment."""

    def __init__(self, clusters: Clusters, repository: Repository, environment: Environment) -> None:
        self._clusters, self._repository, self._environment = clusters, repository, environment
        self.name, self.namespace = environment.cluster, environment.namespace
        self._opened: Cluster | None = None

    def _open(self) -> Cluster:
        if self._opened is None:
            self._opened = self._clusters.open(self._repository, self._environment)
        return self._opened

    async def read(self, kind: str, name: str) -> Manifest | None:
        return await self._open().read(kind, name)

    async def select(self, kind: str, labels: Mapping[str, str]) -> Sequence[Manifest]:
        return await self._open().select(kind, labels)

    async def diff(self, manifests: Sequence[Manifest]) -> Sequence[ObjectDiff]:
        return await self._open().diff(manifests)

    async def apply(self, manifest: Manifest, *, mark: str) -> Manifest:
        return await self._open().apply(manifest, mark=mark)

    async def scale(self, name: str, replicas: int) -> None:
        await self._open().scale(name, replicas)

    async def route(self, service: str, selector: Mapping[str, str]) -> None:
        await self._open().route(service, selector)

    async def restore(self, name: str, replica_set: str, *, mark: str) -> None:
        await self._open().restore(name, replica_set, mark=mark)

    async def adjust(self, name: str, adjustment: Adjustment, *, mark: str) -> None:
        await self._open().adjust(name, adjustment, mark=mark)

    async def remove(self, kind: str, name: str) -> None:
        await self._open().remove(kind, name)

    async def log(self, pod: str, container: str, *, lines: int, is_previous: bool) -> str:
        return await self._open().log(pod, container, lines=lines, is_previous=is_previous)
