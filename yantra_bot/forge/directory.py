"""The repositories that the App is installed on, and accounts by their numbers: implements the port Directory."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import structlog

from yantra_bot.domain.events import Origin
from yantra_bot.domain.repository import Actor, Repository
from yantra_bot.errors import Permanent
from yantra_bot.forge.answers import Refused, reading
from yantra_bot.forge.client import Client
from yantra_bot.forge.comments import read_actor
from yantra_bot.ports import Clock

LOOK_AGAIN_AFTER: Final = 300.0
"""How long the list is used, in seconds."""
LOOK_AT_ONCE_AFTER: Final = 15.0
"""How old it may be where a name is not in it: the App may just have been installed."""
_INSTALLATIONS: Final = "/app/installations{?per_page}"
_REPOSITORIES: Final = "/installation/repositories{?per_page}"
_PAGE: Final = {"per_page": "100"}

_log = structlog.get_logger()


class AppDirectory:
    """What the App can see. The list holds names and numbers alone."""

    def __init__(
        self, app: Client, of_installation: Callable[[int], Client], of_origin: Callable[[Origin], Client], clock: Clock
    ) -> None:
        """`app` signs as the App; the others open clients that may list an installation, and read in a repository."""
        self._app, self._of_installation, self._of_origin, self._clock = app, of_installation, of_origin, clock
        self._known: tuple[Origin, ...] = ()
        self._looked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, name: str) -> tuple[Origin, ...]:
        owner, slash, repository = name.lower().rpartition("/")

        def fits(one: Origin) -> bool:
            is_owner = not slash or one.repository.owner.lower() == owner
            return is_owner and one.repository.name.lower() == repository

        found = tuple(filter(fits, await self._list(max_age=LOOK_AGAIN_AFTER)))
        return found or tuple(filter(fits, await self._list(max_age=LOOK_AT_ONCE_AFTER)))

    async def account(self, account_id: int, origin: Origin) -> Actor | None:
        what = "An account"
        try:
            data = await self._of_origin(origin).get("/user/{account_id}", {"account_id": str(account_id)}, what=what)
        except Refused as error:
            if error.status == 404:
                return None
            raise
        with reading(what):
            actor = read_actor(data)
        if actor.id != account_id:
            raise Permanent("GitHub gave another account than the one that was asked for.")
        return actor

    async def _list(self, *, max_age: float) -> tuple[Origin, ...]:
        async with self._lock:
            if self._clock.now() - self._looked_at > max_age:
                self._known = await self._look()
                self._looked_at = self._clock.now()
            return self._known

    async def _look(self) -> tuple[Origin, ...]:
        what, found = "The App's installations", list[Origin]()
        for item in await self._app.get_all(_INSTALLATIONS, _PAGE, what=what):
            with reading(what):
                number, is_suspended = int(item["id"]), item.get("suspended_at") is not None
            if is_suspended:
                continue
            try:
                found += await self._look_into(number)
            except Permanent as problem:  # one that was removed meanwhile hides no other
                _log.warning("an installation could not be listed", installation=number, problem=str(problem))
        return tuple(found)

    async def _look_into(self, installation_id: int) -> list[Origin]:
        what = f"The repositories of installation {installation_id}"
        client = self._of_installation(installation_id)
        items = await client.get_all(_REPOSITORIES, _PAGE, what=what, key="repositories")
        with reading(what):
            return [Origin(installation_id, _read(item)) for item in items]


def _read(item: Any) -> Repository:
    return Repository(int(item["id"]), str(item["owner"]["login"]), str(item["name"]))
