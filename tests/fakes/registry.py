"""A registry of images over HTTP, stateful: manifests, blobs in a storage of their own, passwords and tokens.

It keeps what it was asked, and what a client must never do: send credentials to the storage, or ask for more than to
read one repository.
"""

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.answering import answering

OCI = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
REVISION = "org.opencontainers.image.revision"


def digest_of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


@dataclass
class FakeRegistry:
    """One registry. Set what it wants of its clients; `put` pushes."""

    password: str = ""
    """`user:password` that it wants; empty: everybody reads."""
    scheme: str = "bearer"
    """How it asks for it: bearer or basic."""
    realm: str = ""
    """Where it says that tokens are had; empty: at itself."""
    redirects_blobs: bool = False
    manifests: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    """Media type and bytes by `PATH@DIGEST` and `PATH:TAG`."""
    blobs: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, web.Response] = field(default_factory=dict)
    """What is answered instead, by a part of the path; once each."""
    headers: dict[str, str] = field(default_factory=dict)
    """What is sent with each manifest, instead of what is true."""
    asked: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    port: int = 0
    storage_port: int = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def put_manifest(self, path: str, tag: str, kind: str, manifest: Mapping[str, Any]) -> str:
        """Push any manifest; return its digest."""
        body = json.dumps(manifest).encode()
        digest = digest_of(body)
        self.manifests[f"{path}@{digest}"] = (kind, body)
        if tag:
            self.manifests[f"{path}:{tag}"] = (kind, body)
        return digest

    def put(self, path: str, tag: str, *, labels: Mapping[str, str] | None = None, kind: str = OCI, **more: Any) -> str:
        """Push an image for one platform; return its digest."""
        config = json.dumps({"architecture": "amd64", "os": "linux", "config": {"Labels": labels}}).encode()
        self.blobs[digest_of(config)] = config
        described = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest_of(config)}
        manifest = {
            "schemaVersion": 2, "mediaType": kind, "config": {**described, "size": len(config)}, "layers": [], **more,
        }  # fmt: skip
        return self.put_manifest(path, tag, kind, manifest)

    def put_index(self, path: str, tag: str, digests: list[str], *, kind: str = OCI_INDEX, **more: Any) -> str:
        """Push an index of images that are there, with an attestation beside them; return its digest."""
        parts: list[dict[str, Any]] = [{"mediaType": OCI, "digest": one, "size": 1} for one in digests]
        note = {"vnd.docker.reference.type": "attestation-manifest"}
        parts.append({"mediaType": OCI, "digest": digest_of(b"attestation"), "size": 1, "annotations": note})
        return self.put_manifest(path, tag, kind, {"schemaVersion": 2, "mediaType": kind, "manifests": parts, **more})

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        for part in [part for part in self.answers if part in request.path]:
            return self.answers.pop(part)
        if request.path == "/token":
            return self._give_token(request)
        if not self._may_read(request):
            return web.Response(status=401, headers={"WWW-Authenticate": self._challenge(request)})
        path, kind, reference = _parts(request.path)
        if request.method in ("POST", "PUT"):
            return await self._push(request, path, kind, reference)
        if kind == "manifests":
            return self._manifest(path, reference, request.headers.get("accept", ""))
        return self._blob(reference)

    def _manifest(self, path: str, reference: str, accepted: str) -> web.Response:
        found = self.manifests.get(f"{path}{'@' if reference.startswith('sha256:') else ':'}{reference}")
        if found is None or found[0] not in accepted:
            return web.json_response({"errors": [{"code": "MANIFEST_UNKNOWN"}]}, status=404)
        kind, body = found
        return web.Response(
            body=body, headers={"Content-Type": kind, "Docker-Content-Digest": digest_of(body), **self.headers}
        )

    def _blob(self, digest: str) -> web.Response:
        if self.redirects_blobs:
            place = f"http://127.0.0.1:{self.storage_port}/{digest}?signature=x"
            return web.Response(status=307, headers={"Location": place})
        return web.Response(body=self.blobs[digest]) if digest in self.blobs else web.Response(status=404)

    async def _push(self, request: web.Request, path: str, kind: str, reference: str) -> web.Response:
        """Take a blob in two requests, or a manifest whose parts are there."""
        if request.method == "POST":
            return web.Response(
                status=202, headers={"Location": f"/v2/{path.removesuffix('/blobs')}/blobs/uploads/one"}
            )
        body = await request.read()
        if kind != "manifests":
            digest = request.query.get("digest", "")
            if digest != digest_of(body):
                return web.json_response({"errors": [{"code": "DIGEST_INVALID"}]}, status=400)
            self.blobs[digest] = body
            return web.Response(status=201)
        digest = digest_of(body)
        found = json.loads(body)
        parts = [found["config"]["digest"]] if "config" in found else [one["digest"] for one in found["manifests"]]
        if not all(one in self.blobs or f"{path}@{one}" in self.manifests for one in parts):
            return web.json_response({"errors": [{"code": "MANIFEST_BLOB_UNKNOWN"}]}, status=400)
        names = {f"{path}@{digest}"} | (set() if reference.startswith("sha256:") else {f"{path}:{reference}"})
        self.manifests |= dict.fromkeys(names, (request.headers["content-type"], body))
        return web.Response(status=201, headers={"Docker-Content-Digest": digest})

    def _may_read(self, request: web.Request) -> bool:
        given = request.headers.get("authorization", "")
        if not self.password:
            return True
        if self.scheme == "basic":
            return given == self._basic
        return given.removeprefix("Bearer ") in self.tokens

    @property
    def _basic(self) -> str:
        return "Basic " + base64.b64encode(self.password.encode()).decode()

    def _challenge(self, request: web.Request) -> str:
        if self.scheme == "basic":
            return 'Basic realm="registry"'
        realm = self.realm or f"http://{self.host}/token"
        return f'Bearer realm="{realm}",service="registry",scope="registry:catalog:*"'

    def _give_token(self, request: web.Request) -> web.Response:
        if not request.query.get("scope", "").endswith(":pull") or request.query.get("service") != "registry":
            self.violations.append(f"a token was asked for with {dict(request.query)}")
        if request.headers.get("authorization") != self._basic:
            return web.json_response({"errors": [{"code": "DENIED"}]}, status=401)
        token = f"token-{len(self.tokens)}"
        self.tokens.add(token)
        return web.json_response({"token": token, "expires_in": 300})

    async def store(self, request: web.Request) -> web.StreamResponse:
        """Be the storage that blobs lie in."""
        self.asked.append(f"STORAGE {request.path}")
        if "authorization" in request.headers:
            self.violations.append("credentials were sent to the storage")
        blob = self.blobs.get(request.path.lstrip("/"))
        return web.Response(status=404) if blob is None else web.Response(body=blob)


def _parts(path: str) -> tuple[str, str, str]:
    """Return repository, kind and reference of `/v2/PATH/manifests/REFERENCE`."""
    rest, _, reference = path.removeprefix("/v2/").rpartition("/")
    name, _, kind = rest.rpartition("/")
    return name, kind, reference


@asynccontextmanager
async def open_registry(**how: Any) -> AsyncIterator[FakeRegistry]:
    """Serve a registry and its storage; the end fails where a client did what it must not."""
    registry = FakeRegistry(**how)
    async with answering(registry.serve) as registry.port, answering(registry.store) as registry.storage_port:
        yield registry
    assert registry.violations == []
