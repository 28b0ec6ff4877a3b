"""The objects of the fake cluster: versions, generations, defaults, and what the API refuses of them."""

import uuid
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

from tests.fakes.cluster.fates import stamp

RESOURCES: Final = {
    "v1": {
        *(("configmaps", "ConfigMap"), ("services", "Service"), ("pods", "Pod"), ("namespaces", "Namespace")),
        *(("secrets", "Secret"), ("nodes", "Node"), ("events", "Event")),
    },
    "apps/v1": {("deployments", "Deployment"), ("replicasets", "ReplicaSet")},
    "autoscaling/v2": {("horizontalpodautoscalers", "HorizontalPodAutoscaler")},
    "policy/v1": {("poddisruptionbudgets", "PodDisruptionBudget")},
    "networking.k8s.io/v1": {("networkpolicies", "NetworkPolicy"), ("ingresses", "Ingress")},
}
"""What is served, as (plural, kind) by version."""
KINDS: Final = {plural: (version, kind) for version, known in RESOURCES.items() for plural, kind in known}


class Refused(Exception):
    """An answer of the API that is an error."""

    def __init__(self, status: int, reason: str, message: str, causes: list[dict[str, str]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "reason": reason,
            "message": message,
            "code": status,
            "details": {"causes": causes or []},
        }


class Objects:
    """All objects, by (plural, namespace, name)."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._version = 100

    def find(self, plural: str, namespace: str, name: str) -> dict[str, Any] | None:
        return self._known.get((plural, namespace, name))

    def get(self, plural: str, namespace: str, name: str) -> dict[str, Any]:
        found = self.find(plural, namespace, name)
        if found is None:
            raise Refused(404, "NotFound", f'{plural} "{name}" not found')
        return found

    def all(self, plural: str, namespace: str = "", labels: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        return [
            one
            for (kind, place, _), one in sorted(self._known.items())
            if kind == plural
            and namespace in ("", place)
            and all((one["metadata"].get("labels") or {}).get(key) == value for key, value in (labels or {}).items())
        ]

    def owned(self, plural: str, owner: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the objects of a kind that another one controls."""
        for one in self.all(plural, owner["metadata"]["namespace"]):
            if any(ref["uid"] == owner["metadata"]["uid"] for ref in one["metadata"].get("ownerReferences") or ()):
                yield one

    def put(self, plural: str, found: dict[str, Any], *, is_dry: bool = False) -> dict[str, Any]:
        """Store an object as new or changed; nothing happens where it says the same as before."""
        metadata = found["metadata"]
        place = (plural, metadata.get("namespace", ""), metadata["name"])
        before = self._known.get(place)
        found = deepcopy(found)
        fill_defaults(found)
        validate(found, before)
        metadata = found["metadata"]
        if before is None:
            metadata |= {"uid": str(uuid.uuid4()), "creationTimestamp": stamp(), "generation": 1}
        elif _plain(before) == _plain(found):
            return before
        elif before.get("spec") != found.get("spec"):
            metadata["generation"] = int(before["metadata"].get("generation") or 0) + 1
        if not is_dry:
            self._version += 1
            metadata["resourceVersion"] = str(self._version)
            self._known[place] = found
        return found

    def drop(self, plural: str, namespace: str, name: str) -> None:
        """Remove an object and all that it controls."""
        gone = self._known.pop((plural, namespace, name), None)
        if gone is None:
            return
        for kind in ("replicasets", "pods"):
            for one in list(self.owned(kind, gone)) if "namespace" in gone["metadata"] else ():
                self.drop(kind, one["metadata"]["namespace"], one["metadata"]["name"])
        if plural == "namespaces":
            for kind, place, inner in list(self._known):
                if place == name:
                    self._known.pop((kind, place, inner))


def _plain(found: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {key: value for key, value in found["metadata"].items() if key != "resourceVersion"}
    return {**found, "metadata": metadata}


def fill_defaults(found: dict[str, Any]) -> None:
    """Set what the API sets where nothing is said."""
    if found.get("kind") == "Deployment":
        spec = found["spec"]
        spec.setdefault("replicas", 1)
        spec.setdefault("revisionHistoryLimit", 10)
        spec.setdefault("progressDeadlineSeconds", 600)
        spec.setdefault(
            "strategy", {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}
        )
        pod = spec.setdefault("template", {}).setdefault("spec", {})
        pod.setdefault("restartPolicy", "Always")
        pod.setdefault("dnsPolicy", "ClusterFirst")
        for container in pod.get("containers") or ():
            container.setdefault("imagePullPolicy", "IfNotPresent")
            container.setdefault("terminationMessagePath", "/dev/termination-log")
            for port in container.get("ports") or ():
                port.setdefault("protocol", "TCP")
    if found.get("kind") == "Service":
        found["spec"].setdefault("type", "ClusterIP")
        for port in found["spec"].get("ports") or ():
            port.setdefault("protocol", "TCP")


def validate(found: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """Raise Refused for what the API does not take."""
    if found.get("kind") != "Deployment":
        return
    name, spec = found["metadata"]["name"], found["spec"]
    labels = (spec["template"].get("metadata") or {}).get("labels") or {}
    selector = (spec.get("selector") or {}).get("matchLabels") or {}
    if not selector or any(labels.get(key) != value for key, value in selector.items()):
        _invalid(name, "spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`")
    if before is not None and before["spec"]["selector"] != spec["selector"]:
        _invalid(name, "spec.selector: Invalid value: field is immutable")
    containers = spec["template"]["spec"].get("containers") or ()
    if not containers or not all(one.get("image") for one in containers):
        _invalid(name, "spec.template.spec.containers: Required value")


def _invalid(name: str, message: str) -> None:
    raise Refused(422, "Invalid", f'Deployment.apps "{name}" is invalid: {message}')
