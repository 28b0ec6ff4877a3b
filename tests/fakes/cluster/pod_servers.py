"""A real HTTP server for each pod that runs, on an address of its own on loopback: what health checks reach."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tests.fakes.cluster.fates import Fate

_TRIES: Final = 50
DEFAULT_PORT: Final = 8080


class PodServers:
    """Servers by the pods' ids."""

    def __init__(self) -> None:
        self._runners: dict[str, web.ServerRunner] = {}
        self._serving: dict[str, tuple[Fate, str, str]] = {}
        self.ips: dict[str, str] = {}
        self._is_free = asyncio.Lock()

    async def place(self, pod: Mapping[str, Any]) -> str:
        """Return the pod's address, which has to be free on all its ports."""
        uid = pod["metadata"]["uid"]
        async with self._is_free:
            for _ in range(_TRIES if uid not in self.ips else 0):
                ip = f"127.{random.randint(1, 250)}.{random.randint(0, 250)}.{random.randint(1, 250)}"
                if ip not in self.ips.values() and await _can_bind(ip, ports_of(pod)):
                    self.ips[uid] = ip
                    break
            return self.ips[uid]

    async def serve(self, pod: Mapping[str, Any], fate: Fate) -> None:
        """Have the pod answer as its fate says; once it does, only what it says is changed."""
        uid = pod["metadata"]["uid"]
        self._serving[uid] = (fate, pod["metadata"]["name"], version_of(pod, fate))
        if uid in self._runners:
            return
        runner = web.ServerRunner(web.Server(lambda request: self._answer(uid, request), access_log=None))
        self._runners[uid] = runner
        await runner.setup()
        for port in ports_of(pod):
            await web.TCPSite(runner, await self.place(pod), port).start()

    async def silence(self, uid: str) -> None:
        """Have the pod answer no more: connections are refused."""
        runner = self._runners.pop(uid, None)
        if runner is not None:
            await runner.cleanup()

    async def forget(self, uid: str) -> None:
        await self.silence(uid)
        self._serving.pop(uid, None)
        self.ips.pop(uid, None)

    async def close(self) -> None:
        for uid in list(self._runners):
            await self.silence(uid)

    async def _answer(self, uid: str, _: web.BaseRequest) -> web.Response:
        fate, name, version = self._serving[uid]
        if fate.delay:
            await asyncio.sleep(fate.delay)
        return web.Response(status=fate.status, text=fate.body, headers={"X-Version": version, "X-Pod": name})


def ports_of(pod: Mapping[str, Any]) -> list[int]:
    named = [port["containerPort"] for one in pod["spec"]["containers"] for port in one.get("ports") or ()]
    return sorted(set(named)) or [DEFAULT_PORT]


def version_of(pod: Mapping[str, Any], fate: Fate) -> str:
    """Return what the pod says that it is: its fate's word, else the commit that was deployed, else its image."""
    notes = pod["metadata"].get("annotations") or {}
    return fate.version or notes.get("yantra.dev/commit") or str(pod["spec"]["containers"][0]["image"])


async def _can_bind(ip: str, ports: list[int]) -> bool:
    try:
        for port in ports:
            server = await asyncio.start_server(lambda *_: None, ip, port)
            server.close()
            await server.wait_closed()
    except OSError:
        return False
    return True
