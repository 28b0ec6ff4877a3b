"""A namespace whose Deployments roll out in a clock's time, for what is judged over minutes. Implements `Cluster`.

It knows no rules of a real API but those that roll-outs are judged by: generations, ReplicaSets, pods that age, lagging
statuses. What a pod does at which age is a function of its image.
"""

import asyncio
import copy
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from yantra_bot.deploy.adjusting import amend_template
from yantra_bot.deploy.objects import HASH_LABEL
from yantra_bot.deploy.observing import MARK, REVISION
from yantra_bot.deploy_ports import Gone, ObjectDiff
from yantra_bot.domain.rollout import Adjustment, Apply, Change, Manifest, Remove, Restore, Route, Scale
from yantra_bot.errors import YantraError


class TickingClock:
    """Time that goes on only where somebody waits. Implements `ports.Clock`."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        for _ in range(20):  # whoever is about to answer does so first
            await asyncio.sleep(0)
        self._now += seconds


@dataclass(frozen=True, slots=True)
class Look:
    """What a pod looks like at one moment."""

    is_ready: bool = True
    restarts: int = 0
    waiting: str = ""
    message: str = ""
    last: Mapping[str, Any] = field(default_factory=dict)


Fate = Callable[[str, int, float], Look]
"""What becomes of a pod, by image, number and age in seconds."""


@dataclass(slots=True)
class Pod:
    name: str
    number: int
    replica_set: str
    born: float
    image: str


@dataclass(slots=True)
class Entry:
    """A Deployment with what its controller keeps."""

    manifest: dict[str, Any]
    generation: int = 1
    observed: int = 0
    changed_at: float = 0.0
    replica_sets: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    pods: list[Pod] = field(default_factory=list)
    moved_at: float = 0.0
    most_ready: int = 0


class RolloutWorld:
    """One namespace. `fail_at` says what a read raises at a time, None for an answer."""

    name, namespace = "main", "shop"

    def __init__(
        self, clock: TickingClock, fate: Fate = lambda image, number, age: Look(), *, lag: float = 0.5
    ) -> None:
        self.clock, self.fate, self.lag = clock, fate, lag
        self.deployments: dict[str, Entry] = {}
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.fail_at: Callable[[float], YantraError | None] = lambda now: None
        self.logs: dict[str, str] = {}
        self._numbers = itertools.count(1)

    async def make(self, changes: Sequence[Change], *, mark: str) -> None:
        """Do what a stage says."""
        for one in changes:
            match one:
                case Apply(manifest):
                    await self.apply(manifest, mark=mark)
                case Scale(name, replicas):
                    await self.scale(name, replicas)
                case Route(service, selector):
                    await self.route(service, selector)
                case Restore(name, replica_set):
                    await self.restore(name, replica_set, mark=mark)
                case Remove(kind, name):
                    await self.remove(kind, name)

    async def read(self, kind: str, name: str) -> Manifest | None:
        self._raise()
        if kind != "Deployment":
            return copy.deepcopy(self.objects.get((kind, name)))
        entry = self.deployments.get(name)
        return None if entry is None else self._shown(entry)

    async def select(self, kind: str, labels: Mapping[str, str]) -> Sequence[Manifest]:
        self._raise()
        found = []
        for entry in self.deployments.values():
            self._settle(entry)
            found += self._replica_sets(entry) if kind == "ReplicaSet" else self._pods(entry)
        return [one for one in found if all(one["metadata"]["labels"].get(key) == labels[key] for key in labels)]

    async def diff(self, manifests: Sequence[Manifest]) -> Sequence[ObjectDiff]:
        return [ObjectDiff(str(one["kind"]), str(one["metadata"]["name"]), ()) for one in manifests]

    async def apply(self, manifest: Manifest, *, mark: str) -> Manifest:
        kept = copy.deepcopy(dict(manifest))
        kept["metadata"].setdefault("annotations", {})[MARK] = mark
        name = kept["metadata"]["name"]
        if kept["kind"] == "Deployment":
            self.change(name, kept)
        else:
            self.objects[(kept["kind"], name)] = kept
        return kept

    def change(self, name: str, manifest: dict[str, Any]) -> None:
        """Have a Deployment be so, whoever wants it."""
        entry = self.deployments.setdefault(name, Entry(manifest, generation=0))
        if entry.generation == 0 or entry.manifest["spec"] != manifest["spec"]:
            entry.generation += 1
            entry.changed_at = entry.moved_at = self.clock.now()
            entry.most_ready = 0
        entry.manifest = manifest

    def spec_of(self, name: str) -> dict[str, Any]:
        """Return a copy of a Deployment, to be changed and handed to `change`."""
        return copy.deepcopy(self.deployments[name].manifest)

    async def scale(self, name: str, replicas: int) -> None:
        changed = self.spec_of(name)
        changed["spec"]["replicas"] = replicas
        self.change(name, changed)

    async def route(self, service: str, selector: Mapping[str, str]) -> None:
        self.objects[("Service", service)]["spec"]["selector"] = dict(selector)

    async def restore(self, name: str, replica_set: str, *, mark: str) -> None:
        kept = self.deployments[name].replica_sets.get(replica_set)
        if kept is None:
            raise Gone(f"ReplicaSet {replica_set} is not there any more. Deploy a commit that is known to be good.")
        changed = self.spec_of(name)
        changed["spec"]["template"] = copy.deepcopy(kept[1])
        changed["metadata"].setdefault("annotations", {})[MARK] = mark
        self.change(name, changed)

    async def adjust(self, name: str, adjustment: Adjustment, *, mark: str) -> None:
        changed = self.spec_of(name)
        amend_template(changed, changed, adjustment)
        changed["metadata"].setdefault("annotations", {})[MARK] = mark
        self.change(name, changed)

    async def remove(self, kind: str, name: str) -> None:
        self.objects.pop((kind, name), None)
        if kind == "Deployment":
            self.deployments.pop(name, None)

    async def log(self, pod: str, container: str, *, lines: int, is_previous: bool) -> str:
        return self.logs.get(pod.rsplit("-", 1)[0], "")

    def serving_images(self, name: str) -> set[str]:
        """Return the images of the pods of a Deployment that are ready."""
        entry = self.deployments[name]
        self._settle(entry)
        return {pod.image for pod in entry.pods if self._look(pod).is_ready}

    def _raise(self) -> None:
        if (problem := self.fail_at(self.clock.now())) is not None:
            raise problem

    def _look(self, pod: Pod) -> Look:
        return self.fate(pod.image, pod.number, self.clock.now() - pod.born)

    def _settle(self, entry: Entry) -> None:
        """Do what the controllers do: new pods at once, an old one less for each new one that is ready."""
        now, spec = self.clock.now(), entry.manifest["spec"]
        if now < entry.changed_at + self.lag:
            return
        entry.observed = entry.generation
        name, wanted = entry.manifest["metadata"]["name"], spec.get("replicas", 1)
        current = self._current(entry)
        if current is None and not spec.get("paused"):
            current = f"{name}-{next(self._numbers):x}"
            entry.replica_sets[current] = (len(entry.replica_sets) + 1, copy.deepcopy(spec["template"]))
        new = [pod for pod in entry.pods if pod.replica_set == current]
        old = [pod for pod in entry.pods if pod.replica_set != current]
        if current is not None and not spec.get("paused"):
            image = spec["template"]["spec"]["containers"][0]["image"]
            while len(new) < wanted:
                number = next(self._numbers)
                new.append(Pod(f"{current}-{number:x}", number, current, now, image))
            new = new[:wanted]
            ready = sum(self._look(pod).is_ready for pod in new)
            old = old[: wanted - ready]
            if ready > entry.most_ready:
                entry.most_ready, entry.moved_at = ready, now
        entry.pods = new + old

    def _current(self, entry: Entry) -> str | None:
        template = entry.manifest["spec"]["template"]
        return next((name for name, (_, kept) in entry.replica_sets.items() if kept == template), None)

    def _shown(self, entry: Entry) -> Manifest:
        self._settle(entry)
        spec, current = entry.manifest["spec"], self._current(entry)
        ready = sum(self._look(pod).is_ready for pod in entry.pods)
        new_ready = sum(self._look(pod).is_ready for pod in entry.pods if pod.replica_set == current)
        wanted = spec.get("replicas", 1)
        late = self.clock.now() - entry.moved_at > spec.get("progressDeadlineSeconds", 600) and new_ready < wanted
        shown = copy.deepcopy(entry.manifest)
        shown["metadata"] |= {"uid": f"uid-{shown['metadata']['name']}", "generation": entry.generation}
        shown["status"] = {
            "observedGeneration": entry.observed,
            "replicas": len(entry.pods),
            "updatedReplicas": sum(pod.replica_set == current for pod in entry.pods),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "conditions": [
                {"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "message": ""},
                {
                    "type": "Progressing",
                    "status": "False" if late else "True",
                    "reason": "ProgressDeadlineExceeded" if late else "ReplicaSetUpdated",
                    "message": "has timed out progressing" if late else "is progressing",
                },
            ],
        }
        return shown

    def _replica_sets(self, entry: Entry) -> list[dict[str, Any]]:
        found = []
        for name, (revision, template) in entry.replica_sets.items():
            pods = [pod for pod in entry.pods if pod.replica_set == name]
            ready = sum(self._look(pod).is_ready for pod in pods)
            template = copy.deepcopy(template)
            template["metadata"]["labels"][HASH_LABEL] = name
            metadata = {
                "name": name,
                "uid": f"uid-{name}",
                "labels": template["metadata"]["labels"],
                "annotations": {REVISION: str(revision)},
                "ownerReferences": [{"uid": f"uid-{entry.manifest['metadata']['name']}", "controller": True}],
                "creationTimestamp": f"{revision:06}",
            }
            status = {"replicas": len(pods), "readyReplicas": ready, "availableReplicas": ready}
            found.append(
                {"metadata": metadata, "spec": {"replicas": len(pods), "template": template}, "status": status}
            )
        return found

    def _pods(self, entry: Entry) -> list[dict[str, Any]]:
        return [self._pod(entry, pod) for pod in entry.pods]

    def _pod(self, entry: Entry, pod: Pod) -> dict[str, Any]:
        look = self._look(pod)
        template = entry.replica_sets[pod.replica_set][1]
        state = {"waiting": {"reason": look.waiting, "message": look.message}} if look.waiting else {"running": {}}
        status = {"name": "web", "restartCount": look.restarts, "state": state, "lastState": dict(look.last)}
        return {
            "metadata": {
                "name": pod.name,
                "uid": f"uid-{pod.name}",
                "labels": {**template["metadata"]["labels"], HASH_LABEL: pod.replica_set},
                "ownerReferences": [{"uid": f"uid-{pod.replica_set}", "controller": True}],
                "creationTimestamp": datetime.fromtimestamp(pod.born, UTC).isoformat(),
            },
            "spec": copy.deepcopy(template["spec"]),
            "status": {
                "phase": "Running",
                "podIP": f"10.0.0.{pod.number % 250 + 1}",
                "containerStatuses": [status],
                "conditions": [{"type": "Ready", "status": "True" if look.is_ready else "False"}],
            },
        }
