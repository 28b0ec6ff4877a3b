"""A cluster as tests see it, be it the fake or a real control plane: admin's requests, namespaces, samples, waiting."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from tests.fakes.cluster.fates import CONFIG_MAP
from yantra_bot.clusters.api import ApiServer
from yantra_bot.clusters.kubeconfig import read_access
from yantra_bot.clusters.kubernetes_clusters import KubernetesClusters
from yantra_bot.clusters.kubernetes_door import KubernetesNamespace
from yantra_bot.deploy_ports import Gone
from yantra_bot.domain.environment import Environment
from yantra_bot.domain.repository import Repository

SHOP: Final = Repository(1, "acme", "shop")
Found = TypeVar("Found")


class ClusterWorld:
    """One cluster, and a namespace of one's own in it."""

    def __init__(self, kubeconfig: Path, scratch: Path) -> None:
        self.kubeconfig = kubeconfig
        self.scratch = scratch
        self.admin = ApiServer(read_access("admin", str(kubeconfig)), scratch)
        self.namespace = f"t-{uuid.uuid4().hex[:10]}"

    async def make(self) -> "ClusterWorld":
        await self.create("/api/v1/namespaces", {"metadata": {"name": self.namespace}})
        return self

    async def discard(self) -> None:
        await self.admin.json("DELETE", f"/api/v1/namespaces/{self.namespace}")

    @property
    def core(self) -> str:
        return f"/api/v1/namespaces/{self.namespace}"

    @property
    def apps(self) -> str:
        return f"/apis/apps/v1/namespaces/{self.namespace}"

    async def create(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return await self.admin.json("POST", path, body=body)

    async def change(self, path: str, body: Mapping[str, Any], *, manager: str = "kubectl-edit") -> dict[str, Any]:
        """Change an object as somebody else does."""
        return await self.admin.json(
            "PATCH", path, query={"fieldManager": manager}, body=body, content_type="application/merge-patch+json"
        )

    async def decree(self, fates: Mapping[str, str]) -> None:
        """Have pods whose image contains a text meet a fate, from now on."""
        path = f"{self.core}/configmaps"
        try:
            await self.admin.json("GET", f"{path}/{CONFIG_MAP}")
        except Gone:
            await self.create(path, {"metadata": {"name": CONFIG_MAP}, "data": dict(fates)})
            return
        await self.change(f"{path}/{CONFIG_MAP}", {"data": dict(fates)})

    def open(
        self, *, kubeconfig: Path | None = None, namespace: str = "", takes_over: bool = False
    ) -> KubernetesNamespace:
        """Return the port Cluster, as the product opens it."""
        namespace = namespace or self.namespace
        clusters = KubernetesClusters(
            [f"main={kubeconfig or self.kubeconfig}"], [f"acme/shop=main/{namespace}"], self.scratch
        )
        return clusters.open(SHOP, Environment("staging", "main", namespace, takes_over=takes_over))

    async def until(
        self, look: Callable[[], Awaitable[Found]], is_so: Callable[[Found], object], *, seconds: float = 120
    ) -> Found:
        """Look again and again until it is so; the time-limit is only for what never comes."""
        async with asyncio.timeout(seconds):
            while not is_so(found := await look()):
                await asyncio.sleep(0.1)
            return found

    async def until_whole(self, name: str, replicas: int = 2) -> dict[str, Any]:
        """Wait until a Deployment's replicas are all of its present version, and ready."""

        def is_whole(live: dict[str, Any]) -> bool:
            status = live.get("status") or {}
            seen = status.get("observedGeneration", 0) >= live["metadata"]["generation"]
            numbers = [int(status.get(key) or 0) for key in ("replicas", "updatedReplicas", "availableReplicas")]
            return seen and numbers == [replicas] * 3

        return await self.until(lambda: self.admin.json("GET", f"{self.apps}/deployments/{name}"), is_whole)

    async def replica_sets(self, app: str = "shop") -> Sequence[dict[str, Any]]:
        found = await self.admin.json("GET", f"{self.apps}/replicasets", query={"labelSelector": f"app={app}"})
        return list(found["items"])


def deployment(image: str, *, replicas: int | None = 2, name: str = "shop", **container: Any) -> dict[str, Any]:
    """Return a Deployment as a repository writes it."""
    number = {} if replicas is None else {"replicas": replicas}
    ports = [{"name": "http", "containerPort": 8080}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            **number,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "main", "image": image, "ports": ports, **container}]},
            },
        },
    }


def service(name: str = "shop", **selector: str) -> dict[str, Any]:
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"selector": selector or {"app": name}, "ports": ports},
    }
