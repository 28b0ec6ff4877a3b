"""What makes pods of Deployments in the fake cluster: roll-outs, conditions, deadlines, revisions, step by step."""

import hashlib
import json
import math
import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Final

from tests.fakes.cluster.fates import stamp
from tests.fakes.cluster.objects import Objects
from tests.fakes.cluster.ownership import change

HASH: Final = "pod-template-hash"
REVISION: Final = "deployment.kubernetes.io/revision"
MANAGER: Final = "kube-controller-manager"


class Controllers:
    """Brings what is there nearer to what is wanted. `now` is a clock in seconds."""

    def __init__(self, objects: Objects, now: Callable[[], float]) -> None:
        self._objects = objects
        self._now = now
        self._moved: dict[str, tuple[float, Any]] = {}

    def step(self) -> None:
        """Do what the controllers would do next, once."""
        for scaler in self._objects.all("horizontalpodautoscalers"):
            self._keep_least(scaler)
        for deployment in self._objects.all("deployments"):
            self._roll_out(deepcopy(deployment))
        for replica_set in self._objects.all("replicasets"):
            self._fill(deepcopy(replica_set))

    def _keep_least(self, scaler: Mapping[str, Any]) -> None:
        target, space = scaler["spec"]["scaleTargetRef"]["name"], scaler["metadata"]["namespace"]
        live = self._objects.find("deployments", space, target)
        least = int(scaler["spec"].get("minReplicas") or 1)
        if live is not None and 0 < live["spec"]["replicas"] < least:
            after = deepcopy(live)
            after["spec"]["replicas"] = least
            self._objects.put("deployments", change(live, after, MANAGER))

    def _roll_out(self, deployment: dict[str, Any]) -> None:
        sets = list(self._objects.owned("replicasets", deployment))
        new = next((one for one in sets if template_of(one) == deployment["spec"]["template"]), None)
        if not deployment["spec"].get("paused"):
            new = self._raise_revision(deployment, sets, new)
            self._scale(deployment, new, [one for one in sets if one["metadata"]["name"] != new["metadata"]["name"]])
            self._forget_old(deployment, new)
        sets = list(self._objects.owned("replicasets", deployment))
        name = None if new is None else new["metadata"]["name"]
        self._tell(deployment, next((one for one in sets if one["metadata"]["name"] == name), None), sets)

    def _raise_revision(
        self, deployment: dict[str, Any], sets: list[dict[str, Any]], new: dict[str, Any] | None
    ) -> dict[str, Any]:
        highest = max((_revision(one) for one in sets), default=0)
        if new is None:
            new = self._objects.put("replicasets", _make_set(deployment, highest + 1))
        elif _revision(new) < highest:
            new = deepcopy(new)
            new["metadata"]["annotations"][REVISION] = str(highest + 1)
            new = self._objects.put("replicasets", new)
        deployment["metadata"].setdefault("annotations", {})[REVISION] = str(_revision(new))
        return new

    def _scale(self, deployment: Mapping[str, Any], new: dict[str, Any], old: list[dict[str, Any]]) -> None:
        """Scale the new version up as far as there is room, and old ones down as far as enough are available."""
        wanted = int(deployment["spec"]["replicas"])
        surge, missing = _limits(deployment["spec"], wanted)
        others = sum(int(one["spec"]["replicas"]) for one in old)
        is_recreated = deployment["spec"]["strategy"].get("type") == "Recreate"
        room = (wanted if not others else 0) if is_recreated else wanted + surge - others
        grown = min(wanted, max(int(new["spec"]["replicas"]), room)) if wanted else 0
        self._set_number(new, grown)
        available = int((new.get("status") or {}).get("availableReplicas") or 0)
        spare = sum(int((one.get("status") or {}).get("availableReplicas") or 0) for one in old)
        spare += available - (wanted - missing)
        for one in sorted(old, key=_revision):
            number = int(one["spec"]["replicas"])
            dead = number - int((one.get("status") or {}).get("availableReplicas") or 0)
            taken = number if is_recreated else min(number, max(0, dead) + max(0, spare))
            spare -= max(0, taken - max(0, dead))
            self._set_number(one, number - taken)

    def _set_number(self, replica_set: Mapping[str, Any], number: int) -> None:
        if int(replica_set["spec"]["replicas"]) != number:
            after = deepcopy(dict(replica_set))
            after["spec"]["replicas"] = number
            self._objects.put("replicasets", after)

    def _forget_old(self, deployment: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        idle = [
            one
            for one in self._objects.owned("replicasets", deployment)
            if one["metadata"]["name"] != new["metadata"]["name"]
            and not one["spec"]["replicas"]
            and not (one.get("status") or {}).get("replicas")
        ]
        kept = int(deployment["spec"]["revisionHistoryLimit"])
        for one in sorted(idle, key=_revision)[: max(0, len(idle) - kept)]:
            self._objects.drop("replicasets", one["metadata"]["namespace"], one["metadata"]["name"])

    def _tell(self, deployment: dict[str, Any], new: Mapping[str, Any] | None, sets: list[dict[str, Any]]) -> None:
        """Write the Deployment's status, of the present generation."""
        numbers = {
            key: sum(int((one.get("status") or {}).get(key) or 0) for one in sets)
            for key in ("replicas", "readyReplicas", "availableReplicas")
        }
        wanted = int(deployment["spec"]["replicas"])
        numbers["updatedReplicas"] = int(((new or {}).get("status") or {}).get("replicas") or 0)
        numbers["unavailableReplicas"] = max(0, max(wanted, numbers["replicas"]) - numbers["availableReplicas"])
        status: dict[str, Any] = {key: value for key, value in numbers.items() if value}
        _, missing = _limits(deployment["spec"], wanted)
        is_available = numbers["availableReplicas"] >= wanted - missing
        is_done = numbers["updatedReplicas"] == numbers["availableReplicas"] == numbers["replicas"] == wanted
        available = _condition(
            "Available", is_available, "MinimumReplicas" + ("A" if is_available else "Una") + "vailable"
        )
        progressing = self._judge_progress(deployment, new, numbers, is_done=is_done)
        status |= {"observedGeneration": deployment["metadata"]["generation"], "conditions": [available, progressing]}
        self._objects.put("deployments", {**deployment, "status": _keep_times(deployment.get("status") or {}, status)})

    def _judge_progress(
        self, deployment: Mapping[str, Any], new: Mapping[str, Any] | None, numbers: Mapping[str, int], *, is_done: bool
    ) -> dict[str, Any]:
        uid, name = deployment["metadata"]["uid"], (new or {"metadata": {"name": ""}})["metadata"]["name"]
        seen = (name, tuple(sorted(numbers.items())), deployment["metadata"]["generation"])
        since, before = self._moved.get(uid, (self._now(), None))
        if before != seen or deployment["spec"].get("paused"):
            since = self._now()
        self._moved[uid] = (since, seen)
        if is_done:
            return _condition(
                "Progressing", True, "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.'
            )
        known = [
            one for one in (deployment.get("status") or {}).get("conditions") or () if one["type"] == "Progressing"
        ]
        is_same = before is not None and before[0] == name
        was_done = bool(known) and known[0]["reason"] == "NewReplicaSetAvailable" and is_same
        if was_done:
            return dict(known[0])  # a finished roll-out stays so, whatever becomes of its pods
        if self._now() - since > int(deployment["spec"]["progressDeadlineSeconds"]):
            return _condition(
                "Progressing", False, "ProgressDeadlineExceeded", f'ReplicaSet "{name}" has timed out progressing.'
            )
        return _condition("Progressing", True, "ReplicaSetUpdated", f'ReplicaSet "{name}" is progressing.')

    def _fill(self, replica_set: dict[str, Any]) -> None:
        """Make or remove pods until there are as many as wanted, and count them."""
        pods = [one for one in self._objects.owned("pods", replica_set) if not one["metadata"].get("deletionTimestamp")]
        wanted = int(replica_set["spec"]["replicas"])
        pods += [self._objects.put("pods", _make_pod(replica_set)) for _ in range(wanted - len(pods))]
        surplus = sorted(pods, key=is_ready)[: max(0, len(pods) - wanted)]
        for pod in surplus:
            after = deepcopy(pod)
            after["metadata"]["deletionTimestamp"] = stamp()
            self._objects.put("pods", after)
        names = {pod["metadata"]["name"] for pod in surplus}
        left = [pod for pod in pods if pod["metadata"]["name"] not in names]
        ready = sum(is_ready(pod) for pod in left)
        available = sum(is_ready(pod) and self._is_old_enough(pod, replica_set) for pod in left)
        status = {"replicas": len(left), "readyReplicas": ready, "availableReplicas": available}
        status["observedGeneration"] = replica_set["metadata"]["generation"]
        self._objects.put("replicasets", {**replica_set, "status": status})

    def _is_old_enough(self, pod: Mapping[str, Any], replica_set: Mapping[str, Any]) -> bool:
        least = int(replica_set["spec"].get("minReadySeconds") or 0)
        key = f"ready {pod['metadata']['uid']}"
        since, _ = self._moved.setdefault(key, (self._now(), None))
        return self._now() - since >= least


def template_of(replica_set: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pods' template without the label that tells versions apart."""
    template = deepcopy(replica_set["spec"]["template"])
    template["metadata"]["labels"].pop(HASH, None)
    return dict(template)


def is_ready(pod: Mapping[str, Any]) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _revision(replica_set: Mapping[str, Any]) -> int:
    return int((replica_set["metadata"].get("annotations") or {}).get(REVISION) or 0)


def _limits(spec: Mapping[str, Any], wanted: int) -> tuple[int, int]:
    """Return how many more than wanted there may be, and how many fewer."""
    rolling = spec["strategy"].get("rollingUpdate") or {}

    def number(said: int | str, rounding: Callable[[float], int]) -> int:
        return said if isinstance(said, int) else rounding(int(said.rstrip("%")) * wanted / 100)

    surge = number(rolling.get("maxSurge", "25%"), math.ceil)
    missing = number(rolling.get("maxUnavailable", "25%"), math.floor)
    return surge, missing if surge or missing else 1


def _make_set(deployment: Mapping[str, Any], revision: int) -> dict[str, Any]:
    spec = deployment["spec"]
    digest = hashlib.sha256(json.dumps(spec["template"], sort_keys=True).encode()).hexdigest()[:10]
    template = deepcopy(spec["template"])
    template["metadata"]["labels"][HASH] = digest
    name = deployment["metadata"]["name"]
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{name}-{digest}",
            "namespace": deployment["metadata"]["namespace"],
            "labels": template["metadata"]["labels"],
            "annotations": {REVISION: str(revision)},
            "ownerReferences": [_owner(deployment)],
        },
        "spec": {
            "replicas": 0,
            "minReadySeconds": spec.get("minReadySeconds", 0),
            "selector": {"matchLabels": {**spec["selector"]["matchLabels"], HASH: digest}},
            "template": template,
        },
    }


def _make_pod(replica_set: Mapping[str, Any]) -> dict[str, Any]:
    template, metadata = replica_set["spec"]["template"], replica_set["metadata"]
    name = f"{metadata['name']}-{''.join(random.choices('bcdfghjklmnpqrstvwxz2456789', k=5))}"
    inner = {key: template["metadata"][key] for key in ("labels", "annotations") if key in template["metadata"]}
    whole = {"name": name, "namespace": metadata["namespace"], "ownerReferences": [_owner(replica_set)], **inner}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": whole,
        "spec": deepcopy(template["spec"]),
        "status": {"phase": "Pending"},
    }


def _owner(found: Mapping[str, Any]) -> dict[str, Any]:
    metadata = found["metadata"]
    said = {"apiVersion": "apps/v1", "kind": found["kind"], "name": metadata["name"], "uid": metadata["uid"]}
    return {**said, "controller": True, "blockOwnerDeletion": True}


def _condition(kind: str, is_so: bool, reason: str, message: str = "") -> dict[str, Any]:
    said = {"type": kind, "status": "True" if is_so else "False", "reason": reason, "message": message}
    return {**said, "lastUpdateTime": stamp(), "lastTransitionTime": stamp()}


def _keep_times(before: Mapping[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Leave conditions that say the same as before as they were, so that nothing seems to have changed."""
    known = {one["type"]: one for one in before.get("conditions") or ()}
    conditions = []
    for one in after["conditions"]:
        old = known.get(one["type"])
        same = old is not None and all(old[key] == one[key] for key in ("status", "reason", "message"))
        conditions.append(old if same else one)
    return {**after, "conditions": conditions}
