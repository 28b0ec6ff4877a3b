"""What strategies ask of manifests: which Deployments there are, who chooses their pods, who scales them. Pure."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from yantra_bot.domain.rollout import Manifest

HASH_LABEL = "pod-template-hash"
_ALLOCATED = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "healthCheckNodePort")
"""What the server gives to a Service: whoever applies it says that it is his, and cannot leave it out again."""


def kind_of(manifest: Manifest) -> str:
    return str(manifest.get("kind"))


def name_of(manifest: Manifest) -> str:
    return str((manifest.get("metadata") or {}).get("name"))


def deployments_of(manifests: Sequence[Manifest]) -> tuple[Manifest, ...]:
    return tuple(one for one in manifests if kind_of(one) == "Deployment")


def services_of(deployment: Manifest, manifests: Sequence[Manifest]) -> tuple[Manifest, ...]:
    """Return the Services whose selector chooses the pods of a Deployment's template."""
    labels = template_labels(deployment)
    found = []
    for one in manifests:
        selector = (one.get("spec") or {}).get("selector") if kind_of(one) == "Service" else None
        if selector and all(labels.get(key) == value for key, value in selector.items()):
            found.append(one)
    return tuple(found)


def scaler_of(name: str, manifests: Sequence[Manifest]) -> Manifest | None:
    """Return the autoscaler of a Deployment, None where there is none."""
    for one in manifests:
        target = (one.get("spec") or {}).get("scaleTargetRef") or {}
        if (
            kind_of(one) == "HorizontalPodAutoscaler"
            and target.get("kind") == "Deployment"
            and target.get("name") == name
        ):
            return one
    return None


def template_labels(deployment: Manifest) -> Mapping[str, str]:
    return (((deployment.get("spec") or {}).get("template") or {}).get("metadata") or {}).get("labels") or {}


def plain_template(owner: Manifest) -> dict[str, Any]:
    """Return the pods' template of a Deployment or ReplicaSet, without what the cluster adds to tell versions apart."""
    template = copied((owner.get("spec") or {}).get("template") or {})
    metadata = {key: value for key, value in (template.get("metadata") or {}).items() if value is not None}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != HASH_LABEL}
    return {**template, "metadata": {**metadata, "labels": labels}}


def replicas_of(deployment: Manifest) -> int | None:
    """Return how many replicas a manifest asks for; None where it leaves them open."""
    found = (deployment.get("spec") or {}).get("replicas")
    return found if isinstance(found, int) else None


def with_replicas(deployment: Manifest, replicas: int) -> Manifest:
    changed = copied(deployment)
    changed["spec"]["replicas"] = replicas
    return changed


def renamed(deployment: Manifest, name: str, labels: Mapping[str, str], replicas: int) -> Manifest:
    """Return a second Deployment beside one: its pods carry `labels`, too, and it selects by them."""
    changed = with_replicas(deployment, replicas)
    changed["metadata"]["name"] = name
    for place in (
        changed["metadata"].setdefault("labels", {}),
        changed["spec"]["selector"].setdefault("matchLabels", {}),
        changed["spec"]["template"].setdefault("metadata", {}).setdefault("labels", {}),
    ):
        place.update(labels)
    return changed


def scaling(scaler: Manifest, name: str) -> Manifest:
    """Return an autoscaler that scales another Deployment."""
    changed = copied(scaler)
    changed["spec"]["scaleTargetRef"]["name"] = name
    return changed


def selecting(service: Manifest, selector: Mapping[str, str]) -> Manifest:
    """Return a Service that chooses other pods."""
    changed = copied(service)
    changed["spec"]["selector"] = dict(selector)
    return changed


def as_it_was(found: Manifest) -> Manifest:
    """Return an object as it can be applied again: without what the server and its controllers write."""
    changed = copied(found)
    changed.pop("status", None)
    metadata = changed.get("metadata") or {}
    notes = {key: value for key, value in (metadata.get("annotations") or {}).items() if not _is_of_kubernetes(key)}
    changed["metadata"] = {"name": metadata.get("name"), "labels": metadata.get("labels") or {}, "annotations": notes}
    if kind_of(changed) == "Service":
        spec = {key: value for key, value in (changed.get("spec") or {}).items() if key not in _ALLOCATED}
        ports = [{key: value for key, value in port.items() if key != "nodePort"} for port in spec.get("ports") or ()]
        changed["spec"] = {**spec, "ports": ports}
    return changed


def _is_of_kubernetes(key: str) -> bool:
    domain = key.partition("/")[0]
    return "/" in key and (domain == "kubernetes.io" or domain.endswith((".kubernetes.io", ".k8s.io")))


def copied(manifest: Manifest) -> dict[str, Any]:
    return copy.deepcopy(dict(manifest))
