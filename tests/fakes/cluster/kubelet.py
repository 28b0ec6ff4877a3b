"""One pretend node of a real control plane: `python -m tests.fakes.cluster.kubelet KUBECONFIG`.

Each pod bound to it gets the fate that `fates` decides, an address of its own, and a real HTTP server while it runs;
the API server gets its logs from here. Nothing is executed.
"""

import asyncio
import json
import ssl
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web

from tests.fakes.cluster.fates import CONFIG_MAP, Fate, decide, describe, look, show_log, stamp, tell_log
from tests.fakes.cluster.pod_servers import PodServers
from tests.fakes.tls_world import make_certificate

NODE: Final = "node-0"
LABEL: Final = "yantra.test/pretend"
_ROUND_SECONDS: Final = 0.2


class Kubelet:
    """Looks at all pods of its node again and again."""

    def __init__(self, session: ClientSession, server: str) -> None:
        self._session = session
        self._server = server
        self._pods = PodServers()
        self._born: dict[str, float] = {}
        self._told: dict[str, object] = {}
        self._known: dict[tuple[str, str], tuple[Mapping[str, Any], Fate]] = {}

    async def ask(self, method: str, path: str, body: object = None, kind: str = "application/json") -> dict[str, Any]:
        data, headers = (None, {}) if body is None else (json.dumps(body), {"Content-Type": kind})
        async with self._session.request(method, self._server + path, data=data, headers=headers) as answer:
            found = await answer.json(content_type=None)
            return found if isinstance(found, dict) else {}

    async def register(self, log_port: int) -> None:
        labels = {"kubernetes.io/hostname": NODE, LABEL: "true"}
        await self.ask("POST", "/api/v1/nodes", {"metadata": {"name": NODE, "labels": labels}, "spec": {}})
        merge = "application/strategic-merge-patch+json"
        room = {"cpu": "64", "memory": "256Gi", "pods": "500"}
        ready = {"type": "Ready", "status": "True", "reason": "Pretend", "message": ""}
        ready |= {"lastHeartbeatTime": stamp(), "lastTransitionTime": stamp()}
        status = {"capacity": room, "allocatable": room, "conditions": [ready]}
        status |= {"addresses": [{"type": "InternalIP", "address": "127.0.0.1"}]}
        status |= {"daemonEndpoints": {"kubeletEndpoint": {"Port": log_port}}}
        await self.ask("PATCH", f"/api/v1/nodes/{NODE}/status", {"status": status}, merge)
        changed = {"metadata": {"labels": labels}, "spec": {"taints": None}}
        await self.ask("PATCH", f"/api/v1/nodes/{NODE}", changed, merge)

    async def live(self) -> None:
        while True:
            try:
                await self.look_around()
            except (ClientError, TimeoutError, KeyError) as problem:
                sys.stdout.write(f"{type(problem).__name__} {problem}\n")
                sys.stdout.flush()
            await asyncio.sleep(_ROUND_SECONDS)

    async def look_around(self) -> None:
        pods = (await self.ask("GET", f"/api/v1/pods?fieldSelector=spec.nodeName={NODE}"))["items"]
        maps = (await self.ask("GET", f"/api/v1/configmaps?fieldSelector=metadata.name={CONFIG_MAP}"))["items"]
        fates = {one["metadata"]["namespace"]: one.get("data") or {} for one in maps}
        present = {pod["metadata"]["uid"] for pod in pods}
        for uid in self._born.keys() - present:
            self._born.pop(uid)
            self._told.pop(uid, None)
            await self._pods.forget(uid)
        for pod in pods:
            await self._tend(pod, fates.get(pod["metadata"]["namespace"], {}))

    async def _tend(self, pod: dict[str, Any], fates: Mapping[str, str]) -> None:
        meta = pod["metadata"]
        path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"
        uid = meta["uid"]
        if meta.get("deletionTimestamp"):
            await self._pods.silence(uid)
            await self.ask("DELETE", path, {"gracePeriodSeconds": 0, "preconditions": {"uid": uid}})
            return
        age = time.monotonic() - self._born.setdefault(uid, time.monotonic())
        fate = decide(pod, fates)
        self._known[meta["namespace"], meta["name"]] = pod, fate
        looks = look(fate, age)
        ip = await self._pods.place(pod)
        if looks.is_serving:
            await self._pods.serve(pod, fate)
        else:
            await self._pods.silence(uid)
        if self._told.get(uid) != (news := (looks.key[0], *looks.key[2:])):
            status = {"status": describe(pod, looks, ip)}
            answer = await self.ask("PATCH", f"{path}/status", status, "application/strategic-merge-patch+json")
            if answer.get("kind") == "Pod":
                self._told[uid] = news

    async def tell_log(self, request: web.Request) -> web.Response:
        known = self._known.get((request.match_info["namespace"], request.match_info["pod"]))
        if known is None:
            raise web.HTTPNotFound
        text = tell_log(*known, is_previous=request.query.get("previous") == "true")
        if not text:
            return web.Response(status=400, text="no such instance of the container")
        return web.Response(text=show_log(text, known[0], request.query))


async def serve_logs(kubelet: Kubelet, certificate: Path) -> int:
    """Answer the API server's question for logs over TLS; return the port."""
    app = web.Application()
    app.router.add_get("/containerLogs/{namespace}/{pod}/{container}", kubelet.tell_log)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    return int(runner.addresses[0][1])


async def main(kubeconfig: Path) -> None:
    raw = json.loads(kubeconfig.read_text())
    cluster, user = raw["clusters"][0]["cluster"], raw["users"][0]["user"]
    trust = ssl.create_default_context(cafile=cluster["certificate-authority"])
    headers = {"Authorization": f"Bearer {user['token']}"}
    async with ClientSession(
        headers=headers, connector=TCPConnector(ssl=trust), timeout=ClientTimeout(total=30)
    ) as session:
        kubelet = Kubelet(session, cluster["server"])
        with tempfile.TemporaryDirectory() as folder:
            port = await serve_logs(kubelet, make_certificate(Path(folder), NODE))
        await kubelet.register(port)
        await kubelet.live()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
