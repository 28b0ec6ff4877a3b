"""The fake's API over HTTP: discovery, reading, server-side apply, merge patches, deleting, logs; errors on demand."""

import json
import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from tests.fakes.cluster.fates import show_log
from tests.fakes.cluster.node import Node
from tests.fakes.cluster.objects import KINDS, RESOURCES, Objects, Refused
from tests.fakes.cluster.ownership import Conflict, Path, apply, change

APPLY: Final = "application/apply-patch+yaml"
_PLACE: Final = re.compile(
    r"/(?:api|apis)/(?P<version>v1|[a-z0-9.]+/v[a-z0-9]+)(?:/namespaces/(?P<space>[^/]+))?/(?P<plural>[a-z]+)"
    r"(?:/(?P<name>[^/]+)(?:/(?P<part>[a-z]+))?)?"
)


@dataclass(slots=True)
class Fault:
    """What is answered instead, to requests whose `METHOD PATH` matches."""

    pattern: str
    status: int
    times: int = 1
    reason: str = "InternalError"
    headers: Mapping[str, str] = field(default_factory=dict)
    is_late: bool = False
    """Whether it happens only after the request was done: its answer is lost."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a request is about."""

    version: str
    space: str
    plural: str
    name: str
    part: str


class ApiRoutes:
    """Answers requests. `asked` are those that came, as `METHOD PATH?QUERY`."""

    def __init__(self, objects: Objects, node: Node, tokens: set[str], step: Callable[[], None]) -> None:
        self._objects = objects
        self._node = node
        self.tokens = tokens
        self._step = step
        self.faults: list[Fault] = []
        self.hooks: list[tuple[str, Callable[[], None]]] = []
        self.asked: list[str] = []

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path_qs}")
        asked = f"{request.method} {request.path}"
        try:
            fault = self._find_fault(asked)
            if fault is not None:
                if fault.is_late:
                    await self._route(request)
                return self._fail(request, fault)
            if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
                raise Refused(401, "Unauthorized", "Unauthorized")
            answer = await self._route(request)
            for pattern, hook in self.hooks:
                if re.search(pattern, asked):
                    hook()
            return answer
        except Refused as refused:
            return web.json_response(refused.body, status=refused.status)

    def _find_fault(self, asked: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and re.search(fault.pattern, asked):
                fault.times -= 1
                return fault
        return None

    def _fail(self, request: web.BaseRequest, fault: Fault) -> web.StreamResponse:
        if fault.status == 0:  # the connection breaks
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        body = Refused(fault.status, fault.reason, f"injected {fault.status}").body
        return web.json_response(body, status=fault.status, headers=dict(fault.headers))

    async def _route(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/version":
            return web.json_response({"major": "1", "minor": "37", "gitVersion": "v1.37.0"})
        found = _PLACE.fullmatch(request.path)
        if found is None or found["plural"] not in KINDS:
            return self._discover(request.path)
        place = Place(found["version"], found["space"] or "", found["plural"], found["name"] or "", found["part"] or "")
        if place.plural != "namespaces" and place.space and request.method != "GET":
            self._objects.get("namespaces", "", place.space)
        if place.part == "log":
            return self._log(place, request.query)
        body = await request.json() if request.can_read_body else {}
        answer = self._do(request, place, body)
        self._step()
        return web.json_response(answer, status=201 if request.method == "POST" else 200)

    def _discover(self, path: str) -> web.StreamResponse:
        version = path.removeprefix("/apis/").removeprefix("/api/")
        if version not in RESOURCES:
            raise Refused(404, "NotFound", "the server could not find the requested resource")
        found = [{"name": plural, "kind": kind, "namespaced": True} for plural, kind in sorted(RESOURCES[version])]
        return web.json_response({"kind": "APIResourceList", "groupVersion": version, "resources": found})

    def _do(self, request: web.BaseRequest, place: Place, body: dict[str, Any]) -> dict[str, Any]:
        if request.method == "GET":
            if not place.name:
                return self._list(place, request.query)
            return self._objects.get(place.plural, place.space, place.name)
        manager = request.query.get("fieldManager", "unknown")
        if request.method == "POST":
            return self._create(place, body, manager)
        if request.method == "DELETE":
            gone = self._objects.get(place.plural, place.space, place.name)
            self._objects.drop(place.plural, place.space, place.name)
            return gone
        if request.content_type == APPLY:
            return self._apply(place, body, request.query)
        live = self._objects.get(place.plural, place.space, place.name)
        after = _merge_patch(deepcopy(live), body)
        return self._objects.put(place.plural, change(live, after, manager))

    def _list(self, place: Place, query: Mapping[str, str]) -> dict[str, Any]:
        labels = dict(one.split("=", 1) for one in query.get("labelSelector", "").split(",") if "=" in one)
        fields = dict(one.split("=", 1) for one in query.get("fieldSelector", "").split(",") if "=" in one)
        all_ = self._objects.all(place.plural, place.space, labels)
        found = [one for one in all_ if all(one.get(key) == value for key, value in fields.items())]
        start = int(query.get("continue") or 0)
        end = start + int(query.get("limit") or len(found) or 1)
        more = {"continue": str(end)} if end < len(found) else {}
        # Items of a list name neither kind nor version, as those of the API do not.
        items = [{k: v for k, v in one.items() if k not in ("kind", "apiVersion")} for one in found[start:end]]
        return {"kind": f"{KINDS[place.plural][1]}List", "apiVersion": place.version, "metadata": more, "items": items}

    def _create(self, place: Place, body: dict[str, Any], manager: str) -> dict[str, Any]:
        name = body["metadata"]["name"]
        if self._objects.find(place.plural, place.space, name) is not None:
            raise Refused(409, "AlreadyExists", f'{place.plural} "{name}" already exists')
        return self._objects.put(place.plural, change(None, _placed(body, place), manager))

    def _apply(self, place: Place, body: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
        live = self._objects.find(place.plural, place.space, place.name)
        version = body["metadata"].pop("resourceVersion", None)
        if version is not None and (live is None or live["metadata"]["resourceVersion"] != version):
            raise Refused(
                409, "Conflict", "the object has been modified; please apply your changes to the latest version"
            )
        try:
            after = apply(live, _placed(body, place), query["fieldManager"], is_forced=query.get("force") == "true")
        except Conflict as conflict:
            raise _refuse_conflict(conflict) from None
        return self._objects.put(place.plural, after, is_dry=query.get("dryRun") == "All")

    def _log(self, place: Place, query: Mapping[str, str]) -> web.StreamResponse:
        pod = self._objects.get("pods", place.space, place.name)
        text = self._node.log_of(pod, is_previous=query.get("previous") == "true")
        if not text:
            raise Refused(400, "BadRequest", "previous terminated container not found")
        return web.Response(text=show_log(text, pod, query))


def _placed(body: dict[str, Any], place: Place) -> dict[str, Any]:
    version, kind = KINDS[place.plural]
    space = {"namespace": place.space} if place.space and place.plural != "namespaces" else {}
    return {**body, "apiVersion": version, "kind": kind, "metadata": {**body["metadata"], **space}}


def _merge_patch(live: dict[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in patch.items():
        if value is None:
            live.pop(key, None)
        elif isinstance(value, dict):
            live[key] = _merge_patch(live.get(key) if isinstance(live.get(key), dict) else {}, value)  # type: ignore[arg-type] # (a dictionary)
        else:
            live[key] = value
    return live


def _refuse_conflict(conflict: Conflict) -> Refused:
    causes = [
        {"reason": "FieldManagerConflict", "message": f'conflict with "{who}"', "field": _show(path)}
        for who, path in conflict.found
    ]
    listed = "\n".join(f"- {one['field']}" for one in causes)
    return Refused(409, "Conflict", f"Apply failed with {len(causes)} conflicts:\n{listed}", causes)


def _show(path: Path) -> str:
    def show(part: str) -> str:
        if part.startswith("k:"):
            return "[" + ",".join(f"{key}={json.dumps(value)}" for key, value in json.loads(part[2:]).items()) + "]"
        return f".{part[2:]}"

    return "".join(show(part) for part in path if part != ".")
