"""Which versions of which kinds a cluster serves, asked once of the cluster itself (API discovery)."""

import asyncio
from typing import Any

from yantra_bot.clusters.api import Api
from yantra_bot.deploy.manifests.kinds import KINDS
from yantra_bot.deploy_ports import Gone
from yantra_bot.errors import Permanent


class ServedVersions:
    """Knows an API server's versions. Remembers them: a server that is upgraded only ever gains what is used here."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._asking = asyncio.Lock()
        self._groups: dict[str, frozenset[str]] = {}
        self._release = ""

    async def release(self) -> str:
        """Return the server's version as `1.37`; empty where it does not say."""
        if not self._release:
            said = await self._api.json("GET", "/version")
            major, minor = str(said.get("major") or ""), str(said.get("minor") or "").rstrip("+")
            self._release = f"{major}.{minor}" if major.isdigit() and minor.isdigit() else ""
        return self._release

    async def all_of(self, kind: str) -> frozenset[str]:
        """Return the `apiVersion`s in which the server has a kind, of those that are understood here."""
        if kind not in KINDS:
            raise Permanent(f"{kind} is no kind that is read or applied here.")
        async with self._asking:
            for version in KINDS[kind].versions:
                if version not in self._groups:
                    self._groups[version] = await self._ask(version)
        return frozenset(version for version in KINDS[kind].versions if kind in self._groups[version])

    async def version(self, kind: str) -> str:
        """Return the best version of a kind that the server has. Raises Permanent where there is none."""
        served = await self.all_of(kind)
        for version in KINDS[kind].versions:
            if version in served:
                return version
        raise Permanent(f"The cluster has no {kind}. Cure: use a cluster that has, or leave it out.")

    async def path(self, kind: str, namespace: str, version: str = "") -> str:
        """Return the path of all objects of a kind in a namespace."""
        version = version or await self.version(kind)
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        return f"{root}/namespaces/{namespace}/{KINDS[kind].plural}"

    async def _ask(self, version: str) -> frozenset[str]:
        try:
            said: dict[str, Any] = await self._api.json(
                "GET", f"/apis/{version}" if "/" in version else f"/api/{version}"
            )
        except Gone:
            return frozenset()
        return frozenset(str(one.get("kind")) for one in said.get("resources") or () if "/" not in str(one.get("name")))
