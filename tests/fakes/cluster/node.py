"""The node of the fake cluster: gives its pods their fates, addresses and servers, one step at a time."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

from tests.fakes.cluster.fates import CONFIG_MAP, Fate, decide, describe, look, stamp, tell_log
from tests.fakes.cluster.objects import Objects
from tests.fakes.cluster.pod_servers import PodServers

NODE: Final = "node-0"
_PROCESSORS: Final = 64.0


class Node:
    """Looks at all pods."""

    def __init__(self, objects: Objects, now: Callable[[], float]) -> None:
        self._objects = objects
        self._now = now
        self.servers = PodServers()
        self._born: dict[str, float] = {}
        self._told: dict[str, object] = {}

    async def step(self) -> None:
        pods = self._objects.all("pods")
        present = {pod["metadata"]["uid"] for pod in pods}
        for uid in self._born.keys() - present:
            del self._born[uid]
            self._told.pop(uid, None)
            await self.servers.forget(uid)
        for pod in pods:
            metadata = pod["metadata"]
            if metadata.get("deletionTimestamp"):
                await self.servers.silence(metadata["uid"])
                self._objects.drop("pods", metadata["namespace"], metadata["name"])
            elif _processors(pod) > _PROCESSORS:
                self._objects.put("pods", _unschedulable(pod))
            else:
                await self._tend(pod)

    async def _tend(self, pod: Mapping[str, Any]) -> None:
        uid = pod["metadata"]["uid"]
        looks = look(fate := self.fate_of(pod), self._now() - self._born.setdefault(uid, self._now()))
        if looks.is_serving:
            await self.servers.serve(pod, fate)
        else:
            await self.servers.silence(uid)
        news = (looks.key[0], *looks.key[2:])
        if self._told.get(uid) != news:
            self._told[uid] = news
            after = deepcopy(dict(pod))
            after["spec"]["nodeName"] = NODE
            after["status"] = describe(pod, looks, await self.servers.place(pod))
            self._objects.put("pods", after)

    def fate_of(self, pod: Mapping[str, Any]) -> Fate:
        said = self._objects.find("configmaps", pod["metadata"]["namespace"], CONFIG_MAP)
        return decide(pod, (said or {}).get("data") or {})

    def log_of(self, pod: Mapping[str, Any], *, is_previous: bool) -> str:
        return tell_log(pod, self.fate_of(pod), is_previous=is_previous)


def _processors(pod: Mapping[str, Any]) -> float:
    total = 0.0
    for container in pod["spec"]["containers"]:
        said = str(((container.get("resources") or {}).get("requests") or {}).get("cpu", "0"))
        total += float(said[:-1]) / 1000 if said.endswith("m") else float(said)
    return total


def _unschedulable(pod: Mapping[str, Any]) -> dict[str, Any]:
    message = "0/1 nodes are available: 1 Insufficient cpu."
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    known = (pod.get("status") or {}).get("conditions") or [{"lastTransitionTime": stamp()}]
    return {
        **pod,
        "status": {
            "phase": "Pending",
            "conditions": [{**condition, "lastTransitionTime": known[0]["lastTransitionTime"]}],
        },
    }
