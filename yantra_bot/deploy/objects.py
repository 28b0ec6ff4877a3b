"""What strategies ask of manifests: which Deployments there are, who chooses their pods, who scales them. Pure."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from yantra_bot.deploy.owned_fields import has_ours, take_ours
from yantra_bot.domain.rollout import Manifest

HASH_LABEL = "pod-template-hash"


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


def as_it_was(live: Manifest, manifest: Manifest) -> Manifest:
    """Return an object as we can apply it again: what of it is ours, with the values that it has now.

    Of an object that we never applied it is what `manifest` names. More would make fields ours that others set, or that
    the cluster sets for good, such as a Service's address: the next deployment would then take them away.
    """
    if has_ours(live):
        return take_ours(live)
    named = _named(live, manifest)
    return {**named, "metadata": {**(named.get("metadata") or {}), "name": name_of(live)}}


def _named(live: Any, manifest: Any) -> Any:
    """Return the part of a value whose keys stand in a manifest; a list is taken whole."""
    if not isinstance(live, Mapping) or not isinstance(manifest, Mapping):
        return copy.deepcopy(live)
    return {key: _named(live[key], manifest[key]) for key in manifest if key in live}


def copied(manifest: Manifest) -> dict[str, Any]:
    return copy.deepcopy(dict(manifest))
