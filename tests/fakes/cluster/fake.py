"""The fake cluster as a whole: an API server on loopback, controllers and a node that go on by themselves."""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from aiohttp import web

from tests.fakes.cluster.api_server import ApiRoutes, Fault
from tests.fakes.cluster.controllers import Controllers
from tests.fakes.cluster.node import Node
from tests.fakes.cluster.objects import Objects

_ROUND_SECONDS: Final = 0.05


class FakeCluster:
    """One cluster. `kubeconfig` is a file that reaches it; `fail` injects errors; `objects` is what is there."""

    def __init__(self, folder: Path, *, now: Callable[[], float] = time.monotonic) -> None:
        self.objects = Objects()
        self.token = secrets.token_hex(8)
        self.kubeconfig = folder / "kubeconfig.yaml"
        self._node = Node(self.objects, now)
        self._controllers = Controllers(self.objects, now)
        self._api = ApiRoutes(self.objects, self._node, {self.token}, self._controllers.step)
        self._runner = web.ServerRunner(web.Server(self._api.answer, access_log=None))
        self._living: asyncio.Task[None] | None = None
        self._is_over = False
        self.url = ""

    async def start(self) -> "FakeCluster":
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.write_kubeconfig(self.token)
        self._living = asyncio.create_task(self._live())
        return self

    async def close(self) -> None:
        self._is_over = True  # the step that it is at is let end, since servers may be half started
        if self._living is not None:
            await self._living
        await self._node.servers.close()
        await self._runner.cleanup()

    @property
    def asked(self) -> list[str]:
        """The requests that came, as `METHOD PATH?QUERY`."""
        return self._api.asked

    @property
    def tokens(self) -> set[str]:
        """The tokens that are valid."""
        return self._api.tokens

    def fail(self, pattern: str, status: int, *, times: int = 1, reason: str = "", retry_after: str = "") -> None:
        """Answer requests whose `METHOD PATH` matches with an error; with status 0 the connection breaks."""
        headers = {"Retry-After": retry_after} if retry_after else {}
        self._api.faults.append(Fault(pattern, status, times, reason or "Injected", headers))

    def lose_answers(self, pattern: str, *, times: int = 1) -> None:
        """Do what matching requests ask, and break the connection before they are answered."""
        self._api.faults.append(Fault(pattern, 0, times, is_late=True))

    def on_request(self, pattern: str, hook: Callable[[], None]) -> None:
        """Have something happen right after each matching request was answered."""
        self._api.hooks.append((pattern, hook))

    def write_kubeconfig(self, token: str) -> Path:
        self.kubeconfig.parent.mkdir(parents=True, exist_ok=True)
        self.kubeconfig.touch(mode=0o600)
        said = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "fake",
            "clusters": [{"name": "fake", "cluster": {"server": self.url}}],
            "users": [{"name": "bot", "user": {"token": token}}],
            "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "bot"}}],
        }
        self.kubeconfig.write_text(json.dumps(said))
        return self.kubeconfig

    async def step(self) -> None:
        """Have everything go on by one step."""
        self._controllers.step()
        await self._node.step()
        self._controllers.step()

    async def _live(self) -> None:
        while not self._is_over:
            await self.step()
            await asyncio.sleep(_ROUND_SECONDS)
