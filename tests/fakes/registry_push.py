"""Pushes images to a registry as a build does, by the distribution API; and a real registry, where one is installed."""

import asyncio
import base64
import json
import os
import shutil
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from tests.fakes.registry import OCI, OCI_INDEX, digest_of

PROGRAM = "docker-registry"
"""Debian's package of that name."""
PASSWORD = "ann:s3cret-of-the-test-registry"
_HASHED = "ann:$2b$04$5bFdLDhYfKZNKKIxC2/XveZS/vIzzDvWYC9wgamk0OB3EwLR/NnsW\n"
"""The same, as the real registry keeps it."""
CONFIG = """\
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "127.0.0.1:0"}}
"""
PORTS = 3
"""Ports that are tried."""


class Pusher:
    """Pushes to one registry."""

    def __init__(self, host: str, *, password: str = "") -> None:
        secret = base64.b64encode(password.encode()).decode()
        self._headers = {"Authorization": f"Basic {secret}"} if password else {}
        self._base = f"http://{host}/v2"
        self.host = host

    async def image(self, path: str, tag: str, *, labels: Mapping[str, str] | None = None, kind: str = OCI) -> str:
        """Push an image for one platform; return its digest. Without a tag it is there by its digest alone."""
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Labels": labels}}).encode()
        kinds = (OCI, "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")
        described = {"mediaType": kinds[1] if kind == OCI else kinds[2], "digest": digest_of(config)}
        manifest = {
            "schemaVersion": 2, "mediaType": kind, "config": {**described, "size": len(config)}, "layers": [],
        }  # fmt: skip
        async with self._open() as session:
            async with session.post(f"{self._base}/{path}/blobs/uploads/") as begun:
                assert begun.status == 202, await begun.text()
                place = begun.url.join(URL(begun.headers["Location"]))
            async with session.put(place.update_query(digest=digest_of(config)), data=config) as done:
                assert done.status == 201, await done.text()
        return await self._manifest(path, tag, kind, manifest)

    async def index(self, path: str, tag: str, digests: Sequence[str], *, kind: str = OCI_INDEX) -> str:
        """Push an index of images that were pushed; return its digest."""
        parts = [
            {"mediaType": OCI, "digest": one, "size": 1, "platform": {"architecture": "amd64", "os": "linux"}}
            for one in digests
        ]
        return await self._manifest(path, tag, kind, {"schemaVersion": 2, "mediaType": kind, "manifests": parts})

    async def _manifest(self, path: str, tag: str, kind: str, manifest: Mapping[str, Any]) -> str:
        body = json.dumps(manifest).encode()
        reference = tag or digest_of(body)
        url = f"{self._base}/{path}/manifests/{reference}"
        async with self._open() as session, session.put(url, data=body, headers={"Content-Type": kind}) as done:
            assert done.status == 201, await done.text()
        return digest_of(body)

    def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(headers=self._headers)


def is_installed() -> bool:
    return shutil.which(PROGRAM) is not None


@asynccontextmanager
async def real_registry(folder: Path, *, password: str = "") -> AsyncIterator[str]:
    """Run a real registry on a free port; gives its host. Wants `password` of everybody where there is one."""
    config = CONFIG.format(folder=folder / "images")
    if password:
        (folder / "htpasswd").write_text(_HASHED)
        config += f"auth: {{htpasswd: {{realm: test, path: {folder / 'htpasswd'}}}}}\n"
    (folder / "config.yml").write_text(config)
    process, port = await _start(folder / "config.yml")
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await _end(process)


async def _start(config: Path) -> tuple[asyncio.subprocess.Process, int]:
    """Return the process and its port once it answers; another port, where somebody was faster to take it."""
    quiet = asyncio.subprocess.DEVNULL
    for _ in range(PORTS):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = int(taken.getsockname()[1])
        environment = {**os.environ, "REGISTRY_HTTP_ADDR": f"127.0.0.1:{port}"}
        process = await asyncio.create_subprocess_exec(
            *(PROGRAM, "serve", str(config)), stdout=quiet, stderr=quiet, env=environment
        )
        try:
            while process.returncode is None:
                if await _answers(port):
                    return process, port
                await asyncio.sleep(0.05)
        except BaseException:
            await _end(process)
            raise
    raise AssertionError(f"{PROGRAM} ended by itself on {PORTS} ports")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
    await process.wait()


async def _answers(port: int) -> bool:
    try:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/v2/") as answer:
            return answer.status in (200, 401)
    except aiohttp.ClientError:
        return False
