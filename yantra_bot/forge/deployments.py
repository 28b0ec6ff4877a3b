"""A repository's deployments as the forge shows them. Implements the port Shipping.

The forge judges nothing here: it neither merges nor waits for checks, which is done before. A deployment is found again
by its mark, so that none is there twice, and of an environment only the newest is shown as active.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from yantra_bot.deploy_ports import CommitFacts, DeploymentState
from yantra_bot.domain.environment import Environment, Release
from yantra_bot.domain.redaction import redact
from yantra_bot.domain.repository import Actor
from yantra_bot.forge.answers import reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.commit_standing import Standings
from yantra_bot.forge.once import find_or_create
from yantra_bot.forge.place import Place
from yantra_bot.ports import Clock

MAX_DESCRIPTION: Final = 140
MAX_BEFORE: Final = 20
"""Earlier deployments of an environment that are looked at when a new one succeeds."""
MARK: Final = "yantra_run"
_DEPLOYMENTS: Final = "/repos/{owner}/{repo}/deployments{?sha,environment,per_page}"
_DEPLOYMENT: Final = "/repos/{owner}/{repo}/deployments/{number}"
_STATUSES: Final = "/repos/{owner}/{repo}/deployments/{number}/statuses{?per_page}"


class Deployments:
    """Writes and reads deployments of one repository."""

    def __init__(
        self,
        client: Client,
        place: Place,
        me: Callable[[], Awaitable[Actor]],
        clock: Clock,
        *,
        standings: Standings,
    ) -> None:
        """`client` has a token that may write deployments, and nothing else."""
        self._client, self._place, self._me, self._clock = client, place, me, clock
        self._standings = standings

    async def resolve(self, ref: str) -> str:
        return await self._standings.resolve(ref)

    async def commit_facts(self, commit: str) -> CommitFacts:
        return await self._standings.facts(commit)

    async def begin(self, release: Release, environment: Environment, *, mark: str, description: str) -> int:
        """Create the deployment, or find the one with this mark; return its number."""
        return await find_or_create(
            lambda: self._find(release, environment, mark),
            lambda: self._create(release, environment, mark, description),
            self._clock,
        )

    async def tell(self, deployment: int, state: DeploymentState, *, description: str, log_url: str) -> None:
        """Add a status, unless it is the present one; a success makes what was there before inactive."""
        if state is DeploymentState.SUCCESS:
            await self._end_others(deployment)
        said = {"state": state.value, "description": _fit(description), "log_url": log_url}

        async def find() -> bool | None:
            present = await self._present(deployment)
            return True if present == said else None

        async def add() -> bool:
            await self._add(deployment, said)
            return True

        await find_or_create(find, add, self._clock)

    async def _find(self, release: Release, environment: Environment, mark: str) -> int | None:
        what, me = f"The deployments to {environment.name}", await self._me()
        asked = {"sha": release.commit, "environment": environment.name, "per_page": 100}
        items = await self._client.get_all(_DEPLOYMENTS, {**await self._place.names(), **asked}, what=what)
        with reading(what):
            # Anybody who may write can write a mark; only what we made is ours.
            own = [one for one in items if (one["creator"] or {}).get("id") == me.id]
            return next((int(one["id"]) for one in own if _mark(one) == mark), None)

    async def _create(self, release: Release, environment: Environment, mark: str, description: str) -> int:
        what = f"A deployment to {environment.name}"
        data = {
            "ref": release.commit,
            "task": "deploy",
            "auto_merge": False,
            "required_contexts": [],
            "payload": {MARK: mark, "image": release.reference},
            "environment": environment.name,
            "description": _fit(description),
            "transient_environment": False,
            "production_environment": environment.is_production,
        }
        answer = await self._client.write(
            "POST", _DEPLOYMENTS, await self._place.names(), data, what=what, repeatable=False
        )
        with reading(what):
            return int(answer["id"])

    async def _end_others(self, deployment: int) -> None:
        """Say of what succeeded before that it does not serve any more: of production the forge does not by itself."""
        what, me, names = f"Deployment {deployment}", await self._me(), await self._place.names()
        one = await self._client.get(_DEPLOYMENT, {**names, "number": deployment}, what=what)
        with reading(what):
            asked = {**names, "environment": str(one["environment"]), "per_page": MAX_BEFORE}
        items = await self._client.get_some(_DEPLOYMENTS, asked, what=what, limit=MAX_BEFORE)
        with reading(what):
            others = [int(each["id"]) for each in items if (each["creator"] or {}).get("id") == me.id]
        for number in others:
            present = await self._present(number) if number < deployment else None
            if present is not None and present["state"] == DeploymentState.SUCCESS:
                said = {"state": DeploymentState.INACTIVE.value, "description": "", "log_url": present["log_url"]}
                await self._add(number, said)

    async def _present(self, deployment: int) -> dict[str, str] | None:
        what = f"The statuses of deployment {deployment}"
        asked = {**await self._place.names(), "number": deployment, "per_page": 1}
        items = await self._client.get_some(_STATUSES, asked, what=what, limit=1)
        with reading(what):
            return {key: str(items[0].get(key) or "") for key in ("state", "description", "log_url")} if items else None

    async def _add(self, deployment: int, said: dict[str, str]) -> None:
        names = {**await self._place.names(), "number": deployment}
        data = {**said, "auto_inactive": False}
        what = f"A status of deployment {deployment}"
        await self._client.write("POST", _STATUSES, names, data, what=what, repeatable=False)


def _mark(data: Any) -> str:
    """Return the mark of a deployment; what others wrote as payload may be anything."""
    payload = data["payload"]
    return str(payload.get(MARK) or "") if isinstance(payload, dict) else ""


def _fit(text: str) -> str:
    shown = redact(" ".join(text.split()))
    return shown if len(shown) <= MAX_DESCRIPTION else f"{shown[: MAX_DESCRIPTION - 1]}…"
