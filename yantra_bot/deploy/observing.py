"""Reads a Deployment, its ReplicaSets and its pods, as the cluster's JSON says, into a `WorkloadState`.

What is read is untrusted text; nothing here decides. The present version is the ReplicaSet with the present template,
never the one with the highest number: numbers lag.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from yantra_bot.deploy.manifests.kinds import COMMIT
from yantra_bot.deploy.objects import HASH_LABEL, plain_template
from yantra_bot.deploy.troubles import trouble_of
from yantra_bot.deploy_ports import Cluster
from yantra_bot.domain.rollout import Manifest
from yantra_bot.domain.workload import Condition, PodState, VersionState, WorkloadState

MARK = "yantra.dev/run"
REVISION = "deployment.kubernetes.io/revision"


async def observe(cluster: Cluster, name: str, *, at: float = 0.0) -> WorkloadState | None:
    """Return a Deployment as it is now; None where there is none. `at` is the time of the reader's clock."""
    deployment = await cluster.read("Deployment", name)
    if deployment is None:
        return None
    labels = _at(deployment, "spec", "selector", "matchLabels") or {}
    replica_sets = owned_by(deployment, await cluster.select("ReplicaSet", labels))
    new = present(deployment, replica_sets)
    pods: Sequence[Manifest] = ()
    if new is not None:
        template_hash = _at(new, "metadata", "labels", HASH_LABEL)
        mine = {**labels, HASH_LABEL: template_hash} if template_hash else labels
        pods = owned_by(new, await cluster.select("Pod", mine))
    return read_workload(deployment, replica_sets, pods, at=at)


async def observe_all(cluster: Cluster, name: str, *, at: float = 0.0) -> WorkloadState | None:
    """Return a Deployment with the pods of all its versions: whatever of it may serve. None where there is none."""
    deployment = await cluster.read("Deployment", name)
    if deployment is None:
        return None
    labels = _at(deployment, "spec", "selector", "matchLabels") or {}
    replica_sets = owned_by(deployment, await cluster.select("ReplicaSet", labels))
    pods = await cluster.select("Pod", labels)
    mine = [pod for owner in replica_sets for pod in owned_by(owner, pods)]
    return read_workload(deployment, replica_sets, mine, at=at)


def owned_by(owner: Manifest, objects: Sequence[Manifest]) -> list[Manifest]:
    """Return the objects whose controller is `owner`: labels alone may be shared with strangers."""
    uid = _at(owner, "metadata", "uid")
    return [
        one
        for one in objects
        if any(ref.get("uid") == uid and ref.get("controller") for ref in _at(one, "metadata", "ownerReferences") or ())
    ]


def present(deployment: Manifest, replica_sets: Sequence[Manifest]) -> Manifest | None:
    """Return the ReplicaSet of the present template, the oldest where there are several, as the controller chooses."""
    wanted = plain_template(deployment)
    same = [one for one in replica_sets if plain_template(one) == wanted]
    return min(same, key=lambda one: str(_at(one, "metadata", "creationTimestamp")), default=None)


def read_workload(
    deployment: Manifest, replica_sets: Sequence[Manifest], pods: Sequence[Manifest], *, at: float = 0.0
) -> WorkloadState:
    """Return the state. `replica_sets` are those of the Deployment, `pods` those of its present version."""
    status: Mapping[str, Any] = deployment.get("status") or {}
    new = present(deployment, replica_sets)
    others = [one for one in replica_sets if one is not new]
    return WorkloadState(
        name=str(_at(deployment, "metadata", "name")),
        generation=int(_at(deployment, "metadata", "generation") or 0),
        observed_generation=int(status.get("observedGeneration") or 0),
        mark=str((_at(deployment, "metadata", "annotations") or {}).get(MARK, "")),
        is_paused=bool(_at(deployment, "spec", "paused")),
        wanted=_number(_at(deployment, "spec", "replicas"), 1),
        updated=_number(status.get("updatedReplicas")),
        ready=_number(status.get("readyReplicas")),
        available=_number(status.get("availableReplicas")),
        unavailable=_number(status.get("unavailableReplicas")),
        existing=_number(status.get("replicas")),
        progressing=_condition(status, "Progressing"),
        new=None if new is None else _version(new),
        old=tuple(sorted(map(_version, others), key=lambda one: -one.revision)),
        pods=tuple(map(_pod, pods)),
        at=at,
        digest=digest_of(deployment),
    )


def digest_of(deployment: Manifest) -> str:
    """Return a hash of the specification without its replicas, which an autoscaler may set."""
    spec = {key: value for key, value in (deployment.get("spec") or {}).items() if key != "replicas"}
    return hashlib.sha256(json.dumps(spec, sort_keys=True, default=str).encode()).hexdigest()[:32]


def images_of(workload: Manifest) -> tuple[str, ...]:
    """Return the images of the containers of a Deployment's or ReplicaSet's template, in its order."""
    return tuple(str(one.get("image", "")) for one in _at(workload, "spec", "template", "spec", "containers") or ())


def _version(replica_set: Manifest) -> VersionState:
    status = replica_set.get("status") or {}
    revision = str((_at(replica_set, "metadata", "annotations") or {}).get(REVISION, "0"))
    return VersionState(
        name=str(_at(replica_set, "metadata", "name")),
        revision=int(revision) if revision.isdecimal() else 0,
        template_hash=str((_at(replica_set, "metadata", "labels") or {}).get(HASH_LABEL, "")),
        images=images_of(replica_set),
        wanted=_number(_at(replica_set, "spec", "replicas"), 1),
        existing=_number(status.get("replicas")),
        ready=_number(status.get("readyReplicas")),
        available=_number(status.get("availableReplicas")),
        commit=str((_at(replica_set, "spec", "template", "metadata", "annotations") or {}).get(COMMIT, "")),
    )


def _pod(pod: Manifest) -> PodState:
    statuses = _at(pod, "status", "containerStatuses") or ()
    early = _at(pod, "status", "initContainerStatuses") or ()
    containers = _at(pod, "spec", "containers") or ()
    ports = [port for container in containers for port in container.get("ports") or ()]
    conditions = _at(pod, "status", "conditions") or ()
    ready = next((one for one in conditions if one.get("type") == "Ready" and one.get("status") == "True"), None)
    return PodState(
        name=str(_at(pod, "metadata", "name")),
        ip=str(_at(pod, "status", "podIP") or ""),
        phase=str(_at(pod, "status", "phase") or ""),
        is_ready=ready is not None,
        is_leaving=_at(pod, "metadata", "deletionTimestamp") is not None,
        restarts=sum(_number(one.get("restartCount")) for one in (*early, *statuses)),
        created_at=_time(_at(pod, "metadata", "creationTimestamp")),
        ports=tuple((str(port.get("name") or ""), _number(port.get("containerPort"))) for port in ports),
        trouble=trouble_of(pod),
        containers=tuple(str(one.get("name")) for one in containers),
        ready_at=0.0 if ready is None else _time(ready.get("lastTransitionTime")),
    )


def _condition(status: Mapping[str, Any], kind: str) -> Condition | None:
    for one in status.get("conditions") or ():
        if one.get("type") == kind:
            return Condition(str(one.get("status")), str(one.get("reason") or ""), str(one.get("message") or ""))
    return None


def _at(value: Any, *path: str) -> Any:
    """Return what lies at a path of nested objects; None where it ends early."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _number(value: object, default: int = 0) -> int:
    return value if isinstance(value, int) else default


def _time(value: object) -> float:
    """Return Unix time in seconds; 0 for what is no time."""
    if isinstance(value, datetime):
        return value.timestamp()
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return 0.0
