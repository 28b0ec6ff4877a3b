"""A manifest in another version of the API than the cluster has: translated where nothing is lost, else refused."""

from collections.abc import Collection
from typing import Any

from yantra_bot.deploy.manifests.kinds import APPLIED
from yantra_bot.domain.rollout import Manifest
from yantra_bot.errors import UserError

_SAME = {frozenset({"autoscaling/v2", "autoscaling/v2beta2"})}
"""Versions with one shape. (`policy/v1` and `v1beta1` differ in what an empty selector means.)"""


def choose(kind: str, served: Collection[str]) -> str:
    """Return the best version of a kind that a cluster serves. Raises UserError where there is none."""
    for version in APPLIED[kind].versions:
        if version in served:
            return version
    raise UserError(f"The cluster knows no {kind} of {' or '.join(APPLIED[kind].versions)}. Cure: leave it out.")


def translate(manifest: Manifest, served: Collection[str]) -> dict[str, Any]:
    """Return the manifest in a version that the cluster serves. Raises UserError where something would be lost."""
    kind, version = str(manifest["kind"]), str(manifest["apiVersion"])
    if version in served:
        return dict(manifest)
    target = choose(kind, served)
    lost = _loses(manifest, version, target)
    if lost:
        name = manifest["metadata"]["name"]
        raise UserError(
            f"{kind} {name} is written in {version}, which the cluster does not have; in its {target} {lost} "
            f"cannot be said. Cure: leave that out, write it in {target}, or upgrade the cluster."
        )
    changed = {**manifest, "apiVersion": target}
    if target == "autoscaling/v1":
        changed["spec"] = _plain_autoscaler(manifest["spec"])
    return changed


def _loses(manifest: Manifest, version: str, target: str) -> str:
    """Return what would be lost, in words; empty where nothing is."""
    spec = manifest.get("spec") or {}
    if frozenset({version, target}) in _SAME:
        metrics = spec.get("metrics") or ()
        return "`ContainerResource`" if any(one.get("type") == "ContainerResource" for one in metrics) else ""
    if frozenset({version, target}) == {"policy/v1", "policy/v1beta1"}:
        if not spec.get("selector"):
            return "an empty selector"
        return "`unhealthyPodEvictionPolicy`" if "unhealthyPodEvictionPolicy" in spec else ""
    if target == "autoscaling/v1":
        return _beyond_plain(spec)
    return "it"


def _beyond_plain(spec: Any) -> str:
    metrics = spec.get("metrics") or []
    if spec.get("behavior"):
        return "`behavior`"
    if len(metrics) > 1 or (metrics and _utilization(metrics[0]) is None):
        return "anything but one goal for the processor"
    return ""


def _plain_autoscaler(spec: Any) -> dict[str, Any]:
    plain = {key: value for key, value in spec.items() if key not in ("metrics", "behavior")}
    metrics = spec.get("metrics") or []
    if metrics:
        plain["targetCPUUtilizationPercentage"] = _utilization(metrics[0])
    return plain


def _utilization(metric: Any) -> int | None:
    resource = metric.get("resource") or {}
    target = resource.get("target") or {}
    is_plain = (
        metric.get("type") == "Resource" and resource.get("name") == "cpu" and target.get("type") == "Utilization"
    )
    found = target.get("averageUtilization")
    return found if is_plain and isinstance(found, int) else None
