"""One namespace of a Kubernetes cluster: reads it by polling, changes it by server-side apply under our name.

It must never take a field from somebody who sets it (but where the environment says so, of an object that we never
applied), never watch, and never touch another namespace or kind.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

from yantra_bot.clusters.api import APPLY, Api, Stale, quoted, segment
from yantra_bot.clusters.object_diffs import describe
from yantra_bot.clusters.served_versions import ServedVersions
from yantra_bot.deploy.adjusting import amend_template
from yantra_bot.deploy.manifests.kinds import SERVICE
from yantra_bot.deploy.manifests.versions import translate
from yantra_bot.deploy.objects import plain_template
from yantra_bot.deploy.owned_fields import MANAGER, has_ours, take_ours
from yantra_bot.deploy_ports import ChangedByOthers, Gone, ObjectDiff
from yantra_bot.domain.rollout import Adjustment, Manifest
from yantra_bot.errors import Transient, UserError

RUN: Final = "yantra.dev/run"
_PAGE, _MOST_OBJECTS = 250, 2000
_MOST_LINES, _MOST_LOG_BYTES, _KEPT_LOG_BYTES = 500, 512 * 1024, 16 * 1024
_TRIES: Final = 20
_AUTOSCALERS: Final = frozenset({"kube-controller-manager"})

Amend = Callable[[dict[str, Any], Manifest], None]
"""Changes what is ours of an object; the second is the object as it is."""


class KubernetesNamespace:
    """Implements the port Cluster."""

    def __init__(
        self, name: str, namespace: str, api: Api, served: ServedVersions, *, takes_over: bool = False
    ) -> None:
        """`takes_over`: whether objects that we never applied may be taken from those who did."""
        self.name = name
        self.namespace = namespace
        self._api = api
        self._served = served
        self._takes_over = takes_over

    async def read(self, kind: str, name: str) -> Manifest | None:
        return await self._get(kind, name)

    async def select(self, kind: str, labels: Mapping[str, str]) -> Sequence[Manifest]:
        try:
            return await self._list(kind, labels)
        except Transient:
            # A page's mark may have run out (410): from the beginning, once.
            return await self._list(kind, labels)

    async def diff(self, manifests: Sequence[Manifest]) -> Sequence[ObjectDiff]:
        found = []
        for manifest in manifests:
            kind, name = str(manifest["kind"]), str(manifest["metadata"]["name"])
            live = await self._get(kind, name)
            after = await self._send(await self._ready(manifest, live, ""), live, is_dry=True)
            found.append(describe(live, after))
        return tuple(found)

    async def apply(self, manifest: Manifest, *, mark: str) -> Manifest:
        live = await self._get(str(manifest["kind"]), str(manifest["metadata"]["name"]))
        return _without_managers(await self._send(await self._ready(manifest, live, mark), live))

    async def scale(self, name: str, replicas: int) -> None:
        def amend(ours: dict[str, Any], _: Manifest) -> None:
            ours.setdefault("spec", {})["replicas"] = replicas

        await self._amend("Deployment", name, amend, frees=_held_by_autoscaler)

    async def route(self, service: str, selector: Mapping[str, str]) -> None:
        def amend(ours: dict[str, Any], _: Manifest) -> None:
            ours.setdefault("spec", {})["selector"] = dict(selector)

        def check(after: Manifest) -> None:
            chosen = (after.get("spec") or {}).get("selector")
            if chosen != dict(selector):
                raise ChangedByOthers(
                    f"The Service {service} would still choose pods by labels that somebody else set: "
                    f"{quoted(str(chosen))}. Cure: have them leave its selector."
                )

        await self._amend("Service", service, amend, check=check)

    async def restore(self, name: str, replica_set: str, *, mark: str) -> None:
        old = await self._get("ReplicaSet", replica_set)
        if old is None or not _belongs(old, name):
            raise Gone(
                f"The version to go back to, ReplicaSet {replica_set} of Deployment {name}, is no more in "
                f"{self.namespace}. Cure: deploy an earlier commit; keep `revisionHistoryLimit` above 1."
            )
        template = plain_template(old)

        def amend(ours: dict[str, Any], live: Manifest) -> None:
            ours.setdefault("spec", {})["template"] = deepcopy(template)
            if ours["spec"].get("paused") or (live.get("spec") or {}).get("paused"):
                ours["spec"]["paused"] = False
            ours["metadata"].setdefault("annotations", {})[RUN] = mark

        def check(after: Manifest) -> None:
            if plain_template(after) != template:
                raise ChangedByOthers(
                    f"Deployment {name} has fields in its pods' template that somebody else set since: the old version "
                    "cannot be had back as it was. Cure: look at it, and undo by hand what is not wanted."
                )

        await self._amend("Deployment", name, amend, check=check)

    async def adjust(self, name: str, adjustment: Adjustment, *, mark: str) -> None:
        def amend(ours: dict[str, Any], live: Manifest) -> None:
            amend_template(ours, live, adjustment)
            ours["metadata"].setdefault("annotations", {})[RUN] = mark

        await self._amend("Deployment", name, amend)

    async def remove(self, kind: str, name: str) -> None:
        path = f"{await self._path(kind)}/{segment(name)}"
        try:
            await self._api.json(
                "DELETE", path, body={"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
            )
        except Gone:
            return

    async def log(self, pod: str, container: str, *, lines: int, is_previous: bool) -> str:
        query = {
            "container": container,
            "tailLines": str(max(1, min(lines, _MOST_LINES))),
            "limitBytes": str(_MOST_LOG_BYTES),
        }
        if is_previous:
            query["previous"] = "true"
        return (await self._log(pod, query)).encode()[-_KEPT_LOG_BYTES:].decode("utf-8", "ignore")

    async def log_since(self, pod: str, container: str, *, seconds: int, lines: int) -> str:
        """Return what a container wrote in the last seconds, by its node's clock, each line after its time.

        Raises Gone where the pod is no more, UserError where the container never ran.
        """
        query = {"container": container, "sinceSeconds": str(max(1, seconds)), "timestamps": "true"}
        query |= {"tailLines": str(max(1, lines)), "limitBytes": str(_MOST_LOG_BYTES)}
        return await self._api.text(f"{await self._path('Pod')}/{segment(pod)}/log", query)

    async def warnings(self) -> Sequence[Manifest]:
        """Return events of the namespace that are warnings, one page of them."""
        query = {"fieldSelector": "type=Warning", "limit": str(_PAGE)}
        items = (await self._api.json("GET", await self._path("Event"), query=query)).get("items")
        return tuple(one for one in items if isinstance(one, dict)) if isinstance(items, list) else ()

    async def _log(self, pod: str, query: Mapping[str, str]) -> str:
        try:
            return await self._api.text(f"{await self._path('Pod')}/{segment(pod)}/log", query)
        except (Gone, UserError):
            # 404: the pod is no more; 400: the container never ran, or has no earlier instance.
            return ""

    async def _path(self, kind: str) -> str:
        return await self._served.path(kind, self.namespace)

    async def _get(self, kind: str, name: str) -> Manifest | None:
        try:
            return await self._api.json("GET", f"{await self._path(kind)}/{segment(name)}")
        except Gone:
            return None

    async def _list(self, kind: str, labels: Mapping[str, str]) -> Sequence[Manifest]:
        path, version = await self._path(kind), await self._served.version(kind)
        query = {"limit": str(_PAGE), "labelSelector": ",".join(f"{key}={value}" for key, value in labels.items())}
        found: list[Manifest] = []
        while True:
            page = await self._api.json("GET", path, query=query)
            items = page.get("items")
            if not isinstance(items, list):
                raise Transient(f"The cluster {self.name} answered a list of {kind} with none.")
            found += [_without_managers({"apiVersion": version, "kind": kind, **one}) for one in items]
            following = (page.get("metadata") or {}).get("continue")
            if not following:
                return tuple(found)
            if len(found) >= _MOST_OBJECTS:
                raise UserError(
                    f"More than {_MOST_OBJECTS} objects of kind {kind} have these labels. Cure: narrow them."
                )
            query = {**query, "continue": str(following)}

    async def _ready(self, manifest: Manifest, live: Manifest | None, mark: str) -> dict[str, Any]:
        """Return the manifest as it is sent: in a version that the server has, in our namespace, with the mark."""
        kind = str(manifest["kind"])
        _refuse_anothers(manifest, live)
        ready = deepcopy(translate(manifest, await self._served.all_of(kind)))
        metadata = ready["metadata"] = {**ready["metadata"], "namespace": self.namespace}
        for key in ("managedFields", "resourceVersion"):
            metadata.pop(key, None)
        if mark:
            metadata["annotations"] = {**(metadata.get("annotations") or {}), RUN: mark}
        elif live is not None and (known := (live["metadata"].get("annotations") or {}).get(RUN)):
            metadata["annotations"] = {**(metadata.get("annotations") or {}), RUN: known}
        if kind == "Service":
            # Ports are told apart by it; older servers do not know its default while they apply.
            ports = ready["spec"].get("ports") or ()
            ready["spec"]["ports"] = [{"protocol": "TCP", **port} for port in ports]
        if kind == "Deployment" and "replicas" not in ready["spec"] and live is not None:
            # Where the number is ours and now left to an autoscaler, leaving it out would make it 1 for a moment.
            number = (take_ours(live).get("spec") or {}).get("replicas")
            if number is not None:
                ready["spec"]["replicas"] = number
        return ready

    async def _send(
        self, manifest: Mapping[str, Any], live: Manifest | None, *, is_dry: bool = False, is_forced: bool = False
    ) -> Manifest:
        is_forced = is_forced or (self._takes_over and live is not None and not has_ours(live))
        query = {"fieldManager": MANAGER, "force": "true" if is_forced else "false"}
        if is_dry:
            query["dryRun"] = "All"
        path = await self._served.path(str(manifest["kind"]), self.namespace, str(manifest["apiVersion"]))
        name = segment(str(manifest["metadata"]["name"]))
        try:
            return await self._api.json("PATCH", f"{path}/{name}", query=query, body=manifest, content_type=APPLY)
        except Gone as problem:
            raise UserError(f"{problem} Cure: have the namespace {self.namespace} made first.") from problem

    async def _amend(
        self,
        kind: str,
        name: str,
        amend: Amend,
        *,
        check: Callable[[Manifest], None] = lambda _: None,
        frees: Callable[[Manifest], bool] = lambda _: False,
    ) -> None:
        """Change what is ours of an object, if nobody changes its specification meanwhile.

        Its status may move, and an autoscaler its number. An answer that was lost on the way is found again.
        """
        first: object = None
        for attempt in range(1, _TRIES + 1):
            live = await self._get(kind, name)
            if live is None:
                raise Gone(f"There is no {kind} {name} in {self.namespace} (any more).")
            ours = take_ours(live)
            wanted = deepcopy(ours)
            amend(wanted, live)
            is_done = wanted == ours
            wanted["metadata"]["resourceVersion"] = live["metadata"]["resourceVersion"]
            try:
                check(live if is_done else await self._send(wanted, live, is_dry=True, is_forced=frees(live)))
                if not is_done:
                    await self._send(wanted, live, is_forced=frees(live))
                return
            except Stale:
                specification = {key: value for key, value in (live.get("spec") or {}).items() if key != "replicas"}
                first = first or specification
                if specification != first or attempt == _TRIES:
                    raise
        raise AssertionError


def _refuse_anothers(manifest: Manifest, live: Manifest | None) -> None:
    """Raise ChangedByOthers for an object that we applied, but for another service of the same namespace."""
    owner = ((live or {}).get("metadata", {}).get("labels") or {}).get(SERVICE)
    ours = (manifest["metadata"].get("labels") or {}).get(SERVICE)
    if owner and ours and owner != ours:
        raise ChangedByOthers(
            f"{manifest['kind']} {manifest['metadata']['name']} belongs to the service {quoted(str(owner), 80)}, which "
            "is in the same namespace. Cure: give it another name."
        )


def _belongs(replica_set: Manifest, deployment: str) -> bool:
    owners = replica_set["metadata"].get("ownerReferences") or ()
    return any(one.get("kind") == "Deployment" and one.get("name") == deployment for one in owners)


def _held_by_autoscaler(live: Manifest) -> bool:
    """Whether the number of replicas is an autoscaler's: what a roll-out says goes before it."""
    return any(
        "f:replicas" in ((entry.get("fieldsV1") or {}).get("f:spec") or {})
        and (entry.get("subresource") == "scale" or entry.get("manager") in _AUTOSCALERS)
        for entry in live["metadata"].get("managedFields") or ()
    )


def _without_managers(manifest: Manifest) -> Manifest:
    """Leave out who set which field: it is long, and of no use to those who watch."""
    metadata = {key: value for key, value in (manifest.get("metadata") or {}).items() if key != "managedFields"}
    return {**manifest, "metadata": metadata}
